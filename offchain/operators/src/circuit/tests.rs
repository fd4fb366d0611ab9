// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	registry::dense::Layer,
	testing::{Fill, TestModel},
};
use ark_ff::{One, Zero};
use candor_gadgets::{
	power_of_two,
	testing::{challenge, TestSystem},
};
use candor_graph::Parameters;
use candor_statement::{Claimant, GenesisHash, JobId};
use proptest::prelude::*;

const MODEL_BLINDER: u64 = 11;
const INPUT_BLINDER: u64 = 13;

fn model_blinder() -> ModelBlinder {
	ModelBlinder::new(MODEL_BLINDER.into())
}

fn bound_to(job: u64) -> Binding {
	candor_statement::binding(GenesisHash([1; 32]), JobId(job), Claimant([3; 32]))
}

fn binding() -> Binding {
	bound_to(2)
}

fn try_circuit(
	scheme: Scheme,
	model: &Model,
	input: &[u8],
	binding: Binding,
) -> Result<InferenceCircuit, WitnessError> {
	let blinder = InputBlinder::new(INPUT_BLINDER.into());
	match scheme {
		Scheme::Hashed => {
			InferenceCircuit::with_witness(model, &model_blinder(), input, &blinder, binding)
		}
		Scheme::Committed => InferenceCircuit::committed(model, input, &blinder, binding),
		Scheme::Staged => InferenceCircuit::staged(model, input, &blinder, binding),
	}
}

fn circuit(scheme: Scheme, test: &TestModel) -> InferenceCircuit {
	try_circuit(scheme, &test.model, &test.input, binding()).expect("the input fits the model")
}

fn synthesised(circuit: InferenceCircuit) -> TestSystem {
	let challenges = [challenge()];
	TestSystem::staged(&circuit, &challenges[..circuit.challenges().into()])
}

/// The public input that holds the input commitment; the words of the output come after it.
fn input_at(scheme: Scheme) -> usize {
	usize::from(!scheme.has_model_block())
}

/// The public input that holds the binding; challenges come after it.
fn binding_at(scheme: Scheme, system: &TestSystem) -> usize {
	system.publics().len() - 1 - usize::from(scheme.challenges())
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

mod blocks;
mod runs;

mod agreement {
	use super::*;

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(24))]

		#[test]
		fn the_circuit_accepts_exactly_what_the_executor_computes(
			test in TestModel::any(), word in any::<prop::sample::Index>(), off in 1u64..,
		) {
			for scheme in Scheme::ALL {
				let circuit = circuit(scheme, &test);
				let outputs = circuit.claims()[0].output.len().div_ceil(31);
				let system = synthesised(circuit);
				prop_assert!(system.holds());
				let word = input_at(scheme) + 1 + word.index(outputs);
				let wrong = system.publics()[word] + Fr::from(off);
				prop_assert!(!system.holds_with_public(word, wrong));
				prop_assert!(!system.holds_for_a_forger(&[], &[(word, wrong)]));
			}
		}
	}

	/// No input within the range of bytes makes a sum overflow.
	#[test]
	fn at_the_edges_of_weights_biases_and_inputs() {
		for shape in SHAPES {
			for fill in Fill::ALL {
				for byte in [0, 1, 254, 255] {
					let mut test = TestModel::filled(shape, fill);
					test.input.fill(byte);
					for scheme in Scheme::ALL {
						let system = synthesised(circuit(scheme, &test));
						assert!(system.holds(), "{shape} {fill:?} {byte} {scheme:?}");
					}
				}
			}
		}
	}

	#[test]
	fn the_witness_is_not_shown() {
		let mut test = TestModel::seeded("3-2", 1);
		test.input = vec![211, 223, 227];
		for scheme in Scheme::ALL {
			let circuit = circuit(scheme, &test);
			let shown = format!("{circuit:?}");
			// Words, input and the blinders.
			let secrets = if scheme.has_model_block() { 3 } else { 4 };
			assert_eq!(shown.matches("Secret(..)").count(), secrets, "{shown}");
			let words = test.model.words(scheme);
			let words = words.iter().map(ToString::to_string);
			for secret in words.chain([format!("{:?}", test.input)]) {
				assert!(!shown.contains(&secret), "{secret} in {shown}");
			}
		}
	}

	#[test]
	fn an_input_of_another_length_is_refused() {
		let test = TestModel::seeded("3-2", 1);
		for scheme in Scheme::ALL {
			let result = try_circuit(scheme, &test.model, &[0; 2], binding());
			let expected = RunError::InputLength { expected: 3, got: 2 };
			assert_eq!(result.err(), Some(WitnessError::Run(expected)));
		}
	}

	#[test]
	fn a_binding_beyond_the_field_is_refused() {
		let test = TestModel::seeded("3-2", 1);
		let binding = Binding::from_bytes([0xff; 32]);
		for scheme in Scheme::ALL {
			let result = try_circuit(scheme, &test.model, &test.input, binding);
			assert!(matches!(result.err(), Some(WitnessError::Statement(_))));
		}
	}
}

