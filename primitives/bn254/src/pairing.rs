// SPDX-License-Identifier: Apache-2.0

//! BN254 for generic code over arkworks' traits: the same curve as `ark_bn254`, with the operations
//! of this crate where they are heavy. In Wasm with host functions, the host computes those.
//!
//! What is computed is what `ark_bn254` computes, with one difference: a Miller loop finds out whether
//! its points are in their groups, and has no final exponentiation if one is not. A product of
//! pairings, which has no way to say so, is then arkworks' own.

use crate::operations;
#[cfg(doc)]
use crate::PreparedG2;
use alloc::vec::Vec;
use ark_bn254::{g1, g2, Fq, Fq12, Fq2, Fr};
use ark_ec::{
	pairing::{MillerLoopOutput, Pairing, PairingOutput},
	short_weierstrass::{Affine, Projective, SWCurveConfig},
	AffineRepr, CurveConfig, CurveGroup,
};
use ark_ff::{AdditiveGroup, BigInt, MontFp, PrimeField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};

/// The pairing-friendly curve BN254.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bn254;

/// The first group's curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct G1Config;

/// The second group's curve, over the quadratic extension of the base field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct G2Config;

/// A point of the first group.
pub type G1Affine = Affine<G1Config>;
/// A point of the first group in projective coordinates.
pub type G1Projective = Projective<G1Config>;
/// A point of the second group.
pub type G2Affine = Affine<G2Config>;
/// A point of the second group in projective coordinates.
pub type G2Projective = Projective<G2Config>;

impl CurveConfig for G1Config {
	type BaseField = Fq;
	type ScalarField = Fr;

	const COFACTOR: &'static [u64] = g1::Config::COFACTOR;
	const COFACTOR_INV: Fr = g1::Config::COFACTOR_INV;
}

impl SWCurveConfig for G1Config {
	type ZeroFlag = ();

	const COEFF_A: Fq = g1::Config::COEFF_A;
	const COEFF_B: Fq = g1::Config::COEFF_B;
	const GENERATOR: G1Affine = G1Affine::new_unchecked(g1::G1_GENERATOR_X, g1::G1_GENERATOR_Y);

	fn mul_by_a(_: Fq) -> Fq {
		Fq::ZERO
	}

	fn is_in_correct_subgroup_assuming_on_curve(_: &G1Affine) -> bool {
		true
	}

	fn mul_projective(base: &G1Projective, scalar: &[u64]) -> G1Projective {
		Self::mul_affine(&base.into_affine(), scalar)
	}

	fn mul_affine(base: &G1Affine, scalar: &[u64]) -> G1Projective {
		// The whole curve has the order of the scalars.
		sum_of([*base], &[reduced(scalar)])
	}

	fn msm(bases: &[G1Affine], scalars: &[Fr]) -> Result<G1Projective, usize> {
		if bases.len() != scalars.len() {
			return Err(bases.len().min(scalars.len()));
		}
		Ok(sum_of(bases.iter().copied(), scalars))
	}
}

/// The integer with these limbs, however many, the lowest first, modulo the order of the groups.
fn reduced(limbs: &[u64]) -> Fr {
	/// `2⁶⁴`.
	const LIMB: Fr = MontFp!("18446744073709551616");
	limbs.iter().rev().fold(Fr::ZERO, |higher, limb| higher * LIMB + Fr::from(*limb))
}

fn sum_of(bases: impl IntoIterator<Item = G1Affine>, scalars: &[Fr]) -> G1Projective {
	let points: Vec<_> = bases.into_iter().map(|point| plain_g1(&point)).collect();
	let sums = operations::msm_g1(&[(&points, scalars)]).unwrap_or_default();
	sums.first()
		.map_or(G1Projective::ZERO, |sum| G1Affine::new_unchecked(sum.x, sum.y).into_group())
}

impl CurveConfig for G2Config {
	type BaseField = Fq2;
	type ScalarField = Fr;

	const COFACTOR: &'static [u64] = g2::Config::COFACTOR;
	const COFACTOR_INV: Fr = g2::Config::COFACTOR_INV;
}

impl SWCurveConfig for G2Config {
	type ZeroFlag = ();

	const COEFF_A: Fq2 = g2::Config::COEFF_A;
	const COEFF_B: Fq2 = g2::Config::COEFF_B;
	const GENERATOR: G2Affine = G2Affine::new_unchecked(g2::G2_GENERATOR_X, g2::G2_GENERATOR_Y);

	fn mul_by_a(_: Fq2) -> Fq2 {
		Fq2::ZERO
	}

	fn is_in_correct_subgroup_assuming_on_curve(point: &G2Affine) -> bool {
		operations::in_subgroup(&plain_g2(point))
	}

	fn mul_projective(base: &G2Projective, scalar: &[u64]) -> G2Projective {
		Self::mul_affine(&base.into_affine(), scalar)
	}

	fn mul_affine(base: &G2Affine, scalar: &[u64]) -> G2Projective {
		// A point outside the subgroup has another order: what is not a scalar is not reduced to
		// one.
		let mut limbs = [0; 4];
		let fits = scalar.iter().skip(limbs.len()).all(|limb| *limb == 0);
		limbs.iter_mut().zip(scalar).for_each(|(to, from)| *to = *from);
		match Fr::from_bigint(BigInt::new(limbs)).filter(|_| fits) {
			Some(scalar) => Self::msm(&[*base], &[scalar]).unwrap_or(G2Projective::ZERO),
			None => ark_ec::scalar_mul::double_and_add_affine(base, scalar),
		}
	}

