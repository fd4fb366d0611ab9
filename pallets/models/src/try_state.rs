// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{Config, Models, NextModelId, Pallet, Versions};
use alloc::collections::BTreeMap;
use candor_market::{Circuits, Version};
use frame_support::{
	ensure,
	traits::{fungible::Inspect, Footprint, Get},
};
use sp_runtime::{traits::Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - ids and version numbers were handed out before they were used;
	/// - every model counts its versions, has at least one, and every version has its model;
	/// - commitments are canonical;
	/// - royalties are within bounds;
	/// - the market's pot has what versions are owed and what it exists on; anyone can send it more, which then
	///   is nobody's;
	/// - every circuit that a version relies on exists, and every circuit counts exactly the versions
	///   that rely on it, also where there are none.
	///
	/// What is held for deposits cannot be seen from here, only what it is held for: see
	/// [`Self::deposits`].
	///
	/// # Errors
	///
	/// The first of these that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextModelId::<T>::get();
		for (id, model) in Models::<T>::iter() {
			ensure!(id < next, "model with an id that was never handed out");
			let versions = Versions::<T>::iter_prefix(id).count();
			ensure!(versions > 0, "model without versions");
			ensure!(u32::try_from(versions) == Ok(model.versions), "miscounted versions");
		}

		let due = Self::owed_to_all().saturating_add(T::Currency::minimum_balance());
		ensure!(T::Currency::balance(&T::Pot::get()) >= due, "pot that cannot pay what it owes");

		let mut references = BTreeMap::<_, u32>::new();
		for (id, number, version) in Versions::<T>::iter() {
			let model = Models::<T>::get(id).ok_or("version without a model")?;
			ensure!(
				number >= Version::FIRST && number <= model.latest,
				"version with a number that was never handed out"
			);
			ensure!(version.royalty <= T::MaxRoyalty::get(), "royalty above the bound");
			let count = references.entry(version.circuit).or_default();
			*count = count.saturating_add(1);
		}
		for (circuit, count) in T::Circuits::all() {
			let versions = references.remove(&circuit).unwrap_or_default();
			ensure!(versions == count, "circuit that miscounts the versions relying on it");
		}
		ensure!(references.is_empty(), "version of a circuit that does not exist");
		for version in Versions::<T>::iter_values() {
			ensure!(
				T::Circuits::takes_model(version.circuit, &version.commitment),
				"commitment that is not canonical"
			);
		}
		Ok(())
	}

	/// What each version occupies, and who paid the deposit for it: what is held under
	/// [`HoldReason::VersionDeposit`](crate::HoldReason::VersionDeposit) must be the price of this,
	/// account by account.
	pub fn deposits() -> impl Iterator<Item = (T::AccountId, Footprint)> {
		Versions::<T>::iter_values()
			.map(|version| (version.depositor, Self::footprint(version.circuit)))
	}
}
