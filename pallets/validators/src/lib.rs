// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
// Native builds carry the checks, too, for tests of whatever stands above this pallet.
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::ValidatorRegistration};
	use frame_system::pallet_prelude::*;

	/// The storage layout of this version of the pallet.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the pallet needs from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who may change the validator set.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Tells whether an account has session keys.
		type Registration: ValidatorRegistration<Self::AccountId>;

		/// The largest validator set, in accounts.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Makes what the benchmarks rely on.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// The accounts that should validate, in the order in which they take turns.
	#[pallet::storage]
	pub type Validators<T: Config> =
		StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// Those of them that had session keys when a session was last planned: whom the session pallet
	/// has queued.
	#[pallet::storage]
	pub type Planned<T: Config> =
		StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// The first validator set.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The accounts, each once; their session keys belong in the session pallet's genesis.
		pub validators: Vec<T::AccountId>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			let validators = BoundedVec::try_from(self.validators.clone());
			assert!(validators.is_ok(), "genesis names more than MaxValidators validators");
			Validators::<T>::put(validators.unwrap_or_default());
		}
	}

	/// What the pallet tells the outside.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The validator set was replaced; it takes effect from the session after next.
		SetReplaced {
			/// The new set.
			validators: BoundedVec<T::AccountId, T::MaxValidators>,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// A chain without validators would stop for ever.
		EmptySet,
		/// An account is named twice.
		Duplicate,
		/// An account has no session keys: it calls `session.setKeys` first.
		MissingKeys,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Replace the validator set.
		///
		/// ## Dispatch Origin
		///
		/// `AdminOrigin`.
		///
		/// ## Details
		///
		/// The set takes effect from the session after next. Every account must have session keys.
		///
		/// ## Errors
		///
		/// - [`Error::EmptySet`], [`Error::Duplicate`], [`Error::MissingKeys`].
		///
		/// ## Events
		///
		/// - [`Event::SetReplaced`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::set_validators(
			u32::try_from(validators.len()).unwrap_or(u32::MAX)
		))]
		pub fn set_validators(
			origin: OriginFor<T>,
			validators: BoundedVec<T::AccountId, T::MaxValidators>,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			ensure!(!validators.is_empty(), Error::<T>::EmptySet);
			let mut sorted: Vec<_> = validators.iter().collect();
			sorted.sort();
			sorted.dedup();
			ensure!(sorted.len() == validators.len(), Error::<T>::Duplicate);
			ensure!(validators.iter().all(T::Registration::is_registered), Error::<T>::MissingKeys);

			Validators::<T>::put(validators.clone());
			Self::deposit_event(Event::SetReplaced { validators });
			Ok(())
		}
	}

	impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
		/// The validators of the session after the one that starts now, if they are not those of the
		/// one that starts now.
		///
		/// `None` lets the session pallet go on with those, and still look for keys that changed
		/// among them. It would overlook keys that are gone, and keys that came back: so only
		/// validators with keys are planned, and a change of that is a change of the set.
		///
		/// Nobody is planned if nobody has keys. The session pallet goes on with the last authorities
		/// then, since a chain without any would stop for ever.
		fn new_session(_new_index: u32) -> Option<Vec<T::AccountId>> {
			let mut next = Validators::<T>::get();
			next.retain(T::Registration::is_registered);
			if next == Planned::<T>::get() {
				return None;
			}
			Planned::<T>::put(&next);
			(!next.is_empty()).then(|| next.into_inner())
		}

		fn start_session(_start_index: u32) {}

		fn end_session(_end_index: u32) {}
	}
}
