// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	development_setup, setup_circuit,
	test_circuit::{Product, Scores, Shape, Tagless},
	Layout, Plain, Silent,
};
use ark_bn254::Bn254;
use ark_groth16::Groth16;
use candor_operators::{InputBlinder, Model, ModelBlinder, Parameters, Scheme};
use candor_statement::Binding;
use rand::{
	rngs::{OsRng, StdRng},
	SeedableRng,
};
use std::sync::LazyLock;

/// One key for all tests.
static KEY: LazyLock<Points> = LazyLock::new(|| key_of(&Plain(Product::example())));

/// One of a circuit with blocks.
static STAGED: LazyLock<Points> = LazyLock::new(|| key_of(&Scores::example()));

fn key_of(circuit: &impl StagedCircuit) -> Points {
	setup_circuit(circuit, &mut OsRng, &mut Silent).expect("the circuit is sound").0
}

fn attempt(circuit: Product, public_inputs: &[Fr]) -> Result<Proof, ProveError> {
	prove_circuit(&KEY, None, &Plain(circuit), public_inputs, &mut OsRng, &mut Silent)
}

fn proven() -> (VerifyingKey, Vec<Fr>, Proof) {
	let inputs = Product::example().public_inputs();
	let proof = attempt(Product::example(), &inputs).expect("the statement is true");
	(KEY.verifying_key(), inputs, proof)
}

mod proving {
	use super::*;

	#[test]
	fn gives_a_proof_that_passes_on_chain() {
		let (key, inputs, proof) = proven();
		assert_eq!(verify(&key, &inputs, &proof), Ok(()));
	}

	#[test]
	fn gives_another_proof_each_time() {
		assert_ne!(proven().2, proven().2);
	}

	#[test]
	fn by_others_takes_the_values_of_all_variables() {
		let values = assignment(&Plain(Product::example())).expect("the statement is true");
		assert_eq!(*values, [1u64, 15, 7, 3, 5, 49].map(Fr::from));
		let layout = Layout::of(&Plain(Product::example())).expect("it is sound");
		assert_eq!(values.len(), layout.variables());
		let false_claim = Plain(Product { product: 16, ..Product::example() });
		let error = assignment(&false_claim).expect_err("it is false");
		assert!(matches!(error, ProveError::Unsatisfied { .. }), "{error}");
		let error = assignment(&Scores::example()).expect_err("it has a challenge");
		assert!(matches!(error, ProveError::Challenges), "{error}");
	}

	#[test]
	fn of_a_false_statement_is_refused_before_the_work() {
		let false_claim = Product { product: 16, ..Product::example() };
		let mut stages = Vec::new();
		let error = prove_circuit(
			&KEY,
			None,
			&Plain(false_claim.clone()),
			&false_claim.public_inputs(),
			&mut OsRng,
			&mut |stage| stages.push(stage),
		)
		.expect_err("3 * 5 is not 16");
		assert!(matches!(error, ProveError::Unsatisfied { constraint: 0 }), "{error}");
		assert_eq!(stages, [Stage::Synthesis, Stage::ConstraintCheck]);
	}

	#[test]
	fn for_another_statement_than_the_circuits_is_refused() {
		let mut inputs = Product::example().public_inputs();
		inputs[1] += Fr::from(1);
		let error = attempt(Product::example(), &inputs).expect_err("another tag");
		assert!(matches!(error, ProveError::OtherStatement), "{error}");
		let error = attempt(Product::example(), &inputs[..1]).expect_err("no tag");
		assert!(matches!(error, ProveError::OtherStatement), "{error}");
	}

	#[test]
	fn with_the_key_of_a_circuit_of_another_size_is_refused() {
		let circuit = Tagless { factors: [3, 5], product: 15 };
		let inputs = [Fr::from(15)];
		let error = prove_circuit(&KEY, None, &Plain(circuit), &inputs, &mut OsRng, &mut Silent)
			.expect_err("sizes");
		assert!(matches!(error, ProveError::OtherCircuit { key: 6, circuit: 4 }), "{error}");
	}

