// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	registry::dense::Layer,
	testing::{Fill, TestModel},
};
use ark_ff::{One, Zero};
use candor_gadgets::{power_of_two, testing::TestSystem};
use candor_graph::Parameters;
use candor_statement::{Claimant, GenesisHash, JobNumber};
use proptest::prelude::*;

const MODEL_BLINDER: u64 = 11;
const INPUT_BLINDER: u64 = 13;

fn model_blinder() -> ModelBlinder {
	ModelBlinder::new(MODEL_BLINDER.into())
}

fn bound_to(job: u64) -> Binding {
	candor_statement::binding(GenesisHash([1; 32]), JobNumber(job), Claimant([3; 32]))
}

fn binding() -> Binding {
	bound_to(2)
}

fn circuit(test: &TestModel) -> InferenceCircuit {
	InferenceCircuit::with_witness(
		&test.model,
		&model_blinder(),
		&test.input,
		&InputBlinder::new(INPUT_BLINDER.into()),
		binding(),
	)
	.expect("the input fits the model")
}

fn synthesised(circuit: InferenceCircuit) -> TestSystem {
	TestSystem::new(|cs| circuit.generate_constraints(cs.clone()))
}

/// The bits of a limb of a layer.
fn width_of(test: &TestModel, layer: usize) -> usize {
	let mut layers = test.model.architecture().layers();
	let (_, site) = layers.nth(layer).expect("a layer");
	Layer::of(&site).sums.width as usize
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
		let words = test.model.words(Scheme::Hashed);
		let words = words.iter().map(ToString::to_string);
		for secret in words.chain([format!("{:?}", test.input)]) {
			assert!(!shown.contains(&secret), "{secret} in {shown}");
		}
	}

	#[test]
	fn an_input_of_another_length_is_refused() {
		let test = TestModel::seeded("3-2", 1);
		let (model_blinder, none) = (model_blinder(), InputBlinder::none());
		let result =
			InferenceCircuit::with_witness(&test.model, &model_blinder, &[0; 2], &none, binding());
		let expected = RunError::InputLength { expected: 3, got: 2 };
		assert_eq!(result.err(), Some(WitnessError::Run(expected)));
	}

	#[test]
	fn a_binding_beyond_the_field_is_refused() {
		let test = TestModel::seeded("3-2", 1);
		let (model_blinder, none) = (model_blinder(), InputBlinder::none());
		let binding = Binding::from_bytes([0xff; 32]);
		let result = InferenceCircuit::with_witness(
			&test.model,
			&model_blinder,
			&test.input,
			&none,
			binding,
		);
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
		assert_eq!(claim.model, Some(test.model.commitment(&model_blinder())));
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
			synthesised(circuit(&TestModel::seeded(shape, 4))).assert_every_witness_is_determined();
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
		let mut layers: Vec<Parameters> = honest.model.parameters().to_vec();
		layers[0].weights.swap(0, 3);
		let architecture = honest.model.architecture().clone();
		let model = Model::new(architecture, layers).expect("within bounds");
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
			let (new, change) =
				if old.is_zero() { (Fr::one(), coefficient) } else { (Fr::zero(), -coefficient) };
			let public = system.publics()[output] + change;
			assert!(!system.holds_with_changes(&[(witness, new)], &[(output, public)]));
			tried += 1;
		}
		let width = width_of(&test, 1);
		assert_eq!(tried, 4 * width);
	}

	/// Moves `2^width` from one logit to the next: the packed sum stays the same.
	#[test]
	fn another_split_of_the_packed_sum_is_caught() {
		let test = TestModel::seeded("5-4", 8);
		let system = synthesised(circuit(&test));
		let output = 2;
		let width = width_of(&test, 0);
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
		let commitment = candor_statement::commitment::commit_model(&words, MODEL_BLINDER.into());
		witness.words = Secret::new(words);
		witness.public_inputs[0] = commitment.to_field().expect("a scalar");
		assert!(!synthesised(circuit).holds(), "the sum leaves the limbs");
	}
}

mod size {
	use super::*;

	fn statistics(architecture: &str) -> Statistics {
		InferenceCircuit::statistics(
			&architecture.parse().expect("an architecture"),
			Scheme::Hashed,
		)
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
