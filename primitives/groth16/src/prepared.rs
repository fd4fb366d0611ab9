// SPDX-License-Identifier: Apache-2.0

//! Keys as a chain stores them, and verification.

use crate::{
	encoding::{encode, Reader, TARGET_BYTES},
	DecodeError, Proof, VerifyError, VerifyingKey, MAX_VERIFYING_KEY_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::{Bn254, Fq12, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{pairing::Pairing, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field};

/// The most bytes of a prepared verifying key.
pub const MAX_PREPARED_VERIFYING_KEY_BYTES: usize = TARGET_BYTES + MAX_VERIFYING_KEY_BYTES;

/// A verifying key and the pairing that is the same in every verification under it.
///
/// Its encoding is `e(alpha, beta) ‖ verifying key`, [`TARGET_BYTES`](crate::TARGET_BYTES) and
/// the key's own canonical bytes. The points stay points: they are short to read from storage, can
/// be handed on as they are, and can be weighted and summed over many proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedVerifyingKey {
	/// `e(alpha, beta)`.
	alpha_beta: Fq12,
	/// The key.
	key: VerifyingKey,
}

impl PreparedVerifyingKey {
	/// Prepares a key. The rules are not applied here; see [`VerifyingKey::register`].
	pub fn prepare(key: &VerifyingKey) -> Self {
		// Points outside their groups may have no pairing. Zero is no pairing's value, so nothing
		// verifies under such a key.
		let alpha_beta = pairing_product([(key.alpha, key.beta)]).unwrap_or(Fq12::ZERO);
		Self { alpha_beta, key: key.clone() }
	}

	/// Encodes the prepared key for storage.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes: Vec<u8> =
			self.alpha_beta.to_base_prime_field_elements().flat_map(encode).collect();
		bytes.extend(self.key.to_bytes());
		bytes
	}

	/// Decodes bytes that [`to_bytes`](Self::to_bytes) wrote and that nobody else could touch.
	///
	/// That points are on the curve and in their subgroup, that the key keeps the rules and that
	/// the pairing is the key's is *not* checked: under a prepared key of somebody else's making,
	/// anything may verify.
	///
	/// # Errors
	///
	/// A number of bytes that no prepared key has, or a coordinate that is not below the field's
	/// modulus.
	pub fn from_trusted_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		if bytes.len() > MAX_PREPARED_VERIFYING_KEY_BYTES {
			return Err(DecodeError::Length);
		}
		let mut reader = Reader::trusted(bytes);
		Ok(Self { alpha_beta: reader.target()?, key: VerifyingKey::read(reader)? })
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
	/// e(A, B) = e(alpha, beta) · e(IC[0] + Σ xᵢ IC[i], gamma) · e(C, delta)
	/// ```
	///
	/// # Errors
	///
	/// Not one input for each of the key's, or an equation that does not hold.
	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements and points")]
	pub fn verify(&self, inputs: &[Fr], proof: &Proof) -> Result<(), VerifyError> {
		let Some((constant, points)) =
			self.key.ic.split_first().filter(|(_, points)| points.len() == inputs.len())
		else {
			return Err(VerifyError::WrongInputCount {
				expected: self.public_inputs(),
				given: u32::try_from(inputs.len()).unwrap_or(u32::MAX),
			});
		};
		let sum = (G1Projective::msm_unchecked(points, inputs) + constant).into_affine();

		let product = pairing_product([
			(proof.a, proof.b),
			(-sum, self.key.gamma),
			(-proof.c, self.key.delta),
		]);
		if product == Some(self.alpha_beta) {
			Ok(())
		} else {
			Err(VerifyError::Invalid)
		}
	}
}

/// The product of pairings, with one final exponentiation; `None` where points outside their groups
/// have none.
fn pairing_product<const N: usize>(pairs: [(G1Affine, G2Affine); N]) -> Option<Fq12> {
	let miller = Bn254::multi_miller_loop(pairs.map(|pair| pair.0), pairs.map(|pair| pair.1));
	Bn254::final_exponentiation(miller).map(|value| value.0)
}