	#[test]
	fn with_a_damaged_key_is_noticed() {
		let mut key = KEY.clone();
		key.rest.swap(0, 1);
		let inputs = Product::example().public_inputs();
		let circuit = Plain(Product::example());
		let error = prove_circuit(&key, None, &circuit, &inputs, &mut OsRng, &mut Silent)
			.expect_err("the key is damaged");
		assert!(
			matches!(error, ProveError::SelfVerification(Refusal::Proof(VerifyError::Invalid))),
			"{error}"
		);
	}
}

mod verification {
	use super::*;

	#[test]
	fn refuses_another_input() {
		let (key, mut inputs, proof) = proven();
		inputs[1] += Fr::from(1);
		assert_eq!(verify(&key, &inputs, &proof), Err(Refusal::Proof(VerifyError::Invalid)));
	}

	#[test]
	fn refuses_a_wrong_number_of_inputs() {
		let (key, mut inputs, proof) = proven();
		inputs.push(Fr::from(0));
		assert_eq!(
			verify(&key, &inputs, &proof),
			Err(Refusal::Proof(VerifyError::WrongInputCount { expected: 2, given: 3 }))
		);
	}

	#[test]
	fn refuses_a_key_that_no_chain_would_register() {
		let (mut key, inputs, proof) = proven();
		key.gamma = key.delta;
		assert_eq!(verify(&key, &inputs, &proof), Err(Refusal::Key(KeyError::RelatedSetup)));
	}

	#[test]
	fn refuses_a_point_at_infinity() {
		let (key, inputs, mut proof) = proven();
		proof.c = ark_bn254::G1Affine::identity();
		assert_eq!(verify(&key, &inputs, &proof), Err(Refusal::Decode(DecodeError::Infinity)));
	}
}

mod blocks {
	use super::*;

	/// The sums of a circuit's model with a blinder of its own.
	fn model_of(circuit: &Scores) -> ModelSums {
		let blinder = ModelBlinder::random(&mut OsRng);
		ModelSums::new(&STAGED, &circuit.words, &blinder).expect("the model fits")
	}

	fn attempt(model: Option<&ModelSums>, circuit: &Scores) -> Result<Proof, ProveError> {
		let inputs = circuit.public_inputs();
		prove_circuit(&STAGED, model, circuit, &inputs, &mut OsRng, &mut Silent)
	}

	#[test]
	fn proofs_about_one_model_pass_and_differ() {
		let circuit = Scores::example();
		let model = model_of(&circuit);
		let [one, other] = [0, 1].map(|_| attempt(Some(&model), &circuit).expect("it is true"));
		assert!(one.a != other.a && one.b != other.b && one.c != other.c);
		assert_ne!(one.stage_one, other.stage_one);
		let values = [4u64, 4, 4].map(Fr::from);
		attempt(Some(&model), &Scores { values, ..circuit }).expect("it is true");
	}

	#[test]
	fn each_block_can_stand_alone() {
		let shape = Shape { model: false, ..Shape::default() };
		let circuit = Scores { shape, ..Scores::example() };
		let (key, inputs) = (key_of(&circuit), circuit.public_inputs());
		let proof = prove_circuit(&key, None, &circuit, &inputs, &mut OsRng, &mut Silent)
			.expect("it is true");
		assert_eq!(verify(&key.verifying_key(), &inputs, &proof), Ok(()));
		assert_eq!(proof.to_bytes().len(), 320);

		let shape = Shape { lookups: false, ..Shape::default() };
		let circuit = Scores { shape, ..Scores::example() };
		let (key, inputs) = (key_of(&circuit), circuit.public_inputs());
		let blinder = ModelBlinder::random(&mut OsRng);
		let model = ModelSums::new(&key, &circuit.words, &blinder).expect("the model fits");
		let proof = prove_circuit(&key, Some(&model), &circuit, &inputs, &mut OsRng, &mut Silent)
			.expect("it is true");
		let verdict = verify_about(&key.verifying_key(), Some(model.commitment()), &inputs, &proof);
		assert_eq!(verdict, Ok(()));
		assert_eq!(proof.to_bytes().len(), 256);
	}

