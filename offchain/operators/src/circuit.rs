// SPDX-License-Identifier: Apache-2.0
//! The circuit of inferences: a committed model, run on committed inputs, gives the public outputs. Mostly
//! it is one run; where there are several, each has its commitment, output and binding, and all share the
//! model's words, tables and, at the challenge, the products with the words.

mod statistics;

use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystem, SynthesisMode};
use candor_gadgets::{
	binding::enforce_bound, output::enforce_output, power_of_two, sponge::enforce_commitment, Cell,
	StagedCircuit, Sum, Synthesis, System,
};
use candor_graph::{output_bytes, ACTIVATION_BITS};
use candor_secret::Secret;
use candor_statement::{
	commitment::{commit_input, Domain},
	packed_len, Binding, Fr, InputCommitment, ModelCommitment, Statement, StatementError,
	BYTES_PER_WORD,
};

use crate::{
	Architecture, Awaiting, InputBlinder, Model, ModelBlinder, RunError, Scheme, Sheet, Wires,
};

pub use statistics::{PartCounts, Statistics};

/// Why a witness cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
	/// The model does not run on the input.
	#[error(transparent)]
	Run(#[from] RunError),
	/// The statement has no public inputs, because a scalar is not below the field's order.
	#[error("{0}")]
	Statement(StatementError),
	/// No run, or more than the circuit shows.
	#[error("a proof of this circuit is of 1 to {most} runs, not {got}")]
	Runs {
		/// The number of runs that were given.
		got: usize,
		/// The number that the circuit shows.
		most: usize,
	},
}

/// A run that is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
	/// The input's bytes.
	pub input: &'a [u8],
	/// What hides the commitment to it.
	pub blinder: &'a InputBlinder,
	/// Chain, job and worker, or zero.
	pub binding: Binding,
}

/// The public side of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
	/// Commitment to the hashed model; nothing where the model's commitment stands in the verifying
	/// equation.
	pub model: Option<ModelCommitment>,
	/// Commitment to the input.
	pub input: InputCommitment,
	/// The logits, as bytes.
	pub output: Vec<u8>,
	/// Chain, job and worker, or zero.
	pub binding: Binding,
}

impl Claim {
	/// The public inputs in the order of `statement.md`.
	///
	/// # Errors
	///
	/// A scalar that is not below the field's order.
	pub fn public_inputs(&self) -> Result<Vec<Fr>, StatementError> {
		let Self { model, input, output, binding } = self;
		let statement = |model| Statement { model, input: *input, output, binding: *binding };
		match *model {
			Some(model) => statement(model).public_inputs(),
			// No public input of this schema looks at the model.
			None => statement(ModelCommitment::Point([0; 64])).public_inputs_v2(),
		}
	}
}

/// Everything that a prover knows.
#[derive(Clone, Debug)]
struct Witness {
	words: Secret<Vec<Fr>>,
	/// Of words that are hashed.
	model_blinder: Option<ModelBlinder>,
	/// One for each run of the circuit.
	runs: Vec<RunWitness>,
	/// Of each run that was given.
	claims: Vec<Claim>,
	public_inputs: Vec<Fr>,
}

/// The private side of a run.
#[derive(Clone, Debug)]
struct RunWitness {
	input: Secret<Vec<u8>>,
	blinder: InputBlinder,
}

/// The circuit of one architecture, with or without an assignment.
#[derive(Clone, Debug)]
pub struct InferenceCircuit {
	architecture: Architecture,
	scheme: Scheme,
	witness: Option<Witness>,
}

impl InferenceCircuit {
	/// The circuit alone, for a setup.
	pub fn without_witness(architecture: Architecture, scheme: Scheme) -> Self {
		Self { architecture, scheme, witness: None }
	}

	/// The circuit with the run of a hashed model on an input. The commitments and the output are
	/// computed natively; they are public afterwards through [`claims`](Self::claims).
	///
	/// # Errors
	///
	/// [`WitnessError`] when the input has a wrong length or the binding is not a scalar.
	pub fn with_witness(
		model: &Model,
		model_blinder: &ModelBlinder,
		input: &[u8],
		input_blinder: &InputBlinder,
		binding: Binding,
	) -> Result<Self, WitnessError> {
		let commitment = model.commitment(model_blinder);
		Self::with_committed_witness(
			model,
			model_blinder,
			commitment,
			input,
			input_blinder,
			binding,
		)
	}

