// SPDX-License-Identifier: Apache-2.0
//! `candor prove`

use super::{
	circuit::circuit_of,
	common::{
		files::{self, PROOF_BYTES, PROOF_JSON, PUBLIC_JSON},
		sample::{Input, Origin, SampleArguments},
		transaction::{account, hash},
	},
};
use crate::output::{Output, Seconds};
use anyhow::anyhow;
use candor_client::{
	answer::{
		inference::{Inference, InferenceError},
		keys, Committed,
	},
	chain::types::{CircuitId, JobId},
	exit::{Error, OrFail, Outcome},
};
use candor_compiler::{Answer, COMMITMENT_FILE};
use candor_graph::logits_from_bytes;
use candor_groth16::Proof;
use candor_operators::{InputBlinder, Run, Scheme};
use candor_snarkjs::{proof_to_json, public_to_json};
use candor_statement::{
	binding, possession, Binding, CircuitHash, Claimant, Fr, GenesisHash, ModelCommitment, Owner,
};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::{
	fmt,
	panic::resume_unwind,
	path::{Path, PathBuf},
	str::FromStr,
	thread,
	time::{Duration, Instant},
};
use subxt::utils::AccountId32;
use zeroize::Zeroizing;

const EXAMPLES: &str = "\
Examples:
  candor prove model/ --input test.csv --sample 1 --out proof/
  candor prove model/ --input sample.csv --out proof.bin
  candor prove model/ --input sample.csv --out proof/ \\
      --genesis 0x5f3c… --job 7 --worker 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY
  candor prove model/ --input sample.csv --out proof/ --private-input blinder \\
      --genesis 0x5f3c… --owner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY

PROOF without an extension is a folder for proof.bin (canonical bytes) and public.json; PROOF with an extension
is a file for the canonical bytes, and public.json goes beside it. So does commitment.json, for the verifier, where
the commitment to the model is none of the public inputs. With keys of the scheme `hashed` there is no such file
and proof.json instead, the form of snarkjs, which then is also that of a PROOF that ends in .json.";

/// Run a model on an input and prove the answer
///
/// The proof says that the committed model gives exactly this output on the committed input. It is
/// verified before it is written.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Prove {
	/// Folder that `candor compile` and `candor setup` have written
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	#[command(flatten)]
	sample: SampleArguments,

	/// Where the proof goes: a file with an extension, or a folder
	#[arg(long, value_name = "PROOF")]
	out: PathBuf,

	#[command(flatten)]
	purpose: PurposeArguments,

	#[command(flatten)]
	blinder: BlinderArguments,
}

/// What a proof is for: a job, or the registration of the model. Without either, the proof carries the
/// binding zero, and no chain pays for it.
#[derive(Debug, Args)]
pub(super) struct PurposeArguments {
	/// Genesis hash of the chain, as hex
	#[arg(long, value_name = "HEX", value_parser = hash, requires = "purpose")]
	genesis: Option<[u8; 32]>,

	/// Number of the job on that chain
	#[arg(long, value_name = "N", group = "purpose", requires_all = ["genesis", "worker"])]
	job: Option<JobId>,

	/// Account of the worker that will submit the proof, as SS58 or hex
	#[arg(long, value_name = "ACCOUNT", value_parser = account, requires_all = ["genesis", "job"])]
	worker: Option<AccountId32>,

	/// Account that will register the model, as SS58 or hex: prove that it knows the model
	#[arg(long, value_name = "ACCOUNT", value_parser = account, group = "purpose",
		requires = "genesis")]
	owner: Option<AccountId32>,

	/// Circuit under which it will, where that was not registered as `candor circuit register DIR` does
	#[arg(long, value_name = "ID", value_parser = hash, requires = "owner",
		conflicts_with_all = ["job", "worker"])]
	circuit: Option<[u8; 32]>,
}

impl PurposeArguments {
	/// What the proof is bound to, about the model of a folder under this commitment.
	pub(super) fn binding(
		&self,
		folder: &Path,
		commitment: &ModelCommitment,
	) -> Result<Binding, Error> {
		let Some(genesis) = self.genesis.map(GenesisHash) else { return Ok(Binding::NONE) };
		Ok(match (self.job, self.worker, self.owner) {
			(Some(job), Some(worker), _) => binding(genesis, job, Claimant(worker.0)),
			(_, _, Some(owner)) => {
				let CircuitId(circuit) =
					self.circuit.map_or_else(|| circuit_of(folder), |id| Ok(CircuitId(id)))?;
				possession(genesis, CircuitHash(circuit), commitment, Owner(owner.0))
			}
			_ => Binding::NONE,
		})
	}
}

/// What hides the input behind its commitment. By default the blinder is zero, as for a job whose
/// input is posted on chain.
#[derive(Debug, Args)]
pub(super) struct BlinderArguments {
	/// Hide the input: draw a blinder at random and write it to this new file, for the requester
	#[arg(long, value_name = "FILE", conflicts_with = "input_blinder")]
	private_input: Option<PathBuf>,

