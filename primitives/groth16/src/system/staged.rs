// SPDX-License-Identifier: Apache-2.0

//! Staged Groth16: a model is an element of the verifying equation.

use super::{bytes, read, stored_key, Groth16, Groth16Batch, STORED_STAGED_LAYOUT};
use crate::{
	VerifyingKey, G1_BYTES, G2_BYTES, MAX_PREPARED_VERIFYING_KEY_BYTES, MAX_PUBLIC_INPUTS,
	MAX_VERIFYING_KEY_BYTES, STAGED_PROOF_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::G1Affine;
use candor_bn254::encoding::Reader;
use candor_proof_system::{
	Effort, KeyRefusal, Limits, PreparedKey, ProofSystem, SystemId, UnreadableKey,
};
use candor_statement::{ModelCommitment, StatementSchema};

/// Staged Groth16 over BN254: keys with a model block, with or without a stage one. Statements are of
/// [`StatementSchema::InferenceV2`] or [`StatementSchema::InferencesV1`], and a model stands under a commitment that
/// is a point.
pub struct StagedGroth16;

impl ProofSystem for StagedGroth16 {
	const ID: SystemId = SystemId(1);
	const LIMITS: Limits = Limits {
		key_bytes: bytes(MAX_VERIFYING_KEY_BYTES),
		prepared_key_bytes: bytes(
			size_of_val(&STORED_STAGED_LAYOUT) + MAX_PREPARED_VERIFYING_KEY_BYTES,
		),
		proof_bytes: bytes(STAGED_PROOF_BYTES),
		public_inputs: MAX_PUBLIC_INPUTS,
	};
	/// Measured in Wasm beside plain keys (`docs/weights.md`): two pairs with kept lines more, a third
	/// of one verification, which is at most 24 % of what a call with one takes, and a tenth of settling
	/// one answer of 64; a batch has them for each key. Of registration, two points of five and their
	/// lines are more.
	const EFFORT: Effort = Effort { single: 124, batched: 110, key: 170, registered: 170 };
	const BATCHED_WITH: SystemId = Groth16::ID;
	type Batch = Groth16Batch;

	/// A key with both blocks has one input less than this says, two with a challenge.
	fn inputs_of_key_length(bytes: usize) -> u32 {
		let header = VERIFYING_KEY_HEADER_BYTES.saturating_add(G2_BYTES);
		let points = bytes.saturating_sub(header).checked_div(G1_BYTES).unwrap_or(0);
		u32::try_from(points.saturating_sub(1)).unwrap_or(u32::MAX).min(MAX_PUBLIC_INPUTS)
	}

	fn register(key: &[u8], schema: &StatementSchema) -> Result<PreparedKey, KeyRefusal> {
		if key.len() > MAX_VERIFYING_KEY_BYTES {
			return Err(KeyRefusal::TooManyPublicInputs);
		}
		let key = VerifyingKey::register(key)?;
		if key.model.is_none() {
			return Err(KeyRefusal::Length);
		}
		let is_stated = match schema {
			StatementSchema::InferenceV1 { .. } => false,
			StatementSchema::InferenceV2 { .. } => true,
			// Of one run there is the other schema, so that a circuit has one name.
			StatementSchema::InferencesV1 { runs, .. } => *runs > 1,
		};
		if !is_stated || key.inputs() != schema.public_inputs() {
			return Err(KeyRefusal::SchemaMismatch);
		}
		Ok(PreparedKey(stored_key(&key)?))
	}

	fn key_of(stored: &[u8]) -> Result<Vec<u8>, UnreadableKey> {
		Ok(read(stored)?.verifying_key().to_bytes())
	}

	fn takes_model(commitment: &ModelCommitment) -> bool {
		model_point(commitment).is_some()
	}
}

/// The point that a model's commitment is: in its only encoding, on the curve, which has no other
/// subgroup, and not at infinity.
pub fn model_point(commitment: &ModelCommitment) -> Option<G1Affine> {
	let ModelCommitment::Point(bytes) = commitment else { return None };
	crate::encoding::read_g1(&mut Reader::new(bytes)).ok()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{Proof, MAX_CHALLENGES, PROOF_BYTES};
	use ark_bn254::Fr;
	use ark_ff::UniformRand;
	use candor_bn254::encoding::encode_g1;
	use candor_proof_system::{BatchRefusal, ProofRefusal, SystemBatch};
	use candor_statement::{public_inputs_of_runs, Binding, InputCommitment, Statement};
	use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};
	use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

	const SCHEMA: StatementSchema = StatementSchema::InferenceV2 { input_len: 4, output_len: 1 };
	const INPUTS: usize = 3;

	// The trapdoor's types are those of this crate as others see it: not the same in its own tests.
	fn commitment(log: Fr) -> ModelCommitment {
		ModelCommitment::Point(encode_g1(&g1(log)))
	}

	fn statement(model: ModelCommitment, output: &[u8]) -> Statement<'_> {
		Statement {
			model,
			input: InputCommitment::from_field(Fr::from(2)),
			output,
			binding: Binding::from_field(Fr::from(4)),
		}
	}

	/// A key, a model's logarithm and a proof of the statement about it with the output 3.
	struct Example {
		stored: Vec<u8>,
		log: Fr,
		proof: Vec<u8>,
	}

	impl Example {
		fn new(challenges: u8) -> Self {
			let rng = &mut ChaCha20Rng::seed_from_u64(challenges.into());
			let trapdoor = StagedTrapdoor::random(INPUTS, challenges, rng);
			let key = trapdoor.key().to_bytes();
			let log = Fr::rand(rng);
			let inputs = statement(commitment(log), &[3]).public_inputs_v2().unwrap();
			Self {
				stored: StagedGroth16::register(&key, &SCHEMA).unwrap().0,
				log,
				proof: trapdoor.prove(Some(log), &inputs, rng).to_bytes(),
			}
		}

		fn verdict(&self, model: ModelCommitment, proof: &[u8]) -> Result<(), ProofRefusal> {
			let mut batch = Groth16Batch::default();
			batch.add_key(&self.stored).unwrap();
			batch.add(0, &[statement(model, &[3])], proof)?;
			batch.verify().map_err(|refusal| match refusal {
				BatchRefusal::Item { index: 0, refusal } => refusal,
				other => panic!("{other:?}"),
			})
		}
	}

	#[test]
	fn a_proof_about_a_model_holds_with_and_without_a_stage_one() {
		for challenges in [0, 1, 4] {
			let example = Example::new(challenges);
			assert_eq!(example.verdict(commitment(example.log), &example.proof), Ok(()));
			let other = commitment(Fr::from(5));
			assert_eq!(example.verdict(other, &example.proof), Err(ProofRefusal::Invalid));
		}
	}

	#[test]
	fn a_commitment_in_another_form_is_refused() {
		let example = Example::new(1);
		let order = encode_g1(&g1(example.log));
		let mut off_curve = order;
		off_curve[63] ^= 1;
		for wrong in [
			ModelCommitment::from_field(Fr::from(1)),
			ModelCommitment::Point([0; 64]),
			ModelCommitment::Point([255; 64]),
			ModelCommitment::Point(off_curve),
		] {
			assert!(!StagedGroth16::takes_model(&wrong), "{wrong}");
			let refused = example.verdict(wrong, &example.proof);
			assert_eq!(refused, Err(ProofRefusal::NonCanonicalCommitment), "{wrong}");
		}
		assert!(StagedGroth16::takes_model(&commitment(example.log)));
		assert!(!Groth16::takes_model(&commitment(example.log)));
		assert!(Groth16::takes_model(&ModelCommitment::from_field(Fr::from(1))));
		assert!(!Groth16::takes_model(&ModelCommitment::Scalar([255; 32])));
	}

	#[test]
	fn a_wrong_proof_is_named_if_it_is_alone_and_nobody_is_blamed_among_several() {
		let example = Example::new(1);
		let (own, other) = (commitment(example.log), commitment(Fr::from(5)));
		for (models, verdict) in [
			(&[own, own][..], Ok(())),
			(&[own, other], Err(BatchRefusal::Invalid)),
			(&[other], Err(BatchRefusal::Item { index: 0, refusal: ProofRefusal::Invalid })),
		] {
			let mut batch = Groth16Batch::default();
			batch.add_key(&example.stored).unwrap();
			for model in models {
				batch.add(0, &[statement(*model, &[3])], &example.proof).unwrap();
			}
			assert_eq!(batch.verify(), verdict, "{} proofs", models.len());
		}
	}

	#[test]
	fn a_proof_of_another_length_than_the_key_demands_is_malformed() {
		let (staged, committed) = (Example::new(1), Example::new(0));
		let proof = Proof::from_bytes(&staged.proof).unwrap();
		let short = Proof { stage_one: None, ..proof }.to_bytes();
		assert_eq!(short.len(), PROOF_BYTES);
		let model = commitment(staged.log);
		assert_eq!(staged.verdict(model, &short), Err(ProofRefusal::Malformed));
		let model = commitment(committed.log);
		assert_eq!(committed.verdict(model, &staged.proof), Err(ProofRefusal::Malformed));
	}

	#[test]
	fn what_cannot_be_right_is_refused_before_it_is_in_the_batch() {
		let example = Example::new(1);
		let model = commitment(example.log);
		let mut batch = Groth16Batch::default();
		batch.add_key(&example.stored).unwrap();
		batch.add(0, &[statement(model, &[3])], &example.proof).unwrap();
		let proof = Proof::from_bytes(&example.proof).unwrap();
		let short = Proof { stage_one: None, ..proof }.to_bytes();
		let output = [3; 32];
		for (key, output, proof, refusal) in [
			(0, &[3][..], &short, ProofRefusal::Malformed),
			(0, &output, &example.proof, ProofRefusal::WrongShape),
			(1, &[3], &example.proof, ProofRefusal::WrongShape),
		] {
			assert_eq!(batch.add(key, &[statement(model, output)], proof), Err(refusal));
		}
		assert_eq!(batch.verify(), Ok(()));
	}

	#[test]
	fn a_proof_of_several_runs_is_of_all_of_them_in_their_order() {
		let rng = &mut ChaCha20Rng::seed_from_u64(11);
		let trapdoor = StagedTrapdoor::random(2 * INPUTS, 1, rng);
		let runs_of = |runs| StatementSchema::InferencesV1 { input_len: 4, output_len: 1, runs };
		let key = trapdoor.key().to_bytes();
		let stored = StagedGroth16::register(&key, &runs_of(2)).unwrap().0;
		for other in [SCHEMA, runs_of(1), runs_of(3)] {
			let refused = StagedGroth16::register(&key, &other);
			assert_eq!(refused, Err(KeyRefusal::SchemaMismatch), "{other:?}");
		}
		let log = Fr::rand(rng);
		let model = commitment(log);
		let runs = [statement(model, &[3]), statement(model, &[7])];
		let inputs = public_inputs_of_runs(&runs).unwrap();
		let proof = trapdoor.prove(Some(log), &inputs, rng).to_bytes();
		let verdict = |runs: &[Statement<'_>]| {
			let mut batch = Groth16Batch::default();
			batch.add_key(&stored).unwrap();
			batch
				.add(0, runs, &proof)
				.map_err(|refusal| BatchRefusal::Item { index: 0, refusal })?;
			batch.verify()
		};
		let refused = |refusal| Err(BatchRefusal::Item { index: 0, refusal });
		assert_eq!(verdict(&runs), Ok(()));
		let [one, two] = runs;
		assert_eq!(verdict(&[two, one]), refused(ProofRefusal::Invalid));
		assert_eq!(verdict(&[one, one]), refused(ProofRefusal::Invalid));
		for runs in [&[][..], &[one], &[one, two, two]] {
			assert_eq!(verdict(runs), refused(ProofRefusal::WrongShape), "{} runs", runs.len());
		}
		let elsewhere = statement(commitment(Fr::from(5)), &[7]);
		assert_eq!(verdict(&[one, elsewhere]), refused(ProofRefusal::WrongShape));
	}

	#[test]
	fn a_plain_key_takes_one_run() {
		let rng = &mut ChaCha20Rng::seed_from_u64(12);
		let model = ModelCommitment::from_field(Fr::from(1));
		let statement = statement(model, &[3]);
		let one = statement.public_inputs().unwrap();
		let trapdoor = Trapdoor::random(2 * one.len(), rng);
		let stored = stored_key(&VerifyingKey::from_bytes(&trapdoor.key().to_bytes()).unwrap());
		let proof = trapdoor.prove(&[&one[..], &one].concat(), rng).to_bytes();
		let mut batch = Groth16Batch::default();
		batch.add_key(&stored.unwrap()).unwrap();
		let refused = batch.add(0, &[statement, statement], &proof);
		assert_eq!(refused, Err(ProofRefusal::WrongShape));
	}

	#[test]
	fn keys_of_the_other_system_are_refused() {
		let rng = &mut ChaCha20Rng::seed_from_u64(9);
		let plain = Trapdoor::random(INPUTS, rng).key().to_bytes();
		let staged = StagedTrapdoor::random(INPUTS, 1, rng);
		let no_model = StagedTrapdoor { eta: None, ..staged.clone() }.key().to_bytes();
		let staged = staged.key().to_bytes();
		let committed = StagedTrapdoor::random(INPUTS, 0, rng).key().to_bytes();
		assert_eq!(StagedGroth16::register(&plain, &SCHEMA), Err(KeyRefusal::Length));
		assert_eq!(StagedGroth16::register(&no_model, &SCHEMA), Err(KeyRefusal::Length));
		let v1 = StatementSchema::InferenceV1 { input_len: 4, output_len: 0 };
		for blocks in [&staged, &committed, &no_model] {
			assert_eq!(Groth16::register(blocks, &v1), Err(KeyRefusal::Length));
		}
		assert_eq!(StagedGroth16::register(&staged, &v1), Err(KeyRefusal::SchemaMismatch));
		assert_eq!(Groth16::register(&plain, &SCHEMA), Err(KeyRefusal::SchemaMismatch));
		let longer = StatementSchema::InferenceV2 { input_len: 4, output_len: 32 };
		assert_eq!(StagedGroth16::register(&staged, &longer), Err(KeyRefusal::SchemaMismatch));
	}

	#[test]
	fn a_stored_key_gives_the_key_back_and_its_layout_is_its_blocks() {
		for (challenges, layout) in [(0, 2), (2, 3)] {
			let rng = &mut ChaCha20Rng::seed_from_u64(3);
			let key = StagedTrapdoor::random(INPUTS, challenges, rng).key().to_bytes();
			let stored = StagedGroth16::register(&key, &SCHEMA).unwrap().0;
			assert_eq!(stored[0], layout);
			assert_eq!(StagedGroth16::key_of(&stored), Ok(key));
			for other in (0..=255).filter(|other| *other != layout) {
				let changed = [&[other], &stored[1..]].concat();
				assert_eq!(StagedGroth16::key_of(&changed), Err(UnreadableKey), "{other}");
			}
		}
	}

	/// Nobody writes such bytes; whoever did would have one block's lines taken for the other's.
	#[test]
	fn a_stored_key_with_another_block_than_its_layout_says_is_not_read() {
		let rng = &mut ChaCha20Rng::seed_from_u64(6);
		let trapdoor = StagedTrapdoor { eta: None, ..StagedTrapdoor::random(INPUTS, 1, rng) };
		let key = VerifyingKey::from_bytes(&trapdoor.key().to_bytes()).unwrap();
		let prepared = crate::PreparedVerifyingKey::prepare(&key).unwrap().to_bytes();
		for layout in 0..=u8::MAX {
			let stored = [&[layout], &prepared[..]].concat();
			assert_eq!(StagedGroth16::key_of(&stored), Err(UnreadableKey), "{layout}");
		}
		assert_eq!(stored_key(&key), Err(crate::DecodeError::Blocks.into()));
	}

	#[test]
	fn the_largest_key_is_within_the_limits_and_a_longer_one_is_refused() {
		let Limits { key_bytes, prepared_key_bytes, proof_bytes, public_inputs } =
			StagedGroth16::LIMITS;
		let inputs = public_inputs - u32::from(MAX_CHALLENGES);
		let rng = &mut ChaCha20Rng::seed_from_u64(7);
		let trapdoor = StagedTrapdoor::random(inputs as usize, MAX_CHALLENGES, rng);
		let key = trapdoor.key().to_bytes();
		assert_eq!(key.len() as u32, key_bytes);
		let schema = StatementSchema::InferenceV2 { input_len: 1, output_len: (inputs - 2) * 31 };
		let stored = StagedGroth16::register(&key, &schema).unwrap().0;
		assert_eq!(stored.len() as u32, prepared_key_bytes);
		assert_eq!(StagedGroth16::key_of(&stored), Ok(key.clone()));
		let inputs = vec![Fr::from(1); inputs as usize];
		let proof = trapdoor.prove(Some(Fr::from(1)), &inputs, rng).to_bytes();
		assert_eq!(proof.len() as u32, proof_bytes);

		let longer = [&key[..], &key[key.len() - G1_BYTES..]].concat();
		let refused = StagedGroth16::register(&longer, &schema);
		assert_eq!(refused, Err(KeyRefusal::TooManyPublicInputs));
		let longer = [&stored[..], &[0]].concat();
		assert_eq!(StagedGroth16::key_of(&longer), Err(UnreadableKey));
	}

	/// A model's point is in place of a plain key's scalar, and challenges are part of the effort.
	#[test]
	fn a_key_weighs_by_the_inputs_that_a_plain_one_has_for_the_same_statements() {
		let mut batch = Groth16Batch::default();
		for challenges in [0, 1, 4] {
			assert_eq!(batch.add_key(&Example::new(challenges).stored), Ok(INPUTS as u32 + 1));
		}
		let rng = &mut ChaCha20Rng::seed_from_u64(8);
		let plain = Trapdoor::random(INPUTS + 1, rng).key().to_bytes();
		let schema = StatementSchema::InferenceV1 { input_len: 4, output_len: 1 };
		let stored = Groth16::register(&plain, &schema).unwrap().0;
		assert_eq!(batch.add_key(&stored), Ok(INPUTS as u32 + 1));
	}

	#[test]
	fn the_weight_of_registration_counts_every_input_that_a_key_can_have() {
		for (inputs, challenges) in [(1, 0), (3, 1), (60, 4), (64, 0)] {
			let rng = &mut ChaCha20Rng::seed_from_u64(4);
			let key = StagedTrapdoor::random(inputs, challenges, rng).key();
			let counted = StagedGroth16::inputs_of_key_length(key.to_bytes().len());
			assert!(counted >= key.public_inputs(), "{inputs} {challenges}");
		}
		assert_eq!(StagedGroth16::inputs_of_key_length(usize::MAX), MAX_PUBLIC_INPUTS);
	}
}
