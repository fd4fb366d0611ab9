// SPDX-License-Identifier: Apache-2.0

//! Whether the books balance: the invariants of Candor's pallets, and what only all pallets together can
//! tell, that every coin on hold has a record which says why.

use crate::{Circuits, Jobs, Models, Runtime, RuntimeHoldReason, Workers};
use alloc::vec::Vec;
use candor_support::Books;
use sp_runtime::TryRuntimeError;

/// A check and what came of it.
pub type Finding = (&'static str, Result<(), TryRuntimeError>);

/// All checks, in the state at hand. Reads all of it.
pub fn findings() -> Vec<Finding> {
	alloc::vec![
		("circuits", Circuits::do_try_state()),
		("models", Models::do_try_state()),
		("workers", Workers::do_try_state()),
		("jobs", Jobs::do_try_state()),
		("holds", check_holds()),
		("issuance", Books::<Runtime>::check_issuance()),
	]
}

/// All checks; the first fault.
///
/// # Errors
///
/// The name of what does not hold.
pub fn check() -> Result<(), TryRuntimeError> {
	findings().into_iter().try_for_each(|(_, found)| found)
}

/// Checks that what is held for the reasons of Candor's pallets is what their records say, on every
/// account and to the last unit: no orphaned hold, and no record without its money.
fn check_holds() -> Result<(), TryRuntimeError> {
	let mut books = Books::<Runtime>::default();
	let deposit = RuntimeHoldReason::Circuits(pallet_circuits::HoldReason::CircuitDeposit);
	for circuit in pallet_circuits::Circuits::<Runtime>::iter_values() {
		books.enter_deposit(circuit.depositor, deposit, &circuit.ticket)?;
	}
	let deposit = RuntimeHoldReason::Models(pallet_models::HoldReason::VersionDeposit);
	for version in pallet_models::Versions::<Runtime>::iter_values() {
		books.enter_deposit(version.depositor, deposit, &version.ticket)?;
	}
	let bond = RuntimeHoldReason::Workers(pallet_workers::HoldReason::Bond);
	for (who, worker) in pallet_workers::Workers::<Runtime>::iter() {
		books.enter(who, bond, worker.bond);
	}
	let deposit = RuntimeHoldReason::Workers(pallet_workers::HoldReason::ReputationDeposit);
	for (who, record) in pallet_workers::Reputations::<Runtime>::iter() {
		books.enter_deposit(who, deposit, &record.ticket)?;
	}
	let escrow = RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::Escrow);
	let deposit = RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::JobDeposit);
	for job in pallet_jobs::Jobs::<Runtime>::iter_values() {
		books.enter(job.requester.clone(), escrow, job.price);
		books.enter_deposit(job.requester, deposit, &job.ticket)?;
	}
	books.check_holds(|reason| {
		matches!(
			reason,
			RuntimeHoldReason::Circuits(_)
				| RuntimeHoldReason::Models(_)
				| RuntimeHoldReason::Workers(_)
				| RuntimeHoldReason::Jobs(_)
		)
	})
}
