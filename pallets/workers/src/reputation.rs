// SPDX-License-Identifier: Apache-2.0

//! Reputation: a fold over the outcomes of a worker's jobs, in a record that the worker paid for.

use crate::{
	BalanceOf, Config, Error, Event, Pallet, Record, Reputation, ReputationOf, Reputations,
};
use candor_market::Settlement;
use codec::MaxEncodedLen;
use frame_support::traits::{Consideration, Footprint, Get};
use sp_runtime::{
	traits::{Saturating, UniqueSaturatedInto},
	DispatchResult, PerThing, Permill, Rounding,
};

/// A settled job of full weight moves the score by this part of the way to 1.
const GAIN_DIVISOR: u32 = 16;

/// A failed job takes this part of the score away.
const LOSS_DIVISOR: u32 = 4;

/// A declined job takes this part of the score away: as much as a settled one of full weight adds of
/// what is missing, so that the score of a worker tends to the part of its jobs that it answers, and
/// a quarter of what a failed one takes, since somebody else can still answer in time.
const SMALL_LOSS_DIVISOR: u32 = 16;

impl<Balance> Reputation<Balance> {
	/// The score after a settled job: `score + (1 - score) / 16 · weight`, in millionths, the
	/// addend rounded down.
	pub fn gain(score: Permill, weight: Permill) -> Permill {
		let room = u64::from(score.left_from_one().deconstruct());
		let full = u64::from(GAIN_DIVISOR).saturating_mul(u64::from(Permill::ACCURACY));
		let gain =
			room.saturating_mul(u64::from(weight.deconstruct())).checked_div(full).unwrap_or(0);
		score.saturating_add(Permill::from_parts(gain.unique_saturated_into()))
	}

	/// The score after a failed job: `score - score / 4`, in millionths, the loss rounded up, so
	/// that repeated failure ends at zero.
	pub fn loss(score: Permill) -> Permill {
		without_part(score, LOSS_DIVISOR)
	}

	/// The score after a declined job: `score - score / 16`, in millionths, the loss rounded up.
	pub fn small_loss(score: Permill) -> Permill {
		without_part(score, SMALL_LOSS_DIVISOR)
	}
}

/// `score - score / divisor` in millionths, what is taken rounded up.
fn without_part(score: Permill, divisor: u32) -> Permill {
	score.saturating_sub(Permill::from_parts(score.deconstruct().div_ceil(divisor)))
}

impl<T: Config> Pallet<T> {
	/// What is remembered of a worker occupies this.
	pub fn footprint() -> Footprint {
		Footprint::from_parts(
			1,
			T::AccountId::max_encoded_len().saturating_add(Record::<T>::max_encoded_len()),
		)
	}

	/// Makes sure that there is a record of `who`; a new one is paid for by `who`.
	pub(crate) fn open_record(who: &T::AccountId) -> DispatchResult {
		if !Reputations::<T>::contains_key(who) {
			let ticket = T::Consideration::new(who, Self::footprint())?;
			Reputations::<T>::insert(who, Record { ticket, reputation: Default::default() });
		}
		Ok(())
	}

	/// Removes the record of `who` and returns its deposit, if there is nothing to remember.
	pub(crate) fn close_record(who: &T::AccountId) -> DispatchResult {
		match Reputations::<T>::get(who) {
			Some(record) if record.reputation == Default::default() => {
				Reputations::<T>::remove(who);
				record.ticket.drop(who)
			}
			_ => Ok(()),
		}
	}

	/// How much a job of this price weighs: `min(price, full) / full`, rounded down.
	pub fn weight_of_price(price: BalanceOf<T>) -> Permill {
		let full = T::FullWeightPrice::get();
		Permill::from_rational_with_rounding(price.min(full), full, Rounding::Down)
			.unwrap_or(Permill::zero())
	}

	/// Counts settled jobs in their order. No job leaves no trace.
	pub(crate) fn remember_settled(
		who: &T::AccountId,
		settlements: &[Settlement<BalanceOf<T>>],
	) -> DispatchResult {
		if settlements.is_empty() {
			return Ok(());
		}
		Self::remember(who, |reputation| {
			for Settlement { price, earned, .. } in settlements {
				reputation.settled = reputation.settled.saturating_add(1);
				reputation.earned = reputation.earned.saturating_add(*earned);
				reputation.score =
					ReputationOf::<T>::gain(reputation.score, Self::weight_of_price(*price));
			}
		})
	}

	/// Counts a failed job, whoever requested it.
	pub(crate) fn remember_failed(who: &T::AccountId) -> DispatchResult {
		Self::remember(who, |reputation| {
			reputation.failed = reputation.failed.saturating_add(1);
			reputation.score = ReputationOf::<T>::loss(reputation.score);
		})
	}

	/// Counts a declined job, whoever requested it.
	pub(crate) fn remember_declined(who: &T::AccountId) -> DispatchResult {
		Self::remember(who, |reputation| {
			reputation.declined = reputation.declined.saturating_add(1);
			reputation.score = ReputationOf::<T>::small_loss(reputation.score);
		})
	}

	/// Counts a job that ended without the worker's doing. The score stays.
	pub(crate) fn remember_excused(who: &T::AccountId) -> DispatchResult {
		Self::remember(who, |reputation| {
			reputation.excused = reputation.excused.saturating_add(1);
		})
	}

	/// Changes the reputation of a worker and tells if the score moved. Only a worker has one that
	/// can change: its record was paid for when it registered.
	fn remember(who: &T::AccountId, change: impl FnOnce(&mut ReputationOf<T>)) -> DispatchResult {
		let mut record = Reputations::<T>::get(who).ok_or(Error::<T>::NotRegistered)?;
		let before = record.reputation.score;
		change(&mut record.reputation);
		let score = record.reputation.score;
		Reputations::<T>::insert(who, record);
		if score != before {
			Self::deposit_event(Event::ScoreChanged { worker: who.clone(), score });
		}
		Ok(())
	}
}
