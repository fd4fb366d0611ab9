// SPDX-License-Identifier: Apache-2.0

//! Benchmarks, and circuits for the benchmarks of other pallets.
//!
//! The keys have a known trapdoor, so that anything can be proved under them: what a verification
//! costs depends on the number of public inputs, not on the circuit.

#![allow(
	missing_docs,
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	clippy::expect_used,
	clippy::indexing_slicing,
	reason = "set-up of measurements, never part of a runtime that a chain runs"
)]

use crate::{Batch, Call, CircuitId, Circuits, Config, Pallet, Provenance, SetupKind};
use alloc::vec::Vec;
use candor_groth16::{Fr, MAX_PREPARED_VERIFYING_KEY_BYTES, MAX_PUBLIC_INPUTS};
use candor_statement::{StatementSchema, BYTES_PER_WORD};
use candor_trapdoor::{random_scalars, Trapdoor};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Consideration, EnsureOrigin},
	BoundedVec,
};
use frame_system::RawOrigin;
use rand_chacha::{rand_core::SeedableRng, ChaCha8Rng};

/// Public inputs of a statement beside its output.
pub const FIXED_INPUTS: u32 = candor_statement::public_input_count(0);

/// Most keys in a batch that is measured.
const MAX_KEYS: u32 = 6;
/// In such a batch, the key with the most public inputs,
const WIDE: u32 = 0;
/// the key with one proof, and as many public inputs as are left to it,
const MEASURED: u32 = 1;
/// and the first of those with few.
const NARROW: u32 = 2;

const PROVENANCE: Provenance = Provenance {
	source: sp_core::H256::repeat_byte(1),
	transcript: sp_core::H256::repeat_byte(2),
	declared: SetupKind::Ceremony,
};

/// Random numbers that are the same in every run; others for each seed.
fn rng(seed: u32) -> ChaCha8Rng {
	ChaCha8Rng::seed_from_u64(seed.into())
}

/// Other random numbers than those of trapdoors.
fn proof_rng(index: u32) -> ChaCha8Rng {
	rng(!index)
}

/// The trapdoor of a key with so many public inputs; another one for each seed.
pub fn trapdoor(inputs: u32, seed: u32) -> Trapdoor {
	Trapdoor::random(inputs as usize, &mut rng(seed))
}

/// A random scalar; another one for each seed.
pub fn random_scalar(seed: u32) -> Fr {
	random_scalars(1, &mut rng(seed)).remove(0)
}

/// Proves anything under the key of [`trapdoor`] with this seed; another proof for each index.
pub fn prove(inputs: &[Fr], seed: u32, index: u32) -> Vec<u8> {
	let public_inputs = u32::try_from(inputs.len()).expect("a key has few inputs");
	trapdoor(public_inputs, seed).prove(inputs, &mut proof_rng(index)).to_bytes().to_vec()
}

/// A schema with so many public inputs, whose output is as long as it can be.
pub fn schema(input_len: u32, public_inputs: u32) -> StatementSchema {
	StatementSchema::InferenceV1 {
		input_len,
		output_len: public_inputs.saturating_sub(FIXED_INPUTS) * BYTES_PER_WORD as u32,
	}
}

/// Registers a circuit, whose deposit `depositor` is given.
pub fn register_circuit<T: Config>(
	depositor: &T::AccountId,
	trapdoor: &Trapdoor,
	schema: StatementSchema,
) -> CircuitId {
	fund_deposit::<T>(depositor);
	let key = trapdoor.key().to_bytes();
	let circuit = CircuitId::of(&key, &schema, &PROVENANCE);
	Pallet::<T>::register(
		RawOrigin::Signed(depositor.clone()).into(),
		BoundedVec::truncate_from(key),
		schema,
		PROVENANCE,
	)
	.expect("the key is good and the deposit can be paid");
	circuit
}

/// Gives an account what the deposit for a circuit takes.
fn fund_deposit<T: Config>(who: &T::AccountId) {
	let footprint = Pallet::<T>::footprint(MAX_PREPARED_VERIFYING_KEY_BYTES);
	T::Consideration::ensure_successful(who, footprint);
}

/// A proof and the public inputs of its statement.
struct Proven {
	inputs: Vec<Fr>,
	proof: Vec<u8>,
}

impl Proven {
	/// A proof under the key of [`trapdoor`] with this seed; another one for each index.
	fn new(public_inputs: u32, seed: u32, index: u32) -> Self {
		let inputs = random_scalars(public_inputs as usize, &mut rng(index));
		let proof = prove(&inputs, seed, index);
		Self { inputs, proof }
	}
}

