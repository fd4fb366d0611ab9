// SPDX-License-Identifier: Apache-2.0

//! What models ask about a circuit, and how they keep it from being removed.

use crate::{Circuits, Config, Pallet};
use candor_market::{CircuitId, CircuitRefusal};
use candor_proof_system::ProofSystems;
use candor_statement::ModelCommitment;
use frame_support::ensure;

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
		Circuits::<T>::mutate(circuit, |entry| {
			if let Some(info) = entry {
				info.references = info.references.saturating_sub(1);
			}
		});
	}

	#[cfg(any(feature = "try-runtime", feature = "std"))]
	fn all() -> alloc::vec::Vec<(CircuitId, u32)> {
		Circuits::<T>::iter().map(|(id, circuit)| (id, circuit.references)).collect()
	}
}
