// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use pallet_models::{Error, Event};

#[test]
fn the_new_owner_rules_and_the_deposit_stays() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), model, BOB));
		assert_eq!(owner_of(model), Some(BOB));
		assert_eq!(ModelsPallet::version(model, Version::FIRST).unwrap().depositor, ALICE);
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE - deposit());
		assert_eq!(Balances::balance(&BOB), INITIAL_BALANCE);
		System::assert_last_event(
			Event::OwnershipTransferred { model, from: ALICE, to: BOB }.into(),
		);

		assert_noop!(
			ModelsPallet::deprecate(RuntimeOrigin::signed(ALICE), model, Version::FIRST),
			Error::<Test>::NotOwner
		);
		assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(BOB), model, Version::FIRST));
	});
}

#[test]
fn new_versions_are_paid_by_the_new_owner() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), model, BOB));
		assert_ok!(ModelsPallet::publish_version(
			RuntimeOrigin::signed(BOB),
			model,
			circuit(),
			commitment(2),
			royalty(),
			metadata(),
			possession(BOB, circuit(), commitment(2)),
		));
		assert_eq!(Balances::balance(&BOB), INITIAL_BALANCE - deposit());
	});
}

#[test]
fn an_account_that_does_not_exist_cannot_own() {
	build_and_execute(|| {
		let model = register(1);
		assert_noop!(
			ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), model, NOBODY),
			Error::<Test>::UnknownAccount
		);
	});
}

#[test]
fn only_the_owner_of_an_existing_model_transfers_it() {
	build_and_execute(|| {
		let model = register(1);
		assert_noop!(
			ModelsPallet::transfer_ownership(RuntimeOrigin::signed(BOB), model, BOB),
			Error::<Test>::NotOwner
		);
		assert_noop!(
			ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), ModelId(9), BOB),
			Error::<Test>::UnknownModel
		);
	});
}
