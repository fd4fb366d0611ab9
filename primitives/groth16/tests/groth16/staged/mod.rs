// SPDX-License-Identifier: Apache-2.0

//! Keys with blocks: what verifies under them, what does not, and what breaks without each rule. Each
//! forgery succeeds against the bare equation and is refused by the rule, from what its maker sees.

use crate::rng::rng;
use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use candor_groth16::{
	challenges, verify_batch, BatchError, BatchItem, DecodeError, KeyError, PreparedVerifyingKey,
	Proof, StageOne, VerifyError, VerifyingKey, G1_BYTES, G2_BYTES, MAX_CHALLENGES,
	MAX_PUBLIC_INPUTS, PROOF_BYTES, STAGED_PROOF_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};
use rand_chacha::ChaCha20Rng;

const INPUTS: [u64; 3] = [7, 8, 9];

fn inputs() -> Vec<Fr> {
	INPUTS.map(Fr::from).to_vec()
}

/// A key with both blocks, a model and a proof about it.
struct Example {
	trapdoor: StagedTrapdoor,
	key: VerifyingKey,
	prepared: PreparedVerifyingKey,
	model: G1Affine,
	proof: Proof,
}

impl Example {
	/// With a model block, and a stage one if there are challenges.
	fn new(challenges: u8) -> Self {
		let rng = &mut rng(challenges.into());
		let trapdoor = StagedTrapdoor::random(INPUTS.len(), challenges, rng);
		let key = trapdoor.key();
		let log = Fr::rand(rng);
		Self {
			prepared: PreparedVerifyingKey::prepare(&key).unwrap(),
			model: g1(log),
			proof: trapdoor.prove(Some(log), &inputs(), rng),
			trapdoor,
			key,
		}
	}

	fn verify(&self, proof: &Proof) -> Result<(), VerifyError> {
		self.prepared.verify_about(Some(&self.model), &inputs(), proof)
	}
}

fn with_stage_one(proof: &Proof, point: G1Affine) -> Proof {
	Proof { stage_one: Some(point), ..*proof }
}

/// Keys with each choice of blocks.
fn each_shape() -> Vec<StagedTrapdoor> {
	let rng = &mut rng(20);
	let both = StagedTrapdoor::random(3, 2, rng);
	let stage_one_alone = StagedTrapdoor { eta: None, ..StagedTrapdoor::random(3, 1, rng) };
	vec![StagedTrapdoor::random(3, 0, rng), stage_one_alone, both]
}

mod accept {
	use super::*;

	#[test]
	fn proofs_under_keys_with_any_blocks() {
		let rng = &mut rng(1);
		for trapdoor in each_shape() {
			let key = VerifyingKey::register(&trapdoor.key().to_bytes()).unwrap();
			let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
			let log = trapdoor.eta.map(|_| Fr::rand(rng));
			let proof = trapdoor.prove(log, &inputs(), rng);
			let proof = Proof::from_bytes(&proof.to_bytes()).unwrap();
			let model = log.map(g1);
			assert_eq!(prepared.verify_about(model.as_ref(), &inputs(), &proof), Ok(()));
		}
	}

	#[test]
	fn the_most_challenges_and_inputs() {
		let rng = &mut rng(2);
		let count = MAX_PUBLIC_INPUTS as usize - usize::from(MAX_CHALLENGES);
		let trapdoor = StagedTrapdoor::random(count, MAX_CHALLENGES, rng);
		let inputs: Vec<_> = (0..count).map(|_| Fr::rand(rng)).collect();
		let key = VerifyingKey::register(&trapdoor.key().to_bytes()).unwrap();
		assert_eq!((key.inputs(), key.public_inputs()), (60, 64));
		let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
		let log = Fr::rand(rng);
		let proof = trapdoor.prove(Some(log), &inputs, rng);
		assert_eq!(prepared.verify_about(Some(&g1(log)), &inputs, &proof), Ok(()));
	}

	/// Whoever sees a proof and a model can move both to another commitment to the same weights, where
	/// no challenge binds the commitment: statements name the job, so nothing is gained.
	#[test]
	fn a_commitment_that_was_moved_with_its_proof_when_there_is_no_challenge() {
		let example = Example::new(0);
		let delta = example.trapdoor.plain.delta;
		let eta = example.trapdoor.eta.unwrap();
		let m = Fr::from(5);
		let model = (example.model + g1(m * delta)).into_affine();
		let proof = Proof { c: (example.proof.c + -g1(m * eta)).into_affine(), ..example.proof };
		assert_eq!(example.prepared.verify_about(Some(&model), &inputs(), &proof), Ok(()));
	}
}

mod reject {
	use super::*;

