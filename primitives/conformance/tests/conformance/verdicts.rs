// SPDX-License-Identifier: Apache-2.0

//! Verdicts on proofs under plain keys, alone and in batches.

use super::*;

fn proved(inputs: usize, seed: u64) -> (VerifyingKey, Vec<Fr>, Proof) {
	let rng = &mut rng(seed);
	let trapdoor = Trapdoor::random(inputs, rng);
	let inputs: Vec<_> = (0..inputs).map(|_| Fr::rand(rng)).collect();
	let proof = trapdoor.prove(&inputs, rng);
	(trapdoor.key(), inputs, proof)
}

#[test]
fn right_proofs() {
	for inputs in [1, 4, 64] {
		let (key, inputs, proof) = proved(inputs, 5);
		assert_eq!(verified(&key.to_bytes(), &inputs, &proof.to_bytes()), "Ok(())");
	}
}

#[test]
fn proofs_that_are_changed() {
	let (key, inputs, proof) = proved(2, 6);
	let (key, bytes) = (key.to_bytes(), proof.to_bytes());
	let changed = |change: &dyn Fn(&mut Vec<u8>)| {
		let mut bytes = bytes.to_vec();
		change(&mut bytes);
		verified(&key, &inputs, &bytes)
	};
	let quoted = |error: &str| format!("Err({:?})", error);
	for start in (0..PROOF_BYTES).step_by(32) {
		for flag in [0x80, 0x40] {
			assert_eq!(changed(&|bytes| bytes[start] |= flag), quoted("Coordinate"));
		}
		let again = plus_modulus(&bytes[start..start + 32]);
		let same = changed(&|bytes| bytes[start..start + 32].copy_from_slice(&again));
		assert_eq!(same, quoted("Coordinate"));
		let flipped = changed(&|bytes| bytes[start + 31] ^= 1);
		assert!([quoted("NotOnCurve"), quoted("Coordinate")].contains(&flipped));
	}
	assert_eq!(changed(&|bytes| bytes.push(0)), quoted("Length"));
	assert_eq!(changed(&|bytes| bytes.truncate(255)), quoted("Length"));
	assert_eq!(changed(&|bytes| bytes.clear()), quoted("Length"));
	for claim in [u64::from(u32::MAX), u64::MAX] {
		let prefixed = changed(&|bytes| {
			bytes.splice(0..0, claim.to_le_bytes());
		});
		assert_eq!(prefixed, quoted("Length"));
	}
	for range in [0..64, 64..192, 192..256] {
		let infinite = changed(&|bytes| bytes[range.clone()].fill(0));
		assert_eq!(infinite, quoted("Infinity"));
	}
	let outside = encode_g2(&outside_the_subgroup());
	let verdict = changed(&|bytes| bytes[64..192].copy_from_slice(&outside));
	assert_eq!(verdict, quoted("NotInSubgroup"));
	let swapped = changed(&|bytes| {
		let (a, c) = (bytes[..64].to_vec(), bytes[192..].to_vec());
		bytes[..64].copy_from_slice(&c);
		bytes[192..].copy_from_slice(&a);
	});
	assert_eq!(swapped, quoted("Invalid"));
}

#[test]
fn inputs_that_are_changed() {
	let (key, inputs, proof) = proved(2, 7);
	let (key, proof) = (key.to_bytes(), proof.to_bytes());
	let other = [inputs[0] + Fr::ONE, inputs[1]];
	assert_eq!(verified(&key, &other, &proof), "Err(\"Invalid\")");
	for given in [0usize, 1, 3] {
		let mut inputs = inputs.clone();
		inputs.resize(given, Fr::ZERO);
		let count = format!("WrongInputCount {{ expected: 2, given: {given} }}");
		assert_eq!(verified(&key, &inputs, &proof), format!("Err({count:?})"));
	}
	// x + r, r, q - 1 and 2²⁵⁶ - 1 are not scalars.
	let mut aliased = inputs[0].into_bigint();
	aliased.add_with_carry(&Fr::MODULUS);
	let largest_coordinate = (-Fq::ONE).into_bigint();
	for integer in [aliased, Fr::MODULUS, largest_coordinate] {
		let scalar: Scalar = integer.to_bytes_be().try_into().expect("32 bytes");
		let scalars = [scalar, encode_scalar(inputs[1])];
		assert_eq!(verified_scalars(&key, &scalars, &proof), "Err(\"Scalar\")");
	}
	let scalars = [[0xff; 32], encode_scalar(inputs[1])];
	assert_eq!(verified_scalars(&key, &scalars, &proof), "Err(\"Scalar\")");
}

