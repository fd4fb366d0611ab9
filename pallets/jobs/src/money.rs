// SPDX-License-Identifier: Apache-2.0

//! What goes where when a job ends without an answer. What happens when it is answered has a module of
//! its own, `settlement`.

use crate::{BalanceOf, Claim, Config, Event, HoldReason, Job, Jobs, Pallet};
use candor_market::{Models, Stake, Workers};
use candor_statement::JobId;
use candor_support::{
	deposits::{self, Returned},
	escrow,
};
use codec::MaxEncodedLen;
use frame_support::traits::{Footprint, Get};
use sp_runtime::{traits::Saturating, DispatchResult};

impl<T: Config> Pallet<T> {
	/// What a claim at this price locks: `max(MinJobBond, BondShare · price)`, the share
	/// rounded up.
	pub(crate) fn bond_for(price: BalanceOf<T>) -> BalanceOf<T> {
		T::BondShare::get().mul_ceil(price).max(T::MinJobBond::get())
	}

	/// What a claim puts at stake, with the fee that its settlement burns: rounded down, as
	/// [`split`](candor_support::split) has it.
	pub(crate) fn stake_of(job: &Job<T>, claim: &Claim<T>) -> Stake<BalanceOf<T>> {
		Stake { bond: claim.bond, fee: job.fee.mul_floor(claim.price) }
	}

	/// What a job with an input of `input_bytes` that names so many workers occupies.
	pub fn footprint(input_bytes: usize, names: usize) -> Footprint {
		let most = |bound: u32| usize::try_from(bound).unwrap_or(usize::MAX);
		let unused_names = most(T::MaxNamedWorkers::get()).saturating_sub(names);
		Footprint::from_parts(
			1,
			JobId::max_encoded_len()
				.saturating_add(Job::<T>::max_encoded_len())
				.saturating_sub(most(T::MaxInlineInput::get()))
				.saturating_add(input_bytes)
				.saturating_sub(T::AccountId::max_encoded_len().saturating_mul(unused_names)),
		)
	}

	/// Returns the price, as much as it could have been, with the bounty, and ends the job.
	pub(crate) fn refund(id: JobId, job: Job<T>) -> DispatchResult {
		let held = job.escrow();
		let Job { requester, model, version, ticket, price, bounty, .. } = job;
		escrow::give_back::<_, T::Currency>(HoldReason::Escrow, &requester, held)?;
		T::Models::remove_jobs(model, version, 1);
		Self::erase(id, &requester, ticket);
		Self::deposit_event(Event::Refunded { job: id, requester, amount: price.most(), bounty });
		Ok(())
	}

	/// Takes the bond of a worker that let its time pass, and puts a part of it up as a bounty, in escrow
	/// on the requester's account.
	pub(crate) fn forfeit(id: JobId, job: &mut Job<T>, claim: &Claim<T>) -> DispatchResult {
		let bounty = Self::rules_of(job).bounty(claim);
		let stake = Self::stake_of(job, claim);
		let forfeit = T::Workers::forfeit(&claim.worker, stake, &job.requester, bounty)?;
		// Nothing is received by an account that could not exist on it, so it can be held.
		let bounty = forfeit.compensation;
		escrow::put::<_, T::Currency>(HoldReason::Escrow, &job.requester, bounty)?;
		job.bounty = job.bounty.saturating_add(bounty);
		Self::deposit_event(Event::Forfeited {
			job: id,
			worker: claim.worker.clone(),
			bounty,
			burnt: forfeit.burnt,
		});
		Ok(())
	}

	/// Erases a job whose price has gone where it belongs, and returns the deposit for it.
	pub(crate) fn erase(id: JobId, requester: &T::AccountId, ticket: T::Consideration) {
		Jobs::<T>::remove(id);
		if deposits::give_back(ticket, requester) == Returned::GivenUp {
			Self::deposit_event(Event::DepositLost { job: id, requester: requester.clone() });
		}
	}
}