	#[test]
	fn another_model_input_or_point() {
		for challenges in [0, 1, 3] {
			let example = Example::new(challenges);
			assert_eq!(example.verify(&example.proof), Ok(()));
			let other = g1(Fr::from(2));
			let invalid = Err(VerifyError::Invalid);
			let prepared = &example.prepared;
			let proof = example.proof;
			assert_eq!(prepared.verify_about(Some(&other), &inputs(), &proof), invalid);
			assert_eq!(prepared.verify_about(Some(&-example.model), &inputs(), &proof), invalid);
			for place in 0..INPUTS.len() {
				let mut wrong = inputs();
				wrong[place] += Fr::ONE;
				assert_eq!(prepared.verify_about(Some(&example.model), &wrong, &proof), invalid);
			}
			for changed in [
				Proof { a: -proof.a, ..proof },
				Proof { b: -proof.b, ..proof },
				Proof { c: -proof.c, ..proof },
			]
			.into_iter()
			.chain(proof.stage_one.map(|point| with_stage_one(&proof, -point)))
			.chain(proof.stage_one.map(|_| with_stage_one(&proof, other)))
			{
				assert_eq!(example.verify(&changed), invalid);
			}
		}
	}

	#[test]
	fn a_model_or_a_stage_one_that_the_key_has_not_or_that_is_missing() {
		let (staged, committed) = (Example::new(1), Example::new(0));
		let none = staged.prepared.verify_about(None, &inputs(), &staged.proof);
		assert_eq!(none, Err(VerifyError::WrongModel));
		assert_eq!(staged.prepared.verify(&inputs(), &staged.proof), none);
		let plain = Proof { stage_one: None, ..staged.proof };
		assert_eq!(staged.verify(&plain), Err(VerifyError::WrongProof));
		let added = Proof { stage_one: Some(staged.model), ..committed.proof };
		assert_eq!(committed.verify(&added), Err(VerifyError::WrongProof));
		let rng = &mut rng(3);
		let trapdoor = Trapdoor::random(3, rng);
		let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap();
		let proof = trapdoor.prove(&inputs(), rng);
		let model = prepared.verify_about(Some(&staged.model), &inputs(), &proof);
		assert_eq!(model, Err(VerifyError::WrongModel));
	}

	/// At infinity a model is no pair of the equation: what it says of weights would be nothing.
	#[test]
	fn a_model_at_infinity() {
		let example = Example::new(1);
		let proof = example.trapdoor.prove(Some(Fr::ZERO), &inputs(), &mut rng(4));
		let zero = G1Affine::zero();
		let refused = example.prepared.verify_about(Some(&zero), &inputs(), &proof);
		assert_eq!(refused, Err(VerifyError::WrongModel));
	}

	#[test]
	fn challenges_that_were_given_as_inputs() {
		let example = Example::new(2);
		let mut all = inputs();
		let stage_one = example.proof.stage_one.unwrap();
		let digest = example.key.digest();
		all.extend(challenges(&digest, Some(&example.model), &inputs(), &stage_one, 2));
		let refused = example.prepared.verify_about(Some(&example.model), &all, &example.proof);
		assert_eq!(refused, Err(VerifyError::WrongInputCount { expected: 3, given: 5 }));
	}
}

mod keys {
	use super::*;

	#[test]
	fn bytes_are_blocks_then_points() {
		for trapdoor in each_shape() {
			let key = trapdoor.key();
			let bytes = key.to_bytes();
			let blocks = u8::from(key.model.is_some()) + 2 * u8::from(key.stage_one.is_some());
			assert_eq!(bytes[..2], [blocks, key.challenges()]);
			let plain = trapdoor.plain.key().to_bytes();
			let (header, ic) = plain.split_at(VERIFYING_KEY_HEADER_BYTES);
			assert_eq!(&bytes[2..2 + header.len()], header);
			assert!(bytes.ends_with(ic));
			let extra = usize::from(key.model.is_some()) + usize::from(key.stage_one.is_some());
			assert_eq!(bytes.len(), 2 + plain.len() + extra * G2_BYTES);
			assert_eq!(VerifyingKey::from_bytes(&bytes), Ok(key));
		}
	}

	#[test]
	fn blocks_and_challenges_that_no_key_has_are_refused() {
		let bytes = Example::new(2).key.to_bytes();
		for (blocks, challenges) in
			[(0, 0), (0, 2), (4, 2), (7, 2), (255, 2), (1, 2), (2, 0), (3, 0), (3, 5), (3, 255)]
		{
			let mut changed = bytes.clone();
			changed[..2].copy_from_slice(&[blocks, challenges]);
			assert_eq!(
				VerifyingKey::from_bytes(&changed),
				Err(DecodeError::Blocks),
				"{blocks} {challenges}"
			);
		}
		let mut longer = bytes.clone();
		longer[1] = 3;
		assert_ne!(VerifyingKey::from_bytes(&longer).unwrap(), Example::new(2).key);
	}

