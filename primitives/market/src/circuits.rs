// SPDX-License-Identifier: Apache-2.0

//! What models ask about circuits.

use crate::CircuitId;
use candor_statement::ModelCommitment;

/// The circuits on which models rely.
pub trait Circuits {
	/// Refuses a circuit on which no new model version may rely.
	///
	/// # Errors
	///
	/// The circuit is unknown or frozen.
	fn usable(circuit: CircuitId) -> Result<(), CircuitRefusal>;

	/// Whether a model can stand under this commitment: it is in the form that the circuit's proof
	/// system demands. False if there is no such circuit.
	fn takes_model(circuit: CircuitId, commitment: &ModelCommitment) -> bool;

	/// What the circuit occupies in storage, if it is there. It does not change. Whoever relies on a circuit pays
	/// for that as long as they do: so it needs nobody else's deposit to stay.
	fn occupied(circuit: CircuitId) -> Option<Occupied>;

	/// Counts one more model version that relies on the circuit, which must be usable. As long as
	/// there is one, the circuit must not vanish.
	///
	/// # Errors
	///
	/// The circuit is unknown or frozen, or the counter full.
	fn add_reference(circuit: CircuitId) -> Result<(), CircuitRefusal>;

	/// Takes back one [`Circuits::add_reference`]. Cannot fail: leaving is always possible. With the last one
	/// goes a circuit for which nobody else has paid.
	fn remove_reference(circuit: CircuitId);

	/// All circuits with their numbers of references, for the checks of invariants.
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	fn all() -> alloc::vec::Vec<(CircuitId, u32)>;
}

/// Room in storage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Occupied {
	/// The number of entries.
	pub entries: usize,
	/// The bytes of keys and values.
	pub bytes: usize,
}

/// Why a circuit cannot be relied on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CircuitRefusal {
	/// It does not exist.
	Unknown,
	/// It is frozen.
	Frozen,
	/// What is stored of its key cannot be read. Cannot happen unless storage was written by other
	/// code.
	UnusableKey,
	/// It is referenced as often as can be counted.
	TooManyReferences,
}
