// SPDX-License-Identifier: Apache-2.0

//! Whether an account knows the model that it registers.

use crate::{weights::in_system, Config, Error, Pallet, PossessionOf};
use alloc::vec::Vec;
use candor_market::{BatchRefusal, CircuitId, ProofBatch, ProofRefusal, Proofs};
use candor_proof_system::Effort;
use candor_statement::{
	possession, Binding, CircuitHash, GenesisHash, ModelCommitment, Owner, Statement,
};
use frame_support::weights::Weight;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Convert, Zero};

/// Proofs of this runtime that are verified together.
type BatchOf<T> = <<T as Config>::Proofs as Proofs<BlockNumberFor<T>>>::Batch;

impl<T> From<ProofRefusal> for Error<T> {
	fn from(refusal: ProofRefusal) -> Self {
		match refusal {
			ProofRefusal::Malformed => Error::MalformedProof,
			ProofRefusal::Invalid => Error::InvalidProof,
			ProofRefusal::WrongShape => Error::UnusableKey,
			ProofRefusal::NonCanonicalCommitment => Error::NonCanonicalCommitment,
		}
	}
}

/// What verifying a proof of possession took.
pub(crate) struct Verified {
	/// Beside the system that was measured.
	effort: Effort,
	/// Public inputs that the key weighs by.
	inputs: u32,
}

impl Verified {
	/// What a call weighs with this verification.
	pub fn weight(&self, measured: impl FnOnce(u32) -> Weight) -> Weight {
		in_system(self.effort, measured(self.inputs))
	}
}

impl<T: Config> Pallet<T> {
	/// What a proof of possession is bound to when `owner` registers a model.
	pub fn possession_binding(
		owner: &T::AccountId,
		circuit: CircuitId,
		commitment: &ModelCommitment,
	) -> Binding {
		// The hash of this chain's first block, which `frame_system` never prunes.
		let hash = frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero());
		let owner = Owner(T::OwnerBytes::convert(owner.clone()));
		possession(GenesisHash::from_hash(&hash), CircuitHash(circuit.0.into()), commitment, owner)
	}

	/// Verifies that `owner` has run the model. The output is as long as the circuit's schema says.
	///
	/// # Errors
	///
	/// The proof is none, or another one; or the circuit accepts none at present.
	pub(crate) fn verify_possession(
		owner: &T::AccountId,
		circuit: CircuitId,
		commitment: &ModelCommitment,
		possession: &PossessionOf<T>,
	) -> Result<Verified, Error<T>> {
		let mut proofs = BatchOf::<T>::default();
		let admitted = proofs.admit(circuit)?;
		let statement = Statement {
			model: *commitment,
			input: possession.input,
			output: &possession.output,
			binding: Self::possession_binding(owner, circuit, commitment),
		};
		// Where a proof is of several runs, all are the same.
		let runs = proofs.runs(admitted);
		let runs: Vec<_> = (0..runs).map(|_| statement).collect();
		proofs.add(admitted, &runs, &possession.proof)?;
		let verified = Verified { effort: proofs.effort(), inputs: proofs.key_inputs() };
		proofs.verify().map_err(|refusal| match refusal {
			BatchRefusal::Item { refusal, .. } => refusal.into(),
			BatchRefusal::Invalid => Error::InvalidProof,
		})?;
		Ok(verified)
	}
}
