// SPDX-License-Identifier: Apache-2.0

//! What jobs ask of workers.

use sp_runtime::{DispatchError, DispatchResult, Permill};

/// The workers: their bonds and their reputation.
pub trait Workers<AccountId, Balance> {
	/// The score of an account in this block, from 0 to 1; zero if no job of it was ever settled.
	fn score(who: &AccountId) -> Permill;

	/// Whether [`Workers::lock`] would succeed.
	///
	/// # Errors
	///
	/// Its refusal.
	fn can_lock(who: &AccountId, amount: Balance) -> Result<(), WorkerRefusal>;

	/// Locks part of the bond of `who` for one more job.
	///
	/// # Errors
	///
	/// `who` is no worker, or the bond is below the minimum or locked already.
	fn lock(who: &AccountId, amount: Balance) -> Result<(), WorkerRefusal>;

	/// Unlocks what jobs locked after they were answered, and remembers the outcomes in this order.
	/// The same as settling them one by one, but written once. Jobs that `who` requested itself are
	/// not remembered.
	///
	/// # Errors
	///
	/// `who` is no worker, or no jobs of it locked as much.
	fn settle(
		who: &AccountId,
		settlements: impl IntoIterator<Item = Settlement<AccountId, Balance>>,
	) -> DispatchResult;

	/// Unlocks what a job locked after it ended without the worker's doing.
	///
	/// # Errors
	///
	/// `who` is no worker, or no job of it locked `locked`.
	fn excuse(who: &AccountId, locked: Balance) -> DispatchResult;

	/// Takes what a job locked: `compensation` of it, at most, to `beneficiary`, as far as that
	/// account can receive it, and the rest is burnt.
	///
	/// # Errors
	///
	/// `who` is no worker, or no job of it locked the bond at stake.
	fn forfeit(
		who: &AccountId,
		stake: Stake<Balance>,
		beneficiary: &AccountId,
		compensation: Balance,
	) -> Result<Forfeit<Balance>, DispatchError>;

	/// Unlocks what a job locked that its worker hands back, and burns `penalty` of it, at most.
	/// Says what was burnt.
	///
	/// # Errors
	///
	/// `who` is no worker, or no job of it locked the bond at stake.
	fn decline(
		who: &AccountId,
		stake: Stake<Balance>,
		penalty: Balance,
	) -> Result<Balance, DispatchError>;

	/// What binds `who` at present; nothing if it is no worker.
	fn obligations(who: &AccountId) -> Obligations<Balance>;
}

/// What a claim puts at stake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stake<Balance> {
	/// What it locks of the worker's bond.
	pub bond: Balance,
	/// The protocol's fee on the price that it has fixed: how much its outcome weighs in the score,
	/// whether or not it was burnt.
	pub fee: Balance,
}

/// A job that was answered and paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement<AccountId, Balance> {
	/// What the claim had put at stake.
	pub stake: Stake<Balance>,
	/// Who paid. A worker's own jobs weigh nothing.
	pub requester: AccountId,
	/// What the worker got out of it.
	pub earned: Balance,
}

/// Where a forfeited bond went; the two add up to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forfeit<Balance> {
	/// What the beneficiary received.
	pub compensation: Balance,
	/// What was burnt.
	pub burnt: Balance,
}

/// What binds a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Obligations<Balance> {
	/// Number of open jobs.
	pub jobs: u32,
	/// What they lock of the bond.
	pub locked: Balance,
}

/// Why a worker cannot take a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WorkerRefusal {
	/// The account is not a worker.
	NotRegistered,
	/// The bond is below the minimum, after a job that was failed or declined.
	BondBelowMinimum,
	/// The part of the bond that is not locked is less than the job demands.
	InsufficientBond,
	/// The worker has as many open jobs as can be counted.
	TooManyJobs,
}
