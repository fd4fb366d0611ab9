// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use pallet_circuits::{Circuits, Error, Event, PreparedKeys};

#[test]
fn the_deposit_returns_in_full_and_once() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
		assert!(!Circuits::<Test>::contains_key(id));
		assert!(!PreparedKeys::<Test>::contains_key(id));
		System::assert_last_event(Event::Deregistered { circuit: id, depositor: ALICE }.into());

		assert_noop!(
			CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id),
			Error::<Test>::UnknownCircuit
		);
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
	});
}

#[test]
fn only_the_depositor_deregisters() {
	build_and_execute(|| {
		let id = registered(0);
		assert_noop!(
			CircuitsPallet::deregister(RuntimeOrigin::signed(BOB), id),
			Error::<Test>::NotDepositor
		);
	});
}

#[test]
fn a_referenced_circuit_stays_until_the_last_reference_goes() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::add_reference(id));
		assert_ok!(CircuitsPallet::add_reference(id));
		CircuitsPallet::remove_reference(id);
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
		// Nobody can keep the deposit, and what relies on the circuit has it.
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
		System::assert_last_event(Event::DepositReturned { circuit: id, depositor: ALICE }.into());
		assert_ok!(CircuitsPallet::usable(id));
		assert!(PreparedKeys::<Test>::contains_key(id));

		CircuitsPallet::remove_reference(id);
		assert!(!Circuits::<Test>::contains_key(id));
		assert!(!PreparedKeys::<Test>::contains_key(id));
		System::assert_last_event(Event::Deregistered { circuit: id, depositor: ALICE }.into());
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
	});
}

#[test]
fn a_circuit_whose_deposit_stays_outlives_its_references() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::add_reference(id));
		CircuitsPallet::remove_reference(id);
		assert_ok!(CircuitsPallet::usable(id));
	});
}

#[test]
fn a_deposit_that_was_returned_is_not_returned_again() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::add_reference(id));
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
		assert_noop!(
			CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id),
			Error::<Test>::AlreadyReturned
		);
	});
}

#[test]
fn a_removed_key_can_be_registered_again() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
		assert_eq!(registered(0), id);
	});
}
