// SPDX-License-Identifier: Apache-2.0

//! Writes the seeds of the corpora: `cargo run --release --example seeds` in the folder `fuzz`.
//!
//! Decoders get encodings with a name each. Targets that take structured input get random bytes, which is
//! what such input is made of, and cases with a name. What has a name for it is checked to reach what it is
//! named after, before it is written.

mod cases;
mod decoders;
mod staged;

use ark_bn254::Fr;
use ark_std::rand::{Rng, SeedableRng};
use candor_snarkjs::{proof_to_json, public_to_json, verification_key_to_json};
use candor_trapdoor::Trapdoor;
use rand_chacha::ChaCha8Rng;
use std::{env, fs, io, path::Path};

/// Lengths of random seeds.
const LENGTHS: [usize; 8] = [32, 48, 64, 96, 128, 192, 256, 384];

/// Target, name and bytes.
type Seed = (&'static str, String, Vec<u8>);

fn main() -> io::Result<()> {
	// This checkout's, not that of the one that this was compiled in.
	let here = env::var_os("CARGO_MANIFEST_DIR").ok_or(io::Error::other("run it with cargo"))?;
	let mut rng = ChaCha8Rng::seed_from_u64(0);
	let seeds = [
		decoders::seeds(&mut rng),
		structured(&mut rng),
		texts(&mut rng),
		staged::seeds(&mut ChaCha8Rng::seed_from_u64(1)),
		cases::seeds(),
	];
	for (target, name, bytes) in seeds.into_iter().flatten() {
		let folder = Path::new(&here).join("corpus").join(target);
		fs::create_dir_all(&folder)?;
		fs::write(folder.join(name), bytes)?;
	}
	Ok(())
}

fn structured(rng: &mut ChaCha8Rng) -> Vec<Seed> {
	let mut seeds = Vec::new();
	for target in ["verify", "batch", "statement", "snarkjs"] {
		for length in LENGTHS {
			let bytes = (0..length).map(|_| rng.gen()).collect();
			seeds.push((target, format!("random-{length}"), bytes));
		}
	}
	seeds
}

/// The files of snarkjs, as the case that is any text.
fn texts(rng: &mut ChaCha8Rng) -> Vec<Seed> {
	/// What `Arbitrary` reads as the first of a few cases.
	const FIRST_CASE: [u8; 4] = [0; 4];

	let trapdoor = Trapdoor::random(1, rng);
	let inputs = [Fr::from(7)];
	let files = [
		("verification-key", verification_key_to_json(&trapdoor.key()).expect("plain")),
		("proof", proof_to_json(&trapdoor.prove(&inputs, rng)).expect("plain")),
		("public", public_to_json(&inputs)),
	];
	let seed = |(name, text): (&str, String)| {
		("snarkjs", name.to_owned(), [&FIRST_CASE, text.as_bytes()].concat())
	};
	files.map(seed).into()
}
