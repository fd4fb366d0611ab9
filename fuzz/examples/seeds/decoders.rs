// SPDX-License-Identifier: Apache-2.0

//! Encodings for the decoders: sound ones, and one for each thing that can be wrong.

use crate::Seed;
use ark_bn254::Fr;
use ark_std::rand::Rng;
use candor_fuzz::{arkworks::encode, points::outside_the_subgroup};
use candor_groth16::{PreparedVerifyingKey, Proof, VerifyingKey, G1_BYTES, G2_BYTES};
use candor_trapdoor::{g1, g2, Trapdoor};
use rand_chacha::ChaCha8Rng;

/// Makes a key break a rule, or nearly.
type Change = fn(&mut VerifyingKey);

/// Seeds of plain keys, of proofs under them, and of what the curve's functions take.
pub fn seeds(rng: &mut ChaCha8Rng) -> Vec<Seed> {
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

	let inputs: Vec<Fr> = vec![rng.gen(), rng.gen()];
	let proof = trapdoor.prove(&inputs, rng).to_bytes();
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

/// Pairs enough that they share inversions.
const MANY: u64 = 18;

/// What the target `curve` takes for a product of pairings; above it, how many of them are prepared.
const PAIRING: u8 = 2;
