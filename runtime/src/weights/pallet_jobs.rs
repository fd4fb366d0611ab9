// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_jobs`: estimates, until `make weights` replaces them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// The estimated weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_jobs::WeightInfo for WeightInfo<T> {
	fn open(b: u32) -> Weight {
		<() as pallet_jobs::WeightInfo>::open(b)
	}

	fn cancel() -> Weight {
		<() as pallet_jobs::WeightInfo>::cancel()
	}

	fn claim() -> Weight {
		<() as pallet_jobs::WeightInfo>::claim()
	}

	fn submit(i: u32) -> Weight {
		super::verification(<() as pallet_jobs::WeightInfo>::submit(i))
	}

	fn expire() -> Weight {
		<() as pallet_jobs::WeightInfo>::expire()
	}

	fn submit_batch(p: u32, k: u32, i: u32) -> Weight {
		super::verification(<() as pallet_jobs::WeightInfo>::submit_batch(p, k, i))
	}
}
