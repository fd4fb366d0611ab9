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

use crate::{convert, layout::Layout, powers::Powers, setup::Points};
use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::Zero;
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::Matrix;
use candor_groth16::{KeyError, VerifyingKey};
use rand::{CryptoRng, Rng, RngCore};
use rayon::prelude::*;
use std::fmt;

/// The version of this check. A verdict of another version counts for nothing: raise it with every
/// change of what is checked.
pub(crate) const VERSION: u32 = 1;

/// A part of a proving key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
	/// `α`.
	Alpha,
	/// `β`, in either group.
	Beta,
	/// `γ`.
	Gamma,
	/// `δ`, in either group.
	Delta,
	/// The points of the public inputs.
	Inputs,
	/// The points of the left factors.
	A,
	/// The points of the right factors in the first group.
	B1,
	/// The points of the right factors in the second group.
	B2,
	/// The points of the quotient.
	H,
	/// The points of the witnesses.
	L,
	/// The points of public inputs and witnesses, which one equation checks.
	InputsAndL,
	/// The powers of the secret, with which the others are checked.
	Powers,
}

impl fmt::Display for Part {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Alpha => "alpha",
			Self::Beta => "beta",
			Self::Gamma => "gamma",
			Self::Delta => "delta",
			Self::Inputs => "IC",
			Self::A => "A",
			Self::B1 => "B in the first group",
			Self::B2 => "B in the second group",
			Self::H => "H",
			Self::L => "L",
			Self::InputsAndL => "IC or L",
			Self::Powers => "the powers of tau",
		})
	}
}

