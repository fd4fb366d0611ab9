// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage, and of what the others keep for it.

use crate::{
	BalanceOf, Config, HoldReason, Jobs, NextAction, NextJobId, Pallet, Price, State, Who,
};
use alloc::collections::BTreeMap;
use candor_market::{Models, Obligations, Workers};
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold},
		Get,
	},
};
use sp_runtime::{
	traits::{CheckedSub, One, Saturating, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - ids were handed out before they were used;
	/// - what is held in escrow on an account is the sum of the highest prices of its jobs and of the bounties
	///   on them, and nothing is held on an account without jobs;
	/// - there is no bounty where no claim was let pass;
	/// - a worker's open jobs and locked bond are the sum over its claims, and nothing binds an account
	///   without claims;
	/// - a version's open jobs are counted;
	/// - no job says that more blocks did not count before it was opened than until now;
	/// - a job is about its version's commitment, and the one to its input is canonical;
	/// - a job that is for named workers names one, as does one whose input is not posted;
	/// - lengths are within bounds, and a claim ends by the deadline;
	/// - a price that rises does; whichever price a claim fixes divides without rest and leaves the worker
	///   something to receive, and the one that a claim has fixed is between the lowest and the highest;
	/// - claims and blocks that do not count have taken no more time than has passed since the opening;
	/// - there is something that moves each job on.
	///
	/// # Errors
	///
	/// The first of these that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextJobId::<T>::get();
		let mut escrows: BTreeMap<T::AccountId, BalanceOf<T>> = BTreeMap::new();
		let mut claims: BTreeMap<T::AccountId, Obligations<BalanceOf<T>>> = BTreeMap::new();
		let mut versions: BTreeMap<_, u32> = BTreeMap::new();

		for (id, job) in Jobs::<T>::iter() {
			ensure!(id < next, "job with an id that was never handed out");
			ensure!(
				T::Models::commitment(job.model, job.version) == Some(job.model_commitment),
				"commitment that is not that of the version"
			);
			ensure!(job.input_commitment.is_canonical(), "commitment that is not canonical");
			ensure!(!job.demands.who.is_empty_list(), "job that nobody may claim");
			ensure!(
				job.input.is_some() || job.demands.who != Who::Anyone,
				"private input of a job that anyone may claim"
			);
			ensure!(
				job.output_len <= T::MaxOutputBytes::get(),
				"output that could not be submitted"
			);
			ensure!(
				Self::least_payout(&job.price, job.royalty, job.fee)
					.is_some_and(|payout| payout >= T::Currency::minimum_balance()),
				"price that leaves the worker nothing to receive"
			);
			if let Price::Rising { from, to, blocks } = job.price {
				ensure!(from < to && !blocks.is_zero(), "ramp that does not rise");
			}
			let now = frame_system::Pallet::<T>::block_number();
			// The present block has ended, or has not.
			let since = now.saturating_add(One::one()).checked_sub(&job.opened);
			let stood = Self::moved(&job).saturating_add(Self::withheld_until(&job, now));
			ensure!(since >= Some(stood), "more time for which a price stood than has passed");
			ensure!(
				job.bounty.is_zero() || job.withheld >= job.proving_period,
				"bounty for which no worker let its time pass"
			);
			ensure!(Self::next_action_of(id) != NextAction::Nothing, "job that nothing moves on");

			ensure!(
				job.standstill <= Self::standstill_of(job.circuit),
				"standstill that has not come to pass"
			);

			let escrow = escrows.entry(job.requester.clone()).or_default();
			*escrow = escrow.saturating_add(job.escrow());
			let version = versions.entry((job.model, job.version)).or_default();
			*version = version.saturating_add(1);
			if let State::Claimed(claim) = job.state {
				ensure!(claim.until <= job.deadline, "claim that ends after the deadline");
				ensure!(
					claim.price >= job.price.least() && claim.price <= job.price.most(),
					"claim at a price that was never asked"
				);
				let obligations = claims.entry(claim.worker).or_default();
				obligations.jobs = obligations.jobs.saturating_add(1);
				obligations.locked = obligations.locked.saturating_add(claim.bond);
			}
		}

		// Whoever has neither job nor claim must have neither escrow nor obligations, so all accounts
		// are asked.
		for who in frame_system::Account::<T>::iter_keys() {
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Escrow.into(), &who)
					== escrows.remove(&who).unwrap_or_default(),
				"escrow that differs from what is held"
			);
			ensure!(
				T::Workers::obligations(&who) == claims.remove(&who).unwrap_or_default(),
				"worker bound to other than its claims"
			);
		}
		ensure!(escrows.is_empty() && claims.is_empty(), "job or claim of an account that is gone");
		for ((model, version), jobs) in versions {
			ensure!(
				T::Models::open_jobs(model, version) == Some(jobs),
				"version that miscounts its open jobs"
			);
		}
		Ok(())
	}
}
