// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, CircuitId, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn the_admin_freezes_and_unfreezes() {
	build_and_execute(|| {
		let id = register(0).id();
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
		let id = register(0).id();
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
		let id = register(0).id();
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
fn a_frozen_circuit_can_be_left() {
	build_and_execute(|| {
		let id = register(0).id();
		assert_ok!(CircuitsPallet::add_reference(id));
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id));
		CircuitsPallet::remove_reference(id);
		assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(ALICE), id));
	});
}
