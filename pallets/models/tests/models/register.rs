// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_statement::ModelCommitment;
use frame_support::{
	assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo, traits::fungible::Inspect,
};
use pallet_models::{Error, Event, Metadata, Model, NextModelId, Status};
use sp_runtime::{DispatchError, Permill, TokenError};

fn register_with(
	circuit: CircuitId,
	commitment: ModelCommitment,
	royalty: Permill,
) -> DispatchResultWithPostInfo {
	ModelsPallet::register(
		RuntimeOrigin::signed(ALICE),
		circuit,
		commitment,
		royalty,
		metadata(),
		possession(ALICE, circuit, commitment),
	)
}

#[test]
fn a_model_starts_with_its_first_version() {
	build_and_execute(|| {
		let model = register(1);
		assert_eq!(model, ModelId(0));
		assert_eq!(NextModelId::<Test>::get(), ModelId(1));
		assert_eq!(
			ModelsPallet::model(model),
			Some(Model { owner: ALICE, latest: Version(1), versions: 1 })
		);
		let version = ModelsPallet::version(model, Version(1)).unwrap();
		assert_eq!(version.circuit, circuit());
		assert_eq!(version.commitment, commitment(1));
		assert_eq!(version.royalty, royalty());
		assert_eq!(version.metadata, metadata());
		assert_eq!(version.status, Status::Active);
		assert_eq!(version.jobs, 0);
		assert_eq!(version.depositor, ALICE);
		assert_eq!(references(circuit()), Some(1));
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE - deposit());
		System::assert_has_event(Event::Registered { model, owner: ALICE }.into());
		System::assert_last_event(
			Event::VersionPublished {
				model,
				version: Version(1),
				circuit: circuit(),
				commitment: commitment(1),
				royalty: royalty(),
			}
			.into(),
		);
	});
}

/// Whoever knows the weights can register them, and cannot keep another one out.
#[test]
fn a_commitment_may_stand_under_several_owners_who_know_the_model() {
	build_and_execute(|| {
		let copy = ModelId(0);
		assert_ok!(ModelsPallet::register(
			RuntimeOrigin::signed(BOB),
			circuit(),
			commitment(1),
			MaxRoyalty::get(),
			metadata(),
			possession(BOB, circuit(), commitment(1)),
		));
		let model = register(1);
		for (id, owner, royalty) in [(copy, BOB, MaxRoyalty::get()), (model, ALICE, royalty())] {
			assert_eq!(owner_of(id), Some(owner));
			let terms = ModelsPallet::terms(id, Version::FIRST).unwrap();
			assert_eq!((terms.commitment, terms.royalty), (commitment(1), royalty));
		}
		assert_eq!(references(circuit()), Some(2));

		assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(BOB), copy, Version::FIRST));
		assert_ok!(ModelsPallet::remove_version(RuntimeOrigin::signed(BOB), copy, Version::FIRST));
		assert_ok!(ModelsPallet::terms(model, Version::FIRST));
	});
}

#[test]
fn one_owner_may_register_a_commitment_twice() {
	build_and_execute(|| {
		assert_ne!(register(1), register(1));
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE - 2 * deposit());
	});
}

#[test]
fn the_circuit_must_be_known_and_not_frozen() {
	build_and_execute(|| {
		assert_noop!(
			register_with(no_circuit(), commitment(1), royalty()),
			Error::<Test>::UnknownCircuit
		);
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), circuit()));
		assert_noop!(
			register_with(circuit(), commitment(1), royalty()),
			Error::<Test>::FrozenCircuit
		);
	});
}

#[test]
fn a_circuit_with_too_many_references_is_refused() {
	build_and_execute(|| {
		change_circuit(circuit(), |info| info.references = u32::MAX);
		assert_noop!(
			register_with(circuit(), commitment(1), royalty()),
			Error::<Test>::TooManyReferences
		);
		change_circuit(circuit(), |info| info.references = 0);
	});
}

#[test]
fn a_commitment_must_be_canonical() {
	build_and_execute(|| {
		// The order of the scalar field, little-endian, and the integer before it.
		let order = [
			0x01, 0x00, 0x00, 0xf0, 0x93, 0xf5, 0xe1, 0x43, 0x91, 0x70, 0xb9, 0x79, 0x48, 0xe8,
			0x33, 0x28, 0x5d, 0x58, 0x81, 0x81, 0xb6, 0x45, 0x50, 0xb8, 0x29, 0xa0, 0x31, 0xe1,
			0x72, 0x4e, 0x64, 0x30,
		];
		let mut last = order;
		last[0] = 0;
		// A point is what another system takes: one, two are on the curve.
		let mut point = [0; 64];
		(point[31], point[63]) = (1, 2);
		for commitment in [
			ModelCommitment::Scalar(order),
			ModelCommitment::Scalar([0xff; 32]),
			ModelCommitment::Point(point),
		] {
			assert_noop!(
				register_with(circuit(), commitment, royalty()),
				Error::<Test>::NonCanonicalCommitment
			);
		}
		assert_ok!(register_with(circuit(), ModelCommitment::Scalar(last), royalty()));
	});
}

#[test]
fn the_royalty_is_capped() {
	build_and_execute(|| {
		let cap = MaxRoyalty::get();
		let above = Permill::from_parts(cap.deconstruct() + 1);
		assert_noop!(register_with(circuit(), commitment(1), above), Error::<Test>::RoyaltyTooHigh);
		assert_ok!(register_with(circuit(), commitment(1), cap));
	});
}

#[test]
fn ids_can_be_used_up() {
	build_and_execute(|| {
		NextModelId::<Test>::put(ModelId(u32::MAX));
		assert_noop!(
			register_with(circuit(), commitment(1), royalty()),
			Error::<Test>::TooManyModels
		);
	});
}

#[test]
fn the_deposit_must_be_paid() {
	build_and_execute(|| {
		for (balance, accepted) in
			[(deposit() + EXISTENTIAL_DEPOSIT - 1, false), (deposit() + EXISTENTIAL_DEPOSIT, true)]
		{
			assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), ALICE, balance));
			if accepted {
				assert_ok!(register_with(circuit(), commitment(1), royalty()));
			} else {
				assert_noop!(
					register_with(circuit(), commitment(1), royalty()),
					TokenError::FundsUnavailable
				);
			}
		}
	});
}

#[test]
fn only_signed_origins_register() {
	build_and_execute(|| {
		assert_noop!(
			ModelsPallet::register(
				RuntimeOrigin::root(),
				circuit(),
				commitment(1),
				royalty(),
				Metadata { hash: Default::default(), uri: Default::default() },
				possession(ALICE, circuit(), commitment(1)),
			),
			DispatchError::BadOrigin
		);
	});
}
