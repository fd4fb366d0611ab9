// SPDX-License-Identifier: Apache-2.0
//! Proving, and verification as the chain does it.

use crate::{convert, synthesis, Progress, ProvingKey, Stage};
use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::{
	ConstraintSynthesizer, ConstraintSystem, SynthesisError, R1CS_PREDICATE_LABEL,
};
use candor_groth16::{
	DecodeError, KeyError, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey,
};
use candor_operators::{Architecture, InferenceCircuit};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::ops::Deref;
use zeroize::{Zeroize, Zeroizing};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
	/// The circuit could not be laid out.
	#[error("the circuit cannot be laid out: {0}")]
	Synthesis(#[from] SynthesisError),
	/// The circuit was given other public inputs than the statement has.
	#[error("the circuit's public inputs are not those of the statement")]
	OtherStatement,
	/// The values break a constraint: the statement is false for this witness.
	#[error("the statement does not hold: constraint {constraint} is not satisfied")]
	Unsatisfied {
		/// The position of the first broken constraint.
		constraint: usize,
	},
	/// The proving key was made for another architecture.
	#[error("the proving key is for the architecture {key}, not for {circuit}")]
	OtherArchitecture {
		/// The architecture that the key was made for.
		key: Box<Architecture>,
		/// The architecture of the circuit at hand.
		circuit: Box<Architecture>,
	},
	/// The proving key was made for another circuit, though for the same architecture.
	#[error(
		"the proving key does not fit the circuit: it counts {key} variables, the circuit \
		 {circuit}; make it again with `candor setup`"
	)]
	OtherCircuit {
		/// Variables of the circuit that the key was made for.
		key: usize,
		/// Variables of the circuit at hand.
		circuit: usize,
	},
	/// The finished proof does not pass.
	#[error(
		"the finished proof does not pass: {0}; the proving key belongs to another version of the \
		 circuit or is damaged, make it again with `candor setup`"
	)]
	SelfVerification(Refusal),
}

/// Why the chain would not take a proof under a verifying key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
	/// The key breaks a rule for registration.
	#[error("the verifying key cannot be registered: {0}")]
	Key(KeyError),
	/// The points are not those of a proof.
	#[error("not a proof: {0}")]
	Decode(DecodeError),
	/// The proof does not prove the statement.
	#[error("{0}")]
	Proof(VerifyError),
}

