// SPDX-License-Identifier: Apache-2.0

//! Benchmarks. Jobs carry the longest input and name as many workers as can be, those who claim them
//! last; requester, worker and owner are three accounts.

#![allow(
	missing_docs,
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::too_many_arguments,
	reason = "set-up of measurements, never part of a runtime that a chain runs"
)]

use crate::{
	Answer, BalanceOf, Call, Config, Demands, Distinct, InlineInputOf, Input, Jobs, NextJobId,
	OutputOf, Pallet, Price, PriceOf, ProofOf, State, Tier, Who,
};
use alloc::{vec, vec::Vec};
use candor_market::{CircuitId, ModelId, Version};
use candor_statement::{
	binding, public_input_count, Claimant, InputCommitment, JobId, Statement, BYTES_PER_WORD,
};
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, BoundedVec};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::traits::{Convert, One};

/// What the benchmarks need of the runtime.
pub trait BenchmarkHelper<T: Config> {
	/// Lets an account pay for many jobs.
	fn fund(who: &T::AccountId);

	/// Lets an account claim many jobs.
	fn make_worker(who: &T::AccountId);

	/// Makes a circuit with so many public inputs; another one for each seed.
	fn make_circuit(input_len: u32, public_inputs: u32, seed: u32) -> CircuitId;

	/// Makes a model with the highest royalty on the circuit that was made from a seed; another one for
	/// each index.
	fn make_model(
		owner: &T::AccountId,
		circuit: CircuitId,
		circuit_seed: u32,
		index: u32,
	) -> (ModelId, Version);

	/// Proves anything about the circuit that was made from the seed; another proof for each index.
	fn prove(statement: &Statement<'_>, seed: u32, index: u32) -> Vec<u8>;
}

type Helper<T> = <T as Config>::BenchmarkHelper;

/// Public inputs beside those of the output.
const FIXED_INPUTS: u32 = public_input_count(0);
/// Most keys in a batch that is measured.
const MAX_KEYS: u32 = 6;
/// In such a batch, the key for the longest outputs,
const WIDE: u32 = 0;
/// the key with one proof, and as many public inputs as are left to it,
const MEASURED: u32 = 1;
/// and the first of those for the shortest outputs.
const NARROW: u32 = 2;
/// As many times the least price is paid.
const PRICE_FACTOR: u32 = 1_000;

/// `index` if it is below `limit`, and otherwise another one.
const fn below_or(limit: u32, index: u32, otherwise: u32) -> u32 {
	if index < limit {
		index
	} else {
		otherwise
	}
}

/// Bytes in which neither zeros nor ones run on.
fn pattern(length: u32) -> Vec<u8> {
	(0..length).map(|index| (index.wrapping_mul(151) as u8) ^ 0x5a).collect()
}

/// A scalar of full width.
fn commitment() -> InputCommitment {
	let mut bytes = [0x5a; 32];
	bytes[31] = 0x2f;
	InputCommitment::from_bytes(bytes)
}

fn longest_input<T: Config>() -> u32 {
	T::MaxInlineInput::get()
}

/// A price that rises once, so that a claim before leaves a rest to give back.
fn price<T: Config>() -> PriceOf<T> {
	let from: BalanceOf<T> = T::MinPrice::get() * PRICE_FACTOR.into();
	Price::Rising { from, to: from + from, blocks: One::one() }
}

fn now<T: Config>() -> BlockNumberFor<T> {
	frame_system::Pallet::<T>::block_number()
}

/// The longest output of a circuit with so many public inputs.
fn output<T: Config>(public_inputs: u32) -> OutputOf<T> {
	BoundedVec::truncate_from(pattern((public_inputs - FIXED_INPUTS) * BYTES_PER_WORD as u32))
}

/// An account that can pay; another one for each index.
fn funded<T: Config>(name: &'static str, index: u32) -> T::AccountId {
	let who = account(name, index, 0);
	Helper::<T>::fund(&who);
	who
}

/// The demand for one of these workers, in a list of as many as can be.
fn only<T: Config>(workers: &[&T::AccountId]) -> Demands<T> {
	let others = T::MaxNamedWorkers::get()
		.checked_sub(workers.len() as u32)
		.expect("a list has room for all claimants of a benchmark");
	let names: Vec<_> = (0..others)
		.map(|index| account("other", index, 0))
		.chain(workers.iter().map(|worker| (*worker).clone()))
		.collect();
	Demands { who: Who::Named(BoundedVec::truncate_from(names)), ..Default::default() }
}

/// A version, with what is needed to prove anything about it.
struct ExampleVersion {
	model: ModelId,
	version: Version,
	circuit_seed: u32,
	public_inputs: u32,
}

impl ExampleVersion {
	/// The only version on the only circuit.
	fn new<T: Config>(public_inputs: u32) -> Self {
		let circuit = Helper::<T>::make_circuit(longest_input::<T>(), public_inputs, 0);
		Self::on::<T>(circuit, 0, public_inputs, 0)
	}

