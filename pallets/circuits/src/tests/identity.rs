// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, CircuitId, Circuits, Error, Event, Provenance, SetupKind};
use candor_statement::StatementSchema;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchResult;

/// The id of [`SCHEMA`], [`PROVENANCE`] and a key of 768 bytes `0, 1, … 250, 0, …`, as computed by
/// other code.
const GOLDEN: [u8; 32] =
	sp_core::hex2array!("21f7a8739470cfebc317106017b45ef1cef6f5b910ddde0f1f90a52b5da6eacd");

/// Lengths that give as many public inputs as [`SCHEMA`] has.
const OTHER_LENGTHS: StatementSchema =
	StatementSchema::InferenceV1 { input_len: 9, output_len: 31 };

fn register_as(
	who: AccountId,
	schema: StatementSchema,
	provenance: Provenance,
) -> Result<CircuitId, sp_runtime::DispatchError> {
	let key = Trapdoor::new(INPUTS, 0).key.to_bytes();
	let circuit = CircuitId::of(&key, &schema, &provenance);
	let result: DispatchResult = CircuitsPallet::register(
		RuntimeOrigin::signed(who),
		key.try_into().unwrap(),
		schema,
		provenance,
	);
	result.map(|()| circuit)
}

#[test]
fn an_id_is_the_hash_of_name_key_schema_and_provenance() {
	let key: Vec<u8> = (0..768u32).map(|place| (place % 251) as u8).collect();
	let mut bytes = vec![14 << 2];
	bytes.extend(b"candor/circuit");
	// 768 as a compact integer of two bytes.
	bytes.extend([0x01, 0x0c]);
	bytes.extend(&key);
	bytes.extend([0, 8, 0, 0, 0, 4, 0, 0, 0]);
	bytes.extend([1; 32]);
	bytes.extend([2; 32]);
	bytes.push(1);
	let circuit = CircuitId::of(&key, &SCHEMA, &PROVENANCE);
	assert_eq!(circuit.0 .0, blake2_256(&bytes));
	assert_eq!(circuit.0 .0, GOLDEN);
}

#[test]
fn the_same_key_with_another_declaration_is_another_circuit_and_blocks_nobody() {
	let others = [
		(OTHER_LENGTHS, PROVENANCE),
		(SCHEMA, Provenance { declared: SetupKind::Development, ..PROVENANCE }),
		(SCHEMA, Provenance { source: H256::zero(), ..PROVENANCE }),
		(SCHEMA, Provenance { transcript: H256::zero(), ..PROVENANCE }),
	];
	for (schema, provenance) in others {
		build_and_execute(|| {
			let squatter = register_as(BOB, schema, provenance).unwrap();
			let circuit = register_as(ALICE, SCHEMA, PROVENANCE).unwrap();
			assert_ne!(squatter, circuit);
			let info = Circuits::<Test>::get(circuit).unwrap();
			assert_eq!((info.depositor, info.schema, info.provenance), (ALICE, SCHEMA, PROVENANCE));
			let info = Circuits::<Test>::get(squatter).unwrap();
			assert_eq!((info.depositor, info.schema, info.provenance), (BOB, schema, provenance));

			assert_ok!(CircuitsPallet::deregister(RuntimeOrigin::signed(BOB), squatter));
			assert!(Circuits::<Test>::contains_key(circuit));
		});
	}
}

#[test]
fn only_the_identical_declaration_is_refused_whoever_makes_it() {
	build_and_execute(|| {
		let circuit = register_as(BOB, SCHEMA, PROVENANCE).unwrap();
		for who in [ALICE, BOB] {
			assert_noop!(
				register_as(who, SCHEMA, PROVENANCE).map(|_| ()),
				Error::<Test>::AlreadyRegistered
			);
		}
		System::assert_last_event(
			Event::Registered {
				circuit,
				depositor: BOB,
				schema: SCHEMA,
				declared: SetupKind::Ceremony,
			}
			.into(),
		);
	});
}
