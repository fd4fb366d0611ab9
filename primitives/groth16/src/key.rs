// SPDX-License-Identifier: Apache-2.0

//! Verifying keys: their encoding, and the rules that they have to keep.

use crate::{
	encoding::{check, read_g1, read_g2},
	DecodeError, KeyError, G1_BYTES, G2_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::{G1Affine, G2Affine};
use blake2::{digest::consts::U32, Blake2b, Digest};
use candor_bn254::encoding::{encode_g1, encode_g2, Reader};

/// Bytes of a verifying key without blocks before its `IC`: `alpha ‖ beta ‖ gamma ‖ delta`.
pub const VERIFYING_KEY_HEADER_BYTES: usize = G1_BYTES + 3 * G2_BYTES;

/// The most public inputs of a verifying key, challenges included; bounds the work of one verification.
pub const MAX_PUBLIC_INPUTS: u32 = 64;

/// The most challenges of a verifying key.
pub const MAX_CHALLENGES: u8 = 4;

/// The most points in an `IC`. Both operands are constants, so the compiler would refuse an overflow.
const MAX_IC: usize = MAX_PUBLIC_INPUTS as usize + 1;

/// The most bytes of a verifying key without blocks.
pub const MAX_PLAIN_VERIFYING_KEY_BYTES: usize = VERIFYING_KEY_HEADER_BYTES + G1_BYTES * MAX_IC;

/// What a verifying key with blocks begins with: one byte that names them, one with the number of
/// challenges.
const BLOCKS_BYTES: usize = 2;

/// The first byte of a key with a model block alone.
const MODEL_BLOCK: u8 = 1;

/// That of a key with a stage one alone.
const STAGE_ONE_BLOCK: u8 = 2;

/// That of a key with both.
const BOTH_BLOCKS: u8 = 3;

/// The most bytes of a verifying key.
pub const MAX_VERIFYING_KEY_BYTES: usize =
	BLOCKS_BYTES + MAX_PLAIN_VERIFYING_KEY_BYTES + 2 * G2_BYTES;

/// The part of a witness that a proof commits to before its challenges are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageOne {
	/// `sigma`, in the second group: what the commitment is paired with.
	pub sigma: G2Affine,
	/// How many challenges follow, the last public inputs: 1 to [`MAX_CHALLENGES`].
	pub challenges: u8,
}

/// A verifying key of staged Groth16, of which plain Groth16 is the case without blocks:
/// `docs/proof-system.md`.
///
/// The points are as they were given. [`register`](Self::register) is the way in for a key that
/// anybody may have made: it checks the encoding and the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
	/// `alpha`, in the first group.
	pub alpha: G1Affine,
	/// `beta`, in the second group.
	pub beta: G2Affine,
	/// `gamma`, in the second group.
	pub gamma: G2Affine,
	/// `delta`, in the second group.
	pub delta: G2Affine,
	/// `IC`, in the first group: the point of the constant one, then one for each public input, those
	/// that are challenges last.
	pub ic: Vec<G1Affine>,
	/// `eta`, in the second group, where proofs are about a model that the verifier has a commitment
	/// to: what that is paired with.
	pub model: Option<G2Affine>,
	/// Where proofs commit to a part of their witness first.
	pub stage_one: Option<StageOne>,
}

impl VerifyingKey {
	/// A key of plain Groth16.
	pub const fn plain(
		alpha: G1Affine,
		beta: G2Affine,
		gamma: G2Affine,
		delta: G2Affine,
		ic: Vec<G1Affine>,
	) -> Self {
		Self { alpha, beta, gamma, delta, ic, model: None, stage_one: None }
	}

	/// Decodes a key that anybody may have made and applies the rules of
	/// [`validate`](Self::validate).
	///
	/// # Errors
	///
	/// Those of [`from_bytes`](Self::from_bytes) and of [`validate`](Self::validate).
	pub fn register(bytes: &[u8]) -> Result<Self, KeyError> {
		let key = Self::from_bytes(bytes)?;
		key.validate()?;
		Ok(key)
	}

