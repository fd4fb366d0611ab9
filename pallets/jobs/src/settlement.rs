// SPDX-License-Identifier: Apache-2.0

//! Paying for answers whose proofs hold: one of them or many, with one payment to each account.

use crate::{
	Answer, BalanceOf, Claim, Config, Distinct, Error, Event, HoldReason, Job, OutputOf, Pallet,
	SkippedItem,
};
use alloc::{collections::BTreeMap, vec::Vec};
use candor_market::{Models, Settlement, Stake, Workers};
use candor_statement::JobId;
use candor_support::{escrow, split, Dues, Split, Unpaid};
use frame_support::{
	pallet_prelude::DispatchResultWithPostInfo,
	traits::{fungible::Credit, Imbalance},
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
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
struct Division<T: Config> {
	parts: Split<BalanceOf<T>>,
	/// Who is due the royalty, if the model still exists.
	owner: Option<T::AccountId>,
	/// What was held beyond the price.
	rest: BalanceOf<T>,
}

impl<T: Config> Division<T> {
	/// What does not reach those who are due it.
	fn lost(&self, requester: &T::AccountId, unreachable: &Unpaid<T::AccountId>) -> Lost<T> {
		let arrives = |who: &T::AccountId| !unreachable.contains(who);
		let royalty = if self.owner.as_ref().is_some_and(arrives) {
			Zero::zero()
		} else {
			self.parts.royalty
		};
		let rest = if arrives(requester) { Zero::zero() } else { self.rest };
		Lost { royalty, rest }
	}
}

/// What is burnt of a settlement beside the fee, because those who are due it cannot receive it.
struct Lost<T: Config> {
	royalty: BalanceOf<T>,
	rest: BalanceOf<T>,
}

impl<T: Config> Pallet<T> {
	/// See the call `submit`.
	pub(crate) fn settle_one(answer: Answer<T>) -> DispatchResultWithPostInfo {
		let accepted = Self::check_answer(answer)?;
		let weight = accepted.size().weight_alone::<T>();
		Self::settle(accepted.answered)?;
		Ok(Some(weight).into())
	}

	/// See the call `submit_batch`.
	pub(crate) fn settle_batch(
		answers: Vec<Answer<T>>,
		distinct: Distinct,
	) -> DispatchResultWithPostInfo {
		let accepted = Self::check_batch(answers, distinct)?;
		let weight = accepted.size().weight::<T>();
		for SkippedItem { item, job, reason } in accepted.skipped {
			Self::deposit_event(Event::Skipped { item, job, reason });
		}
		Self::settle(accepted.answered)?;
		Ok(Some(weight).into())
	}

	/// Pays for answers and ends their jobs, in this order.
	///
	/// Whatever several of them touch is written once: a requester's escrow, a payee's balance, the
	/// issuance, a worker's records, a version's count.
	fn settle(answers: Vec<Answered<T>>) -> DispatchResult {
		let divisions = Self::divisions(&answers)?;
		let unreachable = Self::pay(&answers, &divisions)?;
		Self::release_workers(&answers, &divisions)?;
		Self::release_versions(&answers);
		for (answer, division) in answers.into_iter().zip(divisions) {
			let lost = division.lost(&answer.job.requester, &unreachable);
			Self::close(answer, division, lost);
		}
		Ok(())
	}

	/// The division of what is held for each answer. Each model is asked for its owner once.
	fn divisions(answers: &[Answered<T>]) -> Result<Vec<Division<T>>, Error<T>> {
		let mut owners = BTreeMap::new();
		answers
			.iter()
			.map(|Answered { job, claim, .. }| {
				let parts =
					split(claim.price, job.royalty, job.fee).ok_or(Error::<T>::PayoutTooLow)?;
				let owner =
					owners.entry(job.model).or_insert_with(|| T::Models::owner(job.model)).clone();
				let rest = job.price.most().saturating_sub(claim.price);
				Ok(Division { parts, owner, rest })
			})
			.collect()
	}

	/// Takes what is held out of escrow, pays each account once, and burns what is left: the fees, and
	/// the royalties and rests of those who cannot receive them, who are given back. A payout is at least the
	/// existential deposit, which any account can receive.
	fn pay(
		answers: &[Answered<T>],
		divisions: &[Division<T>],
	) -> Result<Unpaid<T::AccountId>, DispatchError> {
		// Sums of amounts that are held on accounts stay below the issuance.
		let mut escrows: BTreeMap<&T::AccountId, BalanceOf<T>> = BTreeMap::new();
		let mut dues = Dues::default();
		for (Answered { job, claim, .. }, Division { parts, owner, rest }) in
			answers.iter().zip(divisions)
		{
			let escrow = escrows.entry(&job.requester).or_default();
			*escrow = escrow.saturating_add(job.escrow());
			// Here rather than when the claim fixed the price: the requester's account is written now
			// anyway, and whoever takes the claim over may fix a higher one.
			dues.grant(&job.requester, *rest);
			dues.earn(&claim.worker, parts.payout.saturating_add(job.bounty));
			if let Some(owner) = owner {
				dues.grant(owner, parts.royalty);
			}
		}
		let mut pot = Credit::<T::AccountId, T::Currency>::zero();
		for (requester, held) in escrows {
			pot.subsume(escrow::take::<_, T::Currency>(HoldReason::Escrow, requester, held)?);
		}
		dues.pay::<T::Currency>(pot)
	}

	/// Unlocks the workers' bonds and lets their reputation follow the answers in their order.
	fn release_workers(answers: &[Answered<T>], divisions: &[Division<T>]) -> DispatchResult {
		let mut settlements: BTreeMap<&T::AccountId, Vec<_>> = BTreeMap::new();
		for (Answered { job, claim, .. }, Division { parts, .. }) in answers.iter().zip(divisions) {
			settlements.entry(&claim.worker).or_default().push(Settlement {
				stake: Stake { bond: claim.bond, fee: parts.fee },
				requester: job.requester.clone(),
				earned: parts.payout.saturating_add(job.bounty),
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

	/// Erases a job that was paid, and tells what became of what was held for it.
	fn close(answer: Answered<T>, division: Division<T>, lost: Lost<T>) {
		let Answered { id, job, claim, output } = answer;
		let Job { requester, model, version, ticket, bounty, .. } = job;
		let Division { parts, rest, .. } = division;
		if !lost.royalty.is_zero() {
			Self::deposit_event(Event::RoyaltyBurnt { job: id, amount: lost.royalty });
		}
		if !lost.rest.is_zero() {
			Self::deposit_event(Event::RestBurnt { job: id, amount: lost.rest });
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
			royalty: parts.royalty.saturating_sub(lost.royalty),
			fee: parts.fee,
			rest: rest.saturating_sub(lost.rest),
			bounty,
		});
	}
}
