// SPDX-License-Identifier: Apache-2.0
//! What this machine takes for the steps that setups and proofs consist of.

use crate::{msm, Domain};
use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{
	pairing::Pairing, scalar_mul::BatchMulPreprocessing, AffineRepr, PrimeGroup, VariableBaseMSM,
};
use ark_ff::UniformRand;
use ark_poly::EvaluationDomain;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use rand::{rngs::StdRng, Rng, SeedableRng};
use rustix::time::{clock_gettime, ClockId, Timespec};
use serde::Serialize;
use std::hint::black_box;

/// Points of the first group that a key is made and checked of to measure: enough that a point takes what it
/// takes in a key.
const G1_POINTS: usize = 1 << 11;
/// The same of the second group, which takes three times as long.
const G2_POINTS: usize = 1 << 9;
/// The points that are summed up at most: beyond a core's caches, as those of large circuits are.
const MOST_POINTS: usize = 1 << 16;
/// The sizes of the transform that is measured, for the same reason.
const DOMAINS: [usize; 2] = [1 << 12, 1 << 18];
/// Memory that is asked for to measure: so much that it comes from the system, and goes back there.
const FRESH_BYTES: usize = 1 << 26;
/// Each step is measured so often, and the fastest counts: others share the processor and its caches.
const RUNS: usize = 3;

/// The processor time that single steps take on this machine, in seconds, and its threads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Machine {
	/// Threads that share the work.
	pub threads: usize,
	/// An addition in a sum of multiples of points of the first group.
	pub g1_addition: f64,
	/// The same in the second group.
	pub g2_addition: f64,
	/// An addition of a multiple of the generator from a table, in the first group.
	pub g1_table_addition: f64,
	/// The same in the second group.
	pub g2_table_addition: f64,
	/// A point of the first group, times 128 random bits, while a key is checked.
	pub g1_check: f64,
	/// A point of the first group, times a whole scalar, while a key is checked.
	pub g1_whole: f64,
	/// A point of the second group, while a key is checked: that it is in the subgroup, and times 128 bits.
	pub g2_check: f64,
	/// A butterfly of a Fourier transform: a multiplication and two additions in the field.
	pub butterfly: f64,
	/// A byte of a key that is hashed and read.
	pub byte: f64,
	/// A pairing.
	pub pairing: f64,
	/// A byte of memory that is written to for the first time.
	pub fresh_byte: f64,
}