	/// Decodes a key. Whether it has blocks, and the number of its public inputs, follow from the number
	/// of bytes, which is checked before anything is read.
	///
	/// The rules are not applied; see [`register`](Self::register).
	///
	/// # Errors
	///
	/// A number of bytes that no key has; blocks or a number of challenges that no key has; a
	/// coordinate that is not below the field's modulus; a point at infinity, off the curve or outside
	/// the subgroup of prime order.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		Self::read(bytes, read_g1, read_g2)
	}

	/// Decodes bytes that [`to_bytes`](Self::to_bytes) wrote for a key whose points had been checked,
	/// and that nobody else could touch. Coordinates are checked again, points are not.
	pub(crate) fn from_trusted_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		Self::read(bytes, |reader| Ok(reader.g1_unchecked()?), |reader| Ok(reader.g2_unchecked()?))
	}

	fn read(
		bytes: &[u8],
		g1: impl Fn(&mut Reader<'_>) -> Result<G1Affine, DecodeError>,
		g2: impl Fn(&mut Reader<'_>) -> Result<G2Affine, DecodeError>,
	) -> Result<Self, DecodeError> {
		let shape = Shape::of(bytes)?;
		let reader = &mut Reader::new(shape.points);
		Ok(Self {
			alpha: g1(reader)?,
			beta: g2(reader)?,
			gamma: g2(reader)?,
			delta: g2(reader)?,
			model: shape.model.then(|| g2(reader)).transpose()?,
			stage_one: match shape.challenges {
				0 => None,
				challenges => Some(StageOne { sigma: g2(reader)?, challenges }),
			},
			ic: (0..shape.ic).map(|_| g1(reader)).collect::<Result<_, _>>()?,
		})
	}

	/// Checks of every point what decoding would have checked, subgroups aside.
	///
	/// # Errors
	///
	/// The first point that is at infinity or off its curve.
	pub(crate) fn check_points(&self) -> Result<(), DecodeError> {
		check(&self.alpha)?;
		self.setup().try_for_each(check)?;
		self.ic.iter().try_for_each(check)
	}

	/// The points of the second group, in the order of the encoding.
	fn setup(&self) -> impl Iterator<Item = &G2Affine> + Clone {
		let sigma = self.stage_one.as_ref().map(|stage_one| &stage_one.sigma);
		[&self.beta, &self.gamma, &self.delta].into_iter().chain(&self.model).chain(sigma)
	}

	/// Encodes the key. A point at infinity comes out as zeros, which no decoder takes.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = Vec::new();
		let blocks = match (self.model.is_some(), self.stage_one.is_some()) {
			(false, false) => None,
			(true, false) => Some(MODEL_BLOCK),
			(false, true) => Some(STAGE_ONE_BLOCK),
			(true, true) => Some(BOTH_BLOCKS),
		};
		bytes.extend(blocks.into_iter().flat_map(|blocks| [blocks, self.challenges()]));
		bytes.extend_from_slice(&encode_g1(&self.alpha));
		for point in self.setup() {
			bytes.extend_from_slice(&encode_g2(point));
		}
		for point in &self.ic {
			bytes.extend_from_slice(&encode_g1(point));
		}
		bytes
	}

	/// The blake2b-256 hash of the key's bytes, which challenges depend on.
	pub fn digest(&self) -> [u8; 32] {
		Blake2b::<U32>::digest(self.to_bytes()).into()
	}

	/// Whether it is a key of plain Groth16.
	pub const fn is_plain(&self) -> bool {
		self.model.is_none() && self.stage_one.is_none()
	}

	/// The number of challenges.
	pub fn challenges(&self) -> u8 {
		self.stage_one.map_or(0, |stage_one| stage_one.challenges)
	}

	/// The number of public inputs, challenges included.
	pub fn public_inputs(&self) -> u32 {
		u32::try_from(self.ic.len().saturating_sub(1)).unwrap_or(u32::MAX)
	}

	/// The number of public inputs that a statement has: challenges are not among them.
	pub fn inputs(&self) -> u32 {
		self.public_inputs().saturating_sub(self.challenges().into())
	}

	/// Applies the rules for keys that can be seen to be broken. Takes for granted what decoding
	/// has checked: that every point is in its group and none at infinity.
	///
	/// Whoever knows how two of the points hang together can forge proofs or change what they
	/// state. The rules find the plainest cases, which have happened; they cannot find a trapdoor.
	/// With `X` the sum of the inputs' points:
	///
	/// - `delta = ±gamma` is satisfied by `A = alpha, B = beta, C = ∓X`;
	/// - `gamma = ±beta` by `A = alpha ± X, B = beta, C = 0`, and any proof can be randomised until
	///   no point is zero;
	/// - `delta = ±beta` by `A = X, B = beta + gamma, C = ±(X - alpha)`;
	/// - with `IC[i] = ±IC[j]`, a proof for `(xᵢ, xⱼ)` is one for `(xᵢ + d, xⱼ ∓ d)`;
	/// - `eta` or `sigma` equal or opposite to one of those or to each other forges likewise, as
	///   `docs/proof-system.md` shows.
	///
	/// `IC[0]` belongs to the constant one, which nobody chooses: if it equals the point of an
	/// input, that input still has one value for each `X`.
	///
	/// # Errors
	///
	/// The first rule that the key breaks.
	pub fn validate(&self) -> Result<(), KeyError> {
		if self.inputs() == 0 {
			return Err(KeyError::NoInputs);
		}
		if self.public_inputs() > MAX_PUBLIC_INPUTS {
			return Err(KeyError::TooManyInputs);
		}
		if self.stage_one.is_some() && !(1..=MAX_CHALLENGES).contains(&self.challenges()) {
			return Err(KeyError::Decode(DecodeError::Blocks));
		}

		// Two points of a curve have one x exactly when they are equal or opposite.
		let mut others = self.setup();
		while let Some(point) = others.next() {
			if others.clone().any(|other| other.x == point.x) {
				return Err(KeyError::RelatedSetup);
			}
		}

		let inputs = || (0..).zip(&self.ic).skip(1);
		for (second, point) in inputs() {
			if let Some((first, _)) =
				inputs().take_while(|(first, _)| *first < second).find(|(_, p)| p.x == point.x)
			{
				return Err(KeyError::RelatedInputs { first, second });
			}
		}
		Ok(())
	}
}

