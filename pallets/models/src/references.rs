// SPDX-License-Identifier: Apache-2.0

//! What the pallet of jobs asks about a version, and how it keeps one from being removed.

use crate::{
	CircuitIdOf, Config, JobRefusal, ModelId, Models, Pallet, Status, Terms, Version, Versions,
};

impl<T: Config> Pallet<T> {
	/// The terms on which a new job on this version can be opened.
	pub fn terms(model: ModelId, version: Version) -> Result<Terms<CircuitIdOf<T>>, JobRefusal> {
		let entry = Versions::<T>::get(model, version).ok_or(JobRefusal::Unknown)?;
		if entry.status == Status::Deprecated {
			return Err(JobRefusal::Deprecated);
		}
		Ok(Terms { circuit: entry.circuit, commitment: entry.commitment, royalty: entry.royalty })
	}

	/// Who receives the model's royalties, if the model exists.
	pub fn owner(model: ModelId) -> Option<T::AccountId> {
		Models::<T>::get(model).map(|entry| entry.owner)
	}

	/// Number of open jobs on a version, if it exists.
	pub fn open_jobs(model: ModelId, version: Version) -> Option<u32> {
		Versions::<T>::get(model, version).map(|entry| entry.jobs)
	}

	/// Counts one more open job on a version, which must be active.
	pub fn add_job(model: ModelId, version: Version) -> Result<(), JobRefusal> {
		Versions::<T>::try_mutate(model, version, |entry| {
			let entry = entry.as_mut().ok_or(JobRefusal::Unknown)?;
			if entry.status == Status::Deprecated {
				return Err(JobRefusal::Deprecated);
			}
			entry.jobs = entry.jobs.checked_add(1).ok_or(JobRefusal::TooManyJobs)?;
			Ok(())
		})
	}

	/// Counts so many open jobs less on a version, active or not.
	pub fn remove_jobs(model: ModelId, version: Version, jobs: u32) {
		Versions::<T>::mutate(model, version, |entry| {
			if let Some(entry) = entry {
				entry.jobs = entry.jobs.saturating_sub(jobs);
			}
		});
	}
}
