// SPDX-License-Identifier: Apache-2.0
//! Whether a proving key is one that a setup of its circuit can have made.
//!
//! Whoever makes or alters a proving key can choose points with which some proofs fail and others
//! do not, by the value of a private variable; or points with which the randomness of a proof is
//! lost. Either gives away bits of weights and inputs, and a proof that fails costs a worker its
//! bond. The verifying key says nothing of this. So a key is checked against the circuit, which
//! everybody can lay out, before the first proof.
//!
//! # What is checked
//!
//! A setup draws `τ, α, β, γ, δ`. Write `[x]₁` and `[x]₂` for multiples of the generators, `n` for the
//! size of the domain, `t(X) = Xⁿ - 1`, and `uᵢ, vᵢ, wᵢ` for the polynomials of variable `i`, which take the
//! columns of the circuit's three matrices as values on the domain. The key has
//! `[α]₁ [β]₁ [β]₂ [γ]₂ [δ]₁ [δ]₂` and
//!
//! | part | point |
//! | --- | --- |
//! | A | `[uᵢ(τ)]₁` for all variables |
//! | B | `[vᵢ(τ)]₁` and `[vᵢ(τ)]₂` for all variables |
//! | IC | `[(β uᵢ(τ) + α vᵢ(τ) + wᵢ(τ)) / γ]₁` for the constant one and the public inputs |
//! | L | `[(β uᵢ(τ) + α vᵢ(τ) + wᵢ(τ)) / δ]₁` for the witnesses |
//! | H | `[τʲ t(τ) / δ]₁` for `j < n - 1` |
//! | powers | `[τʲ]₁` for `j < n`, `[τ]₂`, `[τⁿ]₂`, which are there for this check |
//!
//! (Groth, "On the Size of Pairing-based Non-interactive Arguments",
//! <https://eprint.iacr.org/2016/260>, section 3.2.)
//!
//! 1. Every list has the length that the circuit demands; every point is on its curve and in the
//!    subgroup of prime order `r`, so that from here on each point is a multiple of a generator by
//!    one number below `r`. `α, β, γ, δ, τ` and `t(τ)` are not zero.
//! 2. `β` and `δ` are the same in both groups, by one pairing equation each.
//! 3. The powers begin with the generator and grow by the factor of `[τ]₂`; the last one times `τ` is
//!    `[τⁿ]₂`. By pairings: `Σ ρⱼ [τʲ⁺¹]₁` with `[1]₂` is `Σ ρⱼ [τʲ]₁` with `[τ]₂`.
//! 4. H: `Σ ρⱼ Hⱼ` with `[δ]₂` is `Σ ρⱼ [τʲ]₁` with `[τⁿ]₂ - [1]₂`.
//! 5. A and B in the first group: `Σ ρᵢ Aᵢ = [P(τ)]₁` for `P = Σ ρᵢ uᵢ`. `P` takes the product of the
//!    matrix and `ρ` as its values, so one inverse Fourier transform gives its coefficients, and one
//!    sum of multiples of the powers `[P(τ)]₁`.
//! 6. B in the second group: `Σ ρᵢ [vᵢ]₁` with `[1]₂` is `[1]₁` with `Σ ρᵢ [vᵢ]₂`.
//! 7. IC and L: `Σ ρᵢ ICᵢ` with `[γ]₂` plus `Σ ρᵢ Lᵢ` with `[δ]₂` is `Σ ρᵢ Aᵢ` with `[β]₂` plus `[α]₁` with
//!    `Σ ρᵢ [vᵢ]₂` plus `[Σ ρᵢ wᵢ(τ)]₁` with `[1]₂`.
//!
//! The `ρ` are drawn anew for every check, uniformly from `2¹²⁸` numbers, after the key is fixed.
//!
//! # What follows
//!
//! Each equation compares two sums `Σ ρᵢ xᵢ = Σ ρᵢ yᵢ` of numbers modulo `r`, where the `x` stand in the
//! key and the `y` follow from what was checked before. If `xᵢ ≠ yᵢ` for one `i`, then of the values of
//! `ρᵢ` at most one makes the sums equal whatever the others are: an equation passes a wrong point
//! with a probability of at most `2⁻¹²⁸`, all of them together with less than `2⁻¹²⁵`. This is the small
//! exponents test of Bellare, Garay and Rabin (Eurocrypt 1998), by which snarkjs' `zkey verify` and
//! the ceremony of Bowe, Gabizon and Miers (<https://eprint.iacr.org/2017/1050>) compare lists of
//! points, too.
//!
//! So a key that passes *is* the key of a setup with some `τ, α, β, γ, δ`: no point is free. With such
//! a key every true statement has proofs that pass, whatever the witness; and as `δ` is not zero, `A`
//! and `B` of a proof are uniform and independent of the witness, and `C` is the one point with
//! which the verifier's equation holds. That is perfect zero knowledge, also where the maker of
//! the key kept all secrets (Fuchsbauer, "Subversion-zero-knowledge SNARKs",
//! <https://eprint.iacr.org/2017/587>). It is not soundness: whether the maker forgot the secrets,
//! with which anything can be proven, no check can tell.

