// SPDX-License-Identifier: Apache-2.0

//! Keys and a proof of snarkjs, put into bytes by hand; see `vectors/README.md`.

use ark_bn254::Fr;
use candor_groth16::{KeyError, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey};
use serde_json::Value;

fn vectors() -> Value {
	serde_json::from_str(include_str!("../vectors/snarkjs.json")).unwrap()
}

fn word(decimal: &Value) -> [u8; 32] {
	let mut bytes = [0; 32];
	for digit in decimal.as_str().unwrap().bytes() {
		let mut carry = u32::from(digit - b'0');
		for byte in bytes.iter_mut().rev() {
			carry += 10 * u32::from(*byte);
			*byte = carry as u8;
			carry >>= 8;
		}
		assert_eq!(carry, 0);
	}
	bytes
}

fn g1(point: &Value) -> Vec<u8> {
	[word(&point[0]), word(&point[1])].concat()
}

/// snarkjs writes the real part first.
fn g2(point: &Value) -> Vec<u8> {
	let [x, y] = [&point[0], &point[1]];
	[word(&x[1]), word(&x[0]), word(&y[1]), word(&y[0])].concat()
}

fn key(key: &Value) -> Vec<u8> {
	let points = key["ic"].as_array().unwrap().iter().flat_map(g1);
	[g1(&key["alpha"]), g2(&key["beta"]), g2(&key["gamma"]), g2(&key["delta"])]
		.concat()
		.into_iter()
		.chain(points)
		.collect()
}

/// The key after a contribution to the setup's second phase.
pub fn good_key() -> Vec<u8> {
	key(&vectors()["key"])
}

#[test]
fn its_proof_verifies_for_its_inputs_alone() {
	let vectors = vectors();
	let key = VerifyingKey::register(&key(&vectors["key"])).unwrap();
	let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
	let proof = hex::decode(vectors["proof"].as_str().unwrap()).unwrap();
	let proof = Proof::from_bytes(&proof).unwrap();
	assert_eq!(vectors["inputs"], serde_json::json!(["391", "40"]));
	assert_eq!(prepared.verify(&[391, 40].map(Fr::from), &proof), Ok(()));
	for wrong in [[391, 41], [392, 40], [40, 391]] {
		let verdict = prepared.verify(&wrong.map(Fr::from), &proof);
		assert_eq!(verdict, Err(VerifyError::Invalid));
	}
}

#[test]
fn its_key_without_a_second_phase_is_refused() {
	let bytes = key(&vectors()["skippedPhase2"]);
	assert!(VerifyingKey::from_bytes(&bytes).is_ok());
	assert_eq!(VerifyingKey::register(&bytes), Err(KeyError::RelatedSetup));
}
