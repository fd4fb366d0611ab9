// SPDX-License-Identifier: Apache-2.0
//! Between arkworks' structures and those of the chain's verifier: the same points, other names.

use ark_bn254::Bn254;

/// The proof of `ark-groth16` as the chain's verifier takes it.
pub(crate) fn proof(proof: ark_groth16::Proof<Bn254>) -> candor_groth16::Proof {
	candor_groth16::Proof::new(proof.a, proof.b, proof.c)
}

/// The verifying key of `ark-groth16` as the chain's verifier takes it.
pub(crate) fn verifying_key(
	key: &ark_groth16::VerifyingKey<Bn254>,
) -> candor_groth16::VerifyingKey {
	candor_groth16::VerifyingKey::plain(
		key.alpha_g1,
		key.beta_g2,
		key.gamma_g2,
		key.delta_g2,
		key.gamma_abc_g1.clone(),
	)
}