#[test]
fn keys_that_are_changed() {
	let (key, inputs, proof) = proved(2, 8);
	let changed = |change: &dyn Fn(&mut VerifyingKey)| {
		let mut key = key.clone();
		change(&mut key);
		verified(&key.to_bytes(), &inputs, &proof.to_bytes())
	};
	let outside = outside_the_subgroup();
	for (verdict, expected) in [
		(changed(&|key| key.delta = key.gamma), "RelatedSetup"),
		(changed(&|key| key.gamma = -key.beta), "RelatedSetup"),
		(changed(&|key| key.ic[2] = -key.ic[1]), "RelatedInputs { first: 1, second: 2 }"),
		(changed(&|key| key.alpha = G1Affine::zero()), "Decode(Infinity)"),
		(changed(&|key| key.beta = G2Affine::zero()), "Decode(Infinity)"),
		(changed(&|key| key.ic[1] = G1Affine::zero()), "Decode(Infinity)"),
		(changed(&|key| key.gamma = outside), "Decode(NotInSubgroup)"),
		(changed(&|key| key.delta.x.c0 += Fq::ONE), "Decode(NotOnCurve)"),
		(changed(&|key| key.ic.truncate(1)), "NoInputs"),
	] {
		assert_eq!(verdict, format!("Err({expected:?})"));
	}
}

#[test]
fn batches() {
	let rng = &mut rng(9);
	let trapdoors = [1, 4].map(|inputs| Trapdoor::random(inputs, rng));
	let keys = trapdoors.each_ref().map(|trapdoor| {
		PreparedVerifyingKey::prepare(&trapdoor.key()).expect("points of their groups").to_bytes()
	});
	let items: Vec<Item> = (0..20)
		.map(|number| {
			let key = number % 2;
			let inputs: Vec<_> = (1..trapdoors[key].ic.len()).map(|_| Fr::rand(rng)).collect();
			let proof = trapdoors[key].prove(&inputs, rng).to_bytes().to_vec();
			(key as u32, inputs.into_iter().map(encode_scalar).collect(), proof)
		})
		.collect();
	assert_eq!(batch_verified(&keys, &items), "Ok(())");
	assert_eq!(batch_verified(&keys, &items[..1]), "Ok(())");
	assert_eq!(batch_verified(&keys, &[]), "Ok(())");

	let with = |place: usize, change: &dyn Fn(&mut Item)| {
		let mut items = items.clone();
		change(&mut items[place]);
		batch_verified(&keys, &items)
	};
	let outside = encode_g2(&outside_the_subgroup());
	let wrong = with(7, &|item| item.1[0] = encode_scalar(Fr::ZERO));
	assert_eq!(wrong, "Err(\"Invalid\")");
	let wrong = with(11, &|item| item.2[64..192].copy_from_slice(&outside));
	assert_eq!(wrong, "Err(\"Item { index: 11, error: NotInSubgroup }\")");
	let wrong = with(3, &|item| item.0 = 2);
	assert_eq!(wrong, "Err(\"Item { index: 3, error: UnknownKey }\")");
	let wrong = with(4, &|item| item.0 = 1);
	let count = "WrongInputCount { expected: 4, given: 1 }";
	assert_eq!(wrong, format!("Err(\"Item {{ index: 4, error: {count} }}\")"));

	// What can be counted is refused before what takes a pairing.
	let mut items = items.clone();
	items[0].2[64..192].copy_from_slice(&outside);
	items[4].0 = 1;
	let wrong = batch_verified(&keys, &items);
	assert_eq!(wrong, format!("Err(\"Item {{ index: 4, error: {count} }}\")"));
}
