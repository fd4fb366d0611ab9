// SPDX-License-Identifier: Apache-2.0

//! The calls: who may make them, what they weigh, and what they promise. Part of [`crate::pallet`], which
//! imports it.
//!
//! Each hands over to a function of an ordinary module, `open` to `open_for`: the lints against panics do
//! not look into what is imported into a pallet.

#[frame_support::pallet_macros::pallet_section]
mod calls {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Open a job: have a model run on an input.
		///
		/// ## Dispatch Origin
		///
		/// Signed. The price, the highest where it rises, and a deposit for the job's storage are held on
		/// the signer's account.
		///
		/// ## Details
		///
		/// Circuit, commitment, royalty and protocol fee are fixed now, whatever happens to the
		/// model later. With `input`, workers find it on chain, and the commitment's blinder must be
		/// zero; without, the requester hands input and blinder in private to the workers that `demands`
		/// names. The chain does not compute the commitment: a worker checks it before it claims.
		///
		/// `deadline` is the last block in which an answer counts, unless blocks are full until then
		/// or the circuit is frozen: it moves by one for each block that does not count. It leaves
		/// room for one whole `proving_period` after the next block.
		///
		/// A price may rise, block by block, until a claim fixes it; what is held beyond that returns with the
		/// settlement. It rises in blocks that count and in which nobody holds the job, and must be at
		/// its top while a claim still fits.
		///
		/// Workers that `demands` names need not be workers yet. If none of them ever claims the job, it
		/// ends like any other that nobody claims: the requester may cancel it at any time, and anyone
		/// expire it once no claim fits.
		///
		/// ## Errors
		///
		/// - [`Error::UnknownModel`], [`Error::DeprecatedVersion`], [`Error::TooManyOpenJobs`],
		///   [`Error::UnknownCircuit`], [`Error::FrozenCircuit`], [`Error::OutputTooLong`]: no jobs
		///   on this version.
		/// - [`Error::NobodyNamed`]: `demands` names workers, but none.
		/// - [`Error::DevelopmentSetup`], [`Error::NotAttested`]: the setup is of a single party, or nobody
		///   vouches for it, as `demands` asks.
		/// - [`Error::NonCanonicalCommitment`], [`Error::WrongInputLength`]: the input is wrong.
		/// - [`Error::PrivateForAnyone`]: the input is not posted, and anyone could claim the job.
		/// - [`Error::PriceTooLow`], [`Error::PayoutTooLow`]: the price, the lowest where it rises, is too
		///   low.
		/// - [`Error::RampWithoutRise`], [`Error::RampTooLong`]: the price rises to nothing higher, or
		///   for longer than a claim fits.
		/// - [`Error::ProvingPeriodTooShort`], [`Error::ProvingPeriodTooLong`],
		///   [`Error::DeadlineTooSoon`], [`Error::DeadlineTooFar`]: the times are out of bounds.
		/// - [`Error::IdsExhausted`]: no more jobs.
		/// - The currency's or the deposit's own error when the signer cannot pay.
		///
		/// ## Events
		///
		/// - [`Event::Opened`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::open(
			input.as_ref().map_or(0, |input| weights::count(input.len()))
		))]
		pub fn open(
			origin: OriginFor<T>,
			model: ModelId,
			version: Version,
			input_commitment: InputCommitment,
			input: Option<InlineInputOf<T>>,
			price: PriceOf<T>,
			tier: Tier,
			demands: Demands<T>,
			proving_period: BlockNumberFor<T>,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			let offer = Offer { model, version, price, tier, demands, proving_period, deadline };
			let input = Input { commitment: input_commitment, posted: input };
			Self::open_one(requester, &offer, input)
		}

		/// Withdraw a job that nobody has claimed.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the requester.
		///
		/// ## Details
		///
		/// Price and deposit return in full, with the bounty if there is one. A job whose claim is overdue must be expired first, so
		/// that the worker's bond is settled.
		///
		/// ## Errors
		///
		/// - [`Error::UnknownJob`]: there is no such job.
		/// - [`Error::NotRequester`]: it is somebody else's.
		/// - [`Error::AlreadyClaimed`]: a worker has claimed it, in time or not.
		///
		/// ## Events
		///
		/// - [`Event::Cancelled`], [`Event::Refunded`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::cancel())]
		pub fn cancel(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::cancel_for(&who, job)
		}

		/// Claim a job: promise to answer within its proving period.
		///
		/// ## Dispatch Origin
		///
		/// Signed by a worker.
		///
		/// ## Details
		///
		/// Fixes the price where it rises, and locks `max(MinJobBond, BondShare · price)` of the worker's
		/// bond. The whole proving period
		/// must fit before the deadline, so that nobody is made to promise what cannot be kept. A
		/// claim that is overdue can be taken over: the previous claimant's bond is forfeited in the
		/// same call, and a part of it is a bounty for whoever answers.
		///
		/// ## Errors
		///
		/// - [`Error::UnknownJob`]: there is no such job.
		/// - [`Error::FrozenCircuit`]: no proof would be accepted.
		/// - [`Error::AlreadyClaimed`], [`Error::OwnClaimOverdue`]: the job is taken.
		/// - [`Error::TooLateToClaim`]: the proving period does not fit.
		/// - [`Error::NotAttested`]: nobody vouches for the setup any more, as the requester demands.
		/// - [`Error::NotNamed`], [`Error::ReputationTooLow`], [`Error::NotRegistered`], [`Error::BondBelowMinimum`],
		///   [`Error::InsufficientBond`], [`Error::TooManyOpenJobs`]: the signer is not eligible.
		///
		/// ## Events
		///
		/// - [`Event::Forfeited`] when a claim is taken over, [`Event::Claimed`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::claim_for(who, job)
		}

		/// Answer a job and be paid.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the worker that has claimed the job.
		///
		/// ## Details
		///
		/// A batch of one, and cheaper than that: see [`Pallet::submit_batch`]. The runtime rebuilds the
		/// statement from its own storage, the posted output, the chain's
		/// genesis hash, the job's id and the claimant's account, and verifies the proof. Then, all
		/// or nothing: the price that the claim has fixed is divided among worker, model owner and burn,
		/// the worker gets the bounty of those that let the job pass before it,
		/// what was held beyond it returns to the requester, the bond is unlocked, reputation updated,
		/// the requester's deposit returned and the job removed. The royalty goes to the market's pot and is owed to
		/// the model's owner, who can collect it. A rest that the requester's account
		/// cannot receive is burnt, and a deposit that it cannot take back is given up: neither can hold up the worker's pay.
		///
		/// ## Errors
		///
		/// - [`Error::UnknownJob`]: there is no such job.
		/// - [`Error::NotClaimed`], [`Error::NotClaimant`], [`Error::DeadlinePassed`]: the signer
		///   has no claim, or not any more.
		/// - [`Error::FrozenCircuit`]: no proof is accepted. Expire the job to be released.
		/// - [`Error::WrongOutputLength`], [`Error::MalformedProof`], [`Error::InvalidProof`]: the
		///   answer is wrong.
		/// - [`Error::SeveralRuns`]: proofs under the circuit are of several runs.
		/// - [`Error::UnknownCircuit`], [`Error::UnusableKey`], [`Error::NonCanonicalCommitment`]:
		///   cannot happen while the pallets' invariants hold.
		///
		/// ## Events
		///
		/// - [`Event::Settled`], and before it [`Event::RestBurnt`] or [`Event::DepositLost`] where it
		///   applies.
		#[pallet::call_index(3)]
		#[pallet::weight(weights::submit::<T>(output.len()))]
		pub fn submit(
			origin: OriginFor<T>,
			job: JobId,
			output: OutputOf<T>,
			proof: ProofOf<T>,
		) -> DispatchResultWithPostInfo {
			let worker = ensure_signed(origin)?;
			Self::settle_one(Answer::to_one(job, worker, output, proof))
		}

		/// Move on a job that waits for nobody any more.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by anyone; where the circuit is frozen and the claim not overdue, by claimant or
		/// requester.
		///
		/// ## Details
		///
		/// - A claim that is overdue is forfeited: a share of the bond, up to [`Config::MaxBounty`], becomes
		///   a bounty for whoever answers, the rest is burnt. If another claim still fits before the
		///   deadline and the circuit is not frozen, the job is open again; otherwise it ends, and price and
		///   bounty go to the requester.
		/// - An open job into which no claim fits any more ends, with the same.
		/// - A claimed job whose circuit is frozen ends when one of the two does not want to wait: the
		///   worker loses nothing, and the price returns.
		///
		/// ## Errors
		///
		/// - [`Error::UnknownJob`]: there is no such job.
		/// - [`Error::NotExpirable`]: it can still be claimed or answered, or others have to decide.
		///
		/// ## Events
		///
		/// - [`Event::Forfeited`] or [`Event::Excused`] where there was a claim, then
		///   [`Event::Reopened`] or [`Event::Refunded`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::expire())]
		pub fn expire(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::expire_for(&who, job)
		}

		/// Answer many jobs at once, of any workers and models, and have the workers paid.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by anyone. The signer pays the transaction's fee and gets nothing: each answer is
		/// paid to the worker that has claimed its jobs, to whom its proof is bound.
		///
		/// ## Details
		///
		/// An answer that storage refuses, because its job has ended, is overdue, or is another
		/// worker's by now, is skipped: nobody can make a batch worthless by settling one of its jobs
		/// first. The proofs of the others are verified together, and their jobs settled as
		/// [`Pallet::submit`] would have settled them in this order; one wrong proof refuses them all.
		/// Where a circuit's proofs are of several runs, an answer settles as many jobs of one model: all of
		/// them or, where storage refuses one, none, since the proof is of all.
		/// Each account is paid once for all that it is due.
		///
		/// The call weighs by the numbers of different circuits, requesters and versions that the jobs have, which
		/// `distinct` says, and which the view function of that name tells. More than there are cost nothing but room in the block; fewer
		/// refuse the batch when the first job beyond them is met, before anything further is read.
		///
		/// The fee is that of what was done: what the answers have in common, and those that were
		/// skipped or not looked at any more, are refunded, also where the batch is refused.
		///
		/// ## Errors
		///
		/// - [`Error::EmptyBatch`]: there is nothing to do.
		/// - [`Error::MoreThanDeclared`]: the jobs have less in common than `distinct` says, or it says that there
		///   is none of something.
		/// - [`Error::BadItem`]: an answer whose proof or output is wrong, with its position and what
		///   is wrong. It is the first such, except that points outside their subgroup, which only
		///   verification finds, are reported after every other fault.
		/// - [`Error::InvalidBatch`]: all is well but some proof, and there is more than one.
		///
		/// ## Events
		///
		/// - For each answer that is not paid, [`Event::Skipped`].
		/// - For each job, [`Event::Settled`], and before it [`Event::RestBurnt`] or
		///   [`Event::DepositLost`] where it applies.
		#[pallet::call_index(5)]
		#[pallet::weight(weights::BatchSize::declared(answers, *distinct).weight::<T>())]
		pub fn submit_batch(
			origin: OriginFor<T>,
			answers: AnswersOf<T>,
			distinct: Distinct,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::settle_batch(answers.into_inner(), distinct)
		}

		/// Hand back a claim that cannot or shall not be met.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the worker that has claimed the job, before its claim is overdue.
		///
		/// ## Details
		///
		/// Burns the part of the bond on the job that is the part of the proving period that has gone
		/// by, and at least [`Config::DeclinePenalty`]; the rest is unlocked. `decline_penalty` tells
		/// how much that is. If another claim fits before the deadline, the job is open again;
		/// otherwise it ends and the price returns.
		///
		/// ## Errors
		///
		/// - [`Error::UnknownJob`]: there is no such job.
		/// - [`Error::NotClaimed`], [`Error::NotClaimant`], [`Error::DeadlinePassed`]: the signer has
		///   no claim, or not any more.
		/// - [`Error::FrozenCircuit`]: expire the job to be released without loss.
		///
		/// ## Events
		///
		/// - [`Event::Declined`], then [`Event::Reopened`] or [`Event::Refunded`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::decline())]
		pub fn decline(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::decline_for(&who, job)
		}

		/// Open many jobs on the same terms, one for each input.
		///
		/// ## Dispatch Origin
		///
		/// Signed. The prices, the highest where they rise, and the deposits for the jobs' storage are held
		/// on the signer's account.
		///
		/// ## Details
		///
		/// The same as as many calls of [`Pallet::open`], with ids in the order of the inputs, or nothing at
		/// all. What could come to pass while the batch is on its way, that the version takes no jobs any
		/// more, say, concerns all of them; what is wrong with one is its sender's doing. So there is nothing
		/// to skip.
		///
		/// ## Errors
		///
		/// - [`Error::EmptyBatch`]: there are no inputs.
		/// - [`Error::BadInput`]: an input that is wrong, the first such, with its position.
		/// - Those of [`Pallet::open`].
		///
		/// ## Events
		///
		/// - For each job, [`Event::Opened`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::open_batch(weights::count(inputs.len())))]
		pub fn open_batch(
			origin: OriginFor<T>,
			model: ModelId,
			version: Version,
			inputs: InputsOf<T>,
			price: PriceOf<T>,
			tier: Tier,
			demands: Demands<T>,
			proving_period: BlockNumberFor<T>,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			let offer = Offer { model, version, price, tier, demands, proving_period, deadline };
			Self::open_all(requester, &offer, inputs.into_inner())
		}
	}
}
