// SPDX-License-Identifier: Apache-2.0

//! What a proof system is to the chain.

use crate::{effort::greater, BatchRefusal, Effort, KeyRefusal, ProofRefusal, UnreadableKey};
use alloc::vec::Vec;
use candor_statement::{ModelCommitment, Statement, StatementSchema};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Which proof system a circuit is of: one byte. A number's meaning never changes; which numbers are
/// given away stands in `docs/statement.md`. Any byte decodes, and is refused by name where the
/// runtime has no such system.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct SystemId(pub u8);

/// How large what belongs to a system can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
	/// Bytes of a verifying key.
	pub key_bytes: u32,
	/// Bytes of what is stored of it.
	pub prepared_key_bytes: u32,
	/// Bytes of a proof.
	pub proof_bytes: u32,
	/// Public inputs of a key.
	pub public_inputs: u32,
}

impl Limits {
	/// Those of no system.
	pub const NONE: Self =
		Self { key_bytes: 0, prepared_key_bytes: 0, proof_bytes: 0, public_inputs: 0 };

	/// The greater of each.
	#[must_use]
	pub const fn max(self, other: Self) -> Self {
		Self {
			key_bytes: greater(self.key_bytes, other.key_bytes),
			prepared_key_bytes: greater(self.prepared_key_bytes, other.prepared_key_bytes),
			proof_bytes: greater(self.proof_bytes, other.proof_bytes),
			public_inputs: greater(self.public_inputs, other.public_inputs),
		}
	}
}

/// A key that keeps the rules of its system, as it is stored: a byte that says which layout follows,
/// then whatever makes verification cheap, the key itself included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreparedKey(pub Vec<u8>);

/// A proof system: the rules for its keys, and the verdict on its proofs.
///
/// Everything that it is handed may come from anybody, except what is said to come from storage. It
/// never panics, reserves memory on nobody's word, and gives the same verdict everywhere.
pub trait ProofSystem {
	/// Its number.
	const ID: SystemId;

	/// How large its keys and proofs can be.
	const LIMITS: Limits;

	/// What its verification costs beside the system that the runtime's weights were measured with.
	const EFFORT: Effort;

	/// The system in whose batches its proofs are verified: itself, or one with the same [`Self::Batch`].
	/// Proofs of systems that share a batch are verified at once.
	const BATCHED_WITH: SystemId = Self::ID;

	/// Proofs of this system that are verified together. Begins empty.
	type Batch: SystemBatch + Default + 'static;

	/// The number of public inputs of a key of so many bytes, as far as it can have any: what
	/// [`ProofSystem::register`] weighs by, known before anything is read.
	fn inputs_of_key_length(bytes: usize) -> u32;

	/// Decodes a key strictly, applies every rule that makes a key safe to rely on as far as the key
	/// shows it, compares it with what statements of `schema` look like in this system, and prepares
	/// it for storage.
	///
	/// # Errors
	///
	/// The first rule that it breaks.
	fn register(key: &[u8], schema: &StatementSchema) -> Result<PreparedKey, KeyRefusal>;

	/// The key in its only encoding, read out of what is stored of it.
	///
	/// # Errors
	///
	/// Bytes that [`ProofSystem::register`] of this code does not write.
	fn key_of(stored: &[u8]) -> Result<Vec<u8>, UnreadableKey>;

	/// Whether a model can stand under this commitment: it is in the form that the system demands.
	fn takes_model(commitment: &ModelCommitment) -> bool;
}

/// Proofs of one system under any mix of its keys, collected one by one and then verified together.
///
/// What is wrong with a proof whatever the others are shows when it is added, as far as that costs less
/// than verification.
pub trait SystemBatch {
	/// Reads a key from storage, and gives the number of public inputs that it weighs by: those of a key
	/// of the measured system for the same statements; see [`Effort`]. Keys are numbered in this order,
	/// from zero.
	///
	/// # Errors
	///
	/// Bytes that [`ProofSystem::register`] of this code does not write. The batch is as before then.
	fn add_key(&mut self, stored: &[u8]) -> Result<u32, UnreadableKey>;

	/// Adds a proof under key number `key` of as many statements as the circuit's schema has runs, all about
	/// one model. The system derives its public inputs from them: nobody hands them to it.
	///
	/// # Errors
	///
	/// A proof that cannot be right. The batch is as before then.
	fn add(&mut self, key: usize, runs: &[Statement<'_>], proof: &[u8])
		-> Result<(), ProofRefusal>;

	/// Verifies all proofs that were added; an empty batch holds. A single one may be verified in a
	/// cheaper way, with the same verdict.
	///
	/// # Errors
	///
	/// The first proof that cannot be right whatever the others are, or that some proof is wrong. A
	/// wrong proof that is alone in its batch is named.
	fn verify(&self) -> Result<(), BatchRefusal>;
}
