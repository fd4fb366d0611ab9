// SPDX-License-Identifier: Apache-2.0

//! Paying for answers whose proofs hold: one of them or many, with one payment to each account.

use crate::{
	money::split, BalanceOf, Claim, Config, Error, Event, HoldReason, Job, JobId, Models, OutputOf,
	Pallet, Settlement, Split, Workers,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{Balanced, BalancedHold, Credit},
		Imbalance,
	},
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult, TokenError,
};

/// An answer whose proof holds.
pub(crate) struct Answered<T: Config> {
	/// Which job it answers.
	pub id: JobId,
	/// The job, still in storage.
	pub job: Job<T>,
	/// The claim under which it was answered.
	pub claim: Claim<T>,
	/// The answer.
	pub output: OutputOf<T>,
}

/// How the price of an answer is divided.
struct Share<T: Config> {
	parts: Split<BalanceOf<T>>,
	/// Who is due the royalty, if the model still exists.
	owner: Option<T::AccountId>,
}

/// What an account is due for all answers of a call.
struct Due<Balance> {
	payout: Balance,
	royalty: Balance,
}

impl<Balance: Zero> Default for Due<Balance> {
	fn default() -> Self {
		Self { payout: Zero::zero(), royalty: Zero::zero() }
	}
}

impl<T: Config> Pallet<T> {
	/// Pays for answers and ends their jobs, in this order.
	///
	/// Whatever several of them touch is written once: a requester's escrow, a payee's balance, the
	/// issuance, a worker's records, a version's count.
	pub(crate) fn settle(answers: Vec<Answered<T>>) -> DispatchResult {
		let shares = Self::shares(&answers)?;
		let unreachable = Self::pay(&answers, &shares)?;
		Self::release_workers(&answers, &shares)?;
		Self::release_versions(&answers);
		for (answer, Share { parts, owner }) in answers.into_iter().zip(shares) {
			let received = owner.is_some_and(|owner| !unreachable.contains(&owner));
			let royalty_paid = if received { parts.royalty } else { Zero::zero() };
			Self::close(answer, parts, royalty_paid);
		}
		Ok(())
	}

	/// The division of each answer's price. Each model is asked for its owner once.
	fn shares(answers: &[Answered<T>]) -> Result<Vec<Share<T>>, Error<T>> {
		let mut owners = BTreeMap::new();
		answers
			.iter()
			.map(|Answered { job, .. }| {
				let parts =
					split(job.price, job.royalty, job.fee).ok_or(Error::<T>::PayoutTooLow)?;
				let owner =
					owners.entry(job.model).or_insert_with(|| T::Models::owner(job.model)).clone();
				Ok(Share { parts, owner })
			})
			.collect()
	}

	/// Takes the prices out of escrow, pays each account once, and burns the rest: the fees, and the
	/// royalties of those who cannot receive them, who are given back.
	fn pay(
		answers: &[Answered<T>],
		shares: &[Share<T>],
	) -> Result<BTreeSet<T::AccountId>, DispatchError> {
		// Sums of amounts that are held on accounts stay below the issuance.
		let mut escrows: BTreeMap<&T::AccountId, BalanceOf<T>> = BTreeMap::new();
		let mut dues: BTreeMap<&T::AccountId, Due<BalanceOf<T>>> = BTreeMap::new();
		for (Answered { job, claim, .. }, Share { parts, owner }) in answers.iter().zip(shares) {
			let escrow = escrows.entry(&job.requester).or_default();
			*escrow = escrow.saturating_add(job.price);
			let worker = dues.entry(&claim.worker).or_default();
			worker.payout = worker.payout.saturating_add(parts.payout);
			if let Some(owner) = owner {
				let owner = dues.entry(owner).or_default();
				owner.royalty = owner.royalty.saturating_add(parts.royalty);
			}
		}

		let mut pot = Credit::<T::AccountId, T::Currency>::zero();
		for (requester, price) in escrows {
			pot.subsume(Self::take_escrow(requester, price)?);
		}
		let mut unreachable = BTreeSet::new();
		for (payee, Due { payout, royalty }) in dues {
			let due = payout.saturating_add(royalty);
			if due.is_zero() {
				continue;
			}
			if let Err(credit) = T::Currency::resolve(payee, pot.extract(due)) {
				// A payout is at least the existential deposit, which any account can receive.
				ensure!(payout.is_zero(), TokenError::CannotCreate);
				pot.subsume(credit);
				unreachable.insert(payee.clone());
			}
		}
		// Credit that is dropped leaves the issuance.
		drop(pot);
		Ok(unreachable)
	}

	/// Takes part of what a requester has in escrow. A freeze on its account must not hold up what
	/// was promised, and does not hold up a slash.
	fn take_escrow(
		requester: &T::AccountId,
		amount: BalanceOf<T>,
	) -> Result<Credit<T::AccountId, T::Currency>, DispatchError> {
		let (credit, missing) = T::Currency::slash(&HoldReason::Escrow.into(), requester, amount);
		ensure!(missing.is_zero(), TokenError::FundsUnavailable);
		Ok(credit)
	}

	/// Unlocks the workers' bonds and lets their reputation follow the answers in their order.
	fn release_workers(answers: &[Answered<T>], shares: &[Share<T>]) -> DispatchResult {
		let mut settlements: BTreeMap<&T::AccountId, Vec<_>> = BTreeMap::new();
		for (Answered { job, claim, .. }, Share { parts, .. }) in answers.iter().zip(shares) {
			settlements.entry(&claim.worker).or_default().push(Settlement {
				bond: claim.bond,
				price: job.price,
				earned: parts.payout,
				self_dealt: claim.worker == job.requester,
			});
		}
		settlements
			.into_iter()
			.try_for_each(|(worker, settlements)| T::Workers::settle(worker, settlements))
	}

	/// Takes the answered jobs off their versions.
	fn release_versions(answers: &[Answered<T>]) {
		let mut jobs: BTreeMap<_, u32> = BTreeMap::new();
		for Answered { job, .. } in answers {
			let count = jobs.entry((job.model, job.version)).or_default();
			*count = count.saturating_add(1);
		}
		for ((model, version), count) in jobs {
			T::Models::remove_jobs(model, version, count);
		}
	}

	/// Erases a job that was paid, and tells what became of its price.
	fn close(answer: Answered<T>, parts: Split<BalanceOf<T>>, royalty_paid: BalanceOf<T>) {
		let Answered { id, job, claim, output } = answer;
		let Job { requester, model, version, ticket, .. } = job;
		let royalty_burnt = parts.royalty.saturating_sub(royalty_paid);
		if !royalty_burnt.is_zero() {
			Self::deposit_event(Event::RoyaltyBurnt { job: id, amount: royalty_burnt });
		}
		Self::erase(id, &requester, ticket);
		Self::deposit_event(Event::Settled {
			job: id,
			worker: claim.worker,
			requester,
			model,
			version,
			output,
			payout: parts.payout,
			royalty: royalty_paid,
			fee: parts.fee,
		});
	}
}
