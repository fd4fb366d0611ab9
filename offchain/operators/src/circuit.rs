// SPDX-License-Identifier: Apache-2.0
//! The circuit of an inference: a committed model, run on a committed input, gives the public
//! output.

use ark_relations::gr1cs::{
	ConstraintSynthesizer, ConstraintSystem, SynthesisMode, R1CS_PREDICATE_LABEL,
};
use candor_gadgets::{
	binding::enforce_bound, bits, output::enforce_output, sponge::enforce_commitment, Cell,
	Synthesis, System,
};
use candor_graph::{output_bytes, ACTIVATION_BITS};
use candor_secret::Secret;
use candor_statement::{
	commitment::{commit_input, Domain},
	packed_len, Binding, Fr, InputCommitment, ModelCommitment, Statement, StatementError,
	BYTES_PER_WORD,
};
use serde::{Deserialize, Serialize};

use crate::{Architecture, InputBlinder, Model, ModelBlinder, RunError, Wires};

/// Why a witness cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
	/// The model does not run on the input.
	#[error(transparent)]
	Run(#[from] RunError),
	/// The statement has no public inputs, because a scalar is not below the field's order.
	#[error("{0}")]
	Statement(StatementError),
}

/// The public side of an inference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
	/// Commitment to the model.
	pub model: ModelCommitment,
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
		Statement { model: *model, input: *input, output, binding: *binding }.public_inputs()
	}
}

/// Everything that a prover knows.
#[derive(Clone, Debug)]
struct Witness {
	words: Secret<Vec<Fr>>,
	model_blinder: ModelBlinder,
	input: Secret<Vec<u8>>,
	input_blinder: InputBlinder,
	claim: Claim,
	public_inputs: Vec<Fr>,
}

/// The circuit of one architecture, with or without an assignment.
#[derive(Clone, Debug)]
pub struct InferenceCircuit {
	architecture: Architecture,
	witness: Option<Witness>,
}

impl InferenceCircuit {
	/// The circuit alone, for a setup.
	pub fn for_setup(architecture: Architecture) -> Self {
		Self { architecture, witness: None }
	}

	/// The circuit with the run of a model on an input. The commitments and the output are
	/// computed natively; they are public afterwards through [`claim`](Self::claim).
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
		let claim = Claim {
			model: commitment,
			input: commit_input(input, input_blinder.scalar()),
			output: output_bytes(&model.run(input)?),
			binding,
		};
		let public_inputs = claim.public_inputs().map_err(WitnessError::Statement)?;
		let witness = Witness {
			words: model.words(),
			model_blinder: model_blinder.clone(),
			input: Secret::new(input.to_vec()),
			input_blinder: input_blinder.clone(),
			claim,
			public_inputs,
		};
		Ok(Self { architecture: model.architecture().clone(), witness: Some(witness) })
	}

	/// The architecture.
	pub fn architecture(&self) -> &Architecture {
		&self.architecture
	}

	/// What the assignment claims; nothing in a setup.
	pub fn claim(&self) -> Option<&Claim> {
		self.witness.as_ref().map(|witness| &witness.claim)
	}

	/// The public inputs of the assignment, without synthesising; nothing in a setup.
	pub fn public_inputs(&self) -> Option<&[Fr]> {
		self.witness.as_ref().map(|witness| witness.public_inputs.as_slice())
	}

	/// Counts the circuit of an architecture by synthesising it without an assignment.
	///
	/// # Panics
	///
	/// Never: without an assignment no value can be missing.
	pub fn statistics(architecture: &Architecture) -> Statistics {
		let cs = ConstraintSystem::new_ref();
		cs.set_mode(SynthesisMode::Setup);
		Self::for_setup(architecture.clone())
			.generate_constraints(cs.clone())
			.expect("synthesis without an assignment cannot miss one");
		Statistics::of(&cs)
	}

	fn public_cells(&self, cs: &System) -> Synthesis<PublicCells> {
		let values = self.witness.as_ref().map(|witness| witness.public_inputs.as_slice());
		let mut positions = 0..;
		let mut next = || {
			let position: usize = positions.next().expect("positions do not end");
			Cell::public(cs, values.and_then(|values| values.get(position)).copied())
		};
		let words = packed_len(self.architecture.output_len() as u32);
		Ok(PublicCells {
			model: next()?,
			input: next()?,
			output: (0..words).map(|_| next()).collect::<Synthesis<_>>()?,
			binding: next()?,
		})
	}

	/// The input's bytes as named sums of booleans, committed to.
	fn input_cells(&self, cs: &System, commitment: Cell) -> Synthesis<Vec<Cell>> {
		let values = self.witness.as_ref().map(|witness| witness.input.as_slice());
		let bytes = (0..self.architecture.input_len())
			.map(|byte| {
				let value = values.map(|values| values[byte].into());
				bits::unsigned(cs, value, ACTIVATION_BITS)
			})
			.collect::<Synthesis<Vec<_>>>()?;
		let words =
			bytes.chunks(BYTES_PER_WORD).map(|group| bits::weighted(&group.concat())).collect();
		let blinder = Cell::witness(cs, self.witness.as_ref().map(|w| w.input_blinder.scalar()))?;
		enforce_commitment(cs, Domain::Input, words, blinder, commitment)?;
		bytes.iter().map(|byte| bits::weighted(byte).named(cs)).collect()
	}

	/// The model's words, committed to.
	fn model_cells(&self, cs: &System, commitment: Cell) -> Synthesis<Vec<Cell>> {
		let values = self.witness.as_ref().map(|witness| witness.words.as_slice());
		let words = (0..self.architecture.word_count())
			.map(|word| Cell::witness(cs, values.map(|values| values[word])))
			.collect::<Synthesis<Vec<_>>>()?;
		let blinder = Cell::witness(cs, self.witness.as_ref().map(|w| w.model_blinder.scalar()))?;
		let hashed = words.iter().map(|word| (*word).into()).collect();
		enforce_commitment(cs, Domain::Model, hashed, blinder, commitment)?;
		Ok(words)
	}
}

