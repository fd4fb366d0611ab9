// SPDX-License-Identifier: Apache-2.0

//! The market with real keys and real proofs.

use crate::chain::{
	account, advance, bonded, development, free, held, issuance, send, send_as_root,
};
use candor_groth16::Groth16;
use candor_market::{CircuitId, ModelId, Provenance, SetupKind, SystemId, Version};
use candor_operators::{
	Architecture, InferenceCircuit, InputBlinder, Model, ModelBlinder, Parameters, Scheme,
};
use candor_proof_system::ProofSystem;
use candor_prover::{development_setup, prove, Keys, Silent};
use candor_runtime::{
	books, configs::jobs::MAX_BOUNTY, constants::UNIT, Balance, Jobs, Models, Runtime, System,
	Workers,
};
use candor_statement::{
	binding, commitment::commit_input, Binding, Claimant, Fr, GenesisHash, JobId, ModelCommitment,
	StatementSchema,
};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use pallet_jobs::{Demands, Distinct, Error, JobStatus, Price, PriceOf, Tier, Who};
use pallet_models::{Metadata, Possession, PossessionOf};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{DispatchError, Permill};
use std::sync::OnceLock;

/// Who plays which part.
pub const OWNER: Sr25519Keyring = Alice;
pub const REQUESTER: Sr25519Keyring = Bob;
pub const WORKER: Sr25519Keyring = Charlie;
pub const RIVAL: Sr25519Keyring = Dave;
pub const STRANGER: Sr25519Keyring = Eve;

pub const PRICE: Balance = 3 * UNIT + 7;
pub const BOND: Balance = 20 * UNIT;
const ROYALTY: Permill = Permill::from_percent(10);
pub const PROVING_PERIOD: u32 = 10;
pub const INPUT: [u8; 4] = [1, 200, 0, 77];
/// The blinder of the models' commitments.
const MODEL_BLINDER: u8 = 5;

/// A model with its keys.
pub struct Fixture {
	model: Model,
	keys: Keys,
	/// That its owner knows it, proved once for all tests.
	possession: OnceLock<PossessionOf<Runtime>>,
}

impl Fixture {
	/// A model of this shape, with a development setup.
	pub fn new(widths: Vec<u32>, layers: Vec<Parameters>) -> Self {
		let architecture = Architecture::perceptron(&widths).expect("small enough");
		let model = Model::new(architecture.clone(), layers).expect("within the bounds");
		let keys =
			development_setup(&architecture, Scheme::Hashed, &mut rand::rngs::OsRng, &mut Silent)
				.expect("the setup succeeds");
		Self { model, keys, possession: OnceLock::new() }
	}

	/// The answer to [`INPUT`] and its proof under a binding.
	fn answer_bound_to(&self, binding: Binding) -> (Vec<u8>, Vec<u8>) {
		let circuit = InferenceCircuit::with_witness(
			&self.model,
			&ModelBlinder::new(Fr::from(MODEL_BLINDER)),
			&INPUT,
			&InputBlinder::none(),
			binding,
		)
		.expect("the input fits");
		let output = circuit.claims()[0].output.clone();
		let inputs = circuit.public_inputs().expect("there is a witness").to_vec();
		let proof =
			prove(&self.keys.proving, circuit, &inputs, &mut rand::rngs::OsRng, &mut Silent)
				.expect("the proof verifies");
		(output, proof.to_bytes().to_vec())
	}

	/// The answer of a worker to a job on this chain.
	pub fn answer(&self, job: JobId, worker: Sr25519Keyring) -> (Vec<u8>, Vec<u8>) {
		let genesis = GenesisHash(System::block_hash(0).0);
		self.answer_bound_to(binding(genesis, job, Claimant(account(worker).into())))
	}

	/// The circuit of this model.
	pub fn circuit(&self) -> CircuitId {
		CircuitId::of(
			Groth16::ID,
			&self.keys.verifying.to_bytes(),
			&self.model.architecture().schema(),
			&provenance(),
		)
	}

	/// The commitment to the model.
	fn commitment(&self) -> ModelCommitment {
		self.model.commitment(&ModelBlinder::new(Fr::from(MODEL_BLINDER)))
	}

