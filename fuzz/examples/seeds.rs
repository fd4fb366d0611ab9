// SPDX-License-Identifier: Apache-2.0

//! Writes the seeds of the corpora: `cargo run --release --example seeds` in the folder `fuzz`.
//!
//! Decoders get encodings with a name each. Targets that take structured input get random bytes,
//! which is what such input is made of.

use ark_bn254::Fr;
use ark_std::rand::{Rng, SeedableRng};
use candor_fuzz::{arkworks::encode, points::outside_the_subgroup};
use candor_groth16::{stored_key, PreparedVerifyingKey, Proof, VerifyingKey, G1_BYTES, G2_BYTES};
use candor_snarkjs::{proof_to_json, public_to_json, verification_key_to_json};
use candor_trapdoor::{g1, g2, StagedTrapdoor, Trapdoor};
use rand_chacha::ChaCha8Rng;
use std::{env, fs, io, path::Path};

/// Lengths of random seeds.
const LENGTHS: [usize; 8] = [32, 48, 64, 96, 128, 192, 256, 384];

fn main() -> io::Result<()> {
	// This checkout's, not that of the one that this was compiled in.
	let here = env::var_os("CARGO_MANIFEST_DIR").ok_or(io::Error::other("run it with cargo"))?;
	let mut rng = ChaCha8Rng::seed_from_u64(0);
	let seeds = [decoders(&mut rng), structured(&mut rng), texts(&mut rng)];
	for (target, name, bytes) in seeds.into_iter().flatten() {
		let folder = Path::new(&here).join("corpus").join(target);
		fs::create_dir_all(&folder)?;
		fs::write(folder.join(name), bytes)?;
	}
	Ok(())
}

