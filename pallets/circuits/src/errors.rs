// SPDX-License-Identifier: Apache-2.0

//! Why calls are refused. Part of [`crate::pallet`], which imports it.

#[frame_support::pallet_macros::pallet_section]
mod errors {
	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The key's length is not that of any number of public inputs.
		WrongKeyLength,
		/// The key has no public input, so it cannot bind a statement.
		NoPublicInputs,
		/// The key has more public inputs than are allowed.
		TooManyPublicInputs,
		/// A coordinate is not below the base field's modulus.
		NonCanonicalCoordinate,
		/// A point of the key is the point at infinity.
		PointAtInfinity,
		/// A point of the key is not on the curve.
		PointOffCurve,
		/// A point of the key is outside the prime-order subgroup.
		PointOutsideSubgroup,
		/// Elements of the setup that must be independent are equal or opposite: anybody can prove
		/// anything.
		RelatedSetup,
		/// The points of two public inputs are equal or opposite: one can be traded for the other.
		RelatedInputs,
		/// The key's number of public inputs is not the schema's.
		SchemaMismatch,
		/// A circuit with this key, schema and provenance is registered already. Use it as it is,
		/// whoever registered it.
		AlreadyRegistered,
		/// No circuit is registered under this id.
		UnknownCircuit,
		/// Only the depositor may do this.
		NotDepositor,
		/// The deposit was returned already. It goes with the last model version on it, or when it
		/// is unfrozen.
		AlreadyReturned,
		/// The circuit is frozen already.
		AlreadyFrozen,
		/// The circuit is not frozen.
		NotFrozen,
		/// The circuit declares a development setup; only a ceremony can be attested.
		DevelopmentSetup,
		/// The circuit is attested already.
		AlreadyAttested,
		/// The circuit is not attested.
		NotAttested,
		/// This chain has no such proof system.
		UnknownSystem,
	}
}
