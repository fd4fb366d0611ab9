// SPDX-License-Identifier: Apache-2.0

//! Verification of many proofs at once.

use crate::{weights::weights, BatchError, PreparedVerifyingKey, Proof, VerifyError};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use ark_bn254::{Fq12, Fr, G1Affine};
use ark_ff::{AdditiveGroup, Field};
use candor_bn254::{
	encoding::{encode_g1, G1_BYTES},
	final_exponentiation, msm_g1, multi_miller_loop, Error, PreparedG2, Terms,
};

/// A proof in a batch, and what it has to prove.
#[derive(Clone, Copy, Debug)]
pub struct BatchItem<'a> {
	/// Position of its key among the batch's keys.
	pub key: usize,
	/// The commitment to the model that its statement is about, under a key with a model block.
	pub model: Option<&'a G1Affine>,
	/// The public inputs of its statement.
	pub inputs: &'a [Fr],
	/// The proof.
	pub proof: &'a Proof,
}

/// Verifies that every proof of a batch proves its statement, under whichever of the keys.
///
/// The equations of the proofs, each to the power of its weight, are multiplied: one product of
/// pairings, with a pair for each proof and three for each key, one more for each of its blocks, and
/// one final exponentiation. Wrong
/// proofs pass with a probability of `2⁻¹²⁸` for each batch that is tried, as the weights are the
/// hash of all that is verified ([Bellare, Garay, Rabin 1998](https://doi.org/10.1007/BFb0054130)).
///
/// # Errors
///
/// An item that cannot be right, whatever the others are: the first whose key is not there or that has
/// not one input for each of its key's, or not a model and a stage one exactly where the key has the
/// block; if there is none, the first whose `B` is outside the subgroup
/// of prime order, which only the pairing finds out. Or, without saying which, a proof that does not
/// prove its statement.
pub fn verify_batch(
	keys: &[PreparedVerifyingKey],
	items: &[BatchItem<'_>],
) -> Result<(), BatchError> {
	for (index, item) in (0..).zip(items) {
		let key = keys.get(item.key).ok_or(VerifyError::UnknownKey);
		key.and_then(|key| key.check_shape(item.model, item.inputs, item.proof))
			.map_err(|error| BatchError::Item { index, error })?;
	}
	if let [item] = items {
		let key = keys.get(item.key).ok_or(VerifyError::UnknownKey);
		return key.and_then(|key| key.verify_about(item.model, item.inputs, item.proof)).map_err(
			|error| match error {
				VerifyError::Invalid => BatchError::Invalid,
				error => BatchError::Item { index: 0, error },
			},
		);
	}

	let weights = weights(keys, items);
	let mut shares: Vec<_> = keys.iter().map(Share::new).collect();
	for (item, weight) in items.iter().zip(&weights) {
		if let Some(share) = shares.get_mut(item.key) {
			share.add(item, *weight);
		}
	}
	shares.retain(|share| !share.weights.is_empty());

	let mut sums: Vec<Terms<'_>> = items
		.iter()
		.zip(&weights)
		.map(|(item, weight)| (core::slice::from_ref(&item.proof.a), core::slice::from_ref(weight)))
		.collect();
	sums.extend(shares.iter().map(Share::alpha));
	let fixed: Vec<_> = shares.iter().flat_map(Share::fixed).collect();
	sums.extend(fixed.iter().map(|(terms, _)| *terms));
	let sums = msm_g1(&sums).map_err(|_| BatchError::Invalid)?;
	let (firsts, of_keys) = sums.split_at_checked(items.len()).ok_or(BatchError::Invalid)?;
	let (alphas, of_fixed) = of_keys.split_at_checked(shares.len()).ok_or(BatchError::Invalid)?;

	let betas = shares.iter().map(|share| share.key.key.beta);
	let pairs: Vec<_> = firsts
		.iter()
		.copied()
		.zip(items.iter().map(|item| item.proof.b))
		.chain(alphas.iter().copied().zip(betas))
		.collect();
	let prepared: Vec<_> =
		of_fixed.iter().copied().zip(fixed.iter().map(|(_, lines)| *lines)).collect();
	let value = multi_miller_loop(&pairs, &prepared).map_err(|error| match error {
		Error::NotInSubgroup { index } if is_item(index, items) => {
			BatchError::Item { index, error: VerifyError::NotInSubgroup }
		}
		_ => BatchError::Invalid,
	})?;
	match final_exponentiation(&value) {
		Ok(value) if value == Fq12::ONE => Ok(()),
		_ => Err(BatchError::Invalid),
	}
}

fn is_item(index: u32, items: &[BatchItem<'_>]) -> bool {
	usize::try_from(index).is_ok_and(|index| index < items.len())
}

/// A sum, and the lines of the point of a key that it is paired with.
type Fixed<'a> = (Terms<'a>, &'a PreparedG2);

/// The part of a batch's equation that belongs to a key.
struct Share<'a> {
	key: &'a PreparedVerifyingKey,
	/// What the points of `IC` are multiplied by: the sum of the weights, then of the inputs times
	/// their weights.
	inputs: Vec<Fr>,
	/// The points `C`.
	points: Vec<G1Affine>,
	/// The weights.
	weights: Vec<Fr>,
	/// The opposite of the sum of the weights.
	alpha: [Fr; 1],
	/// Where each model stands among `models`.
	places: BTreeMap<[u8; G1_BYTES], usize>,
	/// The commitments to models, each once.
	models: Vec<G1Affine>,
	/// For each model the sum of the weights of the proofs about it.
	model_weights: Vec<Fr>,
	/// The points `C1`.
	stage_ones: Vec<G1Affine>,
}

impl<'a> Share<'a> {
	fn new(key: &'a PreparedVerifyingKey) -> Self {
		Self {
			key,
			inputs: vec![Fr::ZERO; key.key.ic.len()],
			points: Vec::new(),
			weights: Vec::new(),
			alpha: [Fr::ZERO],
			places: BTreeMap::new(),
			models: Vec::new(),
			model_weights: Vec::new(),
			stage_ones: Vec::new(),
		}
	}

	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements")]
	fn add(&mut self, item: &BatchItem<'_>, weight: Fr) {
		let challenges = self.key.challenges(item.model, item.inputs, item.proof);
		let inputs = core::iter::once(&Fr::ONE).chain(item.inputs).chain(&challenges);
		for (sum, input) in self.inputs.iter_mut().zip(inputs) {
			*sum += weight * input;
		}
		self.points.push(item.proof.c);
		self.weights.push(weight);
		let [alpha] = &mut self.alpha;
		*alpha -= weight;
		self.stage_ones.extend(item.proof.stage_one);
		if let Some(model) = item.model {
			self.add_model(model, weight);
		}
	}

	/// Most proofs of a batch are about few models, whose points need not be multiplied again.
	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements")]
	fn add_model(&mut self, model: &G1Affine, weight: Fr) {
		let next = self.models.len();
		let place = *self.places.entry(encode_g1(model)).or_insert(next);
		match self.model_weights.get_mut(place) {
			Some(sum) => *sum += weight,
			None => {
				self.models.push(*model);
				self.model_weights.push(weight);
			}
		}
	}

	/// The sum to be paired with `beta`.
	fn alpha(&self) -> Terms<'_> {
		(core::slice::from_ref(&self.key.key.alpha), &self.alpha)
	}

	/// The sums to be paired with `-gamma`, `-delta`, `-eta` and `-sigma`, as far as the key has them.
	fn fixed(&self) -> impl Iterator<Item = Fixed<'_>> {
		let inputs: Terms<'_> = (&self.key.key.ic, &self.inputs);
		let points: Terms<'_> = (&self.points, &self.weights);
		let models: Terms<'_> = (&self.models, &self.model_weights);
		let stage_ones: Terms<'_> = (&self.stage_ones, &self.weights);
		[
			(inputs, Some(&self.key.minus_gamma)),
			(points, Some(&self.key.minus_delta)),
			(models, self.key.minus_eta.as_ref()),
			(stage_ones, self.key.minus_sigma.as_ref()),
		]
		.into_iter()
		.filter_map(|(terms, lines)| Some((terms, lines?)))
	}
}
