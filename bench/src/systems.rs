// SPDX-License-Identifier: Apache-2.0

//! What blocks of a key cost: the same verification under a plain key, with a model block, and with a
//! stage one besides, as the runtime does it: from stored keys, facts and the bytes of proofs.

use crate::{measure::Rounds, report::SystemRow};
use anyhow::{anyhow, Context};
use candor_bn254::encoding::encode_g1;
use candor_groth16::{stored_key, Fr, Groth16Batch, VerifyingKey};
use candor_statement::{Binding, InputCommitment, ModelCommitment, Statement};
use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

use candor_proof_system::SystemBatch;

/// Proofs of the batch that is measured.
pub const PROOFS: usize = 64;

/// Bytes of an output that is one word.
const OUTPUT: [u8; 31] = [7; 31];

/// The blocks of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocks {
	/// Plain Groth16: the model is a public input.
	Plain,
	/// A model block.
	Model,
	/// A model block and a stage one with a challenge.
	Staged,
}

/// A key and proofs under it, all about one model.
struct Subject {
	stored: Vec<u8>,
	model: ModelCommitment,
	proofs: Vec<(Binding, Vec<u8>)>,
}

impl Subject {
	fn new(blocks: Blocks, count: usize) -> anyhow::Result<Self> {
		let rng = &mut ChaCha20Rng::seed_from_u64(3);
		let log: Fr = ark_ff::UniformRand::rand(rng);
		let bindings = (0u64..).map(|number| Binding::from_field(Fr::from(number))).take(count);
		let refused = |error| anyhow!("no statement: {error}");
		let (key, model, proofs): (VerifyingKey, _, Vec<_>) = match blocks {
			Blocks::Plain => {
				let model = ModelCommitment::from_field(log);
				// Model, input, one word of the output, binding.
				let trapdoor = Trapdoor::random(4, rng);
				let prove = |binding| {
					let inputs = statement(model, binding).public_inputs().map_err(refused)?;
					anyhow::Ok((binding, trapdoor.prove(&inputs, rng).to_bytes()))
				};
				(trapdoor.key(), model, bindings.map(prove).collect::<Result<_, _>>()?)
			}
			Blocks::Model | Blocks::Staged => {
				let model = ModelCommitment::Point(encode_g1(&g1(log)));
				let challenges = u8::from(blocks == Blocks::Staged);
				let trapdoor = StagedTrapdoor::random(3, challenges, rng);
				let prove = |binding| {
					let inputs = statement(model, binding).public_inputs_v2().map_err(refused)?;
					anyhow::Ok((binding, trapdoor.prove(Some(log), &inputs, rng).to_bytes()))
				};
				(trapdoor.key(), model, bindings.map(prove).collect::<Result<_, _>>()?)
			}
		};
		let stored = stored_key(&key).ok().context("the key can be prepared")?;
		Ok(Self { stored, model, proofs })
	}

	fn verify(&self) -> anyhow::Result<()> {
		let mut batch = Groth16Batch::default();
		batch.add_key(&self.stored).map_err(|_| anyhow!("the key cannot be read"))?;
		for (binding, proof) in &self.proofs {
			batch
				.add(0, &[statement(self.model, *binding)], proof)
				.map_err(|refusal| anyhow!("a right proof is refused: {refusal:?}"))?;
		}
		batch.verify().map_err(|refusal| anyhow!("right proofs are refused: {refusal:?}"))
	}
}

fn statement(model: ModelCommitment, binding: Binding) -> Statement<'static> {
	let input = InputCommitment::from_field(Fr::from(5));
	Statement { model, input, output: &OUTPUT, binding }
}

/// Measures one proof and a batch of [`PROOFS`] with each choice of blocks.
pub fn measure(rounds: &mut Rounds<'_>) -> anyhow::Result<Vec<SystemRow>> {
	let mut rows = Vec::new();
	for proofs in [1, PROOFS] {
		for blocks in [Blocks::Plain, Blocks::Model, Blocks::Staged] {
			let subject = Subject::new(blocks, proofs)?;
			let name = format!("{proofs} proofs, {blocks:?}");
			let native = rounds.measure(&name, || subject.verify())?;
			rows.push(SystemRow { blocks, proofs, native });
		}
	}
	Ok(rows)
}