	/// What shows that somebody knows the model.
	fn possession(&self, who: Sr25519Keyring) -> PossessionOf<Runtime> {
		possession(who, self.circuit(), self.commitment(), |binding| self.answer_bound_to(binding))
	}

	/// Registers circuit and model.
	pub fn register(&self) {
		let (key, schema) = (self.keys.verifying.to_bytes(), self.model.architecture().schema());
		assert_ok!(register_circuit(Groth16::ID, key, schema));
		let possession = self.possession.get_or_init(|| self.possession(OWNER));
		assert_ok!(register_model(self.circuit(), self.commitment(), possession.clone()));
	}
}

/// What is said of every key here.
pub fn provenance() -> Provenance {
	Provenance {
		source: Default::default(),
		transcript: Default::default(),
		declared: SetupKind::Development,
	}
}

/// Registers a circuit of Groth16 with this key, and a model on it, whose answer to [`INPUT`] and its proof
/// under a binding are given.
pub fn register(
	key: Vec<u8>,
	schema: StatementSchema,
	commitment: ModelCommitment,
	prove: impl FnOnce(Binding) -> (Vec<u8>, Vec<u8>),
) {
	let circuit = CircuitId::of(Groth16::ID, &key, &schema, &provenance());
	assert_ok!(register_circuit(Groth16::ID, key, schema));
	let possession = possession(OWNER, circuit, commitment, prove);
	assert_ok!(register_model(circuit, commitment, possession));
}

/// What shows that somebody knows a model, by the answer to [`INPUT`] and its proof under a binding.
pub fn possession(
	who: Sr25519Keyring,
	circuit: CircuitId,
	commitment: ModelCommitment,
	prove: impl FnOnce(Binding) -> (Vec<u8>, Vec<u8>),
) -> PossessionOf<Runtime> {
	let (output, proof) = prove(Models::possession_binding(&account(who), circuit, &commitment));
	Possession {
		input: commit_input(&INPUT, Fr::from(0u8)),
		output: BoundedVec::truncate_from(output),
		proof: BoundedVec::truncate_from(proof),
	}
}

/// Registers a circuit with this key.
pub fn register_circuit(
	system: SystemId,
	key: Vec<u8>,
	schema: StatementSchema,
) -> Result<(), DispatchError> {
	send(
		OWNER,
		pallet_circuits::Call::register {
			system,
			key: BoundedVec::truncate_from(key),
			schema,
			provenance: provenance(),
		},
	)
}

/// Registers a model on a circuit.
pub fn register_model(
	circuit: CircuitId,
	commitment: ModelCommitment,
	possession: PossessionOf<Runtime>,
) -> Result<(), DispatchError> {
	send(OWNER, registration(circuit, commitment, possession))
}

/// The call that registers a model on a circuit.
pub fn registration(
	circuit: CircuitId,
	commitment: ModelCommitment,
	possession: PossessionOf<Runtime>,
) -> pallet_models::Call<Runtime> {
	pallet_models::Call::register {
		circuit,
		commitment,
		royalty: ROYALTY,
		metadata: Metadata { hash: Default::default(), uri: Default::default() },
		possession,
	}
}

/// The model of the market, made once for all tests.
pub fn fixture() -> &'static Fixture {
	static FIXTURE: OnceLock<Fixture> = OnceLock::new();
	FIXTURE.get_or_init(|| {
		Fixture::new(
			vec![4, 3, 2],
			vec![
				Parameters {
					weights: vec![100, -50, 3, -7, 80, 60, 20, 30, -40, 90, 10, -20],
					biases: vec![500, -300, 0],
				},
				Parameters { weights: vec![70, -70, 35, 20, -15, 90], biases: vec![-4, 9] },
			],
		)
	})
}

/// The answer to [`INPUT`] and its proof under a binding.
fn answer_bound_to(binding: Binding) -> (Vec<u8>, Vec<u8>) {
	fixture().answer_bound_to(binding)
}

/// The answer of a worker to a job on this chain.
fn answer(job: JobId, worker: Sr25519Keyring) -> (Vec<u8>, Vec<u8>) {
	fixture().answer(job, worker)
}

fn circuit() -> CircuitId {
	fixture().circuit()
}

