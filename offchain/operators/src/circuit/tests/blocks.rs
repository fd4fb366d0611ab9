// SPDX-License-Identifier: Apache-2.0
//! Circuits whose model is a block of variables of its own.

use super::*;

const WITH_BLOCK: [Scheme; 2] = [Scheme::Committed, Scheme::Staged];

/// Several groups, so that inputs are multiplied in pairs, of an even and an odd number.
const PAIRED: [&str; 2] = ["4-14-2", "5-30-3"];

fn shapes() -> impl Iterator<Item = &'static str> {
	SHAPES.into_iter().chain(PAIRED)
}

#[test]
fn the_model_block_holds_the_words_of_the_model_and_nothing_else() {
	for scheme in WITH_BLOCK {
		for shape in shapes() {
			let test = TestModel::seeded(shape, 1);
			let system = synthesised(circuit(scheme, &test));
			let words = test.model.words(scheme);
			let block: Vec<Fr> =
				(0..system.blocks().model).map(|word| system.witness(word)).collect();
			assert_eq!(block, *words, "{shape}");
			assert_eq!(block.len(), test.model.architecture().word_count(scheme), "{shape}");
		}
	}
}

#[test]
fn a_hashed_model_is_no_block() {
	let system = synthesised(circuit(Scheme::Hashed, &TestModel::seeded("3-2", 1)));
	assert_eq!(system.blocks().model, 0);
}

/// Else a commitment could be opened in two ways.
#[test]
fn columns_of_the_model_block_are_independent() {
	for scheme in WITH_BLOCK {
		for shape in shapes() {
			let system = synthesised(circuit(scheme, &TestModel::seeded(shape, 2)));
			assert!(system.blocks().model > 0);
			assert!(system.model_columns_stand_apart(), "{shape}");
		}
	}
}

/// The block is the same for all inputs, bindings and blinders.
#[test]
fn the_model_block_is_the_same_for_every_proof() {
	for scheme in WITH_BLOCK {
		let test = TestModel::seeded("5-30-3", 3);
		let other = TestModel { input: vec![9; 5], ..test.clone() };
		let [one, two] = [test, other].map(|test| synthesised(circuit(scheme, &test)));
		assert_ne!(one.publics(), two.publics());
		for word in 0..one.blocks().model {
			assert_eq!(one.witness(word), two.witness(word));
		}
	}
}

#[test]
fn another_word_is_another_function() {
	for scheme in WITH_BLOCK {
		for shape in ["1-1", "3-2", "4-14", "5-30"] {
			let mut test = TestModel::seeded(shape, 4);
			// An input of zero would not look at its word.
			test.input.iter_mut().for_each(|byte| *byte |= 1);
			let system = synthesised(circuit(scheme, &test));
			for word in 0..system.blocks().model {
				let other = system.witness(word) + Fr::one();
				assert!(!system.holds_for_a_forger(&[(word, other)], &[]), "{shape}: {word}");
			}
		}
	}
}

#[test]
fn no_forger_who_knows_the_challenge_changes_a_cell() {
	for shape in ["1-1", "3-2", "2-3-2", "4-14-2"] {
		let system = synthesised(circuit(Scheme::Staged, &TestModel::seeded(shape, 5)));
		system.assert_no_forger_changes_a_cell();
	}
}

#[test]
fn no_forger_changes_a_cell_at_the_edges() {
	for fill in Fill::ALL {
		for byte in [0, 255] {
			let mut test = TestModel::filled("2-3-2", fill);
			test.input.fill(byte);
			synthesised(circuit(Scheme::Staged, &test)).assert_no_forger_changes_a_cell();
		}
	}
}

/// An input byte of 256 more, which one of its words hides by one less of the next byte: only the
/// lookup objects.
#[test]
fn an_input_that_is_no_byte_is_caught() {
	let test = TestModel { input: vec![5, 7, 9], ..TestModel::filled("3-2", Fill::Zero) };
	let system = synthesised(circuit(Scheme::Staged, &test));
	let first = system.blocks().model;
	assert_eq!(system.witness(first), Fr::from(5));
	assert_eq!(system.witness(first + 1), Fr::from(7));
	let forged = [(first, Fr::from(5 + 256)), (first + 1, Fr::from(6))];
	assert!(!system.holds_for_a_forger(&forged, &[]));
	// All weights are zero, so that nothing but the lookups and the products sees the bytes.
	let honest = [(first, Fr::from(5)), (first + 1, Fr::from(7))];
	assert!(system.holds_for_a_forger(&honest, &[]));
}

/// Words that are no packing of small weights determine a function all the same, or have no proof.
#[test]
fn words_whose_sum_leaves_the_limbs_have_no_proof() {
	for scheme in WITH_BLOCK {
		let mut test = TestModel::seeded("3-2", 9);
		test.input = vec![1, 2, 3];
		let mut circuit = circuit(scheme, &test);
		let witness = circuit.witness.as_mut().expect("an assignment");
		let mut words = witness.words.to_vec();
		words[0] += power_of_two(100);
		witness.words = Secret::new(words);
		let system = synthesised(circuit);
		assert!(
			!system.holds() && !system.holds_for_a_forger(&[], &[]),
			"the sum leaves the limbs"
		);
	}
}

#[test]
fn another_challenge_needs_another_witness() {
	let test = TestModel::seeded("3-2", 6);
	let system = synthesised(circuit(Scheme::Staged, &test));
	let position = system.publics().len() - 1;
	assert_eq!(system.publics()[position], challenge());
	let other = challenge() + Fr::one();
	assert!(!system.holds_with_public(position, other));
	// The same first stage goes with any challenge.
	assert!(system.holds_for_a_forger(&[], &[(position, other)]));
}

/// A challenge that is a byte has no inverses: the prover commits anew.
#[test]
fn a_challenge_without_inverses_is_told() {
	let circuit = circuit(Scheme::Staged, &TestModel::seeded("3-2", 7));
	let cs = ConstraintSystem::new_ref();
	let model = circuit.model(&cs).expect("values");
	let stage_one = circuit.stage_one(&cs, model).expect("values");
	let byte = Cell::public(&cs, Some(Fr::from(17))).expect("a value");
	let result = circuit.rest(&cs, stage_one, &[byte]);
	assert!(matches!(result, Err(ark_relations::gr1cs::SynthesisError::DivisionByZero)));
}

#[test]
fn nothing_public_but_challenges_comes_after_the_first_stage() {
	for scheme in Scheme::ALL {
		let circuit = circuit(scheme, &TestModel::seeded("3-2", 8));
		let cs = ConstraintSystem::new_ref();
		let model = circuit.model(&cs).expect("values");
		assert_eq!(cs.num_instance_variables(), 1, "no public input in the model");
		let stage_one = circuit.stage_one(&cs, model).expect("values");
		let publics = cs.num_instance_variables();
		assert_eq!(publics - 1, circuit.public_inputs().map_or(0, <[Fr]>::len));
		let challenges = (0..circuit.challenges()).map(|_| Cell::public(&cs, Some(challenge())));
		let challenges = challenges.collect::<Synthesis<Vec<_>>>().expect("values");
		circuit.rest(&cs, stage_one, &challenges).expect("values");
		let expected = publics + usize::from(scheme.challenges());
		assert_eq!(cs.num_instance_variables(), expected);
	}
}