	/// A version of a model and an owner of its own; another one for each index.
	fn on<T: Config>(
		circuit: CircuitId,
		circuit_seed: u32,
		public_inputs: u32,
		index: u32,
	) -> Self {
		let owner = funded::<T>("owner", index);
		let (model, version) = Helper::<T>::make_model(&owner, circuit, circuit_seed, index);
		Self { model, version, circuit_seed, public_inputs }
	}
}

/// A job, with what is needed to answer it.
struct Example<T: Config> {
	id: JobId,
	requester: T::AccountId,
	circuit_seed: u32,
	public_inputs: u32,
}

impl<T: Config> Example<T> {
	/// The only job, for these workers.
	fn new(public_inputs: u32, workers: &[&T::AccountId], deadline: BlockNumberFor<T>) -> Self {
		let requester = funded::<T>("requester", 0);
		Self::on(&ExampleVersion::new::<T>(public_inputs), requester, workers, deadline)
	}

	/// A job on a version, for these workers.
	fn on(
		version: &ExampleVersion,
		requester: T::AccountId,
		workers: &[&T::AccountId],
		deadline: BlockNumberFor<T>,
	) -> Self {
		let id = NextJobId::<T>::get();
		Pallet::<T>::open(
			RawOrigin::Signed(requester.clone()).into(),
			version.model,
			version.version,
			commitment(),
			Some(BoundedVec::truncate_from(pattern(longest_input::<T>()))),
			price::<T>(),
			Tier::Proven,
			only::<T>(workers),
			T::MinProvingPeriod::get(),
			deadline,
		)
		.expect("the job is good and can be paid");
		let &ExampleVersion { circuit_seed, public_inputs, .. } = version;
		Self { id, requester, circuit_seed, public_inputs }
	}

	/// Lets a worker claim the job.
	fn claim(&self, worker: &T::AccountId) {
		Pallet::<T>::claim(RawOrigin::Signed(worker.clone()).into(), self.id)
			.expect("the job is open and the worker eligible");
	}

