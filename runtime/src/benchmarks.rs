// SPDX-License-Identifier: Apache-2.0

//! The benchmarks that `candor-node benchmark pallet` runs, and what they need of this runtime; see
//! `docs/weights.md`.

#![allow(
	clippy::expect_used,
	reason = "set-up of measurements, never part of a runtime that a chain runs"
)]

use crate::{
	configs::models::MaxRoyalty,
	constants::{DAYS, UNIT},
	AccountId, AllPalletsWithSystem, Balance, Balances, Circuits, Jobs, Models, Multisig, Proxy,
	Runtime, RuntimeOrigin, SessionKeys, Sudo, System, Timestamp, Utility, Validators, Workers,
};
use alloc::{string::String, vec, vec::Vec};
use candor_market::{
	CircuitId, ModelId, Proofs as _, Provenance, Settlement, SetupKind, Stake, SystemId, Version,
};
use candor_statement::{
	public_input_count, InputCommitment, ModelCommitment, Statement, StatementSchema,
	BYTES_PER_WORD,
};
use codec::Decode;
use frame_benchmarking::{account, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{
	fungible::Mutate, StorageInfo, StorageInfoTrait, WhitelistedStorageKeys,
};
use frame_system_benchmarking::Pallet as SystemBench;
use pallet_models::{Metadata, Possession};
use pallet_workers::{HALF_LIFE, MAX_REQUESTERS};
use rand_chacha::{rand_core::SeedableRng, ChaCha8Rng};
use sp_runtime::traits::TrailingZeroInput;

// The system that is measured: `docs/weights.md`.
#[cfg(not(feature = "benchmark-staged"))]
mod plain;
#[cfg(feature = "benchmark-staged")]
mod staged;
#[cfg(not(feature = "benchmark-staged"))]
use plain as system;
#[cfg(feature = "benchmark-staged")]
use staged as system;

frame_benchmarking::define_benchmarks!(
	[frame_system, SystemBench::<Runtime>]
	[pallet_timestamp, Timestamp]
	[pallet_utility, Utility]
	[pallet_proxy, Proxy]
	[pallet_multisig, Multisig]
	[pallet_balances, Balances]
	[pallet_sudo, Sudo]
	[pallet_validators, Validators]
	[pallet_circuits, Circuits]
	[pallet_models, Models]
	[pallet_workers, Workers]
	[pallet_jobs, Jobs]
);

impl frame_system_benchmarking::Config for Runtime {}

/// The benchmarks that there are, and the storage whose proofs they estimate.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Runs a benchmark. What every block reads and writes anyway is not counted.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

/// Makes what the benchmarks of one pallet need of the others.
pub struct Helper;

/// What an account is given, and a worker's bond.
const FUNDS: Balance = 1_000_000 * UNIT;
const BOND: Balance = FUNDS / 2;

/// Public inputs of a circuit beside those of the output.
const FEW_INPUTS: u32 = public_input_count(0);

/// Random numbers that are the same in every run; others for each seed.
fn rng(seed: u32) -> ChaCha8Rng {
	ChaCha8Rng::seed_from_u64(seed.into())
}

impl pallet_circuits::BenchmarkHelper for Helper {
	const SYSTEM: SystemId = system::SYSTEM;

	fn schema(input_len: u32, output_len: u32) -> StatementSchema {
		system::schema(input_len, output_len)
	}

	fn key(public_inputs: u32, seed: u32) -> Vec<u8> {
		system::key(public_inputs, seed)
	}

	fn model(seed: u32) -> ModelCommitment {
		system::model(seed)
	}

	fn prove(statement: &Statement<'_>, seed: u32, index: u32) -> Vec<u8> {
		system::prove(statement, seed, index)
	}
}

impl pallet_validators::BenchmarkHelper<AccountId> for Helper {
	fn set_keys(who: &AccountId) {
		let keys = SessionKeys::decode(&mut TrailingZeroInput::new(who.as_ref()))
			.expect("any bytes are keys");
		pallet_session::NextKeys::<Runtime>::insert(who, keys);
	}
}

impl pallet_models::BenchmarkHelper for Helper {
	fn circuit(public_inputs: u32) -> CircuitId {
		<Self as pallet_jobs::BenchmarkHelper<Runtime>>::make_circuit(1, public_inputs, 0)
	}

	fn return_deposit(circuit: CircuitId) {
		// Who has registered it in `make_circuit`.
		let depositor: AccountId = account("depositor", 0, 0);
		Circuits::deregister(RuntimeOrigin::signed(depositor), circuit)
			.expect("it was not returned before");
	}

	fn model(seed: u32) -> ModelCommitment {
		system::model(seed)
	}

	fn prove(statement: &Statement<'_>) -> Vec<u8> {
		<Self as pallet_circuits::BenchmarkHelper>::prove(statement, 0, 0)
	}
}

impl pallet_jobs::BenchmarkHelper<Runtime> for Helper {
	fn fund(who: &AccountId) {
		Balances::set_balance(who, FUNDS);
	}

	/// Its record remembers as many requesters as it can, and the powers by which it fades take as many
	/// products as any.
	fn make_worker(who: &AccountId) {
		System::set_block_number(System::block_number().max(HALF_LIFE / 2 * DAYS));
		Workers::register(RuntimeOrigin::signed(who.clone()), BOND, Default::default())
			.expect("the account is funded and no worker yet");
		let stake = Stake { bond: 0, fee: UNIT };
		let settlements = (0..MAX_REQUESTERS).map(|index| {
			<Workers as candor_market::Workers<_, _>>::lock(who, stake.bond)
				.expect("the worker has its bond");
			Settlement { stake, requester: account("earlier", index, 0), earned: 0 }
		});
		let settlements: Vec<_> = settlements.collect();
		<Workers as candor_market::Workers<_, _>>::settle(who, settlements)
			.expect("they were locked");
	}

	fn make_circuit(input_len: u32, public_inputs: u32, seed: u32) -> CircuitId {
		let depositor: AccountId = account("depositor", seed, 0);
		Balances::set_balance(&depositor, FUNDS);
		let key = <Self as pallet_circuits::BenchmarkHelper>::key(public_inputs, seed);
		let output_len = public_inputs.saturating_sub(FEW_INPUTS) * BYTES_PER_WORD as u32;
		let schema = system::schema(input_len, output_len);
		let provenance = Provenance {
			source: Default::default(),
			transcript: Default::default(),
			declared: SetupKind::Ceremony,
		};
		let circuit = CircuitId::of(system::SYSTEM, &key, &schema, &provenance);
		Circuits::register(
			RuntimeOrigin::signed(depositor),
			system::SYSTEM,
			key.try_into().expect("the key is as long as a call takes"),
			schema,
			provenance,
		)
		.expect("the key is good and the deposit can be paid");
		circuit
	}

	fn make_model(
		owner: &AccountId,
		circuit: CircuitId,
		circuit_seed: u32,
		index: u32,
	) -> (ModelId, Version) {
		let model = pallet_models::NextModelId::<Runtime>::get();
		let commitment = system::model(index);
		let schema = Circuits::schema(circuit).expect("it is registered");
		let output = usize::try_from(schema.output_len()).expect("an output fits memory");
		let (input, output) = (InputCommitment::from_bytes([0; 32]), vec![0; output]);
		let binding = Models::possession_binding(owner, circuit, &commitment);
		let statement = Statement { model: commitment, input, output: &output, binding };
		let proof =
			<Self as pallet_circuits::BenchmarkHelper>::prove(&statement, circuit_seed, index);
		Models::register(
			RuntimeOrigin::signed(owner.clone()),
			circuit,
			commitment,
			MaxRoyalty::get(),
			Metadata { hash: Default::default(), uri: Default::default() },
			Possession {
				input,
				output: output.try_into().expect("an output is as long as a call takes"),
				proof: proof.try_into().expect("a proof is as long as a call takes"),
			},
		)
		.expect("the owner is funded and the model new");
		(model, Version::FIRST)
	}

	fn prove(statement: &Statement<'_>, seed: u32, index: u32) -> Vec<u8> {
		<Self as pallet_circuits::BenchmarkHelper>::prove(statement, seed, index)
	}
}
