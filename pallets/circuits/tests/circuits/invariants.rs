// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_statement::StatementSchema;
use candor_testing::{check_holds, Check};
use frame_support::{
	assert_ok,
	traits::{fungible::MutateHold, Consideration},
};
use pallet_circuits::{CircuitInfo, Circuits, PreparedKeys};

/// Breaks something in a storage with two circuits, and expects it to be noticed under this name.
fn noticed(what: &'static str, sabotage: impl FnOnce(CircuitId, CircuitId)) {
	noticed_by(CircuitsPallet::do_try_state, Some(what), sabotage);
}

/// The same, but noticed by another check.
fn noticed_by(
	check: Check,
	what: Option<&'static str>,
	sabotage: impl FnOnce(CircuitId, CircuitId),
) {
	build_and_execute(|| {
		let (first, second) = (registered(0), registered(1));
		candor_testing::noticed_by(check, what, || sabotage(first, second));
	});
}

/// Changes the first circuit and expects it to be noticed.
fn noticed_in(what: &'static str, change: impl FnOnce(&mut CircuitInfo<Test>)) {
	noticed(what, |id, _| {
		Circuits::<Test>::mutate(id, |info| change(info.as_mut().unwrap()));
	});
}

#[test]
fn a_circuit_without_its_key_is_noticed() {
	noticed("circuit without a key", |id, _| PreparedKeys::<Test>::remove(id));
}

#[test]
fn a_key_without_its_circuit_is_noticed() {
	noticed("key without a circuit", |id, _| Circuits::<Test>::remove(id));
}

#[test]
fn a_key_under_a_foreign_id_is_noticed() {
	noticed("circuit under an id that is not its own", |first, second| {
		PreparedKeys::<Test>::swap(first, second);
	});
}

#[test]
fn a_wrong_pairing_is_noticed() {
	noticed("key that was prepared wrongly", |id, _| {
		PreparedKeys::<Test>::mutate(id, |key| key.as_mut().unwrap()[31] ^= 1);
	});
}

#[test]
fn a_declaration_that_changed_is_noticed() {
	let foreign = "circuit under an id that is not its own";
	noticed_in(foreign, |info| {
		info.schema = StatementSchema::InferenceV1 { input_len: 9, output_len: 4 };
	});
	noticed_in("prepared key that does not decode", |info| info.system = SystemId(7));
	noticed_in(foreign, |info| info.provenance.declared = SetupKind::Development);
	noticed_in(foreign, |info| info.provenance.source = Default::default());
	noticed_in(foreign, |info| info.provenance.transcript = Default::default());
}

#[test]
fn an_attested_development_setup_is_noticed() {
	noticed("attested development setup", |id, _| {
		let key = Keyed::new(INPUTS, 0).key.to_bytes();
		let mut info = Circuits::<Test>::take(id).unwrap();
		let prepared = PreparedKeys::<Test>::take(id).unwrap();
		info.provenance.declared = SetupKind::Development;
		info.attested = true;
		let moved = CircuitId::of(GROTH16, &key, &info.schema, &info.provenance);
		Circuits::<Test>::insert(moved, info);
		PreparedKeys::<Test>::insert(moved, prepared);
	});
}

#[test]
fn a_freeze_that_has_not_begun_is_noticed() {
	noticed_in("freeze that has not begun", |info| {
		info.frozen_at = Some(System::block_number() + 1);
	});
}

#[test]
fn a_circuit_for_which_nobody_has_paid_is_noticed() {
	noticed_in("circuit for which nobody has paid", |info| info.ticket = None);
}

#[test]
fn a_deposit_without_a_circuit_is_noticed() {
	noticed_by(check_holds, HOLD_DIFFERS, |_, _| {
		assert_ok!(Balances::hold(&DepositReason::get(), &BOB, 1));
	});
}

#[test]
fn a_circuit_without_its_deposit_is_noticed() {
	noticed_by(check_holds, HOLD_DIFFERS, |id, _| {
		let ticket = Circuits::<Test>::get(id).unwrap().ticket.unwrap();
		assert_ok!(ticket.drop(&ALICE));
	});
}
