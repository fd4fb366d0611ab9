// SPDX-License-Identifier: Apache-2.0

//! What must hold before answers are paid: of one, or of many at once. Calls and view functions share
//! these checks, and one answer is a batch of one.

use crate::{
	settlement::Answered,
	weights::{count, BatchSize},
	Answer, Claim, Config, Error, ItemRefusal, Job, Jobs, Pallet, SkippedItem, State,
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use candor_market::{BatchRefusal, ProofBatch, ProofRefusal, Proofs};
use candor_proof_system::Effort;
use candor_statement::{GenesisHash, Statement};
use frame_support::{dispatch::DispatchErrorWithPostInfo, ensure, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, DispatchError};

/// Proofs of this runtime that are verified together.
type BatchOf<T> = <<T as Config>::Proofs as Proofs<BlockNumberFor<T>>>::Batch;

/// What the tiers collect about the answers of a call, to be judged at once.
pub(crate) struct Evidence<T: Config> {
	/// The hash of this chain's first block.
	pub genesis: GenesisHash,
	/// Proofs that are verified together.
	pub proofs: BatchOf<T>,
	/// Where the answers with those proofs stand in the call.
	places: Vec<u16>,
	/// Where the answer stands that is looked at.
	item: u16,
}

/// The answers of a call that storage does not refuse.
pub(crate) struct Accepted<T: Config> {
	/// Each with its job and the claim on it.
	pub answered: Vec<Answered<T>>,
	/// The others.
	pub skipped: Vec<SkippedItem>,
	/// The number of different circuits.
	circuits: u32,
	/// The number of public inputs of those circuits' keys.
	key_inputs: u32,
	/// What verification takes in the dearest of their systems.
	effort: Effort,
}

impl<T: Config> Accepted<T> {
	/// What the answers have, everything that they have in common being counted once.
	pub fn size(&self) -> BatchSize {
		let jobs = self.answered.iter().map(|answered| &answered.job);
		let requesters: BTreeSet<_> = jobs.clone().map(|job| &job.requester).collect();
		let workers: BTreeSet<_> =
			self.answered.iter().map(|answered| &answered.claim.worker).collect();
		let versions: BTreeSet<_> = jobs.clone().map(|job| (job.model, job.version)).collect();
		let mut size = BatchSize {
			proofs: 0,
			keys: self.circuits,
			inputs: self.key_inputs,
			words: 0,
			requesters: count(requesters.len()),
			workers: count(workers.len()),
			versions: count(versions.len()),
			skipped: count(self.skipped.len()),
			effort: self.effort,
		};
		jobs.for_each(|job| Pallet::<T>::rules_of(job).weigh(job, &mut size));
		size
	}
}

/// Why the answers of a call are refused, and what finding that out weighed.
pub(crate) struct RefusedAnswers {
	/// The answer that is wrong, by its position, and what is wrong with it; `None` if it is some
	/// proof of several.
	item: Option<(u16, ItemRefusal)>,
	/// What was read and checked until then.
	weight: Weight,
}

/// Why a batch was refused, and what finding that out weighed.
pub(crate) struct RefusedBatch<T> {
	/// What is wrong.
	pub error: Error<T>,
	/// What was read and checked until then.
	pub weight: Weight,
}

impl<T> From<RefusedAnswers> for RefusedBatch<T> {
	fn from(RefusedAnswers { item, weight }: RefusedAnswers) -> Self {
		let error = match item {
			Some((item, reason)) => Error::BadItem { item, reason },
			None => Error::InvalidBatch,
		};
		Self { error, weight }
	}
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
	/// The answer, if it would be paid. Whoever sends it: it is paid to its claimant.
	///
	/// # Errors
	///
	/// What storage, or the answer's proof, says against it.
	pub(crate) fn check_answer(answer: Answer<T>) -> Result<Accepted<T>, Error<T>> {
		let accepted = Self::check_answers(vec![answer]).map_err(|refused| match refused.item {
			Some((_, reason)) => Error::from(reason),
			None => Error::InvalidProof,
		})?;
		match accepted.skipped.first() {
			Some(skipped) => Err(skipped.reason.into()),
			None => Ok(accepted),
		}
	}

	/// The answers that would be paid, and those that would be skipped; refused if a proof is wrong.
	/// Whoever sends them: each is paid to its claimant.
	///
	/// # Errors
	///
	/// There is none, or what is wrong with one.
	pub(crate) fn check_batch(answers: Vec<Answer<T>>) -> Result<Accepted<T>, RefusedBatch<T>> {
		if answers.is_empty() {
			return Err(RefusedBatch { error: Error::EmptyBatch, weight: Weight::zero() });
		}
		Ok(Self::check_answers(answers)?)
	}

	/// One or more answers; see [`Self::check_answer`] and [`Self::check_batch`].
	fn check_answers(answers: Vec<Answer<T>>) -> Result<Accepted<T>, RefusedAnswers> {
		let mut accepted = Accepted {
			answered: Vec::new(),
			skipped: Vec::new(),
			circuits: 0,
			key_inputs: 0,
			effort: Effort::MEASURED,
		};
		let genesis = Self::genesis_hash();
		let mut evidence =
			Evidence { genesis, proofs: Default::default(), places: Vec::new(), item: 0 };
		let mut seen = BTreeSet::new();
		for (answer, item) in answers.into_iter().zip(0u16..) {
			let job = answer.job;
			evidence.item = item;
			let checked = if seen.insert(job) {
				Self::check_item(&answer, &mut evidence)
			} else {
				Err(ItemRefusal::RepeatedJob)
			};
			accepted.circuits = evidence.proofs.circuits();
			accepted.key_inputs = evidence.proofs.key_inputs();
			accepted.effort = evidence.proofs.effort();
			match checked {
				Ok((job, claim)) => {
					let Answer { job: id, output, .. } = answer;
					accepted.answered.push(Answered { id, job, claim, output });
				}
				Err(reason) if reason.is_of_storage() => {
					accepted.skipped.push(SkippedItem { item, job, reason });
				}
				Err(reason) => {
					// The wrong one was looked at, too.
					let size = accepted.size();
					let size = BatchSize { proofs: size.proofs.saturating_add(1), ..size };
					let weight = size.weight::<T>();
					return Err(RefusedAnswers { item: Some((item, reason)), weight });
				}
			}
		}
		evidence
			.judge()
			.map_err(|item| RefusedAnswers { item, weight: accepted.size().weight::<T>() })?;
		Ok(accepted)
	}

	/// Checks an answer as far as that does not wait for all of them.
	fn check_item(
		answer: &Answer<T>,
		evidence: &mut Evidence<T>,
	) -> Result<(Job<T>, Claim<T>), ItemRefusal> {
		let job = Jobs::<T>::get(answer.job).ok_or(ItemRefusal::UnknownJob)?;
		let State::Claimed(claim) = &job.state else { return Err(ItemRefusal::NotClaimed) };
		ensure!(claim.worker == answer.worker, ItemRefusal::NotClaimant);
		ensure!(!Self::is_overdue(&job, claim), ItemRefusal::DeadlinePassed);
		let claim = claim.clone();
		Self::rules_of(&job).check(&job, &claim, answer, evidence)?;
		Ok((job, claim))
	}

	/// The hash of this chain's first block, which `frame_system` never prunes.
	pub(crate) fn genesis_hash() -> GenesisHash {
		GenesisHash::from_hash(&frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero()))
	}
}

impl<T: Config> Evidence<T> {
	/// Adds the proof of the answer that is looked at, about a circuit that was admitted.
	///
	/// # Errors
	///
	/// Why it cannot be right, as far as that shows now.
	pub fn add_proof(
		&mut self,
		circuit: <BatchOf<T> as ProofBatch>::Admitted,
		statement: &Statement<'_>,
		proof: &[u8],
	) -> Result<(), ProofRefusal> {
		self.proofs.add(circuit, statement, proof)?;
		self.places.push(self.item);
		Ok(())
	}

	/// Judges all of it.
	///
	/// # Errors
	///
	/// The answer that is wrong, by its position, or `None` if it is some of several.
	fn judge(self) -> Result<(), Option<(u16, ItemRefusal)>> {
		match self.proofs.verify() {
			Ok(()) => Ok(()),
			Err(BatchRefusal::Item { index, refusal }) => {
				let place = usize::try_from(index).ok().and_then(|index| self.places.get(index));
				Err(Some((place.copied().unwrap_or(u16::MAX), refusal.into())))
			}
			Err(BatchRefusal::Invalid) => Err(None),
		}
	}
}