/// Why no setup of the circuit can have made a proving key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
	/// A list has another length than the circuit demands.
	#[error("{part} has {got} points where the circuit demands {expected}")]
	Length {
		/// The list.
		part: Part,
		/// What the circuit demands.
		expected: usize,
		/// What the key has.
		got: usize,
	},
	/// A point is not on its curve or not in the subgroup of prime order.
	#[error("point {index} of {part} lies outside the group of prime order")]
	OutsideGroup {
		/// Where it stands.
		part: Part,
		/// Its position there, from zero.
		index: usize,
	},
	/// A secret is zero, so that proofs hide nothing or prove nothing.
	#[error("{0} holds the point at infinity")]
	Infinity(Part),
	/// The verifying key breaks a rule of registration.
	#[error("no chain would register its verifying key: {0}")]
	UnacceptableKey(KeyError),
	/// Points do not follow from the circuit and the rest of the key.
	#[error("{0} does not follow from the circuit and the rest of the key")]
	Unrelated(Part),
}

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

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{setup::Trapdoor, test_circuit::Product};
	use ark_bn254::{Fq, Fq2};
	use ark_ff::Field;
	use candor_circuits::InferenceCircuit;
	use rand::rngs::OsRng;
	use std::sync::LazyLock;

	static LAYOUT: LazyLock<Layout> =
		LazyLock::new(|| Layout::of(Product::example()).expect("it is sound"));
	static SECRETS: LazyLock<Trapdoor> =
		LazyLock::new(|| Trapdoor::random(&LAYOUT.domain, &mut OsRng));
	static KEY: LazyLock<(Points, Powers)> = LazyLock::new(|| SECRETS.keys(&LAYOUT));

	/// The secrets with some of them replaced.
	fn secrets(change: impl FnOnce(&mut Trapdoor)) -> Trapdoor {
		let Trapdoor { tau, alpha, beta, gamma, delta } = *SECRETS;
		let mut secrets = Trapdoor { tau, alpha, beta, gamma, delta };
		change(&mut secrets);
		secrets
	}

	fn verdict((points, powers): &(Points, Powers)) -> Result<(), KeyFault> {
		check(points, powers, &LAYOUT, &mut OsRng)
	}

	/// The verdict on the key after a change.
	fn changed(change: impl FnOnce(&mut Points, &mut Powers)) -> Result<(), KeyFault> {
		let mut key = KEY.clone();
		change(&mut key.0, &mut key.1);
		verdict(&key)
	}

	/// One of the lists in the first group.
	type List = for<'a> fn(&'a mut Points, &'a mut Powers) -> &'a mut Vec<G1Affine>;

	/// All of them.
	const LISTS: [List; 6] = [
		|key, _| &mut key.vk.gamma_abc_g1,
		|key, _| &mut key.a_query,
		|key, _| &mut key.b_g1_query,
		|key, _| &mut key.h_query,
		|key, _| &mut key.l_query,
		|_, powers| &mut powers.g1,
	];

	#[test]
	fn the_keys_of_a_setup_pass() {
		assert_eq!(verdict(&KEY), Ok(()));
		for architecture in ["1-1", "3-2-2", "40-3-17"] {
			let architecture = architecture.parse().expect("an architecture");
			let layout = Layout::of(InferenceCircuit::for_setup(architecture)).expect("sound");
			let (points, powers) = Trapdoor::random(&layout.domain, &mut OsRng).keys(&layout);
			assert_eq!(check(&points, &powers, &layout, &mut OsRng), Ok(()));
		}
	}

	mod reject {
		use super::*;

		/// Asserts that a change to any point of any list in the first group is noticed.
		fn everywhere(change: fn(&mut Vec<G1Affine>, usize)) {
			for list in LISTS {
				let count = list(&mut KEY.0.clone(), &mut KEY.1.clone()).len();
				for index in 0..count {
					let mut key = KEY.clone();
					change(list(&mut key.0, &mut key.1), index);
					assert!(key != *KEY || verdict(&key) == Ok(()), "an honest key is refused");
					assert!(key == *KEY || verdict(&key).is_err(), "point {index} of {count}");
				}
			}
		}

		#[test]
		fn a_point_moved_by_another() {
			everywhere(|points, index| {
				points[index] = (points[index] + G1Affine::generator()).into_affine();
			});
		}

		#[test]
		fn a_point_at_infinity_and_one_where_infinity_belongs() {
			everywhere(|points, index| {
				points[index] = match points[index].is_zero() {
					true => G1Affine::generator(),
					false => G1Affine::zero(),
				};
			});
		}

		#[test]
		fn two_points_exchanged() {
			everywhere(|points, index| points.swap(0, index));
		}

		#[test]
		fn a_point_negated() {
			everywhere(|points, index| points[index] = -points[index]);
		}

		#[test]
		fn a_point_off_the_curve() {
			for list in LISTS {
				let error = changed(|key, powers| {
					let point = list(key, powers).last_mut().expect("a point");
					*point = G1Affine::new_unchecked(Fq::from(1), Fq::from(1));
				});
				assert!(matches!(error, Err(KeyFault::OutsideGroup { .. })), "{error:?}");
			}
		}

		#[test]
		fn a_list_that_is_too_short_or_too_long() {
			for list in LISTS {
				let error = changed(|key, powers| list(key, powers).truncate(1));
				assert!(matches!(error, Err(KeyFault::Length { .. })), "{error:?}");
				let error = changed(|key, powers| list(key, powers).push(G1Affine::generator()));
				assert!(matches!(error, Err(KeyFault::Length { .. })), "{error:?}");
			}
			let error = changed(|key, _| key.b_g2_query.truncate(1));
			assert!(matches!(error, Err(KeyFault::Length { part: Part::B2, .. })), "{error:?}");
		}

		#[test]
		fn any_change_of_b_in_the_second_group() {
			for index in 0..KEY.0.b_g2_query.len() {
				let unrelated = Err(KeyFault::Unrelated(Part::B2));
				let moved = changed(|key, _| {
					let point = &mut key.b_g2_query[index];
					*point = (*point + G2Affine::generator()).into_affine();
				});
				assert_eq!(moved, unrelated);
				let outside = changed(|key, _| key.b_g2_query[index] = outside_the_subgroup());
				assert_eq!(outside, Err(KeyFault::OutsideGroup { part: Part::B2, index }));
			}
		}

		/// On the curve, but not in the subgroup of prime order.
		fn outside_the_subgroup() -> G2Affine {
			(1u64..)
				.filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), false))
				.find(|point| !candor_bn254::in_subgroup(point))
				.expect("most points are outside")
		}

		#[test]
		fn single_points_at_infinity_moved_or_outside_the_subgroup() {
			let first: [fn(&mut Points) -> &mut G1Affine; 3] =
				[|key| &mut key.vk.alpha_g1, |key| &mut key.beta_g1, |key| &mut key.delta_g1];
			for point in first {
				let error = changed(|key, _| *point(key) = G1Affine::zero());
				assert!(matches!(error, Err(KeyFault::Infinity(_))), "{error:?}");
				let error = changed(|key, _| {
					*point(key) = (*point(key) + G1Affine::generator()).into_affine();
				});
				assert!(matches!(error, Err(KeyFault::Unrelated(_))), "{error:?}");
			}
			let second: [fn(&mut Points) -> &mut G2Affine; 3] =
				[|key| &mut key.vk.beta_g2, |key| &mut key.vk.gamma_g2, |key| &mut key.vk.delta_g2];
			for point in second {
				let error = changed(|key, _| *point(key) = G2Affine::zero());
				assert!(matches!(error, Err(KeyFault::Infinity(_))), "{error:?}");
				let error = changed(|key, _| {
					*point(key) = (*point(key) + G2Affine::generator()).into_affine();
				});
				assert!(matches!(error, Err(KeyFault::Unrelated(_))), "{error:?}");
				let error = changed(|key, _| *point(key) = outside_the_subgroup());
				assert!(matches!(error, Err(KeyFault::OutsideGroup { .. })), "{error:?}");
			}
			for point in
				[(|powers| &mut powers.tau_g2) as fn(&mut Powers) -> &mut G2Affine, |powers| {
					&mut powers.tau_n_g2
				}] {
				for value in [G2Affine::zero(), G2Affine::generator()] {
					assert!(changed(|_, powers| *point(powers) = value).is_err());
				}
				let error = changed(|_, powers| *point(powers) = outside_the_subgroup());
				assert!(matches!(error, Err(KeyFault::OutsideGroup { .. })), "{error:?}");
			}
		}

		/// With these a proof's randomness is lost, though it passes the verifier for some inputs.
		#[test]
		fn secrets_that_are_zero_in_both_groups() {
			let error = changed(|key, _| {
				key.delta_g1 = G1Affine::zero();
				key.vk.delta_g2 = G2Affine::zero();
			});
			assert_eq!(error, Err(KeyFault::Infinity(Part::Delta)));
			let error = changed(|key, _| {
				key.beta_g1 = G1Affine::zero();
				key.vk.beta_g2 = G2Affine::zero();
			});
			assert_eq!(error, Err(KeyFault::Infinity(Part::Beta)));
			let error = changed(|key, _| {
				key.b_g1_query.fill(G1Affine::zero());
				key.b_g2_query.fill(G2Affine::zero());
			});
			assert_eq!(error, Err(KeyFault::Unrelated(Part::B1)));
		}

		/// The maker knows the secrets, and changes all that must change together.
		#[test]
		fn a_key_in_which_one_column_is_another() {
			let step = Fr::from(1);
			let index = LAYOUT.instances;
			let error = changed(|key, _| {
				// u of a witness grows by one: A, and beta / delta in L.
				let first = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
				let a = &mut key.a_query[index];
				*a = (*a + first(step)).into_affine();
				let ratio = SECRETS.beta / SECRETS.delta * step;
				let l = &mut key.l_query[0];
				*l = (*l + first(ratio)).into_affine();
			});
			assert_eq!(error, Err(KeyFault::Unrelated(Part::A)));
			let error = changed(|key, _| {
				// v of a witness grows by one: B in both groups, and alpha / delta in L.
				let first = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
				let b1 = &mut key.b_g1_query[index];
				*b1 = (*b1 + first(step)).into_affine();
				let b2 = &mut key.b_g2_query[index];
				*b2 = (*b2 + G2Affine::generator()).into_affine();
				let l = &mut key.l_query[0];
				*l = (*l + first(SECRETS.alpha / SECRETS.delta)).into_affine();
			});
			assert_eq!(error, Err(KeyFault::Unrelated(Part::B1)));
			let error = changed(|key, _| {
				// w of a witness grows by one: L only.
				let l = &mut key.l_query[0];
				let ratio = step / SECRETS.delta;
				*l = (*l + (G1Affine::generator() * ratio).into_affine()).into_affine();
			});
			assert_eq!(error, Err(KeyFault::Unrelated(Part::InputsAndL)));
		}

		/// The maker knows the secrets, and has all equations but one on its side.
		#[test]
		fn powers_that_do_not_begin_with_the_generator() {
			let two = Fr::from(2);
			let double = |points: &mut Vec<G1Affine>| {
				points.iter_mut().for_each(|point| *point = (*point * two).into_affine());
			};
			let tau_n = SECRETS.tau.pow([LAYOUT.domain.size() as u64]);
			let ratio = two * (two * tau_n - Fr::from(1)) / (tau_n - Fr::from(1));
			let verdict = changed(|key, powers| {
				for list in LISTS {
					double(list(key, powers));
				}
				for point in &mut key.b_g2_query {
					*point = (*point * two).into_affine();
				}
				for (point, honest) in key.h_query.iter_mut().zip(&KEY.0.h_query) {
					*point = (*honest * ratio).into_affine();
				}
				powers.tau_n_g2 = (powers.tau_n_g2 * two).into_affine();
			});
			assert_eq!(verdict, Err(KeyFault::Unrelated(Part::Powers)));
		}

		#[test]
		fn a_last_power_that_is_none() {
			let two = Fr::from(2);
			let tau_n = SECRETS.tau.pow([LAYOUT.domain.size() as u64]);
			let ratio = (two * tau_n - Fr::from(1)) / (tau_n - Fr::from(1));
			let verdict = changed(|key, powers| {
				for point in &mut key.h_query {
					*point = (*point * ratio).into_affine();
				}
				powers.tau_n_g2 = (powers.tau_n_g2 * two).into_affine();
			});
			assert_eq!(verdict, Err(KeyFault::Unrelated(Part::Powers)));
		}

		#[test]
		fn parts_of_a_setup_with_another_tau() {
			let other = secrets(|secrets| secrets.tau += Fr::from(1)).keys(&LAYOUT);
			assert_eq!(verdict(&other), Ok(()));
			let quotient = changed(|key, _| key.h_query = other.0.h_query.clone());
			assert_eq!(quotient, Err(KeyFault::Unrelated(Part::H)));
			let powers = changed(|_, powers| *powers = other.1.clone());
			assert_eq!(powers, Err(KeyFault::Unrelated(Part::H)));
			let both = changed(|key, powers| {
				key.h_query = other.0.h_query.clone();
				*powers = other.1.clone();
			});
			assert_eq!(both, Err(KeyFault::Unrelated(Part::A)));
			let all_but_b_and_l = changed(|key, powers| {
				*key = Points {
					b_g1_query: key.b_g1_query.clone(),
					b_g2_query: key.b_g2_query.clone(),
					l_query: key.l_query.clone(),
					..other.0.clone()
				};
				*powers = other.1.clone();
			});
			assert_eq!(all_but_b_and_l, Err(KeyFault::Unrelated(Part::B1)));
			let all_but_l = changed(|key, powers| {
				*key = Points { l_query: key.l_query.clone(), ..other.0.clone() };
				*powers = other.1.clone();
			});
			assert_eq!(all_but_l, Err(KeyFault::Unrelated(Part::InputsAndL)));
		}

		#[test]
		fn a_tau_on_the_domain() {
			let tau = LAYOUT.domain.element(1);
			let key = secrets(|secrets| secrets.tau = tau).keys(&LAYOUT);
			assert!(verdict(&key).is_err());
			let powers = check_powers(&key.0, &key.1, &mut OsRng);
			assert_eq!(powers, Err(KeyFault::Infinity(Part::Powers)));
		}

		#[test]
		fn a_key_that_no_chain_takes() {
			let key = secrets(|secrets| secrets.gamma = secrets.delta).keys(&LAYOUT);
			assert_eq!(verdict(&key), Err(KeyFault::UnacceptableKey(KeyError::RelatedSetup)));
		}

		#[test]
		fn the_key_of_another_circuit_of_the_same_size() {
			for matrix in [
				(|layout| &mut layout.a) as fn(&mut Layout) -> &mut Matrix<Fr>,
				|layout| &mut layout.b,
				|layout| &mut layout.c,
			] {
				let mut layout = Layout::of(Product::example()).expect("it is sound");
				matrix(&mut layout)[0][0].0 += Fr::from(1);
				assert_ne!(layout.digest(), LAYOUT.digest());
				let verdict = check(&KEY.0, &KEY.1, &layout, &mut OsRng);
				assert!(matches!(verdict, Err(KeyFault::Unrelated(_))), "{verdict:?}");
			}
		}
	}
}
