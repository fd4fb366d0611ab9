// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_models`: estimates, until `make weights` replaces them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// The estimated weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_models::WeightInfo for WeightInfo<T> {
	fn register() -> Weight {
		<() as pallet_models::WeightInfo>::register()
	}

	fn publish_version() -> Weight {
		<() as pallet_models::WeightInfo>::publish_version()
	}

	fn deprecate() -> Weight {
		<() as pallet_models::WeightInfo>::deprecate()
	}

	fn remove_version() -> Weight {
		<() as pallet_models::WeightInfo>::remove_version()
	}

	fn transfer_ownership() -> Weight {
		<() as pallet_models::WeightInfo>::transfer_ownership()
	}
}
