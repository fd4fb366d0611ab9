// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{CircuitId, Circuits, Config, Pallet, PreparedKeys};
use candor_groth16::{PreparedVerifyingKey, VerifyingKey};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - circuits and prepared keys match both ways;
	/// - every key decodes canonically, passes the rules of registration, has the hash that is its
	///   circuit's id and the number of inputs of its schema;
	/// - what is prepared is prepared from that key.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (id, info) in Circuits::<T>::iter() {
			let stored = PreparedKeys::<T>::get(id).ok_or("circuit without a key")?;
			let prepared = PreparedVerifyingKey::from_trusted_bytes(&stored)
				.map_err(|_| "prepared key that does not decode")?;
			let bytes = prepared.verifying_key().to_bytes();
			let key = VerifyingKey::register(&bytes).map_err(|_| "key that breaks a rule")?;
			ensure!(CircuitId::of_key(&bytes) == id, "key that is not the circuit's");
			ensure!(
				key.public_inputs() == info.schema.public_inputs(),
				"key that does not fit the schema"
			);
			ensure!(
				PreparedVerifyingKey::prepare(&key).is_ok_and(|key| key.to_bytes() == *stored),
				"key that was prepared wrongly"
			);
		}
		for id in PreparedKeys::<T>::iter_keys() {
			ensure!(Circuits::<T>::contains_key(id), "key without a circuit");
		}
		Ok(())
	}
}