	/// Hide the input with the blinder in this file, which the requester has drawn
	#[arg(long, value_name = "FILE")]
	input_blinder: Option<PathBuf>,
}

impl BlinderArguments {
	/// The blinder that was asked for.
	///
	/// # Errors
	///
	/// A file that is there and should not be, or that holds no blinder.
	pub(super) fn blinding(self) -> Result<Blinding, Error> {
		match (self.private_input, self.input_blinder) {
			(Some(path), _) => {
				files::must_not_exist(&path)?;
				Ok(Blinding { blinder: InputBlinder::random(&mut OsRng), file: Some(path) })
			}
			(None, Some(path)) => {
				let text = Zeroizing::new(files::text(&path, files::read(&path)?)?);
				let no_blinder = || format!("{} holds no blinder", path.display());
				let blinder = Blinder::from_str(text.trim())
					.map_err(|error| Error::wrong_input(error).context(no_blinder()))?
					.to_field()
					.ok_or_else(|| Error::wrong_input(anyhow!(no_blinder())))?;
				Ok(Blinding { blinder: InputBlinder::new(blinder), file: None })
			}
			(None, None) => Ok(Blinding { blinder: InputBlinder::none(), file: None }),
		}
	}
}

/// The blinder of an input.
pub(super) struct Blinding {
	blinder: InputBlinder,
	/// Where it is to be kept, if nobody else knows it.
	file: Option<PathBuf>,
}

impl Blinding {
	/// The blinder.
	pub(super) const fn blinder(&self) -> &InputBlinder {
		&self.blinder
	}

	/// Keeps what nobody else knows.
	pub(super) fn save(&self) -> Result<(), Error> {
		let Some(path) = &self.file else { return Ok(()) };
		let blinder = Blinder::from_field(self.blinder.scalar());
		files::write_secret(path, Zeroizing::new(format!("{blinder}\n")))
	}
}

/// Blinders are written as the chain's scalars are.
type Blinder = candor_statement::InputCommitment;

impl Prove {
	/// Runs, proves, writes and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let destination = Destination::of(&self.out)?;
		let blinding = self.blinder.blinding()?;
		let model = files::load_private_model(&self.folder)?;
		let schema = &model.public.schema;
		let mut steps = output.steps();

		let begun = Instant::now();
		// Of a file of samples every line is read.
		let (input, keys) = thread::scope(|scope| {
			let input = scope.spawn(|| self.sample.read(schema));
			let keys = keys::read(&self.folder, &model.public.architecture, &mut steps);
			(input.join().unwrap_or_else(|panic| resume_unwind(panic)), keys)
		});
		let Input { bytes, origin } = input?;
		let input = Zeroizing::new(bytes);
		origin.warn(output);
		if let Some(clipping) = origin.clipping() {
			output.warn(format_args!("{clipping}; the answer is that to the values within"));
		}
		let keys = keys?;
		let committed = Committed::in_folder(&self.folder, &model, &keys, &mut steps)?;
		destination.check(&committed)?;
		let binding = self.purpose.binding(&self.folder, &committed.commitment())?;
		let load_time = begun.elapsed();

		let begun = Instant::now();
		let run = Run { input: &input, blinder: &blinding.blinder, binding };
		let inference =
			Inference::prove(&model, &committed, &keys, &[run], &mut steps).map_err(|error| {
				match error {
					InferenceError::Prove(error) => Error::refused(error),
					unusable => Error::wrong_input(unusable),
				}
			})?;
		let prove_time = begun.elapsed();
		drop(steps);

		blinding.save()?;
		let Inference { claims, public_inputs, proof, .. } = &inference;
		let claim = claims.first().expect("a run has a claim; qed");
		let bytes = &claim.output;
		let written = destination.write(&committed, proof, public_inputs)?;
		output.report(&Report {
			answer: schema.answer(bytes).or_wrong_input()?,
			logits: logits_from_bytes(bytes).unwrap_or_default(),
			sample: origin,
			output: files::prefixed_hex(bytes),
			scheme: committed.scheme(),
			model_commitment: inference.model.to_string(),
			input_commitment: claim.input.to_string(),
			binding: claim.binding.to_string(),
			public_inputs: public_inputs.iter().map(ToString::to_string).collect(),
			proof: files::prefixed_hex(&proof.to_bytes()),
			files: written,
			load_time,
			prove_time,
		});
		Ok(Outcome::Done)
	}
}

/// Where the proof goes.
#[derive(Debug, PartialEq, Eq)]
struct Destination {
	/// The folder of all files.
	folder: PathBuf,
	/// The file that was asked for; `None` for the usual names.
	file: Option<PathBuf>,
}

impl Destination {
	/// A folder, unless there is an extension and no folder of that name.
	fn of(out: &Path) -> Result<Self, Error> {
		if out.extension().is_none() || out.is_dir() {
			return Ok(Self { folder: out.to_owned(), file: None });
		}
		if out.file_name().is_some_and(|name| name == PUBLIC_JSON) {
			return Err(Error::wrong_input(anyhow!(
				"the proof cannot go to {PUBLIC_JSON}, which is for the public inputs"
			)));
		}
		let folder = out.parent().unwrap_or(Path::new("")).to_owned();
		Ok(Self { folder, file: Some(out.to_owned()) })
	}

