// SPDX-License-Identifier: Apache-2.0

//! What must hold before a job is opened, claimed or answered. Calls and view functions share these
//! checks, so what a view function promises is what the call does.

use crate::{
	money::split,
	weights::{count, BatchSize},
	Answer, BalanceOf, BatchRefusal, CircuitIdOf, Claim, Config, Error, ItemRefusal, Job, JobId,
	Jobs, ModelIdOf, ModelRefusal, Models, Pallet, ProofBatch, ProofRefusal, Proofs, Quote, State,
	Terms, VersionOf, WorkerRefusal, Workers,
};
use alloc::{collections::BTreeSet, vec::Vec};
use candor_statement::{binding, packed_len, Fr, InputCommitment, Statement, StatementSchema};
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

/// Answers of a batch whose proofs hold.
pub(crate) struct Proven<T: Config> {
	/// The job of each answer and the claim on it.
	pub jobs: Vec<(Job<T>, Claim<T>)>,
	/// The number of different circuits.
	circuits: u32,
	/// The number of public inputs of those circuits' keys.
	key_inputs: u32,
}

impl<T: Config> Proven<T> {
	/// What the answers have, everything that they have in common being counted once.
	pub fn size(&self) -> BatchSize {
		let jobs = self.jobs.iter();
		let requesters: BTreeSet<_> = jobs.clone().map(|(job, _)| &job.requester).collect();
		let workers: BTreeSet<_> = jobs.clone().map(|(_, claim)| &claim.worker).collect();
		let versions: BTreeSet<_> = jobs.clone().map(|(job, _)| (job.model, job.version)).collect();
		BatchSize {
			proofs: count(self.jobs.len()),
			keys: self.circuits,
			inputs: self.key_inputs,
			words: jobs.map(|(job, _)| packed_len(job.output_len)).fold(0, u32::saturating_add),
			requesters: count(requesters.len()),
			workers: count(workers.len()),
			versions: count(versions.len()),
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
		let inputs = Self::public_inputs(id, job, claim, output, &Self::genesis_hash())?;
		T::Proofs::verify(job.circuit, &inputs, proof).map_err(ItemRefusal::from)?;
		Ok(claim.clone())
	}

	/// The jobs of these answers and the claims on them, if all answers are right. Whoever sends
	/// them: each is paid to its claimant.
	pub(crate) fn check_batch(answers: &[Answer<T>]) -> Result<Proven<T>, Error<T>> {
		ensure!(!answers.is_empty(), Error::EmptyBatch);
		let genesis = Self::genesis_hash();
		let mut batch = <T::Proofs as Proofs>::Batch::default();
		let mut seen = BTreeSet::new();
		let mut jobs = Vec::with_capacity(answers.len());
		for (answer, item) in answers.iter().zip(0u16..) {
			let job = if seen.insert(answer.job) {
				Self::check_item(answer, &genesis, &mut batch)
			} else {
				Err(ItemRefusal::RepeatedJob)
			};
			jobs.push(job.map_err(|reason| Error::BadItem { item, reason })?);
		}
		let (circuits, key_inputs) = (batch.circuits(), batch.key_inputs());
		batch.verify().map_err(|refusal| match refusal {
			BatchRefusal::Item { index, refusal } => Error::BadItem {
				item: u16::try_from(index).unwrap_or(u16::MAX),
				reason: refusal.into(),
			},
			BatchRefusal::Invalid => Error::InvalidBatch,
		})?;
		Ok(Proven { jobs, circuits, key_inputs })
	}

	/// Checks an answer apart from the verification of its proof, which it leaves to the batch.
	fn check_item(
		answer: &Answer<T>,
		genesis: &[u8; 32],
		batch: &mut <T::Proofs as Proofs>::Batch,
	) -> Result<(Job<T>, Claim<T>), ItemRefusal> {
		let job = Jobs::<T>::get(answer.job).ok_or(ItemRefusal::UnknownJob)?;
		let State::Claimed(claim) = &job.state else { return Err(ItemRefusal::NotClaimed) };
		let claim = claim.clone();
		ensure!(!Self::is_overdue(&claim), ItemRefusal::DeadlinePassed);
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
			binding: binding(genesis, id.0, &T::WorkerBytes::convert(claim.worker.clone())),
		};
		statement.public_inputs().map_err(|_| ItemRefusal::NonCanonicalCommitment)
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
	pub(crate) fn genesis_hash() -> [u8; 32] {
		let hash = frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero());
		let mut bytes = [0; 32];
		bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
		bytes
	}
}
