// SPDX-License-Identifier: Apache-2.0

//! What versions have earned, between the settlement of their jobs and their owner: in the market's pot.

use crate::{BalanceOf, Config, Error, Event, Models, Pallet, Versions};
use candor_market::{ModelId, Version};
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Preservation, Provenance},
		Get,
	},
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// See the view function `royalty_owed`.
	pub(crate) fn owed_to_owner_of(model: ModelId, version: Version) -> Option<BalanceOf<T>> {
		Versions::<T>::get(model, version).map(|entry| entry.owed)
	}

	/// What the versions of all models are owed.
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	pub fn owed_to_all() -> BalanceOf<T> {
		let owed = Versions::<T>::iter_values().map(|entry| entry.owed);
		owed.fold(Zero::zero(), |all, owed| all.saturating_add(owed))
	}

	/// See the call `collect_royalty`.
	pub(crate) fn collect(model: ModelId, version: Version) -> DispatchResult {
		let owner = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?.owner;
		let mut entry = Versions::<T>::get(model, version).ok_or(Error::<T>::UnknownVersion)?;
		let amount = core::mem::take(&mut entry.owed);
		ensure!(!amount.is_zero(), Error::<T>::NothingOwed);
		T::Currency::can_deposit(&owner, amount, Provenance::Extant)
			.into_result()
			.map_err(|_| Error::<T>::OwnerCannotReceive)?;
		// Preserved is what the pot exists on, which nobody is owed.
		T::Currency::transfer(&T::Pot::get(), &owner, amount, Preservation::Preserve)?;
		Versions::<T>::insert(model, version, entry);
		Self::deposit_event(Event::RoyaltyCollected { model, version, owner, amount });
		Ok(())
	}

	/// Makes sure that the pot exists, on money of its own, so that it can receive any amount.
	///
	/// # Panics
	///
	/// When the currency cannot create it, while a genesis is built.
	pub(crate) fn create_pot() {
		let pot = T::Pot::get();
		let missing = T::Currency::minimum_balance().saturating_sub(T::Currency::balance(&pot));
		if !missing.is_zero() {
			assert!(T::Currency::mint_into(&pot, missing).is_ok(), "the market's pot cannot exist");
		}
	}
}
