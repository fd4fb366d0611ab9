// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use pallet_circuits::{Error, Event};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn the_admin_freezes_and_unfreezes() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
		assert!(CircuitsPallet::is_frozen(id));
		System::assert_last_event(Event::Frozen { circuit: id }.into());

		assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), id));
		assert!(!CircuitsPallet::is_frozen(id));
		System::assert_last_event(Event::Unfrozen { circuit: id }.into());
	});
}

#[test]
fn nobody_else_does() {
	build_and_execute(|| {
		let id = registered(0);
		assert_noop!(
			CircuitsPallet::freeze(RuntimeOrigin::signed(ALICE), id),
			DispatchError::BadOrigin
		);
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
		assert_noop!(
			CircuitsPallet::unfreeze(RuntimeOrigin::signed(ALICE), id),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn freezing_twice_or_the_unknown_is_refused() {
	build_and_execute(|| {
		let id = registered(0);
		let unknown = CircuitId(H256::zero());
		let root = RuntimeOrigin::root;
		assert_noop!(CircuitsPallet::unfreeze(root(), id), Error::<Test>::NotFrozen);
		assert_ok!(CircuitsPallet::freeze(root(), id));
		assert_noop!(CircuitsPallet::freeze(root(), id), Error::<Test>::AlreadyFrozen);
		assert_noop!(CircuitsPallet::freeze(root(), unknown), Error::<Test>::UnknownCircuit);
		assert_noop!(CircuitsPallet::unfreeze(root(), unknown), Error::<Test>::UnknownCircuit);
	});
}

#[test]
fn a_frozen_circuit_cannot_be_registered_anew_though_its_deposit_returns() {
	build_and_execute(|| {
		let id = registered(0);
		let root = RuntimeOrigin::root;
		assert_ok!(CircuitsPallet::freeze(root(), id));
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
		System::assert_last_event(Event::DepositReturned { circuit: id, depositor: ALICE }.into());
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
		assert!(CircuitsPallet::is_frozen(id));
		let again = CircuitsPallet::register(
			RuntimeOrigin::signed(BOB),
			GROTH16,
			Keyed::new(INPUTS, 0).key.to_bytes().try_into().unwrap(),
			SCHEMA,
			PROVENANCE,
		);
		assert_noop!(again, Error::<Test>::AlreadyRegistered);

		assert_ok!(CircuitsPallet::unfreeze(root(), id));
		System::assert_last_event(Event::Deregistered { circuit: id, depositor: ALICE }.into());
		assert_eq!(registered(0), id);
		assert!(!CircuitsPallet::is_frozen(id));
	});
}

#[test]
fn a_frozen_circuit_outlives_the_last_that_relies_on_it() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::add_reference(id));
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
		CircuitsPallet::remove_reference(id);
		assert!(CircuitsPallet::is_frozen(id));
	});
}

#[test]
fn a_frozen_circuit_can_be_left() {
	build_and_execute(|| {
		let id = registered(0);
		assert_ok!(CircuitsPallet::add_reference(id));
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
		CircuitsPallet::remove_reference(id);
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
	});
}

mod paused {
	use super::*;

	fn freeze_between(id: CircuitId, from: u64, to: u64) {
		System::set_block_number(from);
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
		System::set_block_number(to);
		assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), id));
	}

	#[test]
	fn counts_the_blocks_of_a_freeze_while_it_lasts_and_after() {
		build_and_execute(|| {
			let id = registered(0);
			System::set_block_number(10);
			assert_eq!(CircuitsPallet::paused(id), 0);
			assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
			assert_eq!(CircuitsPallet::paused(id), 0);
			for passed in 1..=7 {
				System::set_block_number(10 + passed);
				assert_eq!(CircuitsPallet::paused(id), passed);
			}
			assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), id));
			System::set_block_number(100);
			assert_eq!(CircuitsPallet::paused(id), 7);
		});
	}

	#[test]
	fn sums_up_all_freezes_of_one_circuit() {
		build_and_execute(|| {
			let (id, other) = (registered(0), registered(1));
			freeze_between(id, 10, 13);
			freeze_between(id, 13, 13);
			freeze_between(id, 20, 24);
			System::set_block_number(30);
			assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
			System::set_block_number(35);
			assert_eq!(CircuitsPallet::paused(id), 3 + 4 + 5);
			assert_eq!(CircuitsPallet::paused(other), 0);
		});
	}

	#[test]
	fn stops_at_what_can_be_counted() {
		build_and_execute(|| {
			let id = registered(0);
			freeze_between(id, 1, u64::MAX);
			System::set_block_number(1);
			freeze_between(id, 5, 10);
			assert_eq!(CircuitsPallet::paused(id), u64::MAX);
		});
	}

	#[test]
	fn is_nothing_for_an_unknown_circuit() {
		build_and_execute(|| {
			assert_eq!(CircuitsPallet::paused(CircuitId(H256::zero())), 0);
		});
	}

	#[test]
	fn starts_again_only_for_a_circuit_on_which_nothing_relies() {
		build_and_execute(|| {
			let id = registered(0);
			freeze_between(id, 10, 13);
			assert_ok!(CircuitsPallet::add_reference(id));
			assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
			assert_eq!(CircuitsPallet::paused(id), 3);
			CircuitsPallet::remove_reference(id);
			assert_eq!(registered(0), id);
			assert_eq!(CircuitsPallet::paused(id), 0);
		});
	}
}
