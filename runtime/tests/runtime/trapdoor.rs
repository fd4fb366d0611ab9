// SPDX-License-Identifier: Apache-2.0

//! A model about which anything can be proved, since the trapdoor of its circuit is known: for tests that
//! settle many jobs.

use crate::market::{register, INPUT};
use candor_runtime::{AccountId, Runtime, System};
use candor_statement::{
	binding, commitment::commit_input, Binding, Claimant, Fr, GenesisHash, InputCommitment, JobId,
	ModelCommitment, Statement, StatementSchema,
};
use candor_trapdoor::Trapdoor;
use frame_support::BoundedVec;
use pallet_jobs::Answer;
use rand::{rngs::StdRng, SeedableRng};

/// What the model says to everything.
pub const OUTPUT: [u8; 1] = [42];

/// Public inputs of its circuit: the commitments, the binding and the output.
const INPUTS: usize = 4;

/// The model.
pub struct TrapdoorModel {
	trapdoor: Trapdoor,
	rng: StdRng,
}

impl TrapdoorModel {
	/// Registers circuit and model; another one for each seed.
	pub fn register(seed: u64) -> Self {
		let mut rng = StdRng::seed_from_u64(seed);
		let mut model = Self { trapdoor: Trapdoor::random(INPUTS, &mut rng), rng };
		let key = model.trapdoor.key().to_bytes();
		let schema = StatementSchema::InferenceV1 { input_len: 0, output_len: 1 };
		register(key, schema, commitment(), |binding| {
			(OUTPUT.to_vec(), model.prove(commit_input(&INPUT, Fr::from(0)), binding))
		});
		model
	}

	/// The input of its jobs.
	pub fn input() -> InputCommitment {
		commit_input(&[], Fr::from(0))
	}

	/// The answer of a worker to a job.
	pub fn answer(&mut self, job: JobId, worker: AccountId) -> Answer<Runtime> {
		let genesis = GenesisHash(System::block_hash(0).0);
		let proof =
			self.prove(Self::input(), binding(genesis, job, Claimant(worker.clone().into())));
		let output = BoundedVec::truncate_from(OUTPUT.to_vec());
		Answer::to_one(job, worker, output, BoundedVec::truncate_from(proof))
	}

	fn prove(&mut self, input: InputCommitment, binding: Binding) -> Vec<u8> {
		let statement = Statement { model: commitment(), input, output: &OUTPUT, binding };
		let inputs = statement.public_inputs().expect("commitments are canonical");
		self.trapdoor.prove(&inputs, &mut self.rng).to_bytes()
	}
}

fn commitment() -> ModelCommitment {
	ModelCommitment::from_field(Fr::from(7))
}
