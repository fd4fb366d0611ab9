// SPDX-License-Identifier: Apache-2.0
//! What can be forged where one of the conditions of `docs/proof-system.md` does not hold: each
//! forgery passes without the check that guards the condition, and fails with it.

use super::*;
use crate::{
	commit_model,
	setup::Trapdoor,
	synthesis,
	test_circuit::{Scores, Shape, TABLE},
	Layout, Silent, Work,
};
use ark_bn254::{Bn254, G1Projective};
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{Field, Zero};
use ark_poly::EvaluationDomain;
use candor_operators::ModelBlinder;
use rand::{
	rngs::{OsRng, StdRng},
	SeedableRng,
};
use std::cell::Cell;

/// The key of a circuit, whatever its columns are, from secrets that were tampered with.
fn key_with(circuit: &Scores, change: impl FnOnce(&mut Trapdoor)) -> Points {
	let layout = Layout::unchecked(circuit).expect("it can be laid out");
	let mut secrets = Trapdoor::random(&layout.domain, &mut OsRng);
	change(&mut secrets);
	secrets.keys(&layout, &Work::new(0)).0
}

fn model(key: &Points, words: &[Fr]) -> ModelSums {
	let blinder = ModelBlinder::random(&mut OsRng);
	ModelSums::new(key, words, &blinder).expect("the model fits")
}

/// The challenges that the chain draws.
fn drawn(key: &Points, model: &G1Affine, inputs: &[Fr], stage_one: &G1Affine) -> Vec<Fr> {
	challenges(&key.verifying_key().digest(), Some(model), inputs, stage_one, 1)
}

/// A proof with any transcript, put to no test.
fn made(
	key: &Points,
	model: &ModelSums,
	circuit: &Scores,
	transcript: impl Fn(&G1Affine) -> Vec<Fr>,
	rng: &mut (impl RngCore + CryptoRng),
) -> Result<Proof, ProveError> {
	let inputs = circuit.public_inputs();
	create(key, Some(model), circuit, &inputs, transcript, rng, &mut Silent)
}

/// The verdict of the chain.
fn verdict(key: &Points, model: &G1Affine, inputs: &[Fr], proof: &Proof) -> Result<(), Refusal> {
	verify_about(&key.verifying_key(), Some(model), inputs, proof)
}

/// The verdict of a chain that registers every key.
fn passes_unregistered(key: &Points, model: &G1Affine, inputs: &[Fr], proof: &Proof) -> bool {
	let key = PreparedVerifyingKey::prepare(&key.verifying_key()).expect("its points are points");
	key.verify_about(Some(model), inputs, proof).is_ok()
}

/// `IC(x, c)`.
fn ic(key: &Points, inputs: &[Fr], challenges: &[Fr]) -> G1Projective {
	let scalars = [&[Fr::ONE], inputs, challenges].concat();
	G1Projective::msm(&key.ic, &scalars).expect("as many")
}

/// The verdict of a chain that draws its challenges in some other way.
fn passes_with(
	key: &Points,
	model: &G1Affine,
	inputs: &[Fr],
	challenges: &[Fr],
	proof: &Proof,
) -> bool {
	let key_of = key.verifying_key();
	let (eta, sigma) = (key_of.model.expect("a model"), key_of.stage_one.expect("stage one").sigma);
	let stage_one = proof.stage_one.expect("a commitment");
	let first = [-proof.a, key_of.alpha, ic(key, inputs, challenges).into_affine()];
	let first = first.into_iter().chain([*model, stage_one, proof.c]);
	let second = [proof.b, key_of.beta, key_of.gamma, eta, sigma, key_of.delta];
	Bn254::multi_pairing(first, second).is_zero()
}

/// The public inputs with another score.
fn other_inputs(circuit: &Scores) -> Vec<Fr> {
	let mut inputs = circuit.public_inputs();
	inputs[0] += Fr::ONE;
	inputs
}

fn moved(point: &G1Affine, by: G1Projective) -> G1Affine {
	(by + point).into_affine()
}

/// A way to forge: from a key and the sign with which two of its trapdoors are the same, to the model's
/// commitment, the inputs and the proof.
type Forgery = fn(&Points, Fr) -> (G1Affine, Vec<Fr>, Proof);

