// SPDX-License-Identifier: Apache-2.0

//! What the pallet tells the world. Part of [`crate::pallet`], which imports it.

#[frame_support::pallet_macros::pallet_section]
mod events {
	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A job was opened and its price, the highest where it rises, escrowed.
		Opened {
			/// The new job.
			job: JobId,
			/// Who pays.
			requester: T::AccountId,
			/// The model to run.
			model: ModelId,
			/// Its version.
			version: Version,
			/// What is paid.
			price: PriceOf<T>,
			/// The last block in which an answer counts.
			deadline: BlockNumberFor<T>,
		},
		/// The requester withdrew a job. [`Event::Refunded`] follows.
		Cancelled {
			/// The job.
			job: JobId,
		},
		/// A worker claimed a job.
		Claimed {
			/// The job.
			job: JobId,
			/// The worker.
			worker: T::AccountId,
			/// The last block in which its answer counts.
			until: BlockNumberFor<T>,
			/// What is paid for the answer.
			price: BalanceOf<T>,
			/// What the worker loses otherwise.
			bond: BalanceOf<T>,
		},
		/// A proof was verified, and the answer paid. Payout, royalty and fee add up to the price that its claim
		/// had fixed; together with the rest, what [`Event::RestBurnt`] says of this job before, and the bounty,
		/// to what was held.
		Settled {
			/// The former job.
			job: JobId,
			/// Who answered.
			worker: T::AccountId,
			/// Who paid.
			requester: T::AccountId,
			/// The model that was run.
			model: ModelId,
			/// Its version.
			version: Version,
			/// The answer.
			output: OutputOf<T>,
			/// What the worker received.
			payout: BalanceOf<T>,
			/// What went to the market's pot, and is owed to the model's owner.
			royalty: BalanceOf<T>,
			/// What was burnt as the protocol's fee.
			fee: BalanceOf<T>,
			/// What went back to the requester, since the price had not risen to its top.
			rest: BalanceOf<T>,
			/// What the worker received beside its payout, of the bonds of workers that had let their time
			/// pass.
			bounty: BalanceOf<T>,
		},
		/// The requester's account could not take back what was held beyond the price, which was burnt.
		RestBurnt {
			/// The job that is being settled.
			job: JobId,
			/// What was burnt.
			amount: BalanceOf<T>,
		},
		/// A worker let its time pass and lost the bond on the job.
		Forfeited {
			/// The job.
			job: JobId,
			/// The worker.
			worker: T::AccountId,
			/// What was put up for whoever answers, held beside the price.
			bounty: BalanceOf<T>,
			/// What was burnt.
			burnt: BalanceOf<T>,
		},
		/// A worker handed back its claim. [`Event::Reopened`] or [`Event::Refunded`] follows.
		Declined {
			/// The job.
			job: JobId,
			/// The worker.
			worker: T::AccountId,
			/// What was burnt of its bond.
			burnt: BalanceOf<T>,
		},
		/// A job of a batch was left out, for what is in storage; the others were paid.
		Skipped {
			/// The position of its answer in the batch, from zero.
			item: u16,
			/// The job that it was meant for.
			job: JobId,
			/// Why it was not paid.
			reason: ItemRefusal,
		},
		/// A worker was released from a job whose circuit is frozen, without loss.
		Excused {
			/// The job.
			job: JobId,
			/// The worker.
			worker: T::AccountId,
		},
		/// A job whose claim was overdue or handed back can be claimed again.
		Reopened {
			/// The job.
			job: JobId,
		},
		/// A job ended without an answer; its price was returned, and the bounty with it.
		Refunded {
			/// The former job.
			job: JobId,
			/// Who got the price back.
			requester: T::AccountId,
			/// The price, the highest where it could rise.
			amount: BalanceOf<T>,
			/// What workers had left that let their time pass.
			bounty: BalanceOf<T>,
		},
		/// The requester's account could not take back the deposit of a job that ended, which was
		/// given up: nobody else shall wait for it.
		DepositLost {
			/// The former job.
			job: JobId,
			/// Whose deposit it was.
			requester: T::AccountId,
		},
	}
}