fn register_worker(who: Sr25519Keyring) {
	assert_ok!(send(
		who,
		pallet_workers::Call::register { bond: BOND, metadata: Default::default() }
	));
}

/// Opens a job on this model's first version.
pub fn open_on(model: ModelId) -> JobId {
	open_at(model, Price::Fixed(PRICE), Demands::default())
}

/// Opens a job on this model's first version at this price.
fn open_at(model: ModelId, price: PriceOf<Runtime>, demands: Demands<Runtime>) -> JobId {
	let job = pallet_jobs::NextJobId::<Runtime>::get();
	assert_ok!(send(
		REQUESTER,
		pallet_jobs::Call::open {
			model,
			version: Version::FIRST,
			input_commitment: commit_input(&INPUT, Fr::from(0u8)),
			input: Some(BoundedVec::truncate_from(INPUT.to_vec())),
			price,
			tier: Tier::Proven,
			demands,
			proving_period: PROVING_PERIOD,
			deadline: System::block_number() + 4 * PROVING_PERIOD,
		}
	));
	job
}

fn open() -> JobId {
	open_on(ModelId(0))
}

pub fn claim(who: Sr25519Keyring, job: JobId) -> Result<(), DispatchError> {
	send(who, pallet_jobs::Call::claim { job })
}

pub fn submit(
	who: Sr25519Keyring,
	job: JobId,
	(output, proof): (Vec<u8>, Vec<u8>),
) -> Result<(), DispatchError> {
	send(
		who,
		pallet_jobs::Call::submit {
			job,
			output: BoundedVec::truncate_from(output),
			proof: BoundedVec::truncate_from(proof),
		},
	)
}

/// Has a stranger pay the owner of a model what its first version is owed.
pub fn collect(model: ModelId) {
	let call = pallet_models::Call::collect_royalty { model, version: Version::FIRST };
	assert_ok!(send(STRANGER, call));
}

fn expire(job: JobId) -> Result<(), DispatchError> {
	send(STRANGER, pallet_jobs::Call::expire { job })
}

/// A chain on which circuit, model and two workers are registered.
pub fn market(test: impl FnOnce()) {
	development().execute_with(|| {
		fixture().register();
		register_worker(WORKER);
		register_worker(RIVAL);
		test();
		assert_eq!(books::check(), Ok(()));
	});
}

mod an_answered_job {
	use super::*;

	#[test]
	fn pays_worker_owner_and_fee_to_the_last_unit() {
		market(|| {
			let (owner, requester, worker) = (free(OWNER), free(REQUESTER), free(WORKER));
			let supply = issuance();
			let job = open();
			assert_ok!(claim(WORKER, job));
			assert_ok!(submit(WORKER, job, answer(job, WORKER)));

			// 5 % and 10 % of 3_000_000_000_007, rounded down.
			let (fee, royalty) = (150_000_000_000, 300_000_000_000);
			assert_eq!(free(WORKER), worker + PRICE - fee - royalty);
			assert_eq!(free(OWNER), owner);
			collect(ModelId(0));
			assert_eq!(free(OWNER), owner + royalty);
			assert_eq!(free(REQUESTER), requester - PRICE);
			assert_eq!(held(REQUESTER), 0);
			assert_eq!(bonded(WORKER), BOND);
			assert_eq!(issuance(), supply - fee);
		});
	}

	#[test]
	fn for_a_named_worker_is_paid_at_the_price_that_its_claim_has_fixed() {
		market(|| {
			let before = [REQUESTER, WORKER, OWNER].map(free);
			let who = Who::Named(BoundedVec::truncate_from(vec![account(WORKER)]));
			let price = Price::Rising { from: UNIT, to: PRICE, blocks: 20 };
			let job = open_at(ModelId(0), price, Demands { who, ..Default::default() });
			advance(7);
			assert_noop!(claim(RIVAL, job), Error::<Runtime>::NotNamed);
			assert_ok!(claim(WORKER, job));
			assert_ok!(submit(WORKER, job, answer(job, WORKER)));
			// Seven twentieths of the way from 1 to 3.000000000007.
			let price = UNIT + (2 * UNIT + 7) * 7 / 20;
			let (royalty, fee) = (price / 10, price / 20);
			assert_eq!(free(REQUESTER), before[0] - price);
			assert_eq!(free(WORKER), before[1] + price - royalty - fee);
			collect(ModelId(0));
			assert_eq!(free(OWNER), before[2] + royalty);
		});
	}

