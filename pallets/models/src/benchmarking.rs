// SPDX-License-Identifier: Apache-2.0

//! Benchmarks. Metadata is as long as it can be, and the owner proves anything under a key whose trapdoor
//! the runtime knows.

#![allow(
	missing_docs,
	clippy::arithmetic_side_effects,
	clippy::expect_used,
	clippy::indexing_slicing,
	reason = "set-up of measurements, never part of a runtime that a chain runs"
)]

use crate::{
	Call, Config, Metadata, MetadataOf, Models, NextModelId, Pallet, Possession, PossessionOf,
	Status, Versions,
};
use alloc::{vec, vec::Vec};
use candor_market::{CircuitId, ModelId, Proofs, Version};
use candor_statement::{public_input_count, InputCommitment, ModelCommitment, Statement};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		Consideration, Get,
	},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_core::H256;

/// What the benchmarks need of the runtime.
pub trait BenchmarkHelper {
	/// A circuit with so many public inputs on which a version may rely.
	fn circuit(public_inputs: u32) -> CircuitId;

	/// Returns the deposit of a circuit that was made, on which something relies.
	fn return_deposit(circuit: CircuitId);

	/// The commitment to a model; another one for each seed.
	fn model(seed: u32) -> ModelCommitment;

	/// Proves anything about that circuit.
	fn prove(statement: &Statement<'_>) -> Vec<u8>;
}

/// Public inputs beside those of the output.
const FIXED_INPUTS: u32 = public_input_count(0);

/// The most public inputs of a statement with an output that can be posted.
fn max_inputs<T: Config>() -> u32 {
	public_input_count(T::MaxOutputBytes::get())
}

/// The longest metadata.
fn metadata<T: Config>() -> MetadataOf<T> {
	let bytes = usize::try_from(T::MaxUriBytes::get()).expect("metadata fits memory");
	Metadata { hash: H256::repeat_byte(1), uri: BoundedVec::truncate_from(vec![b'u'; bytes]) }
}

/// Lets an account pay for a version.
fn fund<T: Config>(who: &T::AccountId, circuit: CircuitId) {
	T::Consideration::ensure_successful(who, Pallet::<T>::footprint(circuit));
}

/// Proves that `owner` has a model on the circuit that was made.
fn possession<T: Config>(
	owner: &T::AccountId,
	circuit: CircuitId,
	model: ModelCommitment,
) -> PossessionOf<T> {
	let schema = <T::Proofs as Proofs<BlockNumberFor<T>>>::schema(circuit);
	let length = usize::try_from(schema.map_or(0, |schema| schema.output_len()));
	let output = vec![0x5a; length.expect("an output fits memory")];
	let mut input = [0x5a; 32];
	input[31] = 0x2f;
	let input = InputCommitment::from_bytes(input);
	let binding = Pallet::<T>::possession_binding(owner, circuit, &model);
	let statement = Statement { model, input, output: &output, binding };
	let proof = T::BenchmarkHelper::prove(&statement);
	Possession {
		input,
		output: BoundedVec::truncate_from(output),
		proof: BoundedVec::truncate_from(proof),
	}
}

/// A model with one version.
fn registered<T: Config>(owner: &T::AccountId, circuit: CircuitId) -> ModelId {
	fund::<T>(owner, circuit);
	let model = NextModelId::<T>::get();
	Pallet::<T>::register(
		RawOrigin::Signed(owner.clone()).into(),
		circuit,
		T::BenchmarkHelper::model(0),
		T::MaxRoyalty::get(),
		metadata::<T>(),
		possession::<T>(owner, circuit, T::BenchmarkHelper::model(0)),
	)
	.expect("the version is good and the deposit can be paid");
	model
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register(i: Linear<FIXED_INPUTS, { max_inputs::<T>() }>) {
		let circuit = T::BenchmarkHelper::circuit(i);
		let caller: T::AccountId = whitelisted_caller();
		fund::<T>(&caller, circuit);
		let model = NextModelId::<T>::get();
		let possession = possession::<T>(&caller, circuit, T::BenchmarkHelper::model(0));

		#[extrinsic_call]
		_(
			RawOrigin::Signed(caller.clone()),
			circuit,
			T::BenchmarkHelper::model(0),
			T::MaxRoyalty::get(),
			metadata::<T>(),
			possession,
		);

		assert_eq!(Models::<T>::get(model).map(|model| model.owner), Some(caller));
	}

	#[benchmark]
	fn publish_version(i: Linear<FIXED_INPUTS, { max_inputs::<T>() }>) {
		let circuit = T::BenchmarkHelper::circuit(i);
		let caller: T::AccountId = whitelisted_caller();
		let model = registered::<T>(&caller, circuit);
		fund::<T>(&caller, circuit);
		let possession = possession::<T>(&caller, circuit, T::BenchmarkHelper::model(1));

		#[extrinsic_call]
		_(
			RawOrigin::Signed(caller),
			model,
			circuit,
			T::BenchmarkHelper::model(1),
			T::MaxRoyalty::get(),
			metadata::<T>(),
			possession,
		);

		assert_eq!(Models::<T>::get(model).map(|model| model.latest), Some(Version(2)));
	}

	#[benchmark]
	fn deprecate() {
		let caller: T::AccountId = whitelisted_caller();
		let model = registered::<T>(&caller, T::BenchmarkHelper::circuit(FIXED_INPUTS));

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), model, Version::FIRST);

