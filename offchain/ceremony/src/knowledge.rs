// SPDX-License-Identifier: Apache-2.0
//! Proofs that a contributor knows what it multiplied a trapdoor with.
//!
//! Schnorr's, without interaction, in the second group: for `T' = x T` the prover draws `k`, computes
//! `c = H(domain, h, s, tag, k T)` and `z = k + c x`, and gives `(c, z)`. The verifier computes
//! `H(domain, h, s, tag, z T - c T')` and compares. `h` is the hash of the transcript before the step, so
//! that a proof holds in one place of one ceremony; `s` is the step itself, its name and the hash of its
//! key included; the tag is the trapdoor's. `T` and all that came before are in `h`, `T'` is in `s`.
//!
//! What follows: whoever took the step could have written down the factor of *each* trapdoor by
//! itself (in the algebraic group model and the random oracle model straight from the proof, see
//! Fuchsbauer, Plouviez and Seurin, <https://eprint.iacr.org/2019/877>). A trapdoor that is made of
//! another one, such as `σ = 2 γ`, with which proofs of anything are possible, has no such factor
//! once an honest contributor has multiplied both.

use crate::{
	digest::Digest,
	trapdoor::{number, Entropy, Trapdoor},
};
use ark_bn254::{Fr, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use candor_bn254::encoding::{encode_g2, encode_scalar, Reader, SCALAR_BYTES};
use rand::{CryptoRng, RngCore};

/// Bytes of a proof.
pub(crate) const PROOF_BYTES: usize = 2 * SCALAR_BYTES;

/// A proof of knowledge of the factor between two points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
	challenge: Fr,
	response: Fr,
}

/// Where a proof belongs.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
	/// The hash of the transcript before the step.
	pub before: Digest,
	/// The step without its proofs.
	pub statement: &'a [u8],
	/// The trapdoor.
	pub trapdoor: Trapdoor,
}

impl Place<'_> {
	fn challenge(&self, commitment: G2Affine) -> Fr {
		let mut bytes = b"candor ceremony knowledge".to_vec();
		bytes.extend(self.before.0);
		bytes.extend((self.statement.len() as u64).to_le_bytes());
		bytes.extend(self.statement);
		bytes.push(self.trapdoor.tag());
		bytes.extend(encode_g2(&commitment));
		*number(&bytes)
	}
}

impl Proof {
	/// Proves knowledge of `factor`, by which the point after the step differs from `old`.
	pub fn new<R: RngCore + CryptoRng>(
		old: G2Affine,
		factor: &Fr,
		place: Place<'_>,
		entropy: &mut Entropy<'_, R>,
	) -> Self {
		let nonce = entropy.secret();
		let challenge = place.challenge((old * *nonce).into_affine());
		Self { challenge, response: *nonce + challenge * factor }
	}

	/// Whether it proves knowledge of the factor between two points of the subgroup.
	pub fn holds(&self, old: G2Affine, new: G2Affine, place: Place<'_>) -> bool {
		let commitment = old * self.response - new.into_group() * self.challenge;
		place.challenge(commitment.into_affine()) == self.challenge
	}

	pub fn to_bytes(self) -> [u8; PROOF_BYTES] {
		let mut bytes = [0; PROOF_BYTES];
		let (challenge, response) = bytes.split_at_mut(SCALAR_BYTES);
		challenge.copy_from_slice(&encode_scalar(self.challenge));
		response.copy_from_slice(&encode_scalar(self.response));
		bytes
	}

	/// Reads a proof; its numbers are below the order of the groups.
	pub fn from_bytes(bytes: &[u8; PROOF_BYTES]) -> Option<Self> {
		let mut reader = Reader::new(bytes);
		Some(Self { challenge: reader.scalar().ok()?, response: reader.scalar().ok()? })
	}
}
