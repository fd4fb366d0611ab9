// SPDX-License-Identifier: Apache-2.0

//! Why calls are refused. Part of [`crate::pallet`], which imports it; what becomes which error stands in
//! `checks`.

#[frame_support::pallet_macros::pallet_section]
mod errors {
	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The model or the version does not exist.
		UnknownModel,
		/// The version takes no new jobs. Look for a newer one.
		DeprecatedVersion,
		/// The version, or the worker, has as many open jobs as can be counted.
		TooManyOpenJobs,
		/// The circuit does not exist.
		UnknownCircuit,
		/// The circuit is frozen: no jobs, claims or proofs.
		FrozenCircuit,
		/// A commitment is not in its canonical form.
		NonCanonicalCommitment,
		/// The input is not as long as the model demands.
		WrongInputLength,
		/// The input is not posted, and no worker is named to whom it is handed instead. Post it, or name
		/// one.
		PrivateForAnyone,
		/// The model's output is longer than can be posted.
		OutputTooLong,
		/// The price is below the minimum.
		PriceTooLow,
		/// After royalty and fee, too little remains for a worker to receive.
		PayoutTooLow,
		/// The price is to rise to one that is no higher, or within no time.
		RampWithoutRise,
		/// The price would still rise when no claim fits any more.
		RampTooLong,
		/// The proving period is shorter than allowed.
		ProvingPeriodTooShort,
		/// The proving period is longer than allowed.
		ProvingPeriodTooLong,
		/// The deadline is before the end of a proving period that starts in the next block.
		DeadlineTooSoon {
			/// By so many blocks at least it must be later.
			blocks: u16,
		},
		/// The deadline is further away than allowed.
		DeadlineTooFar,
		/// The list of workers that may claim the job is empty. Name one, or let anyone claim it.
		NobodyNamed,
		/// All job ids are used up.
		IdsExhausted,
		/// No open job has this id: it never existed, or it has ended.
		UnknownJob,
		/// Only the requester may do this.
		NotRequester,
		/// A worker has claimed the job and still has time.
		AlreadyClaimed,
		/// The overdue claim is the signer's own. Expire the job before claiming it again.
		OwnClaimOverdue,
		/// The requester has named who may claim the job, and the signer is not among them.
		NotNamed,
		/// The proving period would end after the deadline.
		TooLateToClaim,
		/// A single party ran the setup of the circuit, and could forge proofs. Use a model under another
		/// circuit, or demand nothing of the setup.
		DevelopmentSetup,
		/// The requester demands that somebody vouches for the setup of the circuit, and nobody does.
		NotAttested,
		/// The worker's reputation is below what the requester demands.
		ReputationTooLow,
		/// The signer is not a worker. Register first.
		NotRegistered,
		/// The worker's bond is below the minimum. Top it up.
		BondBelowMinimum,
		/// The unlocked part of the worker's bond is less than the job demands.
		InsufficientBond,
		/// Nobody has claimed the job.
		NotClaimed,
		/// Only the worker that has claimed the job may answer.
		NotClaimant,
		/// The last block in which the answer would have counted has passed.
		DeadlinePassed,
		/// The output is not as long as the model's.
		WrongOutputLength,
		/// The bytes are not a proof.
		MalformedProof,
		/// The proof is not of this statement: this model, input, output, chain, job and worker.
		InvalidProof,
		/// The circuit's key cannot check this job's statement.
		UnusableKey,
		/// A proof under the circuit is of several runs. Send it with `submit_batch`.
		SeveralRuns,
		/// The job can still be claimed or answered.
		NotExpirable,
		/// The batch holds nothing.
		EmptyBatch,
		/// The jobs of the batch have less in common than its sender has declared. Ask `distinct` what to
		/// declare.
		MoreThanDeclared {
			/// The position of the answer with whose jobs there was more, from zero.
			item: u16,
			/// Of what.
			of: InCommon,
		},
		/// An input of the batch is wrong, whatever the others are; it is the first such.
		BadInput {
			/// Its position in the batch, from zero.
			item: u16,
			/// What is wrong with it.
			reason: InputRefusal,
		},
		/// The proof or the output of an answer of the batch is wrong, whatever the others are. It is
		/// the first such, but for points outside their subgroup, which show after all other faults.
		BadItem {
			/// Its position in the batch, from zero.
			item: u16,
			/// What is wrong with it.
			reason: ItemRefusal,
		},
		/// Some proof of the batch is not of its statement; which one is not known. Ask
		/// `can_submit` about each answer.
		InvalidBatch,
	}
}
