// SPDX-License-Identifier: Apache-2.0
//! Commitments to models, and what all proofs about one model have in common.

use crate::{msm, Points};
use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective};
use ark_ec::CurveGroup;
use candor_operators::ModelBlinder;
use candor_secret::Secret;
use std::fmt;
use zeroize::Zeroize;

/// Why there is no commitment to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
	/// The key is for a circuit that knows no model apart from the rest of its witness.
	#[error("the key is for a circuit without a model block")]
	NoModel,
	/// The model has another number of words than the key.
	#[error("the key is for a model of {expected} words, not of {got}")]
	WordCount {
		/// Words of the key's circuit.
		expected: usize,
		/// Words of the model.
		got: usize,
	},
}

/// The commitment `Σ wᵢ [Kᵢ / η]₁ + μ [δ]₁` to a model's words `w`, hidden behind its blinder `μ`.
///
/// It is perfectly hiding as long as `μ` is uniform and belongs to this model and this key alone: with
/// one blinder under two keys, whoever guesses the words can test the guess by a pairing.
///
/// # Errors
///
/// See [`CommitError`].
pub fn commit_model(
	key: &Points,
	words: &[Fr],
	blinder: &ModelBlinder,
) -> Result<G1Affine, CommitError> {
	let block = key.model.as_ref().ok_or(CommitError::NoModel)?;
	let (expected, got) = (block.query.len(), words.len());
	if got != expected {
		return Err(CommitError::WordCount { expected, got });
	}
	let mut scalar = blinder.scalar();
	let commitment = msm::sum(&[(&block.query, words), (&[key.delta_g1], &[scalar])]);
	scalar.zeroize();
	Ok(commitment.into_affine())
}

/// What a model contributes to proofs under one key, the same for all of them. Secret: it tells the
/// words to whoever can guess them.
#[derive(Clone)]
pub struct ModelSums {
	/// The digest of the verifying key.
	pub(crate) key: [u8; 32],
	/// The commitment.
	pub(crate) commitment: G1Affine,
	/// The words.
	pub(crate) words: Secret<Vec<Fr>>,
	/// What they add to `A`.
	pub(crate) a: Secret<G1Projective>,
	/// What they add to `B`, in the first group.
	pub(crate) b_g1: Secret<G1Projective>,
	/// What they add to `B`.
	pub(crate) b_g2: Secret<G2Projective>,
	/// What the blinder adds to `C`: `-μ [η]₁`.
	pub(crate) c: Secret<G1Projective>,
}

impl ModelSums {
	/// Commits to a model and adds up what it contributes.
	///
	/// # Errors
	///
	/// See [`CommitError`].
	pub fn new(key: &Points, words: &[Fr], blinder: &ModelBlinder) -> Result<Self, CommitError> {
		Self::of_committed(key, words, blinder, commit_model(key, words, blinder)?)
	}

	/// As [`new`](Self::new), for a model whose commitment is known already. If it is another model's,
	/// no proof passes.
	///
	/// # Errors
	///
	/// See [`CommitError`].
	pub fn of_committed(
		key: &Points,
		words: &[Fr],
		blinder: &ModelBlinder,
		commitment: G1Affine,
	) -> Result<Self, CommitError> {
		let block = key.model.as_ref().ok_or(CommitError::NoModel)?;
		let (expected, got) = (block.query.len(), words.len());
		if got != expected {
			return Err(CommitError::WordCount { expected, got });
		}
		let model = key.ic.len()..key.ic.len() + expected;
		let mut scalar = blinder.scalar();
		let c = block.g1 * -scalar;
		scalar.zeroize();
		let (b_g2, (a, b_g1)) = rayon::join(
			|| msm::sum(&[(&key.b_g2[model.clone()], words)]),
			|| {
				rayon::join(
					|| msm::sum(&[(&key.a[model.clone()], words)]),
					|| msm::sum(&[(&key.b_g1[model.clone()], words)]),
				)
			},
		);
		Ok(Self {
			key: key.verifying_key().digest(),
			commitment,
			words: Secret::new(words.to_vec()),
			a: Secret::new(a),
			b_g1: Secret::new(b_g1),
			b_g2: Secret::new(b_g2),
			c: Secret::new(c),
		})
	}

	/// The commitment, which is public.
	pub fn commitment(&self) -> &G1Affine {
		&self.commitment
	}
}

/// The commitment alone.
impl fmt::Debug for ModelSums {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("ModelSums").field("commitment", &self.commitment).finish_non_exhaustive()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		setup_circuit,
		test_circuit::{Product, Scores},
		Plain, Silent,
	};
	use rand::rngs::OsRng;

	#[test]
	fn a_commitment_is_its_definition() {
		let key = setup_circuit(&Scores::example(), &mut OsRng, &mut Silent).expect("a setup").0;
		let (words, blinder) = (Scores::example().words, ModelBlinder::random(&mut OsRng));
		let block = key.model.as_ref().expect("it has a model");
		let mut expected = key.delta_g1 * blinder.scalar();
		for (word, point) in words.iter().zip(&block.query) {
			expected += *point * *word;
		}
		assert_eq!(commit_model(&key, &words, &blinder), Ok(expected.into_affine()));
		let sums = ModelSums::new(&key, &words, &blinder).expect("it fits");
		assert_eq!(*sums.commitment(), expected.into_affine());
	}

	#[test]
	fn models_that_do_not_fit_are_refused() {
		let blinder = ModelBlinder::random(&mut OsRng);
		let key = setup_circuit(&Scores::example(), &mut OsRng, &mut Silent).expect("a setup").0;
		let fault = CommitError::WordCount { expected: 3, got: 2 };
		let words = &Scores::example().words[1..];
		assert_eq!(commit_model(&key, words, &blinder), Err(fault));
		assert_eq!(ModelSums::new(&key, words, &blinder).err(), Some(fault));
		let circuit = Plain(Product::example());
		let key = setup_circuit(&circuit, &mut OsRng, &mut Silent).expect("a setup").0;
		assert_eq!(commit_model(&key, &[], &blinder), Err(CommitError::NoModel));
	}
}
