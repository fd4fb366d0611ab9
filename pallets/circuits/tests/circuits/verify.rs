// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_groth16::Proof;
use candor_statement::Statement;
use frame_support::{assert_ok, assert_storage_noop, BoundedVec};
use pallet_circuits::{Circuits, PreparedKeys};
use sp_core::H256;

#[test]
fn a_proof_of_the_statement_is_accepted_and_changes_nothing() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&statement(1));
		assert_storage_noop!(assert_ok!(verify(id_of(&circuit), &statement(1), &proof)));
	});
}

#[test]
fn a_proof_of_another_statement_is_invalid() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&statement(1));
		let (right, wrong) = (statement(1), statement(2));
		for other in [
			Statement { model: wrong.model, ..right },
			Statement { input: wrong.input, ..right },
			Statement { output: wrong.output, ..right },
			Statement { binding: wrong.binding, ..right },
		] {
			assert_eq!(
				verify(id_of(&circuit), &other, &proof),
				Err(Refused::Proof(ProofRefusal::Invalid))
			);
		}
	});
}

#[test]
fn a_proof_for_another_circuit_is_invalid() {
	build_and_execute(|| {
		let (circuit, other) = (register(0), register(1));
		assert_eq!(
			verify(id_of(&other), &statement(1), &circuit.prove(&statement(1))),
			Err(Refused::Proof(ProofRefusal::Invalid))
		);
	});
}

#[test]
fn bytes_that_are_no_proof_are_malformed() {
	build_and_execute(|| {
		let circuit = register(0);
		let good = circuit.prove(&statement(1));
		let mut longer = good.clone();
		longer.push(0);
		let mut off_curve = good.clone();
		off_curve[63] ^= 1;
		for bytes in [vec![], good[..255].to_vec(), longer, off_curve, vec![0; 256], vec![255; 256]]
		{
			assert_eq!(
				verify(id_of(&circuit), &statement(1), &bytes),
				Err(Refused::Proof(ProofRefusal::Malformed))
			);
		}
	});
}

#[test]
fn the_forgery_for_a_skipped_second_phase_is_invalid() {
	build_and_execute(|| {
		let circuit = register(0);
		let key = &circuit.key;
		let proof = Proof::new(key.alpha, key.beta, -key.ic[0]).to_bytes();
		let zeros = Statement {
			model: Default::default(),
			input: Default::default(),
			output: &[0; 4],
			binding: Default::default(),
		};
		assert_eq!(
			verify(id_of(&circuit), &zeros, &proof),
			Err(Refused::Proof(ProofRefusal::Invalid))
		);
	});
}

#[test]
fn a_statement_with_another_number_of_inputs_is_refused() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&statement(1));
		for output in [&[][..], &[1; 32], &[1; 63]] {
			let statement = Statement { output, ..statement(1) };
			assert_eq!(
				verify(id_of(&circuit), &statement, &proof),
				Err(Refused::Proof(ProofRefusal::WrongShape))
			);
		}
	});
}

#[test]
fn a_commitment_that_is_no_scalar_is_refused() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&statement(1));
		let model = candor_statement::ModelCommitment::Scalar([0xff; 32]);
		assert_eq!(
			verify(id_of(&circuit), &Statement { model, ..statement(1) }, &proof),
			Err(Refused::Proof(ProofRefusal::NonCanonicalCommitment))
		);
	});
}

#[test]
fn a_frozen_circuit_accepts_no_proof_until_it_is_unfrozen() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&statement(1));
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id_of(&circuit)));
		assert_eq!(
			verify(id_of(&circuit), &statement(1), &proof),
			Err(Refused::Circuit(CircuitRefusal::Frozen))
		);
		assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), id_of(&circuit)));
		assert_ok!(verify(id_of(&circuit), &statement(1), &proof));
	});
}

#[test]
fn an_unknown_circuit_accepts_no_proof() {
	build_and_execute(|| {
		let proof = Keyed::new(INPUTS, 0).prove(&statement(1));
		assert_eq!(
			verify(CircuitId(H256::zero()), &statement(1), &proof),
			Err(Refused::Circuit(CircuitRefusal::Unknown))
		);
	});
}

#[test]
fn a_key_that_was_not_written_by_this_code_verifies_nothing_and_breaks_an_invariant() {
	build_and_execute(|| {
		let circuit = register(0);
		let id = id_of(&circuit);
		let good = PreparedKeys::<Test>::get(id).unwrap();
		let mut of_another_layout = good.clone();
		of_another_layout[0] ^= 1;
		for stored in [vec![], vec![1, 2, 3], good[1..].to_vec(), of_another_layout.to_vec()] {
			PreparedKeys::<Test>::insert(id, BoundedVec::truncate_from(stored));
			assert_eq!(
				verify(id, &statement(1), &circuit.prove(&statement(1))),
				Err(Refused::Circuit(CircuitRefusal::UnusableKey))
			);
			assert!(CircuitsPallet::do_try_state().is_err());
		}
		PreparedKeys::<Test>::insert(id, good);
	});
}

#[test]
fn a_circuit_of_a_system_that_the_chain_has_no_more_verifies_nothing() {
	build_and_execute(|| {
		let circuit = register(0);
		let id = id_of(&circuit);
		let change =
			|system| Circuits::<Test>::mutate(id, |info| info.as_mut().unwrap().system = system);
		change(SystemId(7));
		assert_eq!(
			verify(id, &statement(1), &circuit.prove(&statement(1))),
			Err(Refused::Circuit(CircuitRefusal::UnusableKey))
		);
		change(GROTH16);
	});
}
