// SPDX-License-Identifier: Apache-2.0

//! What models ask about a circuit, and how they keep it from being removed.

use crate::{CircuitInfo, Circuits, Config, Event, Pallet, PreparedKeys};
use candor_market::{CircuitId, CircuitRefusal, Occupied};
use candor_proof_system::ProofSystems;
use candor_statement::ModelCommitment;
use frame_support::ensure;
use sp_runtime::SaturatedConversion;

impl<T: Config> candor_market::Circuits for Pallet<T> {
	fn usable(circuit: CircuitId) -> Result<(), CircuitRefusal> {
		let info = Circuits::<T>::get(circuit).ok_or(CircuitRefusal::Unknown)?;
		ensure!(!info.is_frozen(), CircuitRefusal::Frozen);
		Ok(())
	}

	fn takes_model(circuit: CircuitId, commitment: &ModelCommitment) -> bool {
		Circuits::<T>::get(circuit)
			.is_some_and(|info| T::Systems::takes_model(info.system, commitment))
	}

	fn occupied(circuit: CircuitId) -> Option<Occupied> {
		let footprint = Self::footprint(PreparedKeys::<T>::decode_len(circuit)?);
		Some(Occupied {
			entries: footprint.count.saturated_into(),
			bytes: footprint.size.saturated_into(),
		})
	}

	fn add_reference(circuit: CircuitId) -> Result<(), CircuitRefusal> {
		Circuits::<T>::try_mutate(circuit, |entry| {
			let info = entry.as_mut().ok_or(CircuitRefusal::Unknown)?;
			ensure!(!info.is_frozen(), CircuitRefusal::Frozen);
			info.references =
				info.references.checked_add(1).ok_or(CircuitRefusal::TooManyReferences)?;
			Ok(())
		})
	}

	/// Frozen or not.
	fn remove_reference(circuit: CircuitId) {
		let Some(mut info) = Circuits::<T>::get(circuit) else { return };
		info.references = info.references.saturating_sub(1);
		Self::keep_or_erase(circuit, info);
	}

	#[cfg(any(feature = "try-runtime", feature = "std"))]
	fn all() -> alloc::vec::Vec<(CircuitId, u32)> {
		Circuits::<T>::iter().map(|(id, circuit)| (id, circuit.references)).collect()
	}
}

impl<T: Config> Pallet<T> {
	/// Writes a circuit that has changed, or removes it where it does not stay. Whether it stays.
	pub(crate) fn keep_or_erase(circuit: CircuitId, info: CircuitInfo<T>) -> bool {
		let stays = info.stays();
		if stays {
			Circuits::<T>::insert(circuit, info);
		} else {
			Circuits::<T>::remove(circuit);
			PreparedKeys::<T>::remove(circuit);
			Self::deposit_event(Event::Deregistered { circuit, depositor: info.depositor });
		}
		stays
	}
}
