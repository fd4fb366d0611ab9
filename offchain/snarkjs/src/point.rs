// SPDX-License-Identifier: Apache-2.0

//! Which point of a proof or a key is at fault.
//!
//! The decoders of [`candor_groth16`] say what is wrong and not where: a chain has no use for it.
//! People have. Each point is put to the same decoder by itself, in the place of a point that is
//! sound, so that no second set of rules comes into being here.

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use candor_groth16::{DecodeError, VerifyingKey, G1_BYTES, G2_BYTES, VERIFYING_KEY_HEADER_BYTES};
use std::fmt;

/// A point of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofPoint {
	/// `A`, in the first group.
	A,
	/// `B`, in the second group.
	B,
	/// `C`, in the first group.
	C,
}

/// A point of a verifying key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPoint {
	/// `alpha`, in the first group.
	Alpha,
	/// `beta`, in the second group.
	Beta,
	/// `gamma`, in the second group.
	Gamma,
	/// `delta`, in the second group.
	Delta,
	/// A point of `IC`, in the first group: 0 for the constant, then one for each public input.
	Ic(usize),
}

impl ProofPoint {
	/// The points in the order of the canonical bytes.
	const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

	/// The name in `proof.json`.
	pub const fn in_snarkjs(self) -> &'static str {
		match self {
			Self::A => "pi_a",
			Self::B => "pi_b",
			Self::C => "pi_c",
		}
	}

	/// Where it begins in the canonical bytes.
	pub const fn start(self) -> usize {
		match self {
			Self::A => 0,
			Self::B => G1_BYTES,
			Self::C => G1_BYTES + G2_BYTES,
		}
	}

	const fn is_in_g2(self) -> bool {
		matches!(self, Self::B)
	}

	/// The first point in the bytes of a proof that is refused, and why. `None` as well where the
	/// bytes are too few or too many.
	pub fn refused(bytes: &[u8]) -> Option<(Self, DecodeError)> {
		first_refused(bytes, Self::ALL, Self::is_in_g2)
	}
}

impl KeyPoint {
	/// The points before `IC` in the order of the canonical bytes.
	const HEADER: [Self; 4] = [Self::Alpha, Self::Beta, Self::Gamma, Self::Delta];

	/// The name in `verification_key.json`.
	pub fn in_snarkjs(self) -> String {
		match self {
			Self::Alpha => "vk_alpha_1".to_owned(),
			Self::Beta => "vk_beta_2".to_owned(),
			Self::Gamma => "vk_gamma_2".to_owned(),
			Self::Delta => "vk_delta_2".to_owned(),
			Self::Ic(position) => format!("IC[{position}]"),
		}
	}

	/// Where it begins in the canonical bytes.
	pub const fn start(self) -> usize {
		match self {
			Self::Alpha => 0,
			Self::Beta => G1_BYTES,
			Self::Gamma => G1_BYTES + G2_BYTES,
			Self::Delta => G1_BYTES + 2 * G2_BYTES,
			Self::Ic(position) => {
				VERIFYING_KEY_HEADER_BYTES.saturating_add(position.saturating_mul(G1_BYTES))
			}
		}
	}

	const fn is_in_g2(self) -> bool {
		matches!(self, Self::Beta | Self::Gamma | Self::Delta)
	}

	/// The first point in the bytes of a key that is refused, and why. `None` as well where the
	/// bytes are too few or too many.
	pub fn refused(bytes: &[u8]) -> Option<(Self, DecodeError)> {
		let points = Self::HEADER.into_iter().chain((0..).map(Self::Ic));
		first_refused(bytes, points, Self::is_in_g2)
	}

	/// Two of beta, gamma and delta that are equal or opposite.
	pub fn related(key: &VerifyingKey) -> Option<[Self; 2]> {
		// Two points of a curve have one x exactly when they are equal or opposite.
		let pairs = [
			([Self::Beta, Self::Gamma], [key.beta, key.gamma]),
			([Self::Beta, Self::Delta], [key.beta, key.delta]),
			([Self::Gamma, Self::Delta], [key.gamma, key.delta]),
		];
		pairs.into_iter().find(|(_, [first, second])| first.x == second.x).map(|(names, _)| names)
	}
}