	/// Refuses the form of snarkjs for a proof that has none.
	fn check(&self, committed: &Committed) -> Result<(), Error> {
		match &self.file {
			Some(file) if files::holds_json(file, &[]) && committed.scheme() != Scheme::Hashed => {
				Err(Error::wrong_input(anyhow!(
					"{}: snarkjs knows no staged Groth16, which the keys are of",
					file.display()
				))
				.hint("name a file for canonical bytes, or set up with --scheme hashed"))
			}
			_ => Ok(()),
		}
	}

	/// Writes proof, public inputs, and what else a verifier needs, and says where they are.
	fn write(
		&self,
		committed: &Committed,
		proof: &Proof,
		public_inputs: &[Fr],
	) -> Result<Written, Error> {
		if !self.folder.as_os_str().is_empty() {
			files::create_folder(&self.folder)?;
		}
		let beside = |name: &str| self.folder.join(name);
		let (proof_json, commitment) = match committed.scheme() {
			Scheme::Hashed => (Some(beside(PROOF_JSON)), None),
			Scheme::Committed | Scheme::Staged => (None, Some(beside(COMMITMENT_FILE))),
		};
		let written = Written {
			proof: self.file.clone().unwrap_or_else(|| beside(PROOF_BYTES)),
			proof_json,
			public_json: beside(PUBLIC_JSON),
			commitment,
		};
		if let Some(path) = &written.proof_json {
			let json = proof_to_json(proof).or_wrong_input()?;
			files::write(path, &json)?;
			if files::holds_json(&written.proof, &[]) {
				files::write(&written.proof, &json)?;
			}
		}
		if !files::holds_json(&written.proof, &[]) {
			files::write(&written.proof, proof.to_bytes())?;
		}
		if written.commitment.is_some() {
			committed.public().save(&self.folder).or_wrong_input()?;
		}
		files::write(&written.public_json, public_to_json(public_inputs))?;
		Ok(written)
	}
}

/// The files that were written.
#[derive(Debug, Serialize)]
struct Written {
	proof: PathBuf,
	proof_json: Option<PathBuf>,
	public_json: PathBuf,
	commitment: Option<PathBuf>,
}

/// What was proven.
#[derive(Debug, Serialize)]
struct Report {
	#[serde(flatten)]
	answer: Answer,
	logits: Vec<i32>,
	sample: Origin,
	output: String,
	scheme: Scheme,
	model_commitment: String,
	input_commitment: String,
	binding: String,
	public_inputs: Vec<String>,
	proof: String,
	files: Written,
	#[serde(rename = "load_seconds", serialize_with = "crate::output::as_seconds")]
	load_time: Duration,
	#[serde(rename = "prove_seconds", serialize_with = "crate::output::as_seconds")]
	prove_time: Duration,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "{}", self.answer)?;
		writeln!(f, "  sample            {}", self.sample)?;
		let logits: Vec<_> = self.logits.iter().map(ToString::to_string).collect();
		writeln!(f, "  logits            {}", logits.join(" "))?;
		writeln!(f, "  output            {}", self.output)?;
		writeln!(f, "  model commitment  {}", self.model_commitment)?;
		writeln!(f, "  input commitment  {}", self.input_commitment)?;
		writeln!(f, "  binding           {}", self.binding)?;
		writeln!(f, "  proof             {}", self.files.proof.display())?;
		let public_json = self.files.public_json.display();
		match (&self.files.proof_json, &self.files.commitment) {
			(Some(proof), _) => {
				writeln!(f, "  for snarkjs       {}, {public_json}", proof.display())?
			}
			(None, Some(commitment)) => {
				writeln!(f, "  for verifiers     {public_json}, {}", commitment.display())?;
			}
			(None, None) => writeln!(f, "  public inputs     {public_json}")?,
		}
		write!(
			f,
			"  time              {} to read the key, {} to prove and verify",
			Seconds(self.load_time),
			Seconds(self.prove_time)
		)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	mod destinations {
		use super::*;

		fn file(out: &str) -> Option<PathBuf> {
			Destination::of(Path::new(out)).unwrap().file
		}

		#[test]
		fn with_an_extension_are_files() {
			assert_eq!(file("a/b.bin"), Some("a/b.bin".into()));
			assert_eq!(file("proof.json"), Some("proof.json".into()));
		}

		#[test]
		fn without_an_extension_are_folders() {
			assert_eq!(file("a/b"), None);
			assert_eq!(file("a.b/c/"), None);
			assert_eq!(file(".."), None);
		}

		#[test]
		fn that_exist_as_folders_are_folders() {
			let folder = tempfile::Builder::new().suffix(".bin").tempdir().unwrap();
			assert_eq!(Destination::of(folder.path()).unwrap().file, None);
		}

		#[test]
		fn where_the_public_inputs_go_are_refused() {
			assert!(Destination::of(Path::new("a/public.json")).is_err());
		}
	}
}
