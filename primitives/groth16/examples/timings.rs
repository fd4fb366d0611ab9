// SPDX-License-Identifier: Apache-2.0

//! Prints how long decoding, preparing and verifying take here, and as multiples of one
//! multiplication in the first group, which compare between machines.
//!
//! ```sh
//! cargo run --profile checked -p candor-groth16 --example timings
//! ```

#[path = "../tests/groth16/trapdoor.rs"]
mod trapdoor;

use ark_bn254::{Fr, G1Projective};
use ark_ec::PrimeGroup;
use ark_ff::{PrimeField, UniformRand};
use candor_groth16::{PreparedVerifyingKey, Proof, VerifyingKey};
use std::{
	hint::black_box,
	time::{Duration, Instant},
};
use trapdoor::{rng, Trapdoor};

/// How often each operation is run; the median counts.
const RUNS: usize = 41;

fn median<T>(operation: impl Fn() -> T) -> Duration {
	let mut times: Vec<Duration> = (0..RUNS)
		.map(|_| {
			let start = Instant::now();
			black_box(operation());
			start.elapsed()
		})
		.collect();
	times.sort();
	times[RUNS / 2]
}

fn main() {
	let rng = &mut rng(0);
	let (point, scalar) = (G1Projective::generator() * Fr::rand(rng), Fr::rand(rng));
	let unit = median(|| point.mul_bigint(scalar.into_bigint()));

	println!("{:<34}{:>10}{:>10}", "", "µs", "ratio");
	let print = |name: &str, time: Duration| {
		let micros = time.as_secs_f64() * 1e6;
		println!("{name:<34}{micros:>10.0}{:>10.1}", time.as_secs_f64() / unit.as_secs_f64());
	};
	print("multiplication in the first group", unit);

	for count in [1, 5, 64] {
		let trapdoor = Trapdoor::random(count, rng);
		let inputs: Vec<Fr> = (0..count).map(|_| Fr::rand(rng)).collect();
		let (key, proof) = (trapdoor.key(), trapdoor.prove(&inputs, rng));
		let prepared = PreparedVerifyingKey::prepare(&key);
		let (key_bytes, stored, proof_bytes) =
			(key.to_bytes(), prepared.to_bytes(), proof.to_bytes());
		assert_eq!(prepared.verify(&inputs, &proof), Ok(()));

		println!("{count} public inputs");
		print("  register a key", median(|| VerifyingKey::register(black_box(&key_bytes))));
		print("  prepare a key", median(|| PreparedVerifyingKey::prepare(black_box(&key))));
		print(
			"  read a stored key",
			median(|| PreparedVerifyingKey::from_trusted_bytes(black_box(&stored))),
		);
		print("  decode a proof", median(|| Proof::from_bytes(black_box(&proof_bytes))));
		print("  verify", median(|| prepared.verify(black_box(&inputs), black_box(&proof))));
	}
}
