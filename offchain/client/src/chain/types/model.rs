// SPDX-License-Identifier: Apache-2.0
//! Versions of models.

use super::CircuitId;
use crate::chain::{
	amount::{Amount, Share},
	api::generated,
};
use candor_statement::ModelCommitment;

/// A version of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVersion {
	/// The circuit that computes it.
	pub circuit: CircuitId,
	/// The commitment to its weights.
	pub commitment: ModelCommitment,
	/// The owner's share of a price.
	pub royalty: Share,
	/// Whether new jobs may be opened.
	pub active: bool,
	/// What is held for its storage.
	pub deposit: Amount,
}

impl From<generated::ModelCommitment> for ModelCommitment {
	fn from(commitment: generated::ModelCommitment) -> Self {
		match commitment {
			generated::ModelCommitment::Scalar(bytes) => Self::Scalar(bytes),
			generated::ModelCommitment::Point(bytes) => Self::Point(bytes),
		}
	}
}

impl From<ModelCommitment> for generated::ModelCommitment {
	fn from(commitment: ModelCommitment) -> Self {
		match commitment {
			ModelCommitment::Scalar(bytes) => Self::Scalar(bytes),
			ModelCommitment::Point(bytes) => Self::Point(bytes),
		}
	}
}

impl From<generated::ModelVersion> for ModelVersion {
	fn from(version: generated::ModelVersion) -> Self {
		Self {
			circuit: CircuitId(version.circuit.0 .0),
			commitment: version.commitment.into(),
			royalty: Share::from_parts(version.royalty.0),
			active: matches!(version.status, generated::Status::Active),
			deposit: Amount(version.ticket.0),
		}
	}
}
