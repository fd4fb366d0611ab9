// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_groth16::{Fr, MAX_PUBLIC_INPUTS, PREPARED_HEADER_BYTES, STORED_KEY_LAYOUT};
use candor_statement::StatementSchema;
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{Inspect, InspectHold},
};
use pallet_circuits::{Circuits, Error, Event, PreparedKeys};
use sp_runtime::{DispatchResult, TokenError};

fn register_bytes(bytes: Vec<u8>, schema: StatementSchema) -> DispatchResult {
	CircuitsPallet::register(
		RuntimeOrigin::signed(ALICE),
		GROTH16,
		bytes.try_into().unwrap(),
		schema,
		PROVENANCE,
	)
}

fn key_bytes() -> Vec<u8> {
	Keyed::new(INPUTS, 0).key.to_bytes()
}

/// Output bytes for so many public inputs.
fn schema_for(inputs: u32) -> StatementSchema {
	StatementSchema::InferenceV1 { input_len: 1, output_len: (inputs - 3) * 31 }
}

#[test]
fn a_key_is_stored_with_its_provenance_and_a_deposit() {
	build_and_execute(|| {
		let id = registered(0);

		let info = CircuitsPallet::circuit(id).unwrap();
		assert_eq!(info.depositor, ALICE);
		assert_eq!(info.schema, SCHEMA);
		assert_eq!(info.provenance, PROVENANCE);
		assert!(!info.attested);
		assert_eq!((info.frozen_at, info.paused), (None, 0));
		assert_eq!(info.references, 0);

		let deposit = deposit_for(PreparedKeys::<Test>::get(id).unwrap().len());
		assert_eq!(Balances::balance_on_hold(&DepositReason::get(), &ALICE), deposit);
		assert_eq!(Balances::balance(&ALICE), INITIAL_BALANCE - deposit);
		System::assert_last_event(
			Event::Registered {
				circuit: id,
				depositor: ALICE,
				system: GROTH16,
				schema: SCHEMA,
				declared: SetupKind::Ceremony,
			}
			.into(),
		);
	});
}

#[test]
fn a_development_setup_is_marked_in_state_and_event() {
	build_and_execute(|| {
		let provenance = Provenance { declared: SetupKind::Development, ..PROVENANCE };
		assert_ok!(CircuitsPallet::register(
			RuntimeOrigin::signed(ALICE),
			GROTH16,
			key_bytes().try_into().unwrap(),
			SCHEMA,
			provenance,
		));
		let circuit = CircuitId::of(GROTH16, &key_bytes(), &SCHEMA, &provenance);
		assert_eq!(
			CircuitsPallet::circuit(circuit).unwrap().provenance.declared,
			SetupKind::Development
		);
		System::assert_last_event(
			Event::Registered {
				circuit,
				depositor: ALICE,
				system: GROTH16,
				schema: SCHEMA,
				declared: SetupKind::Development,
			}
			.into(),
		);
	});
}

#[test]
fn the_largest_key_is_accepted_and_a_larger_one_refused() {
	build_and_execute(|| {
		let largest = Keyed::new(MAX_PUBLIC_INPUTS.into(), 0).key.to_bytes();
		assert_ok!(register_bytes(largest, schema_for(MAX_PUBLIC_INPUTS)));
		let larger = Keyed::new(u64::from(MAX_PUBLIC_INPUTS) + 1, 0).key.to_bytes();
		assert_noop!(
			register_bytes(larger, schema_for(MAX_PUBLIC_INPUTS + 1)),
			Error::<Test>::TooManyPublicInputs
		);
	});
}

#[test]
fn the_same_circuit_is_not_registered_twice() {
	build_and_execute(|| {
		register(0);
		assert_noop!(register_bytes(key_bytes(), SCHEMA), Error::<Test>::AlreadyRegistered);
		assert_eq!(Circuits::<Test>::iter().count(), 1);
	});
}

