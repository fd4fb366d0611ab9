// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Commitments, ModelId, Models, NextModelId, Pallet, Version, Versions};

/// Breaks something in a storage with one model, and expects it to be noticed.
fn noticed(sabotage: impl FnOnce(ModelId)) {
	build_and_execute(|| {
		let model = register(1);
		assert_eq!(Pallet::<Test>::do_try_state(), Ok(()));
		let _ = frame_support::storage::with_transaction(|| {
			sabotage(model);
			assert!(Pallet::<Test>::do_try_state().is_err());
			frame_support::storage::TransactionOutcome::Rollback(
				Ok::<(), sp_runtime::DispatchError>(()),
			)
		});
	});
}

#[test]
fn an_id_that_was_never_handed_out_is_noticed() {
	noticed(|_| NextModelId::<Test>::put(ModelId(0)));
}

#[test]
fn miscounted_versions_are_noticed() {
	noticed(|model| Models::<Test>::mutate(model, |m| m.as_mut().unwrap().versions = 2));
}

#[test]
fn a_model_without_versions_is_noticed() {
	noticed(|model| {
		Versions::<Test>::remove(model, Version::FIRST);
	});
}

#[test]
fn a_version_without_its_model_is_noticed() {
	noticed(Models::<Test>::remove);
}

#[test]
fn a_commitment_that_leads_nowhere_is_noticed() {
	noticed(|model| Commitments::<Test>::insert(CIRCUIT, commitment(9), (model, Version::FIRST)));
}

#[test]
fn a_version_without_its_commitment_is_noticed() {
	noticed(|_| Commitments::<Test>::remove(CIRCUIT, commitment(1)));
}

#[test]
fn a_circuit_that_miscounts_is_noticed() {
	noticed(|_| {
		MockCircuits::change(CIRCUIT, |_, references| *references = 0);
	});
}
