// SPDX-License-Identifier: Apache-2.0

//! Groth16 behind the chain's seam for proof systems.

use crate::{
	verify_batch, BatchError, BatchItem, DecodeError, KeyError, PreparedVerifyingKey, Proof,
	VerifyError, VerifyingKey, G1_BYTES, MAX_PLAIN_PREPARED_VERIFYING_KEY_BYTES,
	MAX_PLAIN_VERIFYING_KEY_BYTES, MAX_PUBLIC_INPUTS, PROOF_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::Fr;
use candor_proof_system::{
	BatchRefusal, Effort, KeyRefusal, Limits, PreparedKey, ProofRefusal, ProofSystem, SystemBatch,
	SystemId, UnreadableKey,
};
use candor_statement::{ModelCommitment, Statement, StatementSchema};

/// What a stored key begins with: the layout of [`PreparedVerifyingKey::to_bytes`] follows.
pub const STORED_KEY_LAYOUT: u8 = 1;

/// Groth16 over BN254. Public inputs are those of [`Statement::public_inputs`], and a model stands
/// under a commitment that is a scalar.
pub struct Groth16;

/// A length that is a constant of a few thousand.
const fn bytes(length: usize) -> u32 {
	length as u32
}

impl ProofSystem for Groth16 {
	const ID: SystemId = SystemId(0);
	const LIMITS: Limits = Limits {
		key_bytes: bytes(MAX_PLAIN_VERIFYING_KEY_BYTES),
		prepared_key_bytes: bytes(
			size_of_val(&STORED_KEY_LAYOUT) + MAX_PLAIN_PREPARED_VERIFYING_KEY_BYTES,
		),
		proof_bytes: bytes(PROOF_BYTES),
		public_inputs: MAX_PUBLIC_INPUTS,
	};
	const EFFORT: Effort = Effort::MEASURED;
	type Batch = Groth16Batch;

	fn inputs_of_key_length(bytes: usize) -> u32 {
		let points =
			bytes.saturating_sub(VERIFYING_KEY_HEADER_BYTES).checked_div(G1_BYTES).unwrap_or(0);
		u32::try_from(points.saturating_sub(1)).unwrap_or(u32::MAX).min(MAX_PUBLIC_INPUTS)
	}

	fn register(key: &[u8], schema: &StatementSchema) -> Result<PreparedKey, KeyRefusal> {
		if key.len() > MAX_PLAIN_VERIFYING_KEY_BYTES {
			return Err(KeyRefusal::TooManyPublicInputs);
		}
		let key = VerifyingKey::register(key)?;
		if !key.is_plain() {
			return Err(KeyRefusal::Length);
		}
		if key.public_inputs() != schema.public_inputs() {
			return Err(KeyRefusal::SchemaMismatch);
		}
		Ok(PreparedKey(stored_key(&key)?))
	}

	fn key_of(stored: &[u8]) -> Result<Vec<u8>, UnreadableKey> {
		Ok(read(stored)?.verifying_key().to_bytes())
	}

	fn takes_model(commitment: &ModelCommitment) -> bool {
		commitment.is_canonical()
	}
}

/// What a chain stores of a key: [`STORED_KEY_LAYOUT`], then the prepared key. The rules are not applied.
///
/// # Errors
///
/// Those of [`PreparedVerifyingKey::prepare`].
pub fn stored_key(key: &VerifyingKey) -> Result<Vec<u8>, KeyError> {
	let prepared = PreparedVerifyingKey::prepare(key)?.to_bytes();
	Ok([&[STORED_KEY_LAYOUT][..], &prepared].concat())
}

/// Reads a key that [`Groth16::register`] prepared.
fn read(stored: &[u8]) -> Result<PreparedVerifyingKey, UnreadableKey> {
	match stored.split_first() {
		Some((&STORED_KEY_LAYOUT, prepared)) => {
			PreparedVerifyingKey::from_trusted_bytes(prepared).map_err(|_| UnreadableKey)
		}
		_ => Err(UnreadableKey),
	}
}

/// Proofs under any mix of Groth16 keys.
#[derive(Default)]
pub struct Groth16Batch {
	keys: Vec<PreparedVerifyingKey>,
	items: Vec<Item>,
}

/// A decoded proof and what it has to prove.
struct Item {
	key: usize,
	inputs: Vec<Fr>,
	proof: Proof,
}

impl SystemBatch for Groth16Batch {
	fn add_key(&mut self, stored: &[u8]) -> Result<u32, UnreadableKey> {
		let key = read(stored)?;
		let inputs = key.public_inputs();
		self.keys.push(key);
		Ok(inputs)
	}

	fn add(
		&mut self,
		key: usize,
		statement: &Statement<'_>,
		proof: &[u8],
	) -> Result<(), ProofRefusal> {
		let inputs = statement.public_inputs().map_err(|_| ProofRefusal::NonCanonicalCommitment)?;
		let proof = Proof::from_bytes(proof).map_err(|_| ProofRefusal::Malformed)?;
		if proof.stage_one.is_some() {
			return Err(ProofRefusal::Malformed);
		}
		let expected = self.keys.get(key).map(PreparedVerifyingKey::public_inputs);
		if u32::try_from(inputs.len()).ok() != expected {
			return Err(ProofRefusal::WrongShape);
		}
		self.items.push(Item { key, inputs, proof });
		Ok(())
	}

	fn verify(&self) -> Result<(), BatchRefusal> {
		let items: Vec<_> = self
			.items
			.iter()
			.map(|Item { key, inputs, proof }| BatchItem { key: *key, model: None, inputs, proof })
			.collect();
		verify_batch(&self.keys, &items).map_err(|error| match error {
			BatchError::Item { index, error } => {
				BatchRefusal::Item { index, refusal: error.into() }
			}
			BatchError::Invalid if items.len() == 1 => {
				BatchRefusal::Item { index: 0, refusal: ProofRefusal::Invalid }
			}
			BatchError::Invalid => BatchRefusal::Invalid,
		})
	}
}

impl From<VerifyError> for ProofRefusal {
	fn from(error: VerifyError) -> Self {
		match error {
			VerifyError::WrongInputCount { .. }
			| VerifyError::WrongModel
			| VerifyError::UnknownKey => Self::WrongShape,
			VerifyError::NotInSubgroup | VerifyError::WrongProof => Self::Malformed,
			VerifyError::Invalid => Self::Invalid,
		}
	}
}

impl From<KeyError> for KeyRefusal {
	fn from(error: KeyError) -> Self {
		match error {
			KeyError::Decode(DecodeError::Length | DecodeError::Blocks) => Self::Length,
			KeyError::Decode(DecodeError::Coordinate) => Self::NonCanonicalCoordinate,
			KeyError::Decode(DecodeError::Infinity) => Self::PointAtInfinity,
			KeyError::Decode(DecodeError::NotOnCurve) => Self::PointOffCurve,
			KeyError::Decode(DecodeError::NotInSubgroup) => Self::PointOutsideSubgroup,
			KeyError::NoInputs => Self::NoPublicInputs,
			KeyError::TooManyInputs => Self::TooManyPublicInputs,
			KeyError::RelatedSetup => Self::RelatedSetup,
			KeyError::RelatedInputs { .. } => Self::RelatedInputs,
		}
	}
}
