// SPDX-License-Identifier: Apache-2.0

//! What many settlements owe to many accounts.

use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{
		fungible::{Balanced, Credit},
		tokens::Balance,
		Imbalance,
	},
};
use sp_runtime::{traits::Zero, DispatchError, TokenError};

/// What an account is due.
#[derive(Clone, Copy, Debug)]
struct Due<Amount> {
	earned: Amount,
	optional: Amount,
}

/// Sums of what accounts are due, so that each of them is paid once.
#[derive(Clone, Debug)]
pub struct Dues<'a, AccountId, Amount>(BTreeMap<&'a AccountId, Due<Amount>>);

/// The accounts that could not receive what they were due; it is burnt.
pub type Unpaid<AccountId> = BTreeSet<AccountId>;

impl<AccountId, Amount> Default for Dues<'_, AccountId, Amount> {
	fn default() -> Self {
		Self(BTreeMap::new())
	}
}

impl<'a, AccountId: Ord + Clone, Amount: Balance> Dues<'a, AccountId, Amount> {
	/// Adds what an account has earned, and must be able to receive.
	pub fn earn(&mut self, who: &'a AccountId, amount: Amount) {
		let due = self.entry(who);
		due.earned = due.earned.saturating_add(amount);
	}

	/// Adds what an account gets as far as it can receive it.
	pub fn grant(&mut self, who: &'a AccountId, amount: Amount) {
		let due = self.entry(who);
		due.optional = due.optional.saturating_add(amount);
	}

	// Sums of amounts that are held on accounts stay below the issuance.
	fn entry(&mut self, who: &'a AccountId) -> &mut Due<Amount> {
		self.0.entry(who).or_insert(Due { earned: Zero::zero(), optional: Zero::zero() })
	}

	/// Pays each account once out of `pot`, and burns the rest of it, with it what accounts that are
	/// only granted something cannot receive. Says which accounts those are.
	///
	/// # Errors
	///
	/// An account cannot receive what it has earned: it would stay below the existential deposit.
	pub fn pay<Currency: Balanced<AccountId, Balance = Amount>>(
		self,
		mut pot: Credit<AccountId, Currency>,
	) -> Result<Unpaid<AccountId>, DispatchError> {
		let mut unpaid = BTreeSet::new();
		for (payee, Due { earned, optional }) in self.0 {
			let due = earned.saturating_add(optional);
			if due.is_zero() {
				continue;
			}
			// Credit that is dropped leaves the issuance: here that for `payee`, in the end the pot.
			if Currency::resolve(payee, pot.extract(due)).is_err() {
				ensure!(earned.is_zero(), TokenError::CannotCreate);
				unpaid.insert(payee.clone());
			}
		}
		Ok(unpaid)
	}
}
