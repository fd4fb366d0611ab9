// SPDX-License-Identifier: Apache-2.0

//! Circuits whose models stand in the verifying equation: from registration to payment, alone and beside
//! plain ones. Proofs are made with trapdoors.

use crate::{
	batch::batch,
	chain::{account, free, issuance, send},
	market::{
		claim, collect, market, open_on, possession, provenance, register_circuit, register_model,
		registration, submit, INPUT, OWNER, PRICE, RIVAL, STRANGER, WORKER,
	},
};
use candor_bn254::encoding::encode_g1;
use candor_groth16::{Groth16, Proof, StagedGroth16, PROOF_BYTES, STAGED_PROOF_BYTES};
use candor_market::{CircuitId, ModelId, SystemId};
use candor_proof_system::{Effort, ProofSystem, ProofSystems};
use candor_runtime::{
	configs::circuits::Systems, Jobs, Runtime, RuntimeCall, RuntimeOrigin, System,
};
use candor_statement::{
	binding, commitment::commit_input, Claimant, Fr, GenesisHash, JobId, ModelCommitment,
	Statement, StatementSchema,
};
use candor_trapdoor::{g1, random_scalars, StagedTrapdoor, Trapdoor};
use frame_support::{assert_noop, assert_ok, weights::Weight, BoundedVec};
use pallet_jobs::{Answer, AnswersOf, Error, ItemRefusal};
use pallet_models::PossessionOf;
use rand::{rngs::StdRng, SeedableRng};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, DispatchError};

const OUTPUT: [u8; 1] = [42];
const V1: StatementSchema = StatementSchema::InferenceV1 { input_len: 4, output_len: 1 };
const V2: StatementSchema = StatementSchema::InferenceV2 { input_len: 4, output_len: 1 };
/// Public inputs of [`V2`].
const INPUTS: usize = 3;
/// The model of the market is the first.
const MODEL: ModelId = ModelId(1);
const OTHER: ModelId = ModelId(2);

fn rng(seed: u64) -> StdRng {
	StdRng::seed_from_u64(seed)
}

/// What the worker has to prove to be paid for this output.
fn statement<'a>(
	model: ModelCommitment,
	output: &'a [u8],
	job: JobId,
	worker: Sr25519Keyring,
) -> Statement<'a> {
	let genesis = GenesisHash(System::block_hash(0).0);
	Statement {
		model,
		input: commit_input(&INPUT, Fr::from(0u8)),
		output,
		binding: binding(genesis, job, Claimant(account(worker).into())),
	}
}

/// A staged key and a model on it.
struct Staged {
	trapdoor: StagedTrapdoor,
	/// The logarithm of the model's commitment.
	log: Fr,
}

impl Staged {
	/// With a stage one, if there are challenges.
	fn new(challenges: u8) -> Self {
		let rng = &mut rng(challenges.into());
		Self {
			trapdoor: StagedTrapdoor::random(INPUTS, challenges, rng),
			log: random_scalars(1, rng)[0],
		}
	}

	fn key(&self) -> Vec<u8> {
		self.trapdoor.key().to_bytes()
	}

	fn circuit(&self) -> CircuitId {
		CircuitId::of(StagedGroth16::ID, &self.key(), &V2, &provenance())
	}

	fn commitment(&self) -> ModelCommitment {
		commitment(self.log)
	}

	fn register(&self) {
		assert_ok!(register_circuit(StagedGroth16::ID, self.key(), V2));
		self.register_model(self.log);
	}

	/// Registers the model with this logarithm.
	fn register_model(&self, log: Fr) {
		let (circuit, model) = (self.circuit(), commitment(log));
		assert_ok!(register_model(circuit, model, self.possession(log)));
	}

	/// What shows that the owner knows the model with this logarithm.
	fn possession(&self, log: Fr) -> PossessionOf<Runtime> {
		let model = commitment(log);
		possession(OWNER, self.circuit(), model, |binding| {
			let input = commit_input(&INPUT, Fr::from(0u8));
			with(&self.prove_about(log, &Statement { model, input, output: &OUTPUT, binding }))
		})
	}

	/// A proof about the model with this logarithm.
	fn prove_about(&self, log: Fr, statement: &Statement<'_>) -> Proof {
		let inputs = statement.public_inputs_v2().expect("commitments are canonical");
		self.trapdoor.prove(Some(log), &inputs, &mut rng(9))
	}

