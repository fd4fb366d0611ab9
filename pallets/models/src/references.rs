// SPDX-License-Identifier: Apache-2.0

//! What jobs ask about a version, and how they keep one from being removed.

use crate::{BalanceOf, Config, Error, Pallet, Status, Versions};
use candor_market::{ModelId, ModelRefusal, Terms, Version};
#[cfg(any(feature = "try-runtime", feature = "std"))]
use candor_statement::ModelCommitment;
use frame_support::ensure;
use sp_runtime::{traits::CheckedAdd, ArithmeticError, DispatchResult};

impl<T: Config> candor_market::Models<BalanceOf<T>> for Pallet<T> {
	fn terms(model: ModelId, version: Version) -> Result<Terms, ModelRefusal> {
		let entry = Versions::<T>::get(model, version).ok_or(ModelRefusal::Unknown)?;
		ensure!(entry.status == Status::Active, ModelRefusal::Deprecated);
		Ok(Terms { circuit: entry.circuit, commitment: entry.commitment, royalty: entry.royalty })
	}

	fn add_jobs(model: ModelId, version: Version, jobs: u32) -> Result<(), ModelRefusal> {
		Versions::<T>::try_mutate(model, version, |entry| {
			let entry = entry.as_mut().ok_or(ModelRefusal::Unknown)?;
			ensure!(entry.status == Status::Active, ModelRefusal::Deprecated);
			entry.jobs = entry.jobs.checked_add(jobs).ok_or(ModelRefusal::TooManyJobs)?;
			Ok(())
		})
	}

	/// Active or not.
	fn remove_jobs(model: ModelId, version: Version, jobs: u32) {
		Versions::<T>::mutate(model, version, |entry| {
			if let Some(entry) = entry {
				entry.jobs = entry.jobs.saturating_sub(jobs);
			}
		});
	}

	fn settle_jobs(
		model: ModelId,
		version: Version,
		jobs: u32,
		royalties: BalanceOf<T>,
	) -> DispatchResult {
		Versions::<T>::try_mutate(model, version, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownVersion)?;
			entry.jobs = entry.jobs.saturating_sub(jobs);
			entry.owed = entry.owed.checked_add(&royalties).ok_or(ArithmeticError::Overflow)?;
			Ok(())
		})
	}

	fn open_jobs(model: ModelId, version: Version) -> Option<u32> {
		Versions::<T>::get(model, version).map(|entry| entry.jobs)
	}

	#[cfg(any(feature = "try-runtime", feature = "std"))]
	fn commitment(model: ModelId, version: Version) -> Option<ModelCommitment> {
		Versions::<T>::get(model, version).map(|entry| entry.commitment)
	}
}