	/// As [`with_witness`](Self::with_witness), for a model whose commitment is known: a worker
	/// that proves many runs of one model hashes it once. With a commitment that is not the
	/// model's the circuit is unsatisfied.
	///
	/// # Errors
	///
	/// [`WitnessError`] when the input has a wrong length or a scalar is not below the field's
	/// order.
	pub fn with_committed_witness(
		model: &Model,
		model_blinder: &ModelBlinder,
		commitment: ModelCommitment,
		input: &[u8],
		input_blinder: &InputBlinder,
		binding: Binding,
	) -> Result<Self, WitnessError> {
		let hashed = Some((model_blinder, commitment));
		let run = Run { input, blinder: input_blinder, binding };
		Self::with_runs(Scheme::Hashed, model, hashed, &[run])
	}

	/// The circuit of [`Scheme::Committed`] with the run of a model on an input.
	///
	/// # Errors
	///
	/// [`WitnessError`] when the input has a wrong length or the binding is not a scalar.
	pub fn committed(
		model: &Model,
		input: &[u8],
		input_blinder: &InputBlinder,
		binding: Binding,
	) -> Result<Self, WitnessError> {
		let run = Run { input, blinder: input_blinder, binding };
		Self::of_runs(Scheme::Committed, model, &[run])
	}

	/// The circuit of [`Scheme::Staged`] with the run of a model on an input.
	///
	/// # Errors
	///
	/// [`WitnessError`] when the input has a wrong length or the binding is not a scalar.
	pub fn staged(
		model: &Model,
		input: &[u8],
		input_blinder: &InputBlinder,
		binding: Binding,
	) -> Result<Self, WitnessError> {
		let run = Run { input, blinder: input_blinder, binding };
		Self::of_runs(Scheme::Staged, model, &[run])
	}

