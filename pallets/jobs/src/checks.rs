// SPDX-License-Identifier: Apache-2.0

//! What must hold before a job is opened, claimed or answered. Calls and view functions share these
//! checks, so what a view function promises is what the call does.

use crate::{
	money::split,
	settlement::Answered,
	weights::{count, BatchSize},
	Answer, BalanceOf, BatchRefusal, CircuitIdOf, Claim, Config, Error, ItemRefusal, Job, JobId,
	Jobs, ModelIdOf, ModelRefusal, Models, Pallet, ProofBatch, ProofRefusal, Proofs, Quote,
	SetupDemand, SkippedItem, State, Terms, VersionOf, WorkerRefusal, Workers,
};
use alloc::{collections::BTreeSet, vec::Vec};
use candor_statement::{
	binding, packed_len, Claimant, Fr, GenesisHash, InputCommitment, JobNumber, Statement,
	StatementSchema,
};
use frame_support::{
	dispatch::DispatchErrorWithPostInfo,
	ensure,
	traits::{fungible::Inspect, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{Convert, One, Saturating, Zero},
	DispatchError, SaturatedConversion,
};

/// Proofs of this runtime that are verified together.
type BatchOf<T> = <<T as Config>::Proofs as Proofs<BlockNumberFor<T>>>::Batch;

impl<T: Config> From<ModelRefusal> for Error<T> {
	fn from(refusal: ModelRefusal) -> Self {
		match refusal {
			ModelRefusal::Unknown => Error::UnknownModel,
			ModelRefusal::Deprecated => Error::DeprecatedVersion,
			ModelRefusal::TooManyJobs => Error::TooManyOpenJobs,
		}
	}
}

impl From<ProofRefusal> for ItemRefusal {
	fn from(refusal: ProofRefusal) -> Self {
		match refusal {
			ProofRefusal::UnknownCircuit => Self::UnknownCircuit,
			ProofRefusal::FrozenCircuit => Self::FrozenCircuit,
			ProofRefusal::Malformed => Self::MalformedProof,
			ProofRefusal::Invalid => Self::InvalidProof,
			ProofRefusal::UnusableKey => Self::UnusableKey,
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

/// The answers of a batch that storage does not refuse.
pub(crate) struct Accepted<T: Config> {
	/// Each with its job and the claim on it.
	pub answered: Vec<Answered<T>>,
	/// The others.
	pub skipped: Vec<SkippedItem>,
	/// The number of different circuits.
	circuits: u32,
	/// The number of public inputs of those circuits' keys.
	key_inputs: u32,
}

impl<T: Config> Accepted<T> {
	/// What the answers have, everything that they have in common being counted once.
	pub fn size(&self) -> BatchSize {
		let jobs = self.answered.iter().map(|answered| &answered.job);
		let requesters: BTreeSet<_> = jobs.clone().map(|job| &job.requester).collect();
		let workers: BTreeSet<_> =
			self.answered.iter().map(|answered| &answered.claim.worker).collect();
		let versions: BTreeSet<_> = jobs.clone().map(|job| (job.model, job.version)).collect();
		BatchSize {
			proofs: count(self.answered.len()),
			keys: self.circuits,
			inputs: self.key_inputs,
			words: jobs.map(|job| packed_len(job.output_len)).fold(0, u32::saturating_add),
			requesters: count(requesters.len()),
			workers: count(workers.len()),
			versions: count(versions.len()),
			skipped: count(self.skipped.len()),
		}
	}
}

/// Why a batch was refused, and what finding that out weighed.
pub(crate) struct RefusedBatch<T> {
	/// What is wrong.
	pub error: Error<T>,
	/// What was read and checked until then.
	pub weight: Weight,
}

impl<T> From<RefusedBatch<T>> for DispatchErrorWithPostInfo
where
	Error<T>: Into<DispatchError>,
{
	fn from(RefusedBatch { error, weight }: RefusedBatch<T>) -> Self {
		Self { post_info: Some(weight).into(), error: error.into() }
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
		ensure!(!T::Proofs::is_frozen(job.circuit), Error::FrozenCircuit);
		if let State::Claimed(claim) = &job.state {
			ensure!(Self::is_overdue(job, claim), Error::AlreadyClaimed);
			// Forfeiting would change the bond and the score that are checked here.
			ensure!(claim.worker != *who, Error::OwnClaimOverdue);
		}
		ensure!(Self::claim_fits(job), Error::TooLateToClaim);
		Self::check_setup(job.circuit, job.demands.setup)?;
		ensure!(T::Workers::score(who) >= job.demands.min_reputation, Error::ReputationTooLow);
		let bond = Self::bond_for(job.price);
		T::Workers::can_lock(who, bond)?;
		let until = frame_system::Pallet::<T>::block_number().saturating_add(job.proving_period);
		// Like the deadline, as if every block had counted since the job was opened.
		let until = until.saturating_sub(Self::moved(job));
		Ok(Claim { worker: who.clone(), until, bond })
	}

	/// Checks what a requester demands of a circuit's setup.
	pub(crate) fn check_setup(
		circuit: CircuitIdOf<T>,
		demand: SetupDemand,
	) -> Result<(), Error<T>> {
		match demand {
			SetupDemand::Any => Ok(()),
			SetupDemand::Attested => {
				ensure!(T::Proofs::is_attested(circuit), Error::NotAttested);
				Ok(())
			}
		}
	}

	/// The claim that `who` would hand back.
	pub(crate) fn check_decline(job: &Job<T>, who: &T::AccountId) -> Result<Claim<T>, Error<T>> {
		let State::Claimed(claim) = &job.state else { return Err(Error::NotClaimed) };
		ensure!(claim.worker == *who, Error::NotClaimant);
		ensure!(!Self::is_overdue(job, claim), Error::DeadlinePassed);
		// There is a way out without loss.
		ensure!(!T::Proofs::is_frozen(job.circuit), Error::FrozenCircuit);
		Ok(claim.clone())
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
		ensure!(!Self::is_overdue(job, claim), Error::DeadlinePassed);
		ensure!(!T::Proofs::is_frozen(job.circuit), Error::FrozenCircuit);
		let inputs = Self::public_inputs(id, job, claim, output, &Self::genesis_hash())?;
		T::Proofs::verify(job.circuit, &inputs, proof).map_err(ItemRefusal::from)?;
		Ok(claim.clone())
	}

	/// The answers that would be paid, and those that would be skipped; refused if a proof is wrong.
	/// Whoever sends them: each is paid to its claimant.
	pub(crate) fn check_batch(answers: Vec<Answer<T>>) -> Result<Accepted<T>, RefusedBatch<T>> {
		let mut accepted =
			Accepted { answered: Vec::new(), skipped: Vec::new(), circuits: 0, key_inputs: 0 };
		let refused = |accepted: &Accepted<T>, error| {
			Err(RefusedBatch { error, weight: accepted.size().weight::<T>() })
		};
		if answers.is_empty() {
			return refused(&accepted, Error::EmptyBatch);
		}
		let genesis = Self::genesis_hash();
		let mut batch = BatchOf::<T>::default();
		let mut seen = BTreeSet::new();
		// Where the proofs that are verified together stood in the batch.
		let mut places = Vec::new();
		for (answer, item) in answers.into_iter().zip(0u16..) {
			let job = answer.job;
			let checked = if seen.insert(job) {
				Self::check_item(&answer, &genesis, &mut batch)
			} else {
				Err(ItemRefusal::RepeatedJob)
			};
			(accepted.circuits, accepted.key_inputs) = (batch.circuits(), batch.key_inputs());
			match checked {
				Ok((job, claim)) => {
					let Answer { job: id, output, .. } = answer;
					accepted.answered.push(Answered { id, job, claim, output });
					places.push(item);
				}
				Err(reason) if reason.is_of_storage() => {
					accepted.skipped.push(SkippedItem { item, job, reason });
				}
				Err(reason) => {
					// The wrong one was looked at, too.
					let size = accepted.size();
					let size = BatchSize { proofs: size.proofs.saturating_add(1), ..size };
					let error = Error::BadItem { item, reason };
					return Err(RefusedBatch { error, weight: size.weight::<T>() });
				}
			}
		}
		match batch.verify() {
			Ok(()) => Ok(accepted),
			Err(BatchRefusal::Item { index, refusal }) => {
				let place = usize::try_from(index).ok().and_then(|index| places.get(index));
				let item = place.copied().unwrap_or(u16::MAX);
				refused(&accepted, Error::BadItem { item, reason: refusal.into() })
			}
			Err(BatchRefusal::Invalid) => refused(&accepted, Error::InvalidBatch),
		}
	}

	/// Checks an answer apart from the verification of its proof, which it leaves to the batch.
	fn check_item(
		answer: &Answer<T>,
		genesis: &[u8; 32],
		batch: &mut BatchOf<T>,
	) -> Result<(Job<T>, Claim<T>), ItemRefusal> {
		let job = Jobs::<T>::get(answer.job).ok_or(ItemRefusal::UnknownJob)?;
		let State::Claimed(claim) = &job.state else { return Err(ItemRefusal::NotClaimed) };
		ensure!(claim.worker == answer.worker, ItemRefusal::NotClaimant);
		ensure!(!Self::is_overdue(&job, claim), ItemRefusal::DeadlinePassed);
		let claim = claim.clone();
		batch.admit(job.circuit)?;
		let inputs = Self::public_inputs(answer.job, &job, &claim, &answer.output, genesis)?;
		batch.add(job.circuit, inputs, &answer.proof)?;
		Ok((job, claim))
	}

	/// The public inputs of the statement that the claimant has to prove.
	fn public_inputs(
		id: JobId,
		job: &Job<T>,
		claim: &Claim<T>,
		output: &[u8],
		genesis: &[u8; 32],
	) -> Result<Vec<Fr>, ItemRefusal> {
		ensure!(u32::try_from(output.len()) == Ok(job.output_len), ItemRefusal::WrongOutputLength);
		let statement = Statement {
			model: job.model_commitment,
			input: job.input_commitment,
			output,
			binding: binding(
				GenesisHash(*genesis),
				JobNumber(id.0),
				Claimant(T::WorkerBytes::convert(claim.worker.clone())),
			),
		};
		statement.public_inputs().map_err(|_| ItemRefusal::NonCanonicalCommitment)
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

	/// The hash of this chain's first block, which `frame_system` never prunes.
	pub(crate) fn genesis_hash() -> [u8; 32] {
		let hash = frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero());
		let mut bytes = [0; 32];
		bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
		bytes
	}
}
