// SPDX-License-Identifier: Apache-2.0

//! Keys as a chain stores them, and verification.

use crate::{
	challenge::challenges, DecodeError, KeyError, Proof, VerifyError, VerifyingKey,
	MAX_PLAIN_VERIFYING_KEY_BYTES, MAX_VERIFYING_KEY_BYTES, TARGET_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::{Fq12, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::Field;
use candor_bn254::{
	encoding::{encode_target, Reader},
	final_exponentiation, msm_g1, multi_miller_loop, Error, PreparedG2, PREPARED_G2_BYTES,
};
use core::iter::once;

/// Bytes of a plain prepared verifying key before the verifying key itself.
pub const PREPARED_HEADER_BYTES: usize = TARGET_BYTES + 2 * PREPARED_G2_BYTES;

/// The most bytes of a plain prepared verifying key.
pub const MAX_PLAIN_PREPARED_VERIFYING_KEY_BYTES: usize =
	PREPARED_HEADER_BYTES + MAX_PLAIN_VERIFYING_KEY_BYTES;

/// The most bytes of a prepared verifying key.
pub const MAX_PREPARED_VERIFYING_KEY_BYTES: usize =
	PREPARED_HEADER_BYTES + 2 * PREPARED_G2_BYTES + MAX_VERIFYING_KEY_BYTES;

/// A verifying key with what is the same in every verification under it: the pairing of `alpha` and
/// `beta`, the lines of the other points of the second group, and the key's digest.
///
/// Its encoding is `e(alpha, beta) ‖ lines of -gamma ‖ lines of -delta ‖ verifying key`, and after
/// those, where the key has blocks, `lines of -eta ‖ lines of -sigma`. The lines take 11 kilobytes a
/// point and save a fifth of a plain verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedVerifyingKey {
	/// `e(alpha, beta)`.
	alpha_beta: Fq12,
	/// The lines of `-gamma`.
	pub(crate) minus_gamma: PreparedG2,
	/// The lines of `-delta`.
	pub(crate) minus_delta: PreparedG2,
	/// The lines of `-eta`, where the key has a model block.
	pub(crate) minus_eta: Option<PreparedG2>,
	/// The lines of `-sigma`, where the key has a stage one.
	pub(crate) minus_sigma: Option<PreparedG2>,
	/// The key.
	pub(crate) key: VerifyingKey,
	/// The digest of the key, where it has challenges.
	digest: Option<[u8; 32]>,
}

impl PreparedVerifyingKey {
	/// Prepares a key. The rules are not applied here; see [`VerifyingKey::register`].
	///
	/// # Errors
	///
	/// A point of either group that is at infinity, off the curve or outside the subgroup of prime
	/// order, wherever the key comes from: such a key has no encoding.
	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of points")]
	pub fn prepare(key: &VerifyingKey) -> Result<Self, KeyError> {
		key.check_points()?;
		// What follows finds out by itself whether points are in the subgroup.
		let decode = |error: Error| KeyError::Decode(error.into());
		let minus = |point: &G2Affine| PreparedG2::new(&-*point).map_err(decode);
		let alpha_beta = multi_miller_loop(&[(key.alpha, key.beta)], &[]).map_err(decode)?;
		Ok(Self {
			alpha_beta: final_exponentiation(&alpha_beta).map_err(decode)?,
			minus_gamma: minus(&key.gamma)?,
			minus_delta: minus(&key.delta)?,
			minus_eta: key.model.as_ref().map(minus).transpose()?,
			minus_sigma: key.stage_one.map(|stage_one| minus(&stage_one.sigma)).transpose()?,
			digest: key.stage_one.map(|_| key.digest()),
			key: key.clone(),
		})
	}

	/// Encodes the prepared key for storage.
	pub fn to_bytes(&self) -> Vec<u8> {
		let blocks = self.minus_eta.iter().chain(&self.minus_sigma);
		[
			&encode_target(&self.alpha_beta)[..],
			self.minus_gamma.as_bytes(),
			self.minus_delta.as_bytes(),
			&self.key.to_bytes(),
		]
		.into_iter()
		.chain(blocks.map(PreparedG2::as_bytes))
		.collect::<Vec<_>>()
		.concat()
	}

	/// Decodes bytes that [`to_bytes`](Self::to_bytes) wrote for a plain key and that nobody else could
	/// touch.
	///
	/// That points are on the curve and in their subgroup, that the key keeps the rules and that
	/// pairing and lines are the key's is *not* checked: under a prepared key of somebody else's
	/// making, anything may verify.
	///
	/// # Errors
	///
	/// A number of bytes that no prepared plain key has, or a coordinate that is not below the field's
	/// modulus. (Those of the lines are checked in verification.)
	pub fn from_trusted_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		Self::read_trusted(bytes, Blocks::NONE)
	}

	/// As [`from_trusted_bytes`](Self::from_trusted_bytes), for a key with these blocks.
	///
	/// # Errors
	///
	/// As there, and another key than one with these blocks.
	pub(crate) fn read_trusted(bytes: &[u8], blocks: Blocks) -> Result<Self, DecodeError> {
		if bytes.len() > MAX_PREPARED_VERIFYING_KEY_BYTES {
			return Err(DecodeError::Length);
		}
		let mut rest = bytes;
		let alpha_beta = Reader::new(split_off(&mut rest, TARGET_BYTES)?).target()?;
		let minus_gamma = PreparedG2::from_trusted_bytes(split_off(&mut rest, PREPARED_G2_BYTES)?)?;
		let minus_delta = PreparedG2::from_trusted_bytes(split_off(&mut rest, PREPARED_G2_BYTES)?)?;
		let lines = PREPARED_G2_BYTES.saturating_mul(blocks.count());
		let length = rest.len().checked_sub(lines).ok_or(DecodeError::Length)?;
		let key = VerifyingKey::from_trusted_bytes(split_off(&mut rest, length)?)?;
		if Blocks::of(&key) != blocks {
			return Err(DecodeError::Blocks);
		}
		let mut block = |is_there: bool| {
			let lines = is_there.then(|| split_off(&mut rest, PREPARED_G2_BYTES)).transpose()?;
			Ok::<_, DecodeError>(lines.map(PreparedG2::from_trusted_bytes).transpose()?)
		};
		Ok(Self {
			alpha_beta,
			minus_gamma,
			minus_delta,
			minus_eta: block(blocks.model)?,
			minus_sigma: block(blocks.stage_one)?,
			digest: key.stage_one.map(|_| key.digest()),
			key,
		})
	}

	/// The verifying key.
	pub const fn verifying_key(&self) -> &VerifyingKey {
		&self.key
	}

	/// The number of public inputs, challenges included.
	pub fn public_inputs(&self) -> u32 {
		self.key.public_inputs()
	}

	/// Verifies that `proof` proves the statement with the public inputs `inputs`, under a key without
	/// a model block.
	///
	/// # Errors
	///
	/// Those of [`verify_about`](Self::verify_about).
	pub fn verify(&self, inputs: &[Fr], proof: &Proof) -> Result<(), VerifyError> {
		self.verify_about(None, inputs, proof)
	}

	/// Verifies that `proof` proves the statement with the public inputs `inputs`, about the model
	/// behind the commitment `M` where the key has a model block, with a commitment `C1` and the
	/// challenges `c` that follow from it where it has a stage one:
	///
	/// ```text
	/// e(A, B) · e(IC(x, c), -gamma) · e(M, -eta) · e(C1, -sigma) · e(C, -delta) = e(alpha, beta)
	/// ```
	///
	/// # Errors
	///
	/// Not one input for each of the key's; a model, or a stage one of the proof, where the key has
	/// none, or none where it has one; `B` outside the subgroup of prime order; an equation that does
	/// not hold.
	pub fn verify_about(
		&self,
		model: Option<&G1Affine>,
		inputs: &[Fr],
		proof: &Proof,
	) -> Result<(), VerifyError> {
		self.check_shape(model, inputs, proof)?;
		let challenges = self.challenges(model, inputs, proof);
		let scalars: Vec<_> = once(&Fr::ONE).chain(inputs).chain(&challenges).copied().collect();
		let sums = msm_g1(&[(&self.key.ic, &scalars)]).map_err(verdict)?;
		let sum = *sums.first().ok_or(VerifyError::Invalid)?;
		let mut fixed = Vec::from([(sum, &self.minus_gamma), (proof.c, &self.minus_delta)]);
		fixed.extend(model.copied().zip(self.minus_eta.as_ref()));
		fixed.extend(proof.stage_one.zip(self.minus_sigma.as_ref()));
		let value = multi_miller_loop(&[(proof.a, proof.b)], &fixed);
		if final_exponentiation(&value.map_err(verdict)?).map_err(verdict)? != self.alpha_beta {
			return Err(VerifyError::Invalid);
		}
		Ok(())
	}

	/// The challenges that a proof has to meet; none without a stage one.
	pub(crate) fn challenges(
		&self,
		model: Option<&G1Affine>,
		inputs: &[Fr],
		proof: &Proof,
	) -> Vec<Fr> {
		match (&self.digest, &proof.stage_one) {
			(Some(digest), Some(stage_one)) => {
				challenges(digest, model, inputs, stage_one, self.key.challenges())
			}
			_ => Vec::new(),
		}
	}

	/// Refuses any number of inputs but the key's, and a model or a stage one that is not there exactly
	/// when the key has the block for it.
	pub(crate) fn check_shape(
		&self,
		model: Option<&G1Affine>,
		inputs: &[Fr],
		proof: &Proof,
	) -> Result<(), VerifyError> {
		let expected = self.key.inputs();
		match u32::try_from(inputs.len()) {
			Ok(given) if given == expected && !self.key.ic.is_empty() => {}
			given => {
				let given = given.unwrap_or(u32::MAX);
				return Err(VerifyError::WrongInputCount { expected, given });
			}
		}
		if model.is_some_and(AffineRepr::is_zero) || model.is_some() != self.minus_eta.is_some() {
			return Err(VerifyError::WrongModel);
		}
		if proof.stage_one.is_some() != self.minus_sigma.is_some() {
			return Err(VerifyError::WrongProof);
		}
		Ok(())
	}
}

/// Which blocks a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
	/// A model block.
	pub model: bool,
	/// A stage one.
	pub stage_one: bool,
}

impl Blocks {
	/// Those of plain Groth16.
	pub const NONE: Self = Self { model: false, stage_one: false };

	/// Those of a key.
	pub const fn of(key: &VerifyingKey) -> Self {
		Self { model: key.model.is_some(), stage_one: key.stage_one.is_some() }
	}

	/// How many they are.
	fn count(self) -> usize {
		usize::from(self.model).saturating_add(self.stage_one.into())
	}
}

/// Takes bytes off the front.
fn split_off<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], DecodeError> {
	let (taken, rest) = bytes.split_at_checked(count).ok_or(DecodeError::Length)?;
	*bytes = rest;
	Ok(taken)
}

/// What it says of a proof that an operation has no result.
fn verdict(error: Error) -> VerifyError {
	match error {
		Error::NotInSubgroup { .. } => VerifyError::NotInSubgroup,
		_ => VerifyError::Invalid,
	}
}