	#[test]
	fn a_proof_is_about_the_committed_model_alone() {
		let circuit = Scores::example();
		let model = model_of(&circuit);
		let proof = attempt(Some(&model), &circuit).expect("it is true");
		let (key, inputs) = (STAGED.verifying_key(), circuit.public_inputs());
		let about =
			|model: &ModelSums| verify_about(&key, Some(model.commitment()), &inputs, &proof);
		assert_eq!(about(&model), Ok(()));
		let invalid = Err(Refusal::Proof(VerifyError::Invalid));
		assert_eq!(about(&model_of(&circuit)), invalid);
		let words = [1u64, 2, 3].map(Fr::from).to_vec();
		assert_eq!(about(&model_of(&Scores { words, ..circuit })), invalid);
	}

	#[test]
	fn models_that_are_not_the_committed_one_are_refused_at_once() {
		let circuit = Scores::example();
		let other = Scores { words: [1u64, 2, 3].map(Fr::from).to_vec(), ..circuit.clone() };
		let model = model_of(&circuit);
		let refused = |model, circuit| attempt(model, circuit).expect_err("another model");
		assert!(matches!(refused(Some(&model), &other), ProveError::OtherModel));
		assert!(matches!(refused(None, &circuit), ProveError::Model));
		let mut elsewhere = model.clone();
		elsewhere.key = key_of(&circuit).verifying_key().digest();
		assert!(matches!(refused(Some(&elsewhere), &circuit), ProveError::OtherModel));
		let plain = Plain(Product::example());
		let inputs = plain.0.public_inputs();
		let error = prove_circuit(&KEY, Some(&model), &plain, &inputs, &mut OsRng, &mut Silent);
		assert!(matches!(error, Err(ProveError::Model)));
	}

	#[test]
	fn a_commitment_that_is_another_models_is_noticed() {
		let circuit = Scores::example();
		let blinder = ModelBlinder::random(&mut OsRng);
		let wrong = *model_of(&circuit).commitment();
		let model = ModelSums::of_committed(&STAGED, &circuit.words, &blinder, wrong)
			.expect("as many words");
		let error = attempt(Some(&model), &circuit).expect_err("another blinder");
		let invalid = Refusal::Proof(VerifyError::Invalid);
		assert!(matches!(error, ProveError::SelfVerification(found) if found == invalid));
	}

	#[test]
	fn what_is_not_in_the_table_is_not_proven() {
		let circuit = Scores { tag: Fr::from(5), ..Scores::example() };
		let error = attempt(Some(&model_of(&circuit)), &circuit).expect_err("five is no entry");
		assert!(matches!(error, ProveError::Unsatisfied { .. }), "{error}");
	}

	#[test]
	fn a_circuit_with_other_blocks_is_refused() {
		let shape = Shape { model: false, ..Shape::default() };
		let circuit = Scores { shape, ..Scores::example() };
		let key = key_of(&circuit);
		let circuit = Scores::example();
		let inputs = circuit.public_inputs();
		let error = prove_circuit(&key, None, &circuit, &inputs, &mut OsRng, &mut Silent)
			.expect_err("it has a model block");
		assert!(matches!(error, ProveError::OtherCircuit { .. }), "{error}");
	}

	#[test]
	fn a_challenge_that_is_an_entry_is_drawn_anew() {
		let attempt = |unlucky| {
			let circuit = Scores::example();
			circuit.unlucky.set(unlucky);
			let (model, inputs) = (model_of(&circuit), circuit.public_inputs());
			let mut stages = Vec::new();
			let mut progress = |stage| stages.push(stage);
			let proof =
				prove_circuit(&STAGED, Some(&model), &circuit, &inputs, &mut OsRng, &mut progress);
			let draws = stages.iter().filter(|stage| **stage == Stage::Commitment).count();
			(proof, draws)
		};
		for unlucky in [0, 1] {
			let (proof, draws) = attempt(unlucky);
			assert_eq!((proof.is_ok(), draws), (true, unlucky as usize + 1));
		}
		let (proof, draws) = attempt(2);
		let error = proof.expect_err("it is never lucky");
		assert!(matches!(error, ProveError::DivisionByZero), "{error}");
		assert_eq!(draws, 2, "a third challenge would not help");
	}

