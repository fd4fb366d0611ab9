// SPDX-License-Identifier: Apache-2.0

//! The public vectors of EIP-196 and EIP-197.

use super::*;

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vector {
	input: String,
	expected: String,
	name: String,
}

/// Inputs and outputs; the inputs filled up with zeros to a whole number of `bytes`.
fn vectors(json: &str, bytes: usize) -> Vec<(Vec<u8>, Vec<u8>, String)> {
	let vectors: Vec<Vector> = serde_json::from_str(json).expect("vectors");
	vectors
		.into_iter()
		.map(|vector| {
			let mut input = hex::decode(vector.input).expect("hex");
			input.resize(input.len().next_multiple_of(bytes), 0);
			(input, hex::decode(vector.expected).expect("hex"), vector.name)
		})
		.collect()
}

#[test]
fn additions() {
	let one = encode_scalar(Fr::ONE).repeat(2);
	let vectors = vectors(include_str!("../../vectors/bn256Add.json"), 128);
	assert_eq!(vectors.len(), 16);
	for (input, expected, name) in vectors {
		// An operation reads the first two points; no input at all stands for zeros.
		let mut input = input;
		input.resize(128, 0);
		let sum = operated(Operation::MsmG1, &[&input, &one, &2u32.to_le_bytes()]);
		assert_eq!(sum, Ok(expected), "{name}");
	}
}

#[test]
fn multiplications() {
	let vectors = vectors(include_str!("../../vectors/bn256ScalarMul.json"), 96);
	assert_eq!(vectors.len(), 19);
	let mut too_large = 0;
	for (input, expected, name) in vectors {
		let mut input = input;
		input.resize(96, 0);
		let (point, scalar) = input.split_at(64);
		let count = 1u32.to_le_bytes();
		let reduced = encode_scalar(Fr::from_be_bytes_mod_order(scalar));
		if scalar != reduced {
			// The EIP takes any integer; the host takes scalars.
			too_large += 1;
			let refused = operated(Operation::MsmG1, &[point, scalar, &count]);
			assert_eq!(refused, Err("Scalar".into()), "{name}");
		}
		let product = operated(Operation::MsmG1, &[point, &reduced, &count]);
		assert_eq!(product, Ok(expected), "{name}");
	}
	assert!(too_large > 0);
}

#[test]
fn pairings() {
	let vectors = vectors(include_str!("../../vectors/bn256Pairing.json"), 192);
	assert_eq!(vectors.len(), 14);
	for (input, expected, name) in vectors {
		let (mut g1, mut g2) = (Vec::new(), Vec::new());
		for pair in input.chunks(192) {
			g1.extend_from_slice(&pair[..64]);
			g2.extend_from_slice(&pair[64..]);
		}
		let value = operated(Operation::MultiMillerLoop, &[&g1, &g2, &[], &[]])
			.and_then(|value| operated(Operation::FinalExponentiation, &[&value]))
			.unwrap_or_else(|error| panic!("{name}: {error}"));
		let is_one = value == encode_target(&ark_bn254::Fq12::ONE);
		assert_eq!(is_one, expected.last() == Some(&1), "{name}");
	}
}