/// Proves that `circuit` holds for `public_inputs`, and puts the proof to the chain's verifier.
///
/// The public inputs are those that the chain will derive: passing them apart from the circuit
/// shows a difference before it costs anything. A proof that is returned passes; only facts on chain
/// can still make it the wrong one. The values of the circuit's variables are wiped afterwards, those
/// that arkworks copies on its way excepted.
///
/// # Errors
///
/// See [`ProveError`].
pub fn prove<R: RngCore + CryptoRng>(
	key: &ProvingKey,
	circuit: InferenceCircuit,
	public_inputs: &[Fr],
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Proof, ProveError> {
	if circuit.architecture() != key.architecture() {
		return Err(ProveError::OtherArchitecture {
			key: Box::new(key.architecture().clone()),
			circuit: Box::new(circuit.architecture().clone()),
		});
	}
	create(&key.points, circuit, public_inputs, rng, progress)
}

/// Puts a proof to the test that the runtime makes, from the encoding of the key to the equation.
///
/// # Errors
///
/// See [`Refusal`].
pub fn verify(key: &VerifyingKey, public_inputs: &[Fr], proof: &Proof) -> Result<(), Refusal> {
	let key = VerifyingKey::register(&key.to_bytes()).map_err(Refusal::Key)?;
	let proof = Proof::from_bytes(&proof.to_bytes()).map_err(Refusal::Decode)?;
	let key = PreparedVerifyingKey::prepare(&key).map_err(Refusal::Key)?;
	key.verify(public_inputs, &proof).map_err(Refusal::Proof)
}

/// [`prove`] for the bare points of a key and any circuit.
pub(crate) fn create<C: ConstraintSynthesizer<Fr>, R: RngCore + CryptoRng>(
	key: &ark_groth16::ProvingKey<Bn254>,
	circuit: C,
	public_inputs: &[Fr],
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Proof, ProveError> {
	progress.begin(Stage::Synthesis);
	let system = synthesis::with_values(circuit)?;
	let system = Assigned(system.into_inner().ok_or(SynthesisError::MissingCS)?);
	let instance = system.instance_assignment()?;
	// The first instance variable is the constant one.
	if instance.get(1..) != Some(public_inputs) {
		return Err(ProveError::OtherStatement);
	}
	// Multiplications of unequal lists of points and scalars would pass silently.
	let circuit_variables = system.num_instance_variables() + system.num_witness_variables();
	let fits = key.a_query.len() == circuit_variables
		&& key.l_query.len() == system.num_witness_variables()
		&& key.vk.gamma_abc_g1.len() == system.num_instance_variables();
	if !fits {
		return Err(ProveError::OtherCircuit {
			key: key.a_query.len(),
			circuit: circuit_variables,
		});
	}

	progress.begin(Stage::ConstraintCheck);
	let assignment = Zeroizing::new([instance, system.witness_assignment()?].concat());
	let matrices =
		system.to_matrices()?.remove(R1CS_PREDICATE_LABEL).ok_or(SynthesisError::MissingCS)?;
	if let Some(constraint) = first_unsatisfied(&matrices, &assignment) {
		return Err(ProveError::Unsatisfied { constraint });
	}

	progress.begin(Stage::Proof);
	let (instances, constraints) = (system.num_instance_variables(), system.num_constraints());
	drop(system);
	let proof = Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
		key,
		Fr::rand(rng),
		Fr::rand(rng),
		&matrices,
		instances,
		constraints,
		&assignment,
	)?;

	progress.begin(Stage::SelfVerification);
	let proof = convert::proof(proof);
	verify(&convert::verifying_key(&key.vk), public_inputs, &proof)
		.map_err(ProveError::SelfVerification)?;
	Ok(proof)
}

/// A constraint system whose values are wiped when it is dropped.
struct Assigned(ConstraintSystem<Fr>);

impl Deref for Assigned {
	type Target = ConstraintSystem<Fr>;

	fn deref(&self) -> &Self::Target {
		&self.0
	}
}

impl Drop for Assigned {
	fn drop(&mut self) {
		let values = &mut self.0.assignments;
		values.instance_assignment.zeroize();
		values.witness_assignment.zeroize();
		values.lc_assignment.zeroize();
	}
}

/// The position of the first constraint `⟨a, z⟩ · ⟨b, z⟩ = ⟨c, z⟩` that does not hold.
fn first_unsatisfied(matrices: &[Vec<Vec<(Fr, usize)>>], assignment: &[Fr]) -> Option<usize> {
	let value = |row: &[(Fr, usize)]| -> Fr {
		row.iter().map(|(coefficient, variable)| assignment[*variable] * coefficient).sum()
	};
	let [a, b, c] = matrices else { return Some(0) };
	a.par_iter().zip(b).zip(c).position_first(|((a, b), c)| value(a) * value(b) != value(c))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		setup::generate,
		test_circuit::{Product, Tagless},
		Silent,
	};
	use rand::rngs::OsRng;
	use std::sync::LazyLock;

	/// One key for all tests.
	static KEY: LazyLock<ark_groth16::ProvingKey<Bn254>> = LazyLock::new(|| {
		generate(Product::example(), &mut OsRng, &mut Silent).expect("the circuit is sound").0
	});

	fn attempt(circuit: Product, public_inputs: &[Fr]) -> Result<Proof, ProveError> {
		create(&KEY, circuit, public_inputs, &mut OsRng, &mut Silent)
	}

	fn proven() -> (VerifyingKey, Vec<Fr>, Proof) {
		let inputs = Product::example().public_inputs();
		let proof = attempt(Product::example(), &inputs).expect("the statement is true");
		(convert::verifying_key(&KEY.vk), inputs, proof)
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
		fn of_a_false_statement_is_refused_before_the_work() {
			let false_claim = Product { product: 16, ..Product::example() };
			let mut stages = Vec::new();
			let error = create(
				&KEY,
				false_claim.clone(),
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
			let error = create(&KEY, circuit, &inputs, &mut OsRng, &mut Silent).expect_err("sizes");
			assert!(matches!(error, ProveError::OtherCircuit { key: 6, circuit: 4 }), "{error}");
		}

		#[test]
		fn with_a_damaged_key_is_noticed() {
			let mut key = KEY.clone();
			key.l_query.swap(0, 1);
			let inputs = Product::example().public_inputs();
			let error = create(&key, Product::example(), &inputs, &mut OsRng, &mut Silent)
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
}
