// SPDX-License-Identifier: Apache-2.0

//! Whether whoever registers a model knows it. Proofs are made with trapdoors.

use crate::common::*;
use candor_groth16::{Fr, Groth16, Proof, StagedGroth16};
use candor_statement::{
	binding, possession as bound_to, Binding, CircuitHash, Claimant, GenesisHash, InputCommitment,
	JobId, ModelCommitment, Owner, Statement, StatementSchema,
};
use candor_testing::{
	groth16::{Keyed, StagedKeyed},
	insecure, register_circuit, MarketProofs, Padded, ProofBatch, ProofSystem, INPUTS, INPUT_LEN,
	OUTPUT_LEN, PROVENANCE, SCHEMA,
};
use candor_trapdoor::g1;
use frame_support::{
	assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo, weights::Weight,
};
use pallet_circuits::{Batch, PreparedKeys};
use pallet_models::{weights::at_most, Error, PossessionOf, WeightInfo};
use sp_runtime::traits::Convert;

const V2: StatementSchema =
	StatementSchema::InferenceV2 { input_len: INPUT_LEN, output_len: OUTPUT_LEN };

/// Proves anything.
type Prove = Box<dyn Fn(&Statement<'_>) -> Vec<u8>>;

/// A model that is not registered yet, on a circuit that is, about which anything can be proved.
struct Known {
	circuit: CircuitId,
	commitment: ModelCommitment,
	prove: Prove,
}

impl Known {
	fn insecure() -> Self {
		let prove = |statement: &Statement<'_>| {
			insecure::prove(&insecure::key(INPUTS, 0), statement).to_vec()
		};
		Self { circuit: circuit(), commitment: commitment(1), prove: Box::new(prove) }
	}

	fn plain() -> Self {
		let keyed = Keyed::new(INPUTS.into(), 0);
		let circuit = register_circuit(Groth16::ID, keyed.key.to_bytes(), SCHEMA);
		let prove = move |statement: &Statement<'_>| keyed.prove(statement);
		Self { circuit, commitment: commitment(1), prove: Box::new(prove) }
	}

	fn staged(keyed: StagedKeyed) -> Self {
		let circuit = register_circuit(StagedGroth16::ID, keyed.key(), V2);
		let commitment = keyed.commitment();
		let prove = move |statement: &Statement<'_>| keyed.prove(statement);
		Self { circuit, commitment, prove: Box::new(prove) }
	}

	/// One of each system, with and without a challenge.
	fn of_every_system() -> [Self; 4] {
		[Self::insecure(), Self::plain(), Self::staged(challenged()), Self::staged(unchallenged())]
	}

	/// A proof about the model under a binding.
	fn bound(&self, binding: Binding) -> PossessionOf<Test> {
		let (input, output) = (candor_testing::input_commitment(), vec![7; OUTPUT_LEN as usize]);
		let statement = Statement { model: self.commitment, input, output: &output, binding };
		let proof = (self.prove)(&statement).try_into().unwrap();
		PossessionOf::<Test> { input, output: output.try_into().unwrap(), proof }
	}

	/// What shows that `who` knows the model.
	fn possession(&self, who: AccountId) -> PossessionOf<Test> {
		self.bound(ModelsPallet::possession_binding(&who, self.circuit, &self.commitment))
	}

	fn register(&self, who: AccountId, shown: PossessionOf<Test>) -> DispatchResultWithPostInfo {
		self.register_under(who, self.commitment, shown)
	}

	fn register_under(
		&self,
		who: AccountId,
		commitment: ModelCommitment,
		shown: PossessionOf<Test>,
	) -> DispatchResultWithPostInfo {
		ModelsPallet::register(
			RuntimeOrigin::signed(who),
			self.circuit,
			commitment,
			royalty(),
			metadata(),
			shown,
		)
	}

	/// The call and the view function refuse for this reason and write nothing, and what is right is taken.
	fn refuses(&self, who: AccountId, shown: PossessionOf<Test>, error: Error<Test>) {
		let (circuit, commitment) = (self.circuit, self.commitment);
		let view = ModelsPallet::can_register(who, circuit, commitment, royalty(), shown.clone());
		let told: sp_runtime::DispatchError = error.into();
		assert_eq!(view, Err(told));
		assert_noop!(self.register(who, shown), told);
		let right = self.possession(who);
		// Every registration holds a deposit.
		candor_testing::set_free(who, INITIAL_BALANCE);
		assert_ok!(ModelsPallet::can_register(who, circuit, commitment, royalty(), right.clone()));
		assert_ok!(self.register(who, right));
	}
}

fn challenged() -> StagedKeyed {
	StagedKeyed::new(u64::from(INPUTS) - 1, 1)
}

