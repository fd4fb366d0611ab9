// SPDX-License-Identifier: Apache-2.0

//! What the pallet tells the world. Part of [`crate::pallet`], which imports it.

#[frame_support::pallet_macros::pallet_section]
mod events {
	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A worker registered.
		Registered {
			/// The worker.
			worker: T::AccountId,
			/// Its bond.
			bond: BalanceOf<T>,
		},
		/// A worker's bond changed by the worker's own doing.
		BondChanged {
			/// The worker.
			worker: T::AccountId,
			/// The bond from now on.
			bond: BalanceOf<T>,
		},
		/// A worker changed what it tells about itself.
		MetadataSet {
			/// The worker.
			worker: T::AccountId,
		},
		/// A worker left and got its bond back. Its reputation stays, with the deposit for it; where
		/// there is nothing to remember, the deposit returned, too.
		Deregistered {
			/// The former worker.
			worker: T::AccountId,
			/// The bond that it got back.
			bond: BalanceOf<T>,
		},
		/// A worker lost part of its bond.
		BondForfeited {
			/// The worker.
			worker: T::AccountId,
			/// Who was compensated out of it.
			beneficiary: T::AccountId,
			/// What the beneficiary received.
			compensation: BalanceOf<T>,
			/// What was burnt.
			burnt: BalanceOf<T>,
			/// The bond that is left.
			bond: BalanceOf<T>,
		},
		/// A worker handed a job back and lost a part of its bond for it.
		Declined {
			/// The worker.
			worker: T::AccountId,
			/// What was burnt.
			burnt: BalanceOf<T>,
			/// The bond that is left.
			bond: BalanceOf<T>,
		},
		/// Outcomes of jobs changed a worker's score; told once for all that a call settles. Nobody
		/// tells that it fades.
		ScoreChanged {
			/// The worker.
			worker: T::AccountId,
			/// The score in this block.
			score: sp_runtime::Permill,
		},
	}
}
