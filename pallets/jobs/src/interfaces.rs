// SPDX-License-Identifier: Apache-2.0

//! What the market expects of models, proofs and workers. The runtime connects the pallets that
//! provide it.

use candor_statement::{Fr, ModelCommitment, StatementSchema};
use codec::MaxEncodedLen;
use frame_support::Parameter;
use sp_runtime::{DispatchError, DispatchResult, Permill};

/// The models on which jobs are opened.
pub trait Models<AccountId> {
	/// Identity of a model.
	type ModelId: Parameter + Copy + MaxEncodedLen;
	/// Identity of a version within its model.
	type Version: Parameter + Copy + MaxEncodedLen;
	/// Identity of a circuit.
	type CircuitId: Parameter + Copy + MaxEncodedLen;

	/// The terms of a version on which jobs may be opened.
	fn terms(
		model: Self::ModelId,
		version: Self::Version,
	) -> Result<Terms<Self::CircuitId>, ModelRefusal>;

	/// Who receives the model's royalties now, if the model exists.
	fn owner(model: Self::ModelId) -> Option<AccountId>;

	/// Counts one more open job on a version, which must take jobs. As long as there is one, the
	/// version must not vanish.
	fn add_job(model: Self::ModelId, version: Self::Version) -> Result<(), ModelRefusal>;

	/// Takes back one [`Models::add_job`]. Cannot fail: leaving is always possible.
	fn remove_job(model: Self::ModelId, version: Self::Version);

	/// Number of open jobs on a version, if it exists.
	fn open_jobs(model: Self::ModelId, version: Self::Version) -> Option<u32>;
}

/// What a job takes over from the version that it is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms<CircuitId> {
	/// The circuit that computes the model.
	pub circuit: CircuitId,
	/// Commitment to the weights.
	pub commitment: ModelCommitment,
	/// Share of the price for the model's owner.
	pub royalty: Permill,
}

/// Why no job can be opened on a version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModelRefusal {
	/// The model or the version does not exist.
	Unknown,
	/// The version takes no new jobs.
	Deprecated,
	/// The version has as many open jobs as can be counted.
	TooManyJobs,
}

/// The circuits, and the verification of proofs about them.
pub trait Proofs {
	/// Identity of a circuit.
	type CircuitId;

	/// How statements about a circuit become public inputs, if it exists.
	fn schema(circuit: Self::CircuitId) -> Option<StatementSchema>;

	/// Whether proofs for the circuit are refused at present.
	fn is_frozen(circuit: Self::CircuitId) -> bool;

	/// Accepts a proof of the statement with these public inputs.
	fn verify(circuit: Self::CircuitId, inputs: &[Fr], proof: &[u8]) -> Result<(), ProofRefusal>;
}

/// Why a proof was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofRefusal {
	/// The circuit does not exist.
	UnknownCircuit,
	/// The circuit is frozen.
	FrozenCircuit,
	/// The bytes are not a proof.
	Malformed,
	/// The bytes are a proof, but not of this statement.
	Invalid,
	/// The circuit's key cannot check statements of this shape.
	UnusableKey,
}

/// The workers: their bonds and their reputation.
pub trait Workers<AccountId, Balance> {
	/// The reputation of an account, from 0 to 1.
	fn score(who: &AccountId) -> Permill;

	/// Whether [`Workers::lock`] would succeed.
	fn can_lock(who: &AccountId, amount: Balance) -> Result<(), WorkerRefusal>;

	/// Locks part of the bond of `who` for one more job.
	fn lock(who: &AccountId, amount: Balance) -> Result<(), WorkerRefusal>;

	/// Unlocks what a job locked after it was answered, and remembers the outcome.
	fn settle(who: &AccountId, amount: Balance, outcome: Settlement<Balance>) -> DispatchResult;

	/// Unlocks what a job locked after it ended without the worker's doing.
	fn excuse(who: &AccountId, amount: Balance) -> DispatchResult;

	/// Takes what a job locked: `share` of it to `beneficiary`, as far as that account can receive
	/// it, and the rest is burnt.
	fn forfeit(
		who: &AccountId,
		amount: Balance,
		beneficiary: &AccountId,
		share: Permill,
	) -> Result<Forfeit<Balance>, DispatchError>;

	/// What binds `who` at present.
	fn obligations(who: &AccountId) -> Obligations<Balance>;
}

/// A job that was answered and paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement<Balance> {
	/// The job's price.
	pub price: Balance,
	/// What the worker got out of it.
	pub earned: Balance,
	/// Whether the worker had requested the job itself.
	pub self_dealt: bool,
}

/// Where a forfeited bond went; the two add up to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forfeit<Balance> {
	/// What the beneficiary received.
	pub compensation: Balance,
	/// What was burnt.
	pub burnt: Balance,
}

/// What binds a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Obligations<Balance> {
	/// Number of open jobs.
	pub jobs: u32,
	/// What they lock of the bond.
	pub locked: Balance,
}

/// Why a worker cannot take a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WorkerRefusal {
	/// The account is not a worker.
	NotRegistered,
	/// The bond is below the minimum.
	BondBelowMinimum,
	/// The part of the bond that is not locked is less than the job demands.
	InsufficientBond,
	/// The worker has as many open jobs as can be counted.
	TooManyJobs,
}