	/// The circuit with runs of a model that is a block of variables: at least one, and at most as many as the
	/// circuit shows. The last stands for those that are left.
	///
	/// # Errors
	///
	/// [`WitnessError`] when there are too few or too many, an input has a wrong length or a binding is not a
	/// scalar.
	///
	/// # Panics
	///
	/// Under [`Scheme::Hashed`], which takes a blinder as well.
	pub fn of_runs(scheme: Scheme, model: &Model, runs: &[Run<'_>]) -> Result<Self, WitnessError> {
		assert!(scheme.has_model_block(), "a hashed model has a blinder");
		Self::with_runs(scheme, model, None, runs)
	}

	fn with_runs(
		scheme: Scheme,
		model: &Model,
		hashed: Option<(&ModelBlinder, ModelCommitment)>,
		runs: &[Run<'_>],
	) -> Result<Self, WitnessError> {
		let (got, most) = (runs.len(), model.architecture().runs());
		if !(1..=most).contains(&got) {
			return Err(WitnessError::Runs { got, most });
		}
		let claim = |run: &Run<'_>| {
			Ok(Claim {
				model: hashed.map(|(_, commitment)| commitment),
				input: commit_input(run.input, run.blinder.scalar()),
				output: output_bytes(&model.run(run.input)?),
				binding: run.binding,
			})
		};
		let claims = runs.iter().map(claim).collect::<Result<Vec<_>, WitnessError>>()?;
		// The last run stands in all places that are left, too.
		let places = (0..most).map(|place| place.min(got - 1));
		let mut public_inputs = Vec::new();
		for place in places.clone() {
			public_inputs.extend(claims[place].public_inputs().map_err(WitnessError::Statement)?);
		}
		let runs = places.map(|place| RunWitness {
			input: Secret::new(runs[place].input.to_vec()),
			blinder: runs[place].blinder.clone(),
		});
		let witness = Witness {
			words: model.words(scheme),
			model_blinder: hashed.map(|(blinder, _)| blinder.clone()),
			runs: runs.collect(),
			claims,
			public_inputs,
		};
		Ok(Self { architecture: model.architecture().clone(), scheme, witness: Some(witness) })
	}

	/// The architecture.
	pub fn architecture(&self) -> &Architecture {
		&self.architecture
	}

	/// Where its model stands, and how it shows ranges.
	pub fn scheme(&self) -> Scheme {
		self.scheme
	}

	/// What the assignment claims of each run that it was given; nothing in a setup.
	pub fn claims(&self) -> &[Claim] {
		self.witness.as_ref().map_or(&[], |witness| &witness.claims)
	}

	/// The public inputs of the assignment, challenges excepted, without synthesising; nothing in a
	/// setup.
	pub fn public_inputs(&self) -> Option<&[Fr]> {
		self.witness.as_ref().map(|witness| witness.public_inputs.as_slice())
	}

	/// Counts the circuit of an architecture by synthesising it without an assignment.
	///
	/// # Panics
	///
	/// Where the scheme has no challenge that the architecture needs, which [`Scheme::check`] tells.
	pub fn statistics(architecture: &Architecture, scheme: Scheme) -> Statistics {
		let cs = ConstraintSystem::new_ref();
		cs.set_mode(SynthesisMode::Setup);
		Self::without_witness(architecture.clone(), scheme)
			.generate_constraints(cs.clone())
			.expect("synthesis without an assignment cannot miss one");
		Statistics::of(&cs)
	}

	/// Counts the constraints of the parts of an architecture: its ranges and its lookups where they are asked for.
	///
	/// # Panics
	///
	/// Where the scheme has no challenge that the architecture needs, which [`Scheme::check`] tells.
	pub fn constraints_of_parts(architecture: &Architecture, scheme: Scheme) -> PartCounts {
		let cs = ConstraintSystem::new_ref();
		cs.set_mode(SynthesisMode::Setup);
		let circuit = Self::without_witness(architecture.clone(), scheme);
		let nodes = vec![0; architecture.graph().nodes().len()];
		let mut counts = PartCounts { input: 0, nodes };
		circuit
			.model(&cs)
			.and_then(|model| circuit.lay_out(&cs, model, Some(&mut counts)).map(drop))
			.expect("synthesis without an assignment cannot miss one");
		counts
	}

	/// All that needs no challenge. Its parts are counted where anybody asks for that.
	fn lay_out(
		&self,
		cs: &System,
		block: Vec<Cell>,
		mut counts: Option<&mut PartCounts>,
	) -> Synthesis<Awaiting> {
		let PublicCells { model, runs } = self.public_cells(cs)?;
		let mut sheet = Sheet { runs: runs.len(), ..Sheet::new(cs, self.scheme) };
		let mut words = block;
		let none: &[Cell] = &[];
		let so_far = |sheet: &Sheet<'_>, counts: &Option<&mut PartCounts>| match counts {
			Some(_) => cs.num_constraints() + sheet.pending(),
			None => 0,
		};
		for (at, run) in runs.into_iter().enumerate() {
			let before = so_far(&sheet, &counts);
			let input = self.input_bytes(&mut sheet, at, run.input)?;
			let laid = so_far(&sheet, &counts) - before;
			if let Some(counts) = &mut counts {
				counts.input += laid;
			}
			if let Some(commitment) = model {
				// Once: a hashed model has one run.
				words = self.hashed_words(cs, commitment)?;
			}
			let words = self.architecture.split_words(&words, self.scheme);
			enforce_bound(cs, run.binding)?;
			let logits =
				self.architecture.walk(&words, &none, Wires::Bytes(input), |step, inputs| {
					let before = so_far(&sheet, &counts);
					let wires =
						step.function.constrain(&mut sheet, &step.site, step.parameters, inputs)?;
					let laid = so_far(&sheet, &counts) - before;
					if let Some(counts) = &mut counts {
						counts.nodes[step.at] += laid;
					}
					Synthesis::Ok(wires)
				})?;
			enforce_output(cs, logits.limbs(), &run.output)?;
		}
		sheet.close()
	}

	fn public_cells(&self, cs: &System) -> Synthesis<PublicCells> {
		let values = self.witness.as_ref().map(|witness| witness.public_inputs.as_slice());
		let mut positions = 0..;
		let mut next = || {
			let position: usize = positions.next().expect("positions do not end");
			Cell::public(cs, values.and_then(|values| values.get(position)).copied())
		};
		let words = packed_len(self.architecture.output_len() as u32);
		let model = if self.scheme.has_model_block() { None } else { Some(next()?) };
		let run = |_| {
			Ok(RunCells {
				input: next()?,
				output: (0..words).map(|_| next()).collect::<Synthesis<_>>()?,
				binding: next()?,
			})
		};
		let runs = (0..self.architecture.runs()).map(run).collect::<Synthesis<_>>()?;
		Ok(PublicCells { model, runs })
	}

