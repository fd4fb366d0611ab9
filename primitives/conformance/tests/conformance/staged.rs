// SPDX-License-Identifier: Apache-2.0

//! Staged keys, alone and beside plain ones, as a chain registers and verifies them.

use super::*;
use candor_conformance::{register, settle, Answer, Facts};
use candor_groth16::{Groth16, StageOne, StagedGroth16, STAGED_PROOF_BYTES};
use candor_proof_system::{ProofSystem, SystemId};
use candor_statement::{Binding, InputCommitment, ModelCommitment, Statement, StatementSchema};
use candor_trapdoor::{g1, StagedTrapdoor};

const V1: StatementSchema = StatementSchema::InferenceV1 { input_len: 4, output_len: 33 };
const V2: StatementSchema = StatementSchema::InferenceV2 { input_len: 4, output_len: 33 };
/// Public inputs of [`V2`]: input commitment, two words, binding.
const INPUTS: usize = 4;

fn registered(system: SystemId, key: &[u8], schema: StatementSchema) -> Result<Vec<u8>, String> {
	let arguments = (system, key.to_vec(), schema);
	everywhere(register(system, key.to_vec(), schema), "register", arguments)
}

fn settled(keys: &[Vec<u8>], answers: &[Answer]) -> String {
	let arguments = (keys.to_vec(), answers.to_vec());
	everywhere(settle(keys.to_vec(), answers.to_vec()), "settle", arguments)
}

/// A key, and a model on it; another one for each seed.
struct Example {
	trapdoor: StagedTrapdoor,
	log: Fr,
}

impl Example {
	/// With a stage one, if there are challenges.
	fn new(challenges: u8) -> Self {
		let rng = &mut rng(100 + u64::from(challenges));
		Self { trapdoor: StagedTrapdoor::random(INPUTS, challenges, rng), log: Fr::rand(rng) }
	}

	fn key(&self) -> VerifyingKey {
		self.trapdoor.key()
	}

	fn stored(&self) -> Vec<u8> {
		registered(StagedGroth16::ID, &self.key().to_bytes(), V2).expect("the key is good")
	}

	fn facts(&self, number: u8) -> Facts {
		facts(ModelCommitment::Point(encode_g1(&g1(self.log))), number)
	}

	fn answer(&self, key: u32, number: u8) -> Answer {
		let facts = self.facts(number);
		let inputs = statement(&facts).public_inputs_v2().expect("canonical");
		let proof = self.trapdoor.prove(Some(self.log), &inputs, &mut rng(number.into()));
		(key, facts, proof.to_bytes())
	}
}

fn facts(model: ModelCommitment, number: u8) -> Facts {
	let scalar = Fr::from(number);
	(model, InputCommitment::from_field(scalar), vec![number; 33], Binding::from_field(-scalar))
}

fn statement((model, input, output, binding): &Facts) -> Statement<'_> {
	Statement { model: *model, input: *input, output, binding: *binding }
}

fn item(index: u32, refusal: &str) -> String {
	format!("Err(Item {{ index: {index}, refusal: {refusal} }})")
}

#[test]
fn right_answers_alone_and_beside_plain_ones() {
	let examples = [0, 1, 4].map(Example::new);
	let plain = Trapdoor::random(INPUTS + 1, &mut rng(7));
	let mut keys: Vec<_> = examples.iter().map(Example::stored).collect();
	let mut answers: Vec<_> = (0..12u8)
		.map(|number| {
			let key = number % 3;
			examples[usize::from(key)].answer(key.into(), number)
		})
		.collect();
	for answer in &answers[..3] {
		assert_eq!(settled(&keys, std::slice::from_ref(answer)), "Ok(())");
	}
	assert_eq!(settled(&keys, &answers), "Ok(())");

	keys.push(registered(Groth16::ID, &plain.key().to_bytes(), V1).expect("the key is good"));
	for number in 12..20 {
		let facts = facts(ModelCommitment::from_field(Fr::from(number)), number);
		let inputs = statement(&facts).public_inputs().expect("canonical");
		let proof = plain.prove(&inputs, &mut rng(number.into())).to_bytes();
		answers.push((3, facts, proof));
	}
	answers.rotate_left(5);
	assert_eq!(settled(&keys, &answers), "Ok(())");

	let with = |place: usize, change: &dyn Fn(&mut Answer)| {
		let mut answers = answers.clone();
		change(&mut answers[place]);
		settled(&keys, &answers)
	};
	for place in [0, 1, 2, 3, 9] {
		assert_eq!(with(place, &|answer| answer.1 .2[0] ^= 1), "Err(Invalid)");
		let outside = encode_g2(&outside_the_subgroup());
		let wrong = with(place, &|answer| answer.2[64..192].copy_from_slice(&outside));
		assert_eq!(wrong, item(place as u32, "Malformed"));
		let wrong = with(place, &|answer| answer.2.push(0));
		assert_eq!(wrong, item(place as u32, "Malformed"));
	}
}

