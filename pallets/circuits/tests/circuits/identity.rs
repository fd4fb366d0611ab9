// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_statement::StatementSchema;
use frame_support::{assert_noop, assert_ok};
use pallet_circuits::{Circuits, Error, Event};
use sp_core::H256;
use sp_runtime::DispatchResult;

/// Lengths that give as many public inputs as [`SCHEMA`] has.
const OTHER_LENGTHS: StatementSchema =
	StatementSchema::InferenceV1 { input_len: 9, output_len: 31 };

fn register_as(
	who: AccountId,
	schema: StatementSchema,
	provenance: Provenance,
) -> Result<CircuitId, sp_runtime::DispatchError> {
	let key = Keyed::new(INPUTS, 0).key.to_bytes();
	let circuit = CircuitId::of(GROTH16, &key, &schema, &provenance);
	let result: DispatchResult = CircuitsPallet::register(
		RuntimeOrigin::signed(who),
		GROTH16,
		key.try_into().unwrap(),
		schema,
		provenance,
	);
	result.map(|()| circuit)
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
				system: GROTH16,
				schema: SCHEMA,
				declared: SetupKind::Ceremony,
			}
			.into(),
		);
	});
}
