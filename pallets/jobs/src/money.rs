// SPDX-License-Identifier: Apache-2.0

//! What goes where: the division of a price, and the ends of a job.

use crate::{
	BalanceOf, Claim, Config, Error, Event, HoldReason, Job, JobId, Jobs, Models, OutputOf, Pallet,
	Settlement, Split, Workers,
};
use codec::MaxEncodedLen;
use frame_support::traits::{
	fungible::MutateHold,
	tokens::{Fortitude, Precision, Restriction},
	Consideration, Footprint, Get,
};
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, Saturating, Zero},
	DispatchError, DispatchResult, Permill,
};

/// Divides a price. Royalty and fee are rounded down, the worker gets the rest. `None` if the shares
/// exceed the whole.
pub(crate) fn split<Balance: AtLeast32BitUnsigned + Copy>(
	price: Balance,
	royalty: Permill,
	fee: Permill,
) -> Option<Split<Balance>> {
	let royalty = royalty.mul_floor(price);
	let fee = fee.mul_floor(price);
	let payout = price.checked_sub(&royalty)?.checked_sub(&fee)?;
	Some(Split { payout, royalty, fee })
}

impl<T: Config> Pallet<T> {
	/// What a claim on a job of this price locks: `max(MinJobBond, BondShare · price)`, the share
	/// rounded up.
	pub(crate) fn bond_for(price: BalanceOf<T>) -> BalanceOf<T> {
		T::BondShare::get().mul_ceil(price).max(T::MinJobBond::get())
	}

	/// What a job with an input of `input_bytes` occupies.
	pub fn footprint(input_bytes: usize) -> Footprint {
		let longest_input = usize::try_from(T::MaxInlineInput::get()).unwrap_or(usize::MAX);
		Footprint::from_parts(
			1,
			JobId::max_encoded_len()
				.saturating_add(Job::<T>::max_encoded_len())
				.saturating_sub(longest_input)
				.saturating_add(input_bytes),
		)
	}

	/// Pays for an answer and ends the job.
	pub(crate) fn settle(
		id: JobId,
		job: Job<T>,
		claim: Claim<T>,
		output: OutputOf<T>,
	) -> DispatchResult {
		let Split { payout, royalty, fee } =
			split(job.price, job.royalty, job.fee).ok_or(Error::<T>::PayoutTooLow)?;
		Self::pay(&job.requester, &claim.worker, payout)?;
		let royalty_paid = match T::Models::owner(job.model) {
			Some(owner) if Self::pay(&job.requester, &owner, royalty).is_ok() => royalty,
			_ => Zero::zero(),
		};
		let royalty_burnt = royalty.saturating_sub(royalty_paid);
		if !royalty_burnt.is_zero() {
			Self::deposit_event(Event::RoyaltyBurnt { job: id, amount: royalty_burnt });
		}
		Self::burn(&job.requester, fee.saturating_add(royalty_burnt))?;

		T::Workers::settle(
			&claim.worker,
			claim.bond,
			Settlement {
				price: job.price,
				earned: payout,
				self_dealt: claim.worker == job.requester,
			},
		)?;
		let Job { requester, model, version, ticket, .. } = job;
		Self::remove(id, &requester, ticket, model, version);
		Self::deposit_event(Event::Settled {
			job: id,
			worker: claim.worker,
			requester,
			model,
			version,
			output,
			payout,
			royalty: royalty_paid,
			fee,
		});
		Ok(())
	}

	/// Returns the price and ends the job.
	pub(crate) fn refund(id: JobId, job: Job<T>) -> DispatchResult {
		let Job { requester, model, version, ticket, price, .. } = job;
		T::Currency::release(&HoldReason::Escrow.into(), &requester, price, Precision::Exact)?;
		Self::remove(id, &requester, ticket, model, version);
		Self::deposit_event(Event::Refunded { job: id, requester, amount: price });
		Ok(())
	}

	/// Takes the bond of a worker that let its time pass.
	pub(crate) fn forfeit(
		job: JobId,
		requester: &T::AccountId,
		claim: &Claim<T>,
	) -> DispatchResult {
		let forfeit = T::Workers::forfeit(
			&claim.worker,
			claim.bond,
			requester,
			T::ForfeitToRequester::get(),
		)?;
		Self::deposit_event(Event::Forfeited {
			job,
			worker: claim.worker.clone(),
			compensation: forfeit.compensation,
			burnt: forfeit.burnt,
		});
		Ok(())
	}

	/// Moves part of an escrow to whom it is due. `Force`, because a freeze on the requester's
	/// account must not hold up what was promised.
	fn pay(from: &T::AccountId, to: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		T::Currency::transfer_on_hold(
			&HoldReason::Escrow.into(),
			from,
			to,
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)?;
		Ok(())
	}

	/// Burns part of an escrow.
	fn burn(from: &T::AccountId, amount: BalanceOf<T>) -> Result<(), DispatchError> {
		if amount.is_zero() {
			return Ok(());
		}
		T::Currency::burn_held(
			&HoldReason::Escrow.into(),
			from,
			amount,
			Precision::Exact,
			Fortitude::Force,
		)?;
		Ok(())
	}

	/// Erases a job whose price has gone where it belongs, and gives up what it kept in place.
	fn remove(
		id: JobId,
		requester: &T::AccountId,
		ticket: T::Consideration,
		model: crate::ModelIdOf<T>,
		version: crate::VersionOf<T>,
	) {
		Jobs::<T>::remove(id);
		T::Models::remove_job(model, version);
		// Only an account that is kept alive by something other than its own balance can be unable
		// to take back a hold. Nobody else shall have to wait for it.
		if ticket.clone().drop(requester).is_err() {
			ticket.burn(requester);
			Self::deposit_event(Event::DepositLost { job: id, requester: requester.clone() });
		}
	}
}