	#[test]
	fn counts_for_the_worker_s_reputation() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			assert_ok!(submit(WORKER, job, answer(job, WORKER)));
			let reputation = Workers::reputation(account(WORKER));
			assert_eq!(reputation.settled, 1);
			// A fee of 0.15 beside a prior of 1.
			assert_eq!(reputation.score, Permill::from_parts(130_434));
		});
	}

	#[test]
	fn cannot_be_answered_again() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			let answer = answer(job, WORKER);
			assert_ok!(submit(WORKER, job, answer.clone()));
			assert_noop!(submit(WORKER, job, answer), Error::<Runtime>::UnknownJob);
		});
	}
}

mod a_proof {
	use super::*;

	#[test]
	fn of_another_output_is_refused() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			let (mut output, proof) = answer(job, WORKER);
			output[0] ^= 1;
			assert_noop!(submit(WORKER, job, (output, proof)), Error::<Runtime>::InvalidProof);
		});
	}

	#[test]
	fn for_another_job_is_refused() {
		market(|| {
			let (first, second) = (open(), open());
			assert_ok!(claim(WORKER, first));
			assert_ok!(claim(WORKER, second));
			assert_noop!(
				submit(WORKER, second, answer(first, WORKER)),
				Error::<Runtime>::InvalidProof
			);
			assert_ok!(submit(WORKER, first, answer(first, WORKER)));
		});
	}

	#[test]
	fn for_another_chain_is_refused() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			let elsewhere = binding(GenesisHash([9; 32]), job, Claimant(account(WORKER).into()));
			let elsewhere = answer_bound_to(elsewhere);
			assert_noop!(submit(WORKER, job, elsewhere), Error::<Runtime>::InvalidProof);
		});
	}

	#[test]
	fn bound_to_nothing_is_refused() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			assert_noop!(
				submit(WORKER, job, answer_bound_to(Binding::NONE)),
				Error::<Runtime>::InvalidProof
			);
		});
	}

	#[test]
	fn stolen_by_a_worker_that_took_over_is_refused() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			let stolen = answer(job, WORKER);
			assert_noop!(submit(RIVAL, job, stolen.clone()), Error::<Runtime>::NotClaimant);
			advance(PROVING_PERIOD + 1);
			assert_ok!(claim(RIVAL, job));
			assert_noop!(submit(RIVAL, job, stolen), Error::<Runtime>::InvalidProof);
			assert_ok!(submit(RIVAL, job, answer(job, RIVAL)));
		});
	}

	#[test]
	fn with_a_byte_missing_is_refused() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			let (output, proof) = answer(job, WORKER);
			let shorter = proof[..255].to_vec();
			assert_noop!(submit(WORKER, job, (output, shorter)), Error::<Runtime>::MalformedProof);
		});
	}
}

mod a_registration {
	use super::*;

	#[test]
	fn that_is_copied_from_the_pool_and_sent_first_is_refused_and_locks_nobody_out() {
		development().execute_with(|| {
			let fixture = fixture();
			let key = fixture.keys.verifying.to_bytes();
			assert_ok!(register_circuit(Groth16::ID, key, fixture.model.architecture().schema()));
			let pending =
				registration(fixture.circuit(), fixture.commitment(), fixture.possession(OWNER));
			let refused: DispatchError = pallet_models::Error::<Runtime>::InvalidProof.into();
			assert_noop!(send(STRANGER, pending.clone()), refused);
			assert_ok!(send(OWNER, pending));
			assert_eq!(Models::model(ModelId(0)).expect("it is registered").owner, account(OWNER));
		});
	}

	#[test]
	fn with_the_answer_to_a_job_is_refused_though_whoever_answered_knows_the_model() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			let fixture = fixture();
			let (circuit, commitment) = (fixture.circuit(), fixture.commitment());
			let of_job = possession(WORKER, circuit, commitment, |_| answer(job, WORKER));
			assert_noop!(
				send(WORKER, registration(circuit, commitment, of_job)),
				pallet_models::Error::<Runtime>::InvalidProof
			);
			assert_ok!(send(WORKER, registration(circuit, commitment, fixture.possession(WORKER))));
		});
	}
}

