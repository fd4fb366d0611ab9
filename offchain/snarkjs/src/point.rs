// SPDX-License-Identifier: Apache-2.0

//! Which point of a proof or a key is at fault.
//!
//! The decoders of [`candor_groth16`] say what is wrong and not where: a chain has no use for it.
//! People have. Each point is put to the same decoder by itself, in the place of a point that is
//! sound, so that no second set of rules comes into being here.

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use candor_groth16::{DecodeError, VerifyingKey, G1_BYTES, G2_BYTES, STAGED_PROOF_BYTES};
use std::fmt;

/// A point of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofPoint {
	/// `A`, in the first group.
	A,
	/// `B`, in the second group.
	B,
	/// `C1`, in the first group, in proofs with a stage one.
	StageOne,
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
	/// `eta`, in the second group, in keys with a model block.
	Eta,
	/// `sigma`, in the second group, in keys with a stage one.
	Sigma,
	/// A point of `IC`, in the first group: 0 for the constant, then one for each public input.
	Ic(usize),
}

/// Which blocks a key has, on which it depends where its points stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
	/// Whether it has a model block.
	pub model: bool,
	/// Whether it has a stage one.
	pub stage_one: bool,
}

impl Blocks {
	/// Those of a key.
	pub const fn of(key: &VerifyingKey) -> Self {
		Self { model: key.model.is_some(), stage_one: key.stage_one.is_some() }
	}

	/// Those of the key that bytes would be of; `None` where no key begins so or has so many bytes.
	fn in_bytes(bytes: &[u8]) -> Option<Self> {
		let points =
			if bytes.len().is_multiple_of(G1_BYTES) { bytes } else { bytes.get(PREFIX..)? };
		if !points.len().is_multiple_of(G1_BYTES) {
			return None;
		}
		let flags = if points.len() == bytes.len() { 0 } else { *bytes.first()? };
		let blocks = Self::ALL.into_iter().find(|blocks| blocks.flags() == flags)?;
		(blocks.prefix() + points.len() == bytes.len()).then_some(blocks)
	}

	const ALL: [Self; 4] = [
		Self { model: false, stage_one: false },
		Self { model: true, stage_one: false },
		Self { model: false, stage_one: true },
		Self { model: true, stage_one: true },
	];

	/// The first byte of a key with blocks, zero for one without.
	const fn flags(self) -> u8 {
		(self.model as u8) | ((self.stage_one as u8) << 1)
	}

	/// Bytes before the points.
	const fn prefix(self) -> usize {
		if self.flags() == 0 {
			0
		} else {
			PREFIX
		}
	}
}

/// Bytes before the points of a key with blocks.
const PREFIX: usize = 2;

impl ProofPoint {
	/// The points in the order of the canonical bytes.
	fn all(is_staged: bool) -> impl Iterator<Item = Self> {
		let all = [Self::A, Self::B, Self::StageOne, Self::C].into_iter();
		all.filter(move |point| is_staged || *point != Self::StageOne)
	}

	/// The name in `proof.json`, which has no place for `C1`.
	pub const fn in_snarkjs(self) -> &'static str {
		match self {
			Self::A => "pi_a",
			Self::B => "pi_b",
			Self::StageOne => "C1",
			Self::C => "pi_c",
		}
	}

	/// Where it begins in the canonical bytes of a proof with a stage one or without.
	pub const fn start(self, is_staged: bool) -> usize {
		match self {
			Self::A => 0,
			Self::B => G1_BYTES,
			Self::C if is_staged => 2 * G1_BYTES + G2_BYTES,
			Self::StageOne | Self::C => G1_BYTES + G2_BYTES,
		}
	}

	const fn is_in_g2(self) -> bool {
		matches!(self, Self::B)
	}

	/// The first point in the bytes of a proof that is refused, and why. `None` as well where the
	/// bytes are too few or too many.
	pub fn refused(bytes: &[u8]) -> Option<(Self, DecodeError)> {
		let is_staged = bytes.len() == STAGED_PROOF_BYTES;
		first_refused(bytes, Self::all(is_staged), Self::is_in_g2)
	}
}

