// SPDX-License-Identifier: Apache-2.0

//! **Not a proof system**: a stand-in for one in tests. Its proof of a statement is the hash of key and
//! public inputs, which anybody can write down, true or not.

use candor_market::SystemId;
use candor_proof_system::{
	BatchRefusal, Effort, KeyRefusal, Limits, PreparedKey, ProofRefusal, ProofSystem, SystemBatch,
	UnreadableKey,
};
use candor_statement::{Binding, ModelCommitment, Statement, StatementSchema};
use sp_io::hashing::blake2_256;

/// The system without security. A key is the number of its public inputs, and a name of 1 to 32 bytes.
pub struct Insecure;

/// Bytes of a name.
const MAX_NAME: usize = 32;
/// The most public inputs of a key.
const MAX_INPUTS: u8 = 64;
/// What a stored key begins with.
const LAYOUT: u8 = 1;

/// Bytes of which only verification finds that they are no proof.
pub const FOUND_LATE: [u8; 32] = [0xff; 32];

/// A key with so many public inputs; another one for each seed.
pub fn key(inputs: u8, seed: u8) -> Vec<u8> {
	vec![inputs, b'#', seed]
}

/// The proof of a statement under a key.
pub fn prove(key: &[u8], statement: &Statement<'_>) -> [u8; 32] {
	prove_runs(key, &[*statement])
}

/// The proof of as many runs as a key is for.
pub fn prove_runs(key: &[u8], runs: &[Statement<'_>]) -> [u8; 32] {
	let inputs = runs.iter().flat_map(|run| run.public_inputs().unwrap());
	let inputs = inputs.flat_map(|input| *Binding::from_field(input).as_bytes());
	blake2_256(&key.iter().copied().chain(inputs).collect::<Vec<_>>())
}

fn read(stored: &[u8]) -> Result<&[u8], UnreadableKey> {
	match stored {
		[LAYOUT, key @ ..] if !key.is_empty() => Ok(key),
		_ => Err(UnreadableKey),
	}
}

impl ProofSystem for Insecure {
	const ID: SystemId = SystemId(255);
	const LIMITS: Limits = Limits {
		key_bytes: 1 + MAX_NAME as u32,
		prepared_key_bytes: 2 + MAX_NAME as u32,
		proof_bytes: 32,
		public_inputs: MAX_INPUTS as u32,
	};
	const EFFORT: Effort = Effort::MEASURED;
	type Batch = InsecureBatch;

	fn inputs_of_key_length(_: usize) -> u32 {
		MAX_INPUTS.into()
	}

	fn register(key: &[u8], schema: &StatementSchema) -> Result<PreparedKey, KeyRefusal> {
		match key {
			[0, ..] => Err(KeyRefusal::NoPublicInputs),
			[inputs, ..] if *inputs > MAX_INPUTS => Err(KeyRefusal::TooManyPublicInputs),
			[inputs, name @ ..] if (1..=MAX_NAME).contains(&name.len()) => {
				let expected = match schema {
					StatementSchema::InferenceV1 { .. } => schema.public_inputs(),
					StatementSchema::InferenceV2 { .. } => return Err(KeyRefusal::SchemaMismatch),
					// Each run has its model.
					StatementSchema::InferencesV1 { .. } => schema.public_inputs() + schema.runs(),
				};
				if u32::from(*inputs) != expected {
					return Err(KeyRefusal::SchemaMismatch);
				}
				Ok(PreparedKey([&[LAYOUT], key].concat()))
			}
			_ => Err(KeyRefusal::Length),
		}
	}

	fn key_of(stored: &[u8]) -> Result<Vec<u8>, UnreadableKey> {
		read(stored).map(<[u8]>::to_vec)
	}

	fn takes_model(commitment: &ModelCommitment) -> bool {
		commitment.to_field().is_some()
	}
}

/// Proofs that are compared with the right ones at the end.
#[derive(Default)]
pub struct InsecureBatch {
	keys: Vec<Vec<u8>>,
	/// The right proof, and the given one.
	proofs: Vec<([u8; 32], [u8; 32])>,
}

impl SystemBatch for InsecureBatch {
	fn add_key(&mut self, stored: &[u8]) -> Result<u32, UnreadableKey> {
		let key = read(stored)?;
		self.keys.push(key.to_vec());
		Ok(key[0].into())
	}

	fn add(
		&mut self,
		key: usize,
		runs: &[Statement<'_>],
		proof: &[u8],
	) -> Result<(), ProofRefusal> {
		let mut inputs = 0;
		for run in runs {
			let run = run.public_inputs().map_err(|_| ProofRefusal::NonCanonicalCommitment)?;
			inputs += run.len();
		}
		let key = &self.keys[key];
		let proof = proof.try_into().map_err(|_| ProofRefusal::Malformed)?;
		if inputs != usize::from(key[0]) {
			return Err(ProofRefusal::WrongShape);
		}
		self.proofs.push((prove_runs(key, runs), proof));
		Ok(())
	}

	fn verify(&self) -> Result<(), BatchRefusal> {
		let item = |index, refusal| Err(BatchRefusal::Item { index, refusal });
		for (index, (_, proof)) in (0..).zip(&self.proofs) {
			if *proof == FOUND_LATE {
				return item(index, ProofRefusal::Malformed);
			}
		}
		match self.proofs.as_slice() {
			proofs if proofs.iter().all(|(right, proof)| right == proof) => Ok(()),
			[_] => item(0, ProofRefusal::Invalid),
			_ => Err(BatchRefusal::Invalid),
		}
	}
}
