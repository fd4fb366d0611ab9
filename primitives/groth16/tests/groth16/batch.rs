// SPDX-License-Identifier: Apache-2.0

//! Many proofs at once: right if each is right by itself, and only then.

use crate::rng::rng;
use ark_bn254::{Fq, Fq2, Fr, G1Projective, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::{Field, UniformRand};
use candor_groth16::{
	verify_batch, BatchError, BatchItem, PreparedVerifyingKey, Proof, VerifyError,
	PREPARED_HEADER_BYTES,
};
use candor_trapdoor::Trapdoor;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;

/// Proofs under several keys.
struct Batch {
	trapdoors: Vec<Trapdoor>,
	keys: Vec<PreparedVerifyingKey>,
	items: Vec<(usize, Vec<Fr>, Proof)>,
}

impl Batch {
	/// `proofs` right proofs, under keys with so many inputs, in turn.
	fn new(proofs: usize, inputs: &[usize], rng: &mut ChaCha20Rng) -> Self {
		let trapdoors: Vec<_> = inputs.iter().map(|n| Trapdoor::random(*n, rng)).collect();
		let keys =
			trapdoors.iter().map(|t| PreparedVerifyingKey::prepare(&t.key()).unwrap()).collect();
		let items = (0..proofs)
			.map(|number| {
				let key = number % trapdoors.len();
				let inputs: Vec<_> = (0..inputs[key]).map(|_| Fr::rand(rng)).collect();
				let proof = trapdoors[key].prove(&inputs, rng);
				(key, inputs, proof)
			})
			.collect();
		Self { trapdoors, keys, items }
	}

	fn verify(&self) -> Result<(), BatchError> {
		let items: Vec<_> = self
			.items
			.iter()
			.map(|(key, inputs, proof)| BatchItem { key: *key, model: None, inputs, proof })
			.collect();
		verify_batch(&self.keys, &items)
	}

	fn each_is_right(&self) -> bool {
		self.items.iter().all(|(key, inputs, proof)| self.keys[*key].verify(inputs, proof).is_ok())
	}
}

mod accept {
	use super::*;

	#[test]
	fn batches_of_every_shape() {
		for (proofs, inputs) in [
			(1, &[1][..]),
			(2, &[4]),
			(3, &[1, 2]),
			(15, &[3]),
			(16, &[3]),
			(17, &[1, 4, 16]),
			(40, &[0, 1, 64]),
		] {
			let batch = Batch::new(proofs, inputs, &mut rng(proofs as u64));
			assert_eq!(batch.verify(), Ok(()), "{proofs} proofs under {} keys", inputs.len());
		}
	}

	#[test]
	fn a_batch_without_items() {
		assert_eq!(Batch::new(0, &[1], &mut rng(0)).verify(), Ok(()));
		assert_eq!(verify_batch(&[], &[]), Ok(()));
	}

	#[test]
	fn keys_under_which_nothing_is_proved() {
		let mut batch = Batch::new(4, &[2], &mut rng(1));
		batch.keys.insert(0, Batch::new(0, &[5], &mut rng(2)).keys.remove(0));
		batch.items.iter_mut().for_each(|item| item.0 = 1);
		assert_eq!(batch.verify(), Ok(()));
	}

	#[test]
	fn the_same_proof_twice() {
		let mut batch = Batch::new(2, &[2], &mut rng(3));
		batch.items[1] = batch.items[0].clone();
		assert_eq!(batch.verify(), Ok(()));
	}
}

mod reject {
	use super::*;

	#[test]
	fn one_wrong_proof_wherever_it_is() {
		let rng = &mut rng(4);
		let batch = Batch::new(20, &[2, 3], rng);
		for place in 0..batch.items.len() {
			let mut wrong = Batch::new(0, &[1], rng);
			wrong.keys.clone_from(&batch.keys);
			wrong.items.clone_from(&batch.items);
			wrong.items[place].1[0] += Fr::ONE;
			assert_eq!(wrong.verify(), Err(BatchError::Invalid), "{place}");
		}
	}

	#[test]
	fn two_wrong_proofs_that_would_make_up_for_each_other_with_equal_weights() {
		let mut batch = Batch::new(2, &[2], &mut rng(5));
		let shift = G1Projective::rand(&mut rng(6));
		for (item, shift) in batch.items.iter_mut().zip([shift, -shift]) {
			item.2.c = (item.2.c + shift).into_affine();
		}
		// With equal weights, the sum of the points `C` is that of right proofs.
		assert_eq!(batch.verify(), Err(BatchError::Invalid));
	}

	#[test]
	fn wrong_inputs_that_would_make_up_for_each_other_with_equal_weights() {
		let mut batch = Batch::new(2, &[2], &mut rng(7));
		batch.items[0].1[0] += Fr::ONE;
		batch.items[1].1[0] -= Fr::ONE;
		assert_eq!(batch.verify(), Err(BatchError::Invalid));
	}

	#[test]
	fn proofs_in_each_others_places() {
		let mut batch = Batch::new(4, &[2], &mut rng(8));
		let (first, second) = (batch.items[0].2, batch.items[1].2);
		(batch.items[0].2, batch.items[1].2) = (second, first);
		assert_eq!(batch.verify(), Err(BatchError::Invalid));
	}

	#[test]
	fn proofs_under_each_others_keys() {
		let mut batch = Batch::new(4, &[2, 2], &mut rng(9));
		batch.items.iter_mut().for_each(|item| item.0 = 1 - item.0);
		assert_eq!(batch.verify(), Err(BatchError::Invalid));
	}

	#[test]
	fn a_lone_wrong_proof() {
		let mut batch = Batch::new(1, &[2], &mut rng(10));
		batch.items[0].1[0] += Fr::ONE;
		assert_eq!(batch.verify(), Err(BatchError::Invalid));
	}

	#[test]
	fn the_first_item_with_another_number_of_inputs_by_its_place() {
		for given in [0, 1, 3] {
			let mut batch = Batch::new(5, &[2], &mut rng(11));
			batch.items[3].1.resize(given, Fr::ONE);
			batch.items[4].1.clear();
			let error = VerifyError::WrongInputCount { expected: 2, given: given as u32 };
			assert_eq!(batch.verify(), Err(BatchError::Item { index: 3, error }));
		}
	}

	#[test]
	fn an_item_under_a_key_that_is_not_there_by_its_place() {
		let mut batch = Batch::new(3, &[2], &mut rng(12));
		batch.items[2].0 = 1;
		let error = VerifyError::UnknownKey;
		assert_eq!(batch.verify(), Err(BatchError::Item { index: 2, error }));
		batch.items.drain(..2);
		assert_eq!(batch.verify(), Err(BatchError::Item { index: 0, error }));
	}

	#[test]
	fn the_first_point_outside_the_subgroup_by_its_place() {
		for proofs in [1, 5, 30] {
			let mut batch = Batch::new(proofs, &[2], &mut rng(13));
			let place = proofs - 1 - proofs / 4;
			for item in &mut batch.items[place..] {
				item.2.b = outside_the_subgroup();
			}
			let error = VerifyError::NotInSubgroup;
			let expected = BatchError::Item { index: place as u32, error };
			assert_eq!(batch.verify(), Err(expected));
		}
	}

	#[test]
	fn what_can_be_counted_before_what_takes_a_pairing() {
		let mut batch = Batch::new(4, &[2], &mut rng(14));
		batch.items[0].2.b = outside_the_subgroup();
		batch.items[1].2.b = outside_the_subgroup();
		let error = VerifyError::NotInSubgroup;
		assert_eq!(batch.verify(), Err(BatchError::Item { index: 0, error }));
		batch.items[3].1.clear();
		let error = VerifyError::WrongInputCount { expected: 2, given: 0 };
		assert_eq!(batch.verify(), Err(BatchError::Item { index: 3, error }));
		batch.items[2].0 = 1;
		let error = VerifyError::UnknownKey;
		assert_eq!(batch.verify(), Err(BatchError::Item { index: 2, error }));
	}

	/// No key that was registered has such a point; whoever finds one does not blame an item.
	#[test]
	fn a_stored_key_with_a_point_outside_the_subgroup_without_naming_an_item() {
		for proofs in [2, 20] {
			let mut batch = Batch::new(proofs, &[2], &mut rng(15));
			let mut key = batch.trapdoors[0].key();
			key.beta = outside_the_subgroup();
			let mut stored = batch.keys[0].to_bytes();
			stored.splice(PREPARED_HEADER_BYTES.., key.to_bytes());
			batch.keys[0] = PreparedVerifyingKey::from_trusted_bytes(&stored).unwrap();
			assert_eq!(batch.verify(), Err(BatchError::Invalid));
		}
	}

	fn outside_the_subgroup() -> G2Affine {
		let point = (1u64..)
			.find_map(|x| {
				G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::ONE), false)
			})
			.unwrap();
		assert!(!point.is_in_correct_subgroup_assuming_on_curve());
		point
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn a_batch_is_right_exactly_if_each_of_its_proofs_is(
		seed: u64,
		inputs in prop::collection::vec(1usize..6, 1..4),
		wrong in prop::collection::vec(prop::bool::weighted(0.05), 1..24),
	) {
		let rng = &mut rng(seed);
		let mut batch = Batch::new(wrong.len(), &inputs, rng);
		for (item, wrong) in batch.items.iter_mut().zip(&wrong) {
			if *wrong {
				let place = item.1.len() - 1;
				item.1[place] = Fr::rand(rng);
			}
		}
		prop_assert_eq!(batch.each_is_right(), !wrong.contains(&true));
		prop_assert_eq!(batch.verify().is_ok(), batch.each_is_right());
		prop_assert_eq!(batch.trapdoors.len(), inputs.len());
	}
}
