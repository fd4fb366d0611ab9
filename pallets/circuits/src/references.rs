// SPDX-License-Identifier: Apache-2.0

//! What other pallets ask about a circuit, and how they keep it from being removed.

use crate::{BlockNumberOf, CircuitId, Circuits, Config, Pallet, ReferenceFailure};
use candor_statement::StatementSchema;
use sp_runtime::traits::BlockNumberProvider;

impl<T: Config> Pallet<T> {
	/// Refuses a circuit that is unknown or frozen.
	pub fn usable(id: CircuitId) -> Result<(), ReferenceFailure> {
		let info = Circuits::<T>::get(id).ok_or(ReferenceFailure::UnknownCircuit)?;
		if info.is_frozen() {
			return Err(ReferenceFailure::FrozenCircuit);
		}
		Ok(())
	}

	/// How statements about the circuit become public inputs, if it is registered.
	pub fn schema(id: CircuitId) -> Option<StatementSchema> {
		Circuits::<T>::get(id).map(|info| info.schema)
	}

	/// Whether the circuit is registered and frozen.
	pub fn is_frozen(id: CircuitId) -> bool {
		Circuits::<T>::get(id).is_some_and(|info| info.is_frozen())
	}

	/// For how many blocks of [`Config::BlockNumberProvider`] the circuit was frozen so far, the
	/// freeze that lasts included; zero if it is not registered.
	///
	/// What this has grown by since a clock was started is what that clock stood still. It never
	/// shrinks while anything relies on the circuit: it starts again from zero only when the circuit
	/// is removed and registered anew, and the circuit stays as long as a model version references
	/// it, and that as long as a job is open on it.
	pub fn paused(id: CircuitId) -> BlockNumberOf<T> {
		Circuits::<T>::get(id)
			.map(|info| info.paused_until(T::BlockNumberProvider::current_block_number()))
			.unwrap_or_default()
	}

	/// Whether [`Config::AttestOrigin`] vouches for the ceremony that the circuit declares; false if
	/// it is not registered.
	pub fn is_attested(id: CircuitId) -> bool {
		Circuits::<T>::get(id).is_some_and(|info| info.attested)
	}

	/// Counts one more record that relies on the circuit, which must be usable.
	pub fn add_reference(id: CircuitId) -> Result<(), ReferenceFailure> {
		Circuits::<T>::try_mutate(id, |entry| {
			let info = entry.as_mut().ok_or(ReferenceFailure::UnknownCircuit)?;
			if info.is_frozen() {
				return Err(ReferenceFailure::FrozenCircuit);
			}
			info.references =
				info.references.checked_add(1).ok_or(ReferenceFailure::TooManyReferences)?;
			Ok(())
		})
	}

	/// Counts one record less that relies on the circuit, frozen or not.
	pub fn remove_reference(id: CircuitId) {
		Circuits::<T>::mutate(id, |entry| {
			if let Some(info) = entry {
				info.references = info.references.saturating_sub(1);
			}
		});
	}
}
