// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_statement::ModelCommitment;
use candor_testing::{check_holds, Check};
use frame_support::{
	assert_ok,
	traits::{fungible::MutateHold, Consideration},
};
use pallet_circuits::Circuits;
use pallet_models::{Model, ModelVersion, Models, NextModelId, Versions};
use sp_runtime::Permill;

/// Breaks something in a storage with one model, and expects it to be noticed under this name.
fn noticed(what: &'static str, sabotage: impl FnOnce(ModelId)) {
	noticed_by(ModelsPallet::do_try_state, Some(what), sabotage);
}

/// The same, but noticed by another check.
fn noticed_by(check: Check, what: Option<&'static str>, sabotage: impl FnOnce(ModelId)) {
	build_and_execute(|| {
		let model = register(1);
		candor_testing::noticed_by(check, what, || sabotage(model));
	});
}

/// Changes the version and expects it to be noticed.
fn noticed_in(what: &'static str, change: impl FnOnce(&mut ModelVersion<Test>)) {
	noticed(what, |model| {
		Versions::<Test>::mutate(model, Version::FIRST, |version| {
			change(version.as_mut().unwrap());
		});
	});
}

#[test]
fn an_id_that_was_never_handed_out_is_noticed() {
	noticed("model with an id that was never handed out", |_| {
		NextModelId::<Test>::put(ModelId(0));
	});
}

#[test]
fn miscounted_versions_are_noticed() {
	noticed("miscounted versions", |model| {
		Models::<Test>::mutate(model, |model| model.as_mut().unwrap().versions = 2);
	});
}

#[test]
fn a_model_without_versions_is_noticed() {
	noticed("model without versions", |model| Versions::<Test>::remove(model, Version::FIRST));
	noticed("model without versions", |_| {
		NextModelId::<Test>::put(ModelId(2));
		let model = Model { owner: BOB, latest: Version::FIRST, versions: 0 };
		Models::<Test>::insert(ModelId(1), model);
	});
}

#[test]
fn a_version_without_its_model_is_noticed() {
	noticed("version without a model", Models::<Test>::remove);
}

#[test]
fn a_version_with_a_number_that_was_never_handed_out_is_noticed() {
	for number in [0, 2] {
		noticed("version with a number that was never handed out", |model| {
			let version = Versions::<Test>::take(model, Version::FIRST).unwrap();
			Versions::<Test>::insert(model, Version(number), version);
		});
	}
}

#[test]
fn a_commitment_that_is_not_canonical_is_noticed() {
	noticed_in("commitment that is not canonical", |version| {
		version.commitment = ModelCommitment::Scalar([0xff; 32]);
	});
}

#[test]
fn a_royalty_above_the_bound_is_noticed() {
	noticed_in("royalty above the bound", |version| version.royalty = Permill::one());
}

#[test]
fn a_pot_that_cannot_pay_is_noticed() {
	noticed_in("pot that cannot pay what it owes", |version| version.owed = 1);
	noticed("pot that cannot pay what it owes", |_| set_free(POT, 0));
}

#[test]
fn a_circuit_that_miscounts_is_noticed_also_where_no_version_relies_on_it() {
	for (place, count) in [(0, 0), (0, 2), (1, 1)] {
		noticed("circuit that miscounts the versions relying on it", |_| {
			change_circuit([circuit(), other_circuit()][place], |info| info.references = count);
		});
	}
}

#[test]
fn a_version_without_its_circuit_is_noticed() {
	noticed("version of a circuit that does not exist", |_| Circuits::<Test>::remove(circuit()));
}

#[test]
fn a_deposit_without_a_version_is_noticed() {
	noticed_by(check_holds, HOLD_DIFFERS, |_| {
		assert_ok!(Balances::hold(&DepositReason::get(), &BOB, 1));
	});
}

#[test]
fn a_version_without_its_deposit_is_noticed() {
	noticed_by(check_holds, NOT_HELD, |model| {
		let ticket = Versions::<Test>::get(model, Version::FIRST).unwrap().ticket;
		assert_ok!(ticket.drop(&ALICE));
	});
}
