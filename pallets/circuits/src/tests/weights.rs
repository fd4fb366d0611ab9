// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, weights::inputs_of_key_length, WeightInfo};
use candor_groth16::MAX_PUBLIC_INPUTS;

#[test]
fn the_number_of_inputs_follows_from_the_length() {
	for inputs in [1, 4, 64] {
		let bytes = Trapdoor::new(inputs, 0).key.to_bytes();
		assert_eq!(u64::from(inputs_of_key_length(bytes.len())), inputs);
	}
	assert_eq!(inputs_of_key_length(0), 0);
	assert_eq!(inputs_of_key_length(448), 0);
	assert_eq!(inputs_of_key_length(usize::MAX), MAX_PUBLIC_INPUTS);
}

#[test]
fn a_larger_key_weighs_more() {
	assert!(<()>::register(64).ref_time() > <()>::register(1).ref_time());
}