	fn msm(bases: &[G2Affine], scalars: &[Fr]) -> Result<G2Projective, usize> {
		let points: Vec<_> = bases.iter().map(plain_g2).collect();
		let shorter = bases.len().min(scalars.len());
		let sum = operations::msm_g2(&points, scalars).map_err(|_| shorter)?;
		Ok(G2Affine::new_unchecked(sum.x, sum.y).into_group())
	}
}

/// The point in `ark_bn254`'s types.
pub const fn plain_g1(point: &G1Affine) -> ark_bn254::G1Affine {
	ark_bn254::G1Affine::new_unchecked(point.x, point.y)
}

/// The point in `ark_bn254`'s types.
pub const fn plain_g2(point: &G2Affine) -> ark_bn254::G2Affine {
	ark_bn254::G2Affine::new_unchecked(point.x, point.y)
}

/// A point of the first group as Miller loops take it.
#[derive(Clone, Debug, PartialEq, Eq, CanonicalSerialize, CanonicalDeserialize)]
pub struct G1Prepared(G1Affine);

/// A point of the second group as Miller loops take it. Its lines are not kept here, since they would
/// have to be handed to the host with every call; see [`PreparedG2`] where that pays.
#[derive(Clone, Debug, PartialEq, Eq, CanonicalSerialize, CanonicalDeserialize)]
pub struct G2Prepared(G2Affine);

macro_rules! prepared {
	($prepared:ident, $affine:ty, $projective:ty) => {
		impl Default for $prepared {
			fn default() -> Self {
				Self(<$affine>::generator())
			}
		}

		impl From<$affine> for $prepared {
			fn from(point: $affine) -> Self {
				Self(point)
			}
		}

		impl From<&$affine> for $prepared {
			fn from(point: &$affine) -> Self {
				Self(*point)
			}
		}

		impl From<$projective> for $prepared {
			fn from(point: $projective) -> Self {
				Self(point.into_affine())
			}
		}

		impl From<&$projective> for $prepared {
			fn from(point: &$projective) -> Self {
				Self(point.into_affine())
			}
		}
	};
}

prepared!(G1Prepared, G1Affine, G1Projective);
prepared!(G2Prepared, G2Affine, G2Projective);

impl Pairing for Bn254 {
	type BaseField = Fq;
	type ScalarField = Fr;
	type G1 = G1Projective;
	type G1Affine = G1Affine;
	type G1Prepared = G1Prepared;
	type G2 = G2Projective;
	type G2Affine = G2Affine;
	type G2Prepared = G2Prepared;
	type TargetField = Fq12;

	/// The Miller loop; zero, which is the value of no pairing and has no final exponentiation, if a
	/// point is outside its group or there are not as many points in both.
	fn multi_miller_loop(
		a: impl IntoIterator<Item = impl Into<G1Prepared>>,
		b: impl IntoIterator<Item = impl Into<G2Prepared>>,
	) -> MillerLoopOutput<Self> {
		MillerLoopOutput(miller_loop(&plain_points_g1(a), &plain_points_g2(b)))
	}

	fn final_exponentiation(value: MillerLoopOutput<Self>) -> Option<PairingOutput<Self>> {
		operations::final_exponentiation(&value.0).ok().map(PairingOutput)
	}
	/// The product of pairings. Arkworks' own where a point is outside its group: that has a value
	/// there, which says nothing. Whoever has not checked the points of others asks for Miller loop
	/// and final exponentiation, as verifiers do, and is told.
	///
	/// # Panics
	///
	/// As arkworks does, if there are not as many points in both groups.
	fn multi_pairing(
		a: impl IntoIterator<Item = impl Into<G1Prepared>>,
		b: impl IntoIterator<Item = impl Into<G2Prepared>>,
	) -> PairingOutput<Self> {
		let (a, b) = (plain_points_g1(a), plain_points_g2(b));
		let value = operations::final_exponentiation(&miller_loop(&a, &b));
		PairingOutput(value.unwrap_or_else(|_| ark_bn254::Bn254::multi_pairing(a, b).0))
	}
}

fn plain_points_g1(
	points: impl IntoIterator<Item = impl Into<G1Prepared>>,
) -> Vec<ark_bn254::G1Affine> {
	points.into_iter().map(|point| plain_g1(&point.into().0)).collect()
}

fn plain_points_g2(
	points: impl IntoIterator<Item = impl Into<G2Prepared>>,
) -> Vec<ark_bn254::G2Affine> {
	points.into_iter().map(|point| plain_g2(&point.into().0)).collect()
}

/// The Miller loop, or zero if there is none.
fn miller_loop(a: &[ark_bn254::G1Affine], b: &[ark_bn254::G2Affine]) -> Fq12 {
	if a.len() != b.len() {
		return Fq12::ZERO;
	}
	let pairs: Vec<_> = a.iter().copied().zip(b.iter().copied()).collect();
	operations::multi_miller_loop(&pairs, &[]).unwrap_or(Fq12::ZERO)
}
