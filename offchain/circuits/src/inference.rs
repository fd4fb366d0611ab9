// SPDX-License-Identifier: Apache-2.0
//! The circuit of an inference: a committed model, run on a committed input, gives the public
//! output.

use ark_relations::gr1cs::{
	ConstraintSynthesizer, ConstraintSystem, SynthesisMode, R1CS_PREDICATE_LABEL,
};
use candor_statement::{
	commitment::{commit_input, Domain},
	packed_len, Binding, Fr, InputCommitment, ModelCommitment, Statement, StatementError,
	BYTES_PER_WORD,
};
use serde::{Deserialize, Serialize};

use crate::{
	architecture::{Architecture, Layer, ACTIVATION_BITS},
	gadgets::{
		binding::enforce_bound,
		bits::{self, Bit},
		constant_lc, limbs,
		output::enforce_output,
		product,
		relu::relu,
		sponge::enforce_commitment,
		Cell, Synthesis, System,
	},
	perceptron::{output_bytes, Perceptron, RunError},
	secret::Secret,
};

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
	model_blinder: Secret<Fr>,
	input: Secret<Vec<u8>>,
	input_blinder: Secret<Fr>,
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
		model: &Perceptron,
		model_blinder: Fr,
		input: &[u8],
		input_blinder: Fr,
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
		model: &Perceptron,
		model_blinder: Fr,
		commitment: ModelCommitment,
		input: &[u8],
		input_blinder: Fr,
		binding: Binding,
	) -> Result<Self, WitnessError> {
		let claim = Claim {
			model: commitment,
			input: commit_input(input, input_blinder),
			output: output_bytes(&model.run(input)?),
			binding,
		};
		let public_inputs = claim.public_inputs().map_err(WitnessError::Statement)?;
		let witness = Witness {
			words: model.words(),
			model_blinder: Secret::new(model_blinder),
			input: Secret::new(input.to_vec()),
			input_blinder: Secret::new(input_blinder),
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
		let blinder = Cell::witness(cs, self.witness.as_ref().map(|w| *w.input_blinder))?;
		enforce_commitment(cs, Domain::Input, words, blinder, commitment)?;
		bytes.iter().map(|byte| bits::weighted(byte).named(cs)).collect()
	}

	/// The model's words, committed to.
	fn model_cells(&self, cs: &System, commitment: Cell) -> Synthesis<Vec<Cell>> {
		let values = self.witness.as_ref().map(|witness| witness.words.as_slice());
		let words = (0..self.architecture.word_count())
			.map(|word| Cell::witness(cs, values.map(|values| values[word])))
			.collect::<Synthesis<Vec<_>>>()?;
		let blinder = Cell::witness(cs, self.witness.as_ref().map(|w| *w.model_blinder))?;
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
		let mut activations = self.input_cells(&cs, public.input)?;
		let words = self.model_cells(&cs, public.model)?;
		enforce_bound(&cs, public.binding)?;

		let mut words = words.as_slice();
		for layer in self.architecture.layers() {
			let (layer_words, rest) = words.split_at(layer.word_count());
			words = rest;
			let accumulators = accumulate(&cs, &layer, &activations, layer_words)?;
			if layer.hidden {
				activations = accumulators
					.iter()
					.map(|limb| relu(&cs, limb, layer.shift))
					.collect::<Synthesis<_>>()?;
			} else {
				enforce_output(&cs, &accumulators, &public.output)?;
			}
		}
		Ok(())
	}
}

