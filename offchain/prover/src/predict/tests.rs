// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	development_setup,
	key_file::{write_keys, PROVING_KEY, VERIFYING_KEY},
	prove_about, ModelSums, Silent,
};
use candor_operators::{
	testing::{Fill, TestModel},
	InferenceCircuit, InputBlinder, ModelBlinder, Scheme,
};
use candor_statement::Binding;
use rand::rngs::OsRng;
use std::fs;

fn architecture(name: &str) -> Architecture {
	name.parse().expect("an architecture")
}

#[test]
fn sizes_are_those_of_the_files() {
	for (name, scheme) in [
		("3-2-2", Scheme::Hashed),
		("3-2-2", Scheme::Committed),
		("9-5-2", Scheme::Staged),
		("2-12", Scheme::Staged),
	] {
		let architecture = architecture(name);
		let circuit = InferenceCircuit::without_witness(architecture.clone(), scheme);
		let layout = Layout::of(&circuit).expect("it is sound");
		let sizes = Sizes::of(&layout, &architecture);
		let keys = development_setup(&architecture, scheme, &mut OsRng, &mut Silent).expect("keys");
		let folder = tempfile::tempdir().expect("a temporary folder");
		write_keys(folder.path(), &keys).expect("written");
		let length = |name: &str| fs::metadata(folder.path().join(name)).expect("written").len();
		assert_eq!(sizes.proving_key, length(PROVING_KEY), "{name} {scheme}");
		assert_eq!(sizes.verifying_key, length(VERIFYING_KEY), "{name} {scheme}");
	}
}

#[test]
fn a_proof_has_the_length_that_was_told() {
	let TestModel { model, input, .. } = TestModel::filled("5-4-3", Fill::Highest);
	for (scheme, expected) in
		[(Scheme::Committed, PROOF_BYTES), (Scheme::Staged, STAGED_PROOF_BYTES)]
	{
		let blinder = InputBlinder::none();
		let circuit = match scheme {
			Scheme::Staged => InferenceCircuit::staged(&model, &input, &blinder, Binding::NONE),
			_ => InferenceCircuit::committed(&model, &input, &blinder, Binding::NONE),
		};
		let circuit = circuit.expect("it fits");
		let architecture = model.architecture();
		let keys = development_setup(architecture, scheme, &mut OsRng, &mut Silent).expect("keys");
		let blinder = ModelBlinder::random(&mut OsRng);
		let sums = ModelSums::new(keys.proving.points(), &model.words(scheme), &blinder);
		let inputs = circuit.public_inputs().expect("a witness").to_vec();
		let sums = sums.expect("it fits");
		let machine = Machine::measure(1 << 10);
		let prediction = predict(&circuit, architecture, &machine, &mut OsRng).expect("it holds");
		let proof =
			prove_about(&keys.proving, Some(&sums), circuit, &inputs, &mut OsRng, &mut Silent);
		let length = proof.expect("it holds").to_bytes().len();
		assert_eq!((prediction.sizes.proof, length), (expected as u64, expected));
	}
}

/// A machine of two threads whose steps take so long that what else is measured does not count beside them.
fn slow() -> Machine {
	const STEP: f64 = 1.0;
	Machine {
		threads: 2,
		g1_addition: STEP,
		g2_addition: STEP,
		g1_table_addition: STEP,
		g2_table_addition: STEP,
		g1_check: STEP,
		g1_whole: STEP,
		g2_check: STEP,
		butterfly: STEP,
		byte: STEP,
		pairing: STEP,
		fresh_byte: STEP,
	}
}

#[test]
fn more_constraints_take_more_of_everything() {
	let machine = slow();
	let of = |name: &str| {
		let TestModel { model, input, .. } = TestModel::filled(name, Fill::Highest);
		let blinder = InputBlinder::none();
		let circuit = InferenceCircuit::staged(&model, &input, &blinder, Binding::NONE);
		let circuit = circuit.expect("it fits");
		predict(&circuit, model.architecture(), &machine, &mut OsRng).expect("it holds")
	};
	let (small, large) = (of("16-8-4"), of("256-64-10"));
	assert!(small.sizes.proving_key < large.sizes.proving_key);
	for effort in
		[|it: &Prediction| it.setup, |it: &Prediction| it.load, |it: &Prediction| it.prove]
	{
		let (small, large) = (effort(&small), effort(&large));
		assert!(small.processor_seconds < large.processor_seconds, "{small:?} {large:?}");
		assert!(small.memory < large.memory, "{small:?} {large:?}");
		assert!(small.seconds <= small.processor_seconds, "{small:?}");
	}
}

#[test]
fn a_circuit_without_a_witness_is_refused() {
	let architecture = architecture("3-2-2");
	let circuit = InferenceCircuit::without_witness(architecture.clone(), Scheme::Staged);
	let machine = Machine::measure(1 << 10);
	let refused = predict(&circuit, &architecture, &machine, &mut OsRng);
	assert!(matches!(refused, Err(ProveError::Layout(_))), "{refused:?}");
}
