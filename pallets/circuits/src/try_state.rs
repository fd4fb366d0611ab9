// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{Circuits, Config, Pallet, PreparedKeys};
use candor_market::{CircuitId, SetupKind};
use candor_proof_system::ProofSystems;
use frame_support::{ensure, traits::Footprint};
use sp_runtime::{traits::BlockNumberProvider, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - circuits and prepared keys match both ways;
	/// - every key decodes canonically, makes its circuit's id together with system, schema and
	///   provenance, and passes the rules of registration, the number of inputs of its schema among
	///   them;
	/// - what is prepared is prepared from that key;
	/// - somebody has paid for every circuit: its depositor, or what relies on it; or it is frozen;
	/// - only ceremonies are attested;
	/// - no freeze began after now.
	///
	/// What is held for deposits cannot be seen from here, only what it is held for: see
	/// [`Self::deposits`].
	///
	/// # Errors
	///
	/// The first of these that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let now = T::BlockNumberProvider::current_block_number();
		for (id, info) in Circuits::<T>::iter() {
			let stored = PreparedKeys::<T>::get(id).ok_or("circuit without a key")?;
			let key = T::Systems::key_of(info.system, &stored)
				.map_err(|_| "prepared key that does not decode")?;
			ensure!(
				CircuitId::of(info.system, &key, &info.schema, &info.provenance) == id,
				"circuit under an id that is not its own"
			);
			let prepared = Self::prepare_key(info.system, &key, &info.schema)
				.map_err(|_| "key that breaks a rule")?;
			ensure!(prepared == stored, "key that was prepared wrongly");
			ensure!(info.stays(), "circuit for which nobody has paid");
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

	/// What each circuit occupies whose deposit was not returned, and who paid it: what is held under
	/// [`HoldReason::CircuitDeposit`](crate::HoldReason::CircuitDeposit) must be the price of this,
	/// account by account.
	pub fn deposits() -> impl Iterator<Item = (T::AccountId, Footprint)> {
		Circuits::<T>::iter().filter(|(_, info)| info.ticket.is_some()).map(|(id, info)| {
			let key_bytes = PreparedKeys::<T>::decode_len(id).unwrap_or_default();
			(info.depositor, Self::footprint(key_bytes))
		})
	}
}
