// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_groth16::{Groth16, MAX_PUBLIC_INPUTS};
use candor_testing::ProofSystem;
use pallet_circuits::WeightInfo;

#[test]
fn the_number_of_inputs_follows_from_the_length() {
	for inputs in [1, 4, 64] {
		let bytes = Keyed::new(inputs, 0).key.to_bytes();
		assert_eq!(u64::from(Groth16::inputs_of_key_length(bytes.len())), inputs);
	}
	assert_eq!(Groth16::inputs_of_key_length(0), 0);
	assert_eq!(Groth16::inputs_of_key_length(448), 0);
	assert_eq!(Groth16::inputs_of_key_length(usize::MAX), MAX_PUBLIC_INPUTS);
}

#[test]
fn a_larger_key_weighs_more() {
	assert!(<()>::register(64).ref_time() > <()>::register(1).ref_time());
}
