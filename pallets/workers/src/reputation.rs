// SPDX-License-Identifier: Apache-2.0

//! Reputation: a fold over the outcomes of a worker's jobs.

use crate::{BalanceOf, Config, Event, Pallet, Reputation, ReputationOf, Reputations, Settlement};
use frame_support::traits::Get;
use sp_runtime::{
	traits::{Saturating, UniqueSaturatedInto},
	PerThing, Permill, Rounding,
};

/// A settled job of full weight moves the score by this part of the way to 1.
const GAIN_DIVISOR: u32 = 16;

/// A failed job takes this part of the score away.
const LOSS_DIVISOR: u32 = 4;

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
		let loss = score.deconstruct().div_ceil(LOSS_DIVISOR);
		score.saturating_sub(Permill::from_parts(loss))
	}
}

impl<T: Config> Pallet<T> {
	/// The score of an account; zero if it never finished a job.
	pub fn score(who: &T::AccountId) -> Permill {
		Reputations::<T>::get(who).unwrap_or_default().score
	}

	/// How much a job of this price weighs: `min(price, full) / full`, rounded down.
	pub fn weight_of_price(price: BalanceOf<T>) -> Permill {
		let full = T::FullWeightPrice::get();
		Permill::from_rational_with_rounding(price.min(full), full, Rounding::Down)
			.unwrap_or(Permill::zero())
	}

	/// Counts settled jobs in their order. No job leaves no trace.
	pub(crate) fn remember_settled(who: &T::AccountId, settlements: &[Settlement<BalanceOf<T>>]) {
		if settlements.is_empty() {
			return;
		}
		Self::remember(who, |reputation| {
			for Settlement { price, earned, .. } in settlements {
				reputation.settled = reputation.settled.saturating_add(1);
				reputation.earned = reputation.earned.saturating_add(*earned);
				reputation.score =
					ReputationOf::<T>::gain(reputation.score, Self::weight_of_price(*price));
			}
		});
	}

	/// Counts a failed job, whoever requested it.
	pub(crate) fn remember_failed(who: &T::AccountId) {
		Self::remember(who, |reputation| {
			reputation.failed = reputation.failed.saturating_add(1);
			reputation.score = ReputationOf::<T>::loss(reputation.score);
		});
	}

	/// Counts a job that ended without the worker's doing. The score stays.
	pub(crate) fn remember_excused(who: &T::AccountId) {
		Self::remember(who, |reputation| {
			reputation.excused = reputation.excused.saturating_add(1);
		});
	}

	/// Changes a reputation and tells if the score moved.
	fn remember(who: &T::AccountId, change: impl FnOnce(&mut ReputationOf<T>)) {
		let mut reputation = Reputations::<T>::get(who).unwrap_or_default();
		let before = reputation.score;
		change(&mut reputation);
		let score = reputation.score;
		Reputations::<T>::insert(who, reputation);
		if score != before {
			Self::deposit_event(Event::ScoreChanged { worker: who.clone(), score });
		}
	}
}