	#[test]
	fn every_prefix_and_every_longer_key_is_refused() {
		let bytes = Example::new(1).key.to_bytes();
		for length in 0..bytes.len() {
			let is_shorter_key = length > 2 + VERIFYING_KEY_HEADER_BYTES + 2 * G2_BYTES + G1_BYTES
				&& (bytes.len() - length).is_multiple_of(G1_BYTES);
			assert_eq!(
				VerifyingKey::from_bytes(&bytes[..length]).is_ok(),
				is_shorter_key,
				"{length}"
			);
		}
		let longer = [&bytes[..], &[0]].concat();
		assert_eq!(VerifyingKey::from_bytes(&longer), Err(DecodeError::Length));
	}

	#[test]
	fn points_of_blocks_are_checked_as_the_others_are() {
		let bytes = Example::new(1).key.to_bytes();
		for start in [2 + VERIFYING_KEY_HEADER_BYTES, 2 + VERIFYING_KEY_HEADER_BYTES + G2_BYTES] {
			let with = |point: [u8; G2_BYTES]| {
				let mut changed = bytes.clone();
				changed[start..start + G2_BYTES].copy_from_slice(&point);
				VerifyingKey::from_bytes(&changed)
			};
			assert_eq!(with([0; G2_BYTES]), Err(DecodeError::Infinity));
			assert_eq!(with([255; G2_BYTES]), Err(DecodeError::Coordinate));
			assert_eq!(with([1; G2_BYTES]), Err(DecodeError::NotOnCurve));
		}
	}

	#[test]
	fn a_key_whose_only_inputs_are_challenges_states_nothing() {
		let key = StagedTrapdoor::random(0, 1, &mut rng(5)).key();
		assert_eq!(VerifyingKey::register(&key.to_bytes()), Err(KeyError::NoInputs));
	}

	#[test]
	fn a_stage_one_without_challenges_or_with_too_many_is_refused() {
		let key = Example::new(1).key;
		for challenges in [0, MAX_CHALLENGES + 1] {
			let stage_one = key.stage_one.map(|stage_one| StageOne { challenges, ..stage_one });
			let key = VerifyingKey { stage_one, ic: vec![key.alpha; 9], ..key.clone() };
			assert_eq!(key.validate(), Err(KeyError::Decode(DecodeError::Blocks)));
		}
	}

	#[test]
	fn a_challenge_whose_point_is_an_inputs_is_refused() {
		let mut key = Example::new(1).key;
		key.ic[4] = -key.ic[2];
		assert_eq!(key.validate(), Err(KeyError::RelatedInputs { first: 2, second: 4 }));
	}

	#[test]
	fn every_two_points_of_the_setup_are_compared() {
		let honest = Example::new(1).key;
		let set = |key: &mut VerifyingKey, place: usize, point| match place {
			0 => key.beta = point,
			1 => key.gamma = point,
			2 => key.delta = point,
			3 => key.model = Some(point),
			_ => key.stage_one = Some(StageOne { sigma: point, challenges: 1 }),
		};
		let points = [
			honest.beta,
			honest.gamma,
			honest.delta,
			honest.model.unwrap(),
			honest.stage_one.unwrap().sigma,
		];
		assert_eq!(honest.validate(), Ok(()));
		for (first, point) in points.into_iter().enumerate() {
			for second in (0..points.len()).filter(|second| *second != first) {
				for point in [point, -point] {
					let mut key = honest.clone();
					set(&mut key, second, point);
					assert_eq!(key.validate(), Err(KeyError::RelatedSetup), "{first} {second}");
				}
			}
		}
	}
}

/// What registration cannot see, such as `sigma = 2 gamma`, only a transcript excludes. What it can,
/// would be the following.
mod related_setup {
	use super::*;

	fn refused(key: &VerifyingKey) {
		assert_eq!(VerifyingKey::register(&key.to_bytes()), Err(KeyError::RelatedSetup));
	}

	/// `delta = gamma`: whoever has one proof turns it into one of anything, challenges included.
	#[test]
	fn delta_equal_to_gamma_moves_every_public_input() {
		let rng = &mut rng(6);
		let mut trapdoor = StagedTrapdoor::random(3, 1, rng);
		trapdoor.plain.delta = trapdoor.plain.gamma;
		let key = trapdoor.key();
		let log = Fr::rand(rng);
		let proof = trapdoor.prove(Some(log), &inputs(), rng);
		let (model, stage_one) = (g1(log), proof.stage_one.unwrap());
		// From here on only the key and the proof are used.
		let wanted = [1, 2, 3].map(Fr::from);
		let of = |inputs: &[Fr]| {
			let all = challenges(&key.digest(), Some(&model), inputs, &stage_one, 1);
			let all = inputs.iter().chain(&all);
			key.ic[1..].iter().zip(all).map(|(point, x)| *point * x).sum::<G1Projective>()
		};
		let c = (of(&inputs()) - of(&wanted) + proof.c).into_affine();
		let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
		assert_eq!(prepared.verify_about(Some(&model), &wanted, &Proof { c, ..proof }), Ok(()));
		refused(&key);
	}

