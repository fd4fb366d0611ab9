// SPDX-License-Identifier: Apache-2.0

//! What must hold before a job is opened, claimed or answered. Calls and view functions share these
//! checks, so what a view function promises is what the call does.

use crate::{
	money::split, BalanceOf, CircuitIdOf, Claim, Config, Error, Job, JobId, Jobs, ModelIdOf,
	ModelRefusal, Models, Pallet, ProofRefusal, Proofs, Quote, State, Terms, VersionOf,
	WorkerRefusal, Workers,
};
use candor_statement::{binding, InputCommitment, Statement, StatementSchema};
use frame_support::{
	ensure,
	traits::{fungible::Inspect, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Convert, Saturating, Zero};

impl<T: Config> From<ModelRefusal> for Error<T> {
	fn from(refusal: ModelRefusal) -> Self {
		match refusal {
			ModelRefusal::Unknown => Error::UnknownModel,
			ModelRefusal::Deprecated => Error::DeprecatedVersion,
			ModelRefusal::TooManyJobs => Error::TooManyOpenJobs,
		}
	}
}

impl<T: Config> From<ProofRefusal> for Error<T> {
	fn from(refusal: ProofRefusal) -> Self {
		match refusal {
			ProofRefusal::UnknownCircuit => Error::UnknownCircuit,
			ProofRefusal::FrozenCircuit => Error::FrozenCircuit,
			ProofRefusal::Malformed => Error::MalformedProof,
			ProofRefusal::Invalid => Error::InvalidProof,
			ProofRefusal::UnusableKey => Error::UnusableKey,
		}
	}
}

impl<T: Config> From<WorkerRefusal> for Error<T> {
	fn from(refusal: WorkerRefusal) -> Self {
		match refusal {
			WorkerRefusal::NotRegistered => Error::NotRegistered,
			WorkerRefusal::BondBelowMinimum => Error::BondBelowMinimum,
			WorkerRefusal::InsufficientBond => Error::InsufficientBond,
			WorkerRefusal::TooManyJobs => Error::TooManyOpenJobs,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The job with this id, unless it has ended.
	pub(crate) fn existing(job: JobId) -> Result<Job<T>, Error<T>> {
		Jobs::<T>::get(job).ok_or(Error::UnknownJob)
	}

	/// The terms of a job on this version, if it takes jobs and the price is enough.
	pub(crate) fn terms_for(
		model: ModelIdOf<T>,
		version: VersionOf<T>,
		price: BalanceOf<T>,
	) -> Result<Terms<CircuitIdOf<T>>, Error<T>> {
		let terms = T::Models::terms(model, version)?;
		ensure!(!T::Proofs::is_frozen(terms.circuit), Error::FrozenCircuit);
		ensure!(price >= T::MinPrice::get(), Error::PriceTooLow);
		let split = split(price, terms.royalty, T::ProtocolFee::get());
		ensure!(
			split.is_some_and(|split| split.payout >= T::Currency::minimum_balance()),
			Error::PayoutTooLow
		);
		Ok(terms)
	}

	/// See the view function `quote`.
	pub(crate) fn quote_for(
		model: ModelIdOf<T>,
		version: VersionOf<T>,
		price: BalanceOf<T>,
	) -> Result<Quote<BalanceOf<T>>, Error<T>> {
		let terms = Self::terms_for(model, version, price)?;
		let split =
			split(price, terms.royalty, T::ProtocolFee::get()).ok_or(Error::PayoutTooLow)?;
		Ok(Quote {
			payout: split.payout,
			royalty: split.royalty,
			fee: split.fee,
			bond: Self::bond_for(price),
		})
	}

	/// Checks a new job's input against its circuit's schema, and gives the length of the output.
	pub(crate) fn check_input(
		circuit: CircuitIdOf<T>,
		commitment: &InputCommitment,
		input: Option<&[u8]>,
	) -> Result<u32, Error<T>> {
		let StatementSchema::InferenceV1 { input_len, output_len } =
			T::Proofs::schema(circuit).ok_or(Error::UnknownCircuit)?;
		ensure!(commitment.is_canonical(), Error::NonCanonicalCommitment);
		ensure!(
			input.is_none_or(|input| u32::try_from(input.len()) == Ok(input_len)),
			Error::WrongInputLength
		);
		ensure!(output_len <= T::MaxOutputBytes::get(), Error::OutputTooLong);
		Ok(output_len)
	}

	/// Checks a new job's proving period and deadline.
	pub(crate) fn check_times(
		proving_period: BlockNumberFor<T>,
		deadline: BlockNumberFor<T>,
	) -> Result<(), Error<T>> {
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(proving_period >= T::MinProvingPeriod::get(), Error::ProvingPeriodTooShort);
		ensure!(proving_period <= T::MaxProvingPeriod::get(), Error::ProvingPeriodTooLong);
		ensure!(deadline >= now.saturating_add(proving_period), Error::DeadlineTooSoon);
		ensure!(deadline <= now.saturating_add(T::MaxLifetime::get()), Error::DeadlineTooFar);
		Ok(())
	}

	/// The claim that `who` would have on the job from now on.
	pub(crate) fn check_claim(job: &Job<T>, who: &T::AccountId) -> Result<Claim<T>, Error<T>> {
		ensure!(!T::Proofs::is_frozen(job.circuit), Error::FrozenCircuit);
		if let State::Claimed(claim) = &job.state {
			ensure!(Self::is_overdue(claim), Error::AlreadyClaimed);
			// Forfeiting would change the bond and the score that are checked here.
			ensure!(claim.worker != *who, Error::OwnClaimOverdue);
		}
		ensure!(Self::claim_fits(job), Error::TooLateToClaim);
		ensure!(T::Workers::score(who) >= job.min_reputation, Error::ReputationTooLow);
		let bond = Self::bond_for(job.price);
		T::Workers::can_lock(who, bond)?;
		let until = frame_system::Pallet::<T>::block_number().saturating_add(job.proving_period);
		Ok(Claim { worker: who.clone(), until, bond })
	}

	/// The claim of `who` on the job, if the answer is right.
	pub(crate) fn check_submission(
		id: JobId,
		job: &Job<T>,
		who: &T::AccountId,
		output: &[u8],
		proof: &[u8],
	) -> Result<Claim<T>, Error<T>> {
		let State::Claimed(claim) = &job.state else { return Err(Error::NotClaimed) };
		ensure!(claim.worker == *who, Error::NotClaimant);
		ensure!(!Self::is_overdue(claim), Error::DeadlinePassed);
		ensure!(!T::Proofs::is_frozen(job.circuit), Error::FrozenCircuit);
		ensure!(u32::try_from(output.len()) == Ok(job.output_len), Error::WrongOutputLength);

		let statement = Statement {
			model: job.model_commitment,
			input: job.input_commitment,
			output,
			binding: binding(
				&Self::genesis_hash(),
				id.0,
				&T::WorkerBytes::convert(claim.worker.clone()),
			),
		};
		let inputs = statement.public_inputs().map_err(|_| Error::NonCanonicalCommitment)?;
		T::Proofs::verify(job.circuit, &inputs, proof)?;
		Ok(claim.clone())
	}

	/// Whether the last block in which the claimant's answer counts has passed.
	pub(crate) fn is_overdue(claim: &Claim<T>) -> bool {
		frame_system::Pallet::<T>::block_number() > claim.until
	}

	/// Whether a proving period that starts now ends by the deadline.
	pub(crate) fn claim_fits(job: &Job<T>) -> bool {
		frame_system::Pallet::<T>::block_number().saturating_add(job.proving_period) <= job.deadline
	}

	/// The hash of this chain's first block, which `frame_system` never prunes.
	fn genesis_hash() -> [u8; 32] {
		let hash = frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero());
		let mut bytes = [0; 32];
		bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
		bytes
	}
}