mod fault;
#[cfg(test)]
mod tests;

use crate::{convert, layout::Layout, powers::Powers, setup::Points};
use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::Zero;
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::Matrix;
use candor_groth16::VerifyingKey;
use rand::{CryptoRng, Rng, RngCore};
use rayon::prelude::*;

pub use fault::{KeyFault, Part};

/// The version of this check. A verdict of another version counts for nothing: raise it with every
/// change of what is checked.
pub(crate) const VERSION: u32 = 1;

/// Checks a key against the circuit; see the module.
pub(crate) fn check<R: RngCore + CryptoRng>(
	key: &Points,
	powers: &Powers,
	layout: &Layout,
	rng: &mut R,
) -> Result<(), KeyFault> {
	check_lengths(key, powers, layout)?;
	check_groups(key, powers)?;
	check_scalars(key)?;
	VerifyingKey::register(&convert::verifying_key(&key.vk).to_bytes())
		.map_err(KeyFault::UnacceptableKey)?;
	check_powers(key, powers, rng)?;
	check_queries(key, powers, layout, rng)
}

fn check_lengths(key: &Points, powers: &Powers, layout: &Layout) -> Result<(), KeyFault> {
	let (variables, points) = (layout.variables(), layout.domain.size());
	for (part, got, expected) in [
		(Part::Inputs, key.vk.gamma_abc_g1.len(), layout.instances),
		(Part::A, key.a_query.len(), variables),
		(Part::B1, key.b_g1_query.len(), variables),
		(Part::B2, key.b_g2_query.len(), variables),
		(Part::H, key.h_query.len(), points - 1),
		(Part::L, key.l_query.len(), layout.witnesses),
		(Part::Powers, powers.g1.len(), points),
	] {
		if got != expected {
			return Err(KeyFault::Length { part, expected, got });
		}
	}
	Ok(())
}

fn check_groups(key: &Points, powers: &Powers) -> Result<(), KeyFault> {
	let first: [(Part, &[G1Affine]); 9] = [
		(Part::Alpha, &[key.vk.alpha_g1]),
		(Part::Beta, &[key.beta_g1]),
		(Part::Delta, &[key.delta_g1]),
		(Part::Inputs, &key.vk.gamma_abc_g1),
		(Part::A, &key.a_query),
		(Part::B1, &key.b_g1_query),
		(Part::H, &key.h_query),
		(Part::L, &key.l_query),
		(Part::Powers, &powers.g1),
	];
	for (part, points) in first {
		// The first group's curve has no other subgroup.
		let outside = |point: &G1Affine| !point.is_on_curve();
		if let Some(index) = points.par_iter().position_first(outside) {
			return Err(KeyFault::OutsideGroup { part, index });
		}
	}
	let second: [(Part, &[G2Affine]); 5] = [
		(Part::Beta, &[key.vk.beta_g2]),
		(Part::Gamma, &[key.vk.gamma_g2]),
		(Part::Delta, &[key.vk.delta_g2]),
		(Part::B2, &key.b_g2_query),
		(Part::Powers, &[powers.tau_g2, powers.tau_n_g2]),
	];
	for (part, points) in second {
		let outside = |point: &G2Affine| !(point.is_on_curve() && candor_bn254::in_subgroup(point));
		if let Some(index) = points.par_iter().position_first(outside) {
			return Err(KeyFault::OutsideGroup { part, index });
		}
	}
	Ok(())
}

