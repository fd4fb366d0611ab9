// SPDX-License-Identifier: Apache-2.0

//! Whether the books balance: every coin on hold has a record that says why.

use alloc::{collections::BTreeMap, vec::Vec};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, VariantCount},
};
use pallet_balances::{Config, Holds, Pallet, TotalIssuance};
use sp_runtime::{
	traits::{CheckedAdd, Saturating, Zero},
	TryRuntimeError,
};

type AccountOf<T> = <T as frame_system::Config>::AccountId;
type BalanceOf<T> = <T as Config>::Balance;
type ReasonOf<T> = <T as Config>::RuntimeHoldReason;

/// What the records of pallets say is held, by account and encoded reason.
pub struct Books<T: Config>(BTreeMap<(AccountOf<T>, Vec<u8>), BalanceOf<T>>, PhantomData<T>);

impl<T: Config> Default for Books<T> {
	fn default() -> Self {
		Self(BTreeMap::new(), PhantomData)
	}
}

impl<T: Config<AccountStore = frame_system::Pallet<T>>> Books<T>
where
	T: frame_system::Config<AccountData = pallet_balances::AccountData<BalanceOf<T>>>,
{
	/// Enters an amount that a record says is held.
	pub fn enter(&mut self, who: AccountOf<T>, reason: ReasonOf<T>, amount: BalanceOf<T>) {
		if !amount.is_zero() {
			let entry = self.0.entry((who, reason.encode())).or_default();
			*entry = entry.saturating_add(amount);
		}
	}

	/// Enters a deposit. A ticket of a hold is the amount that is held, and says so only in its
	/// encoding.
	///
	/// # Errors
	///
	/// The ticket is something else.
	pub fn enter_deposit(
		&mut self,
		who: AccountOf<T>,
		reason: ReasonOf<T>,
		ticket: &impl Encode,
	) -> Result<(), TryRuntimeError> {
		let amount = Decode::decode(&mut &ticket.encode()[..])
			.map_err(|_| TryRuntimeError::from("ticket that is not an amount"))?;
		self.enter(who, reason, amount);
		Ok(())
	}

	/// Checks that what is held for the reasons that are `ours` is what was entered, on every account
	/// and to the last unit: no orphaned hold, and no record without its money.
	///
	/// # Errors
	///
	/// What does not hold.
	pub fn check_holds(
		mut self,
		ours: impl Fn(&ReasonOf<T>) -> bool,
	) -> Result<(), TryRuntimeError> {
		let reasons = usize::try_from(ReasonOf::<T>::VARIANT_COUNT).unwrap_or(usize::MAX);
		for (who, holds) in Holds::<T>::iter() {
			ensure!(holds.len() <= reasons, "more holds than reasons");
			for hold in holds {
				if ours(&hold.id) && !hold.amount.is_zero() {
					let due = self.0.remove(&(who.clone(), hold.id.encode())).unwrap_or_default();
					ensure!(due == hold.amount, "hold that differs from what the records say");
					ensure!(
						Pallet::<T>::balance_on_hold(&hold.id, &who) == hold.amount,
						"hold that is not on the account"
					);
				}
			}
		}
		ensure!(self.0.is_empty(), "record whose money is not held");
		Ok(())
	}

	/// Checks that what all accounts have adds up to what was issued.
	///
	/// # Errors
	///
	/// It does not.
	pub fn check_issuance() -> Result<(), TryRuntimeError> {
		let mut total = BalanceOf::<T>::zero();
		for account in frame_system::Account::<T>::iter_values() {
			total = total
				.checked_add(&account.data.free)
				.and_then(|total| total.checked_add(&account.data.reserved))
				.ok_or("more than can be issued")?;
		}
		ensure!(total == TotalIssuance::<T>::get(), "balances that do not add up to the issuance");
		Ok(())
	}
}
