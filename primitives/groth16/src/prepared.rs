// SPDX-License-Identifier: Apache-2.0

//! Keys as a chain stores them, and verification.

use crate::{
	DecodeError, KeyError, Proof, VerifyError, VerifyingKey, MAX_VERIFYING_KEY_BYTES, TARGET_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::{Fq12, Fr};
use ark_ff::Field;
use candor_bn254::{
	encoding::{encode_target, Reader},
	final_exponentiation, msm_g1, multi_miller_loop, Error, PreparedG2, PREPARED_G2_BYTES,
};
use core::iter::once;

/// Bytes of a prepared verifying key before the verifying key itself.
pub const PREPARED_HEADER_BYTES: usize = TARGET_BYTES + 2 * PREPARED_G2_BYTES;

/// The most bytes of a prepared verifying key.
pub const MAX_PREPARED_VERIFYING_KEY_BYTES: usize = PREPARED_HEADER_BYTES + MAX_VERIFYING_KEY_BYTES;

/// A verifying key with what is the same in every verification under it: the pairing of `alpha` and
/// `beta`, and the lines of `gamma` and `delta`.
///
/// Its encoding is `e(alpha, beta) ‖ lines of -gamma ‖ lines of -delta ‖ verifying key`. The lines
/// take 22 kilobytes and save a fifth of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedVerifyingKey {
	/// `e(alpha, beta)`.
	alpha_beta: Fq12,
	/// The lines of `-gamma`.
	pub(crate) minus_gamma: PreparedG2,
	/// The lines of `-delta`.
	pub(crate) minus_delta: PreparedG2,
	/// The key.
	pub(crate) key: VerifyingKey,
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
		let alpha_beta = multi_miller_loop(&[(key.alpha, key.beta)], &[]).map_err(decode)?;
		Ok(Self {
			alpha_beta: final_exponentiation(&alpha_beta).map_err(decode)?,
			minus_gamma: PreparedG2::new(&-key.gamma).map_err(decode)?,
			minus_delta: PreparedG2::new(&-key.delta).map_err(decode)?,
			key: key.clone(),
		})
	}

	/// Encodes the prepared key for storage.
	pub fn to_bytes(&self) -> Vec<u8> {
		[
			&encode_target(&self.alpha_beta)[..],
			self.minus_gamma.as_bytes(),
			self.minus_delta.as_bytes(),
			&self.key.to_bytes(),
		]
		.concat()
	}

	/// Decodes bytes that [`to_bytes`](Self::to_bytes) wrote and that nobody else could touch.
	///
	/// That points are on the curve and in their subgroup, that the key keeps the rules and that
	/// pairing and lines are the key's is *not* checked: under a prepared key of somebody else's
	/// making, anything may verify.
	///
	/// # Errors
	///
	/// A number of bytes that no prepared key has, or a coordinate that is not below the field's
	/// modulus. (Those of the lines are checked in verification.)
	pub fn from_trusted_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		if bytes.len() > MAX_PREPARED_VERIFYING_KEY_BYTES {
			return Err(DecodeError::Length);
		}
		let mut rest = bytes;
		let alpha_beta = Reader::new(split_off(&mut rest, TARGET_BYTES)?).target()?;
		let minus_gamma = PreparedG2::from_trusted_bytes(split_off(&mut rest, PREPARED_G2_BYTES)?)?;
		let minus_delta = PreparedG2::from_trusted_bytes(split_off(&mut rest, PREPARED_G2_BYTES)?)?;
		let key = VerifyingKey::from_trusted_bytes(rest)?;
		Ok(Self { alpha_beta, minus_gamma, minus_delta, key })
	}

	/// The verifying key.
	pub const fn verifying_key(&self) -> &VerifyingKey {
		&self.key
	}

	/// The number of public inputs.
	pub fn public_inputs(&self) -> u32 {
		self.key.public_inputs()
	}

	/// Verifies that `proof` proves the statement with the public inputs `inputs`:
	///
	/// ```text
	/// e(A, B) · e(IC[0] + Σ xᵢ IC[i], -gamma) · e(C, -delta) = e(alpha, beta)
	/// ```
	///
	/// # Errors
	///
	/// Not one input for each of the key's, `B` outside the subgroup of prime order, or an equation
	/// that does not hold.
	pub fn verify(&self, inputs: &[Fr], proof: &Proof) -> Result<(), VerifyError> {
		self.check_count(inputs)?;
		let scalars: Vec<_> = once(&Fr::ONE).chain(inputs).copied().collect();
		let sums = msm_g1(&[(&self.key.ic, &scalars)]).map_err(verdict)?;
		let sum = *sums.first().ok_or(VerifyError::Invalid)?;
		let value = multi_miller_loop(
			&[(proof.a, proof.b)],
			&[(sum, &self.minus_gamma), (proof.c, &self.minus_delta)],
		);
		if final_exponentiation(&value.map_err(verdict)?).map_err(verdict)? != self.alpha_beta {
			return Err(VerifyError::Invalid);
		}
		Ok(())
	}

	/// Refuses any number of inputs but the key's.
	pub(crate) fn check_count(&self, inputs: &[Fr]) -> Result<(), VerifyError> {
		let expected = self.public_inputs();
		match u32::try_from(inputs.len()) {
			Ok(given) if given == expected && !self.key.ic.is_empty() => Ok(()),
			given => {
				Err(VerifyError::WrongInputCount { expected, given: given.unwrap_or(u32::MAX) })
			}
		}
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
