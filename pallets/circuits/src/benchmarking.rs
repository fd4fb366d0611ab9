// SPDX-License-Identifier: Apache-2.0

//! Benchmarks. What a verification costs depends on the number of public inputs, not on the circuit, so
//! the runtime makes keys under which anything can be proved.

#![allow(
	missing_docs,
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	clippy::expect_used,
	clippy::indexing_slicing,
	reason = "set-up of measurements, never part of a runtime that a chain runs"
)]

use crate::{Batch, Call, Circuits, Config, Pallet};
use alloc::vec::Vec;
use candor_market::{CircuitId, ProofBatch, Proofs, Provenance, SetupKind, SystemId};
use candor_proof_system::ProofSystems;
use candor_statement::{
	public_input_count, Binding, InputCommitment, ModelCommitment, Statement, StatementSchema,
	BYTES_PER_WORD,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Consideration, EnsureOrigin},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::H256;

/// What the benchmarks need of the runtime: keys of the system that is measured.
pub trait BenchmarkHelper {
	/// The system.
	const SYSTEM: SystemId;

	/// What its circuits prove of inputs and outputs of these lengths, in bytes.
	fn schema(input_len: u32, output_len: u32) -> StatementSchema;

	/// A key for statements that have so many public inputs where a model's commitment is one; another
	/// one for each seed.
	fn key(public_inputs: u32, seed: u32) -> Vec<u8>;

	/// The commitment to a model; another one for each seed.
	fn model(seed: u32) -> ModelCommitment;

	/// Proves anything about a model with a small seed under the key with this seed; another proof for
	/// each index.
	fn prove(statement: &Statement<'_>, seed: u32, index: u32) -> Vec<u8>;
}

type Helper<T> = <T as Config>::BenchmarkHelper;

/// Public inputs of a statement beside its output.
const FIXED_INPUTS: u32 = public_input_count(0);
/// The most public inputs of a key.
const MAX_INPUTS: u32 = 64;

/// Most keys in a batch that is measured.
const MAX_KEYS: u32 = 6;
/// In such a batch, the key with the most public inputs,
const WIDE: u32 = 0;
/// the key with one proof, and as many public inputs as are left to it,
const MEASURED: u32 = 1;
/// and the first of those with few.
const NARROW: u32 = 2;

const PROVENANCE: Provenance = Provenance {
	source: H256::repeat_byte(1),
	transcript: H256::repeat_byte(2),
	declared: SetupKind::Ceremony,
};

/// A schema with so many public inputs, whose output is as long as it can be.
fn schema<T: Config>(public_inputs: u32) -> StatementSchema {
	Helper::<T>::schema(1, output_len(public_inputs))
}

/// Bytes of the longest output of a statement with so many public inputs.
fn output_len(public_inputs: u32) -> u32 {
	public_inputs.saturating_sub(FIXED_INPUTS) * BYTES_PER_WORD as u32
}

/// Gives an account what the deposit for a circuit takes.
fn fund_deposit<T: Config>(who: &T::AccountId) {
	let longest = T::Systems::LIMITS.prepared_key_bytes as usize;
	T::Consideration::ensure_successful(who, Pallet::<T>::footprint(longest));
}

/// A proof and its statement.
struct Proven {
	model: ModelCommitment,
	output: Vec<u8>,
	scalar: [u8; 32],
	proof: Vec<u8>,
}

impl Proven {
	/// A proof under the key with this seed; another one, of another statement, for each index.
	fn new<T: Config>(public_inputs: u32, seed: u32, index: u32) -> Self {
		let output = (0..output_len(public_inputs))
			.map(|place| (place.wrapping_mul(151).wrapping_add(index) as u8) ^ 0x5a)
			.collect();
		// Scalars of full width.
		let mut scalar = [0x5a ^ index as u8; 32];
		scalar[31] = 0x2f;
		let mut proven = Self { model: Helper::<T>::model(0), output, scalar, proof: Vec::new() };
		proven.proof = Helper::<T>::prove(&proven.statement(), seed, index);
		proven
	}

	fn statement(&self) -> Statement<'_> {
		Statement {
			model: self.model,
			input: InputCommitment::from_bytes(self.scalar),
			output: &self.output,
			binding: Binding::from_bytes(self.scalar),
		}
	}
}

