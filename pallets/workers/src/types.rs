// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores.

use crate::{BalanceOf, Config};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// What a worker tells others about itself, such as an endpoint; the chain attaches no meaning to
/// it.
pub type MetadataOf<T> = BoundedVec<u8, <T as Config>::MaxMetadataBytes>;

/// A registered worker.
#[derive(
	Encode, Decode, MaxEncodedLen, TypeInfo, CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound,
)]
#[scale_info(skip_type_params(T))]
pub struct Worker<T: Config> {
	/// What the worker stands to lose; held on its account.
	pub bond: BalanceOf<T>,
	/// The part of the bond that open jobs lock; never more than `bond`.
	pub locked: BalanceOf<T>,
	/// Number of open jobs that the worker has claimed.
	pub open_jobs: u32,
	/// What the worker tells about itself.
	pub metadata: MetadataOf<T>,
}

/// What is remembered of a worker, also after it has left, and the deposit for it.
#[derive(
	Encode, Decode, MaxEncodedLen, TypeInfo, CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound,
)]
#[scale_info(skip_type_params(T))]
pub struct Record<T: Config> {
	/// The deposit for what the record occupies, paid by the worker that it is about.
	pub ticket: T::Consideration,
	/// What is remembered.
	pub reputation: ReputationOf<T>,
}

/// What is remembered of a worker, also after it has left. Counters stop at their maximum.
///
/// It is a record, not a protection: whoever is on both sides of a job raises a score for the fees
/// alone.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Default,
)]
pub struct Reputation<Balance> {
	/// Jobs that were settled and paid by somebody else.
	pub settled: u32,
	/// Jobs that were claimed and not answered in time.
	pub failed: u32,
	/// Jobs that were claimed and handed back in time.
	pub declined: u32,
	/// Jobs that ended without the worker's doing.
	pub excused: u32,
	/// What was earned with the jobs counted in `settled`, before fees for transactions.
	pub earned: Balance,
	/// From 0 for a newcomer towards 1; see [`Reputation::gain`], [`Reputation::loss`] and
	/// [`Reputation::small_loss`].
	pub score: Permill,
}

/// The reputation of a worker in this runtime.
pub type ReputationOf<T> = Reputation<BalanceOf<T>>;
