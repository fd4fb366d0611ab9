// SPDX-License-Identifier: Apache-2.0

//! Reputation: a fold over the outcomes of a worker's jobs, in a record that the worker paid for.

use crate::{
	BalanceOf, Config, Epoch, Error, Event, EvidenceOf, Outcomes, OutcomesOf, Pallet, Record,
	Reputation, ReputationOf, Reputations, WhyScore, WhyScoreOf,
};
use alloc::vec::Vec;
use candor_market::{Settlement, Stake};
use codec::MaxEncodedLen;
use frame_support::traits::{Consideration, Footprint, Get};
use sp_runtime::{
	traits::{BlockNumberProvider, CheckedDiv, Saturating, UniqueSaturatedInto, Zero},
	DispatchResult, Permill,
};

impl<T: Config> Pallet<T> {
	/// What is remembered of a worker occupies this.
	pub fn footprint() -> Footprint {
		Footprint::from_parts(
			1,
			T::AccountId::max_encoded_len().saturating_add(Record::<T>::max_encoded_len()),
		)
	}

	/// The present epoch of the clock by which evidence fades.
	pub fn epoch() -> Epoch {
		let now = T::BlockNumberProvider::current_block_number();
		let epochs = now.checked_div(&T::EpochLength::get()).unwrap_or_else(Zero::zero);
		Epoch(epochs.unique_saturated_into())
	}

	/// What evidence comes to in an epoch.
	pub(crate) fn score_of(evidence: &EvidenceOf<T>, epoch: Epoch) -> Permill {
		evidence.score(T::Prior::get().unique_saturated_into(), epoch)
	}

	/// See the view function `reputation`.
	pub(crate) fn reputation_of(who: &T::AccountId) -> ReputationOf<T> {
		let Some(Record { outcomes, evidence, .. }) = Reputations::<T>::get(who) else {
			return Default::default();
		};
		let score = Self::score_of(&evidence, Self::epoch());
		let Outcomes { settled, failed, declined, excused, earned } = outcomes;
		Reputation { settled, failed, declined, excused, earned, score }
	}

	/// See the view function `why_score`.
	pub(crate) fn why_score_of(who: &T::AccountId) -> WhyScoreOf<T> {
		let evidence = Reputations::<T>::get(who).map(|it| it.evidence).unwrap_or_default();
		let epoch = Self::epoch();
		let (now, length) = (T::BlockNumberProvider::current_block_number(), T::EpochLength::get());
		let epochs = now.checked_div(&length).unwrap_or_else(Zero::zero);
		let next = epochs.saturating_mul(length).saturating_add(length);
		WhyScore {
			score: Self::score_of(&evidence, epoch),
			good: evidence.good_in(epoch),
			bad: evidence.bad_in(epoch),
			prior: T::Prior::get().unique_saturated_into(),
			requesters: evidence.parts_in(epoch).collect(),
			cap: T::MaxFromRequester::get().unique_saturated_into(),
			fades_in: next.saturating_sub(now),
		}
	}

	/// Makes sure that there is a record of `who`; a new one is paid for by `who`.
	pub(crate) fn open_record(who: &T::AccountId) -> DispatchResult {
		if !Reputations::<T>::contains_key(who) {
			let ticket = T::Consideration::new(who, Self::footprint())?;
			let (outcomes, evidence) = Default::default();
			Reputations::<T>::insert(who, Record { ticket, outcomes, evidence });
		}
		Ok(())
	}

	/// Removes the record of `who` and returns its deposit, if there is nothing to remember.
	pub(crate) fn close_record(who: &T::AccountId) -> DispatchResult {
		match Reputations::<T>::get(who) {
			Some(record) if record.outcomes == Default::default() => {
				Reputations::<T>::remove(who);
				record.ticket.drop(who)
			}
			_ => Ok(()),
		}
	}

	/// Counts jobs that somebody else requested and that were settled, in their order. No job leaves no
	/// trace.
	pub(crate) fn remember_settled(
		who: &T::AccountId,
		settlements: Vec<Settlement<T::AccountId, BalanceOf<T>>>,
	) -> DispatchResult {
		if settlements.is_empty() {
			return Ok(());
		}
		let cap = T::MaxFromRequester::get().unique_saturated_into();
		Self::remember(who, |epoch, outcomes, evidence| {
			for Settlement { stake, requester, earned } in settlements {
				outcomes.settled = outcomes.settled.saturating_add(1);
				outcomes.earned = outcomes.earned.saturating_add(earned);
				evidence.settled(epoch, requester, stake.fee.unique_saturated_into(), cap);
			}
		})
	}

	/// Counts a failed job with this fee, whoever requested it.
	pub(crate) fn remember_failed(who: &T::AccountId, fee: BalanceOf<T>) -> DispatchResult {
		Self::remember(who, |epoch, outcomes, evidence| {
			outcomes.failed = outcomes.failed.saturating_add(1);
			evidence.failed(epoch, fee.unique_saturated_into());
		})
	}

	/// Counts a job that was handed back, of whose bond so much was burnt, whoever requested it.
	pub(crate) fn remember_declined(
		who: &T::AccountId,
		Stake { bond, fee }: Stake<BalanceOf<T>>,
		burnt: BalanceOf<T>,
	) -> DispatchResult {
		Self::remember(who, |epoch, outcomes, evidence| {
			outcomes.declined = outcomes.declined.saturating_add(1);
			evidence.declined(
				epoch,
				fee.unique_saturated_into(),
				burnt.unique_saturated_into(),
				bond.unique_saturated_into(),
			);
		})
	}

	/// Counts a job that ended without the worker's doing. The score stays.
	pub(crate) fn remember_excused(who: &T::AccountId) -> DispatchResult {
		Self::remember(who, |_, outcomes, _| {
			outcomes.excused = outcomes.excused.saturating_add(1);
		})
	}

	/// Changes the record of a worker and tells if its score moved. Only a worker has one that can
	/// change: it was paid for when the worker registered.
	fn remember(
		who: &T::AccountId,
		change: impl FnOnce(Epoch, &mut OutcomesOf<T>, &mut EvidenceOf<T>),
	) -> DispatchResult {
		let mut record = Reputations::<T>::get(who).ok_or(Error::<T>::NotRegistered)?;
		let epoch = Self::epoch();
		let before = Self::score_of(&record.evidence, epoch);
		change(epoch, &mut record.outcomes, &mut record.evidence);
		let score = Self::score_of(&record.evidence, epoch);
		Reputations::<T>::insert(who, record);
		if score != before {
			Self::deposit_event(Event::ScoreChanged { worker: who.clone(), score });
		}
		Ok(())
	}
}
