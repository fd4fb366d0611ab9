// SPDX-License-Identifier: Apache-2.0

//! What goes where: the division of a price, and the ends of a job. What happens when it is
//! answered has a module of its own, `settlement`.

use crate::{
	BalanceOf, Claim, Config, Event, HoldReason, Job, JobId, Jobs, Models, Pallet, Split, Workers,
};
use codec::MaxEncodedLen;
use frame_support::traits::{
	fungible::MutateHold, tokens::Precision, Consideration, Footprint, Get,
};
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, Saturating},
	DispatchResult, Permill,
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

	/// Returns the price and ends the job.
	pub(crate) fn refund(id: JobId, job: Job<T>) -> DispatchResult {
		let Job { requester, model, version, ticket, price, .. } = job;
		T::Currency::release(&HoldReason::Escrow.into(), &requester, price, Precision::Exact)?;
		T::Models::remove_jobs(model, version, 1);
		Self::erase(id, &requester, ticket);
		Self::deposit_event(Event::Refunded { job: id, requester, amount: price });
		Ok(())
	}

	/// What of a forfeited bond goes to the requester: a share, but no more than it can have lost by
	/// waiting. A compensation that grew with the price would reward whoever makes workers fail.
	pub(crate) fn compensation_for(bond: BalanceOf<T>) -> BalanceOf<T> {
		T::ForfeitToRequester::get().mul_floor(bond).min(T::MaxCompensation::get())
	}

	/// What handing back a claim costs: the share of the bond that is the share of the proving period
	/// that has gone by, and at least [`Config::DeclinePenalty`]. To hold a job until the last block
	/// and hand it back then is as dear as to let it pass.
	pub(crate) fn penalty_for(job: &Job<T>, claim: &Claim<T>) -> BalanceOf<T> {
		let now = frame_system::Pallet::<T>::block_number();
		let left = Self::until_of(job, claim).saturating_sub(now);
		let used = job.proving_period.saturating_sub(left);
		Permill::from_rational(used, job.proving_period)
			.max(T::DeclinePenalty::get())
			.mul_ceil(claim.bond)
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
			Self::compensation_for(claim.bond),
		)?;
		Self::deposit_event(Event::Forfeited {
			job,
			worker: claim.worker.clone(),
			compensation: forfeit.compensation,
			burnt: forfeit.burnt,
		});
		Ok(())
	}

	/// Erases a job whose price has gone where it belongs, and returns the deposit for it.
	pub(crate) fn erase(id: JobId, requester: &T::AccountId, ticket: T::Consideration) {
		Jobs::<T>::remove(id);
		// Only an account that is kept alive by something other than its own balance can be unable
		// to take back a hold. Nobody else shall have to wait for it.
		if ticket.clone().drop(requester).is_err() {
			ticket.burn(requester);
			Self::deposit_event(Event::DepositLost { job: id, requester: requester.clone() });
		}
	}
}
