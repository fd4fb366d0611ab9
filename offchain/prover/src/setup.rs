// SPDX-License-Identifier: Apache-2.0
//! The setup: from a circuit to its keys.

use crate::{convert, Progress, Stage};
use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_relations::gr1cs::{ConstraintSynthesizer, SynthesisError};
use candor_circuits::{Architecture, InferenceCircuit};
use candor_groth16::{KeyError, VerifyingKey};
use rand::{CryptoRng, RngCore};

/// The keys that a setup makes.
#[derive(Clone, Debug)]
pub struct Keys {
	/// For workers. Not a secret.
	pub proving: ProvingKey,
	/// For the chain.
	pub verifying: VerifyingKey,
}

/// The key that proofs for one architecture are made with.
#[derive(Clone, Debug, PartialEq)]
pub struct ProvingKey {
	pub(crate) architecture: Architecture,
	pub(crate) points: ark_groth16::ProvingKey<Bn254>,
}

impl ProvingKey {
	/// The architecture whose circuit the key belongs to.
	pub fn architecture(&self) -> &Architecture {
		&self.architecture
	}

	/// The verifying key that belongs to it.
	pub fn verifying_key(&self) -> VerifyingKey {
		convert::verifying_key(&self.points.vk)
	}
}

/// Why a setup gave no keys.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
	/// The circuit could not be laid out.
	#[error("the circuit cannot be laid out: {0}")]
	Synthesis(#[from] SynthesisError),
	/// The chain would not take the key, for instance because the circuit leaves a public input
	/// unconstrained.
	#[error("no chain would register the verifying key: {0}")]
	UnacceptableKey(KeyError),
}

/// Makes the keys for `architecture` in one go.
///
/// **For development only.** Whoever runs this holds, for a moment, the secret with which proofs of
/// anything can be made, and nobody else can tell that it is gone. Register such a key as a
/// development setup. `rng` must be a secure one: whoever can guess it has the secret too.
///
/// # Errors
///
/// See [`SetupError`].
pub fn development_setup<R: RngCore + CryptoRng>(
	architecture: &Architecture,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Keys, SetupError> {
	let circuit = InferenceCircuit::for_setup(architecture.clone());
	let points = generate(circuit, rng, progress)?;
	let proving = ProvingKey { architecture: architecture.clone(), points };
	let verifying = proving.verifying_key();
	Ok(Keys { proving, verifying })
}

/// Makes the keys of any circuit.
pub(crate) fn generate<C: ConstraintSynthesizer<Fr>, R: RngCore + CryptoRng>(
	circuit: C,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<ark_groth16::ProvingKey<Bn254>, SetupError> {
	progress.begin(Stage::KeyGeneration);
	let points = Groth16::<Bn254>::generate_random_parameters_with_reduction(circuit, rng)?;
	VerifyingKey::register(&convert::verifying_key(&points.vk).to_bytes())
		.map_err(SetupError::UnacceptableKey)?;
	Ok(points)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		test_circuit::{Closed, Product},
		Silent,
	};
	use rand::rngs::OsRng;

	#[test]
	fn two_setups_of_one_circuit_give_different_keys() {
		let setup = || generate(Product::example(), &mut OsRng, &mut Silent).expect("a setup");
		assert_ne!(setup().vk, setup().vk);
	}

	#[test]
	fn a_circuit_that_no_chain_would_take_is_refused() {
		let error = generate(Closed, &mut OsRng, &mut Silent).expect_err("it states nothing");
		assert!(matches!(error, SetupError::UnacceptableKey(KeyError::NoInputs)), "{error}");
	}
}