		assert_eq!(
			Versions::<T>::get(model, Version::FIRST).map(|version| version.status),
			Some(Status::Deprecated)
		);
	}

	/// The last version, with which the model goes, and a circuit whose own deposit was returned; that of the
	/// version is somebody else's, as it is after a transfer of ownership.
	#[benchmark]
	fn remove_version() {
		let depositor: T::AccountId = account("owner", 0, 0);
		let circuit = T::BenchmarkHelper::circuit(FIXED_INPUTS);
		let model = registered::<T>(&depositor, circuit);
		T::BenchmarkHelper::return_deposit(circuit);
		let signed = RawOrigin::Signed(depositor);
		Pallet::<T>::deprecate(signed.into(), model, Version::FIRST).expect("it is active");
		let owner: T::AccountId = whitelisted_caller();
		Models::<T>::mutate(model, |model| {
			model.as_mut().expect("it is registered").owner = owner.clone();
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, Version::FIRST);

		assert!(!Models::<T>::contains_key(model));
		assert!(<T::Proofs as Proofs<BlockNumberFor<T>>>::schema(circuit).is_none());
	}

	/// To an account that begins anew with it, from a pot that has more.
	#[benchmark]
	fn collect_royalty() {
		let depositor: T::AccountId = account("owner", 0, 0);
		let model = registered::<T>(&depositor, T::BenchmarkHelper::circuit(FIXED_INPUTS));
		let owner: T::AccountId = account("heir", 0, 0);
		Models::<T>::mutate(model, |model| {
			model.as_mut().expect("it is registered").owner = owner.clone();
		});
		let amount = T::Currency::minimum_balance();
		T::Currency::mint_into(&T::Pot::get(), amount + amount + amount)
			.expect("there is room for more money");
		<Pallet<T> as candor_market::Models<_>>::settle_jobs(model, Version::FIRST, 0, amount)
			.expect("the version exists");

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model, Version::FIRST);

		assert_eq!(T::Currency::balance(&owner), amount);
	}

	#[benchmark]
	fn transfer_ownership() {
		let caller: T::AccountId = whitelisted_caller();
		let model = registered::<T>(&caller, T::BenchmarkHelper::circuit(FIXED_INPUTS));
		let heir: T::AccountId = account("heir", 0, 0);
		frame_system::Pallet::<T>::inc_providers(&heir);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), model, heir.clone());

		assert_eq!(Models::<T>::get(model).map(|model| model.owner), Some(heir));
	}
}