/// A registered circuit with the key of [`trapdoor`] with this seed.
fn registered<T: Config>(depositor: &T::AccountId, public_inputs: u32, seed: u32) -> CircuitId {
	let trapdoor = trapdoor(public_inputs, seed);
	register_circuit::<T>(depositor, &trapdoor, schema(1, public_inputs))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The key passes every check, so that all of them are made.
	#[benchmark]
	fn register(i: Linear<FIXED_INPUTS, MAX_PUBLIC_INPUTS>) {
		let caller: T::AccountId = whitelisted_caller();
		fund_deposit::<T>(&caller);
		let key = trapdoor(i, 0).key().to_bytes();
		let circuit = CircuitId::of(&key, &schema(1, i), &PROVENANCE);

		#[extrinsic_call]
		_(
			RawOrigin::Signed(caller.clone()),
			BoundedVec::truncate_from(key),
			schema(1, i),
			PROVENANCE,
		);

		assert_eq!(Circuits::<T>::get(circuit).map(|info| info.depositor), Some(caller));
	}

	#[benchmark]
	fn deregister() {
		let caller: T::AccountId = whitelisted_caller();
		let circuit = registered::<T>(&caller, MAX_PUBLIC_INPUTS, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), circuit);

		assert!(!Circuits::<T>::contains_key(circuit));
	}

	#[benchmark]
	fn freeze() -> Result<(), BenchmarkError> {
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let circuit = registered::<T>(&whitelisted_caller(), MAX_PUBLIC_INPUTS, 0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(Pallet::<T>::is_frozen(circuit));
		Ok(())
	}

	#[benchmark]
	fn unfreeze() -> Result<(), BenchmarkError> {
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let circuit = registered::<T>(&whitelisted_caller(), MAX_PUBLIC_INPUTS, 0);
		Pallet::<T>::freeze(origin.clone(), circuit)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(!Pallet::<T>::is_frozen(circuit));
		Ok(())
	}

	#[benchmark]
	fn attest() -> Result<(), BenchmarkError> {
		let origin =
			T::AttestOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let circuit = registered::<T>(&whitelisted_caller(), MAX_PUBLIC_INPUTS, 0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(Pallet::<T>::is_attested(circuit));
		Ok(())
	}

	#[benchmark]
	fn withdraw_attestation() -> Result<(), BenchmarkError> {
		let origin =
			T::AttestOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let circuit = registered::<T>(&whitelisted_caller(), MAX_PUBLIC_INPUTS, 0);
		Pallet::<T>::attest(origin.clone(), circuit)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(!Pallet::<T>::is_attested(circuit));
		Ok(())
	}

	/// One proof, as other pallets have it verified.
	#[benchmark]
	fn verify_proof(i: Linear<FIXED_INPUTS, MAX_PUBLIC_INPUTS>) {
		let circuit = registered::<T>(&whitelisted_caller(), i, 0);
		let Proven { inputs, proof } = Proven::new(i, 0, 0);

		let verdict;
		#[block]
		{
			verdict = Pallet::<T>::verify(circuit, &inputs, &proof);
		}

		assert_eq!(verdict, Ok(()));
	}

	/// So many proofs under so many keys that have so many public inputs in all. So many of them
	/// have as many inputs as can be, under the first key. The second key has the inputs that the
	/// others leave, and one proof, so that its inputs weigh once. The others have few.
	#[benchmark]
	fn verify_batch(
		p: Linear<20, 64>,
		k: Linear<{ NARROW + 1 }, MAX_KEYS>,
		i: Linear<
			{ MAX_PUBLIC_INPUTS + (MAX_KEYS - 1) * FIXED_INPUTS },
			{ 2 * MAX_PUBLIC_INPUTS + FIXED_INPUTS },
		>,
		w: Linear<1, 8>,
	) {
		let inputs_of = |key| match key {
			WIDE => MAX_PUBLIC_INPUTS,
			MEASURED => i - MAX_PUBLIC_INPUTS - (k - NARROW) * FIXED_INPUTS,
			_ => FIXED_INPUTS,
		};
		let circuits: Vec<_> =
			(0..k).map(|key| registered::<T>(&whitelisted_caller(), inputs_of(key), key)).collect();
		let proven: Vec<_> = (0..p)
			.map(|index| {
				let place = if index < w { WIDE } else { index - w + MEASURED };
				let key = if place < k { place } else { NARROW };
				(circuits[key as usize], Proven::new(inputs_of(key), key, index))
			})
			.collect();

		let verdict;
		#[block]
		{
			let mut batch = Batch::<T>::default();
			for (circuit, Proven { inputs, proof }) in proven {
				batch.add(circuit, inputs, &proof).expect("it is a proof");
			}
			verdict = batch.verify();
		}

		assert_eq!(verdict, Ok(()));
	}
}