	fn prove(&self, job: JobId, worker: Sr25519Keyring) -> Proof {
		self.prove_about(self.log, &statement(self.commitment(), &OUTPUT, job, worker))
	}
}

fn commitment(log: Fr) -> ModelCommitment {
	ModelCommitment::Point(encode_g1(&g1(log)))
}

/// A plain key whose trapdoor is known, and a model on it.
struct Plain(Trapdoor);

impl Plain {
	fn new() -> Self {
		Self(Trapdoor::random(INPUTS + 1, &mut rng(5)))
	}

	fn circuit(&self) -> CircuitId {
		CircuitId::of(Groth16::ID, &self.0.key().to_bytes(), &V1, &provenance())
	}

	fn commitment(&self) -> ModelCommitment {
		ModelCommitment::from_field(Fr::from(7))
	}

	fn register(&self) {
		assert_ok!(register_circuit(Groth16::ID, self.0.key().to_bytes(), V1));
		assert_ok!(register_model(self.circuit(), self.commitment(), self.possession()));
	}

	/// What shows that the owner knows the model.
	fn possession(&self) -> PossessionOf<Runtime> {
		let model = self.commitment();
		possession(OWNER, self.circuit(), model, |binding| {
			let input = commit_input(&INPUT, Fr::from(0u8));
			let statement = Statement { model, input, output: &OUTPUT, binding };
			let inputs = statement.public_inputs().expect("commitments are canonical");
			with(&self.0.prove(&inputs, &mut rng(8)))
		})
	}

	fn prove(&self, job: JobId, worker: Sr25519Keyring) -> Proof {
		let statement = statement(self.commitment(), &OUTPUT, job, worker);
		let inputs = statement.public_inputs().expect("commitments are canonical");
		self.0.prove(&inputs, &mut rng(9))
	}
}

/// A job on the model that the worker has claimed.
fn claimed(model: ModelId, worker: Sr25519Keyring) -> JobId {
	let job = open_on(model);
	assert_ok!(claim(worker, job));
	job
}

/// The output with a proof.
fn with(proof: &Proof) -> (Vec<u8>, Vec<u8>) {
	(OUTPUT.to_vec(), proof.to_bytes())
}

/// A proof of which `change` makes another.
fn changed(proof: &Proof, change: impl FnOnce(&mut Proof)) -> Proof {
	let mut proof = *proof;
	change(&mut proof);
	proof
}

mod a_circuit {
	use super::*;
	use pallet_circuits::Error;

	/// Registering the key under the system with the schema is refused.
	fn refused(system: SystemId, key: Vec<u8>, schema: StatementSchema, error: Error<Runtime>) {
		assert_noop!(register_circuit(system, key, schema), error);
	}

	#[test]
	fn is_of_the_system_whose_keys_and_schema_it_has() {
		market(|| {
			for challenges in [0, 1, 4] {
				let key = Staged::new(challenges).key();
				refused(StagedGroth16::ID, key.clone(), V1, Error::SchemaMismatch);
				refused(Groth16::ID, key.clone(), V1, Error::WrongKeyLength);
				refused(Groth16::ID, key.clone(), V2, Error::WrongKeyLength);
				assert_ok!(register_circuit(StagedGroth16::ID, key, V2));
			}
			let plain = Plain::new().0.key().to_bytes();
			refused(StagedGroth16::ID, plain.clone(), V2, Error::WrongKeyLength);
			refused(Groth16::ID, plain, V2, Error::SchemaMismatch);
		});
	}

	#[test]
	fn with_related_trapdoors_is_refused() {
		market(|| {
			let mut staged = Staged::new(1);
			staged.trapdoor.eta = Some(-staged.trapdoor.plain.delta);
			refused(StagedGroth16::ID, staged.key(), V2, Error::RelatedSetup);
			let mut staged = Staged::new(1);
			staged.trapdoor.stage_one = Some((staged.trapdoor.plain.gamma, 1));
			refused(StagedGroth16::ID, staged.key(), V2, Error::RelatedSetup);
		});
	}
}

mod a_model {
	use super::*;
	use pallet_models::Error;

	/// The modulus of the base field.
	const Q: [u8; 32] = [
		0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58,
		0x5d, 0x97, 0x81, 0x6a, 0x91, 0x68, 0x71, 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c,
		0xfd, 0x47,
	];

