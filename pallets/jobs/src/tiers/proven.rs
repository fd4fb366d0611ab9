// SPDX-License-Identifier: Apache-2.0

//! A proof that the runtime verifies before it pays.

use super::Rules;
use crate::{
	answers::{Evidence, Stated},
	transitions::Expiry,
	weights::BatchSize,
	BalanceOf, Claim, Config, ItemRefusal, Job, Pallet, Run,
};
use candor_market::Proofs;
use candor_statement::{binding, packed_len, Claimant};
use frame_support::traits::Get;
use sp_runtime::{traits::Convert, Permill};

/// The rules of [`Tier::Proven`](crate::Tier::Proven).
pub(crate) struct Proven;

impl<T: Config> Rules<T> for Proven {
	fn is_paused(&self, job: &Job<T>) -> bool {
		T::Proofs::is_frozen(job.circuit)
	}

	fn check(
		&self,
		job: &Job<T>,
		claim: &Claim<T>,
		run: &Run<T>,
		evidence: &mut Evidence<T>,
	) -> Result<(), ItemRefusal> {
		let worker = T::WorkerBytes::convert(claim.worker.clone());
		evidence.state(Stated {
			circuit: job.circuit,
			model: job.model_commitment,
			input: job.input_commitment,
			binding: binding(evidence.genesis, run.job, Claimant(worker)),
			output_len: job.output_len,
		})
	}

	fn weigh(&self, job: &Job<T>, size: &mut BatchSize) {
		size.proofs = size.proofs.saturating_add(1);
		size.words = size.words.saturating_add(packed_len(job.output_len));
	}

	/// The share of the bond that is the share of the proving period that has gone by, and at least
	/// [`Config::DeclinePenalty`]. To hold a job until the last block and hand it back then is as dear
	/// as to let it pass.
	fn penalty(&self, job: &Job<T>, claim: &Claim<T>) -> BalanceOf<T> {
		let now = frame_system::Pallet::<T>::block_number();
		let used = Pallet::<T>::used_until(job, claim, now);
		Permill::from_rational(used, job.proving_period)
			.max(T::DeclinePenalty::get())
			.mul_ceil(claim.bond)
	}

	/// A share, but less than a claim costs in fees. A bounty that grew with the price would reward
	/// whoever makes workers fail, rivals and requesters alike.
	fn bounty(&self, claim: &Claim<T>) -> BalanceOf<T> {
		T::BountyShare::get().mul_floor(claim.bond).min(T::MaxBounty::get())
	}

	fn expiry(&self, job: &Job<T>, claim: &Claim<T>) -> Option<Expiry<T>> {
		let claim = claim.clone();
		match (Pallet::<T>::is_overdue(job, &claim), self.is_paused(job)) {
			(false, false) => None,
			(false, true) => Some(Expiry::Excuse(claim)),
			// Its time ran out before the freeze.
			(true, true) => Some(Expiry::Fail(claim)),
			(true, false) if Pallet::<T>::claim_fits(job) => Some(Expiry::Reopen(claim)),
			(true, false) => Some(Expiry::Fail(claim)),
		}
	}
}
