// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_circuits::{Error, Event};
use sp_core::H256;
use sp_runtime::DispatchError;

fn attestor() -> RuntimeOrigin {
	RuntimeOrigin::signed(ATTESTOR)
}

#[test]
fn a_declared_ceremony_is_a_word_until_it_is_attested() {
	build_and_execute(|| {
		let circuit = registered(0);
		assert!(!CircuitsPallet::is_attested(circuit));
		assert_ok!(CircuitsPallet::attest(attestor(), circuit));
		assert!(CircuitsPallet::is_attested(circuit));
		assert!(CircuitsPallet::circuit(circuit).unwrap().attested);
		System::assert_last_event(Event::Attested { circuit }.into());

		assert_ok!(CircuitsPallet::withdraw_attestation(attestor(), circuit));
		assert!(!CircuitsPallet::is_attested(circuit));
		System::assert_last_event(Event::AttestationWithdrawn { circuit }.into());
	});
}

#[test]
fn an_attestation_is_for_one_circuit() {
	build_and_execute(|| {
		let (circuit, other) = (registered(0), registered(1));
		assert_ok!(CircuitsPallet::attest(attestor(), circuit));
		assert!(!CircuitsPallet::is_attested(other));
	});
}

#[test]
fn an_attestation_ends_with_its_circuit() {
	build_and_execute(|| {
		let circuit = registered(0);
		assert_ok!(CircuitsPallet::attest(attestor(), circuit));
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), circuit));
		assert!(!CircuitsPallet::is_attested(circuit));
		assert_eq!(registered(0), circuit);
		assert!(!CircuitsPallet::is_attested(circuit));
	});
}

#[test]
fn a_frozen_circuit_keeps_and_gets_attestations() {
	build_and_execute(|| {
		let circuit = registered(0);
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), circuit));
		assert_ok!(CircuitsPallet::attest(attestor(), circuit));
		assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), circuit));
		assert!(CircuitsPallet::is_attested(circuit));
	});
}

mod reject {
	use super::*;

	#[test]
	fn anybody_but_the_attestor() {
		build_and_execute(|| {
			let circuit = registered(0);
			for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::root()] {
				assert_noop!(
					CircuitsPallet::attest(origin.clone(), circuit),
					DispatchError::BadOrigin
				);
				assert_ok!(CircuitsPallet::attest(attestor(), circuit));
				assert_noop!(
					CircuitsPallet::withdraw_attestation(origin, circuit),
					DispatchError::BadOrigin
				);
				assert_ok!(CircuitsPallet::withdraw_attestation(attestor(), circuit));
			}
		});
	}

	#[test]
	fn a_development_setup() {
		build_and_execute(|| {
			let provenance = Provenance { declared: SetupKind::Development, ..PROVENANCE };
			let key = Keyed::new(INPUTS, 0).key.to_bytes();
			let circuit = CircuitId::of(GROTH16, &key, &SCHEMA, &provenance);
			assert_ok!(CircuitsPallet::register(
				RuntimeOrigin::signed(ALICE),
				GROTH16,
				key.try_into().unwrap(),
				SCHEMA,
				provenance,
			));
			assert_noop!(
				CircuitsPallet::attest(attestor(), circuit),
				Error::<Test>::DevelopmentSetup
			);
		});
	}

	#[test]
	fn what_is_so_already() {
		build_and_execute(|| {
			let circuit = registered(0);
			assert_noop!(
				CircuitsPallet::withdraw_attestation(attestor(), circuit),
				Error::<Test>::NotAttested
			);
			assert_ok!(CircuitsPallet::attest(attestor(), circuit));
			assert_noop!(
				CircuitsPallet::attest(attestor(), circuit),
				Error::<Test>::AlreadyAttested
			);
		});
	}

	#[test]
	fn an_unknown_circuit() {
		build_and_execute(|| {
			let unknown = CircuitId(H256::zero());
			assert!(!CircuitsPallet::is_attested(unknown));
			assert_noop!(
				CircuitsPallet::attest(attestor(), unknown),
				Error::<Test>::UnknownCircuit
			);
			assert_noop!(
				CircuitsPallet::withdraw_attestation(attestor(), unknown),
				Error::<Test>::UnknownCircuit
			);
		});
	}
}