	/// The bytes of the point with these coordinates.
	fn point(x: [u8; 32], y: [u8; 32]) -> ModelCommitment {
		let mut bytes = [0; 64];
		bytes[..32].copy_from_slice(&x);
		bytes[32..].copy_from_slice(&y);
		ModelCommitment::Point(bytes)
	}

	fn small(value: u8) -> [u8; 32] {
		let mut bytes = [0; 32];
		bytes[31] = value;
		bytes
	}

	/// The modulus and a little.
	fn above_q(more: u8) -> [u8; 32] {
		let mut bytes = Q;
		bytes[31] += more;
		bytes
	}

	#[test]
	fn stands_under_a_point_of_the_curve_and_nothing_else() {
		market(|| {
			let staged = Staged::new(1);
			assert_ok!(register_circuit(StagedGroth16::ID, staged.key(), V2));
			for wrong in [
				ModelCommitment::from_field(Fr::from(7)),
				// At infinity, off the curve, and the generator with coordinates that are too large.
				point([0; 32], [0; 32]),
				point(small(1), small(3)),
				point(above_q(1), small(2)),
				point(small(1), above_q(2)),
				// The flags of other encodings.
				point(
					{
						let mut x = small(1);
						x[0] = 0x80;
						x
					},
					small(2),
				),
				point(
					{
						let mut x = [0; 32];
						x[0] = 0x40;
						x
					},
					[0; 32],
				),
				ModelCommitment::Point([0xff; 64]),
			] {
				assert_noop!(
					register_model(staged.circuit(), wrong, staged.possession(staged.log)),
					Error::<Runtime>::NonCanonicalCommitment
				);
			}
			// The generator.
			assert_eq!(commitment(Fr::from(1)), point(small(1), small(2)));
			staged.register_model(Fr::from(1));
		});
	}

	#[test]
	fn on_a_plain_circuit_stands_under_no_point() {
		market(|| {
			let plain = Plain::new();
			assert_ok!(register_circuit(Groth16::ID, plain.0.key().to_bytes(), V1));
			assert_noop!(
				register_model(plain.circuit(), point(small(1), small(2)), plain.possession()),
				Error::<Runtime>::NonCanonicalCommitment
			);
			assert_ok!(register_model(plain.circuit(), plain.commitment(), plain.possession()));
		});
	}

	/// What is not divided by a trapdoor can be added to a commitment by anybody, and nobody can tell.
	#[test]
	fn is_not_registered_under_a_commitment_that_somebody_else_has_randomised() {
		for challenges in [0, 1] {
			market(|| {
				let staged = Staged::new(challenges);
				assert_ok!(register_circuit(StagedGroth16::ID, staged.key(), V2));
				let (m, shown) = (Fr::from(3), staged.possession(staged.log));
				let delta = staged.trapdoor.plain.delta;
				let eta = staged.trapdoor.eta.expect("it has a model block");
				let randomised = commitment(staged.log + m * delta);
				let proof = Proof::from_bytes(&shown.proof).expect("it is one");
				let moved = changed(&proof, |proof| proof.c = (proof.c - g1(m * eta)).into());
				for proof in [proof, moved] {
					let proof = BoundedVec::truncate_from(proof.to_bytes());
					assert_noop!(
						register_model(
							staged.circuit(),
							randomised,
							PossessionOf::<Runtime> { proof, ..shown.clone() }
						),
						Error::<Runtime>::InvalidProof
					);
				}
				assert_ok!(register_model(staged.circuit(), staged.commitment(), shown));
			});
		}
	}

	#[test]
	fn is_charged_by_what_the_system_of_its_circuit_takes() {
		use candor_runtime::weights::pallet_models::WeightInfo as Weights;
		use pallet_models::WeightInfo as _;
		market(|| {
			let (plain, staged) = (Plain::new(), Staged::new(1));
			assert_ok!(register_circuit(Groth16::ID, plain.0.key().to_bytes(), V1));
			assert_ok!(register_circuit(StagedGroth16::ID, staged.key(), V2));
			let charged = |circuit, commitment, possession| {
				RuntimeCall::from(registration(circuit, commitment, possession))
					.dispatch(RuntimeOrigin::signed(account(OWNER)))
					.expect("it is right")
					.actual_weight
					.expect("it is corrected")
			};
			let measured = Weights::<Runtime>::register(4);
			let of_plain = charged(plain.circuit(), plain.commitment(), plain.possession());
			assert_eq!(of_plain, measured);
			let possession = staged.possession(staged.log);
			let dearer = charged(staged.circuit(), staged.commitment(), possession);
			let percent = u64::from(Systems::effort(StagedGroth16::ID).single);
			assert!(percent > 100);
			assert_eq!(dearer.ref_time(), (measured.ref_time() * percent).div_ceil(100));
		});
	}
}

