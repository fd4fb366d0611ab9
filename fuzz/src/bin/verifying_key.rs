// SPDX-License-Identifier: Apache-2.0

//! Registration of a verifying key, on any bytes.

#![no_main]

use candor_fuzz::{arkworks, mutate_points};
use candor_groth16::{KeyError, VerifyingKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
	let faults: Vec<KeyError> = match arkworks::key(bytes) {
		Ok(key) => arkworks::broken_rules(&key),
		Err(faults) => faults.into_iter().map(KeyError::Decode).collect(),
	};
	match VerifyingKey::register(bytes) {
		Ok(key) => {
			assert!(faults.is_empty(), "registered in spite of {faults:?}");
			assert_eq!(key.to_bytes(), bytes, "two encodings of one key");
		}
		Err(error) => assert!(faults.contains(&error), "{error:?}, but there is {faults:?}"),
	}
});

mutate_points!();