/// What the bytes of a key say before its points are read.
struct Shape<'a> {
	/// Whether there is a model block.
	model: bool,
	/// The number of challenges; zero without a stage one.
	challenges: u8,
	/// The number of points in the `IC`: at least one, and one for each challenge.
	ic: usize,
	/// The bytes of all points.
	points: &'a [u8],
}

impl<'a> Shape<'a> {
	/// Without blocks there is nothing before the points, whose number of bytes is a multiple of a
	/// point's, so that no bytes can be read in both ways.
	fn of(bytes: &'a [u8]) -> Result<Self, DecodeError> {
		if bytes.len().is_multiple_of(G1_BYTES) {
			let ic = points_of_ic(bytes.len(), VERIFYING_KEY_HEADER_BYTES)?;
			return Ok(Self { model: false, challenges: 0, ic, points: bytes });
		}
		let ([blocks, challenges], points) = bytes
			.split_first_chunk::<BLOCKS_BYTES>()
			.filter(|(_, points)| points.len().is_multiple_of(G1_BYTES))
			.ok_or(DecodeError::Length)?;
		let (model, stage_one) = match *blocks {
			MODEL_BLOCK => (true, false),
			STAGE_ONE_BLOCK => (false, true),
			BOTH_BLOCKS => (true, true),
			_ => return Err(DecodeError::Blocks),
		};
		if stage_one != (*challenges > 0) || *challenges > MAX_CHALLENGES {
			return Err(DecodeError::Blocks);
		}
		let blocks_bytes = if model && stage_one { 2 * G2_BYTES } else { G2_BYTES };
		let header = VERIFYING_KEY_HEADER_BYTES.saturating_add(blocks_bytes);
		let ic = points_of_ic(points.len(), header)?;
		if ic <= usize::from(*challenges) {
			return Err(DecodeError::Length);
		}
		Ok(Self { model, challenges: *challenges, ic, points })
	}
}

/// The number of points in the `IC` of a key whose points take up so many bytes, so many of them before
/// the `IC`: at least one.
fn points_of_ic(bytes: usize, header: usize) -> Result<usize, DecodeError> {
	bytes
		.checked_sub(header)
		.filter(|rest| rest.is_multiple_of(G1_BYTES))
		.and_then(|rest| rest.checked_div(G1_BYTES))
		.filter(|points| (1..=MAX_IC).contains(points))
		.ok_or(DecodeError::Length)
}