#[test]
fn keys_that_are_changed() {
	let example = Example::new(2);
	let (key, bytes) = (example.key(), example.key().to_bytes());
	let refused = |system, bytes: &[u8], schema| registered(system, bytes, schema).unwrap_err();
	let changed = |change: &dyn Fn(&mut VerifyingKey)| {
		let mut key = key.clone();
		change(&mut key);
		refused(StagedGroth16::ID, &key.to_bytes(), V2)
	};
	let sigma = |key: &mut VerifyingKey, sigma: G2Affine| {
		key.stage_one = Some(StageOne { sigma, challenges: 2 });
	};
	for (refusal, expected) in [
		(changed(&|key| key.model = Some(key.gamma)), "RelatedSetup"),
		(changed(&|key| key.model = Some(-key.beta)), "RelatedSetup"),
		(changed(&|key| sigma(key, key.delta)), "RelatedSetup"),
		(changed(&|key| sigma(key, -key.model.expect("it has one"))), "RelatedSetup"),
		(changed(&|key| key.ic[5] = -key.ic[1]), "RelatedInputs"),
		(changed(&|key| key.model = Some(G2Affine::zero())), "PointAtInfinity"),
		(changed(&|key| sigma(key, G2Affine::zero())), "PointAtInfinity"),
		(changed(&|key| key.model = Some(outside_the_subgroup())), "PointOutsideSubgroup"),
		(changed(&|key| sigma(key, outside_the_subgroup())), "PointOutsideSubgroup"),
		(changed(&|key| key.model = None), "Length"),
		(changed(&|key| key.ic.truncate(6)), "SchemaMismatch"),
		(changed(&|key| key.ic.truncate(2)), "Length"),
		(refused(StagedGroth16::ID, &bytes, V1), "SchemaMismatch"),
		(refused(Groth16::ID, &bytes, V2), "Length"),
		(refused(SystemId(2), &bytes, V2), "UnknownSystem"),
		(refused(StagedGroth16::ID, &bytes[..bytes.len() - 1], V2), "Length"),
		(refused(StagedGroth16::ID, &[&bytes[..], &[0]].concat(), V2), "Length"),
	] {
		assert_eq!(refusal, expected);
	}
	// Blocks and numbers of challenges that no key has, and those of other keys.
	let beginning = |first: [u8; 2]| {
		let mut bytes = bytes.clone();
		bytes[..2].copy_from_slice(&first);
		refused(StagedGroth16::ID, &bytes, V2)
	};
	for first in [[0, 2], [1, 2], [4, 2], [7, 2], [3, 0], [3, 5], [3, 255], [3, 1]] {
		let refusal = beginning(first);
		assert!(["Length", "SchemaMismatch"].contains(&&*refusal), "{first:?}: {refusal}");
	}
	// With a block less, the bytes of its point are read as two of the first group.
	assert_eq!(beginning([2, 2]), "PointOffCurve");
}

#[test]
fn proofs_that_are_changed() {
	let (staged, committed) = (Example::new(1), Example::new(0));
	let keys = [staged.stored(), committed.stored()];
	let right = staged.answer(0, 3);
	assert_eq!(right.2.len(), STAGED_PROOF_BYTES);
	let changed = |change: &dyn Fn(&mut Vec<u8>)| {
		let mut answer = right.clone();
		change(&mut answer.2);
		settled(&keys, &[answer])
	};
	// The commitment to stage one stands between B and C.
	let start = 192;
	for at in [start, start + 32] {
		for flag in [0x80, 0x40] {
			assert_eq!(changed(&|bytes| bytes[at] |= flag), item(0, "Malformed"));
		}
		let again = plus_modulus(&right.2[at..at + 32]);
		let same = changed(&|bytes| bytes[at..at + 32].copy_from_slice(&again));
		assert_eq!(same, item(0, "Malformed"));
		assert_eq!(changed(&|bytes| bytes[at + 31] ^= 1), item(0, "Malformed"));
	}
	assert_eq!(changed(&|bytes| bytes[start..start + 64].fill(0)), item(0, "Malformed"));
	let without = |bytes: &mut Vec<u8>| {
		bytes.drain(start..start + 64);
	};
	assert_eq!(changed(&without), item(0, "Malformed"));
	for length in [0, 64, 255, 257, 319] {
		assert_eq!(changed(&|bytes| bytes.truncate(length)), item(0, "Malformed"));
	}
	let swapped = changed(&|bytes| {
		let (c1, c) = (bytes[192..256].to_vec(), bytes[256..].to_vec());
		bytes[192..256].copy_from_slice(&c);
		bytes[256..].copy_from_slice(&c1);
	});
	assert_eq!(swapped, item(0, "Invalid"));

	let mut longer = committed.answer(1, 3);
	let point = longer.2[..64].to_vec();
	longer.2.splice(start..start, point);
	assert_eq!(settled(&keys, &[longer]), item(0, "Malformed"));
}

#[test]
fn models_that_are_changed() {
	for challenges in [0, 1] {
		let example = Example::new(challenges);
		let keys = [example.stored()];
		let right = example.answer(0, 3);
		let about = |model: ModelCommitment| {
			let mut answer = right.clone();
			answer.1 .0 = model;
			settled(&keys, &[answer])
		};
		let bytes = encode_g1(&g1(example.log));
		let point = |change: &dyn Fn(&mut [u8; 64])| {
			let mut bytes = bytes;
			change(&mut bytes);
			ModelCommitment::Point(bytes)
		};
		assert_eq!(about(point(&|_| {})), "Ok(())");
		for wrong in [
			ModelCommitment::from_field(Fr::from(3)),
			ModelCommitment::Scalar([0xff; 32]),
			point(&|bytes| bytes.fill(0)),
			point(&|bytes| bytes.fill(0xff)),
			point(&|bytes| bytes[63] ^= 1),
			point(&|bytes| bytes[0] |= 0x80),
			point(&|bytes| {
				let again = plus_modulus(&bytes[..32]);
				bytes[..32].copy_from_slice(&again);
			}),
			point(&|bytes| bytes.rotate_left(32)),
		] {
			assert_eq!(about(wrong), item(0, "NonCanonicalCommitment"), "{wrong}");
		}
		let other = ModelCommitment::Point(encode_g1(&g1(example.log + Fr::ONE)));
		assert_eq!(about(other), item(0, "Invalid"));
		let opposite = ModelCommitment::Point(encode_g1(&g1(-example.log)));
		assert_eq!(about(opposite), item(0, "Invalid"));
	}
}
