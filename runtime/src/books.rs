// SPDX-License-Identifier: Apache-2.0

//! Whether the books balance: the invariants of Candor's pallets, and what only all pallets together can
//! tell, that every coin on hold has a record which says why.

use crate::{Runtime, RuntimeHoldReason, OWN};
use alloc::vec::Vec;
use candor_support::Books;
use sp_runtime::TryRuntimeError;

/// A check and what came of it.
pub type Finding = (&'static str, Result<(), TryRuntimeError>);

/// How the books of a pallet are checked.
pub struct Ledger {
	/// What findings about it are called.
	pub name: &'static str,
	/// Checks the pallet's own invariants.
	pub check: fn() -> Result<(), TryRuntimeError>,
	/// Enters what its records say is held.
	pub enter: fn(&mut Books<Runtime>) -> Result<(), TryRuntimeError>,
	/// Whether a reason to hold is this pallet's.
	pub is_reason: fn(&RuntimeHoldReason) -> bool,
}

fn ledgers() -> impl Iterator<Item = &'static Ledger> {
	OWN.iter().filter_map(|own| own.ledger.as_ref())
}

/// All checks, in the state at hand. Reads all of it.
pub fn findings() -> Vec<Finding> {
	let own = ledgers().map(|ledger| (ledger.name, (ledger.check)()));
	own.chain([("holds", check_holds()), ("issuance", Books::<Runtime>::check_issuance())])
		.collect()
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
	ledgers().try_for_each(|ledger| (ledger.enter)(&mut books))?;
	books.check_holds(|reason| ledgers().any(|ledger| (ledger.is_reason)(reason)))
}
