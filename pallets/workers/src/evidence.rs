// SPDX-License-Identifier: Apache-2.0

//! What a score comes from: fees that speak for a worker and fees that speak against it, which fade.
//!
//! All of it are functions of numbers, without storage and clock. Amounts are in units of the currency.
//!
//! # Fading
//!
//! An amount of an epoch is worth `λ = 2^(-1/30)` of itself in the next, half of itself in thirty: a
//! *half-life*. What is kept is the amount as it would have been at the beginning of the half-life that
//! was under way when it was written, which is up to twice as much. So another half-life is a division by
//! two, which does not depend on the number of steps in which it is made; and what is read is one product
//! with a power of `λ` from the 0th to the 29th, however long ago it was written. Reading writes nothing.
//!
//! # Rounding
//!
//! All of it is rounded down, except that handing back weighs rounded up. Writing and reading lose less
//! than a unit each, a half-life another one, and `λ` with its 18 places less than 10^-16 of an amount.
//! Writing in parts loses less than a unit for each part.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, DefaultNoBound};
use scale_info::TypeInfo;
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, FixedU128, PerThing,
	Permill, Rounding, Saturating,
};

/// Epochs in which half of an amount fades.
pub const HALF_LIFE: u32 = 30;

/// What an epoch leaves of an amount: `2^(-1/30)`, to 18 places, rounded down.
pub const LAMBDA: FixedU128 = FixedU128::from_inner(977_159_968_434_245_954);

/// A failed job speaks as much against a worker as so many settled ones of its price speak for it.
pub const FAILURE_WEIGHT: u128 = 4;

/// How many requesters a record remembers.
pub const MAX_REQUESTERS: u32 = 8;

/// An epoch of the clock by which evidence fades, counted from the clock's beginning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Epoch(pub u32);

impl Epoch {
	/// The half-life that it belongs to, counted likewise.
	pub fn half_life(self) -> u32 {
		self.0 / HALF_LIFE
	}

	/// How many epochs of its half-life have gone by before it: 0 to 29.
	fn passed(self) -> u32 {
		self.0 % HALF_LIFE
	}
}

/// What is left of 1 after so many epochs.
fn left_after(epochs: u32) -> FixedU128 {
	LAMBDA.saturating_pow(usize::try_from(epochs).unwrap_or(usize::MAX))
}

/// What an amount of this epoch would have been at the beginning of its half-life:
/// `amount · 2^(passed / 30)`, taken as `2 · amount · λ^(30 - passed)`.
fn reckoned(amount: u128, epoch: Epoch) -> u128 {
	match epoch.passed() {
		0 => amount,
		passed => left_after(HALF_LIFE.saturating_sub(passed))
			.saturating_mul_int(amount.saturating_mul(2)),
	}
}

/// `amount / 2^half_lives`.
fn halved(amount: u128, half_lives: u32) -> u128 {
	amount.checked_shr(half_lives).unwrap_or(0)
}

/// How much of what speaks for a worker a requester has added.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
)]
pub struct Part<AccountId> {
	/// The requester.
	pub requester: AccountId,
	/// The fees. In [`Evidence`] as they would have been at the beginning of its half-life; in the
	/// answer of a view function as they are.
	pub added: u128,
}

/// What a score comes from.
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
	DefaultNoBound,
)]
pub struct Evidence<AccountId> {
	/// Fees that speak for the worker, as they would have been at the beginning of the half-life.
	pub good: u128,
	/// Fees that speak against it, likewise.
	pub bad: u128,
	/// The half-life in which an outcome was last written.
	pub half_life: u32,
	/// The requesters that have added most of `good`, as far as is remembered: whoever is not among
	/// them takes the place of the smallest. Each account once, and none that has added nothing.
	pub requesters: BoundedVec<Part<AccountId>, ConstU32<MAX_REQUESTERS>>,
}