fn unchallenged() -> StagedKeyed {
	let mut keyed = StagedKeyed::new(u64::from(INPUTS) - 1, 2);
	keyed.trapdoor.stage_one = None;
	// That of the challenge.
	keyed.trapdoor.plain.ic.pop();
	keyed
}

/// Whether a proof of a statement holds.
fn holds(circuit: CircuitId, statement: &Statement<'_>, proof: &[u8]) -> bool {
	let mut batch = Batch::<Test>::default();
	let admitted = batch.admit(circuit).unwrap();
	batch
		.add(admitted, &[*statement], proof)
		.and_then(|()| batch.verify().map_err(|_| candor_testing::ProofRefusal::Invalid))
		== Ok(())
}

fn genesis() -> GenesisHash {
	GenesisHash(frame_system::BlockHash::<Test>::get(0).0)
}

#[test]
fn the_binding_is_that_of_the_statement() {
	build_and_execute(|| {
		let model = commitment(1);
		let statement =
			bound_to(genesis(), CircuitHash(circuit().0 .0), &model, Owner(Padded::convert(ALICE)));
		assert_eq!(ModelsPallet::possession_binding(&ALICE, circuit(), &model), statement);
	});
}

#[test]
fn a_model_of_every_system_is_registered_by_whoever_proves_to_know_it() {
	build_and_execute(|| {
		for known in Known::of_every_system() {
			for who in [ALICE, BOB] {
				assert_ok!(known.register(who, known.possession(who)));
			}
		}
	});
}

/// What its owner has shown once, the owner need not show again.
#[test]
fn one_proof_serves_its_owner_for_more_models_versions_and_after_removal() {
	build_and_execute(|| {
		let known = Known::staged(challenged());
		let (model, shown) = (ModelId(0), known.possession(ALICE));
		for _ in 0..2 {
			assert_ok!(known.register(ALICE, shown.clone()));
		}
		let publish = |who| {
			ModelsPallet::publish_version(
				RuntimeOrigin::signed(who),
				model,
				known.circuit,
				known.commitment,
				royalty(),
				metadata(),
				shown.clone(),
			)
		};
		assert_ok!(publish(ALICE));
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_ok!(ModelsPallet::deprecate(alice(), ModelId(1), Version::FIRST));
		assert_ok!(ModelsPallet::remove_version(alice(), ModelId(1), Version::FIRST));
		assert_ok!(known.register(ALICE, shown.clone()));

		// Whoever gets the model, but not the weights, publishes nothing by it.
		assert_ok!(ModelsPallet::transfer_ownership(alice(), model, BOB));
		assert_noop!(publish(BOB), Error::<Test>::InvalidProof);
	});
}

mod reject {
	use super::*;

	/// The proof that `make` gives is refused as one that shows nothing, in every system.
	fn in_every_system(make: impl Fn(&Known) -> PossessionOf<Test>) {
		build_and_execute(|| {
			for known in Known::of_every_system() {
				known.refuses(BOB, make(&known), Error::InvalidProof);
			}
		});
	}

	#[test]
	fn a_copy_by_another_account() {
		in_every_system(|known| known.possession(ALICE));
	}

	#[test]
	fn a_copy_that_was_registered_first() {
		build_and_execute(|| {
			for known in Known::of_every_system() {
				let pending = known.possession(ALICE);
				assert_noop!(known.register(BOB, pending.clone()), Error::<Test>::InvalidProof);
				assert_ok!(known.register(ALICE, pending));
			}
		});
	}

	/// Where there is no challenge, anybody makes a proof for `M` into one for `M + m delta`, of the same
	/// statement. That statement names the owner, and `M`.
	#[test]
	fn a_commitment_that_was_randomised_again_with_its_proof() {
		build_and_execute(|| {
			let keyed = unchallenged();
			let (eta, delta) = (keyed.trapdoor.eta.unwrap(), keyed.trapdoor.plain.delta);
			let m = Fr::from(5);
			let other =
				StagedKeyed { trapdoor: keyed.trapdoor.clone(), model: keyed.model + m * delta };
			let known = Known::staged(keyed);
			let (randomised, of_alice) = (other.commitment(), known.possession(ALICE));
			assert_ne!(randomised, known.commitment);
			let mut proof = Proof::from_bytes(&of_alice.proof).unwrap();
			proof.c = (proof.c - g1(m * eta)).into();
			let stolen =
				PossessionOf::<Test> { proof: proof.to_bytes().try_into().unwrap(), ..of_alice };

			// It holds, of what Alice has stated.
			let stated = Statement {
				model: randomised,
				input: stolen.input,
				output: &stolen.output,
				binding: ModelsPallet::possession_binding(&ALICE, known.circuit, &known.commitment),
			};
			assert!(holds(known.circuit, &stated, &stolen.proof));

			for who in [ALICE, BOB] {
				assert_noop!(
					known.register_under(who, randomised, stolen.clone()),
					Error::<Test>::InvalidProof
				);
			}
		});
	}

