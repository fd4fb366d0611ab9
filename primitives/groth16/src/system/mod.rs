// SPDX-License-Identifier: Apache-2.0

//! Groth16, plain and staged, behind the chain's seam for proof systems: a file for each of the two,
//! here what they share. Their proofs go into one batch.

mod plain;
mod staged;

use crate::{
	prepared::Blocks, verify_batch, BatchError, BatchItem, DecodeError, KeyError,
	PreparedVerifyingKey, Proof, VerifyError, VerifyingKey,
};
use alloc::vec::Vec;
use ark_bn254::{Fr, G1Affine};
use candor_proof_system::{BatchRefusal, KeyRefusal, ProofRefusal, SystemBatch, UnreadableKey};
use candor_statement::{public_inputs_of_runs, Statement};

pub use plain::Groth16;
pub use staged::{model_point, StagedGroth16};

/// What the bytes of a key that a chain stores begin with: which blocks it has. The layout of
/// [`PreparedVerifyingKey::to_bytes`] follows.
pub const STORED_KEY_LAYOUT: u8 = 1;

/// As [`STORED_KEY_LAYOUT`], for a key with a model block.
const STORED_MODEL_LAYOUT: u8 = 2;

/// As [`STORED_KEY_LAYOUT`], for a key with a model block and a stage one.
const STORED_STAGED_LAYOUT: u8 = 3;

/// The blocks of a key that is stored in a layout.
const fn blocks_of_layout(layout: u8) -> Option<Blocks> {
	match layout {
		STORED_KEY_LAYOUT => Some(Blocks::NONE),
		STORED_MODEL_LAYOUT => Some(Blocks { model: true, stage_one: false }),
		STORED_STAGED_LAYOUT => Some(Blocks { model: true, stage_one: true }),
		_ => None,
	}
}

/// A length that is a constant of some ten thousand.
const fn bytes(length: usize) -> u32 {
	length as u32
}

/// What a chain stores of a key: a byte for its layout, then the prepared key. The rules are not applied.
///
/// # Errors
///
/// Those of [`PreparedVerifyingKey::prepare`], and a key with a stage one but without a model block,
/// which no system takes.
pub fn stored_key(key: &VerifyingKey) -> Result<Vec<u8>, KeyError> {
	let layout = match Blocks::of(key) {
		Blocks { model: false, stage_one: false } => STORED_KEY_LAYOUT,
		Blocks { model: true, stage_one: false } => STORED_MODEL_LAYOUT,
		Blocks { model: true, stage_one: true } => STORED_STAGED_LAYOUT,
		Blocks { model: false, stage_one: true } => return Err(DecodeError::Blocks.into()),
	};
	let prepared = PreparedVerifyingKey::prepare(key)?.to_bytes();
	Ok([&[layout][..], &prepared].concat())
}

/// Reads a key that one of the systems prepared.
fn read(stored: &[u8]) -> Result<PreparedVerifyingKey, UnreadableKey> {
	let (layout, prepared) = stored.split_first().ok_or(UnreadableKey)?;
	let blocks = blocks_of_layout(*layout).ok_or(UnreadableKey)?;
	PreparedVerifyingKey::read_trusted(prepared, blocks).map_err(|_| UnreadableKey)
}

/// Proofs under any mix of keys, plain and staged.
#[derive(Default)]
pub struct Groth16Batch {
	keys: Vec<PreparedVerifyingKey>,
	items: Vec<Item>,
}

/// A decoded proof and what it has to prove.
struct Item {
	key: usize,
	model: Option<G1Affine>,
	inputs: Vec<Fr>,
	proof: Proof,
}

impl SystemBatch for Groth16Batch {
	fn add_key(&mut self, stored: &[u8]) -> Result<u32, UnreadableKey> {
		let key = read(stored)?;
		// In place of a plain key's scalar; challenges are part of the system's effort.
		let model = u32::from(key.verifying_key().model.is_some());
		let inputs = key.verifying_key().inputs().saturating_add(model);
		self.keys.push(key);
		Ok(inputs)
	}

	fn add(
		&mut self,
		key: usize,
		runs: &[Statement<'_>],
		proof: &[u8],
	) -> Result<(), ProofRefusal> {
		let prepared = self.keys.get(key).ok_or(ProofRefusal::WrongShape)?;
		let (first, others) = runs.split_first().ok_or(ProofRefusal::WrongShape)?;
		let is_other = |run: &Statement<'_>| run.model != first.model;
		if others.iter().any(is_other) {
			return Err(ProofRefusal::WrongShape);
		}
		let (model, inputs) = if prepared.verifying_key().model.is_some() {
			let model = model_point(&first.model).ok_or(ProofRefusal::NonCanonicalCommitment)?;
			(Some(model), public_inputs_of_runs(runs))
		} else if others.is_empty() {
			(None, first.public_inputs())
		} else {
			return Err(ProofRefusal::WrongShape);
		};
		let inputs = inputs.map_err(|_| ProofRefusal::NonCanonicalCommitment)?;
		let proof = Proof::from_bytes(proof).map_err(|_| ProofRefusal::Malformed)?;
		prepared.check_shape(model.as_ref(), &inputs, &proof)?;
		self.items.push(Item { key, model, inputs, proof });
		Ok(())
	}

	fn verify(&self) -> Result<(), BatchRefusal> {
		let items: Vec<_> = self
			.items
			.iter()
			.map(|Item { key, model, inputs, proof }| BatchItem {
				key: *key,
				model: model.as_ref(),
				inputs,
				proof,
			})
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
