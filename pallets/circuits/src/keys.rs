// SPDX-License-Identifier: Apache-2.0

//! From the bytes of a verifying key to what is stored.

use crate::{Config, Error, Pallet, PreparedKeyOf};
use candor_market::SystemId;
use candor_proof_system::{KeyRefusal, ProofSystems};
use candor_statement::StatementSchema;

impl<T> From<KeyRefusal> for Error<T> {
	fn from(refusal: KeyRefusal) -> Self {
		match refusal {
			KeyRefusal::UnknownSystem => Error::UnknownSystem,
			KeyRefusal::Length => Error::WrongKeyLength,
			KeyRefusal::NonCanonicalCoordinate => Error::NonCanonicalCoordinate,
			KeyRefusal::PointAtInfinity => Error::PointAtInfinity,
			KeyRefusal::PointOffCurve => Error::PointOffCurve,
			KeyRefusal::PointOutsideSubgroup => Error::PointOutsideSubgroup,
			KeyRefusal::NoPublicInputs => Error::NoPublicInputs,
			KeyRefusal::TooManyPublicInputs => Error::TooManyPublicInputs,
			KeyRefusal::RelatedSetup => Error::RelatedSetup,
			KeyRefusal::RelatedInputs => Error::RelatedInputs,
			KeyRefusal::SchemaMismatch => Error::SchemaMismatch,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Has a key checked and prepared by its system.
	///
	/// # Errors
	///
	/// There is no such system, or the key breaks one of its rules.
	pub(crate) fn prepare_key(
		system: SystemId,
		bytes: &[u8],
		schema: &StatementSchema,
	) -> Result<PreparedKeyOf<T>, Error<T>> {
		// A system that exceeds its own limits prepared a key that it calls too large.
		T::Systems::register(system, bytes, schema)?
			.0
			.try_into()
			.map_err(|_| Error::TooManyPublicInputs)
	}
}
