// SPDX-License-Identifier: Apache-2.0

//! Why calls are refused. Part of [`crate::pallet`], which imports it.

#[frame_support::pallet_macros::pallet_section]
mod errors {
	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// No circuit has this id. Register it first.
		UnknownCircuit,
		/// The circuit is frozen.
		FrozenCircuit,
		/// The circuit is referenced as often as can be counted.
		TooManyReferences,
		/// The commitment is not in the canonical form that the circuit's proof system demands, or that to
		/// the input of the proof of possession is no scalar.
		NonCanonicalCommitment,
		/// The royalty is higher than the runtime allows.
		RoyaltyTooHigh,
		/// All model ids are used up.
		TooManyModels,
		/// All version numbers of the model are used up.
		TooManyVersions,
		/// No model has this id.
		UnknownModel,
		/// The model has no such version.
		UnknownVersion,
		/// Only the model's owner may do this.
		NotOwner,
		/// Only the model's owner or the version's depositor may do this.
		NotOwnerOrDepositor,
		/// The version is deprecated already.
		AlreadyDeprecated,
		/// The version still takes jobs. Deprecate it first.
		StillActive,
		/// Jobs on this version are still open. Wait until they are settled or expired.
		OpenJobs,
		/// The version has earned royalties that nobody has collected. Collect them first, as anybody can.
		UncollectedRoyalty,
		/// The version has earned nothing that was not collected.
		NothingOwed,
		/// The owner's account is gone, and cannot begin anew with as little as it is owed, which waits for it.
		OwnerCannotReceive,
		/// The account does not exist; it could not receive royalties.
		UnknownAccount,
		/// The output of the proof of possession is not as long as the circuit's schema says.
		WrongOutputLength,
		/// The proof of possession is not a proof of the circuit's proof system.
		MalformedProof,
		/// The proof does not show that the signer knows the model: it is another account's, for another
		/// model, circuit or chain, for a job, or of another output.
		InvalidProof,
		/// The circuit's verifying key cannot be used. Cannot happen unless storage was written by other
		/// code.
		UnusableKey,
	}
}
