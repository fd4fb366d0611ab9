// SPDX-License-Identifier: Apache-2.0

//! Decoding of a proof, with a commitment to stage one or without, on any bytes.

#![no_main]

use ark_bn254::Fr;
use candor_fuzz::{arkworks, mutate_points};
use candor_groth16::{DecodeError, PreparedVerifyingKey, Proof, VerifyError};
use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// Keys with one public input: a plain one, and one with both blocks.
static KEYS: LazyLock<[PreparedVerifyingKey; 2]> = LazyLock::new(|| {
	let [alpha, beta, gamma, delta, constant, input] = [2, 3, 5, 7, 11, 13].map(Fr::from);
	let plain = Trapdoor { alpha, beta, gamma, delta, ic: vec![constant, input] };
	let [eta, sigma, challenge] = [17, 19, 23].map(Fr::from);
	let with_challenge = Trapdoor { ic: vec![constant, input, challenge], ..plain.clone() };
	let staged =
		StagedTrapdoor { plain: with_challenge, eta: Some(eta), stage_one: Some((sigma, 1)) };
	[plain.key(), staged.key()]
		.map(|key| PreparedVerifyingKey::prepare(&key).expect("points of their groups"))
});

fn verify(proof: &Proof) -> Result<(), VerifyError> {
	let [plain, staged] = &*KEYS;
	match proof.stage_one {
		None => plain.verify(&[Fr::from(1)], proof),
		Some(_) => staged.verify_about(Some(&g1(Fr::from(29))), &[Fr::from(1)], proof),
	}
}

fuzz_target!(|bytes: &[u8]| {
	let faults = arkworks::proof(bytes).err().unwrap_or_default();
	match Proof::from_bytes(bytes) {
		Ok(proof) => {
			assert_eq!(proof.to_bytes(), bytes, "two encodings of one proof");
			if faults.is_empty() {
				return;
			}
			// The subgroup may be left to verification, but to nobody else.
			assert!(
				faults.iter().all(|fault| *fault == DecodeError::NotInSubgroup),
				"decoded in spite of {faults:?}"
			);
			assert_eq!(verify(&proof), Err(VerifyError::NotInSubgroup));
		}
		Err(error) => assert!(faults.contains(&error), "{error:?}, but there is {faults:?}"),
	}
});

mutate_points!();