/// Asserts that a forgery passes under a key whose secrets are related, though only where there are no
/// rules for keys, and never under a key with independent ones.
fn needs_independence(relate: fn(&mut Trapdoor, Fr), forge: Forgery) {
	let circuit = Scores::example();
	for sign in [Fr::ONE, -Fr::ONE] {
		let key = key_with(&circuit, |secrets| relate(secrets, sign));
		let (model, inputs, proof) = forge(&key, sign);
		assert!(passes_unregistered(&key, &model, &inputs, &proof));
		let refused = Err(Refusal::Key(KeyError::RelatedSetup));
		assert_eq!(verdict(&key, &model, &inputs, &proof), refused);
	}
	// A relation that no rule sees: that there is none, only a ceremony can tell.
	let factor = Fr::from(2);
	let key = key_with(&circuit, |secrets| relate(secrets, factor));
	let (model, inputs, proof) = forge(&key, factor);
	assert_eq!(verdict(&key, &model, &inputs, &proof), Ok(()));

	let key = key_with(&circuit, |_| {});
	let (model, inputs, proof) = forge(&key, Fr::ONE);
	assert!(!passes_unregistered(&key, &model, &inputs, &proof));
}

mod equal_trapdoors {
	use super::*;

	#[test]
	fn with_delta_and_gamma_anybody_changes_what_a_proof_states() {
		needs_independence(
			|secrets, factor| secrets.delta = secrets.gamma * factor,
			|key, factor| {
				let circuit = Scores::example();
				let (inputs, forged) = (circuit.public_inputs(), other_inputs(&circuit));
				let sums = model(key, &circuit.words);
				let commitment = *sums.commitment();
				let transcript = |c1: &G1Affine| drawn(key, &commitment, &inputs, c1);
				let mut proof = made(key, &sums, &circuit, transcript, &mut OsRng).expect("true");
				// From here on, what everybody has seen.
				let c1 = proof.stage_one.expect("a commitment");
				let before = ic(key, &inputs, &drawn(key, &commitment, &inputs, &c1));
				let after = ic(key, &forged, &drawn(key, &commitment, &forged, &c1));
				let shift = (before - after) * factor.inverse().expect("not zero");
				proof.c = moved(&proof.c, shift);
				(commitment, forged, proof)
			},
		);
	}

	#[test]
	fn with_sigma_and_gamma_a_prover_moves_the_inputs_into_stage_one() {
		needs_independence(
			|secrets, factor| secrets.sigma = secrets.gamma * factor,
			|key, factor| {
				let circuit = Scores::example();
				let (inputs, forged) = (circuit.public_inputs(), other_inputs(&circuit));
				let sums = model(key, &circuit.words);
				let commitment = *sums.commitment();
				let difference = (inputs[0] - forged[0]) * factor.inverse().expect("not zero");
				let shift = key.ic[1] * difference;
				let transcript =
					|c1: &G1Affine| drawn(key, &commitment, &forged, &moved(c1, shift));
				let mut proof = made(key, &sums, &circuit, transcript, &mut OsRng).expect("true");
				proof.stage_one = proof.stage_one.map(|c1| moved(&c1, shift));
				(commitment, forged, proof)
			},
		);
	}

	#[test]
	fn with_eta_and_gamma_an_owner_moves_the_inputs_into_the_model() {
		needs_independence(
			|secrets, factor| secrets.eta = secrets.gamma * factor,
			|key, factor| {
				let circuit = Scores::example();
				let (inputs, forged) = (circuit.public_inputs(), other_inputs(&circuit));
				let sums = model(key, &circuit.words);
				let difference = (inputs[0] - forged[0]) * factor.inverse().expect("not zero");
				let malicious = moved(sums.commitment(), key.ic[1] * difference);
				let transcript = |c1: &G1Affine| drawn(key, &malicious, &forged, c1);
				let proof = made(key, &sums, &circuit, transcript, &mut OsRng).expect("true");
				(malicious, forged, proof)
			},
		);
	}

	#[test]
	fn with_sigma_and_eta_a_prover_takes_any_weights() {
		needs_independence(
			|secrets, factor| secrets.sigma = secrets.eta * factor,
			|key, factor| {
				// Somebody else's, never opened.
				let registered = *model(key, &Scores::example().words).commitment();
				let words = [4u64, 4, 4].map(Fr::from).to_vec();
				let circuit = Scores { words, ..Scores::example() };
				let inputs = circuit.public_inputs();
				let own = model(key, &circuit.words);
				let difference = own.commitment().into_group() - registered;
				let shift = difference * factor.inverse().expect("not zero");
				let transcript =
					|c1: &G1Affine| drawn(key, &registered, &inputs, &moved(c1, shift));
				let mut proof = made(key, &own, &circuit, transcript, &mut OsRng).expect("true");
				proof.stage_one = proof.stage_one.map(|c1| moved(&c1, shift));
				(registered, inputs, proof)
			},
		);
	}
}