/// A registered circuit with the key with this seed.
fn registered<T: Config>(depositor: &T::AccountId, public_inputs: u32, seed: u32) -> CircuitId {
	fund_deposit::<T>(depositor);
	let key = Helper::<T>::key(public_inputs, seed);
	let (system, schema) = (Helper::<T>::SYSTEM, schema::<T>(public_inputs));
	let circuit = CircuitId::of(system, &key, &schema, &PROVENANCE);
	Pallet::<T>::register(
		RawOrigin::Signed(depositor.clone()).into(),
		system,
		BoundedVec::truncate_from(key),
		schema,
		PROVENANCE,
	)
	.expect("the key is good and the deposit can be paid");
	circuit
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The key passes every check, so that all of them are made.
	#[benchmark]
	fn register(i: Linear<FIXED_INPUTS, MAX_INPUTS>) {
		let caller: T::AccountId = whitelisted_caller();
		fund_deposit::<T>(&caller);
		let (system, key) = (Helper::<T>::SYSTEM, Helper::<T>::key(i, 0));
		let circuit = CircuitId::of(system, &key, &schema::<T>(i), &PROVENANCE);

		#[extrinsic_call]
		_(
			RawOrigin::Signed(caller.clone()),
			system,
			BoundedVec::truncate_from(key),
			schema::<T>(i),
			PROVENANCE,
		);

		assert_eq!(Circuits::<T>::get(circuit).map(|info| info.depositor), Some(caller));
	}

	#[benchmark]
	fn deregister() {
		let caller: T::AccountId = whitelisted_caller();
		let circuit = registered::<T>(&caller, MAX_INPUTS, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), circuit);

		assert!(!Circuits::<T>::contains_key(circuit));
	}

	#[benchmark]
	fn freeze() -> Result<(), BenchmarkError> {
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let circuit = registered::<T>(&whitelisted_caller(), MAX_INPUTS, 0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(Pallet::<T>::is_frozen(circuit));
		Ok(())
	}

	/// A circuit that was kept for the freeze alone.
	#[benchmark]
	fn unfreeze() -> Result<(), BenchmarkError> {
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let depositor: T::AccountId = whitelisted_caller();
		let circuit = registered::<T>(&depositor, MAX_INPUTS, 0);
		Pallet::<T>::freeze(origin.clone(), circuit)?;
		Pallet::<T>::deregister(RawOrigin::Signed(depositor).into(), circuit)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(!Circuits::<T>::contains_key(circuit));
		Ok(())
	}

	#[benchmark]
	fn attest() -> Result<(), BenchmarkError> {
		let origin =
			T::AttestOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let circuit = registered::<T>(&whitelisted_caller(), MAX_INPUTS, 0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(Pallet::<T>::is_attested(circuit));
		Ok(())
	}

	#[benchmark]
	fn withdraw_attestation() -> Result<(), BenchmarkError> {
		let origin =
			T::AttestOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let circuit = registered::<T>(&whitelisted_caller(), MAX_INPUTS, 0);
		Pallet::<T>::attest(origin.clone(), circuit)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, circuit);

		assert!(!Pallet::<T>::is_attested(circuit));
		Ok(())
	}

	/// One proof, as other pallets have it verified: a batch of one.
	#[benchmark]
	fn verify_proof(i: Linear<FIXED_INPUTS, MAX_INPUTS>) {
		let circuit = registered::<T>(&whitelisted_caller(), i, 0);
		let proven = Proven::new::<T>(i, 0, 0);

		let verdict;
		#[block]
		{
			let mut batch = Batch::<T>::default();
			let admitted = batch.admit(circuit).expect("it is registered");
			batch.add(admitted, &[proven.statement()], &proven.proof).expect("it is a proof");
			verdict = batch.verify();
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
			{ MAX_INPUTS + (MAX_KEYS - 1) * FIXED_INPUTS },
			{ 2 * MAX_INPUTS + FIXED_INPUTS },
		>,
		w: Linear<1, 8>,
	) {
		let inputs_of = |key| match key {
			WIDE => MAX_INPUTS,
			MEASURED => i - MAX_INPUTS - (k - NARROW) * FIXED_INPUTS,
			_ => FIXED_INPUTS,
		};
		let circuits: Vec<_> =
			(0..k).map(|key| registered::<T>(&whitelisted_caller(), inputs_of(key), key)).collect();
		let proven: Vec<_> = (0..p)
			.map(|index| {
				let place = if index < w { WIDE } else { index - w + MEASURED };
				let key = if place < k { place } else { NARROW };
				(circuits[key as usize], Proven::new::<T>(inputs_of(key), key, index))
			})
			.collect();

		let verdict;
		#[block]
		{
			let mut batch = Batch::<T>::default();
			for (circuit, proven) in &proven {
				let admitted = batch.admit(*circuit).expect("it is registered");
				batch.add(admitted, &[proven.statement()], &proven.proof).expect("it is a proof");
			}
			verdict = batch.verify();
		}

		assert_eq!(verdict, Ok(()));
	}
}