impl KeyPoint {
	/// The points before `IC` in the order of the canonical bytes.
	fn header(blocks: Blocks) -> impl Iterator<Item = Self> {
		let plain = [Self::Alpha, Self::Beta, Self::Gamma, Self::Delta].into_iter();
		let eta = blocks.model.then_some(Self::Eta);
		plain.chain(eta).chain(blocks.stage_one.then_some(Self::Sigma))
	}

	/// The name in `verification_key.json`, which has no place for `eta` and `sigma`.
	pub fn in_snarkjs(self) -> String {
		match self {
			Self::Alpha => "vk_alpha_1".to_owned(),
			Self::Beta => "vk_beta_2".to_owned(),
			Self::Gamma => "vk_gamma_2".to_owned(),
			Self::Delta => "vk_delta_2".to_owned(),
			Self::Eta | Self::Sigma | Self::Ic(_) => self.to_string(),
		}
	}

	/// Where it begins in the canonical bytes of a key with these blocks.
	pub fn start(self, blocks: Blocks) -> usize {
		let before = |point: &Self| *point != self;
		let header = Self::header(blocks).take_while(before).map(Self::length).sum::<usize>();
		let inputs = match self {
			Self::Ic(position) => position.saturating_mul(G1_BYTES),
			_ => 0,
		};
		blocks.prefix().saturating_add(header).saturating_add(inputs)
	}

	const fn length(self) -> usize {
		if self.is_in_g2() {
			G2_BYTES
		} else {
			G1_BYTES
		}
	}

	const fn is_in_g2(self) -> bool {
		matches!(self, Self::Beta | Self::Gamma | Self::Delta | Self::Eta | Self::Sigma)
	}

	/// The first point in the bytes of a key that is refused, where it begins, and why. `None` as well
	/// where the bytes are too few or too many, or name blocks that no key has.
	pub fn refused(bytes: &[u8]) -> Option<(Self, usize, DecodeError)> {
		let blocks = Blocks::in_bytes(bytes)?;
		let points = Self::header(blocks).chain((0..).map(Self::Ic));
		let (point, error) = first_refused(&bytes[blocks.prefix()..], points, Self::is_in_g2)?;
		Some((point, point.start(blocks), error))
	}

	/// Two of beta, gamma, delta, eta and sigma that are equal or opposite.
	pub fn related(key: &VerifyingKey) -> Option<[Self; 2]> {
		let sigma = key.stage_one.map(|stage_one| stage_one.sigma);
		let plain = [(Self::Beta, key.beta), (Self::Gamma, key.gamma), (Self::Delta, key.delta)];
		let blocks = [(Self::Eta, key.model), (Self::Sigma, sigma)].into_iter();
		let blocks = blocks.filter_map(|(name, point)| Some((name, point?)));
		let mut points = plain.into_iter().chain(blocks);
		// Two points of a curve have one x exactly when they are equal or opposite.
		while let Some((first, point)) = points.next() {
			if let Some((second, _)) = points.clone().find(|(_, other)| other.x == point.x) {
				return Some([first, second]);
			}
		}
		None
	}
}

/// As `docs/statement.md` calls it.
impl fmt::Display for ProofPoint {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::A => "A",
			Self::B => "B",
			Self::StageOne => "C1",
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
			Self::Eta => f.write_str("eta"),
			Self::Sigma => f.write_str("sigma"),
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
	use candor_groth16::{Proof, StageOne};

	fn key(model: bool, stage_one: bool) -> VerifyingKey {
		let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
		VerifyingKey {
			model: model.then_some(g2),
			stage_one: stage_one.then_some(StageOne { sigma: g2, challenges: 1 }),
			..VerifyingKey::plain(g1, g2, g2, g2, vec![g1; 4])
		}
	}