mod challenges_that_miss {
	use super::*;

	/// `Σ m_t / (c - t)`.
	fn entries(multiplicities: &[Fr], challenge: Fr) -> Fr {
		let share = |(entry, count): (u64, &Fr)| *count / (challenge - Fr::from(entry));
		(0..TABLE).zip(multiplicities).map(share).sum()
	}

	/// `Σ 1 / (c - v)` over all that a circuit looks up.
	fn looked_up(circuit: &Scores, challenge: Fr) -> Fr {
		let values = circuit.words.iter().chain(&circuit.values).chain([&circuit.tag]);
		values.map(|value| (challenge - value).inverse().expect("no entry")).sum()
	}

	/// What has to be looked up for the sums to be the same once `known` is taken away.
	fn missing(circuit: &Scores, known: Fr, challenge: Fr) -> Fr {
		let others = looked_up(circuit, challenge) - (challenge - known).inverse().expect("none");
		let left = entries(&circuit.multiplicities(), challenge) - others;
		challenge - left.inverse().expect("it is random")
	}

	/// Multiplicities that are nobody's: what is missing is no entry of the table.
	fn tampered() -> Scores {
		let mut circuit = Scores { values: [0u64, 4, 3].map(Fr::from), ..Scores::example() };
		let mut multiplicities = circuit.multiplicities();
		multiplicities[1] += Fr::ONE;
		circuit.multiplicities = Some(multiplicities);
		circuit
	}

	/// Asserts that a proof passes with a challenge that misses something, and not with the chain's.
	fn passes_weakly(key: &Points, model: &G1Affine, circuit: &Scores, weak: &[Fr], proof: &Proof) {
		let inputs = circuit.public_inputs();
		let stage_one = proof.stage_one.expect("a commitment");
		assert!(passes_with(key, model, &inputs, weak, proof));
		assert!(!passes_with(key, model, &inputs, &drawn(key, model, &inputs, &stage_one), proof));
		let invalid = Err(Refusal::Proof(VerifyError::Invalid));
		assert_eq!(verdict(key, model, &inputs, proof), invalid);
	}

	#[test]
	fn the_commitment_take_values_outside_of_the_table() {
		let mut circuit = Scores { tag: Fr::from(100), ..Scores::example() };
		let key = key_with(&circuit, |_| {});
		let sums = model(&key, &circuit.words);
		let inputs = circuit.public_inputs();
		let weak = drawn(&key, sums.commitment(), &inputs, &G1Affine::generator());
		let mut multiplicities = circuit.multiplicities();
		let difference = looked_up(&circuit, weak[0]) - entries(&multiplicities, weak[0]);
		multiplicities[0] += difference * weak[0];
		circuit.multiplicities = Some(multiplicities);
		let proof = made(&key, &sums, &circuit, |_| weak.clone(), &mut OsRng).expect("it passes");
		passes_weakly(&key, sums.commitment(), &circuit, &weak, &proof);
	}

	#[test]
	fn the_model_take_one_that_is_made_for_a_proof() {
		let mut circuit = tampered();
		let key = key_with(&circuit, |_| {});
		let inputs = circuit.public_inputs();
		let seen = Cell::new(None);
		let transcript = |c1: &G1Affine| {
			let weak = drawn(&key, &G1Affine::generator(), &inputs, c1);
			seen.set(Some(weak[0]));
			weak
		};
		let rng = StdRng::seed_from_u64(1);
		let honest = model(&key, &circuit.words);
		made(&key, &honest, &circuit, transcript, &mut rng.clone()).expect_err("nothing fits yet");
		let challenge = seen.get().expect("a challenge");
		// It weighs a zero.
		circuit.words[0] = missing(&circuit, circuit.words[0], challenge);
		assert!((0..TABLE).all(|entry| circuit.words[0] != Fr::from(entry)));
		let malicious = model(&key, &circuit.words);
		let proof =
			made(&key, &malicious, &circuit, transcript, &mut rng.clone()).expect("it fits");
		assert_eq!(seen.get(), Some(challenge));
		passes_weakly(&key, malicious.commitment(), &circuit, &[challenge], &proof);
	}

