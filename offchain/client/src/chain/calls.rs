// SPDX-License-Identifier: Apache-2.0
//! What a transaction can ask for.

use super::{
	api::{generated, runtime},
	types::{
		system_of, Answer, BlockNumber, CircuitId, JobId, ModelId, Price, Run, SetupDemand, Version,
	},
	Amount, Share,
};
use candor_statement::{InputCommitment, ModelCommitment, StatementSchema};
use std::fmt;
use subxt::{
	tx::Payload,
	utils::{AccountId32, H256},
};

/// How a setup was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetupKind {
	/// By one party, who may have kept the means to prove anything
	Development,
	/// By several parties, of whom one honest suffices
	Ceremony,
}

/// Where a verifying key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance {
	/// Hash of the circuit's source.
	pub source: [u8; 32],
	/// Hash of the setup's transcript.
	pub transcript: [u8; 32],
	/// How the setup was run, in the depositor's words.
	pub declared: SetupKind,
}

/// Describes a version of a model to people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
	/// Hash of the document at `uri`.
	pub hash: [u8; 32],
	/// Where the document is.
	pub uri: String,
}

/// What shows that an account knows a model: a run of it on an input of the account's choice, proved and
/// bound to what [`possession`](candor_statement::possession()) says. `Debug` does not show it: before it is
/// on chain, it is nobody else's.
#[derive(Clone, PartialEq, Eq)]
pub struct Possession {
	/// The commitment to the input.
	pub input: InputCommitment,
	/// What the model gives for it.
	pub output: Vec<u8>,
	/// The proof's canonical bytes.
	pub proof: Vec<u8>,
}

impl fmt::Debug for Possession {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Possession({})", self.input)
	}
}

impl From<Possession> for generated::Possession {
	fn from(Possession { input, output, proof }: Possession) -> Self {
		Self {
			input: generated::InputCommitment(*input.as_bytes()),
			output: generated::BoundedVec(output),
			proof: generated::BoundedVec(proof),
		}
	}
}

/// A version of a model to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
	/// The circuit that computes it.
	pub circuit: CircuitId,
	/// The commitment to its weights.
	pub commitment: ModelCommitment,
	/// The owner's share of prices.
	pub royalty: Share,
	/// For people.
	pub description: Description,
	/// That whoever signs knows the model.
	pub possession: Possession,
}

/// What is offered for an answer, whatever the input is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
	/// The model to run.
	pub model: ModelId,
	/// Its version.
	pub version: Version,
	/// What is paid.
	pub price: Price,
	/// The only workers that may claim it; none of them stands for anyone.
	pub named: Vec<AccountId32>,
	/// The least score of a worker when it claims the job.
	pub min_reputation: Share,
	/// What is demanded of the setup of the model's circuit.
	pub setup: SetupDemand,
	/// Blocks that a worker has.
	pub proving_period: BlockNumber,
	/// The last block in which an answer counts.
	pub deadline: BlockNumber,
}

/// An input that is posted with its job: everybody can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedInput {
	/// The commitment to it, with a blinder of zero.
	pub commitment: InputCommitment,
	/// What the model takes.
	pub bytes: Vec<u8>,
}

impl From<PostedInput> for generated::Input {
	fn from(input: PostedInput) -> Self {
		Self {
			commitment: generated::InputCommitment(*input.commitment.as_bytes()),
			posted: Some(generated::BoundedVec(input.bytes)),
		}
	}
}

/// Register a circuit by its canonical verifying key, of the system of its schema.
pub fn register_circuit(
	key: Vec<u8>,
	schema: StatementSchema,
	provenance: Provenance,
) -> impl Payload {
	runtime::tx().circuits().register(
		generated::SystemId(system_of(&schema)),
		generated::BoundedVec(key),
		schema.into(),
		generated::Provenance {
			source: H256(provenance.source),
			transcript: H256(provenance.transcript),
			declared: match provenance.declared {
				SetupKind::Development => generated::SetupKind::Development,
				SetupKind::Ceremony => generated::SetupKind::Ceremony,
			},
		},
	)
}

/// Register a model with its first version.
pub fn register_model(version: NewVersion) -> impl Payload {
	let Encoded { circuit, commitment, royalty, metadata, possession } = version.into();
	runtime::tx().models().register(circuit, commitment, royalty, metadata, possession)
}

/// Publish a further version of a model.
pub fn publish_version(model: ModelId, version: NewVersion) -> impl Payload {
	let Encoded { circuit, commitment, royalty, metadata, possession } = version.into();
	runtime::tx().models().publish_version(
		generated::ModelId(model.0),
		circuit,
		commitment,
		royalty,
		metadata,
		possession,
	)
}

/// A version in the types of the runtime.
pub(super) struct Encoded {
	pub circuit: generated::CircuitId,
	pub commitment: generated::ModelCommitment,
	pub royalty: generated::Permill,
	pub metadata: generated::Metadata,
	pub possession: generated::Possession,
}

impl From<NewVersion> for Encoded {
	fn from(version: NewVersion) -> Self {
		Self {
			circuit: generated::CircuitId(H256(version.circuit.0)),
			commitment: version.commitment.into(),
			royalty: generated::Permill(version.royalty.parts()),
			metadata: generated::Metadata {
				hash: H256(version.description.hash),
				uri: generated::BoundedVec(version.description.uri.into_bytes()),
			},
			possession: version.possession.into(),
		}
	}
}

