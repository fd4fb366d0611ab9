// SPDX-License-Identifier: Apache-2.0

//! Benchmarks. Metadata is as long as it can be.

#![allow(
	missing_docs,
	clippy::arithmetic_side_effects,
	clippy::expect_used,
	reason = "set-up of measurements, never part of a runtime that a chain runs"
)]

use crate::{BalanceOf, Call, Config, MetadataOf, Pallet, Reputations, Workers};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		Consideration, Get,
	},
	BoundedVec,
};
use frame_system::RawOrigin;

/// The longest metadata.
fn metadata<T: Config>() -> MetadataOf<T> {
	let bytes = usize::try_from(T::MaxMetadataBytes::get()).expect("metadata fits memory");
	BoundedVec::truncate_from(vec![b'm'; bytes])
}

/// An account that owns three times the least bond, and the deposit for a record.
fn funded<T: Config>() -> T::AccountId
where
	T::Currency: Mutate<T::AccountId>,
{
	let caller: T::AccountId = whitelisted_caller();
	let balance = T::MinBond::get() * 3u32.into() + T::Currency::minimum_balance();
	T::Currency::set_balance(&caller, balance);
	T::Consideration::ensure_successful(&caller, Pallet::<T>::footprint());
	caller
}

/// A worker with twice the least bond.
fn worker<T: Config>() -> T::AccountId
where
	T::Currency: Mutate<T::AccountId>,
{
	let caller = funded::<T>();
	let bond = T::MinBond::get() * 2u32.into();
	Pallet::<T>::register(RawOrigin::Signed(caller.clone()).into(), bond, metadata::<T>())
		.expect("the bond can be held");
	caller
}

fn bond<T: Config>(worker: &T::AccountId) -> Option<BalanceOf<T>> {
	Workers::<T>::get(worker).map(|worker| worker.bond)
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>)]
mod benchmarks {
	use super::*;

	/// The account was never a worker, so that its record is made and paid for.
	#[benchmark]
	fn register() {
		let caller = funded::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), T::MinBond::get(), metadata::<T>());

		assert_eq!(bond::<T>(&caller), Some(T::MinBond::get()));
		assert!(Reputations::<T>::contains_key(&caller));
	}

	#[benchmark]
	fn bond_more() {
		let caller = worker::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), T::MinBond::get());

		assert_eq!(bond::<T>(&caller), Some(T::MinBond::get() * 3u32.into()));
	}

	#[benchmark]
	fn unbond() {
		let caller = worker::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), T::MinBond::get());

		assert_eq!(bond::<T>(&caller), Some(T::MinBond::get()));
	}

	#[benchmark]
	fn set_metadata() {
		let caller = worker::<T>();
		Workers::<T>::mutate(&caller, |worker| {
			worker.as_mut().expect("it is registered").metadata = Default::default();
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), metadata::<T>());

		assert_eq!(Workers::<T>::get(&caller).map(|worker| worker.metadata), Some(metadata::<T>()));
	}

	/// No job of the worker ever ended, so that its record goes, too, and its deposit returns.
	#[benchmark]
	fn deregister() {
		let caller = worker::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()));

		assert!(!Workers::<T>::contains_key(&caller));
		assert!(!Reputations::<T>::contains_key(&caller));
	}
}
