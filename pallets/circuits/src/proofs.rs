// SPDX-License-Identifier: Apache-2.0

//! Verification of proofs for other pallets.

use crate::{CircuitId, Circuits, Config, Pallet, PreparedKeys, VerifyFailure};
use candor_groth16::{Fr, PreparedVerifyingKey, Proof, VerifyError};
use frame_support::ensure;

impl<T: Config> Pallet<T> {
	/// Verifies a proof of the statement with the public inputs `inputs` about a circuit.
	///
	/// The caller derives the inputs from its own storage. The work is bounded by the key's number
	/// of inputs.
	///
	/// # Errors
	///
	/// The circuit is unknown or frozen; `proof` is not the canonical encoding of a proof; the
	/// number of inputs is not the key's; the proof is not of this statement.
	pub fn verify(id: CircuitId, inputs: &[Fr], proof: &[u8]) -> Result<(), VerifyFailure> {
		let info = Circuits::<T>::get(id).ok_or(VerifyFailure::UnknownCircuit)?;
		ensure!(!info.is_frozen(), VerifyFailure::FrozenCircuit);
		let proof = Proof::from_bytes(proof).map_err(|_| VerifyFailure::MalformedProof)?;
		let key = PreparedKeys::<T>::get(id).ok_or(VerifyFailure::UnknownCircuit)?;
		let key = PreparedVerifyingKey::from_trusted_bytes(&key)
			.map_err(|_| VerifyFailure::CorruptKey)?;
		key.verify(inputs, &proof).map_err(verify_failure)
	}
}

/// What a verdict about a proof is called here.
pub(crate) fn verify_failure(error: VerifyError) -> VerifyFailure {
	match error {
		VerifyError::WrongInputCount { .. } => VerifyFailure::WrongInputCount,
		VerifyError::NotInSubgroup => VerifyFailure::MalformedProof,
		VerifyError::UnknownKey => VerifyFailure::UnknownCircuit,
		VerifyError::Invalid => VerifyFailure::InvalidProof,
	}
}
