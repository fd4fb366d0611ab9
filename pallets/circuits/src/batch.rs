// SPDX-License-Identifier: Apache-2.0

//! Verification of many proofs at once for other pallets.

use crate::{
	proofs::verify_failure, BatchFailure, CircuitId, Circuits, Config, PreparedKeys, VerifyFailure,
};
use alloc::{collections::BTreeMap, vec::Vec};
use candor_groth16::{verify_batch, BatchError, BatchItem, Fr, PreparedVerifyingKey, Proof};
use core::marker::PhantomData;
use frame_support::ensure;

/// Proofs about any mix of circuits, collected one by one and then verified together.
///
/// Each circuit is read and its key decoded once, however many proofs are about it. Adding a proof
/// refuses at once whatever shows before the pairing, so a caller that stops at the first refusal has
/// found the first item that cannot be right, and has paid for no more than it added. Only points
/// outside their subgroup show as late as in [`Batch::verify`].
pub struct Batch<T> {
	keys: Vec<PreparedVerifyingKey>,
	places: BTreeMap<CircuitId, usize>,
	items: Vec<Item>,
	config: PhantomData<T>,
}

/// A decoded proof and what it has to prove.
struct Item {
	key: usize,
	inputs: Vec<Fr>,
	proof: Proof,
}

impl<T> Default for Batch<T> {
	fn default() -> Self {
		Self { keys: Vec::new(), places: BTreeMap::new(), items: Vec::new(), config: PhantomData }
	}
}

impl<T: Config> Batch<T> {
	/// Reads a circuit, unless the batch knows it already, so that proofs about it can be added.
	///
	/// # Errors
	///
	/// The circuit is unknown or frozen.
	pub fn admit(&mut self, circuit: CircuitId) -> Result<(), VerifyFailure> {
		self.place(circuit).map(|_| ())
	}

	/// Adds a proof of the statement with the public inputs `inputs` about a circuit.
	///
	/// The caller derives the inputs from its own storage.
	///
	/// # Errors
	///
	/// The circuit is unknown or frozen; `proof` is not the canonical encoding of a proof; the
	/// number of inputs is not the key's. The batch is as before then.
	pub fn add(
		&mut self,
		circuit: CircuitId,
		inputs: Vec<Fr>,
		proof: &[u8],
	) -> Result<(), VerifyFailure> {
		let key = self.place(circuit)?;
		let proof = Proof::from_bytes(proof).map_err(|_| VerifyFailure::MalformedProof)?;
		let expected = self.keys.get(key).map(PreparedVerifyingKey::public_inputs);
		ensure!(u32::try_from(inputs.len()).ok() == expected, VerifyFailure::WrongInputCount);
		self.items.push(Item { key, inputs, proof });
		Ok(())
	}

	/// The number of different circuits that were admitted.
	pub fn circuits(&self) -> u32 {
		u32::try_from(self.keys.len()).unwrap_or(u32::MAX)
	}

	/// The number of public inputs of the keys of those circuits. Each key counts once: that is what
	/// verification multiplies points by, however many proofs there are.
	pub fn key_inputs(&self) -> u32 {
		self.keys.iter().map(PreparedVerifyingKey::public_inputs).fold(0, u32::saturating_add)
	}

	/// Verifies all proofs that were added; an empty batch holds.
	///
	/// # Errors
	///
	/// The first proof that cannot be right whatever the others are, or that some proof is wrong. A
	/// wrong proof that is alone in its batch is named.
	pub fn verify(self) -> Result<(), BatchFailure> {
		let items: Vec<_> = self
			.items
			.iter()
			.map(|Item { key, inputs, proof }| BatchItem { key: *key, inputs, proof })
			.collect();
		verify_batch(&self.keys, &items).map_err(|error| match error {
			BatchError::Item { index, error } => {
				BatchFailure::Item { index, failure: verify_failure(error) }
			}
			BatchError::Invalid if items.len() == 1 => {
				BatchFailure::Item { index: 0, failure: VerifyFailure::InvalidProof }
			}
			BatchError::Invalid => BatchFailure::Invalid,
		})
	}

	/// Where the circuit's key stands among the batch's keys.
	fn place(&mut self, circuit: CircuitId) -> Result<usize, VerifyFailure> {
		if let Some(place) = self.places.get(&circuit) {
			return Ok(*place);
		}
		let info = Circuits::<T>::get(circuit).ok_or(VerifyFailure::UnknownCircuit)?;
		ensure!(!info.is_frozen(), VerifyFailure::FrozenCircuit);
		let key = PreparedKeys::<T>::get(circuit).ok_or(VerifyFailure::UnknownCircuit)?;
		let key = PreparedVerifyingKey::from_trusted_bytes(&key)
			.map_err(|_| VerifyFailure::CorruptKey)?;
		let place = self.keys.len();
		self.keys.push(key);
		self.places.insert(circuit, place);
		Ok(place)
	}
}
