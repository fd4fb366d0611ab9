// SPDX-License-Identifier: Apache-2.0
//! `candor circuit solve`

use crate::{
	commands::{
		common::{
			files,
			sample::{Input, SampleArguments},
		},
		prove::{BlinderArguments, PurposeArguments},
	},
	output::Output,
};
use candor_client::exit::{Error, OrFail, Outcome};
use candor_compiler::PrivateModel;
use candor_operators::InferenceCircuit;
use candor_prover::{assignment, Progress, Stage};
use candor_snarkjs::binary::wtns_to_bytes;
use clap::Args;
use serde::Serialize;
use std::{fmt, path::PathBuf};
use zeroize::Zeroizing;

const EXAMPLES: &str = "\
Examples:
  candor circuit solve model/ --input test.csv --sample 1 --wtns answer.wtns
  snarkjs groth16 prove circuit.zkey answer.wtns proof.json public.json

The file holds the weights, the input and all that follows from them: it is as secret as they are.";

/// Run a model on an input, for snarkjs to prove the answer
///
/// Writes the values of all variables of the circuit that `candor circuit export` writes, as the .wtns of
/// snarkjs. `candor prove` proves the same, and faster.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Solve {
	/// Folder that `candor compile` has written
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	#[command(flatten)]
	sample: SampleArguments,

	/// File to write, which only its owner can read
	#[arg(long, value_name = "FILE")]
	wtns: PathBuf,

	#[command(flatten)]
	purpose: PurposeArguments,

	#[command(flatten)]
	blinder: BlinderArguments,
}

impl Solve {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		files::must_not_exist(&self.wtns)?;
		let blinding = self.blinder.blinding()?;
		let loaded = files::load_private_model(&self.folder)?;
		let PrivateModel { model, seed, public } = &loaded;
		let Input { bytes, origin } = self.sample.read(&public.schema)?;
		let input = Zeroizing::new(bytes);
		origin.warn(output);

		let mut steps = output.steps();
		steps.begin(Stage::Synthesis);
		let seed = seed.for_hash();
		let binding = self.purpose.binding(&self.folder, &model.commitment(&seed))?;
		let circuit =
			InferenceCircuit::with_witness(model, &seed, &input, blinding.blinder(), binding)
				.or_wrong_input()?;
		let values = assignment(&circuit).or_refused()?;
		drop(steps);
		blinding.save()?;
		files::write_secret(&self.wtns, wtns_to_bytes(&values).or_refused()?)?;
		let public_inputs = circuit.public_inputs().unwrap_or_default();
		output.report(&Report {
			variables: values.len(),
			public_inputs: public_inputs.iter().map(ToString::to_string).collect(),
			wtns: self.wtns,
		});
		Ok(Outcome::Done)
	}
}

/// What was written.
#[derive(Debug, Serialize)]
struct Report {
	variables: usize,
	public_inputs: Vec<String>,
	wtns: PathBuf,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} variables in {}", self.variables, self.wtns.display())
	}
}