/// As `docs/statement.md` calls it.
impl fmt::Display for ProofPoint {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::A => "A",
			Self::B => "B",
			Self::C => "C",
		})
	}
}

/// As `docs/statement.md` calls it.
impl fmt::Display for KeyPoint {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Alpha => f.write_str("alpha"),
			Self::Beta => f.write_str("beta"),
			Self::Gamma => f.write_str("gamma"),
			Self::Delta => f.write_str("delta"),
			Self::Ic(position) => write!(f, "IC[{position}]"),
		}
	}
}

fn first_refused<P: Copy>(
	mut bytes: &[u8],
	points: impl IntoIterator<Item = P>,
	is_in_g2: impl Fn(P) -> bool,
) -> Option<(P, DecodeError)> {
	for point in points {
		let length = if is_in_g2(point) { G2_BYTES } else { G1_BYTES };
		let (encoded, rest) = bytes.split_at_checked(length)?;
		if let Err(error) = decode_alone(encoded) {
			return Some((point, error));
		}
		bytes = rest;
	}
	None
}

/// Decodes one point of either group, as part of a key whose other points are sound.
fn decode_alone(point: &[u8]) -> Result<(), DecodeError> {
	let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
	let sound = VerifyingKey::plain(g1, g2, g2, g2, vec![g1]);
	let mut bytes = sound.to_bytes();
	let start = if point.len() == G2_BYTES { G1_BYTES } else { 0 };
	bytes[start..start + point.len()].copy_from_slice(point);
	VerifyingKey::from_bytes(&bytes).map(drop)
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_groth16::Proof;

	fn key() -> Vec<u8> {
		let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
		VerifyingKey::plain(g1, g2, g2, g2, vec![g1; 4]).to_bytes()
	}

	#[test]
	fn each_point_of_a_key_is_found() {
		assert_eq!(KeyPoint::refused(&key()), None);
		let expected = [
			(0, KeyPoint::Alpha),
			(64, KeyPoint::Beta),
			(192, KeyPoint::Gamma),
			(320, KeyPoint::Delta),
			(448, KeyPoint::Ic(0)),
			(448 + 3 * 64, KeyPoint::Ic(3)),
		];
		for (start, point) in expected {
			assert_eq!(point.start(), start);
			let mut bytes = key();
			bytes[start + 31] ^= 1;
			assert_eq!(KeyPoint::refused(&bytes), Some((point, DecodeError::NotOnCurve)));
		}
	}

	#[test]
	fn each_point_of_a_proof_is_found() {
		let proof = Proof::new(G1Affine::generator(), G2Affine::generator(), G1Affine::generator());
		assert_eq!(ProofPoint::refused(&proof.to_bytes()), None);
		for (start, point) in [(0, ProofPoint::A), (64, ProofPoint::B), (192, ProofPoint::C)] {
			assert_eq!(point.start(), start);
			let mut bytes = proof.to_bytes();
			bytes[start] = 0xff;
			assert_eq!(ProofPoint::refused(&bytes), Some((point, DecodeError::Coordinate)));
		}
	}

	#[test]
	fn related_points_are_named() {
		let [one, two, three] = [1u64, 2, 3].map(|factor| {
			use ark_ec::CurveGroup;
			(G2Affine::generator() * ark_bn254::Fr::from(factor)).into_affine()
		});
		let g1 = G1Affine::generator();
		let related = |beta, gamma, delta| {
			KeyPoint::related(&VerifyingKey::plain(g1, beta, gamma, delta, vec![g1]))
		};
		assert_eq!(related(one, two, three), None);
		assert_eq!(related(one, -one, three), Some([KeyPoint::Beta, KeyPoint::Gamma]));
		assert_eq!(related(one, two, one), Some([KeyPoint::Beta, KeyPoint::Delta]));
		assert_eq!(related(one, two, -two), Some([KeyPoint::Gamma, KeyPoint::Delta]));
	}
}
