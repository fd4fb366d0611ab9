// SPDX-License-Identifier: Apache-2.0
//! A job and the model that answers it, for tests.

use super::{commit_posted, Identity, KeyHash};
use crate::chain::{
	types::{CircuitId, Job, JobId, ModelId, Price, SetupDemand, Tier, Version},
	Amount, Share,
};
use candor_statement::{ModelCommitment, StatementSchema};
use subxt::utils::AccountId32;

/// A job that is worth a claim.
pub fn job() -> Job {
	let input = vec![7; 64];
	Job {
		id: JobId(3),
		requester: AccountId32([1; 32]),
		model: ModelId(0),
		version: Version(1),
		circuit: CircuitId([9; 32]),
		model_commitment: identity().commitment,
		input_commitment: commit_posted(&input),
		input: Some(input),
		output_len: 40,
		price: Price::Fixed(Amount::UNIT),
		royalty: Share::from_parts(50_000),
		fee: Share::from_parts(50_000),
		tier: Tier::of_variant("Proven"),
		named: None,
		min_reputation: Share::default(),
		setup: SetupDemand::default(),
		proving_period: 20,
		deadline: 200,
		standstill: 0,
		opened: 90,
		withheld: 0,
		bounty: Amount(0),
		deposit: Amount(1),
		claim: None,
	}
}

/// The model that [`job`] is about.
pub fn identity() -> Identity {
	Identity {
		commitment: ModelCommitment::Scalar([5; 32]),
		schema: StatementSchema::InferenceV1 { input_len: 64, output_len: 40 },
		prepared_key: vec![9; 100],
		key: KeyHash([9; 32]),
	}
}