	/// Each of these points is found in the key where it is said to begin.
	fn found(key: &VerifyingKey, expected: &[(usize, KeyPoint)]) {
		assert_eq!(KeyPoint::refused(&key.to_bytes()), None);
		for (start, point) in expected {
			assert_eq!(point.start(Blocks::of(key)), *start);
			let mut bytes = key.to_bytes();
			bytes[start + 31] ^= 1;
			let refused = Some((*point, *start, DecodeError::NotOnCurve));
			assert_eq!(KeyPoint::refused(&bytes), refused);
			assert_eq!(VerifyingKey::from_bytes(&bytes), Err(DecodeError::NotOnCurve));
		}
	}

	#[test]
	fn each_point_of_a_key_is_found() {
		let plain = [
			(0, KeyPoint::Alpha),
			(64, KeyPoint::Beta),
			(192, KeyPoint::Gamma),
			(320, KeyPoint::Delta),
			(448, KeyPoint::Ic(0)),
			(448 + 3 * 64, KeyPoint::Ic(3)),
		];
		found(&key(false, false), &plain);
	}

	#[test]
	fn each_point_of_a_key_with_blocks_is_found() {
		let both = [
			(2, KeyPoint::Alpha),
			(2 + 320, KeyPoint::Delta),
			(2 + 448, KeyPoint::Eta),
			(2 + 576, KeyPoint::Sigma),
			(2 + 704, KeyPoint::Ic(0)),
			(2 + 704 + 3 * 64, KeyPoint::Ic(3)),
		];
		found(&key(true, true), &both);
		found(&key(true, false), &[(2 + 448, KeyPoint::Eta), (2 + 576, KeyPoint::Ic(0))]);
		found(&key(false, true), &[(2 + 448, KeyPoint::Sigma), (2 + 576 + 64, KeyPoint::Ic(1))]);
	}

	#[test]
	fn blocks_that_no_key_has_hold_no_point() {
		let mut bytes = key(true, true).to_bytes();
		bytes[2] = 0xff;
		for flags in [0, 4, 7] {
			bytes[0] = flags;
			assert_eq!(KeyPoint::refused(&bytes), None);
		}
		assert_eq!(KeyPoint::refused(&bytes[1..]), None);
		assert_eq!(KeyPoint::refused(&[]), None);
	}

	#[test]
	fn each_point_of_a_proof_is_found() {
		let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
		let plain = [(0, ProofPoint::A), (64, ProofPoint::B), (192, ProofPoint::C)];
		let staged = [
			(0, ProofPoint::A),
			(64, ProofPoint::B),
			(192, ProofPoint::StageOne),
			(256, ProofPoint::C),
		];
		for (proof, expected) in
			[(Proof::new(g1, g2, g1), &plain[..]), (Proof::staged(g1, g2, g1, g1), &staged[..])]
		{
			assert_eq!(ProofPoint::refused(&proof.to_bytes()), None);
			for (start, point) in expected {
				assert_eq!(point.start(proof.stage_one.is_some()), *start);
				let mut bytes = proof.to_bytes();
				bytes[*start] = 0xff;
				assert_eq!(ProofPoint::refused(&bytes), Some((*point, DecodeError::Coordinate)));
			}
		}
	}

	#[test]
	fn related_points_are_named() {
		let [one, two, three, four, five] = [1u64, 2, 3, 4, 5].map(|factor| {
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
		let related = |eta, sigma| {
			let stage_one = Some(StageOne { sigma, challenges: 1 });
			let plain = VerifyingKey::plain(g1, one, two, three, vec![g1]);
			KeyPoint::related(&VerifyingKey { model: Some(eta), stage_one, ..plain })
		};
		assert_eq!(related(four, five), None);
		assert_eq!(related(four, -four), Some([KeyPoint::Eta, KeyPoint::Sigma]));
		assert_eq!(related(four, two), Some([KeyPoint::Gamma, KeyPoint::Sigma]));
		assert_eq!(related(-three, four), Some([KeyPoint::Delta, KeyPoint::Eta]));
	}
}
