// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{CircuitId, Circuits, Config, Pallet, PreparedKeys, SetupKind};
use candor_groth16::{PreparedVerifyingKey, VerifyingKey};
use frame_support::{ensure, traits::Footprint};
use sp_runtime::{traits::BlockNumberProvider, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - circuits and prepared keys match both ways;
	/// - every key decodes canonically, passes the rules of registration, makes its circuit's id
	///   together with schema and provenance, and has the number of inputs of its schema;
	/// - what is prepared is prepared from that key;
	/// - only ceremonies are attested;
	/// - no freeze began after now.
	///
	/// What is held for deposits cannot be seen from here, only what it is held for: see
	/// [`Self::deposits`].
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let now = T::BlockNumberProvider::current_block_number();
		for (id, info) in Circuits::<T>::iter() {
			let stored = PreparedKeys::<T>::get(id).ok_or("circuit without a key")?;
			let prepared = PreparedVerifyingKey::from_trusted_bytes(&stored)
				.map_err(|_| "prepared key that does not decode")?;
			let bytes = prepared.verifying_key().to_bytes();
			let key = VerifyingKey::register(&bytes).map_err(|_| "key that breaks a rule")?;
			ensure!(
				CircuitId::of(&bytes, &info.schema, &info.provenance) == id,
				"circuit under an id that is not its own"
			);
			ensure!(
				key.public_inputs() == info.schema.public_inputs(),
				"key that does not fit the schema"
			);
			ensure!(
				PreparedVerifyingKey::prepare(&key).is_ok_and(|key| key.to_bytes() == *stored),
				"key that was prepared wrongly"
			);
			ensure!(
				!info.attested || info.provenance.declared == SetupKind::Ceremony,
				"attested development setup"
			);
			ensure!(info.frozen_at.is_none_or(|since| since <= now), "freeze that has not begun");
		}
		for id in PreparedKeys::<T>::iter_keys() {
			ensure!(Circuits::<T>::contains_key(id), "key without a circuit");
		}
		Ok(())
	}

	/// What each circuit occupies, and who paid the deposit for it: what is held under
	/// [`HoldReason::CircuitDeposit`](crate::HoldReason::CircuitDeposit) must be the price of this,
	/// account by account.
	pub fn deposits() -> impl Iterator<Item = (T::AccountId, Footprint)> {
		Circuits::<T>::iter().map(|(id, info)| {
			let key_bytes = PreparedKeys::<T>::decode_len(id).unwrap_or_default();
			(info.depositor, Self::footprint(key_bytes))
		})
	}
}
