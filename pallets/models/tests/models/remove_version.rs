// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use pallet_models::{Error, Event, NextModelId};

fn remove(who: AccountId, model: ModelId, version: Version) -> sp_runtime::DispatchResult {
	ModelsPallet::remove_version(RuntimeOrigin::signed(who), model, version)
}

#[test]
fn the_last_version_takes_the_model_with_it() {
	build_and_execute(|| {
		let model = deprecated(1);
		assert_ok!(remove(ALICE, model, Version::FIRST));
		assert_eq!(ModelsPallet::model(model), None);
		assert_eq!(ModelsPallet::version(model, Version::FIRST), None);
		assert_eq!(references(circuit()), Some(0));
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
		assert_eq!(NextModelId::<Test>::get(), ModelId(1));
		System::assert_has_event(
			Event::VersionRemoved { model, version: Version::FIRST, depositor: ALICE }.into(),
		);
		System::assert_last_event(Event::Removed { model }.into());

		assert_noop!(remove(ALICE, model, Version::FIRST), Error::<Test>::UnknownModel);
		assert_ne!(register(1), model);
	});
}

#[test]
fn other_versions_stay() {
	build_and_execute(|| {
		let model = deprecated(1);
		assert_ok!(ModelsPallet::publish_version(
			RuntimeOrigin::signed(ALICE),
			model,
			circuit(),
			commitment(2),
			royalty(),
			metadata(),
			possession(ALICE, circuit(), commitment(2)),
		));
		assert_ok!(remove(ALICE, model, Version::FIRST));
		assert_eq!(ModelsPallet::model(model).unwrap().versions, 1);
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE - deposit());
		assert_noop!(remove(ALICE, model, Version::FIRST), Error::<Test>::UnknownVersion);
	});
}

#[test]
fn an_active_version_stays() {
	build_and_execute(|| {
		let model = register(1);
		assert_noop!(remove(ALICE, model, Version::FIRST), Error::<Test>::StillActive);
	});
}

#[test]
fn a_version_with_open_jobs_stays_until_the_last_one_ends() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(ModelsPallet::add_jobs(model, Version::FIRST, 1));
		assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(ALICE), model, Version::FIRST));
		assert_noop!(remove(ALICE, model, Version::FIRST), Error::<Test>::OpenJobs);
		ModelsPallet::remove_jobs(model, Version::FIRST, 1);
		assert_ok!(remove(ALICE, model, Version::FIRST));
	});
}

#[test]
fn strangers_remove_nothing() {
	build_and_execute(|| {
		let model = deprecated(1);
		assert_noop!(remove(BOB, model, Version::FIRST), Error::<Test>::NotOwnerOrDepositor);
	});
}

#[test]
fn a_deposit_returns_to_who_paid_it_whoever_removes_the_version() {
	for remover in [ALICE, BOB] {
		build_and_execute(|| {
			let model = deprecated(1);
			assert_ok!(ModelsPallet::transfer_ownership(RuntimeOrigin::signed(ALICE), model, BOB));
			assert_ok!(remove(remover, model, Version::FIRST));
			assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
			assert_eq!(Balances::balance(&BOB), INITIAL_BALANCE);
		});
	}
}

/// Alice's model keeps its circuit, with a deposit of hers, and not the deposit of whoever registered that.
#[test]
fn the_deposit_of_a_circuit_returns_whoever_relies_on_it() {
	build_and_execute(|| {
		let model = deprecated(1);
		let paid = deposit();
		let (alone, all) =
			(ModelsPallet::footprint(no_circuit()), ModelsPallet::footprint(circuit()));
		let (_, of_circuit) = CircuitsPallet::deposits().next().unwrap();
		assert_eq!(all.count, alone.count + of_circuit.count);
		assert_eq!(all.size, alone.size + of_circuit.size);
		for id in [circuit(), other_circuit()] {
			assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(DEPOSITOR), id));
		}
		assert_eq!(Balances::balance(&DEPOSITOR), INITIAL_BALANCE);
		assert_eq!((references(circuit()), references(other_circuit())), (Some(1), None));
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE - paid);

		assert_ok!(remove(ALICE, model, Version::FIRST));
		assert_eq!(references(circuit()), None);
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE);
	});
}

#[test]
fn a_frozen_circuit_keeps_nobody() {
	build_and_execute(|| {
		let model = deprecated(1);
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), circuit()));
		assert_ok!(remove(ALICE, model, Version::FIRST));
		assert_eq!(references(circuit()), Some(0));
	});
}
