// SPDX-License-Identifier: Apache-2.0

//! What jobs ask about models.

use crate::{CircuitId, ModelId, Version};
use candor_statement::ModelCommitment;
use sp_runtime::{DispatchResult, Permill};

/// The models on which jobs are opened, and the royalties that their jobs have earned.
pub trait Models<Balance> {
	/// The terms of a version on which jobs may be opened.
	///
	/// # Errors
	///
	/// The version is unknown or deprecated.
	fn terms(model: ModelId, version: Version) -> Result<Terms, ModelRefusal>;

	/// Counts so many more open jobs on a version, which must take jobs. As long as there is one, the
	/// version must not vanish.
	///
	/// # Errors
	///
	/// The version is unknown or deprecated, or the counter full.
	fn add_jobs(model: ModelId, version: Version, jobs: u32) -> Result<(), ModelRefusal>;

	/// Takes back what [`Models::add_jobs`] counted, as much of it. Cannot fail: leaving is always possible.
	fn remove_jobs(model: ModelId, version: Version, jobs: u32);

	/// Does the same for jobs that were answered, and enters what they have earned: `royalties`, which the caller
	/// has put into the market's pot, are owed to the model's owner from now on.
	///
	/// # Errors
	///
	/// The version is unknown, or more would be owed than can be counted. Cannot happen while it has open jobs.
	fn settle_jobs(
		model: ModelId,
		version: Version,
		jobs: u32,
		royalties: Balance,
	) -> DispatchResult;

	/// Number of open jobs on a version, if it exists.
	fn open_jobs(model: ModelId, version: Version) -> Option<u32>;

	/// The commitment of a version, if it exists, for the checks of invariants.
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	fn commitment(model: ModelId, version: Version) -> Option<ModelCommitment>;
}

/// What a job takes over from the version that it is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
	/// The circuit that computes the model.
	pub circuit: CircuitId,
	/// Commitment to the weights.
	pub commitment: ModelCommitment,
	/// Share of the price for the model's owner.
	pub royalty: Permill,
}

/// Why no job can be opened on a version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModelRefusal {
	/// The model or the version does not exist.
	Unknown,
	/// The version takes no new jobs.
	Deprecated,
	/// The version has as many open jobs as can be counted.
	TooManyJobs,
}
