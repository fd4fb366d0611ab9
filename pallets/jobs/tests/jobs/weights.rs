// SPDX-License-Identifier: Apache-2.0

use pallet_jobs::{weights::public_inputs, WeightInfo};

#[test]
fn a_submission_weighs_its_verification() {
	// 2 ms, and 0.05 ms for each of 3 + ceil(n / 31) public inputs, in picoseconds.
	const MILLISECOND: u64 = 1_000_000_000;
	for (output_bytes, inputs) in [(0, 3), (31, 4), (32, 5), (1_891, 64)] {
		let weight = <()>::submit(public_inputs(output_bytes)).ref_time();
		assert!(weight > 2 * MILLISECOND + inputs * MILLISECOND / 20, "{output_bytes} bytes");
	}
}

#[test]
fn a_posted_input_weighs_its_bytes() {
	assert!(<()>::open(1_000).ref_time() > <()>::open(0).ref_time());
}

#[test]
fn opening_many_weighs_each_and_less_than_one_by_one() {
	let together = |inputs| <()>::open_batch(inputs).ref_time();
	assert!(together(9) > together(8));
	assert!(together(8) < 8 * <()>::open(0).ref_time());
}

#[test]
fn a_batch_weighs_every_proof_key_and_input() {
	let some = [8, 4, 40, 1, 3, 2, 1];
	let weight = |[p, k, i, o, r, w, v]: [u32; 7]| <()>::submit_batch(p, k, i, o, r, w, v);
	for part in 0..some.len() {
		let mut more = some;
		more[part] += 1;
		assert!(weight(more).ref_time() > weight(some).ref_time(), "{more:?}");
	}
	// A batch is the cheaper way.
	assert!(weight([64, 1, 64 * 5, 3, 64, 64, 64]).ref_time() < 64 * <()>::submit(5).ref_time());
}
