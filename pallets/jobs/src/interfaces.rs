// SPDX-License-Identifier: Apache-2.0

//! What the market expects of models, proofs and workers. The runtime connects the pallets that
//! provide it.

use alloc::vec::Vec;
use candor_statement::{Fr, ModelCommitment, StatementSchema};
use codec::MaxEncodedLen;
use frame_support::Parameter;
use sp_runtime::{DispatchError, DispatchResult, Permill};

/// The models on which jobs are opened.
pub trait Models<AccountId> {
	/// Identity of a model.
	type ModelId: Parameter + Copy + Ord + MaxEncodedLen;
	/// Identity of a version within its model.
	type Version: Parameter + Copy + Ord + MaxEncodedLen;
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

	/// Takes back [`Models::add_job`] so many times. Cannot fail: leaving is always possible.
	fn remove_jobs(model: Self::ModelId, version: Self::Version, jobs: u32);

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
pub trait Proofs<BlockNumber> {
	/// Identity of a circuit.
	type CircuitId;

	/// Proofs that are verified together.
	type Batch: ProofBatch<CircuitId = Self::CircuitId>;

	/// How statements about a circuit become public inputs, if it exists.
	fn schema(circuit: Self::CircuitId) -> Option<StatementSchema>;

	/// Whether proofs for the circuit are refused at present.
	fn is_frozen(circuit: Self::CircuitId) -> bool;

	/// Whether the origin that the runtime names vouches for the circuit's setup.
	fn is_attested(circuit: Self::CircuitId) -> bool;

	/// For how many blocks of the market's clock proofs for the circuit have been refused so far.
	/// Never falls while a model relies on the circuit.
	fn paused(circuit: Self::CircuitId) -> BlockNumber;

	/// Accepts a proof of the statement with these public inputs.
	fn verify(circuit: Self::CircuitId, inputs: &[Fr], proof: &[u8]) -> Result<(), ProofRefusal>;
}

/// Proofs about any mix of circuits, collected one by one and then verified together. Begins empty.
///
/// What is wrong with a proof whatever the others are shows when it is added, as far as that costs
/// less than verification, so that a caller that stops there has found the first.
pub trait ProofBatch: Default {
	/// Identity of a circuit.
	type CircuitId;

	/// Refuses a circuit about which no proof is accepted at present. Cheap when it was admitted
	/// before.
	fn admit(&mut self, circuit: Self::CircuitId) -> Result<(), ProofRefusal>;

	/// Adds a proof of the statement with these public inputs.
	fn add(
		&mut self,
		circuit: Self::CircuitId,
		inputs: Vec<Fr>,
		proof: &[u8],
	) -> Result<(), ProofRefusal>;

	/// The number of different circuits that were admitted.
	fn circuits(&self) -> u32;

	/// The number of public inputs of those circuits' keys, each key counted once.
	fn key_inputs(&self) -> u32;

	/// Accepts all proofs or none.
	fn verify(self) -> Result<(), BatchRefusal>;
}

/// Why a batch of proofs was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchRefusal {
	/// A proof cannot be right, whatever the others are.
	Item {
		/// Its position in the order in which the proofs were added, from zero.
		index: u32,
		/// What is wrong with it.
		refusal: ProofRefusal,
	},
	/// Some proof is not of its statement.
	Invalid,
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

	/// Unlocks what jobs locked after they were answered, and remembers the outcomes in this order.
	fn settle(
		who: &AccountId,
		settlements: impl IntoIterator<Item = Settlement<Balance>>,
	) -> DispatchResult;

	/// Unlocks what a job locked after it ended without the worker's doing.
	fn excuse(who: &AccountId, amount: Balance) -> DispatchResult;

	/// Takes what a job locked: `compensation` of it, at most, to `beneficiary`, as far as that
	/// account can receive it, and the rest is burnt.
	fn forfeit(
		who: &AccountId,
		amount: Balance,
		beneficiary: &AccountId,
		compensation: Balance,
	) -> Result<Forfeit<Balance>, DispatchError>;

	/// Unlocks what a job locked that its worker hands back, and burns `penalty` of it, at most.
	/// Says what was burnt.
	fn decline(
		who: &AccountId,
		amount: Balance,
		penalty: Balance,
	) -> Result<Balance, DispatchError>;

	/// What binds `who` at present.
	fn obligations(who: &AccountId) -> Obligations<Balance>;
}

/// A job that was answered and paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement<Balance> {
	/// What the job locked of the worker's bond.
	pub bond: Balance,
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