/// The public inputs in the order of `statement.md`.
struct PublicCells {
	model: Cell,
	input: Cell,
	output: Vec<Cell>,
	binding: Cell,
}

impl ConstraintSynthesizer<Fr> for InferenceCircuit {
	fn generate_constraints(self, cs: System) -> Synthesis<()> {
		let public = self.public_cells(&cs)?;
		let activations = self.input_cells(&cs, public.input)?;
		let words = self.model_cells(&cs, public.model)?;
		enforce_bound(&cs, public.binding)?;

		let words = self.architecture.split_words(&words);
		let none: &[Cell] = &[];
		let logits =
			self.architecture.walk(&words, &none, Wires::Cells(activations), |step, inputs| {
				step.function.constrain(&cs, &step.site, step.parameters, inputs)
			})?;
		enforce_output(&cs, logits.limbs(), &public.output)
	}
}

/// The size of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
	/// Rank-1 constraints.
	pub constraints: usize,
	/// Private variables.
	pub witnesses: usize,
	/// Public inputs, without the constant one.
	pub public_inputs: usize,
	/// Entries of the three matrices that are not zero.
	pub nonzeros: usize,
}

impl Statistics {
	fn of(cs: &System) -> Self {
		let nonzeros = match cs.borrow() {
			Some(cs) => cs
				.predicate_constraint_systems
				.get(R1CS_PREDICATE_LABEL)
				.into_iter()
				.flat_map(|predicate| predicate.get_constraints().iter().flatten())
				.map(|variable| match variable.get_lc_index() {
					Some(index) => cs.lc_map.get(index).map_or(0, |lc| lc.count()),
					None => usize::from(!variable.is_zero()),
				})
				.sum(),
			None => 0,
		};
		Self {
			constraints: cs.num_constraints(),
			witnesses: cs.num_witness_variables(),
			public_inputs: cs.num_instance_variables() - 1,
			nonzeros,
		}
	}

	/// Variables: the constant one, the public inputs and the witnesses.
	pub fn variables(&self) -> usize {
		1 + self.public_inputs + self.witnesses
	}
}

#[cfg(test)]
mod tests;
