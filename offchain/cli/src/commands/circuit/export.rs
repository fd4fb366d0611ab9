// SPDX-License-Identifier: Apache-2.0
//! `candor circuit export`

use crate::{commands::common::files, output::Output};
use anyhow::anyhow;
use candor_client::exit::{Error, OrFail, Outcome};
use candor_operators::{InferenceCircuit, Scheme};
use candor_prover::{Layout, Progress, Stage};
use candor_snarkjs::binary::{r1cs_to_bytes, Constraints};
use clap::Args;
use serde::Serialize;
use std::{fmt, path::PathBuf};

const EXAMPLES: &str = "\
Examples:
  candor circuit export model/ --r1cs model.r1cs
  snarkjs groth16 setup model.r1cs powers.ptau 0.zkey
  snarkjs zkey contribute 0.zkey 1.zkey --name=Ada
  candor setup import model/ 1.zkey --powers powers.ptau

docs/ceremony.md tells the whole story. Anybody gets the same file from the same architecture.json.";

/// Write a model's plain circuit for snarkjs
///
/// The circuit is that of the scheme `hashed`: snarkjs knows plain Groth16 alone. The file is the .r1cs of
/// circom, whose variables are the constant one, the public inputs and what is private. Nothing in it is a
/// secret.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Export {
	/// Folder that `candor compile` has written; architecture.json and schema.json are enough
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	/// File to write
	#[arg(long, value_name = "FILE")]
	r1cs: PathBuf,
}

impl Export {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let architecture = files::load_public_model(&self.folder)?.architecture;
		if self.r1cs.exists() {
			return Err(Error::wrong_input(anyhow!("{} exists already", self.r1cs.display()))
				.hint("name a new file"));
		}
		let mut steps = output.steps();
		steps.begin(Stage::Synthesis);
		Scheme::Hashed.check(&architecture).or_wrong_input()?;
		let circuit = InferenceCircuit::without_witness(architecture.clone(), Scheme::Hashed);
		let layout = Layout::of(&circuit).or_refused()?;
		drop(steps);
		// Both sides add the rows that keep public inputs apart by themselves.
		let constraints = layout.b.len();
		let bytes = r1cs_to_bytes(&Constraints {
			public_inputs: layout.instances - 1,
			variables: layout.variables(),
			a: &layout.a[..constraints],
			b: &layout.b,
			c: &layout.c,
		});
		files::write(&self.r1cs, bytes.or_refused()?)?;
		output.report(&Report {
			architecture: architecture.to_string(),
			constraints,
			variables: layout.variables(),
			public_inputs: layout.instances - 1,
			// Keys are checked with one power more than the domain has.
			powers: layout.a.len().next_power_of_two().trailing_zeros() + 1,
			bytes: files::length(&self.r1cs),
			r1cs: self.r1cs,
		});
		Ok(Outcome::Done)
	}
}

/// What was written.
#[derive(Debug, Serialize)]
struct Report {
	architecture: String,
	constraints: usize,
	variables: usize,
	public_inputs: usize,
	powers: u32,
	bytes: u64,
	r1cs: PathBuf,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { architecture, constraints, variables, public_inputs, .. } = self;
		writeln!(f, "circuit of {architecture} in {}", self.r1cs.display())?;
		writeln!(f, "  constraints    {constraints}")?;
		writeln!(f, "  variables      {variables}")?;
		writeln!(f, "  public inputs  {public_inputs}")?;
		write!(f, "  powers of tau  a file of power {} or more", self.powers)
	}
}
