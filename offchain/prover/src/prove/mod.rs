// SPDX-License-Identifier: Apache-2.0
//! Proving, and verification as the chain does it.

#[cfg(test)]
mod forgeries;
mod sums;
#[cfg(test)]
mod tests;
mod witness;

use crate::{LayoutError, ModelSums, Points, Progress, ProvingKey, Stage};
use ark_bn254::{Fr, G1Affine};
use ark_ff::UniformRand;
use candor_gadgets::StagedCircuit;
use candor_groth16::{
	challenges, DecodeError, KeyError, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey,
};
use candor_operators::{Architecture, InferenceCircuit};
use rand::{CryptoRng, RngCore};
use sums::Blinders;
pub(crate) use witness::{first_unsatisfied, Witness};
use zeroize::Zeroizing;

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
	/// The circuit could not be laid out.
	#[error("the circuit cannot be laid out: {0}")]
	Layout(#[from] LayoutError),
	/// The circuit was given other public inputs than the statement has.
	#[error("the circuit's public inputs are not those of the statement")]
	OtherStatement,
	/// A value that the circuit divides by is zero, and no other challenge helps.
	#[error(
		"the circuit divides by zero, and not because of an unlucky challenge: it is at fault, or \
		 the input is none of its inputs"
	)]
	DivisionByZero,
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
	/// The circuit is about a model and nothing was said of it, or the other way round.
	#[error("a proof is about a committed model exactly when its circuit has a model block")]
	Model,
	/// The circuit has challenges, which depend on a key.
	#[error("the values of a circuit with challenges depend on a key")]
	Challenges,
	/// The circuit's model is not the one that was committed to, or that was under another key.
	#[error("the model of the circuit is not the one that was committed to under this key")]
	OtherModel,
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

/// Proves that `circuit`, one without a model block, holds for `public_inputs`, and puts the proof to the
/// chain's verifier.
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
	prove_about(key, None, circuit, public_inputs, rng, progress)
}

/// [`prove`] for any circuit of the key's architecture, with the sums of its model where it has a model
/// block. `public_inputs` are without challenges.
///
/// # Errors
///
/// See [`ProveError`].
pub fn prove_about<R: RngCore + CryptoRng>(
	key: &ProvingKey,
	model: Option<&ModelSums>,
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
	prove_circuit(&key.points, model, &circuit, public_inputs, rng, progress)
}

/// Puts a proof to the test that the runtime makes, from the encoding of the key to the equation.
///
/// # Errors
///
/// See [`Refusal`].
pub fn verify(key: &VerifyingKey, public_inputs: &[Fr], proof: &Proof) -> Result<(), Refusal> {
	verify_about(key, None, public_inputs, proof)
}

/// [`verify`] for a proof about the model behind a commitment.
///
/// # Errors
///
/// See [`Refusal`].
pub fn verify_about(
	key: &VerifyingKey,
	model: Option<&G1Affine>,
	public_inputs: &[Fr],
	proof: &Proof,
) -> Result<(), Refusal> {
	verify_prepared(&prepare(key)?, model, public_inputs, proof)
}

/// A key as the chain keeps it, from its encoding.
fn prepare(key: &VerifyingKey) -> Result<PreparedVerifyingKey, Refusal> {
	let key = VerifyingKey::register(&key.to_bytes()).map_err(Refusal::Key)?;
	PreparedVerifyingKey::prepare(&key).map_err(Refusal::Key)
}

fn verify_prepared(
	key: &PreparedVerifyingKey,
	model: Option<&G1Affine>,
	public_inputs: &[Fr],
	proof: &Proof,
) -> Result<(), Refusal> {
	let proof = Proof::from_bytes(&proof.to_bytes()).map_err(Refusal::Decode)?;
	key.verify_about(model, public_inputs, &proof).map_err(Refusal::Proof)
}

/// [`prove_about`] for the bare points of a key and any circuit.
///
/// # Errors
///
/// See [`ProveError`].
pub fn prove_circuit<C: StagedCircuit, R: RngCore + CryptoRng>(
	key: &Points,
	model: Option<&ModelSums>,
	circuit: &C,
	public_inputs: &[Fr],
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Proof, ProveError> {
	let verifying = key.verifying_key();
	let digest = verifying.digest();
	if model.is_some() != key.model.is_some() {
		return Err(ProveError::Model);
	}
	if model.is_some_and(|model| model.key != digest) {
		return Err(ProveError::OtherModel);
	}
	let commitment = model.map(ModelSums::commitment);
	let transcript = |stage_one: &G1Affine| {
		challenges(&digest, commitment, public_inputs, stage_one, key.challenges)
	};
	// Circuits are laid out on one core: another one prepares what the proof will be put to.
	let mut prepared = None;
	let proof = rayon::in_place_scope(|scope| {
		scope.spawn(|_| prepared = Some(prepare(&verifying)));
		create(key, model, circuit, public_inputs, transcript, rng, progress)
	})?;

	progress.begin(Stage::SelfVerification);
	let prepared = prepared.unwrap_or_else(|| prepare(&verifying));
	prepared
		.and_then(|key| verify_prepared(&key, commitment, public_inputs, &proof))
		.map_err(ProveError::SelfVerification)?;
	Ok(proof)
}

/// The values of all variables of a circuit without challenges, for another prover: the constant one, the public
/// inputs, the private variables. They satisfy its constraints.
///
/// # Errors
///
/// [`ProveError::Challenges`], [`ProveError::Layout`] and [`ProveError::Unsatisfied`].
pub fn assignment<C: StagedCircuit>(circuit: &C) -> Result<Zeroizing<Vec<Fr>>, ProveError> {
	let witness = Witness::without_challenges(circuit)?;
	let [u, v, w] = witness.sides()?;
	if let Some(constraint) = first_unsatisfied(&u, &v, &w) {
		return Err(ProveError::Unsatisfied { constraint });
	}
	witness.with_values(|inputs, values| Zeroizing::new([inputs, values].concat()))
}

/// Computes a proof with the challenges that `transcript` makes of the commitment to stage one.
fn create<C: StagedCircuit, R: RngCore + CryptoRng>(
	key: &Points,
	model: Option<&ModelSums>,
	circuit: &C,
	public_inputs: &[Fr],
	transcript: impl Fn(&G1Affine) -> Vec<Fr>,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Proof, ProveError> {
	let mut begin = || Witness::new(key, model, circuit, public_inputs, &transcript, rng, progress);
	let witness = match begin()? {
		Some(witness) => witness,
		// Nothing is kept: what blinds stage one is drawn anew. One challenge in `2²⁴⁰` is an entry of a
		// table of a few thousand: a second one in a row is no accident.
		None => begin()?.ok_or(ProveError::DivisionByZero)?,
	};
	progress.begin(Stage::ConstraintCheck);
	let [u, v, w] = witness.sides()?;
	if let Some(constraint) = first_unsatisfied(&u, &v, &w) {
		return Err(ProveError::Unsatisfied { constraint });
	}
	progress.begin(Stage::Proof);
	let draw = |rng: &mut R| Zeroizing::new(Fr::rand(rng));
	let blinders = Blinders { r: draw(rng), s: draw(rng) };
	let work = progress.count(sums::work_of(key));
	sums::add_up(key, model, witness, [u, v], &blinders, &work)
}