mod public_inputs {
	use super::*;

	#[test]
	fn are_known_without_synthesis_and_follow_the_statement() {
		let test = TestModel::seeded("35-5-9", 2);
		for scheme in Scheme::ALL {
			let circuit = circuit(scheme, &test);
			let claim = circuit.claims()[0].clone();
			let commitment = test.model.commitment(&model_blinder());
			assert_eq!(claim.model, (!scheme.has_model_block()).then_some(commitment));
			assert_eq!(claim.input, commit_input(&test.input, INPUT_BLINDER.into()));
			assert_eq!(claim.output, output_bytes(&test.model.run(&test.input).expect("runs")));
			let expected = claim.public_inputs().expect("scalars");
			assert_eq!(circuit.public_inputs(), Some(expected.as_slice()));
			let schema = scheme.schema(test.model.architecture());
			assert_eq!(expected.len(), schema.public_inputs() as usize);
			let system = synthesised(circuit);
			let (public, challenges) = system.publics().split_at(expected.len());
			assert_eq!(public, expected);
			assert_eq!(challenges.len(), usize::from(scheme.challenges()));
		}
	}

	#[test]
	fn are_missing_in_a_setup() {
		for scheme in Scheme::ALL {
			let architecture = "3-2".parse().expect("an architecture");
			let circuit = InferenceCircuit::without_witness(architecture, scheme);
			assert_eq!(circuit.scheme(), scheme);
			assert!(circuit.claims().is_empty() && circuit.public_inputs().is_none());
			let cs = ConstraintSystem::new_ref();
			assert!(circuit.generate_constraints(cs).is_err(), "proving needs an assignment");
		}
	}

	#[test]
	fn all_stand_in_a_constraint() {
		for scheme in Scheme::ALL {
			let system = synthesised(circuit(scheme, &TestModel::seeded("35-5-9", 3)));
			for (position, value) in system.publics().iter().enumerate() {
				let forged = [(position, *value + Fr::one())];
				assert!(!system.holds_with_changes(&[], &forged), "{position}");
			}
		}
	}
}

mod soundness {
	use super::*;

	#[test]
	fn every_cell_is_determined() {
		for (shape, scheme) in
			SHAPES.into_iter().flat_map(|shape| Scheme::ALL.map(|it| (shape, it)))
		{
			let system = synthesised(circuit(scheme, &TestModel::seeded(shape, 4)));
			system.assert_every_witness_is_determined();
		}
	}

	#[test]
	fn every_cell_is_determined_at_the_edges() {
		for fill in Fill::ALL {
			for byte in [0, 255] {
				let mut test = TestModel::filled("3-4-2", fill);
				test.input.fill(byte);
				for scheme in Scheme::ALL {
					synthesised(circuit(scheme, &test)).assert_every_witness_is_determined();
				}
			}
		}
	}

	/// Proves `test` under the commitments of `claimed`: everything else is honest.
	fn holds_under_the_claim_of(scheme: Scheme, test: &TestModel, claimed: &TestModel) -> bool {
		let claimed = circuit(scheme, claimed);
		let (mut circuit, claimed) =
			(circuit(scheme, test), claimed.public_inputs().expect("known"));
		circuit.witness.as_mut().expect("an assignment").public_inputs = claimed.to_vec();
		synthesised(circuit).holds()
	}

	#[test]
	fn swapped_weights_are_another_model() {
		let honest = TestModel::seeded("3-2", 5);
		assert!(holds_under_the_claim_of(Scheme::Hashed, &honest, &honest));
		let mut layers: Vec<Parameters> = honest.model.parameters().to_vec();
		layers[0].weights.swap(0, 3);
		let architecture = honest.model.architecture().clone();
		let model = Model::new(architecture, layers).expect("within bounds");
		// The swap does not change the output, only the commitment tells.
		let swapped = TestModel { model, input: vec![0; 3] };
		let honest = TestModel { input: vec![0; 3], ..honest };
		assert_eq!(swapped.model.run(&swapped.input), honest.model.run(&honest.input));
		assert!(!holds_under_the_claim_of(Scheme::Hashed, &swapped, &honest));
		// Or the block, which has one opening.
		for scheme in [Scheme::Committed, Scheme::Staged] {
			assert_ne!(swapped.model.words(scheme), honest.model.words(scheme));
		}
	}