	#[test]
	fn a_division_by_zero_before_the_challenge_is_told_at_once() {
		let shape = Shape { divides: true, ..Shape::default() };
		let circuit = Scores { shape, ..Scores::example() };
		let (model, inputs) = (model_of(&circuit), circuit.public_inputs());
		let mut stages = Vec::new();
		let mut progress = |stage| stages.push(stage);
		let error =
			prove_circuit(&STAGED, Some(&model), &circuit, &inputs, &mut OsRng, &mut progress)
				.expect_err("it divides by zero");
		assert!(matches!(error, ProveError::DivisionByZero), "{error}");
		assert_eq!(stages, [Stage::Synthesis], "nothing is tried again");
	}
}

#[test]
fn the_same_randomness_gives_the_proof_of_arkworks() {
	let circuit = Plain(Product::example());
	let inputs = circuit.0.public_inputs();
	let mut rng = StdRng::seed_from_u64(3);
	let ours = prove_circuit(&KEY, None, &circuit, &inputs, &mut rng.clone(), &mut Silent)
		.expect("it is true");

	let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
	let mut layout = Layout::of(&circuit).expect("it is sound");
	layout.a.truncate(layout.b.len());
	let assignment = [1u64, 15, 7, 3, 5, 49].map(Fr::from);
	let theirs = Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
		&KEY.clone().into_arkworks(),
		r,
		s,
		&[layout.a, layout.b.clone(), layout.c],
		layout.instances,
		layout.b.len(),
		&assignment,
	)
	.expect("it is true");
	assert_eq!(ours, Proof::new(theirs.a, theirs.b, theirs.c));
}

#[test]
fn inferences_are_proven_under_every_scheme() {
	let architecture: Architecture = "2-1".parse().expect("an architecture");
	let layer = Parameters { weights: vec![3, -2], biases: vec![5] };
	let model = Model::new(architecture.clone(), vec![layer]).expect("it fits");
	let (input, none) = ([7, 9], InputBlinder::none());
	let blinder = ModelBlinder::random(&mut OsRng);
	let circuit = |scheme| match scheme {
		Scheme::Hashed => {
			InferenceCircuit::with_witness(&model, &blinder, &input, &none, Binding::NONE)
		}
		Scheme::Committed => InferenceCircuit::committed(&model, &input, &none, Binding::NONE),
		Scheme::Staged => InferenceCircuit::staged(&model, &input, &none, Binding::NONE),
	};
	let keys = Scheme::ALL.map(|scheme| {
		development_setup(&architecture, scheme, &mut OsRng, &mut Silent).expect("a setup")
	});
	for (scheme, keys) in Scheme::ALL.into_iter().zip(&keys) {
		let sums = scheme.has_model_block().then(|| {
			ModelSums::new(keys.proving.points(), &model.words(scheme), &blinder).expect("it fits")
		});
		let circuit = circuit(scheme).expect("the model runs");
		let inputs = circuit.public_inputs().expect("it has run").to_vec();
		let prove = |key| {
			prove_about(key, sums.as_ref(), circuit.clone(), &inputs, &mut OsRng, &mut Silent)
		};
		let proof = prove(&keys.proving).expect("it is true");
		let model = sums.as_ref().map(ModelSums::commitment);
		assert_eq!(verify_about(&keys.verifying, model, &inputs, &proof), Ok(()), "{scheme:?}");
		assert_eq!(proof.to_bytes().len(), if scheme == Scheme::Staged { 320 } else { 256 });
	}
}
