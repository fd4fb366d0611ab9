// SPDX-License-Identifier: Apache-2.0

//! What must hold before a job is opened, claimed or handed back; for answers see `answers`. Calls and
//! view functions share these checks, so what a view function promises is what the call does.

use crate::{
	opening::Offer, BalanceOf, Claim, Config, Error, ForDevelopment, InlineInputOf, Input,
	InputRefusal, ItemRefusal, Job, Jobs, Pallet, Price, PriceOf, Quote, SetupDemand, State, Who,
};
use candor_market::{
	CircuitId, CircuitRefusal, ModelId, ModelRefusal, Models, ProofRefusal, Proofs, SetupKind,
	Terms, Version, WorkerRefusal, Workers,
};
use candor_statement::{JobId, StatementSchema};
use candor_support::split;
use frame_support::{
	ensure,
	traits::{fungible::Inspect, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{One, Saturating, Zero},
	SaturatedConversion,
};

impl<T: Config> From<ModelRefusal> for Error<T> {
	fn from(refusal: ModelRefusal) -> Self {
		match refusal {
			ModelRefusal::Unknown => Error::UnknownModel,
			ModelRefusal::Deprecated => Error::DeprecatedVersion,
			ModelRefusal::TooManyJobs => Error::TooManyOpenJobs,
		}
	}
}

impl From<CircuitRefusal> for ItemRefusal {
	fn from(refusal: CircuitRefusal) -> Self {
		match refusal {
			CircuitRefusal::Unknown => Self::UnknownCircuit,
			CircuitRefusal::Frozen => Self::FrozenCircuit,
			// An answer does not count as a reference.
			CircuitRefusal::UnusableKey | CircuitRefusal::TooManyReferences => Self::UnusableKey,
		}
	}
}

impl From<ProofRefusal> for ItemRefusal {
	fn from(refusal: ProofRefusal) -> Self {
		match refusal {
			ProofRefusal::Malformed => Self::MalformedProof,
			ProofRefusal::Invalid => Self::InvalidProof,
			ProofRefusal::WrongShape => Self::UnusableKey,
			ProofRefusal::NonCanonicalCommitment => Self::NonCanonicalCommitment,
		}
	}
}

impl<T: Config> From<ItemRefusal> for Error<T> {
	fn from(refusal: ItemRefusal) -> Self {
		match refusal {
			// By the second answer, the first has ended the job.
			ItemRefusal::UnknownJob | ItemRefusal::RepeatedJob => Error::UnknownJob,
			ItemRefusal::NotClaimed => Error::NotClaimed,
			ItemRefusal::NotClaimant => Error::NotClaimant,
			ItemRefusal::DeadlinePassed => Error::DeadlinePassed,
			ItemRefusal::FrozenCircuit => Error::FrozenCircuit,
			ItemRefusal::WrongOutputLength => Error::WrongOutputLength,
			ItemRefusal::MalformedProof => Error::MalformedProof,
			ItemRefusal::InvalidProof => Error::InvalidProof,
			ItemRefusal::UnknownCircuit => Error::UnknownCircuit,
			ItemRefusal::UnusableKey => Error::UnusableKey,
			ItemRefusal::NonCanonicalCommitment => Error::NonCanonicalCommitment,
			// An answer to one job has one run in one place, and so no other job.
			ItemRefusal::WrongRuns | ItemRefusal::MixedModels | ItemRefusal::RefusedTogether => {
				Error::SeveralRuns
			}
		}
	}
}

impl<T: Config> From<InputRefusal> for Error<T> {
	fn from(refusal: InputRefusal) -> Self {
		match refusal {
			InputRefusal::NonCanonicalCommitment => Error::NonCanonicalCommitment,
			InputRefusal::WrongLength => Error::WrongInputLength,
			InputRefusal::PrivateForAnyone => Error::PrivateForAnyone,
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

	/// The terms of a job on this version, if it takes jobs and the price is enough at any time.
	pub(crate) fn terms_for(
		model: ModelId,
		version: Version,
		price: &PriceOf<T>,
	) -> Result<Terms, Error<T>> {
		let terms = T::Models::terms(model, version)?;
		ensure!(!T::Proofs::is_frozen(terms.circuit), Error::FrozenCircuit);
		ensure!(price.least() >= T::MinPrice::get(), Error::PriceTooLow);
		ensure!(
			Self::least_payout(price, terms.royalty, T::ProtocolFee::get())
				.is_some_and(|payout| payout >= T::Currency::minimum_balance()),
			Error::PayoutTooLow
		);
		Ok(terms)
	}

	/// See the view function `quote`.
	pub(crate) fn quote_for(
		model: ModelId,
		version: Version,
		price: BalanceOf<T>,
	) -> Result<Quote<BalanceOf<T>>, Error<T>> {
		let terms = Self::terms_for(model, version, &Price::Fixed(price))?;
		let split =
			split(price, terms.royalty, T::ProtocolFee::get()).ok_or(Error::PayoutTooLow)?;
		Ok(Quote {
			payout: split.payout,
			royalty: split.royalty,
			fee: split.fee,
			bond: Self::bond_for(price),
			setup: Self::strictest_demand(terms.circuit),
		})
	}

	/// The terms of new jobs, and what their circuit's statements are like, if this can be offered
	/// whatever the inputs are.
	pub(crate) fn check_offer(offer: &Offer<T>) -> Result<(Terms, StatementSchema), Error<T>> {
		let &Offer { model, version, ref price, ref demands, proving_period, deadline, .. } = offer;
		let terms = Self::terms_for(model, version, price)?;
		let schema = T::Proofs::schema(terms.circuit).ok_or(Error::UnknownCircuit)?;
		ensure!(schema.output_len() <= T::MaxOutputBytes::get(), Error::OutputTooLong);
		Self::check_times(proving_period, deadline)?;
		Self::check_ramp(price, proving_period, deadline)?;
		ensure!(!demands.who.is_empty_list(), Error::NobodyNamed);
		Self::check_setup(terms.circuit, demands.setup)?;
		Ok((terms, schema))
	}

	/// Checks a new job's input against its circuit's schema, and that whoever may claim the job can get
	/// it.
	pub(crate) fn check_input(
		schema: &StatementSchema,
		offer: &Offer<T>,
		input: &Input<T>,
	) -> Result<(), InputRefusal> {
		ensure!(input.commitment.is_canonical(), InputRefusal::NonCanonicalCommitment);
		let fits =
			|posted: &InlineInputOf<T>| u32::try_from(posted.len()) == Ok(schema.input_len());
		ensure!(input.posted.as_ref().is_none_or(fits), InputRefusal::WrongLength);
		// A stranger's claim would be one that cannot be met.
		let reaches = input.posted.is_some() || offer.demands.who != Who::Anyone;
		ensure!(reaches, InputRefusal::PrivateForAnyone);
		Ok(())
	}

	/// Checks a new job's proving period and deadline.
	pub(crate) fn check_times(
		proving_period: BlockNumberFor<T>,
		deadline: BlockNumberFor<T>,
	) -> Result<(), Error<T>> {
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(proving_period >= T::MinProvingPeriod::get(), Error::ProvingPeriodTooShort);
		ensure!(proving_period <= T::MaxProvingPeriod::get(), Error::ProvingPeriodTooLong);
		// A worker sees the job once this block is made, so its claim comes in the next one at the
		// earliest.
		let earliest = now.saturating_add(proving_period).saturating_add(One::one());
		let missing = earliest.saturating_sub(deadline);
		ensure!(missing.is_zero(), Error::DeadlineTooSoon { blocks: missing.saturated_into() });
		ensure!(deadline <= now.saturating_add(T::MaxLifetime::get()), Error::DeadlineTooFar);
		Ok(())
	}

	/// The claim that `who` would have on the job from now on.
	pub(crate) fn check_claim(job: &Job<T>, who: &T::AccountId) -> Result<Claim<T>, Error<T>> {
		ensure!(!Self::rules_of(job).is_paused(job), Error::FrozenCircuit);
		if let State::Claimed(claim) = &job.state {
			ensure!(Self::is_overdue(job, claim), Error::AlreadyClaimed);
			// Forfeiting would change the bond and the score that are checked here.
			ensure!(claim.worker != *who, Error::OwnClaimOverdue);
		}
		ensure!(job.demands.who.admits(who), Error::NotNamed);
		ensure!(Self::claim_fits(job), Error::TooLateToClaim);
		Self::check_attestation(job.circuit, job.demands.setup)?;
		ensure!(T::Workers::score(who) >= job.demands.min_reputation, Error::ReputationTooLow);
		let now = frame_system::Pallet::<T>::block_number();
		let price = Self::price_in(job, now);
		let bond = Self::bond_for(price);
		T::Workers::can_lock(who, bond)?;
		let until = now.saturating_add(job.proving_period);
		// Like the deadline, as if every block had counted since the job was opened.
		let until = until.saturating_sub(Self::moved(job));
		Ok(Claim { worker: who.clone(), until, price, bond })
	}

	/// Checks what a requester demands of a circuit's setup when it opens a job.
	pub(crate) fn check_setup(circuit: CircuitId, demand: SetupDemand) -> Result<(), Error<T>> {
		if demand == SetupDemand::Ceremony {
			ensure!(Self::counts_as_ceremony(circuit), Error::DevelopmentSetup);
		}
		Self::check_attestation(circuit, demand)
	}

	/// The part of [`Self::check_setup`] that can change while a job is open.
	fn check_attestation(circuit: CircuitId, demand: SetupDemand) -> Result<(), Error<T>> {
		let is_met = demand != SetupDemand::Attested || T::Proofs::is_attested(circuit);
		ensure!(is_met, Error::NotAttested);
		Ok(())
	}

	/// Whether requesters that have not thought about it accept the circuit's setup.
	fn counts_as_ceremony(circuit: CircuitId) -> bool {
		T::Proofs::declared_setup(circuit) == Some(SetupKind::Ceremony)
			|| ForDevelopment::<T>::get()
	}

	/// The most that can be demanded of a circuit's setup at present.
	fn strictest_demand(circuit: CircuitId) -> SetupDemand {
		if T::Proofs::is_attested(circuit) {
			SetupDemand::Attested
		} else if Self::counts_as_ceremony(circuit) {
			SetupDemand::Ceremony
		} else {
			SetupDemand::Any
		}
	}

	/// The claim that `who` would hand back.
	pub(crate) fn check_decline(job: &Job<T>, who: &T::AccountId) -> Result<Claim<T>, Error<T>> {
		let State::Claimed(claim) = &job.state else { return Err(Error::NotClaimed) };
		ensure!(claim.worker == *who, Error::NotClaimant);
		ensure!(!Self::is_overdue(job, claim), Error::DeadlinePassed);
		// There is a way out without loss.
		ensure!(!Self::rules_of(job).is_paused(job), Error::FrozenCircuit);
		Ok(claim.clone())
	}

	/// Whether the last block in which the claimant's answer counts has passed.
	pub(crate) fn is_overdue(job: &Job<T>, claim: &Claim<T>) -> bool {
		frame_system::Pallet::<T>::block_number() > Self::until_of(job, claim)
	}

	/// Whether a proving period that starts now ends by the deadline.
	pub(crate) fn claim_fits(job: &Job<T>) -> bool {
		let now = frame_system::Pallet::<T>::block_number();
		now.saturating_add(job.proving_period) <= Self::deadline_of(job)
	}
}
