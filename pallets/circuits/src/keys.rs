// SPDX-License-Identifier: Apache-2.0

//! From the bytes of a verifying key to what is stored.

use crate::{CircuitInfo, Config, Error, Pallet, PreparedKeyOf, WeightInfo};
use candor_market::{CircuitId, SystemId};
use candor_proof_system::{percent_of, KeyRefusal, ProofSystems};
use candor_statement::StatementSchema;
use codec::MaxEncodedLen;
use frame_support::{traits::Footprint, weights::Weight};

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
	/// What registering a key of so many bytes weighs.
	pub(crate) fn weight_of_registering(system: SystemId, bytes: usize) -> Weight {
		let measured = T::WeightInfo::register(T::Systems::inputs_of_key_length(system, bytes));
		let percent = T::Systems::effort(system).registered;
		Weight::from_parts(percent_of(percent, measured.ref_time()), measured.proof_size())
	}

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

	/// What a circuit with a prepared key of `key_bytes` occupies: two entries.
	pub fn footprint(key_bytes: usize) -> Footprint {
		Footprint::from_parts(
			2,
			CircuitId::max_encoded_len()
				.saturating_mul(2)
				.saturating_add(CircuitInfo::<T>::max_encoded_len())
				.saturating_add(key_bytes),
		)
	}
}
