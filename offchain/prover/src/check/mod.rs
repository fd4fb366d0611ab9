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
//! A setup draws `τ, α, β, γ, δ`, and `η` and `σ` where the circuit has a model block and a stage one. Write `[x]₁` and `[x]₂` for multiples of the generators, `n` for the
//! size of the domain, `t(X) = Xⁿ - 1`, and `uᵢ, vᵢ, wᵢ` for the polynomials of variable `i`, which take the
//! columns of the circuit's three matrices as values on the domain, and `Kᵢ` for
//! `β uᵢ(τ) + α vᵢ(τ) + wᵢ(τ)`. The key has `[α]₁ [β]₁ [β]₂ [γ]₂ [δ]₁ [δ]₂ [η]₁ [η]₂ [σ]₁ [σ]₂` and
//!
//! | part | point |
//! | --- | --- |
//! | A | `[uᵢ(τ)]₁` for all variables |
//! | B | `[vᵢ(τ)]₁` and `[vᵢ(τ)]₂` for all variables |
//! | IC | `[Kᵢ / γ]₁` for the constant one, the public inputs and the challenges |
//! | model | `[Kᵢ / η]₁` for the model |
//! | stage one | `[Kᵢ / σ]₁` for what a proof commits to before its challenges |
//! | L | `[Kᵢ / δ]₁` for the other witnesses |
//! | H | `[τʲ t(τ) / δ]₁` for `j < n - 1` |
//! | powers | `[τʲ]₁` for `j < n`, `[τ]₂`, `[τⁿ]₂`, which are there for this check |
//!
//! (Groth, "On the Size of Pairing-based Non-interactive Arguments",
//! <https://eprint.iacr.org/2016/260>, section 3.2; `docs/proof-system.md` for the blocks.)
//!
//! 1. Every list has the length that the circuit demands; every point is on its curve and in the
//!    subgroup of prime order `r`, so that from here on each point is a multiple of a generator by
//!    one number below `r`. `α, β, γ, δ, η, σ, τ` and `t(τ)` are not zero.
//! 2. `β, δ, η` and `σ` are the same in both groups, by one pairing equation each. No two of `β, γ, δ, η, σ`
//!    are equal or opposite; that no other relation of theirs is known to anybody, no check can tell.
//! 3. The powers begin with the generator and grow by the factor of `[τ]₂`; the last one times `τ` is
//!    `[τⁿ]₂`. By pairings: `Σ ρⱼ [τʲ⁺¹]₁` with `[1]₂` is `Σ ρⱼ [τʲ]₁` with `[τ]₂`.
//! 4. H: `Σ ρⱼ Hⱼ` with `[δ]₂` is `Σ ρⱼ [τʲ]₁` with `[τⁿ]₂ - [1]₂`.
//! 5. A and B in the first group: `Σ ρᵢ Aᵢ = [P(τ)]₁` for `P = Σ ρᵢ uᵢ`. `P` takes the product of the
//!    matrix and `ρ` as its values, so one inverse Fourier transform gives its coefficients, and one
//!    sum of multiples of the powers `[P(τ)]₁`.
//! 6. B in the second group: `Σ ρᵢ [vᵢ]₁` with `[1]₂` is `[1]₁` with `Σ ρᵢ [vᵢ]₂`.
//! 7. IC, model, stage one and L: the sums of their points, each times its `ρᵢ`, with `[γ]₂, [η]₂, [σ]₂` and
//!    `[δ]₂` are together `Σ ρᵢ Aᵢ` with `[β]₂` plus `[α]₁` with `Σ ρᵢ [vᵢ]₂` plus `[Σ ρᵢ wᵢ(τ)]₁` with `[1]₂`.
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
//! So a key that passes *is* the key of a setup with some `τ, α, β, γ, δ, η, σ`: no point is free. With such
//! a key every true statement has proofs that pass, whatever the witness; and as `δ` is not zero, `A`,
//! `B` and commitments of a proof are uniform and independent of the witness, and `C` is the one point
//! with which the verifier's equation holds. That is perfect zero knowledge, also where the maker of
//! the key kept all secrets (Fuchsbauer, "Subversion-zero-knowledge SNARKs",
//! <https://eprint.iacr.org/2017/587>). It is not soundness: whether the maker forgot the secrets,
//! with which anything can be proven, no check can tell.

mod fault;
#[cfg(test)]
mod tests;

use crate::{points::PointCounts, Block, Layout, Points, Powers, Progress, Work};
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
pub const VERSION: u32 = 2;

