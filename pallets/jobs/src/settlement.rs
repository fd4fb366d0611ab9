// SPDX-License-Identifier: Apache-2.0

//! Paying for answers whose proofs hold: one of them or many, with one payment to each account.

use crate::{
	Answer, BalanceOf, Claim, Config, Error, Event, HoldReason, Job, OutputOf, Pallet, SkippedItem,
};
use alloc::{collections::BTreeMap, vec::Vec};
use candor_market::{Models, Settlement, Workers};
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
	pub(crate) fn settle_batch(answers: Vec<Answer<T>>) -> DispatchResultWithPostInfo {
		let accepted = Self::check_batch(answers)?;
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
		for (answer, Division { parts, owner }) in answers.into_iter().zip(divisions) {
			let received = owner.is_some_and(|owner| !unreachable.contains(&owner));
			let royalty_paid = if received { parts.royalty } else { Zero::zero() };
			Self::close(answer, parts, royalty_paid);
		}
		Ok(())
	}

	/// The division of each answer's price. Each model is asked for its owner once.
	fn divisions(answers: &[Answered<T>]) -> Result<Vec<Division<T>>, Error<T>> {
		let mut owners = BTreeMap::new();
		answers
			.iter()
			.map(|Answered { job, .. }| {
				let parts =
					split(job.price, job.royalty, job.fee).ok_or(Error::<T>::PayoutTooLow)?;
				let owner =
					owners.entry(job.model).or_insert_with(|| T::Models::owner(job.model)).clone();
				Ok(Division { parts, owner })
			})
			.collect()
	}

	/// Takes the prices out of escrow, pays each account once, and burns the rest: the fees, and the
	/// royalties of those who cannot receive them, who are given back. A payout is at least the
	/// existential deposit, which any account can receive.
	fn pay(
		answers: &[Answered<T>],
		divisions: &[Division<T>],
	) -> Result<Unpaid<T::AccountId>, DispatchError> {
		// Sums of amounts that are held on accounts stay below the issuance.
		let mut escrows: BTreeMap<&T::AccountId, BalanceOf<T>> = BTreeMap::new();
		let mut dues = Dues::default();
		for (Answered { job, claim, .. }, Division { parts, owner }) in
			answers.iter().zip(divisions)
		{
			let escrow = escrows.entry(&job.requester).or_default();
			*escrow = escrow.saturating_add(job.price);
			dues.earn(&claim.worker, parts.payout);
			if let Some(owner) = owner {
				dues.grant(owner, parts.royalty);
			}
		}
		let mut pot = Credit::<T::AccountId, T::Currency>::zero();
		for (requester, price) in escrows {
			pot.subsume(escrow::take::<_, T::Currency>(HoldReason::Escrow, requester, price)?);
		}
		dues.pay::<T::Currency>(pot)
	}

	/// Unlocks the workers' bonds and lets their reputation follow the answers in their order.
	fn release_workers(answers: &[Answered<T>], divisions: &[Division<T>]) -> DispatchResult {
		let mut settlements: BTreeMap<&T::AccountId, Vec<_>> = BTreeMap::new();
		for (Answered { job, claim, .. }, Division { parts, .. }) in answers.iter().zip(divisions) {
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
