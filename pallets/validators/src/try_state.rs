// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{Config, Pallet, Planned, Validators};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks that nobody stands twice among the validators, nor among those of them that are
	/// planned.
	///
	/// # Errors
	///
	/// The first of these that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for validators in [Validators::<T>::get(), Planned::<T>::get()] {
			let different: BTreeSet<_> = validators.iter().collect();
			ensure!(different.len() == validators.len(), "validator that is named twice");
		}
		Ok(())
	}
}
