// SPDX-License-Identifier: Apache-2.0
//! What a proving key is checked with.

use ark_bn254::{G1Affine, G2Affine};

/// The powers of a setup's secret `τ` that a key is checked with, for a domain of `n` points; see
/// [`crate::check`].
///
/// They are public: each belongs to Groth16's own reference string or to the powers of tau that a
/// ceremony publishes before it has a circuit (<https://eprint.iacr.org/2017/1050>), whose soundness
/// is proven with them in everybody's hands.
#[derive(Clone, Debug, PartialEq)]
pub struct Powers {
	/// `τ^i G1` for `i` below `n`.
	pub g1: Vec<G1Affine>,
	/// `τ G2`.
	pub tau_g2: G2Affine,
	/// `τ^n G2`.
	pub tau_n_g2: G2Affine,
}
