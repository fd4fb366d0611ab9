// SPDX-License-Identifier: Apache-2.0

//! What the tests share: two circuits, and models of Alice on them.

pub use candor_testing::{
	check_pot, free, owner_of, set_free, AccountId, Balances, CircuitId, CircuitsPallet,
	MarketModels, MaxRoyalty, ModelId, ModelRefusal, ModelsPallet, RuntimeOrigin, System, Terms,
	Test, Version, VersionDepositReason as DepositReason, DEPOSITOR, EXISTENTIAL_DEPOSIT,
	HOLD_DIFFERS, INITIAL_BALANCE, NOBODY, NOT_HELD, POT,
};

use candor_statement::ModelCommitment;
use candor_testing::{
	check_holds, execute, insecure, possess, register_circuit, Insecure, Price, ProofSystem,
	INPUTS, SCHEMA,
};
use frame_support::{assert_ok, traits::fungible::Mutate};
use pallet_circuits::{CircuitInfo, Circuits};
use pallet_models::{Metadata, MetadataOf, PossessionOf};
use sp_core::H256;
use sp_runtime::{traits::Convert, Permill};

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;

/// The circuits that exist at first.
pub fn circuit() -> CircuitId {
	candor_testing::circuit()
}

pub fn other_circuit() -> CircuitId {
	let key = insecure::key(INPUTS, 1);
	CircuitId::of(Insecure::ID, &key, &SCHEMA, &candor_testing::PROVENANCE)
}

pub fn no_circuit() -> CircuitId {
	CircuitId(H256::zero())
}

/// Changes a circuit behind its pallet's back.
pub fn change_circuit(circuit: CircuitId, change: impl FnOnce(&mut CircuitInfo<Test>)) {
	Circuits::<Test>::mutate(circuit, |info| change(info.as_mut().unwrap()));
}

/// How many versions rely on a circuit, if there is the circuit.
pub fn references(circuit: CircuitId) -> Option<u32> {
	CircuitsPallet::circuit(circuit).map(|info| info.references)
}

/// Runs a test on a fresh chain with the two circuits and checks the invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	let with_circuits = || {
		for seed in [0, 1] {
			register_circuit(Insecure::ID, insecure::key(INPUTS, seed), SCHEMA);
		}
		test();
	};
	// Jobs are counted here without being opened.
	execute(
		with_circuits,
		&[CircuitsPallet::do_try_state, ModelsPallet::do_try_state, check_holds, check_pot],
	);
}

/// What one version costs as a deposit.
pub fn deposit() -> u128 {
	let price = Price::convert(ModelsPallet::footprint(circuit()));
	// Both circuits are alike.
	assert_eq!(price, Price::convert(ModelsPallet::footprint(other_circuit())));
	price
}

pub fn commitment(seed: u8) -> ModelCommitment {
	let mut bytes = [0; 32];
	bytes[0] = seed;
	ModelCommitment::Scalar(bytes)
}

pub fn royalty() -> Permill {
	Permill::from_percent(10)
}

pub fn metadata() -> MetadataOf<Test> {
	Metadata { hash: H256::repeat_byte(7), uri: b"ipfs://model".to_vec().try_into().unwrap() }
}

/// Proves that an account has a model on one of the two circuits. On any other, and for a commitment that
/// is none, there is a proof of something else.
pub fn possession(
	who: AccountId,
	circuit: CircuitId,
	model: ModelCommitment,
) -> PossessionOf<Test> {
	let model = if model.to_field().is_some() { model } else { commitment(1) };
	let (seed, circuit) =
		if circuit == other_circuit() { (1, circuit) } else { (0, self::circuit()) };
	possess(who, circuit, model, |statement| {
		insecure::prove(&insecure::key(INPUTS, seed), statement).to_vec()
	})
}

/// Registers a model for Alice.
pub fn register(seed: u8) -> ModelId {
	let model = pallet_models::NextModelId::<Test>::get();
	assert_ok!(ModelsPallet::register(
		RuntimeOrigin::signed(ALICE),
		circuit(),
		commitment(seed),
		royalty(),
		metadata(),
		possession(ALICE, circuit(), commitment(seed)),
	));
	model
}

/// Settles so many jobs on a model's first version, which have earned so much.
pub fn settle(model: ModelId, jobs: u32, royalties: u128) {
	assert_ok!(Balances::mint_into(&POT, royalties));
	assert_ok!(ModelsPallet::settle_jobs(model, Version::FIRST, jobs, royalties));
}

/// Registers and deprecates a model of Alice.
pub fn deprecated(seed: u8) -> ModelId {
	let model = register(seed);
	assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(ALICE), model, Version::FIRST));
	model
}