	/// A worker's answer.
	fn answer(&self, worker: &T::AccountId) -> (OutputOf<T>, ProofOf<T>) {
		let job = Jobs::<T>::get(self.id).expect("the job is open");
		let output = output::<T>(self.public_inputs);
		let statement = Statement {
			model: job.model_commitment,
			input: job.input_commitment,
			output: &output,
			binding: binding(
				Pallet::<T>::genesis_hash(),
				self.id,
				Claimant(T::WorkerBytes::convert(worker.clone())),
			),
		};
		// Another proof for each job.
		let proof = Helper::<T>::prove(&statement, self.circuit_seed, self.id.0 as u32);
		(output, BoundedVec::truncate_from(proof))
	}
}

/// A worker who can claim many jobs; another one for each index.
fn worker<T: Config>(name: &'static str, index: u32) -> T::AccountId {
	let who = funded::<T>(name, index);
	Helper::<T>::make_worker(&who);
	who
}

/// A deadline after which there is time for several claims.
fn late<T: Config>() -> BlockNumberFor<T> {
	now::<T>() + T::MaxLifetime::get()
}

/// A deadline that leaves time for one claim.
fn soon<T: Config>() -> BlockNumberFor<T> {
	now::<T>() + T::MinProvingPeriod::get() + One::one()
}

/// The block in which a claim that is made now is overdue.
fn let_claim_pass<T: Config>() {
	frame_system::Pallet::<T>::set_block_number(soon::<T>());
}

/// The last block in which a claim that is made now can be handed back.
fn let_claim_run_out<T: Config>() {
	frame_system::Pallet::<T>::set_block_number(now::<T>() + T::MinProvingPeriod::get());
}

/// The most public inputs of a statement with an output that can be posted.
fn max_inputs<T: Config>() -> u32 {
	public_input_count(T::MaxOutputBytes::get())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn open(b: Linear<0, { T::MaxInlineInput::get() }>) {
		let owner = funded::<T>("owner", 0);
		let circuit = Helper::<T>::make_circuit(b, max_inputs::<T>(), 0);
		let (model, version) = Helper::<T>::make_model(&owner, circuit, 0, 0);
		let requester: T::AccountId = whitelisted_caller();
		Helper::<T>::fund(&requester);
		let id = NextJobId::<T>::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(requester),
			model,
			version,
			commitment(),
			Some(BoundedVec::truncate_from(vec![1; b as usize])),
			price::<T>(),
			Tier::Proven,
			only::<T>(&[]),
			T::MinProvingPeriod::get(),
			late::<T>(),
		);

		assert!(Jobs::<T>::contains_key(id));
	}

	/// So many jobs on the longest inputs, for workers in a list of as many as can be.
	#[benchmark]
	fn open_batch(n: Linear<1, 64>) {
		let version = ExampleVersion::new::<T>(max_inputs::<T>());
		let requester: T::AccountId = whitelisted_caller();
		Helper::<T>::fund(&requester);
		let posted: InlineInputOf<T> = BoundedVec::truncate_from(pattern(longest_input::<T>()));
		let input = Input { commitment: commitment(), posted: Some(posted) };

		#[extrinsic_call]
		_(
			RawOrigin::Signed(requester),
			version.model,
			version.version,
			BoundedVec::truncate_from(vec![input; n as usize]),
			price::<T>(),
			Tier::Proven,
			only::<T>(&[]),
			T::MinProvingPeriod::get(),
			late::<T>(),
		);

		assert_eq!(Jobs::<T>::iter().count(), n as usize);
	}

	#[benchmark]
	fn cancel() {
		let job = Example::<T>::new(max_inputs::<T>(), &[], late::<T>());

		#[extrinsic_call]
		_(RawOrigin::Signed(job.requester.clone()), job.id);

		assert!(!Jobs::<T>::contains_key(job.id));
	}

