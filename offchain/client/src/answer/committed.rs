// SPDX-License-Identifier: Apache-2.0
//! Models under the keys of their circuits.

use crate::exit::{Error, OrFail};
use anyhow::anyhow;
use candor_compiler::{PrivateModel, PublicCommitment, COMMITMENT_FILE};
use candor_groth16::VerifyingKey;
use candor_operators::Scheme;
use candor_prover::{scheme_of, CommitError, Keys, ModelSums, Progress};
use candor_statement::ModelCommitment;
use std::path::Path;

/// Which circuits a key is for.
///
/// # Errors
///
/// When no circuit of a model has such a key.
pub fn scheme(key: &VerifyingKey) -> Result<Scheme, Error> {
	scheme_of(key).ok_or_else(|| {
		Error::wrong_input(anyhow!(
			"the verifying key has a stage one and no model block: no circuit of a model has such a key"
		))
	})
}

/// A model under the keys of its circuit: its commitment, and what all proofs about it have in common.
#[derive(Debug)]
pub struct Committed {
	public: PublicCommitment,
	sums: Option<ModelSums>,
}

impl Committed {
	/// Commits to a model under keys of its architecture.
	///
	/// # Errors
	///
	/// [`CommitError`] when the keys are for a model with another number of words.
	pub fn new(model: &PrivateModel, keys: &Keys) -> Result<Self, CommitError> {
		let key = keys.verifying.digest();
		let scheme = keys.scheme().ok_or(CommitError::NoModel)?;
		if !scheme.has_model_block() {
			let commitment = model.model.commitment(&model.seed.for_hash());
			return Ok(Self { public: PublicCommitment { scheme, key, commitment }, sums: None });
		}
		let (words, blinder) = (model.model.words(scheme), model.seed.for_key(&key));
		let sums = ModelSums::new(keys.proving.points(), &words, &blinder)?;
		let commitment = sums.public_commitment();
		Ok(Self { public: PublicCommitment { scheme, key, commitment }, sums: Some(sums) })
	}

	/// [`new`](Self::new) for the model of a folder, held against the folder's `commitment.json`, which is
	/// written where it is missing or of other keys.
	///
	/// # Errors
	///
	/// When keys and weights do not fit each other, or do not give the commitment in the file.
	pub fn in_folder(
		folder: &Path,
		model: &PrivateModel,
		keys: &Keys,
		progress: &mut dyn Progress,
	) -> Result<Self, Error> {
		let committed = Self::new(model, keys).or_wrong_input()?;
		let found = PublicCommitment::find(folder).map_err(|error| {
			Error::wrong_input(error)
				.hint(format!("remove {COMMITMENT_FILE}: it follows from weights and keys"))
		})?;
		match found {
			Some(found) if found == committed.public => (),
			Some(found) if found.key == committed.public.key => {
				return Err(Error::wrong_input(anyhow!(
					"the weights in {} give the commitment {}, but {COMMITMENT_FILE} beside them says {}",
					folder.display(),
					committed.public.commitment,
					found.commitment
				))
				.hint(format!(
					"compile the model again, or remove {COMMITMENT_FILE} if the weights are the right ones"
				)));
			}
			_ => {
				if let Err(error) = committed.public.save(folder) {
					progress.warn(&format_args!("the commitment is not written down: {error}"));
				}
			}
		}
		Ok(committed)
	}

	/// Where the model stands in its circuit.
	pub fn scheme(&self) -> Scheme {
		self.public.scheme
	}

	/// The commitment.
	pub fn commitment(&self) -> ModelCommitment {
		self.public.commitment
	}

	/// The commitment, with what it is for.
	pub fn public(&self) -> &PublicCommitment {
		&self.public
	}

	/// What proofs have in common, where the model is a block of its circuit.
	pub fn sums(&self) -> Option<&ModelSums> {
		self.sums.as_ref()
	}
}