/// What checking a point of the second group is in [`Work`], where a point of the first one, times 128 bits, is one:
/// that it is in the subgroup, and its multiple.
const SECOND_GROUP: u64 = 12;

/// The same for a point of the first group times a whole scalar.
const WHOLE: u64 = 2;

/// What is counted while a key of a circuit is checked.
fn work_of(layout: &Layout) -> u64 {
	let PointCounts { g1, g2 } = PointCounts::of(layout);
	let powers = layout.domain.size() as u64;
	// Of the powers there are two sums more than lists, and three with the coefficients of polynomials.
	g1 + powers + 3 * WHOLE * powers + SECOND_GROUP * g2
}

/// Checks a key against the circuit; see the module.
///
/// # Errors
///
/// The first thing that no setup of the circuit can have made.
pub fn check<R: RngCore + CryptoRng>(
	key: &Points,
	powers: &Powers,
	layout: &Layout,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<(), KeyFault> {
	let work = progress.count(work_of(layout));
	check_lengths(key, powers, layout)?;
	check_groups(key, powers, &work)?;
	check_scalars(key)?;
	VerifyingKey::register(&key.verifying_key().to_bytes()).map_err(KeyFault::UnacceptableKey)?;
	check_powers(key, powers, rng, &work)?;
	check_queries(key, powers, layout, rng, &work)
}

fn check_lengths(key: &Points, powers: &Powers, layout: &Layout) -> Result<(), KeyFault> {
	let (variables, points) = (layout.variables(), layout.domain.size());
	let length = |block: &Option<Block>| block.as_ref().map_or(0, |block| block.query.len());
	for (part, got, expected) in [
		(Part::Challenges, key.challenges.into(), layout.challenges.into()),
		(Part::Inputs, key.ic.len(), layout.instances),
		(Part::A, key.a.len(), variables),
		(Part::B1, key.b_g1.len(), variables),
		(Part::B2, key.b_g2.len(), variables),
		(Part::H, key.h.len(), points - 1),
		(Part::Model, length(&key.model), layout.model),
		(Part::StageOne, length(&key.stage_one), layout.stage_one),
		(Part::L, key.rest.len(), layout.rest()),
		(Part::Powers, powers.g1.len(), points),
	] {
		if got != expected {
			return Err(KeyFault::Length { part, expected, got });
		}
	}
	for (part, is_there, is_expected) in [
		(Part::Model, key.model.is_some(), layout.model > 0),
		(Part::StageOne, key.stage_one.is_some(), layout.challenges > 0),
	] {
		if is_there != is_expected {
			return Err(KeyFault::Blocks(part));
		}
	}
	Ok(())
}

/// The blocks of a key, each with the names of its trapdoor and of its points.
fn blocks(key: &Points) -> impl Iterator<Item = (Part, Part, &Block)> {
	let named = |trapdoor, query, block| (trapdoor, query, block);
	let model = key.model.iter().map(move |block| named(Part::Eta, Part::Model, block));
	model.chain(key.stage_one.iter().map(move |block| named(Part::Sigma, Part::StageOne, block)))
}

/// Points of the second group are looked at so many at once, and then counted.
const AT_ONCE: usize = 1 << 12;

fn check_groups(key: &Points, powers: &Powers, work: &Work) -> Result<(), KeyFault> {
	let mut first: Vec<(Part, &[G1Affine])> = vec![
		(Part::Alpha, std::slice::from_ref(&key.alpha_g1)),
		(Part::Beta, std::slice::from_ref(&key.beta_g1)),
		(Part::Delta, std::slice::from_ref(&key.delta_g1)),
		(Part::Inputs, &key.ic),
		(Part::A, &key.a),
		(Part::B1, &key.b_g1),
		(Part::H, &key.h),
		(Part::L, &key.rest),
		(Part::Powers, &powers.g1),
	];
	let of_tau = [powers.tau_g2, powers.tau_n_g2];
	let mut second: Vec<(Part, &[G2Affine])> = vec![
		(Part::Beta, std::slice::from_ref(&key.beta_g2)),
		(Part::Gamma, std::slice::from_ref(&key.gamma_g2)),
		(Part::Delta, std::slice::from_ref(&key.delta_g2)),
		(Part::B2, &key.b_g2),
		(Part::Powers, &of_tau),
	];
	for (trapdoor, query, block) in blocks(key) {
		first.push((trapdoor, std::slice::from_ref(&block.g1)));
		first.push((query, &block.query));
		second.push((trapdoor, std::slice::from_ref(&block.g2)));
	}
	for (part, points) in first {
		// The first group's curve has no other subgroup.
		let outside = |point: &G1Affine| !point.is_on_curve();
		if let Some(index) = points.par_iter().position_first(outside) {
			return Err(KeyFault::OutsideGroup { part, index });
		}
	}
	for (part, points) in second {
		let outside = |point: &G2Affine| !(point.is_on_curve() && candor_bn254::in_subgroup(point));
		for (chunk, points) in points.chunks(AT_ONCE).enumerate() {
			if let Some(index) = points.par_iter().position_first(outside) {
				return Err(KeyFault::OutsideGroup { part, index: chunk * AT_ONCE + index });
			}
			work.add(SECOND_GROUP * points.len() as u64);
		}
	}
	Ok(())
}

/// Whether the single points are multiples by numbers that are not zero, and the same in both groups.
fn check_scalars(key: &Points) -> Result<(), KeyFault> {
	if key.alpha_g1.is_zero() {
		return Err(KeyFault::Infinity(Part::Alpha));
	}
	if key.gamma_g2.is_zero() {
		return Err(KeyFault::Infinity(Part::Gamma));
	}
	let pairs = [(Part::Beta, key.beta_g1, key.beta_g2), (Part::Delta, key.delta_g1, key.delta_g2)];
	let of_blocks = blocks(key).map(|(trapdoor, _, block)| (trapdoor, block.g1, block.g2));
	for (part, first, second) in pairs.into_iter().chain(of_blocks) {
		if first.is_zero() || second.is_zero() {
			return Err(KeyFault::Infinity(part));
		}
		require(part, &[(first, generator_2())], &[(G1Affine::generator(), second)])?;
	}
	Ok(())
}

/// Points 3 and 4 of the module.
fn check_powers<R: RngCore + CryptoRng>(
	key: &Points,
	powers: &Powers,
	rng: &mut R,
	work: &Work,
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
	let lower = sum(lower, &weights, work);
	require(Part::Powers, &[(sum(higher, &weights, work), one)], &[(lower, tau)])?;
	require(Part::Powers, &[(*last, tau)], &[(G1Affine::generator(), tau_n)])?;
	require(Part::H, &[(sum(&key.h, &weights, work), key.delta_g2)], &[(lower, vanishing)])
}

/// Points 5 to 7 of the module.
fn check_queries<R: RngCore + CryptoRng>(
	key: &Points,
	powers: &Powers,
	layout: &Layout,
	rng: &mut R,
	work: &Work,
) -> Result<(), KeyFault> {
	let weights = random_weights(layout.variables(), rng);
	let at_tau = |matrix: &Matrix<Fr>| {
		// Once more for whole scalars.
		work.add((WHOLE - 1) * powers.g1.len() as u64);
		sum(&powers.g1, &layout.sum_columns(matrix, &weights), work)
	};

	let a = sum(&key.a, &weights, work);
	if a != at_tau(&layout.a) {
		return Err(KeyFault::Unrelated(Part::A));
	}
	let b1 = sum(&key.b_g1, &weights, work);
	if b1 != at_tau(&layout.b) {
		return Err(KeyFault::Unrelated(Part::B1));
	}
	let b2: G2Affine =
		G2Projective::msm(&key.b_g2, &weights).expect("lengths were checked; qed").into_affine();
	require(Part::B2, &[(b1, generator_2())], &[(G1Affine::generator(), b2)])?;

	let (for_inputs, mut for_witnesses) = weights.split_at(layout.instances);
	let mut combined = vec![(sum(&key.ic, for_inputs, work), key.gamma_g2)];
	for (_, _, block) in blocks(key) {
		let (for_block, others) = for_witnesses.split_at(block.query.len());
		combined.push((sum(&block.query, for_block, work), block.g2));
		for_witnesses = others;
	}
	combined.push((sum(&key.rest, for_witnesses, work), key.delta_g2));
	require(
		Part::Combined,
		&combined,
		&[(a, key.beta_g2), (key.alpha_g1, b2), (at_tau(&layout.c), generator_2())],
	)
}

fn generator_2() -> G2Affine {
	G2Affine::generator()
}

/// Uniform numbers below `2^128`.
fn random_weights<R: RngCore + CryptoRng>(count: usize, rng: &mut R) -> Vec<Fr> {
	(0..count).map(|_| Fr::from(rng.gen::<u128>())).collect()
}

fn sum(points: &[G1Affine], scalars: &[Fr], work: &Work) -> G1Affine {
	let sum = G1Projective::msm(points, scalars).expect("lengths were checked; qed").into_affine();
	work.add(points.len() as u64);
	sum
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