mod an_answer {
	use super::*;

	#[test]
	fn is_paid_with_and_without_a_stage_one() {
		for (challenges, bytes) in
			[(0, PROOF_BYTES), (1, STAGED_PROOF_BYTES), (4, STAGED_PROOF_BYTES)]
		{
			market(|| {
				let staged = Staged::new(challenges);
				staged.register();
				let job = claimed(MODEL, WORKER);
				let (owner, worker, supply) = (free(OWNER), free(WORKER), issuance());
				let answer = with(&staged.prove(job, WORKER));
				assert_eq!(answer.1.len(), bytes);
				assert_ok!(submit(WORKER, job, answer));
				// 5 % and 10 % of 3_000_000_000_007, rounded down.
				let (fee, royalty) = (150_000_000_000, 300_000_000_000);
				assert_eq!(free(WORKER), worker + PRICE - fee - royalty);
				collect(MODEL);
				assert_eq!(free(OWNER), owner + royalty);
				assert_eq!(issuance(), supply - fee);
			});
		}
	}

	/// The answer is refused for this reason, and the right one is paid.
	fn refused(
		staged: &Staged,
		error: Error<Runtime>,
		wrong: impl Fn(JobId, Proof) -> (Vec<u8>, Vec<u8>),
	) {
		market(|| {
			staged.register();
			let job = claimed(MODEL, WORKER);
			let right = staged.prove(job, WORKER);
			assert_noop!(submit(WORKER, job, wrong(job, right)), error);
			assert_ok!(submit(WORKER, job, with(&right)));
		});
	}

	#[test]
	fn with_a_proof_of_the_length_of_the_other_blocks_is_malformed() {
		refused(&Staged::new(1), Error::MalformedProof, |_, proof| {
			with(&changed(&proof, |proof| proof.stage_one = None))
		});
		refused(&Staged::new(0), Error::MalformedProof, |_, proof| {
			with(&changed(&proof, |proof| proof.stage_one = Some(proof.a)))
		});
		refused(&Staged::new(1), Error::MalformedProof, |_, proof| {
			let (output, mut proof) = with(&proof);
			// Between A and B on one side, C on the other.
			proof[192..256].fill(0);
			(output, proof)
		});
	}

	#[test]
	fn with_another_commitment_to_stage_one_is_refused() {
		let change = |change: fn(&mut Proof)| {
			refused(&Staged::new(1), Error::InvalidProof, move |_, proof| {
				with(&changed(&proof, change))
			});
		};
		change(|proof| proof.stage_one = Some(proof.a));
		change(|proof| proof.stage_one = proof.stage_one.map(|point| -point));
		change(|proof| {
			let stage_one = proof.stage_one.replace(proof.c).expect("it has one");
			proof.c = stage_one;
		});
	}

	#[test]
	fn with_another_output_is_refused() {
		for challenges in [0, 1] {
			refused(&Staged::new(challenges), Error::InvalidProof, |_, proof| {
				(vec![OUTPUT[0] ^ 1], proof.to_bytes())
			});
		}
	}

	/// The equation would hold with the challenge of the true statement: what differs is moved into the
	/// commitment to stage one, as the trapdoors allow. But the challenge is another one then.
	#[test]
	fn with_an_input_that_was_moved_into_stage_one_is_refused() {
		let staged = Staged::new(1);
		let (sigma, _) = staged.trapdoor.stage_one.expect("there is a challenge");
		let plain = &staged.trapdoor.plain;
		// The output's word is the second input; the constant comes before them.
		let moved = plain.gamma * plain.ic[2] * Fr::from(OUTPUT[0]) / sigma
			- plain.gamma * plain.ic[2] * Fr::from(OUTPUT[0] + 1) / sigma;
		refused(&staged, Error::InvalidProof, |_, proof| {
			let proof = changed(&proof, |proof| {
				proof.stage_one = proof.stage_one.map(|point| (point + g1(moved)).into());
			});
			(vec![OUTPUT[0] + 1], proof.to_bytes())
		});
	}

