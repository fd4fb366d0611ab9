// SPDX-License-Identifier: Apache-2.0

//! What chains have in storage must not drift: see `vectors/README.md`.

use crate::{rng::rng, snarkjs};
use candor_groth16::{
	stored_key, Groth16, PreparedVerifyingKey, VerifyingKey, G1_BYTES, STORED_KEY_LAYOUT,
};
use candor_proof_system::{KeyRefusal, ProofSystem, UnreadableKey};
use candor_statement::StatementSchema;
use candor_trapdoor::Trapdoor;

/// The layout with this number, of the key of snarkjs.
const LAYOUT: u8 = 1;
const STORED: &[u8] = include_bytes!("../vectors/stored_key_1.bin");

const SCHEMA: StatementSchema = StatementSchema::InferenceV1 { input_len: 8, output_len: 4 };

/// Other bytes need another number, and code that reads or replaces what is there.
#[test]
fn the_layout_of_stored_keys_is_that_of_its_number() {
	assert_eq!(STORED_KEY_LAYOUT, LAYOUT);
	let key = VerifyingKey::register(&snarkjs::good_key()).unwrap();
	assert!(STORED == stored_key(&key).unwrap(), "what is stored of a key has changed");
	assert_eq!(Groth16::key_of(STORED), Ok(key.to_bytes()));
}

#[test]
fn what_is_registered_is_stored_in_that_layout_and_read_again() {
	let key = Trapdoor::random(4, &mut rng(1)).key();
	let stored = Groth16::register(&key.to_bytes(), &SCHEMA).unwrap().0;
	let prepared = PreparedVerifyingKey::prepare(&key).unwrap().to_bytes();
	assert!(stored == [&[LAYOUT][..], &prepared].concat());
	assert!(u32::try_from(stored.len()).unwrap() <= Groth16::LIMITS.prepared_key_bytes);
	assert_eq!(Groth16::key_of(&stored), Ok(key.to_bytes()));
}

#[test]
fn a_stored_key_of_another_layout_or_length_is_not_read() {
	let mut other = STORED.to_vec();
	other[0] = LAYOUT + 1;
	for bytes in [&[][..], &[LAYOUT], &STORED[1..], &STORED[..STORED.len() - 1], &other] {
		assert_eq!(Groth16::key_of(bytes), Err(UnreadableKey));
	}
}

#[test]
fn the_largest_key_is_within_the_limits_and_its_length_tells_its_inputs() {
	let output_len = (Groth16::LIMITS.public_inputs - 3) * 31;
	let schema = StatementSchema::InferenceV1 { input_len: 1, output_len };
	let key =
		Trapdoor::random(Groth16::LIMITS.public_inputs as usize, &mut rng(1)).key().to_bytes();
	assert_eq!(key.len() as u32, Groth16::LIMITS.key_bytes);
	assert_eq!(Groth16::inputs_of_key_length(key.len()), Groth16::LIMITS.public_inputs);
	let stored = Groth16::register(&key, &schema).unwrap().0;
	assert_eq!(stored.len() as u32, Groth16::LIMITS.prepared_key_bytes);
	assert_eq!(Groth16::register(&key, &SCHEMA), Err(KeyRefusal::SchemaMismatch));
	let longer = [&key[..], &key[key.len() - G1_BYTES..]].concat();
	assert_eq!(Groth16::register(&longer, &schema), Err(KeyRefusal::TooManyPublicInputs));
}