impl<AccountId: PartialEq> Evidence<AccountId> {
	/// What speaks for the worker in an epoch that is not past.
	pub fn good_in(&self, epoch: Epoch) -> u128 {
		self.faded(self.good, epoch)
	}

	/// What speaks against the worker in an epoch that is not past.
	pub fn bad_in(&self, epoch: Epoch) -> u128 {
		self.faded(self.bad, epoch)
	}

	/// What the requesters that are remembered have added of [`Self::good_in`]: at most the cap each.
	pub fn parts_in(&self, epoch: Epoch) -> impl Iterator<Item = Part<AccountId>> + '_
	where
		AccountId: Clone,
	{
		self.requesters.iter().map(move |part| Part {
			requester: part.requester.clone(),
			added: self.faded(part.added, epoch),
		})
	}

	/// The score in an epoch that is not past: `good / (good + bad + prior)`, in millionths, rounded
	/// down. Less than 1, as long as `prior` is not zero.
	pub fn score(&self, prior: u128, epoch: Epoch) -> Permill {
		let good = self.good_in(epoch);
		let whole = good.saturating_add(self.bad_in(epoch)).saturating_add(prior);
		Permill::from_rational_with_rounding(good, whole, Rounding::Down).unwrap_or_default()
	}

	/// Adds the fee of a settled job to what speaks for the worker, as far as what its requester has
	/// added stays within `cap`.
	pub fn settled(&mut self, epoch: Epoch, requester: AccountId, fee: u128, cap: u128) {
		self.move_to(epoch);
		let known = self.requesters.iter_mut().find(|part| part.requester == requester);
		let before = known.as_ref().map_or(0, |part| part.added);
		let room = reckoned(cap, epoch).saturating_sub(before);
		let fee = reckoned(fee, epoch).min(room);
		if fee == 0 {
			return;
		}
		self.good = self.good.saturating_add(fee);
		let added = before.saturating_add(fee);
		match known {
			Some(part) => part.added = added,
			None => self.remember(Part { requester, added }),
		}
	}

	/// Adds four times the fee of a failed job to what speaks against the worker.
	pub fn failed(&mut self, epoch: Epoch, fee: u128) {
		self.move_to(epoch);
		self.bad = self.bad.saturating_add(reckoned(fee.saturating_mul(FAILURE_WEIGHT), epoch));
	}

	/// Adds the fee of a job that was handed back to what speaks against the worker: the part of it
	/// that `burnt` is of `bond`, rounded up, and nothing where there was no bond.
	pub fn declined(&mut self, epoch: Epoch, fee: u128, burnt: u128, bond: u128) {
		self.move_to(epoch);
		let used = multiply_by_rational_with_rounding(fee, burnt, bond, Rounding::Up);
		self.bad = self.bad.saturating_add(reckoned(used.unwrap_or(0), epoch));
	}

	/// What is left in an epoch of an amount of this record.
	fn faded(&self, amount: u128, epoch: Epoch) -> u128 {
		let half_lives = epoch.half_life().saturating_sub(self.half_life);
		left_after(epoch.passed()).saturating_mul_int(halved(amount, half_lives))
	}

	/// Lets amounts fade until the half-life of an epoch, and forgets requesters of whose part nothing
	/// is left.
	fn move_to(&mut self, epoch: Epoch) {
		let half_lives = epoch.half_life().saturating_sub(self.half_life);
		self.good = halved(self.good, half_lives);
		self.bad = halved(self.bad, half_lives);
		for part in &mut self.requesters {
			part.added = halved(part.added, half_lives);
		}
		self.requesters.retain(|part| part.added > 0);
		self.half_life = self.half_life.saturating_add(half_lives);
	}

	/// Remembers a requester, in the place of the one that has added least if there is no other: of
	/// several, of the one that was remembered first.
	fn remember(&mut self, part: Part<AccountId>) {
		if let Err(part) = self.requesters.try_push(part) {
			if let Some(least) = self.requesters.iter_mut().min_by_key(|part| part.added) {
				*least = part;
			}
		}
	}
}