	/// The bytes of a run's input, committed to.
	fn input_bytes(
		&self,
		sheet: &mut Sheet<'_>,
		run: usize,
		commitment: Cell,
	) -> Synthesis<Vec<Sum>> {
		let witness = self.witness.as_ref().map(|witness| &witness.runs[run]);
		let values = witness.map(|witness| witness.input.as_slice());
		let bytes = (0..self.architecture.input_len())
			.map(|byte| {
				let value = values.map(|values| values[byte].into());
				sheet.ranges.unsigned(value, ACTIVATION_BITS)
			})
			.collect::<Synthesis<Vec<_>>>()?;
		let words = bytes.chunks(BYTES_PER_WORD).map(packed).collect();
		let blinder = witness.map(|witness| witness.blinder.scalar());
		let blinder = Cell::witness(sheet.cs, blinder)?;
		enforce_commitment(sheet.cs, Domain::Input, words, blinder, commitment)?;
		Ok(bytes)
	}

	/// The model's words.
	fn words(&self, cs: &System) -> Synthesis<Vec<Cell>> {
		let values = self.witness.as_ref().map(|witness| witness.words.as_slice());
		(0..self.architecture.word_count(self.scheme))
			.map(|word| Cell::witness(cs, values.map(|values| values[word])))
			.collect()
	}

	/// The model's words, hashed to a commitment.
	fn hashed_words(&self, cs: &System, commitment: Cell) -> Synthesis<Vec<Cell>> {
		let words = self.words(cs)?;
		let blinder = self.witness.as_ref().and_then(|witness| witness.model_blinder.as_ref());
		let blinder = Cell::witness(cs, blinder.map(ModelBlinder::scalar))?;
		let hashed = words.iter().map(|word| (*word).into()).collect();
		enforce_commitment(cs, Domain::Model, hashed, blinder, commitment)?;
		Ok(words)
	}
}

/// Bytes in a word, as [`pack`](candor_statement::pack) does it.
fn packed(bytes: &[Sum]) -> Sum {
	let mut word = Sum::zero();
	for (byte, from) in bytes.iter().zip((0..).step_by(ACTIVATION_BITS as usize)) {
		word.add(power_of_two(from), byte);
	}
	word
}

/// The public inputs in the order of `statement.md`.
struct PublicCells {
	/// Of a hashed model.
	model: Option<Cell>,
	runs: Vec<RunCells>,
}

/// Those of a run.
struct RunCells {
	input: Cell,
	output: Vec<Cell>,
	binding: Cell,
}

impl StagedCircuit for InferenceCircuit {
	/// The words of a model block.
	type Model = Vec<Cell>;

	/// What awaits the challenge.
	type StageOne = Awaiting;

	fn challenges(&self) -> u8 {
		self.scheme.challenges()
	}

	fn model(&self, cs: &System) -> Synthesis<Vec<Cell>> {
		if self.scheme.has_model_block() {
			self.words(cs)
		} else {
			Ok(Vec::new())
		}
	}

	fn stage_one(&self, cs: &System, block: Vec<Cell>) -> Synthesis<Awaiting> {
		self.lay_out(cs, block, None)
	}

	fn rest(&self, _: &System, awaiting: Awaiting, challenges: &[Cell]) -> Synthesis<()> {
		awaiting.prove(challenges)
	}
}

/// All stages at once. Where there is a challenge it has no value, so that the circuit can be laid out
/// without an assignment only.
impl ConstraintSynthesizer<Fr> for InferenceCircuit {
	fn generate_constraints(self, cs: System) -> Synthesis<()> {
		let model = self.model(&cs)?;
		let stage_one = self.stage_one(&cs, model)?;
		let challenges = (0..self.challenges()).map(|_| Cell::public(&cs, None));
		self.rest(&cs, stage_one, &challenges.collect::<Synthesis<Vec<_>>>()?)
	}
}

#[cfg(test)]
mod tests;