/// Let a version take no new jobs.
pub fn deprecate(model: ModelId, version: Version) -> impl Payload {
	runtime::tx().models().deprecate(generated::ModelId(model.0), generated::Version(version.0))
}

/// Pay what a version has earned to the owner of its model.
pub fn collect_royalty(model: ModelId, version: Version) -> impl Payload {
	runtime::tx()
		.models()
		.collect_royalty(generated::ModelId(model.0), generated::Version(version.0))
}

/// Become a worker.
pub fn register_worker(bond: Amount, metadata: String) -> impl Payload {
	runtime::tx().workers().register(bond.0, generated::BoundedVec(metadata.into_bytes()))
}

/// Add to a worker's bond.
pub fn add_to_bond(amount: Amount) -> impl Payload {
	runtime::tx().workers().bond_more(amount.0)
}

/// Take back a part of a worker's bond.
pub fn withdraw_from_bond(amount: Amount) -> impl Payload {
	runtime::tx().workers().unbond(amount.0)
}

/// Cease to be a worker.
pub fn deregister_worker() -> impl Payload {
	runtime::tx().workers().deregister()
}

/// Open a job.
pub fn open(offer: Offer, input: PostedInput) -> impl Payload {
	let generated::Input { commitment, posted } = input.into();
	runtime::tx().jobs().open(
		generated::ModelId(offer.model.0),
		generated::Version(offer.version.0),
		commitment,
		posted,
		offer.price.into(),
		generated::Tier::Proven,
		demands(offer.named, offer.min_reputation, offer.setup),
		offer.proving_period,
		offer.deadline,
	)
}

/// Open a job on each of some inputs, all or none.
pub fn open_batch(offer: Offer, inputs: Vec<PostedInput>) -> impl Payload {
	let inputs = inputs.into_iter().map(Into::into).collect();
	runtime::tx().jobs().open_batch(
		generated::ModelId(offer.model.0),
		generated::Version(offer.version.0),
		generated::BoundedVec(inputs),
		offer.price.into(),
		generated::Tier::Proven,
		demands(offer.named, offer.min_reputation, offer.setup),
		offer.proving_period,
		offer.deadline,
	)
}

/// What is demanded of whoever answers.
fn demands(
	named: Vec<AccountId32>,
	min_reputation: Share,
	setup: SetupDemand,
) -> generated::Demands {
	generated::Demands {
		who: if named.is_empty() {
			generated::Who::Anyone
		} else {
			generated::Who::Named(generated::BoundedVec(named))
		},
		min_reputation: generated::Permill(min_reputation.parts()),
		setup: setup.into(),
	}
}

/// Withdraw a job that nobody has claimed.
pub fn cancel(job: JobId) -> impl Payload {
	runtime::tx().jobs().cancel(generated::JobId(job.0))
}

/// Claim a job.
pub fn claim(job: JobId) -> impl Payload {
	runtime::tx().jobs().claim(generated::JobId(job.0))
}

/// Answer a job.
pub fn submit(job: JobId, output: Vec<u8>, proof: Vec<u8>) -> impl Payload {
	runtime::tx().jobs().submit(
		generated::JobId(job.0),
		generated::BoundedVec(output),
		generated::BoundedVec(proof),
	)
}

/// Answer the jobs of a worker with one proof, under a circuit whose proofs are of several runs.
pub fn submit_joint(worker: &AccountId32, answer: &Answer) -> impl Payload {
	let answers = generated::BoundedVec(vec![joint(worker, answer)]);
	runtime::tx().jobs().submit_batch(answers, distinct(answer))
}

/// What is declared of an answer's jobs: the key is one, and each job may have a requester of its own, and
/// a version, since a model may stand under several. What they have in common is refunded.
pub(super) fn distinct(answer: &Answer) -> generated::Distinct {
	let jobs = u16::try_from(answer.runs.len()).unwrap_or(u16::MAX);
	generated::Distinct { circuits: 1, requesters: jobs, versions: jobs }
}

/// An answer as the chain's calls take it.
pub(super) fn joint(worker: &AccountId32, answer: &Answer) -> generated::Answer {
	let run = |run: &Run| generated::Run {
		job: generated::JobId(run.job.0),
		output: generated::BoundedVec(run.output.clone()),
	};
	generated::Answer {
		worker: *worker,
		runs: generated::BoundedVec(answer.runs.iter().map(run).collect()),
		places: answer.places,
		proof: generated::BoundedVec(answer.proof.clone()),
	}
}

/// Hand back a claim.
pub fn decline(job: JobId) -> impl Payload {
	runtime::tx().jobs().decline(generated::JobId(job.0))
}

/// Move on a job that waits for nobody.
pub fn expire(job: JobId) -> impl Payload {
	runtime::tx().jobs().expire(generated::JobId(job.0))
}

/// Whether a runtime knows [`decline`].
pub fn can_decline(metadata: &subxt::Metadata) -> bool {
	metadata
		.pallet_by_name("Jobs")
		.is_some_and(|pallet| pallet.call_variant_by_name("decline").is_some())
}