mod a_late_answer {
	use super::*;

	#[test]
	fn counts_in_the_last_block_of_the_claim() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			advance(PROVING_PERIOD);
			assert_ok!(submit(WORKER, job, answer(job, WORKER)));
		});
	}

	#[test]
	fn is_refused_one_block_later_and_costs_the_bond() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			advance(PROVING_PERIOD + 1);
			assert_noop!(
				submit(WORKER, job, answer(job, WORKER)),
				Error::<Runtime>::DeadlinePassed
			);

			let (requester, supply) = (free(REQUESTER), issuance());
			assert_ok!(expire(job));
			// Half the price, rounded up, was at stake; a little of it is for whoever answers.
			let bond = PRICE.div_ceil(2);
			assert_eq!(bonded(WORKER), BOND - bond);
			assert_eq!(free(REQUESTER), requester);
			assert_eq!(Jobs::job(job).map(|job| job.bounty), Some(MAX_BOUNTY));
			assert_eq!(issuance(), supply - (bond - MAX_BOUNTY));
			assert_eq!(Workers::reputation(account(WORKER)).failed, 1);
		});
	}

	#[test]
	fn ends_in_a_refund_when_no_time_is_left() {
		market(|| {
			let (before, job) = (free(REQUESTER), open());
			assert_ok!(claim(WORKER, job));
			advance(4 * PROVING_PERIOD + 1);
			assert_ok!(expire(job));
			assert_eq!(free(REQUESTER), before + MAX_BOUNTY);
			assert_eq!(held(REQUESTER), 0);
			assert_eq!(Jobs::job_status(job), JobStatus::Ended);
		});
	}
}

mod a_frozen_circuit {
	use super::*;

	#[test]
	fn accepts_no_proof_and_costs_nobody_anything() {
		market(|| {
			let (before, job) = (free(REQUESTER), open());
			assert_ok!(claim(WORKER, job));
			let answer = answer(job, WORKER);
			assert_ok!(send_as_root(pallet_circuits::Call::freeze { circuit: circuit() }));
			assert_noop!(submit(WORKER, job, answer), Error::<Runtime>::FrozenCircuit);
			assert_noop!(expire(job), Error::<Runtime>::NotExpirable);
			assert_ok!(send(WORKER, pallet_jobs::Call::expire { job }));
			assert_eq!(free(REQUESTER), before);
			assert_eq!(bonded(WORKER), BOND);
			assert_eq!(Workers::reputation(account(WORKER)).excused, 1);
		});
	}
}

mod an_unfrozen_circuit {
	use super::*;

	#[test]
	fn gives_back_to_a_claim_the_time_that_the_freeze_took() {
		market(|| {
			let job = open();
			assert_ok!(claim(WORKER, job));
			let answer = answer(job, WORKER);
			assert_ok!(send_as_root(pallet_circuits::Call::freeze { circuit: circuit() }));
			advance(10 * PROVING_PERIOD);
			assert_ok!(send_as_root(pallet_circuits::Call::unfreeze { circuit: circuit() }));
			advance(PROVING_PERIOD);
			assert_ok!(submit(WORKER, job, answer));
		});
	}
}

mod a_proxy {
	use super::*;
	use candor_runtime::{configs::proxy::ProxyType, RuntimeCall};

	fn as_proxy(call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
		assert_ok!(send(
			STRANGER,
			pallet_proxy::Call::proxy {
				real: account(WORKER).into(),
				force_proxy_type: None,
				call: Box::new(call.into()),
			}
		));
		let result = System::events().into_iter().rev().find_map(|record| match record.event {
			candor_runtime::RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => {
				Some(result)
			}
			_ => None,
		});
		result.expect("the proxy says what came of the call")
	}

	/// Lets the stranger act for the worker.
	fn delegate(proxy_type: ProxyType) {
		assert_ok!(send(
			WORKER,
			pallet_proxy::Call::add_proxy {
				delegate: account(STRANGER).into(),
				proxy_type,
				delay: 0,
			}
		));
	}