	#[test]
	fn a_proof_about_another_model() {
		build_and_execute(|| {
			let known = Known::plain();
			let shown = known.possession(ALICE);
			assert_noop!(
				known.register_under(ALICE, commitment(2), shown),
				Error::<Test>::InvalidProof
			);
		});
	}

	#[test]
	fn a_proof_for_a_job() {
		in_every_system(|known| {
			known.bound(binding(genesis(), JobId(0), Claimant(Padded::convert(BOB))))
		});
	}

	#[test]
	fn a_proof_that_is_bound_to_nothing() {
		in_every_system(|known| known.bound(Binding::NONE));
	}

	#[test]
	fn a_proof_for_another_chain() {
		in_every_system(|known| {
			let circuit = CircuitHash(known.circuit.0 .0);
			let owner = Owner(Padded::convert(BOB));
			known.bound(bound_to(GenesisHash([9; 32]), circuit, &known.commitment, owner))
		});
	}

	/// The key is the same, and so would be what the proof says.
	#[test]
	fn a_proof_for_another_circuit_with_the_same_key() {
		build_and_execute(|| {
			let keyed = Keyed::new(INPUTS.into(), 0);
			let known = Known::plain();
			let elsewhere = candor_testing::Provenance { source: Default::default(), ..PROVENANCE };
			assert_ok!(CircuitsPallet::register(
				RuntimeOrigin::signed(ALICE),
				Groth16::ID,
				keyed.key.to_bytes().try_into().unwrap(),
				SCHEMA,
				elsewhere,
			));
			let shown = known.possession(BOB);
			let twin = CircuitId::of(Groth16::ID, &keyed.key.to_bytes(), &SCHEMA, &elsewhere);
			Known { circuit: twin, ..known }.refuses(BOB, shown, Error::InvalidProof);
		});
	}

	#[test]
	fn another_output_or_input_than_was_proved() {
		in_every_system(|known| {
			let mut shown = known.possession(BOB);
			shown.output[0] ^= 1;
			shown
		});
		in_every_system(|known| PossessionOf::<Test> {
			input: InputCommitment::from_bytes([2; 32]),
			..known.possession(BOB)
		});
	}

	#[test]
	fn an_output_of_another_length() {
		build_and_execute(|| {
			for known in Known::of_every_system() {
				for length in [0, OUTPUT_LEN - 1, OUTPUT_LEN + 1] {
					let output = vec![7; length as usize].try_into().unwrap();
					let shown = PossessionOf::<Test> { output, ..known.possession(BOB) };
					known.refuses(BOB, shown, Error::WrongOutputLength);
				}
			}
		});
	}

	#[test]
	fn an_input_that_is_no_scalar() {
		build_and_execute(|| {
			for known in Known::of_every_system() {
				let input = InputCommitment::from_bytes([0xff; 32]);
				let shown = PossessionOf::<Test> { input, ..known.possession(BOB) };
				known.refuses(BOB, shown, Error::NonCanonicalCommitment);
			}
		});
	}

	#[test]
	fn bytes_that_are_no_proof() {
		build_and_execute(|| {
			for known in Known::of_every_system() {
				for bytes in [&[][..], &[0; 31], &[0xff; 256], &[0xff; 320]] {
					let proof = bytes.to_vec().try_into().unwrap();
					let shown = PossessionOf::<Test> { proof, ..known.possession(BOB) };
					known.refuses(BOB, shown, Error::MalformedProof);
				}
			}
			let known = Known::insecure();
			let proof = insecure::FOUND_LATE.to_vec().try_into().unwrap();
			let shown = PossessionOf::<Test> { proof, ..known.possession(BOB) };
			known.refuses(BOB, shown, Error::MalformedProof);
		});
	}

	#[test]
	fn a_new_version_without_a_proof_of_its_own() {
		build_and_execute(|| {
			let model = register(1);
			let publish = |seed, shown| {
				ModelsPallet::publish_version(
					RuntimeOrigin::signed(ALICE),
					model,
					circuit(),
					commitment(seed),
					royalty(),
					metadata(),
					shown,
				)
			};
			let of_first = possession(ALICE, circuit(), commitment(1));
			assert_noop!(publish(2, of_first), Error::<Test>::InvalidProof);
			assert_ok!(publish(2, possession(ALICE, circuit(), commitment(2))));
		});
	}

