// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{
	assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo, traits::fungible::Inspect,
};
use pallet_models::{Error, Event, Model, Models, Status};

fn publish(
	who: AccountId,
	model: ModelId,
	circuit: CircuitId,
	seed: u8,
) -> DispatchResultWithPostInfo {
	ModelsPallet::publish_version(
		RuntimeOrigin::signed(who),
		model,
		circuit,
		commitment(seed),
		royalty(),
		metadata(),
		possession(who, circuit, commitment(seed)),
	)
}

#[test]
fn versions_are_numbered_and_live_side_by_side() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(publish(ALICE, model, other_circuit(), 2));
		assert_eq!(
			Models::<Test>::get(model),
			Some(Model { owner: ALICE, latest: Version(2), versions: 2 })
		);
		assert_eq!(ModelsPallet::version(model, Version(1)).unwrap().status, Status::Active);
		assert_eq!(ModelsPallet::version(model, Version(2)).unwrap().circuit, other_circuit());
		assert_eq!(references(other_circuit()), Some(1));
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE - 2 * deposit());
		System::assert_last_event(
			Event::VersionPublished {
				model,
				version: Version(2),
				circuit: other_circuit(),
				commitment: commitment(2),
				royalty: royalty(),
			}
			.into(),
		);
	});
}

#[test]
fn only_the_owner_of_an_existing_model_publishes() {
	build_and_execute(|| {
		let model = register(1);
		assert_noop!(publish(BOB, model, circuit(), 2), Error::<Test>::NotOwner);
		assert_noop!(publish(ALICE, ModelId(9), circuit(), 2), Error::<Test>::UnknownModel);
	});
}

#[test]
fn a_version_may_repeat_a_commitment() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(publish(ALICE, model, circuit(), 1));
		assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(ALICE), model, Version(1)));
		assert_ok!(ModelsPallet::remove_version(RuntimeOrigin::signed(ALICE), model, Version(1)));
		assert_eq!(ModelsPallet::version(model, Version(2)).unwrap().commitment, commitment(1));
		assert_eq!(references(circuit()), Some(1));
	});
}

#[test]
fn numbers_can_be_used_up() {
	build_and_execute(|| {
		let model = register(1);
		Models::<Test>::mutate(model, |entry| entry.as_mut().unwrap().latest = Version(u32::MAX));
		assert_noop!(publish(ALICE, model, circuit(), 2), Error::<Test>::TooManyVersions);
	});
}

#[test]
fn a_number_is_never_used_again() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(publish(ALICE, model, circuit(), 2));
		assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(ALICE), model, Version(2)));
		assert_ok!(ModelsPallet::remove_version(RuntimeOrigin::signed(ALICE), model, Version(2)));
		assert_ok!(publish(ALICE, model, circuit(), 2));
		assert_eq!(ModelsPallet::version(model, Version(2)), None);
		assert_eq!(ModelsPallet::version(model, Version(3)).unwrap().commitment, commitment(2));
	});
}
