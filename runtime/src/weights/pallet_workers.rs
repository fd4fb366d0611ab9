// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_workers`: estimates, until `make weights` replaces them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// The estimated weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_workers::WeightInfo for WeightInfo<T> {
	fn register() -> Weight {
		<() as pallet_workers::WeightInfo>::register()
	}

	fn bond_more() -> Weight {
		<() as pallet_workers::WeightInfo>::bond_more()
	}

	fn unbond() -> Weight {
		<() as pallet_workers::WeightInfo>::unbond()
	}

	fn set_metadata() -> Weight {
		<() as pallet_workers::WeightInfo>::set_metadata()
	}

	fn deregister() -> Weight {
		<() as pallet_workers::WeightInfo>::deregister()
	}
}
