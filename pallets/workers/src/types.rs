// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores, and the answers of its view functions.

use crate::{BalanceOf, Config, Evidence, Part};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound};
use frame_system::pallet_prelude::BlockNumberFor;
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
	/// How its jobs ended.
	pub outcomes: OutcomesOf<T>,
	/// What its score comes from.
	pub evidence: EvidenceOf<T>,
}

/// How the jobs of a worker ended. Counters stop at their maximum.
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
pub struct Outcomes<Balance> {
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
}

/// What is remembered of a worker, and what it comes to in this block.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
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
	/// From 0 for a newcomer towards 1; see [`Evidence::score`].
	pub score: Permill,
}

/// Why a score is what it is in this block: `good / (good + bad + prior)`. Amounts are in units of the
/// currency.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct WhyScore<AccountId, BlockNumber> {
	/// The score.
	pub score: Permill,
	/// Fees that speak for the worker, as far as they have not faded.
	pub good: u128,
	/// Fees that speak against it, likewise.
	pub bad: u128,
	/// What stands for not being known.
	pub prior: u128,
	/// Whose jobs most of `good` comes from, as far as is remembered.
	pub requesters: Vec<Part<AccountId>>,
	/// The most that one of them can add.
	pub cap: u128,
	/// In how many blocks of the market's clock all amounts fade next, by `λ`.
	pub fades_in: BlockNumber,
}

/// How the jobs of a worker ended, in this runtime.
pub type OutcomesOf<T> = Outcomes<BalanceOf<T>>;
/// What a score comes from, in this runtime.
pub type EvidenceOf<T> = Evidence<<T as frame_system::Config>::AccountId>;
/// The reputation of a worker in this runtime.
pub type ReputationOf<T> = Reputation<BalanceOf<T>>;
/// Why a score is what it is, in this runtime.
pub type WhyScoreOf<T> = WhyScore<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
