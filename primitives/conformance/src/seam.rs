// SPDX-License-Identifier: Apache-2.0

//! What a chain asks of its proof systems: keys as they are registered and stored, and verdicts on proofs
//! of statements, under any mix of keys.

use alloc::{format, string::String, vec::Vec};
use candor_groth16::{Groth16, Groth16Batch, StagedGroth16};
use candor_proof_system::{BatchRefusal, ProofRefusal, ProofSystems, SystemBatch, SystemId};
use candor_statement::{Binding, InputCommitment, ModelCommitment, Statement, StatementSchema};

/// The systems that share a batch.
type Systems = (Groth16, StagedGroth16);

/// What is stored of a key of a system, if it is taken.
///
/// # Errors
///
/// Why it is refused, in words.
pub fn register(
	system: SystemId,
	key: Vec<u8>,
	schema: StatementSchema,
) -> Result<Vec<u8>, String> {
	Systems::register(system, &key, &schema)
		.map(|prepared| prepared.0)
		.map_err(|refusal| format!("{refusal:?}"))
}

/// What an answer is about: model, input, output, binding.
pub type Facts = (ModelCommitment, InputCommitment, Vec<u8>, Binding);

/// An answer: the position of its key, what it is about, its proof.
pub type Answer = (u32, Facts, Vec<u8>);

/// The verdict on answers under keys as they are stored.
pub fn settle(keys: Vec<Vec<u8>>, answers: Vec<Answer>) -> String {
	let verdict = || -> Result<(), BatchRefusal> {
		let wrong_key = BatchRefusal::Item { index: u32::MAX, refusal: ProofRefusal::WrongShape };
		let mut batch = Groth16Batch::default();
		for key in &keys {
			batch.add_key(key).map_err(|_| wrong_key)?;
		}
		for (index, (key, (model, input, output, binding), proof)) in (0..).zip(&answers) {
			let (model, input, binding) = (*model, *input, *binding);
			let statement = Statement { model, input, output, binding };
			// Widens, or keeps: no target of this crate has narrower addresses than 32 bits.
			batch
				.add(*key as usize, &[statement], proof)
				.map_err(|refusal| BatchRefusal::Item { index, refusal })?;
		}
		batch.verify()
	};
	format!("{:?}", verdict())
}
