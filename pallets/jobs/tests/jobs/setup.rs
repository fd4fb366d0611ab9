// SPDX-License-Identifier: Apache-2.0

//! What a requester demands of the setup of a circuit.

use crate::common::*;
use frame_support::{assert_noop, assert_ok, traits::BuildGenesisConfig};
use pallet_jobs::{Demands, Error, ForDevelopment, GenesisConfig, Input, SetupDemand};
use sp_runtime::{DispatchResult, Permill};

const ALL_DEMANDS: [SetupDemand; 3] =
	[SetupDemand::Any, SetupDemand::Ceremony, SetupDemand::Attested];

/// A model on a circuit with the key of the usual one, whose setup one party ran.
fn model_of_one_party() -> ModelId {
	let provenance = Provenance { declared: SetupKind::Development, ..PROVENANCE };
	let (system, key) = (Insecure::ID, circuit_key());
	let circuit = CircuitId::of(system, &key, &SCHEMA, &provenance);
	let key = key.try_into().unwrap();
	assert_ok!(CircuitsPallet::register(signed(DEPOSITOR), system, key, SCHEMA, provenance));
	register_model_on(circuit, 2, Permill::zero(), prove_anything)
}

/// What the genesis of a chain for development does.
fn begin_for_development() {
	GenesisConfig::<Test> { for_development: true, ..Default::default() }.build();
}

fn opening(model: ModelId, setup: SetupDemand) -> Opening {
	Opening { model, setup, ..Default::default() }
}

/// Opens a job by itself.
fn open_one(model: ModelId, setup: SetupDemand) -> DispatchResult {
	opening(model, setup).call()
}

/// Opens jobs together.
fn open_two(model: ModelId, setup: SetupDemand) -> DispatchResult {
	let input = Input { commitment: input_commitment(), posted: Some(posted()) };
	opening(model, setup).call_batch(vec![input; 2])
}

#[test]
fn a_requester_that_does_not_say_otherwise_demands_a_ceremony() {
	assert_eq!(Demands::<Test>::default().setup, SetupDemand::Ceremony);
}

#[test]
fn of_one_party_is_refused_before_money_moves_unless_the_requester_asked_for_it() {
	build_and_execute(|| {
		let model = model_of_one_party();
		for open in [open_one, open_two] {
			assert_noop!(open(model, SetupDemand::Ceremony), Error::<Test>::DevelopmentSetup);
			assert_noop!(open(model, SetupDemand::Attested), Error::<Test>::NotAttested);
			assert_ok!(open(model, SetupDemand::Any));
			assert_ok!(open(MODEL, SetupDemand::Ceremony));
		}
	});
}

#[test]
fn of_one_party_will_do_on_a_chain_for_development_but_for_who_demands_an_attestation() {
	build_and_execute(|| {
		let model = model_of_one_party();
		begin_for_development();
		for open in [open_one, open_two] {
			assert_ok!(open(model, SetupDemand::Ceremony));
			assert_noop!(open(model, SetupDemand::Attested), Error::<Test>::NotAttested);
		}
	});
}

#[test]
fn a_chain_is_not_for_development_unless_its_genesis_says_so() {
	build_and_execute(|| {
		GenesisConfig::<Test>::default().build();
		assert!(!ForDevelopment::<Test>::get());
		begin_for_development();
		assert!(ForDevelopment::<Test>::get());
	});
}

/// The order of demands, from the least.
fn rank(demand: SetupDemand) -> usize {
	ALL_DEMANDS.iter().position(|it| *it == demand).unwrap()
}

#[test]
fn a_quote_tells_what_can_be_demanded() {
	build_and_execute(|| {
		let of_one_party = model_of_one_party();
		let agrees = |model, most| {
			let told = JobsPallet::quote(model, VERSION, PRICE).unwrap().setup;
			assert_eq!(told, most);
			for demand in ALL_DEMANDS {
				let opens = opening(model, demand).call().is_ok();
				assert_eq!(opens, rank(demand) <= rank(told), "{demand:?} of {told:?}");
			}
		};
		agrees(of_one_party, SetupDemand::Any);
		agrees(MODEL, SetupDemand::Ceremony);
		assert_ok!(CircuitsPallet::attest(signed(ATTESTOR), circuit()));
		agrees(MODEL, SetupDemand::Attested);
		begin_for_development();
		agrees(of_one_party, SetupDemand::Ceremony);
	});
}

#[test]
fn has_to_be_attested_when_a_job_that_demands_it_is_opened_and_when_it_is_claimed() {
	build_and_execute(|| {
		assert_noop!(open_one(MODEL, SetupDemand::Attested), Error::<Test>::NotAttested);
		assert_ok!(CircuitsPallet::attest(signed(ATTESTOR), circuit()));
		let id = opening(MODEL, SetupDemand::Attested).open();
		// Nor is a claim possible once nobody vouches for it any more.
		assert_ok!(CircuitsPallet::withdraw_attestation(signed(ATTESTOR), circuit()));
		assert_noop!(JobsPallet::claim(signed(WORKER), id), Error::<Test>::NotAttested);
		assert_ok!(CircuitsPallet::attest(signed(ATTESTOR), circuit()));
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
	});
}
