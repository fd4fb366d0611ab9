// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

extern crate alloc;

use crate::{
	CircuitIdOf, Circuits, Commitments, Config, Models, NextModelId, Pallet, Version, Versions,
};
use alloc::collections::BTreeMap;
use codec::Encode;
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - ids and version numbers were handed out before they were used;
	/// - every model counts its versions, has at least one, and every version has its model;
	/// - commitments are canonical, and versions and commitments match both ways;
	/// - royalties are within bounds;
	/// - every circuit that a version relies on exists and counts exactly its versions.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextModelId::<T>::get();
		for (id, model) in Models::<T>::iter() {
			ensure!(id < next, "model with an id that was never handed out");
			let versions = Versions::<T>::iter_prefix(id).count();
			ensure!(versions > 0, "model without versions");
			ensure!(u32::try_from(versions) == Ok(model.versions), "miscounted versions");
		}

		let mut references: BTreeMap<_, (CircuitIdOf<T>, u32)> = BTreeMap::new();
		let mut versions = 0u32;
		for (id, number, version) in Versions::<T>::iter() {
			let model = Models::<T>::get(id).ok_or("version without a model")?;
			ensure!(
				number >= Version::FIRST && number <= model.latest,
				"version with a number that was never handed out"
			);
			ensure!(version.commitment.is_canonical(), "commitment that is not canonical");
			ensure!(
				Commitments::<T>::get(version.circuit, version.commitment) == Some((id, number)),
				"version that its commitment does not lead to"
			);
			ensure!(version.royalty <= T::MaxRoyalty::get(), "royalty above the bound");
			let entry =
				references.entry(version.circuit.encode()).or_insert_with(|| (version.circuit, 0));
			entry.1 = entry.1.saturating_add(1);
			versions = versions.saturating_add(1);
		}
		ensure!(
			u32::try_from(Commitments::<T>::iter().count()) == Ok(versions),
			"commitment that leads to no version"
		);
		for (circuit, count) in references.into_values() {
			ensure!(
				T::Circuits::references(circuit) == Some(count),
				"circuit that miscounts the versions relying on it"
			);
		}
		Ok(())
	}
}
