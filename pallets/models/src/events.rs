// SPDX-License-Identifier: Apache-2.0

//! What the pallet tells the world. Part of [`crate::pallet`], which imports it.

#[frame_support::pallet_macros::pallet_section]
mod events {
	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model was registered. [`Event::VersionPublished`] follows for its first version.
		Registered {
			/// The new model.
			model: ModelId,
			/// Who owns it.
			owner: T::AccountId,
		},
		/// A version was published and takes jobs.
		VersionPublished {
			/// The model.
			model: ModelId,
			/// The new version.
			version: Version,
			/// The circuit that computes it.
			circuit: CircuitId,
			/// Commitment to its weights.
			commitment: ModelCommitment,
			/// Share of a job's price that goes to the owner.
			royalty: Permill,
		},
		/// A version takes no new jobs any more.
		Deprecated {
			/// The model.
			model: ModelId,
			/// The version.
			version: Version,
		},
		/// A version was removed and its deposit returned.
		VersionRemoved {
			/// The model.
			model: ModelId,
			/// The former version.
			version: Version,
			/// Who got the deposit back.
			depositor: T::AccountId,
		},
		/// A model was removed along with its last version.
		Removed {
			/// The former model.
			model: ModelId,
		},
		/// The owner of a model was paid what a version had earned: the royalties of the jobs on it that were
		/// settled since the last time, to the last unit.
		RoyaltyCollected {
			/// The model.
			model: ModelId,
			/// The version.
			version: Version,
			/// Who owns the model, and was paid.
			owner: T::AccountId,
			/// What it was paid.
			amount: BalanceOf<T>,
		},
		/// A model has a new owner, to whom royalties go from now on, also those of open jobs and those that
		/// were not collected.
		OwnershipTransferred {
			/// The model.
			model: ModelId,
			/// The former owner.
			from: T::AccountId,
			/// The new owner.
			to: T::AccountId,
		},
	}
}