	/// Takes over the overdue claim of another worker, whose bond is forfeited.
	#[benchmark]
	fn claim() {
		let rival = worker::<T>("rival", 0);
		let caller: T::AccountId = whitelisted_caller();
		Helper::<T>::fund(&caller);
		Helper::<T>::make_worker(&caller);
		let job = Example::<T>::new(max_inputs::<T>(), &[&rival, &caller], late::<T>());
		job.claim(&rival);
		let_claim_pass::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), job.id);

		let claimant = Jobs::<T>::get(job.id).and_then(|job| match job.state {
			State::Claimed(by) => Some(by.worker),
			State::Open => None,
		});
		assert_eq!(claimant, Some(caller));
	}

	/// An answer with so many public inputs, the output being as long as it can be with them.
	#[benchmark]
	fn submit(i: Linear<FIXED_INPUTS, { max_inputs::<T>() }>) {
		let worker: T::AccountId = whitelisted_caller();
		Helper::<T>::fund(&worker);
		Helper::<T>::make_worker(&worker);
		let job = Example::<T>::new(i, &[&worker], late::<T>());
		job.claim(&worker);
		let (output, proof) = job.answer(&worker);

		#[extrinsic_call]
		_(RawOrigin::Signed(worker), job.id, output, proof);

		assert!(!Jobs::<T>::contains_key(job.id));
	}

	/// So many answers under so many keys that have so many public inputs in all. So many of them
	/// are as long as can be, under the first key. The second key has the inputs that the others
	/// leave, and one proof, so that its inputs weigh once. The others are as short as can be.
	/// Requesters, workers and versions beyond the first have one job each, and every version
	/// has another owner.
	#[benchmark]
	fn submit_batch(
		p: Linear<20, 64>,
		k: Linear<{ NARROW + 1 }, MAX_KEYS>,
		i: Linear<
			{ max_inputs::<T>() + (MAX_KEYS - 1) * FIXED_INPUTS },
			{ 2 * max_inputs::<T>() + FIXED_INPUTS },
		>,
		o: Linear<1, 8>,
		r: Linear<1, 20>,
		w: Linear<1, 20>,
		v: Linear<MAX_KEYS, 12>,
	) {
		let longest = max_inputs::<T>();
		let circuits: Vec<_> = (0..k)
			.map(|key| {
				let inputs = match key {
					WIDE => longest,
					MEASURED => i - longest - (k - NARROW) * FIXED_INPUTS,
					_ => FIXED_INPUTS,
				};
				(Helper::<T>::make_circuit(longest_input::<T>(), inputs, key), inputs)
			})
			.collect();
		let versions: Vec<_> = (0..v)
			.map(|version| {
				let key = below_or(k, version, NARROW);
				let (circuit, inputs) = circuits[key as usize];
				ExampleVersion::on::<T>(circuit, key, inputs, version)
			})
			.collect();
		let requesters: Vec<_> = (0..r).map(|index| funded::<T>("requester", index)).collect();
		let workers: Vec<_> = (0..w).map(|index| worker::<T>("worker", index)).collect();
		let answers: Vec<_> = (0..p)
			.map(|job| {
				// The first jobs are wide; each that follows has a key and a version to itself, as
				// far as there are any.
				let place = if job < o { WIDE } else { job - o + MEASURED };
				let version = &versions[below_or(v, place, NARROW) as usize];
				let requester = requesters[below_or(r, job, 0) as usize].clone();
				let worker = &workers[below_or(w, job, 0) as usize];
				let job = Example::<T>::on(version, requester, &[worker], late::<T>());
				job.claim(worker);
				let (output, proof) = job.answer(worker);
				Answer::to_one(job.id, worker.clone(), output, proof)
			})
			.collect();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(whitelisted_caller()),
			BoundedVec::truncate_from(answers),
			Distinct { circuits: k as u16, requesters: r as u16, versions: v as u16 },
		);

		assert_eq!(Jobs::<T>::iter().count(), 0);
	}

	/// The claimant hands the job back, which ends it.
	#[benchmark]
	fn decline() {
		let worker: T::AccountId = whitelisted_caller();
		Helper::<T>::fund(&worker);
		Helper::<T>::make_worker(&worker);
		let job = Example::<T>::new(max_inputs::<T>(), &[&worker], soon::<T>());
		job.claim(&worker);
		let_claim_run_out::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(worker), job.id);

		assert!(!Jobs::<T>::contains_key(job.id));
	}

	/// The claimant forfeits its bond, and the job ends.
	#[benchmark]
	fn expire() {
		let worker = worker::<T>("worker", 0);
		let job = Example::<T>::new(max_inputs::<T>(), &[&worker], soon::<T>());
		job.claim(&worker);
		let_claim_pass::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), job.id);

		assert!(!Jobs::<T>::contains_key(job.id));
	}
}
