// SPDX-License-Identifier: Apache-2.0

//! Benchmarks.

#![allow(
	missing_docs,
	clippy::expect_used,
	reason = "set-up of measurements, never part of a runtime that a chain runs"
)]

use crate::{Call, Config, Pallet, Validators};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};

/// What the benchmarks need of the runtime.
pub trait BenchmarkHelper<AccountId> {
	/// Gives an account session keys.
	fn set_keys(who: &AccountId);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn set_validators(v: Linear<1, { T::MaxValidators::get() }>) -> Result<(), BenchmarkError> {
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let accounts: Vec<T::AccountId> = (0..v).map(|n| account("validator", n, 0)).collect();
		accounts.iter().for_each(T::BenchmarkHelper::set_keys);
		let validators = BoundedVec::truncate_from(accounts);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, validators.clone());

		assert_eq!(Validators::<T>::get(), validators);
		Ok(())
	}
}
