// SPDX-License-Identifier: Apache-2.0

//! The challenges of a proof: what its verifier draws when stage one is committed to.
//!
//! They are the hash of everything that stands before them, so that nothing of it can be chosen when
//! they are known ([Fiat, Shamir 1986](https://doi.org/10.1007/3-540-47721-7_12)): the key, the model,
//! every other public input, the commitment.

use crate::hasher::Hasher;
use alloc::vec::Vec;
use ark_bn254::{Fr, G1Affine};
use ark_ff::PrimeField;
use blake2::{Blake2b512, Digest};
use candor_bn254::encoding::{encode_g1, encode_scalar};

/// Says what is hashed, and how.
const DOMAIN: &[u8] = b"candor/groth16/challenge/v1";

/// The `count` challenges of a proof with the commitment `stage_one`, under the key with this digest,
/// about the `model` if the key has a model block, for these public inputs.
///
/// `H` being blake2b, lengths and positions 64 bits, little-endian, scalars big-endian:
///
/// ```text
/// seed = H-256( "candor/groth16/challenge/v1" ‖ key digest ‖ model ‖ number of inputs ‖ inputs ‖ C1 )
/// c_k  = H-512( seed ‖ k ) mod r, read little-endian      k from 0
/// ```
///
/// Whether there is a model stands in the key, so no two meanings have one preimage.
pub fn challenges(
	key: &[u8; 32],
	model: Option<&G1Affine>,
	inputs: &[Fr],
	stage_one: &G1Affine,
	count: u8,
) -> Vec<Fr> {
	let mut hasher = Hasher::new();
	hasher.update(DOMAIN);
	hasher.update(key);
	if let Some(model) = model {
		hasher.update(&encode_g1(model));
	}
	hasher.length(inputs.len());
	for input in inputs {
		hasher.update(&encode_scalar(*input));
	}
	hasher.update(&encode_g1(stage_one));
	let seed = hasher.finish();
	(0..u64::from(count))
		.map(|number| {
			let hash = Blake2b512::new().chain_update(seed).chain_update(number.to_le_bytes());
			Fr::from_le_bytes_mod_order(&hash.finalize())
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_bn254::G1Projective;
	use ark_ec::{CurveGroup, PrimeGroup};

	fn point(scalar: u64) -> G1Affine {
		(G1Projective::generator() * Fr::from(scalar)).into_affine()
	}

	fn of(key: u8, model: Option<u64>, inputs: &[u64], stage_one: u64) -> Vec<Fr> {
		let inputs: Vec<_> = inputs.iter().copied().map(Fr::from).collect();
		challenges(&[key; 32], model.map(point).as_ref(), &inputs, &point(stage_one), 2)
	}

	/// The section "Challenges" of `docs/statement.md`, written out.
	#[test]
	fn they_are_those_of_the_contract() {
		let scalar = |value: u8| [&[0; 31][..], &[value]].concat();
		let preimage = [
			&b"candor/groth16/challenge/v1"[..],
			&[9; 32],
			&encode_g1(&point(5)),
			&[2, 0, 0, 0, 0, 0, 0, 0],
			&scalar(7),
			&scalar(8),
			&encode_g1(&point(6)),
		]
		.concat();
		let seed = blake2::Blake2b::<blake2::digest::consts::U32>::digest(preimage);
		let expected = [0u8, 1].map(|number| {
			let hash = Blake2b512::digest([&seed[..], &[number], &[0; 7]].concat());
			Fr::from_le_bytes_mod_order(&hash)
		});
		assert_eq!(of(9, Some(5), &[7, 8], 6), expected);
	}

	/// Golden: other challenges would be another contract between provers and validators.
	#[test]
	fn they_do_not_drift() {
		let expected = [
			"10110003019479261912600377236304420582456383449371076064299271520804897259210",
			"791300447985928829760373188514560691327289826351191045327344207123234325418",
		];
		let found: Vec<_> =
			of(9, Some(5), &[7, 8], 6).iter().map(alloc::string::ToString::to_string).collect();
		assert_eq!(found, expected);
	}

	#[test]
	fn they_depend_on_everything_before_them() {
		let all = of(1, Some(2), &[3, 4], 5);
		assert_ne!(all[0], all[1]);
		for changed in [
			of(2, Some(2), &[3, 4], 5),
			of(1, Some(3), &[3, 4], 5),
			of(1, None, &[3, 4], 5),
			of(1, Some(2), &[4, 4], 5),
			of(1, Some(2), &[3, 5], 5),
			of(1, Some(2), &[4, 3], 5),
			of(1, Some(2), &[3], 5),
			of(1, Some(2), &[3, 4, 0], 5),
			of(1, Some(2), &[3, 4], 6),
		] {
			assert!(all.iter().zip(&changed).all(|(before, after)| before != after));
		}
	}
}
