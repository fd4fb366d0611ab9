// SPDX-License-Identifier: Apache-2.0

use crate::WeightInfo;

#[test]
fn a_submission_weighs_its_verification() {
	// 25 ms, and 1.5 ms for each of 3 + ceil(n / 31) public inputs, in picoseconds.
	const MILLISECOND: u64 = 1_000_000_000;
	for (output_bytes, inputs) in [(0, 3), (31, 4), (32, 5), (1_891, 64)] {
		let weight = <()>::submit(output_bytes).ref_time();
		assert!(weight > 25 * MILLISECOND + inputs * 3 * MILLISECOND / 2, "{output_bytes} bytes");
	}
}

#[test]
fn a_posted_input_weighs_its_bytes() {
	assert!(<()>::open(1_000).ref_time() > <()>::open(0).ref_time());
}
