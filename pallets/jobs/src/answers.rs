// SPDX-License-Identifier: Apache-2.0

//! What must hold before answers are paid: of one, or of many at once. Calls and view functions share
//! these checks, and one answer is a batch of one.

use crate::{
	distinct::Seen,
	settlement::Answered,
	weights::{count, BatchSize},
	Answer, Claim, Config, Distinct, Error, InCommon, ItemRefusal, Job, Jobs, Pallet, Run,
	SkippedItem, State,
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use candor_market::{BatchRefusal, CircuitId, ProofBatch, Proofs};
use candor_proof_system::Effort;
use candor_statement::{Binding, GenesisHash, InputCommitment, JobId, ModelCommitment, Statement};
use frame_support::{dispatch::DispatchErrorWithPostInfo, ensure, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, DispatchError};

/// Proofs of this runtime that are verified together.
type BatchOf<T> = <<T as Config>::Proofs as Proofs<BlockNumberFor<T>>>::Batch;

/// A job with the claim on it.
type Claimed<T> = (Job<T>, Claim<T>);

/// What the tiers collect about the answers of a call, to be judged at once.
pub(crate) struct Evidence<T: Config> {
	/// The hash of this chain's first block.
	pub genesis: GenesisHash,
	/// Proofs that are verified together.
	pub proofs: BatchOf<T>,
	/// How many different ones the jobs may have.
	declared: Distinct,
	/// What the jobs have that no run of theirs speaks against.
	seen: Seen<T>,
	/// Where the answers with those proofs stand in the call.
	items: Vec<u16>,
	/// What the runs of the answer that is looked at are about, if it is proved.
	stated: Vec<Stated>,
}

/// What a run is about whose output is proved. All of it is of the chain's own making.
pub(crate) struct Stated {
	/// The job's circuit.
	pub circuit: CircuitId,
	/// The commitment to its model.
	pub model: ModelCommitment,
	/// The commitment to its input.
	pub input: InputCommitment,
	/// Chain, job and claimant.
	pub binding: Binding,
	/// Bytes of the output.
	pub output_len: u32,
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

/// What is wrong with the answers of a call.
#[derive(Clone, Copy)]
enum Fault {
	/// The answer at this position is wrong.
	Item(u16, ItemRefusal),
	/// With the answer at this position, the jobs have more of something than was declared.
	Undeclared(u16, InCommon),
	/// Some proof of several is wrong.
	SomeProof,
}

/// Why an answer is not paid.
enum Objection {
	/// Something is wrong with one of its runs, or something in storage speaks against it.
	Run(usize, ItemRefusal),
	/// With it, the jobs have more of something than was declared.
	Undeclared(InCommon),
}

/// Why the answers of a call are refused, and what finding that out weighed.
pub(crate) struct RefusedAnswers {
	/// What is wrong.
	fault: Fault,
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
	fn from(RefusedAnswers { fault, weight }: RefusedAnswers) -> Self {
		let error = match fault {
			Fault::Item(item, reason) => Error::BadItem { item, reason },
			Fault::Undeclared(item, of) => Error::MoreThanDeclared { item, of },
			Fault::SomeProof => Error::InvalidBatch,
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
		let accepted = Self::check_answers(vec![answer], Distinct::ONE);
		let accepted = accepted.map_err(|refused| match refused.fault {
			Fault::Item(_, reason) => Error::from(reason),
			// There is no more than one of anything.
			Fault::SomeProof | Fault::Undeclared(..) => Error::InvalidProof,
		})?;
		match accepted.skipped.first() {
			Some(skipped) => Err(skipped.reason.into()),
			None => Ok(accepted),
		}
	}

	/// The answers that would be paid, and those that would be skipped; refused if a proof is wrong, or
	/// the jobs have more of something than was declared. Whoever sends them: each is paid to its claimant.
	///
	/// # Errors
	///
	/// There is none, or what is wrong with one.
	pub(crate) fn check_batch(
		answers: Vec<Answer<T>>,
		distinct: Distinct,
	) -> Result<Accepted<T>, RefusedBatch<T>> {
		let unread = |error| RefusedBatch { error, weight: Weight::zero() };
		ensure!(!answers.is_empty(), unread(Error::EmptyBatch));
		if let Some(of) = distinct.too_small() {
			return Err(unread(Error::MoreThanDeclared { item: 0, of }));
		}
		Ok(Self::check_answers(answers, distinct)?)
	}

	/// One or more answers; see [`Self::check_answer`] and [`Self::check_batch`].
	fn check_answers(
		answers: Vec<Answer<T>>,
		distinct: Distinct,
	) -> Result<Accepted<T>, RefusedAnswers> {
		let mut accepted = Accepted {
			answered: Vec::new(),
			skipped: Vec::new(),
			circuits: 0,
			key_inputs: 0,
			effort: Effort::MEASURED,
		};
		let mut evidence = Evidence {
			genesis: Self::genesis_hash(),
			proofs: Default::default(),
			declared: distinct,
			seen: Seen::default(),
			items: Vec::new(),
			stated: Vec::new(),
		};
		let mut seen = BTreeSet::new();
		for (answer, item) in answers.into_iter().zip(0u16..) {
			let checked = Self::check_item(&answer, item, &mut seen, &mut evidence);
			accepted.circuits = evidence.proofs.circuits();
			accepted.key_inputs = evidence.proofs.key_inputs();
			accepted.effort = evidence.proofs.effort();
			match checked {
				Ok(claimed) => accepted.answered.extend(claimed.into_iter().zip(answer.runs).map(
					|((job, claim), Run { job: id, output })| Answered { id, job, claim, output },
				)),
				Err(Objection::Run(at, reason)) if reason.is_of_storage() => {
					let skipped = answer.runs.iter().enumerate().map(|(place, run)| {
						let reason =
							if place == at { reason } else { ItemRefusal::RefusedTogether };
						SkippedItem { item, job: run.job, reason }
					});
					accepted.skipped.extend(skipped);
				}
				Err(objection) => {
					// The wrong one was looked at, too.
					let size = accepted.size();
					let proofs = size.proofs.saturating_add(count(answer.runs.len()));
					let weight = BatchSize { proofs, ..size }.weight::<T>();
					let fault = match objection {
						Objection::Run(_, reason) => Fault::Item(item, reason),
						Objection::Undeclared(of) => Fault::Undeclared(item, of),
					};
					return Err(RefusedAnswers { fault, weight });
				}
			}
		}
		evidence
			.judge()
			.map_err(|fault| RefusedAnswers { fault, weight: accepted.size().weight::<T>() })?;
		Ok(accepted)
	}

	/// Checks an answer, which stands at position `item`, as far as that does not wait for all of them, and
	/// gives the jobs of its runs. `seen` are the jobs that were answered before.
	///
	/// # Errors
	///
	/// What is wrong, and with which of its runs.
	fn check_item(
		answer: &Answer<T>,
		item: u16,
		seen: &mut BTreeSet<JobId>,
		evidence: &mut Evidence<T>,
	) -> Result<Vec<Claimed<T>>, Objection> {
		evidence.stated.clear();
		let runs = answer.runs.iter().enumerate();
		let claimed = runs.map(|(place, run)| {
			let checked = if seen.contains(&run.job) {
				Err(ItemRefusal::RepeatedJob)
			} else {
				Self::check_run(&answer.worker, run, evidence)
			};
			// A job that the answer's worker has not claimed is left to whoever has.
			seen.extend(checked.is_ok().then_some(run.job));
			checked.map_err(|reason| Objection::Run(place, reason))
		});
		let claimed: Vec<Claimed<T>> = claimed.collect::<Result<_, _>>()?;
		// Before anything is read that the call does not weigh: a circuit, and what settles a job.
		evidence
			.seen
			.note_within(evidence.declared, claimed.iter().map(|(job, _)| job))
			.map_err(Objection::Undeclared)?;
		evidence.close(answer, item).map_err(|reason| Objection::Run(0, reason))?;
		Ok(claimed)
	}

	/// The job that a run answers, and the claim on it.
	fn check_run(
		worker: &T::AccountId,
		run: &Run<T>,
		evidence: &mut Evidence<T>,
	) -> Result<Claimed<T>, ItemRefusal> {
		let job = Jobs::<T>::get(run.job).ok_or(ItemRefusal::UnknownJob)?;
		let State::Claimed(claim) = &job.state else { return Err(ItemRefusal::NotClaimed) };
		ensure!(claim.worker == *worker, ItemRefusal::NotClaimant);
		ensure!(!Self::is_overdue(&job, claim), ItemRefusal::DeadlinePassed);
		let claim = claim.clone();
		Self::rules_of(&job).check(&job, &claim, run, evidence)?;
		Ok((job, claim))
	}

	/// The hash of this chain's first block, which `frame_system` never prunes.
	pub(crate) fn genesis_hash() -> GenesisHash {
		GenesisHash::from_hash(&frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero()))
	}
}

impl<T: Config> Evidence<T> {
	/// Adds what the next run of the answer that is looked at is about.
	///
	/// # Errors
	///
	/// It is another model than that of the runs before it.
	pub fn state(&mut self, stated: Stated) -> Result<(), ItemRefusal> {
		let is_other =
			|first: &Stated| first.circuit != stated.circuit || first.model != stated.model;
		ensure!(!self.stated.first().is_some_and(is_other), ItemRefusal::MixedModels);
		self.stated.push(stated);
		Ok(())
	}

	/// Adds the proof of an answer, which stands at position `item`, about what its runs have stated. Its circuit
	/// is read now: for nothing that storage refuses.
	///
	/// # Errors
	///
	/// No proofs are accepted about the circuit, or why this one cannot be right, as far as that shows now.
	fn close(&mut self, answer: &Answer<T>, item: u16) -> Result<(), ItemRefusal> {
		let first = self.stated.first().ok_or(ItemRefusal::WrongRuns)?;
		let circuit = self.proofs.admit(first.circuit)?;
		let is_whole = |(stated, run): (&Stated, &Run<T>)| {
			u32::try_from(run.output.len()) == Ok(stated.output_len)
		};
		let mut runs = self.stated.iter().zip(&answer.runs);
		ensure!(runs.all(is_whole), ItemRefusal::WrongOutputLength);
		let places = usize::from(answer.places);
		let is_right = self.proofs.runs(circuit) == u32::from(answer.places)
			&& self.stated.len() == answer.runs.len();
		let left = places.checked_sub(answer.runs.len()).filter(|_| is_right);
		let left = left.ok_or(ItemRefusal::WrongRuns)?;
		let runs = self.stated.iter().zip(&answer.runs).map(|(stated, run)| Statement {
			model: stated.model,
			input: stated.input,
			output: &run.output,
			binding: stated.binding,
		});
		let mut runs: Vec<_> = runs.collect();
		if let Some(last) = runs.last().copied() {
			runs.extend(vec![last; left]);
		}
		self.proofs.add(circuit, &runs, &answer.proof)?;
		self.items.push(item);
		Ok(())
	}

	/// Judges all of it.
	///
	/// # Errors
	///
	/// The answer that is wrong, by its position, or that it is some of several.
	fn judge(self) -> Result<(), Fault> {
		match self.proofs.verify() {
			Ok(()) => Ok(()),
			Err(BatchRefusal::Item { index, refusal }) => {
				let place = usize::try_from(index).ok().and_then(|index| self.items.get(index));
				Err(Fault::Item(place.copied().unwrap_or(u16::MAX), refusal.into()))
			}
			Err(BatchRefusal::Invalid) => Err(Fault::SomeProof),
		}
	}
}
