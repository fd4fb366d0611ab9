// SPDX-License-Identifier: Apache-2.0

//! From the bytes of a verifying key to what is stored.

use crate::{Config, Error, Pallet, PreparedKey};
use candor_groth16::{
	DecodeError, KeyError, PreparedVerifyingKey, VerifyingKey, MAX_VERIFYING_KEY_BYTES,
};
use candor_statement::StatementSchema;
use frame_support::ensure;

impl<T> From<KeyError> for Error<T> {
	fn from(error: KeyError) -> Self {
		match error {
			KeyError::Decode(DecodeError::Length) => Error::WrongKeyLength,
			KeyError::Decode(DecodeError::Coordinate) => Error::NonCanonicalCoordinate,
			KeyError::Decode(DecodeError::Infinity) => Error::PointAtInfinity,
			KeyError::Decode(DecodeError::NotOnCurve) => Error::PointOffCurve,
			KeyError::Decode(DecodeError::NotInSubgroup) => Error::PointOutsideSubgroup,
			KeyError::NoInputs => Error::NoPublicInputs,
			KeyError::TooManyInputs => Error::TooManyPublicInputs,
			KeyError::RelatedSetup => Error::RelatedSetup,
			KeyError::RelatedInputs { .. } => Error::RelatedInputs,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Decodes a key, applies the rules, compares it with the schema, and prepares it for storage.
	pub(crate) fn prepare_key(
		bytes: &[u8],
		schema: &StatementSchema,
	) -> Result<PreparedKey, Error<T>> {
		ensure!(bytes.len() <= MAX_VERIFYING_KEY_BYTES, Error::TooManyPublicInputs);
		let key = VerifyingKey::register(bytes)?;
		ensure!(key.public_inputs() == schema.public_inputs(), Error::SchemaMismatch);
		PreparedVerifyingKey::prepare(&key)?
			.to_bytes()
			.try_into()
			.map_err(|_| Error::TooManyPublicInputs)
	}
}
