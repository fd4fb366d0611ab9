// SPDX-License-Identifier: Apache-2.0

//! Decoding of a proof, on any bytes.

#![no_main]

use ark_bn254::Fr;
use candor_fuzz::{arkworks, mutate_points};
use candor_groth16::{DecodeError, PreparedVerifyingKey, Proof, VerifyError};
use candor_trapdoor::Trapdoor;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// A key with one public input.
static KEY: LazyLock<PreparedVerifyingKey> = LazyLock::new(|| {
	let [alpha, beta, gamma, delta, constant, input] = [2, 3, 5, 7, 11, 13].map(Fr::from);
	let trapdoor = Trapdoor { alpha, beta, gamma, delta, ic: vec![constant, input] };
	PreparedVerifyingKey::prepare(&trapdoor.key()).expect("points of their groups")
});

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
			assert_eq!(KEY.verify(&[Fr::from(1)], &proof), Err(VerifyError::NotInSubgroup));
		}
		Err(error) => assert!(faults.contains(&error), "{error:?}, but there is {faults:?}"),
	}
});

mutate_points!();
