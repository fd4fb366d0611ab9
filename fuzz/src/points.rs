// SPDX-License-Identifier: Apache-2.0

//! Bytes that are points, one after the other, and mutations that keep most of them points.
//!
//! Random bytes are on no curve. So half of the mutations put whole points in: good ones, and ones
//! with each of the faults that a decoder has to see. The other half is libFuzzer's own.

use crate::arkworks::encode;
use ark_bn254::{Fq, Fq2, Fr, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField};
use ark_std::rand::{seq::SliceRandom, Rng, SeedableRng};
use candor_groth16::{G1_BYTES, G2_BYTES};
use candor_trapdoor::{g1, g2};
use rand_chacha::ChaCha8Rng;
use std::{ops::Range, sync::OnceLock};

/// Bytes of a coordinate over the base field.
const COORDINATE_BYTES: usize = 32;

/// A mutation that knows nothing of points: `libfuzzer_sys::fuzzer_mutate`.
type Fallback = fn(&mut [u8], usize, usize) -> usize;

/// Points to put in, encoded.
struct Pool {
	g1: Vec<Vec<u8>>,
	g2: Vec<Vec<u8>>,
}

impl Pool {
	fn get() -> &'static Self {
		static POOL: OnceLock<Pool> = OnceLock::new();
		POOL.get_or_init(|| {
			let scalars: Vec<_> = (1..=6).flat_map(|i| [Fr::from(i), -Fr::from(i)]).collect();
			let g2 = scalars.iter().map(|scalar| encode(&g2(*scalar)));
			let outside = outside_the_subgroup().into_iter().map(|point| encode(&point));
			Self {
				g1: scalars.iter().map(|scalar| encode(&g1(*scalar))).collect(),
				g2: g2.chain(outside).collect(),
			}
		})
	}
}

/// Points of the twist outside the subgroup: some at random, and one of them with its part in the
/// subgroup removed.
pub fn outside_the_subgroup() -> Vec<G2Affine> {
	let mut points: Vec<_> = (0u64..)
		.filter_map(|x| {
			G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::from(1)), true)
		})
		.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve())
		.take(3)
		.collect();
	let torsion = points[0].mul_bigint(Fr::MODULUS).into_affine();
	points.push(torsion);
	points
}

/// Adds the field's modulus to a coordinate, as often as asked and as fits in its bytes.
fn add_modulus(coordinate: &mut [u8], times: u8) {
	let modulus = Fq::MODULUS.to_bytes_be();
	for _ in 0..times {
		let mut sum = [0; COORDINATE_BYTES];
		let mut carry = 0;
		for (sum, (x, m)) in sum.iter_mut().zip(coordinate.iter().zip(&modulus)).rev() {
			let column = u16::from(*x) + u16::from(*m) + carry;
			*sum = column as u8;
			carry = column >> 8;
		}
		if carry != 0 {
			return;
		}
		coordinate.copy_from_slice(&sum);
	}
}

/// Replaces a coordinate by its negative.
fn negate(coordinate: &mut [u8]) {
	let negative = -Fq::from_be_bytes_mod_order(coordinate);
	coordinate.copy_from_slice(&negative.into_bigint().to_bytes_be());
}

/// Mutates bytes; the custom mutator of libFuzzer has the same contract.
pub fn mutate(
	data: &mut [u8],
	size: usize,
	max_size: usize,
	seed: u32,
	fallback: Fallback,
) -> usize {
	let mut rng = ChaCha8Rng::seed_from_u64(seed.into());
	if size < G1_BYTES || size > max_size || rng.gen_ratio(1, 8) {
		return fallback(data, size, max_size);
	}
	if rng.gen_ratio(3, 7) {
		// Most lengths are refused at once, so this one is kept.
		let shrunk = fallback(data, size, size);
		data[shrunk..size].fill(0);
		return size;
	}

	let bytes = &mut data[..size];
	// Every point of a key or a proof begins at a multiple of the shorter point's length.
	let slot = |rng: &mut ChaCha8Rng| -> Range<usize> {
		let start = rng.gen_range(0..size / G1_BYTES) * G1_BYTES;
		start..start + G1_BYTES
	};
	let coordinate = |rng: &mut ChaCha8Rng| -> Range<usize> {
		let start = rng.gen_range(0..size / COORDINATE_BYTES) * COORDINATE_BYTES;
		start..start + COORDINATE_BYTES
	};
	let put = |bytes: &mut [u8], at: usize, point: &[u8]| {
		let end = size.min(at + point.len());
		bytes[at..end].copy_from_slice(&point[..end - at]);
	};
	let pool = Pool::get();
	match rng.gen_range(0..12) {
		0 | 1 => put(bytes, slot(&mut rng).start, pool.g1.choose(&mut rng).expect("not empty")),
		2 | 3 => put(bytes, slot(&mut rng).start, pool.g2.choose(&mut rng).expect("not empty")),
		4 => bytes[slot(&mut rng)].fill(0),
		5 => {
			let from = slot(&mut rng);
			bytes.copy_within(from, slot(&mut rng).start);
		}
		6 => {
			let from = slot(&mut rng).start;
			let end = size.min(from + G2_BYTES);
			let to = slot(&mut rng).start.min(size - (end - from));
			bytes.copy_within(from..end, to);
		}
		7 => add_modulus(&mut bytes[coordinate(&mut rng)], rng.gen_range(1..6)),
		8 => negate(&mut bytes[coordinate(&mut rng)]),
		9 => bytes[coordinate(&mut rng).start] ^= 1 << rng.gen_range(5..8),
		10 => {
			// Swaps the parts of a coordinate over the quadratic extension.
			bytes[slot(&mut rng)].rotate_left(COORDINATE_BYTES);
		}
		_ => return resize(data, size, max_size, &mut rng),
	}
	size
}

/// Appends or removes a point, or a byte.
fn resize(data: &mut [u8], size: usize, max_size: usize, rng: &mut ChaCha8Rng) -> usize {
	let point = Pool::get().g1.choose(rng).expect("not empty");
	let step = if rng.gen() { 1 } else { G1_BYTES };
	if rng.gen() {
		return size - step;
	}
	let grown = size + step;
	if grown <= max_size {
		data[size..grown].copy_from_slice(&point[..step]);
		grown
	} else {
		size
	}
}
