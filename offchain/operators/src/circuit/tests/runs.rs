// SPDX-License-Identifier: Apache-2.0
//! Circuits of several runs.

use super::*;
use crate::Unsuited;

const WITH_BLOCK: [Scheme; 2] = [Scheme::Committed, Scheme::Staged];

/// One group of outputs, and several, whose products the runs share.
const SHAPES: [&str; 4] = ["3-2x2", "4-14-2x3", "5-30-3x4", "16-40-12x3"];

/// The runs of a circuit of this shape, each with an input, a blinder and a binding of its own.
fn system(scheme: Scheme, shape: &str, given: usize) -> (TestModel, TestSystem, Vec<Claim>) {
	let test = TestModel::seeded(shape, 21);
	let (inputs, blinders) = inputs(&test, given);
	let runs = runs(&inputs, &blinders);
	let circuit = InferenceCircuit::of_runs(scheme, &test.model, &runs).expect("they fit");
	let claims = circuit.claims().to_vec();
	(test, synthesised(circuit), claims)
}

fn inputs(test: &TestModel, given: usize) -> (Vec<Vec<u8>>, Vec<InputBlinder>) {
	let input = |run: usize| test.input.iter().map(|byte| byte.rotate_left(run as u32)).collect();
	let blinder = |run: usize| InputBlinder::new((100 + run as u64).into());
	((0..given).map(input).collect(), (0..given).map(blinder).collect())
}

fn runs<'a>(inputs: &'a [Vec<u8>], blinders: &'a [InputBlinder]) -> Vec<Run<'a>> {
	let runs = inputs.iter().zip(blinders).zip(1..);
	runs.map(|((input, blinder), job)| Run { input, blinder, binding: bound_to(job) }).collect()
}

/// The public inputs of a run.
fn width(test: &TestModel) -> usize {
	2 + packed_len(test.model.architecture().output_len() as u32) as usize
}

#[test]
fn hold_for_what_the_executor_computes_of_each_input() {
	for scheme in WITH_BLOCK {
		for shape in SHAPES {
			let runs = TestModel::seeded(shape, 21).model.architecture().runs();
			let (test, system, claims) = system(scheme, shape, runs);
			assert!(system.holds(), "{shape} {scheme}");
			assert_eq!(claims.len(), runs);
			let (inputs, _) = inputs(&test, runs);
			let mut expected = Vec::new();
			for (input, claim) in inputs.iter().zip(&claims) {
				assert_eq!(claim.output, output_bytes(&test.model.run(input).expect("it fits")));
				expected.extend(claim.public_inputs().expect("scalars"));
			}
			assert_eq!(system.publics()[..expected.len()], expected, "{shape} {scheme}");
		}
	}
}

#[test]
fn another_value_in_any_place_of_any_run_is_refused() {
	for scheme in WITH_BLOCK {
		for shape in SHAPES {
			let runs = TestModel::seeded(shape, 21).model.architecture().runs();
			let (test, system, _) = system(scheme, shape, runs);
			for place in 0..runs * width(&test) {
				// Whether the binding is right is the verifier's to say: it stands in a square.
				let other = system.publics()[place] + Fr::one();
				assert!(!system.holds_with_public(place, other), "{shape} {scheme}: {place}");
			}
		}
	}
}

#[test]
fn fewer_runs_than_places_state_the_last_again() {
	let (test, system, claims) = system(Scheme::Staged, "4-14-2x3", 2);
	assert!(system.holds());
	assert_eq!(claims.len(), 2);
	let width = width(&test);
	let publics = system.publics();
	assert_ne!(publics[..width], publics[width..2 * width]);
	assert_eq!(publics[width..2 * width], publics[2 * width..3 * width]);
}

#[test]
fn no_runs_and_too_many_are_refused() {
	let test = TestModel::seeded("4-14-2x3", 21);
	for got in [0, 4] {
		let (inputs, blinders) = inputs(&test, got);
		let runs = runs(&inputs, &blinders);
		let refused = InferenceCircuit::of_runs(Scheme::Staged, &test.model, &runs).map(drop);
		assert_eq!(refused, Err(WitnessError::Runs { got, most: 3 }));
	}
}

#[test]
fn no_forger_who_knows_the_challenge_changes_a_cell() {
	let (_, system, _) = system(Scheme::Staged, "4-14-2x3", 3);
	system.assert_no_forger_changes_a_cell();
}

#[test]
fn the_model_block_is_that_of_one_run() {
	let (test, system, _) = system(Scheme::Staged, "5-30-3x4", 4);
	let words = test.model.words(Scheme::Staged);
	assert_eq!(system.blocks().model, words.len());
	assert!(system.model_columns_stand_apart());
	assert_eq!(*TestModel::seeded("5-30-3", 21).model.words(Scheme::Staged), *words);
}

#[test]
fn a_hashed_model_has_one_run() {
	let architecture: Architecture = "4-3x2".parse().expect("an architecture");
	let scheme = Scheme::Hashed;
	assert_eq!(scheme.check(&architecture), Err(Unsuited::Runs { scheme }));
	assert_eq!(Scheme::Staged.check(&architecture), Ok(()));
}

#[test]
fn an_architecture_has_as_many_runs_as_a_key_has_public_inputs_for() {
	let architecture: Architecture = "64-32-10".parse().expect("an architecture");
	let largest = architecture.clone().with_runs(15).expect("4 public inputs each");
	assert_eq!(largest.to_string(), "64-32-10x15");
	assert_eq!(largest.to_string().parse(), Ok(largest.clone()));
	assert_eq!(Scheme::Staged.schema(&largest).public_inputs(), 60);
	for got in [16, 255] {
		let refused = architecture.clone().with_runs(got).map(drop);
		let got = got.into();
		assert_eq!(refused, Err(crate::ArchitectureError::Runs { got, most: 15 }));
	}
	assert!(architecture.with_runs(0).is_err());
	assert!("64-32-10x0".parse::<Architecture>().is_err());
	assert!("64-32-10xx".parse::<Architecture>().is_err());
}

/// What `circuit.md` says of several runs, and that each costs less than a proof of its own.
#[test]
fn a_run_costs_less_than_a_proof_of_its_own() {
	for (architecture, alone, together) in [
		("64-32-10", 1_332, [(2, 2_346), (4, 4_306), (8, 8_198)]),
		("784-128-10", 9_602, [(2, 13_469), (4, 21_205), (8, 36_677)]),
	] {
		for (runs, expected) in together {
			let several = format!("{architecture}x{runs}").parse().expect("an architecture");
			let counted = InferenceCircuit::statistics(&several, Scheme::Staged).constraints;
			println!("{several}: {counted} constraints, {} a run", counted / runs);
			assert!(counted < runs * alone, "{several}");
			assert_eq!(counted, expected, "{several}");
		}
	}
}