#[test]
fn only_signed_origins_register() {
	build_and_execute(|| {
		assert_noop!(
			CircuitsPallet::register(
				RuntimeOrigin::root(),
				GROTH16,
				key_bytes().try_into().unwrap(),
				SCHEMA,
				PROVENANCE,
			),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn a_depositor_who_cannot_pay_is_refused() {
	build_and_execute(|| {
		let layout = size_of_val(&STORED_KEY_LAYOUT);
		let deposit = deposit_for(layout + PREPARED_HEADER_BYTES + key_bytes().len());
		for (balance, accepted) in
			[(deposit + EXISTENTIAL_DEPOSIT - 1, false), (deposit + EXISTENTIAL_DEPOSIT, true)]
		{
			assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), ALICE, balance));
			if accepted {
				assert_ok!(register_bytes(key_bytes(), SCHEMA));
			} else {
				assert_noop!(register_bytes(key_bytes(), SCHEMA), TokenError::FundsUnavailable);
			}
		}
	});
}

mod reject {
	use super::*;

	#[test]
	fn lengths_that_no_key_has() {
		build_and_execute(|| {
			let bytes = key_bytes();
			for length in [0, 1, 447, 448, bytes.len() - 64, bytes.len() - 1] {
				let error = match length {
					// One input less is a key, but not for this schema.
					length if length == bytes.len() - 64 => Error::<Test>::SchemaMismatch,
					_ => Error::<Test>::WrongKeyLength,
				};
				assert_noop!(register_bytes(bytes[..length].to_vec(), SCHEMA), error);
			}
			let mut longer = bytes;
			longer.push(0);
			assert_noop!(register_bytes(longer, SCHEMA), Error::<Test>::WrongKeyLength);
		});
	}

	#[test]
	fn a_key_without_inputs() {
		build_and_execute(|| {
			let bytes = Keyed::new(0, 0).key.to_bytes();
			assert_noop!(register_bytes(bytes, SCHEMA), Error::<Test>::NoPublicInputs);
		});
	}

	#[test]
	fn infinity_in_each_place() {
		build_and_execute(|| {
			// alpha, beta, gamma, delta, IC[0], IC[1], IC[4]: infinity would be all zeros.
			for range in [0..64, 64..192, 192..320, 320..448, 448..512, 512..576, 704..768] {
				let mut bytes = key_bytes();
				bytes[range].fill(0);
				assert_noop!(register_bytes(bytes, SCHEMA), Error::<Test>::PointAtInfinity);
			}
		});
	}

	#[test]
	fn coordinates_that_are_not_reduced() {
		build_and_execute(|| {
			for start in [0, 64, 192, 320, 448] {
				let mut bytes = key_bytes();
				bytes[start..start + 32].fill(0xff);
				assert_noop!(register_bytes(bytes, SCHEMA), Error::<Test>::NonCanonicalCoordinate);
			}
		});
	}

	#[test]
	fn points_off_the_curve() {
		build_and_execute(|| {
			for last in [63, 191, 319, 447, 511] {
				let mut bytes = key_bytes();
				bytes[last] ^= 1;
				assert_noop!(register_bytes(bytes, SCHEMA), Error::<Test>::PointOffCurve);
			}
		});
	}

	#[test]
	fn points_outside_the_subgroup() {
		use ark_bn254::Fq2;
		use candor_groth16::G2Affine;

		build_and_execute(|| {
			let outside = (0u64..)
				.find_map(|x| {
					G2Affine::get_point_from_x_unchecked(Fq2::new(x.into(), 1u64.into()), false)
						.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve())
				})
				.unwrap();
			let mut key = Keyed::new(INPUTS, 0).key;
			key.gamma = outside;
			assert_noop!(
				register_bytes(key.to_bytes(), SCHEMA),
				Error::<Test>::PointOutsideSubgroup
			);
		});
	}

	#[test]
	fn related_points_of_the_setup() {
		build_and_execute(|| {
			for sign in [Fr::from(1), -Fr::from(1)] {
				let mut key = Keyed::new(INPUTS, 0).key;
				key.delta = candor_trapdoor::g2(Fr::from(5000) * sign);
				assert_eq!(key.gamma, candor_trapdoor::g2(Fr::from(5000)));
				assert_noop!(register_bytes(key.to_bytes(), SCHEMA), Error::<Test>::RelatedSetup);
			}
		});
	}

	#[test]
	fn related_points_of_two_inputs() {
		build_and_execute(|| {
			let mut key = Keyed::new(INPUTS, 0).key;
			key.ic[3] = -key.ic[1];
			assert_noop!(register_bytes(key.to_bytes(), SCHEMA), Error::<Test>::RelatedInputs);
		});
	}

	#[test]
	fn a_schema_with_another_number_of_inputs() {
		build_and_execute(|| {
			for inputs in [3, 5, 64] {
				assert_noop!(
					register_bytes(key_bytes(), schema_for(inputs)),
					Error::<Test>::SchemaMismatch
				);
			}
			let huge = StatementSchema::InferenceV1 { input_len: u32::MAX, output_len: u32::MAX };
			assert_noop!(register_bytes(key_bytes(), huge), Error::<Test>::SchemaMismatch);
		});
	}

	#[test]
	fn a_system_that_the_chain_does_not_have() {
		build_and_execute(|| {
			for system in [SystemId(2), SystemId(254)] {
				assert_noop!(
					CircuitsPallet::register(
						RuntimeOrigin::signed(ALICE),
						system,
						key_bytes().try_into().unwrap(),
						SCHEMA,
						PROVENANCE,
					),
					Error::<Test>::UnknownSystem
				);
			}
		});
	}

	#[test]
	fn a_key_of_another_system() {
		build_and_execute(|| {
			let foreign = candor_testing::insecure::key(4, 0);
			assert_noop!(register_bytes(foreign, SCHEMA), Error::<Test>::WrongKeyLength);
			assert_noop!(
				CircuitsPallet::register(
					RuntimeOrigin::signed(ALICE),
					<candor_testing::Insecure as candor_testing::ProofSystem>::ID,
					key_bytes().try_into().unwrap(),
					SCHEMA,
					PROVENANCE,
				),
				Error::<Test>::WrongKeyLength
			);
		});
	}
}
