// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::assert_ok;
use pallet_circuits::Circuits;
use sp_core::H256;

fn references(id: CircuitId) -> Option<u32> {
	CircuitsPallet::circuit(id).map(|info| info.references)
}

#[test]
fn references_are_counted() {
	build_and_execute(|| {
		let id = registered(0);
		assert_eq!(references(id), Some(0));
		assert_ok!(CircuitsPallet::add_reference(id));
		assert_ok!(CircuitsPallet::add_reference(id));
		assert_eq!(references(id), Some(2));
		CircuitsPallet::remove_reference(id);
		assert_eq!(references(id), Some(1));
		assert_eq!(CircuitsPallet::schema(id), Some(SCHEMA));
		assert_ok!(CircuitsPallet::usable(id));
	});
}

#[test]
fn an_unknown_circuit_is_not_usable() {
	build_and_execute(|| {
		let unknown = CircuitId(H256::zero());
		assert_eq!(CircuitsPallet::usable(unknown), Err(CircuitRefusal::Unknown));
		assert_eq!(CircuitsPallet::add_reference(unknown), Err(CircuitRefusal::Unknown));
		assert_eq!(references(unknown), None);
		assert_eq!(CircuitsPallet::schema(unknown), None);
		assert!(!CircuitsPallet::is_frozen(unknown));
		CircuitsPallet::remove_reference(unknown);
		assert!(!Circuits::<Test>::contains_key(unknown));
	});
}

#[test]
fn a_frozen_circuit_is_not_usable() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
		assert_eq!(CircuitsPallet::usable(id), Err(CircuitRefusal::Frozen));
		assert_eq!(CircuitsPallet::add_reference(id), Err(CircuitRefusal::Frozen));
	});
}

#[test]
fn the_counter_does_not_overflow() {
	build_and_execute(|| {
		let id = registered(0);
		Circuits::<Test>::mutate(id, |info| info.as_mut().unwrap().references = u32::MAX);
		assert_eq!(CircuitsPallet::add_reference(id), Err(CircuitRefusal::TooManyReferences));
	});
}