	#[test]
	fn swapped_inputs_are_another_input() {
		let model = TestModel::filled("3-2", Fill::Highest).model;
		let honest = TestModel { model: model.clone(), input: vec![1, 2, 3] };
		let swapped = TestModel { model, input: vec![3, 2, 1] };
		assert_eq!(swapped.model.run(&swapped.input), honest.model.run(&honest.input));
		for scheme in Scheme::ALL {
			assert!(holds_under_the_claim_of(scheme, &honest, &honest));
			assert!(!holds_under_the_claim_of(scheme, &swapped, &honest));
		}
	}

	#[test]
	fn another_binding_does_not_fit_the_witness() {
		for scheme in Scheme::ALL {
			let system = synthesised(circuit(scheme, &TestModel::seeded("3-2", 6)));
			let position = binding_at(scheme, &system);
			assert_eq!(system.publics()[position], binding().to_field().expect("a scalar"));
			for job in 0..10 {
				let other = bound_to(3 + job);
				let other = other.to_field().expect("a scalar");
				assert!(!system.holds_with_public(position, other));
			}
			assert!(!system.holds_with_public(position, Fr::zero()));
		}
	}

	/// Changes one bit of a logit together with the public output, so that only the split of
	/// the accumulator can object.
	#[test]
	fn a_logit_that_was_not_computed_is_caught() {
		let test = TestModel::seeded("5-3-4", 7);
		let system = synthesised(circuit(Scheme::Hashed, &test));
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
		let system = synthesised(circuit(Scheme::Hashed, &test));
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
		let mut circuit = circuit(Scheme::Hashed, &test);
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

	fn statistics(architecture: &str, scheme: Scheme) -> Statistics {
		InferenceCircuit::statistics(&architecture.parse().expect("an architecture"), scheme)
	}

	#[test]
	fn is_the_same_with_and_without_an_assignment() {
		for (shape, scheme) in
			SHAPES.into_iter().flat_map(|shape| Scheme::ALL.map(|it| (shape, it)))
		{
			let statistics = statistics(shape, scheme);
			let system = synthesised(circuit(scheme, &TestModel::seeded(shape, 10)));
			assert_eq!(statistics.constraints, system.constraints(), "{shape}");
			assert_eq!(statistics.witnesses, system.witnesses(), "{shape}");
			assert_eq!(statistics.public_inputs, system.publics().len(), "{shape}");
			assert_eq!(statistics.nonzeros, system.nonzeros(), "{shape}");
		}
	}

	/// What `circuit.md` says, and the floors below which no circuit of its kind may fall.
	#[test]
	fn of_the_examples() {
		for (architecture, hashed, committed, staged, floor) in [
			("64-32-10", 11_574, 2_365, 1_332, 2_000),
			("784-56-10", 227_977, 12_696, 5_890, 9_000),
			("784-128-10", 479_599, 18_218, 9_602, 15_000),
		] {
			let counted = Scheme::ALL.map(|scheme| statistics(architecture, scheme).constraints);
			println!("{architecture}: {counted:?} constraints, {:?}", Scheme::ALL);
			assert_eq!(counted, [hashed, committed, staged], "{architecture}");
			assert!(staged <= floor, "{architecture}");
		}
		assert_eq!(statistics("64-32-10", Scheme::Hashed).public_inputs, 5);
		assert_eq!(statistics("64-32-10", Scheme::Committed).public_inputs, 4);
	}

	#[test]
	fn decides_whether_a_challenge_pays() {
		for (architecture, expected) in [
			("3-2", Scheme::Committed),
			("4-3-2", Scheme::Committed),
			("16-8-4", Scheme::Staged),
			("36-1", Scheme::Staged),
			("37-1", Scheme::Staged),
			("64-32-10", Scheme::Staged),
		] {
			let counted = Scheme::ALL.map(|scheme| statistics(architecture, scheme).constraints);
			let architecture = architecture.parse().expect("an architecture");
			assert_eq!(Scheme::with_fewer_constraints(&architecture), expected);
			let [_, committed, staged] = counted;
			assert_eq!(expected == Scheme::Staged, staged < committed, "{architecture}");
		}
	}
}

#[test]
fn the_parts_of_a_circuit_are_all_of_it_but_what_they_share() {
	let architecture: Architecture = "784-128-10".parse().expect("an architecture");
	// The output takes two words and the binding one constraint.
	let (output, table_of_bytes) = (3, 257);
	for (scheme, shared) in [(Scheme::Committed, output), (Scheme::Staged, output + table_of_bytes)]
	{
		let PartCounts { input, nodes } =
			InferenceCircuit::constraints_of_parts(&architecture, scheme);
		let all = InferenceCircuit::statistics(&architecture, scheme).constraints;
		assert_eq!(nodes[1..2], [if scheme == Scheme::Staged { 0 } else { 5 * 128 }], "{scheme}");
		assert_eq!(input + nodes.iter().sum::<usize>() + shared, all, "{scheme}: {nodes:?}");
	}
}