	#[test]
	fn about_another_model_on_the_same_circuit_is_refused() {
		for challenges in [0, 1] {
			let staged = Staged::new(challenges);
			let log = staged.log + Fr::from(1);
			market(|| {
				staged.register();
				staged.register_model(log);
				let job = claimed(OTHER, WORKER);
				for wrong in [
					staged.prove(job, WORKER),
					staged
						.prove_about(staged.log, &statement(commitment(log), &OUTPUT, job, WORKER)),
				] {
					assert_noop!(submit(WORKER, job, with(&wrong)), Error::<Runtime>::InvalidProof);
				}
				let right =
					staged.prove_about(log, &statement(commitment(log), &OUTPUT, job, WORKER));
				assert_ok!(submit(WORKER, job, with(&right)));
			});
		}
	}

	#[test]
	fn of_another_worker_or_to_another_job_is_refused() {
		refused(&Staged::new(1), Error::InvalidProof, |job, _| {
			with(&Staged::new(1).prove(job, RIVAL))
		});
		refused(&Staged::new(1), Error::InvalidProof, |job, _| {
			with(&Staged::new(1).prove(JobId(job.0 + 1), WORKER))
		});
	}
}

mod a_batch {
	use super::*;

	/// Plain and staged keys, a job on each of their models, claimed, and right proofs.
	struct Mixed {
		plain: Plain,
		staged: Staged,
		jobs: [JobId; 2],
		proofs: [Proof; 2],
	}

	impl Mixed {
		fn new() -> Self {
			let (plain, staged) = (Plain::new(), Staged::new(1));
			plain.register();
			staged.register();
			let jobs = [claimed(MODEL, WORKER), claimed(OTHER, RIVAL)];
			let proofs = [plain.prove(jobs[0], WORKER), staged.prove(jobs[1], RIVAL)];
			Self { plain, staged, jobs, proofs }
		}

		fn answers(&self, proofs: &[Proof; 2]) -> Vec<Answer<Runtime>> {
			let workers = [WORKER, RIVAL].map(account);
			self.jobs
				.into_iter()
				.zip(workers)
				.zip(proofs)
				.map(|((job, worker), proof)| {
					let output = BoundedVec::truncate_from(OUTPUT.to_vec());
					Answer::to_one(job, worker, output, BoundedVec::truncate_from(proof.to_bytes()))
				})
				.collect()
		}

		fn submit(&self, proofs: &[Proof; 2]) -> Result<(), DispatchError> {
			send(STRANGER, batch(&self.answers(proofs)))
		}
	}

	#[test]
	fn of_plain_and_staged_answers_pays_all() {
		market(|| {
			let mixed = Mixed::new();
			let workers = [WORKER, RIVAL].map(free);
			let answers = AnswersOf::<Runtime>::truncate_from(mixed.answers(&mixed.proofs));
			let distinct = Jobs::distinct(answers.clone());
			assert_eq!(Jobs::would_settle(answers, distinct), Ok(vec![]));
			assert_ok!(mixed.submit(&mixed.proofs));
			assert!([WORKER, RIVAL].map(free).iter().zip(workers).all(|(now, then)| *now > then));
		});
	}

	/// One product has no wrong item: that a wrong proof which is alone in its system goes unnamed is
	/// what a common product looks like.
	#[test]
	fn is_one_product_in_which_no_wrong_proof_is_named() {
		market(|| {
			let mixed = Mixed::new();
			for place in [0, 1] {
				let mut wrong = mixed.proofs;
				wrong[place].c = -wrong[place].c;
				assert_noop!(mixed.submit(&wrong), Error::<Runtime>::InvalidBatch);
			}
			assert_ok!(mixed.submit(&mixed.proofs));
		});
	}