/// The raised accumulators of a layer as limbs: for each group one packed product and its split.
fn accumulate(
	cs: &System,
	layer: &Layer,
	inputs: &[Cell],
	words: &[Cell],
) -> Synthesis<Vec<Vec<Bit>>> {
	let width = layer.limb_width;
	let mut accumulators = Vec::with_capacity(layer.fan_out);
	for (outputs, words) in layer.group_outputs().zip(words.chunks(layer.fan_in + 1)) {
		let (bias, weights) = words.split_last().expect("a group has a bias word");
		let count = outputs.len();
		let offset = limbs::pack(core::iter::repeat_n(layer.limb_offset() as i64, count), width);
		let values = product::dot_value(inputs, weights)
			.zip(bias.value)
			.map(|(product, bias)| limbs::split(product + bias + offset, count, width));
		let group = limbs::limbs(cs, values.as_deref(), count, width)?;

		// Σ x[i] * P[i] = Σ u[q] * 2^(w q) - B - Σ offset * 2^(w q)
		let mut total = limbs::joined(&group, width);
		total.terms.extend(constant_lc(-offset).0);
		total.terms.push((-Fr::from(1), bias.variable));
		total.value = total.value.zip(bias.value).map(|(limbs, bias)| limbs - bias - offset);
		product::enforce_dot(cs, inputs, weights, total)?;
		accumulators.extend(group);
	}
	Ok(accumulators)
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
mod tests {
	use super::*;
	use crate::{
		gadgets::power_of_two,
		test_model::{Fill, TestModel},
		test_system::TestSystem,
		LayerParameters,
	};
	use ark_ff::{One, Zero};
	use proptest::prelude::*;

	const MODEL_BLINDER: u64 = 11;
	const INPUT_BLINDER: u64 = 13;

	fn bound_to(job: u64) -> Binding {
		use candor_statement::{Claimant, GenesisHash, JobNumber};
		candor_statement::binding(GenesisHash([1; 32]), JobNumber(job), Claimant([3; 32]))
	}

	fn binding() -> Binding {
		bound_to(2)
	}

	fn circuit(test: &TestModel) -> InferenceCircuit {
		InferenceCircuit::with_witness(
			&test.model,
			MODEL_BLINDER.into(),
			&test.input,
			INPUT_BLINDER.into(),
			binding(),
		)
		.expect("the input fits the model")
	}

	fn synthesised(circuit: InferenceCircuit) -> TestSystem {
		TestSystem::new(|cs| circuit.generate_constraints(cs.clone()))
	}

	/// One layer, one and two hidden layers, whole and partial last groups, more than one word of
	/// input and output.
	const SHAPES: [&str; 6] = ["1-1", "3-2", "2-14-3", "35-5-9", "6-15-4-2", "4-3-2-2"];

	mod agreement {
		use super::*;

		proptest! {
			#![proptest_config(ProptestConfig::with_cases(24))]

			#[test]
			fn the_circuit_accepts_exactly_what_the_executor_computes(
				test in TestModel::any(), word in any::<prop::sample::Index>(), off in 1u64..,
			) {
				let circuit = circuit(&test);
				let outputs = circuit.claim().map(|claim| claim.output.len().div_ceil(31));
				let system = synthesised(circuit);
				prop_assert!(system.holds());
				let word = 2 + word.index(outputs.expect("there is an output"));
				let wrong = system.publics()[word] + Fr::from(off);
				prop_assert!(!system.holds_with_public(word, wrong));
			}
		}

		#[test]
		fn at_the_edges_of_weights_biases_and_inputs() {
			for shape in SHAPES {
				for fill in Fill::ALL {
					for byte in [0, 1, 254, 255] {
						let mut test = TestModel::filled(shape, fill);
						test.input.fill(byte);
						assert!(synthesised(circuit(&test)).holds(), "{shape} {fill:?} {byte}");
					}
				}
			}
		}

		#[test]
		fn the_witness_is_not_shown() {
			let mut test = TestModel::seeded("3-2", 1);
			test.input = vec![211, 223, 227];
			let circuit = circuit(&test);
			let shown = format!("{circuit:?}");
			assert_eq!(shown.matches("Secret(..)").count(), 4, "{shown}");
			let words = test.model.words();
			let words = words.iter().map(ToString::to_string);
			for secret in words.chain([format!("{:?}", test.input)]) {
				assert!(!shown.contains(&secret), "{secret} in {shown}");
			}
		}

		#[test]
		fn an_input_of_another_length_is_refused() {
			let test = TestModel::seeded("3-2", 1);
			let zero = Fr::zero();
			let result =
				InferenceCircuit::with_witness(&test.model, zero, &[0; 2], zero, binding());
			let expected = RunError::InputLength { expected: 3, got: 2 };
			assert_eq!(result.err(), Some(WitnessError::Run(expected)));
		}

		#[test]
		fn a_binding_beyond_the_field_is_refused() {
			let test = TestModel::seeded("3-2", 1);
			let zero = Fr::zero();
			let binding = Binding::from_bytes([0xff; 32]);
			let result =
				InferenceCircuit::with_witness(&test.model, zero, &test.input, zero, binding);
			assert!(matches!(result.err(), Some(WitnessError::Statement(_))));
		}
	}

	mod public_inputs {
		use super::*;

		#[test]
		fn are_known_without_synthesis_and_follow_the_statement() {
			let test = TestModel::seeded("35-5-9", 2);
			let circuit = circuit(&test);
			let claim = circuit.claim().expect("there is an assignment").clone();
			assert_eq!(claim.model, test.model.commitment(MODEL_BLINDER.into()));
			assert_eq!(claim.input, commit_input(&test.input, INPUT_BLINDER.into()));
			assert_eq!(claim.output, output_bytes(&test.model.run(&test.input).expect("runs")));
			let expected = claim.public_inputs().expect("scalars");
			assert_eq!(circuit.public_inputs(), Some(expected.as_slice()));
			let schema = test.model.architecture().schema();
			assert_eq!(expected.len(), schema.public_inputs() as usize);
			assert_eq!(synthesised(circuit).publics(), expected);
		}

		#[test]
		fn are_missing_in_a_setup() {
			let circuit = InferenceCircuit::for_setup("3-2".parse().expect("an architecture"));
			assert!(circuit.claim().is_none() && circuit.public_inputs().is_none());
			let cs = ConstraintSystem::new_ref();
			assert!(circuit.generate_constraints(cs).is_err(), "proving needs an assignment");
		}

		#[test]
		fn all_stand_in_a_constraint() {
			let system = synthesised(circuit(&TestModel::seeded("35-5-9", 3)));
			for (position, value) in system.publics().iter().enumerate() {
				assert!(!system.holds_with_public(position, *value + Fr::one()), "{position}");
			}
		}
	}

	mod soundness {
		use super::*;

		#[test]
		fn every_cell_is_determined() {
			for shape in SHAPES {
				synthesised(circuit(&TestModel::seeded(shape, 4)))
					.assert_every_witness_is_determined();
			}
		}

		#[test]
		fn every_cell_is_determined_at_the_edges() {
			for fill in Fill::ALL {
				for byte in [0, 255] {
					let mut test = TestModel::filled("3-4-2", fill);
					test.input.fill(byte);
					synthesised(circuit(&test)).assert_every_witness_is_determined();
				}
			}
		}

		/// Proves `test` under the commitments of `claimed`: everything else is honest.
		fn holds_under_the_claim_of(test: &TestModel, claimed: &TestModel) -> bool {
			let claimed = circuit(claimed);
			let (mut circuit, claimed) = (circuit(test), claimed.public_inputs().expect("known"));
			circuit.witness.as_mut().expect("an assignment").public_inputs = claimed.to_vec();
			synthesised(circuit).holds()
		}

		#[test]
		fn swapped_weights_are_another_model() {
			let honest = TestModel::seeded("3-2", 5);
			assert!(holds_under_the_claim_of(&honest, &honest));
			let mut layers: Vec<LayerParameters> = honest.model.layers().to_vec();
			layers[0].weights.swap(0, 3);
			let architecture = honest.model.architecture().clone();
			let model = Perceptron::new(architecture, layers).expect("within bounds");
			// The swap does not change the output, only the commitment tells.
			let swapped = TestModel { model, input: vec![0; 3] };
			let honest = TestModel { input: vec![0; 3], ..honest };
			assert_eq!(swapped.model.run(&swapped.input), honest.model.run(&honest.input));
			assert!(!holds_under_the_claim_of(&swapped, &honest));
		}

		#[test]
		fn swapped_inputs_are_another_input() {
			let model = TestModel::filled("3-2", Fill::Highest).model;
			let honest = TestModel { model: model.clone(), input: vec![1, 2, 3] };
			let swapped = TestModel { model, input: vec![3, 2, 1] };
			assert_eq!(swapped.model.run(&swapped.input), honest.model.run(&honest.input));
			assert!(!holds_under_the_claim_of(&swapped, &honest));
		}

		#[test]
		fn another_binding_does_not_fit_the_witness() {
			let system = synthesised(circuit(&TestModel::seeded("3-2", 6)));
			let position = system.publics().len() - 1;
			assert_eq!(system.publics()[position], binding().to_field().expect("a scalar"));
			for job in 0..10 {
				let other = bound_to(3 + job);
				let other = other.to_field().expect("a scalar");
				assert!(!system.holds_with_public(position, other));
			}
			assert!(!system.holds_with_public(position, Fr::zero()));
		}

		/// Changes one bit of a logit together with the public output, so that only the split of
		/// the accumulator can object.
		#[test]
		fn a_logit_that_was_not_computed_is_caught() {
			let test = TestModel::seeded("5-3-4", 7);
			let system = synthesised(circuit(&test));
			let output = 2;
			let bits = system.witnesses_that_sum_to_public(output);
			// The top bit of each limb has a coefficient that is not a power of two.
			let mut tried = 0;
			for (coefficient, witness) in bits {
				let old = system.witness(witness);
				let (new, change) = if old.is_zero() {
					(Fr::one(), coefficient)
				} else {
					(Fr::zero(), -coefficient)
				};
				let public = system.publics()[output] + change;
				assert!(!system.holds_with_changes(&[(witness, new)], &[(output, public)]));
				tried += 1;
			}
			let width = test.model.architecture().layers()[1].limb_width as usize;
			assert_eq!(tried, 4 * width);
		}

		/// Moves `2^width` from one logit to the next: the packed sum stays the same.
		#[test]
		fn another_split_of_the_packed_sum_is_caught() {
			let test = TestModel::seeded("5-4", 8);
			let system = synthesised(circuit(&test));
			let output = 2;
			let width = test.model.architecture().layers()[0].limb_width as usize;
			let bits = system.witnesses_that_sum_to_public(output);
			let (top, next) = (bits[width - 1], bits[width]);
			// Top bit of the first limb up by two, lowest bit of the second one down by one.
			let forged = [
				(top.1, system.witness(top.1) + Fr::from(2)),
				(next.1, system.witness(next.1) - Fr::one()),
			];
			let change = top.0 * Fr::from(2) - next.0;
			let public = system.publics()[output] + change;
			assert!(!system.holds_with_changes(&forged, &[(output, public)]));
			assert_eq!(next.0, power_of_two(32));
		}

		/// The committer chooses the words freely; those that are no packing prove nothing.
		#[test]
		fn words_whose_sum_leaves_the_limbs_have_no_proof() {
			let mut test = TestModel::seeded("3-2", 9);
			test.input = vec![1, 2, 3];
			let mut circuit = circuit(&test);
			let witness = circuit.witness.as_mut().expect("an assignment");
			let mut words = witness.words.to_vec();
			words[0] += power_of_two(100);
			let commitment =
				candor_statement::commitment::commit_model(&words, MODEL_BLINDER.into());
			witness.words = Secret::new(words);
			witness.public_inputs[0] = commitment.to_field().expect("a scalar");
			assert!(!synthesised(circuit).holds(), "the sum leaves the limbs");
		}
	}

	mod size {
		use super::*;

		fn statistics(architecture: &str) -> Statistics {
			InferenceCircuit::statistics(&architecture.parse().expect("an architecture"))
		}

		#[test]
		fn is_the_same_with_and_without_an_assignment() {
			for shape in SHAPES {
				let statistics = statistics(shape);
				let system = synthesised(circuit(&TestModel::seeded(shape, 10)));
				assert_eq!(statistics.constraints, system.constraints(), "{shape}");
				assert_eq!(statistics.witnesses, system.witnesses(), "{shape}");
				assert_eq!(statistics.public_inputs, system.publics().len(), "{shape}");
				assert_eq!(statistics.nonzeros, system.nonzeros(), "{shape}");
			}
		}

		#[test]
		fn of_the_example() {
			let size = statistics("64-32-10");
			assert_eq!(size.public_inputs, 5);
			assert_eq!(size.constraints, 11_574);
		}

		#[test]
		fn of_a_committed_784_56_10_is_below_230_000() {
			let size = statistics("784-56-10");
			assert!(size.constraints <= 230_000, "{size:?}");
			assert_eq!(size.constraints, 227_977);
		}

		#[test]
		fn of_a_committed_784_128_10_is_below_480_000() {
			let size = statistics("784-128-10");
			assert!(size.constraints <= 480_000, "{size:?}");
			assert_eq!(size.constraints, 479_599);
		}
	}
}