	/// Every way of moving money out of the worker's account, or of staking more of it.
	fn ways_to_lose_money() -> Vec<RuntimeCall> {
		let dest: candor_runtime::Address = account(STRANGER).into();
		vec![
			pallet_balances::Call::transfer_allow_death { dest: dest.clone(), value: UNIT }.into(),
			pallet_balances::Call::transfer_all { dest, keep_alive: false }.into(),
			pallet_workers::Call::register { bond: BOND, metadata: Default::default() }.into(),
			pallet_workers::Call::bond_more { amount: BOND }.into(),
			pallet_workers::Call::unbond { amount: UNIT }.into(),
			pallet_workers::Call::deregister {}.into(),
			pallet_models::Call::transfer_ownership {
				model: ModelId(0),
				new_owner: account(STRANGER),
			}
			.into(),
			pallet_jobs::Call::open {
				model: ModelId(0),
				version: Version::FIRST,
				input_commitment: commit_input(&INPUT, Fr::from(0u8)),
				input: None,
				price: Price::Fixed(PRICE),
				tier: Tier::Proven,
				demands: Demands::default(),
				proving_period: PROVING_PERIOD,
				deadline: System::block_number() + 4 * PROVING_PERIOD,
			}
			.into(),
		]
	}

	#[test]
	fn of_a_worker_answers_jobs_and_risks_no_more_than_the_bond() {
		market(|| {
			delegate(ProxyType::Worker);
			let jobs = [open(), open()];
			for job in jobs {
				assert_ok!(as_proxy(pallet_jobs::Call::claim { job }));
			}
			assert_ok!(as_proxy(pallet_jobs::Call::decline { job: jobs[0] }));
			assert_eq!(
				as_proxy(pallet_jobs::Call::submit_batch {
					answers: Default::default(),
					distinct: Distinct::ONE,
				}),
				Err(Error::<Runtime>::EmptyBatch.into())
			);
			let refused: DispatchError = frame_system::Error::<Runtime>::CallFiltered.into();
			for call in ways_to_lose_money() {
				let batch = pallet_utility::Call::batch_all { calls: vec![call.clone()] };
				assert_eq!(as_proxy(batch), Err(refused), "in a batch: {call:?}");
				assert_eq!(as_proxy(call.clone()), Err(refused), "{call:?}");
			}
		});
	}

	/// The owner is the account in whose name the proxy acts.
	#[test]
	fn registers_a_model_that_its_account_has_shown_to_know() {
		market(|| {
			delegate(ProxyType::NonTransfer);
			let fixture = fixture();
			let (circuit, commitment) = (fixture.circuit(), fixture.commitment());
			let shown_by = |who| registration(circuit, commitment, fixture.possession(who));
			let refused: DispatchError = pallet_models::Error::<Runtime>::InvalidProof.into();
			assert_eq!(as_proxy(shown_by(STRANGER)), Err(refused));
			assert_ok!(as_proxy(shown_by(WORKER)));
			assert_eq!(Models::model(ModelId(1)).expect("it is there").owner, account(WORKER));
		});
	}

	#[test]
	fn that_must_not_transfer_can_neither_stake_nor_lose_anything() {
		market(|| {
			delegate(ProxyType::NonTransfer);
			let job = open();
			let refused: DispatchError = frame_system::Error::<Runtime>::CallFiltered.into();
			for call in ways_to_lose_money() {
				assert_eq!(as_proxy(call.clone()), Err(refused), "{call:?}");
			}
			assert_eq!(as_proxy(pallet_jobs::Call::claim { job }), Err(refused));
			assert_eq!(as_proxy(pallet_jobs::Call::decline { job }), Err(refused));
			// The rest is the account's business.
			assert_ok!(as_proxy(pallet_workers::Call::set_metadata {
				metadata: Default::default()
			}));
			assert_ok!(claim(WORKER, job));
			let (output, proof) = answer(job, WORKER);
			assert_ok!(as_proxy(pallet_jobs::Call::submit {
				job,
				output: BoundedVec::truncate_from(output),
				proof: BoundedVec::truncate_from(proof),
			}));
		});
	}
}
