// SPDX-License-Identifier: Apache-2.0

//! What versions have earned, and how owners get it.

use crate::common::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::Preservation,
		BuildGenesisConfig,
	},
};
use pallet_models::{Error, Event};
use sp_runtime::{ArithmeticError, DispatchResult, TokenError};

/// Has no account at first.
const FRESH: AccountId = 77;

fn collect(who: AccountId, model: ModelId, version: Version) -> DispatchResult {
	ModelsPallet::collect_royalty(RuntimeOrigin::signed(who), model, version)
}

fn owed(model: ModelId) -> Option<u128> {
	ModelsPallet::royalty_owed(model, Version::FIRST)
}

#[test]
fn add_up_until_anybody_has_them_paid_to_the_owner_to_the_last_unit() {
	build_and_execute(|| {
		let (model, other) = (register(1), register(2));
		let before = free(ALICE);
		settle(model, 0, 3);
		settle(model, 0, 0);
		settle(other, 0, 50);
		settle(model, 0, 4);
		assert_eq!((owed(model), owed(other)), (Some(7), Some(50)));
		assert_eq!((free(ALICE), free(POT)), (before, EXISTENTIAL_DEPOSIT + 57));

		assert_ok!(collect(BOB, model, Version::FIRST));
		let collected =
			Event::RoyaltyCollected { model, version: Version::FIRST, owner: ALICE, amount: 7 };
		System::assert_last_event(collected.into());
		assert_eq!((owed(model), owed(other)), (Some(0), Some(50)));
		assert_eq!((free(ALICE), free(BOB)), (before + 7, INITIAL_BALANCE));

		assert_ok!(collect(ALICE, other, Version::FIRST));
		assert_eq!((free(ALICE), free(POT)), (before + 57, EXISTENTIAL_DEPOSIT));
	});
}

#[test]
fn are_paid_once() {
	build_and_execute(|| {
		let model = register(1);
		assert_noop!(collect(ALICE, model, Version::FIRST), Error::<Test>::NothingOwed);
		settle(model, 0, 5);
		assert_ok!(collect(ALICE, model, Version::FIRST));
		assert_noop!(collect(ALICE, model, Version::FIRST), Error::<Test>::NothingOwed);
	});
}

#[test]
fn are_paid_for_nothing_that_does_not_exist_and_by_nobody_unsigned() {
	build_and_execute(|| {
		let model = register(1);
		settle(model, 0, 5);
		assert_noop!(collect(ALICE, ModelId(9), Version::FIRST), Error::<Test>::UnknownModel);
		assert_noop!(collect(ALICE, model, Version(2)), Error::<Test>::UnknownVersion);
		assert_eq!(ModelsPallet::royalty_owed(model, Version(2)), None);
		assert_noop!(
			ModelsPallet::collect_royalty(RuntimeOrigin::none(), model, Version::FIRST),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn go_to_whoever_owns_the_model_then() {
	build_and_execute(|| {
		let model = register(1);
		let before = free(ALICE);
		settle(model, 0, 5);
		assert_ok!(ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), model, BOB));
		assert_ok!(collect(ALICE, model, Version::FIRST));
		assert_eq!((free(ALICE), free(BOB)), (before, INITIAL_BALANCE + 5));
	});
}

#[test]
fn wait_for_an_owner_that_cannot_receive_them() {
	build_and_execute(|| {
		let model = register(1);
		set_free(FRESH, EXISTENTIAL_DEPOSIT);
		assert_ok!(ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), model, FRESH));
		set_free(FRESH, 0);
		settle(model, 0, EXISTENTIAL_DEPOSIT - 1);
		let refused = Error::<Test>::OwnerCannotReceive;
		assert_noop!(collect(BOB, model, Version::FIRST), refused);
		assert_eq!(owed(model), Some(EXISTENTIAL_DEPOSIT - 1));
		// With a unit more, it begins anew.
		settle(model, 0, 1);
		assert_ok!(collect(BOB, model, Version::FIRST));
		assert_eq!(free(FRESH), EXISTENTIAL_DEPOSIT);
	});
	build_and_execute(|| {
		let model = register(1);
		set_free(FRESH, EXISTENTIAL_DEPOSIT);
		assert_ok!(ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), model, FRESH));
		set_free(FRESH, 0);
		settle(model, 0, 1);
		assert_noop!(collect(BOB, model, Version::FIRST), Error::<Test>::OwnerCannotReceive);
		// Or with an account.
		set_free(FRESH, EXISTENTIAL_DEPOSIT);
		assert_ok!(collect(BOB, model, Version::FIRST));
		assert_eq!(free(FRESH), EXISTENTIAL_DEPOSIT + 1);
	});
}

#[test]
fn keep_their_version_until_they_are_collected() {
	build_and_execute(|| {
		let model = deprecated(1);
		settle(model, 0, 5);
		let remove =
			|| ModelsPallet::remove_version(RuntimeOrigin::signed(ALICE), model, Version::FIRST);
		assert_noop!(remove(), Error::<Test>::UncollectedRoyalty);
		assert_ok!(collect(BOB, model, Version::FIRST));
		assert_ok!(remove());
		assert_eq!(owed(model), None);
	});
}

#[test]
fn never_take_what_the_pot_exists_on() {
	build_and_execute(|| {
		let model = register(1);
		// Entered, and not put into it: only code that is wrong does that.
		assert_ok!(ModelsPallet::settle_jobs(model, Version::FIRST, 0, 5));
		assert_noop!(collect(BOB, model, Version::FIRST), TokenError::NotExpendable);
		assert_ok!(Balances::mint_into(&POT, 5));
		assert_ok!(collect(BOB, model, Version::FIRST));
		assert_eq!(free(POT), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn of_jobs_are_entered_as_the_jobs_are_taken_off() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(ModelsPallet::add_jobs(model, Version::FIRST, 3));
		settle(model, 2, 5);
		assert_eq!(ModelsPallet::open_jobs(model, Version::FIRST), Some(1));
		assert_eq!(owed(model), Some(5));
		assert_noop!(
			ModelsPallet::settle_jobs(model, Version(2), 1, 5),
			Error::<Test>::UnknownVersion
		);
		assert_noop!(
			ModelsPallet::settle_jobs(model, Version::FIRST, 1, u128::MAX),
			ArithmeticError::Overflow
		);
		ModelsPallet::remove_jobs(model, Version::FIRST, 1);
	});
}

#[test]
fn wait_in_a_pot_that_the_genesis_has_created_and_does_not_create_twice() {
	build_and_execute(|| {
		assert_eq!(Balances::total_balance(&POT), EXISTENTIAL_DEPOSIT);
		pallet_models::GenesisConfig::<Test>::default().build();
		assert_eq!(Balances::total_balance(&POT), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn are_not_reckoned_wrongly_where_somebody_sends_the_pot_money() {
	candor_testing::new_chain().execute_with(|| {
		assert_ok!(Balances::transfer(&ALICE, &POT, 50, Preservation::Preserve));
		assert_ok!(ModelsPallet::do_try_state());
		assert_eq!(ModelsPallet::owed_to_all(), 0);
	});
}