/// Target, name and bytes.
type Seed = (&'static str, String, Vec<u8>);

/// Makes a key break a rule, or nearly.
type Change = fn(&mut VerifyingKey);

fn decoders(rng: &mut ChaCha8Rng) -> Vec<Seed> {
	let mut seeds = Vec::new();
	let mut add = |target, name: &str, bytes| seeds.push((target, name.to_owned(), bytes));

	for inputs in [0, 1, 2, 5, 64, 65] {
		let key = Trapdoor::random(inputs, rng).key();
		add("verifying_key", &format!("inputs-{inputs}"), key.to_bytes());
		if [1, 5].contains(&inputs) {
			let prepared = PreparedVerifyingKey::prepare(&key).expect("points of their groups");
			add("prepared_key", &format!("inputs-{inputs}"), prepared.to_bytes());
		}
	}
	staged(&mut ChaCha8Rng::seed_from_u64(1), &mut add);
	let trapdoor = Trapdoor::random(2, rng);
	let key = trapdoor.key();
	let related: [(&str, Change); 6] = [
		("gamma-is-delta", |key| key.gamma = key.delta),
		("gamma-is-minus-delta", |key| key.gamma = -key.delta),
		("beta-is-gamma", |key| key.beta = key.gamma),
		("beta-is-delta", |key| key.beta = key.delta),
		("inputs-are-related", |key| key.ic[1] = -key.ic[2]),
		("input-is-constant", |key| key.ic[1] = key.ic[0]),
	];
	for (name, relate) in related {
		let mut key = key.clone();
		relate(&mut key);
		add("verifying_key", name, key.to_bytes());
	}

	let point = |first: &[u8], second: &[u8], choice: u8| [first, second, &[choice]].concat();
	let (a, b) = (encode(&g1(Fr::from(5))), encode(&g2(Fr::from(7))));
	let outside = encode(&outside_the_subgroup()[0]);
	let one = [&[0; 31][..], &[1]].concat();
	for (name, seed) in [
		("sum", point(&a, &one, 4)),
		("sum-in-the-second-group", point(&b, &one, 1)),
		("sum-outside-the-subgroup", point(&outside, &one, 1)),
		("pairing", point(&a, &b, 2)),
		("pairing-outside-the-subgroup", point(&a, &outside, 2)),
		("pairing-with-infinity", point(&[0; G1_BYTES], &b, 2)),
		("pairing-prepared", point(&a, &b, PAIRING + 4)),
		("check", point(&b, &outside, 3)),
	] {
		add("curve", name, seed);
	}
	let pairs: Vec<_> =
		(1..=MANY).flat_map(|n| [encode(&g1(n.into())), encode(&g2((n * n).into()))]).collect();
	for (name, prepared) in [("pairing-of-many", 0), ("pairing-of-many-prepared", 5)] {
		add("curve", name, point(&pairs.concat(), &[], PAIRING + 4 * prepared));
	}
	for (name, change) in many_items() {
		add("batch", name, change);
	}

	let inputs: Vec<Fr> = vec![rng.gen(), rng.gen()];
	let proof = trapdoor.prove(&inputs, rng).to_bytes().to_vec();
	add("proof", "sound", proof.clone());
	add("proof", "generators", Proof::new(g1(1.into()), g2(1.into()), g1(1.into())).to_bytes());
	let key = key.to_bytes();
	for (target, bytes) in [("proof", &proof), ("verifying_key", &key)] {
		let mut outside = bytes.clone();
		let point = encode(&outside_the_subgroup()[0]);
		outside[G1_BYTES..G1_BYTES + G2_BYTES].copy_from_slice(&point);
		add(target, "outside-the-subgroup", outside);
		let mut infinity = bytes.clone();
		infinity[..G1_BYTES].fill(0);
		add(target, "infinity", infinity);
		let mut off = bytes.clone();
		off[G1_BYTES - 1] ^= 1;
		add(target, "off-the-curve", off);
		let mut flag = bytes.clone();
		flag[G1_BYTES / 2] |= 0x80;
		add(target, "flag", flag);
		add(target, "trailing-byte", [&**bytes, &[0]].concat());
		add(target, "cut", bytes[..bytes.len() - 1].to_vec());
	}
	seeds
}

/// Keys with blocks, as they are registered and as they are stored, and proofs under them.
fn staged(rng: &mut ChaCha8Rng, add: &mut impl FnMut(&'static str, &str, Vec<u8>)) {
	for challenges in [0, 1, 4] {
		let trapdoor = StagedTrapdoor::random(2, challenges, rng);
		let key = trapdoor.key();
		let name = format!("staged-{challenges}");
		add("verifying_key", &name, key.to_bytes());
		add("prepared_key", &name, stored_key(&key).expect("points of their groups"));
		let (model, inputs) = (rng.gen(), vec![rng.gen(), rng.gen()]);
		add("proof", &name, trapdoor.prove(Some(model), &inputs, rng).to_bytes());
	}
	let trapdoor = StagedTrapdoor::random(2, 1, rng);
	let related: [(&str, Change); 4] = [
		("eta-is-gamma", |key| key.model = Some(key.gamma)),
		("eta-is-minus-sigma", |key| {
			key.model = key.stage_one.map(|stage_one| -stage_one.sigma);
		}),
		("stage-one-alone", |key| key.model = None),
		("challenges-alone", |key| key.ic.truncate(2)),
	];
	for (name, relate) in related {
		let mut key = trapdoor.key();
		relate(&mut key);
		add("verifying_key", name, key.to_bytes());
	}
}

/// Pairs enough that they share inversions.
const MANY: u64 = 18;

/// What the target `curve` takes for a product of pairings; above it, how many of them are prepared.
const PAIRING: u8 = 2;

/// Cases of the target `batch` with many items, as `Arbitrary` reads them: scalars of one byte, the
/// numbers of elements less one, the choice between variants in four bytes.
fn many_items() -> [(&'static str, Vec<u8>); 3] {
	const MORE: u8 = 20;
	const BYTES: usize = 128;
	let setup = [0, 4, 8, 12, 16, 20, 0, 24];
	let (sound, wrong) = ([0, 0, 28, 32, 36, 0, 0].to_vec(), [0, 0, 28, 32, 36, 1, 4, 0].to_vec());
	let (as_it_is, equal) = ([0; 4], [0, 0, 0, 0x40]);
	let (placed, outside) = ([0].to_vec(), [1, 7, 0, 0, 0, 0xff, 1].to_vec());
	let case = |item: Vec<u8>, compensation: [u8; 4], misplaced: Vec<u8>| {
		let mut bytes = [&setup[..], &item, &compensation, &misplaced, &[MORE]].concat();
		// What is over is not read, but fewer bytes than a case could need are refused.
		bytes.resize(BYTES, 0);
		bytes
	};
	[
		("many-sound", case(sound.clone(), as_it_is, placed.clone())),
		("many-compensate-under-equal-weights", case(wrong, equal, placed)),
		("many-one-outside", case(sound, as_it_is, outside)),
	]
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