	/// What a circuit accepts no proofs for, nobody shows to know.
	#[test]
	fn anything_about_a_frozen_circuit() {
		build_and_execute(|| {
			let known = Known::plain();
			assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), known.circuit));
			assert_noop!(known.register(BOB, known.possession(BOB)), Error::<Test>::FrozenCircuit);
			assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), known.circuit));
			assert_ok!(known.register(BOB, known.possession(BOB)));
		});
	}

	/// Nobody pays little for much: the key is not even there when the cheap checks are made.
	#[test]
	fn what_costs_least_first_without_reading_the_key() {
		build_and_execute(|| {
			let known = Known::plain();
			let shown = known.possession(BOB);
			let key = PreparedKeys::<Test>::take(known.circuit).unwrap();
			let short = PossessionOf::<Test> { output: Default::default(), ..shown.clone() };
			assert_noop!(known.register(BOB, short), Error::<Test>::WrongOutputLength);
			assert_noop!(
				known.register_under(BOB, ModelCommitment::Point([0; 64]), shown.clone()),
				Error::<Test>::NonCanonicalCommitment
			);
			assert_noop!(
				ModelsPallet::register(
					RuntimeOrigin::signed(BOB),
					known.circuit,
					known.commitment,
					sp_runtime::Permill::one(),
					metadata(),
					shown.clone(),
				),
				Error::<Test>::RoyaltyTooHigh
			);
			PreparedKeys::<Test>::insert(known.circuit, key);
			assert_ok!(known.register(BOB, shown));
		});
	}

	#[test]
	fn anything_under_a_key_that_cannot_be_read() {
		build_and_execute(|| {
			let known = Known::plain();
			let key = PreparedKeys::<Test>::get(known.circuit).unwrap();
			PreparedKeys::<Test>::insert(known.circuit, frame_support::BoundedVec::default());
			let shown = known.possession(BOB);
			assert_noop!(known.register(BOB, shown), Error::<Test>::UnusableKey);
			PreparedKeys::<Test>::insert(known.circuit, key);
		});
	}
}

mod in_the_market {
	use super::*;
	use candor_testing::{
		build_and_execute, claimed, possess, prove, prove_anything, submit_with, MODEL, WORKER,
	};

	/// The worker is the owner as well: what differs is what the proof is for.
	#[test]
	fn a_proof_of_possession_answers_no_job_and_the_answer_to_one_shows_no_possession() {
		build_and_execute(|| {
			let job = claimed();
			let model = candor_testing::job(job).model_commitment;
			let circuit = candor_testing::circuit();
			let shown = possess(WORKER, circuit, model, prove_anything);
			assert_noop!(
				submit_with(WORKER, job, shown.output.clone(), shown.proof.clone()),
				pallet_jobs::Error::<Test>::InvalidProof
			);
			let register = |proof| {
				ModelsPallet::register(
					RuntimeOrigin::signed(WORKER),
					circuit,
					model,
					royalty(),
					metadata(),
					PossessionOf::<Test> { proof, ..shown.clone() },
				)
			};
			let answer = prove(job, WORKER, &shown.output);
			assert_noop!(register(answer.clone()), Error::<Test>::InvalidProof);
			assert_ok!(register(shown.proof.clone()));
			assert_ok!(submit_with(WORKER, job, shown.output.clone(), answer));
			assert_ne!(owner_of(MODEL), Some(WORKER));
		});
	}
}

mod the_fee {
	use super::*;

	fn charged(known: &Known, shown: PossessionOf<Test>) -> Option<Weight> {
		match known.register(BOB, shown) {
			Ok(info) => info.actual_weight,
			Err(refused) => refused.post_info.actual_weight,
		}
	}

	#[test]
	fn is_that_of_the_circuit_s_system_and_that_of_the_dearest_where_the_proof_is_wrong() {
		build_and_execute(|| {
			let measured = <() as WeightInfo>::register(INPUTS.into());
			let [insecure, plain, staged, unchallenged] = Known::of_every_system();
			for known in [&insecure, &plain] {
				assert_eq!(charged(known, known.possession(BOB)), Some(measured));
			}
			let before = at_most::<Test>(<() as WeightInfo>::register);
			for known in [&staged, &unchallenged] {
				let dearer = charged(known, known.possession(BOB)).unwrap();
				assert!(dearer.ref_time() * 100 >= measured.ref_time() * 115, "{dearer}");
				assert!(dearer.ref_time() <= before.ref_time());
			}
			// Nothing is given back.
			assert_eq!(charged(&plain, plain.possession(ALICE)), None);
		});
	}

	#[test]
	fn is_that_of_the_largest_key_of_the_dearest_system_before() {
		let mut inputs = 0;
		let before = at_most::<Test>(|most| {
			inputs = most;
			<() as WeightInfo>::publish_version(most)
		});
		assert_eq!(inputs, <CircuitsPallet as MarketProofs<u64>>::MAX_PUBLIC_INPUTS);
		let measured = <() as WeightInfo>::publish_version(inputs).ref_time();
		let percent = u64::from(<CircuitsPallet as MarketProofs<u64>>::EFFORT.single);
		assert_eq!(before.ref_time(), measured / 100 * percent);
		assert!(measured > <() as WeightInfo>::publish_version(3).ref_time());
	}
}