/// Whether the single points are multiples by numbers that are not zero, and the same in both groups.
fn check_scalars(key: &Points) -> Result<(), KeyFault> {
	for (part, is_zero) in [
		(Part::Alpha, key.vk.alpha_g1.is_zero()),
		(Part::Beta, key.beta_g1.is_zero() || key.vk.beta_g2.is_zero()),
		(Part::Gamma, key.vk.gamma_g2.is_zero()),
		(Part::Delta, key.delta_g1.is_zero() || key.vk.delta_g2.is_zero()),
	] {
		if is_zero {
			return Err(KeyFault::Infinity(part));
		}
	}
	for (part, first, second) in
		[(Part::Beta, key.beta_g1, key.vk.beta_g2), (Part::Delta, key.delta_g1, key.vk.delta_g2)]
	{
		require(part, &[(first, generator_2())], &[(G1Affine::generator(), second)])?;
	}
	Ok(())
}

/// Points 3 and 4 of the module.
fn check_powers<R: RngCore + CryptoRng>(
	key: &Points,
	powers: &Powers,
	rng: &mut R,
) -> Result<(), KeyFault> {
	let (one, tau, tau_n) = (generator_2(), powers.tau_g2, powers.tau_n_g2);
	let vanishing = (tau_n.into_group() - one).into_affine();
	if tau.is_zero() || vanishing.is_zero() {
		return Err(KeyFault::Infinity(Part::Powers));
	}
	let (Some((first, higher)), Some((last, lower))) =
		(powers.g1.split_first(), powers.g1.split_last())
	else {
		return Err(KeyFault::Infinity(Part::Powers));
	};
	if *first != G1Affine::generator() {
		return Err(KeyFault::Unrelated(Part::Powers));
	}
	let weights = random_weights(lower.len(), rng);
	let lower = sum(lower, &weights);
	require(Part::Powers, &[(sum(higher, &weights), one)], &[(lower, tau)])?;
	require(Part::Powers, &[(*last, tau)], &[(G1Affine::generator(), tau_n)])?;
	require(Part::H, &[(sum(&key.h_query, &weights), key.vk.delta_g2)], &[(lower, vanishing)])
}

/// Points 5 to 7 of the module.
fn check_queries<R: RngCore + CryptoRng>(
	key: &Points,
	powers: &Powers,
	layout: &Layout,
	rng: &mut R,
) -> Result<(), KeyFault> {
	let weights = random_weights(layout.variables(), rng);
	let at_tau = |matrix: &Matrix<Fr>| sum(&powers.g1, &layout.sum_columns(matrix, &weights));

	let a = sum(&key.a_query, &weights);
	if a != at_tau(&layout.a) {
		return Err(KeyFault::Unrelated(Part::A));
	}
	let b1 = sum(&key.b_g1_query, &weights);
	if b1 != at_tau(&layout.b) {
		return Err(KeyFault::Unrelated(Part::B1));
	}
	let b2: G2Affine = G2Projective::msm(&key.b_g2_query, &weights)
		.expect("lengths were checked; qed")
		.into_affine();
	require(Part::B2, &[(b1, generator_2())], &[(G1Affine::generator(), b2)])?;

	let (for_inputs, for_witnesses) = weights.split_at(layout.instances);
	let inputs = sum(&key.vk.gamma_abc_g1, for_inputs);
	let witnesses = sum(&key.l_query, for_witnesses);
	require(
		Part::InputsAndL,
		&[(inputs, key.vk.gamma_g2), (witnesses, key.vk.delta_g2)],
		&[(a, key.vk.beta_g2), (key.vk.alpha_g1, b2), (at_tau(&layout.c), generator_2())],
	)
}

fn generator_2() -> G2Affine {
	G2Affine::generator()
}

/// Uniform numbers below `2^128`.
fn random_weights<R: RngCore + CryptoRng>(count: usize, rng: &mut R) -> Vec<Fr> {
	(0..count).map(|_| Fr::from(rng.gen::<u128>())).collect()
}

fn sum(points: &[G1Affine], scalars: &[Fr]) -> G1Affine {
	G1Projective::msm(points, scalars).expect("lengths were checked; qed").into_affine()
}

/// Holds both sides' products of pairings equal.
fn require(
	part: Part,
	left: &[(G1Affine, G2Affine)],
	right: &[(G1Affine, G2Affine)],
) -> Result<(), KeyFault> {
	let first = left.iter().map(|(p, _)| *p).chain(right.iter().map(|(p, _)| -*p));
	let second = left.iter().chain(right).map(|(_, q)| *q);
	if Bn254::multi_pairing(first, second).is_zero() {
		Ok(())
	} else {
		Err(KeyFault::Unrelated(part))
	}
}
