// SPDX-License-Identifier: Apache-2.0

//! Whether the books balance: the invariants of Candor's pallets, and what only all pallets together can
//! tell, that every coin on hold has a record which says why.

use crate::{
	AccountId, Balance, Balances, Circuits, Jobs, Models, Runtime, RuntimeHoldReason, Workers,
};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::{Decode, Encode};
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, VariantCount},
};
use sp_runtime::{traits::Zero, TryRuntimeError};

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
		("issuance", check_issuance()),
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

/// What the records of Candor's pallets say is held, by account and encoded reason.
fn expected_holds() -> Result<BTreeMap<(AccountId, Vec<u8>), Balance>, TryRuntimeError> {
	let mut expected = BTreeMap::new();
	let mut add = |who: AccountId, reason: RuntimeHoldReason, amount: Balance| {
		let entry: &mut Balance = expected.entry((who, reason.encode())).or_default();
		*entry = entry.saturating_add(amount);
	};
	// A ticket is the amount that is held, and says so only in its encoding.
	let amount = |ticket: Vec<u8>| {
		Balance::decode(&mut &ticket[..])
			.map_err(|_| TryRuntimeError::from("ticket that is not an amount"))
	};

	let circuit_deposit = RuntimeHoldReason::Circuits(pallet_circuits::HoldReason::CircuitDeposit);
	for circuit in pallet_circuits::Circuits::<Runtime>::iter_values() {
		add(circuit.depositor, circuit_deposit, amount(circuit.ticket.encode())?);
	}
	let version_deposit = RuntimeHoldReason::Models(pallet_models::HoldReason::VersionDeposit);
	for version in pallet_models::Versions::<Runtime>::iter_values() {
		add(version.depositor, version_deposit, amount(version.ticket.encode())?);
	}
	let bond = RuntimeHoldReason::Workers(pallet_workers::HoldReason::Bond);
	for (who, worker) in pallet_workers::Workers::<Runtime>::iter() {
		add(who, bond, worker.bond);
	}
	let record = RuntimeHoldReason::Workers(pallet_workers::HoldReason::ReputationDeposit);
	for (who, reputation) in pallet_workers::Reputations::<Runtime>::iter() {
		add(who, record, amount(reputation.ticket.encode())?);
	}
	let escrow = RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::Escrow);
	let job_deposit = RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::JobDeposit);
	for job in pallet_jobs::Jobs::<Runtime>::iter_values() {
		add(job.requester.clone(), escrow, job.price);
		add(job.requester, job_deposit, amount(job.ticket.encode())?);
	}
	expected.retain(|_, amount| !amount.is_zero());
	Ok(expected)
}

/// Checks that what is held for the reasons of Candor's pallets is what their records say, on every
/// account and to the last unit: no orphaned hold, and no record without its money.
fn check_holds() -> Result<(), TryRuntimeError> {
	let mut expected = expected_holds()?;
	for (who, holds) in pallet_balances::Holds::<Runtime>::iter() {
		ensure!(
			holds.len() <= usize::try_from(RuntimeHoldReason::VARIANT_COUNT).unwrap_or(usize::MAX),
			"more holds than reasons"
		);
		for hold in holds {
			let ours = matches!(
				hold.id,
				RuntimeHoldReason::Circuits(_)
					| RuntimeHoldReason::Models(_)
					| RuntimeHoldReason::Workers(_)
					| RuntimeHoldReason::Jobs(_)
			);
			if ours && !hold.amount.is_zero() {
				let due = expected.remove(&(who.clone(), hold.id.encode())).unwrap_or_default();
				ensure!(due == hold.amount, "hold that differs from what the records say");
				ensure!(
					Balances::balance_on_hold(&hold.id, &who) == hold.amount,
					"hold that is not on the account"
				);
			}
		}
	}
	ensure!(expected.is_empty(), "record whose money is not held");
	Ok(())
}

/// Checks that what all accounts have adds up to what was issued.
fn check_issuance() -> Result<(), TryRuntimeError> {
	let mut total = Balance::zero();
	for account in frame_system::Account::<Runtime>::iter_values() {
		total = total
			.checked_add(account.data.free)
			.and_then(|total| total.checked_add(account.data.reserved))
			.ok_or("more than can be issued")?;
	}
	ensure!(
		total == pallet_balances::TotalIssuance::<Runtime>::get(),
		"balances that do not add up to the issuance"
	);
	Ok(())
}
