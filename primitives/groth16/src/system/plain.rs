// SPDX-License-Identifier: Apache-2.0

//! Plain Groth16: a model is a public input.

use super::{bytes, read, stored_key, Groth16Batch, STORED_KEY_LAYOUT};
use crate::{
	VerifyingKey, G1_BYTES, MAX_PLAIN_PREPARED_VERIFYING_KEY_BYTES, MAX_PLAIN_VERIFYING_KEY_BYTES,
	MAX_PUBLIC_INPUTS, PROOF_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
use alloc::vec::Vec;
use candor_proof_system::{
	Effort, KeyRefusal, Limits, PreparedKey, ProofSystem, SystemId, UnreadableKey,
};
use candor_statement::{ModelCommitment, StatementSchema};

/// Groth16 over BN254. Statements are of [`StatementSchema::InferenceV1`], and a model stands under a
/// commitment that is a scalar.
pub struct Groth16;

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
		let is_v1 = matches!(schema, StatementSchema::InferenceV1 { .. });
		if !is_v1 || key.public_inputs() != schema.public_inputs() {
			return Err(KeyRefusal::SchemaMismatch);
		}
		Ok(PreparedKey(stored_key(&key)?))
	}

	fn key_of(stored: &[u8]) -> Result<Vec<u8>, UnreadableKey> {
		Ok(read(stored)?.verifying_key().to_bytes())
	}

	fn takes_model(commitment: &ModelCommitment) -> bool {
		commitment.to_field().is_some()
	}
}
