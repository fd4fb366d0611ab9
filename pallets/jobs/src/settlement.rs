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
	traits::{fungible::Credit, Get, Imbalance},
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

/// How what is held for an answer is divided.
struct Division<T: Config> {
	parts: Split<BalanceOf<T>>,
	/// What was held beyond the price.
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
	/// Whatever several of them touch is written once: a requester's escrow, a worker's balance, the pot, the
	/// issuance, a worker's records, a version's.
	fn settle(answers: Vec<Answered<T>>) -> DispatchResult {
		let divisions = Self::divisions(&answers)?;
		let unreachable = Self::pay(&answers, &divisions)?;
		Self::release_workers(&answers, &divisions)?;
		Self::release_versions(&answers, &divisions)?;
		for (answer, division) in answers.into_iter().zip(divisions) {
			let arrives = !unreachable.contains(&answer.job.requester);
			Self::close(answer, division, arrives);
		}
		Ok(())
	}

	/// The division of what is held for each answer.
	fn divisions(answers: &[Answered<T>]) -> Result<Vec<Division<T>>, Error<T>> {
		answers
			.iter()
			.map(|Answered { job, claim, .. }| {
				let parts =
					split(claim.price, job.royalty, job.fee).ok_or(Error::<T>::PayoutTooLow)?;
				let rest = job.price.most().saturating_sub(claim.price);
				Ok(Division { parts, rest })
			})
			.collect()
	}

	/// Takes what is held out of escrow, pays each account once, royalties into the market's pot, and burns
	/// what is left: the fees, and the rests of those who cannot receive them, who are given back. A payout is at
	/// least the existential deposit, which any account can receive, and the pot exists by itself.
	fn pay(
		answers: &[Answered<T>],
		divisions: &[Division<T>],
	) -> Result<Unpaid<T::AccountId>, DispatchError> {
		// Sums of amounts that are held on accounts stay below the issuance.
		let mut escrows: BTreeMap<&T::AccountId, BalanceOf<T>> = BTreeMap::new();
		let pot = T::Pot::get();
		let mut dues = Dues::default();
		for (Answered { job, claim, .. }, Division { parts, rest }) in answers.iter().zip(divisions)
		{
			let escrow = escrows.entry(&job.requester).or_default();
			*escrow = escrow.saturating_add(job.escrow());
			// Here rather than when the claim fixed the price: the requester's account is written now
			// anyway, and whoever takes the claim over may fix a higher one.
			dues.grant(&job.requester, *rest);
			dues.earn(&claim.worker, parts.payout.saturating_add(job.bounty));
			dues.earn(&pot, parts.royalty);
		}
		let mut taken = Credit::<T::AccountId, T::Currency>::zero();
		for (requester, held) in escrows {
			taken.subsume(escrow::take::<_, T::Currency>(HoldReason::Escrow, requester, held)?);
		}
		dues.pay::<T::Currency>(taken)
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

	/// Takes the answered jobs off their versions, and enters what those have earned.
	fn release_versions(answers: &[Answered<T>], divisions: &[Division<T>]) -> DispatchResult {
		let mut versions: BTreeMap<_, (u32, BalanceOf<T>)> = BTreeMap::new();
		for (Answered { job, .. }, Division { parts, .. }) in answers.iter().zip(divisions) {
			let (jobs, royalties) = versions.entry((job.model, job.version)).or_default();
			*jobs = jobs.saturating_add(1);
			*royalties = royalties.saturating_add(parts.royalty);
		}
		versions.into_iter().try_for_each(|((model, version), (jobs, royalties))| {
			T::Models::settle_jobs(model, version, jobs, royalties)
		})
	}

	/// Erases a job that was paid, and tells what became of what was held for it: of the rest, whether it
	/// `arrives`.
	fn close(answer: Answered<T>, division: Division<T>, arrives: bool) {
		let Answered { id, job, claim, output } = answer;
		let Job { requester, model, version, ticket, bounty, .. } = job;
		let Division { parts, rest } = division;
		let burnt = if arrives { Zero::zero() } else { rest };
		if !burnt.is_zero() {
			Self::deposit_event(Event::RestBurnt { job: id, amount: burnt });
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
			royalty: parts.royalty,
			fee: parts.fee,
			rest: rest.saturating_sub(burnt),
			bounty,
		});
	}
}