	/// `sigma = gamma`: whoever can prove a statement shifts `C1` by the difference to another one
	/// before the challenge is drawn.
	#[test]
	fn sigma_equal_to_gamma_moves_an_input_into_the_commitment() {
		let rng = &mut rng(7);
		let mut trapdoor = StagedTrapdoor::random(3, 1, rng);
		trapdoor.stage_one = Some((trapdoor.plain.gamma, 1));
		let key = trapdoor.key();
		let (log, honest) = (Fr::rand(rng), Fr::rand(rng));
		let wanted = [7, 8, 10].map(Fr::from);
		// The prover commits to its stage one, then adds `(x - x*) IC`, which it can see. `prove_with`
		// stands for its witness: it proves the true statement under the challenge of the forged one.
		let forged = honest + (Fr::from(9) - wanted[2]) * trapdoor.plain.ic[3];
		let proof = trapdoor.prove_with(Some(log), &wanted, Some(forged), rng);
		let true_part = trapdoor.plain.gamma * trapdoor.plain.ic[3] * Fr::from(9)
			+ trapdoor.plain.gamma * honest;
		let forged_part =
			trapdoor.plain.gamma * trapdoor.plain.ic[3] * wanted[2] + trapdoor.plain.gamma * forged;
		assert_eq!(true_part, forged_part, "the equation cannot tell them apart");
		let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
		assert_eq!(prepared.verify_about(Some(&g1(log)), &wanted, &proof), Ok(()));
		refused(&key);
	}

	/// `eta = gamma`: whoever makes the commitment hides a difference of public inputs in it.
	#[test]
	fn eta_equal_to_gamma_hides_an_input_in_the_model() {
		let rng = &mut rng(8);
		let mut trapdoor = StagedTrapdoor::random(3, 0, rng);
		trapdoor.eta = Some(trapdoor.plain.gamma);
		let key = trapdoor.key();
		let log = Fr::rand(rng);
		let proof = trapdoor.prove(Some(log), &inputs(), rng);
		let difference = key.ic[3] * Fr::from(1000);
		let model = (g1(log) + difference).into_affine();
		let mut wanted = inputs();
		wanted[2] -= Fr::from(1000);
		let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
		assert_eq!(prepared.verify_about(Some(&model), &wanted, &proof), Ok(()));
		refused(&key);
	}

	/// `sigma = eta`: what the model lacks, stage one supplies; any weights do, and nobody opens `M`.
	#[test]
	fn sigma_equal_to_eta_proves_with_any_weights() {
		let rng = &mut rng(9);
		let mut trapdoor = StagedTrapdoor::random(3, 1, rng);
		trapdoor.stage_one = Some((trapdoor.eta.unwrap(), 1));
		let key = trapdoor.key();
		// Somebody's model, and weights of one's own with their commitment to stage one.
		let (theirs, own, honest) = (Fr::rand(rng), Fr::rand(rng), Fr::rand(rng));
		let stage_one = honest + own - theirs;
		let proof = trapdoor.prove_with(Some(theirs), &inputs(), Some(stage_one), rng);
		assert_eq!(proof.stage_one, Some((g1(honest + own) + -g1(theirs)).into_affine()));
		let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
		assert_eq!(prepared.verify_about(Some(&g1(theirs)), &inputs(), &proof), Ok(()));
		refused(&key);
	}
}

mod proofs {
	use super::*;

	#[test]
	fn bytes_are_a_b_c1_c() {
		let proof = Example::new(1).proof;
		let bytes = proof.to_bytes();
		let plain = Proof { stage_one: None, ..proof }.to_bytes();
		assert_eq!((bytes.len(), plain.len()), (STAGED_PROOF_BYTES, PROOF_BYTES));
		let (before, c) = plain.split_at(PROOF_BYTES - G1_BYTES);
		let stage_one = Proof::new(proof.stage_one.unwrap(), proof.b, proof.c).to_bytes();
		assert_eq!(bytes, [before, &stage_one[..G1_BYTES], c].concat());
		assert_eq!(Proof::from_bytes(&bytes), Ok(proof));
		for length in (0..bytes.len()).filter(|length| *length != PROOF_BYTES) {
			assert_eq!(Proof::from_bytes(&bytes[..length]), Err(DecodeError::Length));
		}
	}
}

mod batches {
	use super::*;

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
}