	#[test]
	fn an_input_take_one_that_is_chosen_afterwards() {
		let mut circuit = tampered();
		let key = key_with(&circuit, |_| {});
		let sums = model(&key, &circuit.words);
		let seen = Cell::new(None);
		let transcript = |c1: &G1Affine| {
			let weak = drawn(&key, sums.commitment(), &[], c1);
			seen.set(Some(weak[0]));
			weak
		};
		let rng = StdRng::seed_from_u64(1);
		made(&key, &sums, &circuit, transcript, &mut rng.clone()).expect_err("nothing fits yet");
		let challenge = seen.get().expect("a challenge");
		circuit.tag = missing(&circuit, circuit.tag, challenge);
		assert!((0..TABLE).all(|entry| circuit.tag != Fr::from(entry)));
		let proof = made(&key, &sums, &circuit, transcript, &mut rng.clone()).expect("it fits");
		assert_eq!(seen.get(), Some(challenge));
		passes_weakly(&key, sums.commitment(), &circuit, &[challenge], &proof);
	}

	/// Whoever makes `σ` last makes it for a commitment and what that is to hold.
	#[test]
	fn the_key_take_one_that_is_made_for_a_proof() {
		let mut circuit = Scores { tag: Fr::from(100), ..Scores::example() };
		let layout = Layout::of(&circuit).expect("it is sound");
		let mut secrets = Trapdoor::random(&layout.domain, &mut OsRng);
		let sums = model(&secrets.keys(&layout, &Work::new(0)).0, &circuit.words);
		let inputs = circuit.public_inputs();
		let commitment = G1Affine::generator();
		let weak = challenges(&[0; 32], Some(sums.commitment()), &inputs, &commitment, 1);

		let mut multiplicities = circuit.multiplicities();
		let difference = looked_up(&circuit, weak[0]) - entries(&multiplicities, weak[0]);
		multiplicities[0] += difference * weak[0];
		circuit.multiplicities = Some(multiplicities);
		let (system, counts) =
			synthesis::with_values::<_, LayoutError>(&circuit, |_, _| Ok(weak.clone()))
				.expect("it can be laid out");
		let values = system.0.witness_assignment().expect("values");
		let lagrange = layout.domain.evaluate_all_lagrange_coefficients(secrets.tau);
		let [u, v, y] = [&layout.a, &layout.b, &layout.c].map(|m| layout.sum_rows(m, &lagrange));
		// Σ sᵢ Kᵢ, which the commitment is to be σ times less of.
		secrets.sigma = (counts.model..counts.model + counts.stage_one)
			.map(|witness| {
				let variable = counts.instances + witness;
				let combined = secrets.beta * u[variable] + secrets.alpha * v[variable];
				values[witness] * (combined + y[variable])
			})
			.sum();
		let key = secrets.keys(&layout, &Work::new(0)).0;

		let rng = StdRng::seed_from_u64(1);
		let sums = ModelSums { key: key.verifying_key().digest(), ..sums };
		let transcript = |_: &G1Affine| weak.clone();
		let mut proof = made(&key, &sums, &circuit, transcript, &mut rng.clone()).expect("it fits");
		// Without what the prover blinds with.
		let blinder = Fr::rand(&mut rng.clone());
		let unblinded = moved(&proof.stage_one.expect("a commitment"), key.delta_g1 * -blinder);
		assert_eq!(unblinded, commitment);
		proof.stage_one = Some(unblinded);
		let block = key.stage_one.as_ref().expect("stage one");
		proof.c = moved(&proof.c, block.g1 * blinder);
		passes_weakly(&key, sums.commitment(), &circuit, &weak, &proof);
	}
}

mod blinders {
	use super::*;

	/// `Σ wᵢ Kᵢ / η` for a guess.
	fn guessed(key: &Points, words: &[Fr]) -> G1Projective {
		let block = key.model.as_ref().expect("a model");
		G1Projective::msm(&block.query, words).expect("as many")
	}

	/// Whether a guess fits two commitments under two keys with one blinder: no secret is needed.
	fn fits(keys: &[Points; 2], commitments: &[G1Affine; 2], words: &[Fr]) -> bool {
		let [one, other] = [0, 1].map(|i| commitments[i].into_group() - guessed(&keys[i], words));
		Bn254::pairing(one, keys[1].delta_g2) == Bn254::pairing(other, keys[0].delta_g2)
	}

