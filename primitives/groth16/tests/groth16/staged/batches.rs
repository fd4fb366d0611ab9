// SPDX-License-Identifier: Apache-2.0

//! Plain and staged proofs, verified at once.

use crate::rng::rng;
use ark_bn254::{Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, UniformRand};
use candor_groth16::{
	verify_batch, BatchError, BatchItem, PreparedVerifyingKey, Proof, VerifyError,
};
use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};
use rand_chacha::ChaCha20Rng;

/// A key by its number, a model, public inputs and a proof.
type Item = (usize, Option<G1Affine>, Vec<Fr>, Proof);

/// Proofs under a plain key, one with a model block, and one with both blocks.
struct Mixed {
	keys: Vec<PreparedVerifyingKey>,
	items: Vec<Item>,
}

impl Mixed {
	fn new(rounds: usize, rng: &mut ChaCha20Rng) -> Self {
		let plain = Trapdoor::random(3, rng);
		let [committed, staged] = [0, 2].map(|n| StagedTrapdoor::random(3, n, rng));
		let keys = [&plain.key(), &committed.key(), &staged.key()]
			.map(|key| PreparedVerifyingKey::prepare(key).unwrap())
			.to_vec();
		let models = [Fr::rand(rng), Fr::rand(rng)];
		let mut items = Vec::new();
		for round in 0..rounds {
			let inputs: Vec<_> = (0..3).map(|_| Fr::rand(rng)).collect();
			items.push((0, None, inputs.clone(), plain.prove(&inputs, rng)));
			for (key, trapdoor) in [(1, &committed), (2, &staged)] {
				// Two models, one of them again and again.
				let log = models[usize::from(round == 1)];
				let proof = trapdoor.prove(Some(log), &inputs, rng);
				items.push((key, Some(g1(log)), inputs.clone(), proof));
			}
		}
		Self { keys, items }
	}

	fn verify(&self) -> Result<(), BatchError> {
		let items: Vec<_> = self
			.items
			.iter()
			.map(|(key, model, inputs, proof)| BatchItem {
				key: *key,
				model: model.as_ref(),
				inputs,
				proof,
			})
			.collect();
		verify_batch(&self.keys, &items)
	}
}

#[test]
fn plain_and_staged_proofs_together() {
	for rounds in [1, 2, 7] {
		assert_eq!(Mixed::new(rounds, &mut rng(rounds as u64)).verify(), Ok(()));
	}
}

#[test]
fn any_wrong_part_of_any_item_spoils_the_batch() {
	let change = |change: fn(&mut Item), place: usize| {
		let mut batch = Mixed::new(3, &mut rng(10));
		change(&mut batch.items[place]);
		batch.verify()
	};
	let invalid = Err(BatchError::Invalid);
	for place in 0..9 {
		assert_eq!(change(|item| item.2[1] += Fr::ONE, place), invalid, "{place}");
		assert_eq!(change(|item| item.3.c = -item.3.c, place), invalid, "{place}");
		if place % 3 > 0 {
			assert_eq!(change(|item| item.1 = Some(g1(Fr::from(3))), place), invalid);
		}
		if place % 3 == 2 {
			let negate = |item: &mut Item| {
				item.3.stage_one = item.3.stage_one.map(|point| -point);
			};
			assert_eq!(change(negate, place), invalid);
		}
	}
}

/// Two items whose errors would cancel without weights.
#[test]
fn models_that_were_exchanged_are_found() {
	let mut batch = Mixed::new(2, &mut rng(11));
	let model = batch.items[1].1;
	assert_ne!(model, batch.items[4].1);
	batch.items[1].1 = batch.items[4].1;
	batch.items[4].1 = model;
	assert_eq!(batch.verify(), Err(BatchError::Invalid));
}

#[test]
fn an_item_of_another_shape_than_its_key_is_named() {
	let item = |error| Err(BatchError::Item { index: 2, error });
	let mut batch = Mixed::new(2, &mut rng(12));
	batch.items[2].1 = None;
	assert_eq!(batch.verify(), item(VerifyError::WrongModel));
	let mut batch = Mixed::new(2, &mut rng(12));
	batch.items[2].3.stage_one = None;
	assert_eq!(batch.verify(), item(VerifyError::WrongProof));
	let mut batch = Mixed::new(2, &mut rng(12));
	batch.items[2].1 = Some(G1Affine::zero());
	assert_eq!(batch.verify(), item(VerifyError::WrongModel));
}

#[test]
fn one_staged_item_is_verified_as_itself() {
	let mut batch = Mixed::new(1, &mut rng(13));
	batch.items.drain(..2);
	assert_eq!(batch.verify(), Ok(()));
	batch.items[0].2[0] += Fr::ONE;
	assert_eq!(batch.verify(), Err(BatchError::Invalid));
}
