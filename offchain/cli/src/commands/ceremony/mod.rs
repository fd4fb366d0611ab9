// SPDX-License-Identifier: Apache-2.0
//! `candor ceremony`

mod finalise;
mod report;
mod steps;

use super::common::files;
use crate::output::{Output, Steps};
use anyhow::anyhow;
use candor_ceremony::{ptau, Ceremony as State, Powers as Phase1};
use candor_client::exit::{Error, OrFail, Outcome};
use candor_operators::{Architecture, InferenceCircuit, Scheme};
use candor_prover::{Layout, Progress, Stage};
use clap::{Args, Subcommand};
use rand::rngs::OsRng;
use std::path::{Path, PathBuf};

/// Make the keys of a circuit together, so that nobody alone could forge proofs
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(super) struct Ceremony {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Powers(steps::MakePowers),
	New(steps::New),
	Contribute(steps::Contribute),
	Beacon(steps::AddBeacon),
	Verify(report::Verify),
	Finalise(finalise::Finalise),
}

impl Ceremony {
	/// Takes the step, and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Powers(powers) => powers.run(output),
			Action::New(new) => new.run(output),
			Action::Contribute(contribute) => contribute.run(output),
			Action::Beacon(beacon) => beacon.run(output),
			Action::Verify(verify) => verify.run(output),
			Action::Finalise(finalise) => finalise.run(output),
		}
	}
}

/// What a ceremony is about.
#[derive(Debug, Args)]
struct Subject {
	/// Folder that `candor compile` has written; architecture.json and schema.json are enough
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	/// Powers of tau from which the ceremony begins: a .ptau file of snarkjs, of one power more than the
	/// circuit's domain
	#[arg(long, value_name = "PTAU")]
	powers: PathBuf,

	/// Where the model stands in the circuit, the same in all steps: hashed, committed or staged; default:
	/// as in `candor setup`
	#[arg(long, value_name = "SCHEME")]
	scheme: Option<Scheme>,
}

/// The circuit and the powers, read and checked.
struct Loaded {
	architecture: Architecture,
	layout: Layout,
	powers: Phase1,
}

impl Subject {
	fn load(&self, steps: &mut Steps) -> Result<Loaded, Error> {
		let architecture = files::load_public_model(&self.folder)?.architecture;
		steps.begin(Stage::Synthesis);
		let scheme = Scheme::chosen(self.scheme, &architecture).or_wrong_input()?;
		let circuit = InferenceCircuit::without_witness(architecture.clone(), scheme);
		let layout = Layout::of(&circuit).or_refused()?;
		let powers = ptau::read(&self.powers, size(&layout), &mut OsRng, steps);
		let powers = powers.map_err(|error| {
			Error::wrong_input(error).hint(
				"powers of tau are published by ceremonies that had hundreds of contributors; for \
				 development `candor ceremony powers` makes some",
			)
		})?;
		Ok(Loaded { architecture, layout, powers })
	}
}

/// Points of a circuit's domain.
fn size(layout: &Layout) -> usize {
	layout.a.len().next_power_of_two()
}

/// Reads the file of a ceremony.
fn read(path: &Path, layout: &Layout) -> Result<State, Error> {
	State::read(path, layout).or_wrong_input()
}

/// Refuses a place where a file stands already.
fn must_be_free(path: &Path) -> Result<(), Error> {
	if path.exists() {
		return Err(Error::wrong_input(anyhow!("{} exists already", path.display()))
			.hint("keep the files of all steps, and name a new one"));
	}
	Ok(())
}