	#[test]
	fn with_faults_of_two_systems_that_cancel_each_other_is_refused() {
		market(|| {
			let mixed = Mixed::new();
			let (plain, staged) = (&mixed.plain.0, &mixed.staged.trapdoor.plain);
			// Paired with the deltas of the keys, one and minus one.
			let off = [(plain.delta, 1), (staged.delta, -1)]
				.map(|(delta, error)| g1(Fr::from(error) / delta));
			let mut wrong = mixed.proofs;
			for (proof, off) in wrong.iter_mut().zip(off) {
				proof.c = (proof.c + off).into();
			}
			assert_noop!(mixed.submit(&wrong), Error::<Runtime>::InvalidBatch);
			assert_ok!(mixed.submit(&mixed.proofs));
		});
	}

	#[test]
	fn names_a_proof_that_is_none_under_its_key() {
		market(|| {
			let mixed = Mixed::new();
			for (item, place) in [(0, 0), (1, 1)] {
				let mut wrong = mixed.proofs;
				wrong[place].stage_one = match place {
					0 => Some(wrong[0].a),
					_ => None,
				};
				let error = Error::<Runtime>::BadItem { item, reason: ItemRefusal::MalformedProof };
				assert_noop!(mixed.submit(&wrong), error);
			}
		});
	}
}

mod the_fee {
	use super::*;
	use pallet_jobs::WeightInfo;

	type Weights = candor_runtime::weights::pallet_jobs::WeightInfo<Runtime>;

	/// What is left of a call's weight once it is dispatched.
	fn weight(who: Sr25519Keyring, call: pallet_jobs::Call<Runtime>) -> Weight {
		RuntimeCall::from(call)
			.dispatch(RuntimeOrigin::signed(account(who)))
			.expect("it is right")
			.actual_weight
			.expect("it is corrected")
	}

	fn alone(job: JobId, proof: &Proof) -> Weight {
		let (output, proof) = with(proof);
		weight(
			WORKER,
			pallet_jobs::Call::submit {
				job,
				output: BoundedVec::truncate_from(output),
				proof: BoundedVec::truncate_from(proof),
			},
		)
	}

	/// The weight of these answers in a batch.
	fn together(answers: Vec<(JobId, Proof)>) -> Weight {
		let answers = answers
			.into_iter()
			.map(|(job, proof)| {
				let output = BoundedVec::truncate_from(OUTPUT.to_vec());
				let proof = BoundedVec::truncate_from(proof.to_bytes());
				Answer::to_one(job, account(WORKER), output, proof)
			})
			.collect::<Vec<_>>();
		weight(STRANGER, batch(&answers))
	}

	#[test]
	fn is_that_of_the_system_of_the_answer() {
		market(|| {
			let (plain, staged) = (Plain::new(), Staged::new(1));
			plain.register();
			staged.register();
			let jobs = [claimed(MODEL, WORKER), claimed(OTHER, WORKER)];
			let measured = Weights::submit(4);
			assert_eq!(alone(jobs[0], &plain.prove(jobs[0], WORKER)), measured);
			let dearer = alone(jobs[1], &staged.prove(jobs[1], WORKER));
			let percent = Systems::effort(StagedGroth16::ID).single;
			assert!(percent > Effort::MEASURED.single);
			assert_eq!(dearer.ref_time(), (measured.ref_time() * u64::from(percent)).div_ceil(100));
			assert_eq!(dearer.proof_size(), measured.proof_size());
		});
	}

	#[test]
	fn of_a_batch_is_that_of_the_dearest_system_in_it() {
		market(|| {
			let (plain, staged) = (Plain::new(), Staged::new(1));
			plain.register();
			staged.register();
			let of_plain = |count: usize| {
				(0..count)
					.map(|_| claimed(MODEL, WORKER))
					.map(|job| (job, plain.prove(job, WORKER)))
					.collect::<Vec<_>>()
			};
			let all_plain = together(of_plain(2));
			let mut mixed = of_plain(1);
			let job = claimed(OTHER, WORKER);
			mixed.push((job, staged.prove(job, WORKER)));
			let mixed = together(mixed);
			assert!(mixed.ref_time() * 100 >= all_plain.ref_time() * 115, "{mixed} {all_plain}");
			// No more than two answers one by one, each of the dearest system and for a worker of its own.
			let percent = u64::from(Systems::effort(StagedGroth16::ID).single);
			let settled = (Weights::submit(4).ref_time() * percent).div_ceil(100);
			let worker = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
			let one_by_one = 2 * (settled + worker.ref_time());
			assert!(mixed.ref_time() <= one_by_one, "{mixed} {one_by_one}");
		});
	}
}
