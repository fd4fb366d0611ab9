// SPDX-License-Identifier: Apache-2.0

//! What jobs ask about proofs.

use crate::{CircuitId, CircuitRefusal, SetupKind};
use candor_proof_system::{BatchRefusal, Effort, ProofRefusal};
use candor_statement::{Statement, StatementSchema};

/// The circuits, and the verification of proofs about them.
pub trait Proofs<BlockNumber> {
	/// What verification takes in the dearest of all systems.
	const EFFORT: Effort;

	/// The longest proof of any of the systems, in bytes.
	const MAX_PROOF_BYTES: u32;

	/// The most public inputs of any of the systems.
	const MAX_PUBLIC_INPUTS: u32;

	/// Proofs that are verified together.
	type Batch: ProofBatch;

	/// How statements about a circuit become public inputs, if it exists.
	fn schema(circuit: CircuitId) -> Option<StatementSchema>;

	/// Whether proofs for the circuit are refused at present.
	fn is_frozen(circuit: CircuitId) -> bool;

	/// How the circuit's setup was run, in its depositor's words, if it exists. Never changes: it is part
	/// of what the circuit's id is a hash of.
	fn declared_setup(circuit: CircuitId) -> Option<SetupKind>;

	/// Whether the origin that the runtime names vouches for the circuit's setup.
	fn is_attested(circuit: CircuitId) -> bool;

	/// For how many blocks of the market's clock proofs for the circuit have been refused so far.
	/// Never falls while a model relies on the circuit.
	fn paused(circuit: CircuitId) -> BlockNumber;
}

/// Proofs about any mix of circuits and systems, collected one by one and then verified together.
/// Begins empty. One proof is a batch of one.
///
/// What is wrong with a proof whatever the others are shows when it is added, as far as that costs
/// less than verification, so that a caller that stops there has found the first.
pub trait ProofBatch: Default {
	/// A circuit about which proofs are accepted at present: what [`ProofBatch::admit`] gives.
	type Admitted: Copy;

	/// Reads a circuit, unless the batch knows it already, so that proofs about it can be added.
	/// Cheap when it was admitted before.
	///
	/// # Errors
	///
	/// The circuit is unknown or frozen, or its key cannot be read.
	fn admit(&mut self, circuit: CircuitId) -> Result<Self::Admitted, CircuitRefusal>;

	/// The number of runs that a proof about a circuit is of.
	fn runs(&self, circuit: Self::Admitted) -> u32;

	/// Adds a proof of as many runs of one model as the circuit's schema says, whose statements the caller
	/// has put together from its own storage.
	///
	/// # Errors
	///
	/// A proof that cannot be right, whatever the others are. The batch is as before then.
	fn add(
		&mut self,
		circuit: Self::Admitted,
		runs: &[Statement<'_>],
		proof: &[u8],
	) -> Result<(), ProofRefusal>;

	/// What verification takes in the dearest system of the circuits that were admitted.
	fn effort(&self) -> Effort;

	/// The number of different circuits that were admitted.
	fn circuits(&self) -> u32;

	/// The number of public inputs of those circuits' keys, each key counted once.
	fn key_inputs(&self) -> u32;

	/// Accepts all proofs or none. A wrong proof that is alone in its batch is named.
	///
	/// # Errors
	///
	/// A proof that cannot be right, or that some proof is wrong.
	fn verify(self) -> Result<(), BatchRefusal>;
}
