// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_circuits`: estimates, until `make weights` replaces them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// The estimated weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_circuits::WeightInfo for WeightInfo<T> {
	fn register(i: u32) -> Weight {
		super::verification(<() as pallet_circuits::WeightInfo>::register(i))
	}

	fn deregister() -> Weight {
		<() as pallet_circuits::WeightInfo>::deregister()
	}

	fn freeze() -> Weight {
		<() as pallet_circuits::WeightInfo>::freeze()
	}

	fn unfreeze() -> Weight {
		<() as pallet_circuits::WeightInfo>::unfreeze()
	}

	fn verify_proof(i: u32) -> Weight {
		super::verification(<() as pallet_circuits::WeightInfo>::verify_proof(i))
	}

	fn verify_batch(p: u32, k: u32, i: u32) -> Weight {
		super::verification(<() as pallet_circuits::WeightInfo>::verify_batch(p, k, i))
	}
}
