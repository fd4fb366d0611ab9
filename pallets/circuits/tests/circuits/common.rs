// SPDX-License-Identifier: Apache-2.0

//! What the tests share: circuits of Alice with Groth16 keys whose trapdoor is known, and statements
//! about them.

pub use candor_testing::{
	groth16::Keyed, AccountId, Balances, BatchRefusal, CircuitDepositReason as DepositReason,
	CircuitId, CircuitRefusal, CircuitsPallet, MarketCircuits, MarketProofs, Price, ProofBatch,
	ProofRefusal, Provenance, RuntimeOrigin, SetupKind, System, SystemId, Test, ATTESTOR,
	EXISTENTIAL_DEPOSIT, HOLD_DIFFERS, INITIAL_BALANCE, PROVENANCE,
};

use candor_groth16::Groth16;
use candor_statement::{Binding, InputCommitment, ModelCommitment, Statement, StatementSchema};
use candor_testing::{check_holds, execute, ProofSystem};
use frame_support::assert_ok;
use pallet_circuits::Batch;
use sp_runtime::traits::Convert;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;

pub const GROTH16: SystemId = Groth16::ID;

/// Four public inputs.
pub const SCHEMA: StatementSchema = StatementSchema::InferenceV1 { input_len: 8, output_len: 4 };
pub const INPUTS: u64 = 4;

/// Runs a test on a fresh chain and checks the invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	// References are counted here without models.
	execute(test, &[CircuitsPallet::do_try_state, check_holds]);
}

/// The id of the circuit with this key as [`register`] declares it.
pub fn id_of(keyed: &Keyed) -> CircuitId {
	CircuitId::of(GROTH16, &keyed.key.to_bytes(), &SCHEMA, &PROVENANCE)
}

/// Registers a circuit for Alice; another one for each seed.
pub fn register(seed: u64) -> Keyed {
	let keyed = Keyed::new(INPUTS, seed);
	assert_ok!(CircuitsPallet::register(
		RuntimeOrigin::signed(ALICE),
		GROTH16,
		keyed.key.to_bytes().try_into().unwrap(),
		SCHEMA,
		PROVENANCE,
	));
	keyed
}

/// The same, for tests that only want the id.
pub fn registered(seed: u64) -> CircuitId {
	id_of(&register(seed))
}

/// What a circuit with a prepared key of so many bytes costs.
pub fn deposit_for(prepared_key: usize) -> u128 {
	Price::convert(CircuitsPallet::footprint(prepared_key))
}

/// Outputs of statements, by their number.
static OUTPUTS: [[u8; 4]; 10] = {
	let mut outputs = [[0; 4]; 10];
	let mut number = 0;
	while number < outputs.len() {
		outputs[number] = [number as u8; 4];
		number += 1;
	}
	outputs
};

/// A statement of [`SCHEMA`]; another one for each number below 10.
pub fn statement(number: u8) -> Statement<'static> {
	let scalar = |place: u8| [number, place].repeat(16).try_into().unwrap();
	Statement {
		model: ModelCommitment::Scalar(scalar(1)),
		input: InputCommitment::from_bytes(scalar(2)),
		output: &OUTPUTS[usize::from(number)],
		binding: Binding::from_bytes(scalar(4)),
	}
}

/// Why a proof by itself was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
	Circuit(CircuitRefusal),
	Proof(ProofRefusal),
}

/// Verifies one proof.
pub fn verify(circuit: CircuitId, statement: &Statement<'_>, proof: &[u8]) -> Result<(), Refused> {
	let mut batch = Batch::<Test>::default();
	let admitted = batch.admit(circuit).map_err(Refused::Circuit)?;
	batch.add(admitted, &[*statement], proof).map_err(Refused::Proof)?;
	batch.verify().map_err(|refusal| match refusal {
		BatchRefusal::Item { index: 0, refusal } => Refused::Proof(refusal),
		refusal => panic!("one proof was refused with {refusal:?}"),
	})
}
