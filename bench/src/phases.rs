// SPDX-License-Identifier: Apache-2.0

//! Where the time of a verification goes: each of its steps measured by itself.

use crate::{measure::Rounds, report::Phase, INPUTS};
use candor_bn254::{
	final_exponentiation, in_subgroup, msm_g1, multi_miller_loop, PreparedG2, Terms, LAMBDA,
};
use candor_groth16::{Fr, G1Affine, G2Affine, PreparedVerifyingKey, Proof};
use candor_trapdoor::{g1, g2, Trapdoor};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::hint::black_box;

/// Proofs of the batch whose steps are measured.
const PROOFS: usize = 64;

/// Measures the steps of a single verification, and those of a batch of [`PROOFS`] under one key.
pub fn measure(rounds: &mut Rounds<'_>) -> anyhow::Result<Vec<Phase>> {
	let rng = &mut ChaCha20Rng::seed_from_u64(2);
	let trapdoor = Trapdoor::random(INPUTS, rng);
	let key = trapdoor.key();
	let stored = PreparedVerifyingKey::prepare(&key)?.to_bytes();
	let inputs: Vec<Fr> = (0..=INPUTS).map(|_| ark_ff::UniformRand::rand(rng)).collect();
	let proof = trapdoor.prove(&inputs[1..], rng);
	let bytes = proof.to_bytes();

	let scalars: Vec<Fr> = (0..PROOFS).map(|_| ark_ff::UniformRand::rand(rng)).collect();
	let firsts: Vec<G1Affine> = scalars.iter().copied().map(g1).collect();
	let seconds: Vec<G2Affine> = scalars.iter().copied().map(g2).collect();
	let pairs: Vec<_> = firsts.iter().copied().zip(seconds.iter().copied()).collect();
	let weights: Vec<Fr> = (0u64..)
		.take(PROOFS)
		.map(|n| Fr::from(u64::MAX - n) + Fr::from(u64::MAX / 3 + n) * LAMBDA)
		.collect();
	let each: Vec<Terms<'_>> = firsts.chunks(1).zip(weights.chunks(1)).collect();
	let lines = [PreparedG2::new(&key.gamma)?, PreparedG2::new(&key.delta)?];
	let fixed = [(firsts[0], &lines[0]), (firsts[1], &lines[1])];
	let value = multi_miller_loop(&pairs[..1], &fixed)?;

	let mut phases = Vec::new();
	let mut phase =
		|of: &'static str, name: &str, count: usize, run: &dyn Fn() -> anyhow::Result<()>| {
			let measured = rounds.measure(name, run)?.per(count);
			phases.push(Phase { of, name: name.to_owned(), measured });
			anyhow::Ok(())
		};
	phase("single", "decoding of key and proof", 1, &|| {
		black_box((PreparedVerifyingKey::from_trusted_bytes(&stored)?, Proof::from_bytes(&bytes)?));
		Ok(())
	})?;
	phase("single", "sum of the inputs' points", 1, &|| {
		black_box(msm_g1(&[(&key.ic, &inputs)])?);
		Ok(())
	})?;
	phase("single", "Miller loop: squarings, and the pair (A, B) with its check", 1, &|| {
		black_box(multi_miller_loop(&pairs[..1], &[])?);
		Ok(())
	})?;
	phase("single", "Miller loop: squarings, and two pairs with prepared lines", 1, &|| {
		black_box(multi_miller_loop(&[], &fixed)?);
		Ok(())
	})?;
	phase("single", "Miller loop: all three pairs", 1, &|| {
		black_box(multi_miller_loop(&pairs[..1], &fixed)?);
		Ok(())
	})?;
	phase("single", "final exponentiation", 1, &|| {
		black_box(final_exponentiation(&value)?);
		Ok(())
	})?;
	phase("single", "(check of the subgroup, were it separate)", 1, &|| {
		black_box(in_subgroup(&seconds[0]));
		Ok(())
	})?;
	phase("one of 64", "decoding of the proof", 1, &|| {
		black_box(Proof::from_bytes(&bytes)?);
		Ok(())
	})?;
	phase("one of 64", "A times its weight", PROOFS, &|| {
		black_box(msm_g1(&each)?);
		Ok(())
	})?;
	phase("one of 64", "C times its weight, summed", PROOFS, &|| {
		black_box(msm_g1(&[(&firsts, &weights)])?);
		Ok(())
	})?;
	phase("one of 64", "Miller loop, check included", PROOFS, &|| {
		black_box(multi_miller_loop(&pairs, &[])?);
		Ok(())
	})?;
	phase("one of 64", "pairs of the key", PROOFS, &|| {
		black_box(multi_miller_loop(&pairs[..1], &fixed)?);
		Ok(())
	})?;
	phase("one of 64", "final exponentiation", PROOFS, &|| {
		black_box(final_exponentiation(&value)?);
		Ok(())
	})?;
	Ok(phases)
}
