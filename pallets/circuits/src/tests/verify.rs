// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, CircuitId, PreparedKeys, VerifyFailure};
use candor_groth16::{Fr, Proof};
use frame_support::{assert_ok, assert_storage_noop, BoundedVec};
use sp_core::H256;

fn inputs() -> Vec<Fr> {
	(1..=INPUTS).map(Fr::from).collect()
}

#[test]
fn a_proof_of_the_statement_is_accepted_and_changes_nothing() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&inputs());
		assert_storage_noop!(assert_ok!(CircuitsPallet::verify(circuit.id(), &inputs(), &proof)));
	});
}

#[test]
fn a_proof_of_another_statement_is_invalid() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&inputs());
		for place in 0..inputs().len() {
			let mut other = inputs();
			other[place] += Fr::from(1);
			assert_eq!(
				CircuitsPallet::verify(circuit.id(), &other, &proof),
				Err(VerifyFailure::InvalidProof)
			);
		}
	});
}

#[test]
fn a_proof_for_another_circuit_is_invalid() {
	build_and_execute(|| {
		let (circuit, other) = (register(0), register(1));
		assert_eq!(
			CircuitsPallet::verify(other.id(), &inputs(), &circuit.prove(&inputs())),
			Err(VerifyFailure::InvalidProof)
		);
	});
}

#[test]
fn bytes_that_are_no_proof_are_malformed() {
	build_and_execute(|| {
		let circuit = register(0);
		let good = circuit.prove(&inputs());
		let mut longer = good.clone();
		longer.push(0);
		let mut off_curve = good.clone();
		off_curve[63] ^= 1;
		for bytes in [vec![], good[..255].to_vec(), longer, off_curve, vec![0; 256], vec![255; 256]]
		{
			assert_eq!(
				CircuitsPallet::verify(circuit.id(), &inputs(), &bytes),
				Err(VerifyFailure::MalformedProof)
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
		assert_eq!(
			CircuitsPallet::verify(circuit.id(), &[Fr::from(0); 4], &proof),
			Err(VerifyFailure::InvalidProof)
		);
	});
}

#[test]
fn another_number_of_inputs_is_refused() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&inputs());
		let mut more = inputs();
		more.push(Fr::from(0));
		for inputs in [&[][..], &inputs()[..3], &more] {
			assert_eq!(
				CircuitsPallet::verify(circuit.id(), inputs, &proof),
				Err(VerifyFailure::WrongInputCount)
			);
		}
	});
}

#[test]
fn a_frozen_circuit_accepts_no_proof_until_it_is_unfrozen() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&inputs());
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), circuit.id()));
		assert_eq!(
			CircuitsPallet::verify(circuit.id(), &inputs(), &proof),
			Err(VerifyFailure::FrozenCircuit)
		);
		assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), circuit.id()));
		assert_ok!(CircuitsPallet::verify(circuit.id(), &inputs(), &proof));
	});
}

#[test]
fn an_unknown_circuit_accepts_no_proof() {
	build_and_execute(|| {
		let proof = Trapdoor::new(INPUTS, 0).prove(&inputs());
		assert_eq!(
			CircuitsPallet::verify(CircuitId(H256::zero()), &inputs(), &proof),
			Err(VerifyFailure::UnknownCircuit)
		);
	});
}

#[test]
fn a_key_that_does_not_decode_verifies_nothing_and_breaks_an_invariant() {
	build_and_execute(|| {
		let circuit = register(0);
		let good = PreparedKeys::<Test>::get(circuit.id()).unwrap();
		PreparedKeys::<Test>::insert(circuit.id(), BoundedVec::truncate_from(vec![1, 2, 3]));
		assert_eq!(
			CircuitsPallet::verify(circuit.id(), &inputs(), &circuit.prove(&inputs())),
			Err(VerifyFailure::CorruptKey)
		);
		assert!(CircuitsPallet::do_try_state().is_err());
		PreparedKeys::<Test>::insert(circuit.id(), good);
	});
}
