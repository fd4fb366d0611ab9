// SPDX-License-Identifier: Apache-2.0

//! Checking, writing and erasing versions, with everything that hangs on them.

use crate::{
	possession::Verified, Config, Error, Event, MetadataOf, Model, ModelVersion, Models, Pallet,
	PossessionOf, Status, Versions, VersionsPage,
};
use candor_market::{CircuitId, CircuitRefusal, Circuits, ModelId, Occupied, Proofs, Version};
use candor_statement::ModelCommitment;
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint, Get},
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult, Permill};

impl<T: Config> From<CircuitRefusal> for Error<T> {
	fn from(refusal: CircuitRefusal) -> Self {
		match refusal {
			CircuitRefusal::Unknown => Error::UnknownCircuit,
			CircuitRefusal::UnusableKey => Error::UnusableKey,
			CircuitRefusal::Frozen => Error::FrozenCircuit,
			CircuitRefusal::TooManyReferences => Error::TooManyReferences,
		}
	}
}

/// Numbers of versions that a call of the view function `versions` looks at.
const LOOK: u32 = 64;

impl<T: Config> Pallet<T> {
	/// See the view function `versions`.
	pub(crate) fn versions_from(id: ModelId, from: Version) -> VersionsPage<T> {
		let latest = Models::<T>::get(id).map_or(0, |model| model.latest.0);
		let end = from.0.saturating_add(LOOK);
		let numbers = (from.0..end.min(latest.saturating_add(1))).map(Version);
		VersionsPage {
			versions: numbers
				.filter_map(|version| Some((version, Versions::<T>::get(id, version)?)))
				.collect(),
			next: (end <= latest).then_some(Version(end)),
		}
	}

	/// What a version occupies: its own entry, its share of the model's, and the circuit that it relies on, which
	/// stays on its account whoever else has paid for that.
	pub fn footprint(circuit: CircuitId) -> Footprint {
		let Occupied { entries, bytes } = T::Circuits::occupied(circuit).unwrap_or_default();
		Footprint::from_parts(
			entries.saturating_add(2),
			bytes
				.saturating_add(Model::<T>::max_encoded_len())
				.saturating_add(ModelVersion::<T>::max_encoded_len())
				.saturating_add(<(ModelId, Version)>::max_encoded_len().saturating_mul(2)),
		)
	}

	/// The model, if `who` owns it.
	pub(crate) fn owned_model(
		model: ModelId,
		who: &T::AccountId,
	) -> Result<Model<T>, DispatchError> {
		let entry = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(entry.owner == *who, Error::<T>::NotOwner);
		Ok(entry)
	}

	/// Checks a new version of `owner`'s, what costs least first, and writes nothing. What remains is the
	/// deposit and the circuit's count of references.
	///
	/// # Errors
	///
	/// The circuit cannot be relied on, the version is not acceptable, or `owner` has not shown to know
	/// the model.
	pub(crate) fn check_version(
		owner: &T::AccountId,
		circuit: CircuitId,
		commitment: &ModelCommitment,
		royalty: Permill,
		possession: &PossessionOf<T>,
	) -> Result<Verified, Error<T>> {
		ensure!(royalty <= T::MaxRoyalty::get(), Error::RoyaltyTooHigh);
		T::Circuits::usable(circuit)?;
		let schema = T::Proofs::schema(circuit).ok_or(Error::UnknownCircuit)?;
		ensure!(
			u32::try_from(possession.output.len()) == Ok(schema.output_len()),
			Error::WrongOutputLength
		);
		ensure!(T::Circuits::takes_model(circuit, commitment), Error::NonCanonicalCommitment);
		Self::verify_possession(owner, circuit, commitment, possession)
	}

	/// Takes the deposit of a version that was checked, references its circuit and stores it.
	pub(crate) fn store_version(
		model: ModelId,
		version: Version,
		depositor: T::AccountId,
		circuit: CircuitId,
		commitment: ModelCommitment,
		royalty: Permill,
		metadata: MetadataOf<T>,
	) -> DispatchResult {
		let ticket = T::Consideration::new(&depositor, Self::footprint(circuit))?;
		T::Circuits::add_reference(circuit).map_err(Error::<T>::from)?;
		Versions::<T>::insert(
			model,
			version,
			ModelVersion {
				circuit,
				commitment,
				royalty,
				metadata,
				status: Status::Active,
				jobs: 0,
				owed: Zero::zero(),
				depositor,
				ticket,
			},
		);
		Self::deposit_event(Event::VersionPublished {
			model,
			version,
			circuit,
			commitment,
			royalty,
		});
		Ok(())
	}

	/// Undoes [`Self::store_version`], and removes the model along with its last version.
	pub(crate) fn erase_version(
		model: ModelId,
		version: Version,
		mut parent: Model<T>,
		entry: ModelVersion<T>,
	) -> DispatchResult {
		entry.ticket.drop(&entry.depositor)?;
		T::Circuits::remove_reference(entry.circuit);
		Versions::<T>::remove(model, version);
		Self::deposit_event(Event::VersionRemoved { model, version, depositor: entry.depositor });

		parent.versions = parent.versions.saturating_sub(1);
		if parent.versions == 0 {
			Models::<T>::remove(model);
			Self::deposit_event(Event::Removed { model });
		} else {
			Models::<T>::insert(model, parent);
		}
		Ok(())
	}
}