impl Machine {
	/// Measures this machine for circuits of about so many constraints, which takes some tenths of a second: additions of
	/// points that lie further apart take longer. What threads share is measured on all of them, as two of
	/// them on one core are slower than one.
	///
	/// # Panics
	///
	/// Never: what is summed up has as many points as multipliers, and memory takes what is written to it.
	pub fn measure(constraints: usize) -> Self {
		let mut rng = StdRng::seed_from_u64(0);
		let size = constraints.next_power_of_two();
		let points = size.clamp(G1_POINTS, MOST_POINTS);
		let transformed = size.clamp(DOMAINS[0], DOMAINS[1]);
		let scalars: Vec<Fr> = (0..points.max(transformed)).map(|_| Fr::rand(&mut rng)).collect();
		let short: Vec<Fr> = (0..G1_POINTS).map(|_| Fr::from(rng.gen::<u128>())).collect();
		let (of_g1, of_g2) = (&scalars[..G1_POINTS], &scalars[..G2_POINTS]);

		let table = BatchMulPreprocessing::new(G1Projective::generator(), G1_POINTS);
		let (g1_multiples, g1) = fastest(|| table.batch_mul(of_g1));
		let table_additions = super::table_additions(table.window, G1_POINTS);
		let g1_table_addition = g1_multiples / table_additions as f64;
		let table = BatchMulPreprocessing::new(G2Projective::generator(), G2_POINTS);
		let (g2_multiples, g2) = fastest(|| table.batch_mul(of_g2));
		let table_additions = super::table_additions(table.window, G2_POINTS);
		let g2_table_addition = g2_multiples / table_additions as f64;

		// The same points again and again, but each in a place of its own.
		let (many_g1, many_g2) = (repeated(&g1, points), repeated(&g2, points / 4));
		let (many_of_g1, many_of_g2) = (&scalars[..many_g1.len()], &scalars[..many_g2.len()]);
		let (g1_sum, _) = fastest(|| msm::sum(&[(&many_g1[..], many_of_g1)]));
		let (g2_sum, _) = fastest(|| msm::sum(&[(&many_g2[..], many_of_g2)]));
		let arkworks = |scalars: &[Fr]| fastest(|| G1Projective::msm(&g1, scalars).is_ok()).0;
		let (g1_check, g1_whole) = (arkworks(&short), arkworks(of_g1));
		let (g2_check, _) = fastest(|| {
			let is_inside =
				g2.iter().all(|point| point.is_on_curve() && candor_bn254::in_subgroup(point));
			(is_inside, G2Projective::msm(&g2, &short[..G2_POINTS]).is_ok())
		});

		let domain =
			Domain::new(transformed).expect("a small power of two has roots of unity; qed");
		let (transform, _) = fastest(|| domain.fft(&scalars[..transformed]));
		let mut bytes = Vec::new();
		g1.serialize_uncompressed(&mut bytes).expect("writing into memory cannot fail; qed");
		let (read, _) = fastest(|| {
			let points = Vec::<G1Affine>::deserialize_uncompressed_unchecked(&bytes[..]);
			(points.is_ok(), sp_crypto_hashing::blake2_256(&bytes))
		});
		let (pairing, _) = fastest(|| Bn254::pairing(G1Affine::generator(), G2Affine::generator()));

		let (fresh, _) = fastest(|| vec![1u8; FRESH_BYTES]);

		Self {
			threads: rayon::current_num_threads(),
			g1_addition: g1_sum / msm::additions(many_of_g1.iter()) as f64,
			g2_addition: g2_sum / msm::additions(many_of_g2.iter()) as f64,
			g1_table_addition,
			g2_table_addition,
			g1_check: g1_check / G1_POINTS as f64,
			g1_whole: g1_whole / G1_POINTS as f64,
			g2_check: g2_check / G2_POINTS as f64,
			butterfly: transform / super::butterflies(transformed) as f64,
			byte: read / bytes.len() as f64,
			pairing,
			fresh_byte: fresh / FRESH_BYTES as f64,
		}
	}
}

/// The processor time of this program, which stands still while others have the processor, in seconds since
/// some begin. That of all threads: arkworks adds up points on threads of its own.
pub(super) fn processor_seconds() -> f64 {
	let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ProcessCPUTime);
	tv_sec as f64 + tv_nsec as f64 / 1e9
}

/// So many points, which are some of them over and over.
fn repeated<P: Copy>(points: &[P], count: usize) -> Vec<P> {
	points.iter().copied().cycle().take(count).collect()
}

/// The seconds of the fastest of some runs, and what the last one gave.
fn fastest<T>(mut run: impl FnMut() -> T) -> (f64, T) {
	let mut once = || {
		let begun = processor_seconds();
		let result = black_box(run());
		(processor_seconds() - begun, result)
	};
	let (mut least, mut result) = once();
	for _ in 1..RUNS {
		let (seconds, again) = once();
		least = least.min(seconds);
		result = again;
	}
	(least, result)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_step_takes_time_and_none_a_millisecond_but_a_pairing() {
		let machine = Machine::measure(1 << 10);
		let Machine { threads, pairing, .. } = machine;
		assert!(threads > 0 && pairing > 1e-5 && pairing < 1.0, "{machine:?}");
		for step in [
			machine.g1_addition,
			machine.g2_addition,
			machine.g1_table_addition,
			machine.g2_table_addition,
			machine.g1_check,
			machine.g1_whole,
			machine.g2_check,
			machine.butterfly,
			machine.byte,
			machine.fresh_byte,
		] {
			assert!(step > 1e-11 && step < 1e-2, "{machine:?}");
		}
	}
}