	#[test]
	fn of_a_model_used_twice_let_a_guess_be_tested() {
		let circuit = Scores::example();
		let keys = [0, 1].map(|_| key_with(&circuit, |_| {}));
		let other = [2u64, 0, 4].map(Fr::from);
		let blinder = ModelBlinder::random(&mut OsRng);
		let commit = |key, blinder: &ModelBlinder| {
			commit_model(key, &circuit.words, blinder).expect("it fits")
		};
		let reused = [0, 1].map(|i| commit(&keys[i], &blinder));
		assert!(fits(&keys, &reused, &circuit.words));
		assert!(!fits(&keys, &reused, &other));
		let fresh = [0, 1].map(|i| commit(&keys[i], &ModelBlinder::random(&mut OsRng)));
		assert!(!fits(&keys, &fresh, &circuit.words));
	}

	#[test]
	fn of_a_model_left_out_let_a_guess_be_tested() {
		let circuit = Scores::example();
		let key = key_with(&circuit, |_| {});
		let bare =
			commit_model(&key, &circuit.words, &ModelBlinder::new(Fr::zero())).expect("fits");
		assert_eq!(bare, guessed(&key, &circuit.words).into_affine());
		assert_ne!(*model(&key, &circuit.words).commitment(), bare);
	}

	/// The difference of two commitments to stage one, without what blinds them, for a guess.
	#[test]
	fn of_stage_one_used_twice_let_a_guess_be_tested() {
		let circuits = [[1u64, 4, 3], [1, 4, 2]]
			.map(|values| Scores { values: values.map(Fr::from), ..Scores::example() });
		let key = key_with(&circuits[0], |_| {});
		let sums = model(&key, &circuits[0].words);
		let block = key.stage_one.as_ref().expect("stage one");
		let unblinded = circuits.each_ref().map(|circuit| {
			let (system, counts) =
				synthesis::with_values::<_, LayoutError>(circuit, |_, _| Ok(vec![Fr::from(1000)]))
					.expect("it can be laid out");
			let values = system.0.witness_assignment().expect("values");
			let values = &values[counts.model..counts.model + counts.stage_one];
			G1Projective::msm(&block.query, values).expect("as many")
		});
		let proofs = |rngs: [StdRng; 2]| {
			let [one, other] = [0, 1].map(|i| {
				let circuit = &circuits[i];
				let inputs = circuit.public_inputs();
				let transcript = |c1: &G1Affine| drawn(&key, sums.commitment(), &inputs, c1);
				made(&key, &sums, circuit, transcript, &mut rngs[i].clone())
					.expect("true")
					.stage_one
					.expect("a commitment")
			});
			one.into_group() - other
		};
		let generator = StdRng::seed_from_u64;
		let difference = unblinded[0] - unblinded[1];
		assert_eq!(proofs([generator(1), generator(1)]), difference);
		assert_ne!(proofs([generator(1), generator(2)]), difference);
	}
}

mod columns {
	use super::*;

	/// Asserts that a model block of this shape has a commitment with two openings, each of which
	/// proofs pass with, and that no key is made for it.
	fn has_two_openings(shape: Shape, openings: [[u64; 4]; 2]) {
		let circuits = openings.map(|words| {
			let words = words.map(Fr::from).to_vec();
			Scores { shape, words, ..Scores::example() }
		});
		let key = key_with(&circuits[0], |_| {});
		let blinder = ModelBlinder::random(&mut OsRng);
		let [one, other] = circuits.map(|circuit| {
			let sums = ModelSums::new(&key, &circuit.words, &blinder).expect("the model fits");
			let inputs = circuit.public_inputs();
			prove_circuit(&key, Some(&sums), &circuit, &inputs, &mut OsRng, &mut Silent)
				.expect("it is true");
			*sums.commitment()
		});
		assert_eq!(one, other);
		assert!(Layout::of(&Scores { shape, ..Scores::example() }).is_err());
	}

	#[test]
	fn that_are_zero_let_a_model_be_another() {
		let shape = Shape { idle_word: true, ..Shape::default() };
		has_two_openings(shape, [[2, 0, 3, 1], [2, 0, 3, 2]]);
	}

	#[test]
	fn that_are_equal_let_a_model_be_another() {
		let shape = Shape { split_word: true, ..Shape::default() };
		has_two_openings(shape, [[2, 0, 3, 0], [2, 0, 1, 2]]);
	}
}
