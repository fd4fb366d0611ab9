// SPDX-License-Identifier: Apache-2.0

//! What the fuzz targets share: arkworks as the other opinion, mutations that know what a point is,
//! and keys with a known trapdoor.
//!
//! Each file of `src/bin` is a target; `docs/fuzzing.md` says what each holds true and how to add
//! one.

pub mod algebra;
pub mod arkworks;
pub mod cases;
pub mod points;

/// Lets libFuzzer mutate inputs that are points, one after the other, with
/// [`points::mutate`].
#[macro_export]
macro_rules! mutate_points {
	() => {
		libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
			$crate::points::mutate(data, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
		});
	};
}
