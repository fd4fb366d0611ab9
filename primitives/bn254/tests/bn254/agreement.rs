// SPDX-License-Identifier: Apache-2.0

//! Every operation agrees with arkworks' own.

use crate::points::{on_the_curve, rng};
use ark_bn254::{g2, Bn254, Fq12, Fq2, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{pairing::MillerLoopOutput, pairing::Pairing, AffineRepr, CurveConfig, CurveGroup};
use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
use candor_bn254::{
	final_exponentiation, in_subgroup, msm_g1, msm_g2, multi_miller_loop, Error, PreparedG2, LAMBDA,
};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;

/// What arkworks says, by multiplication with the order.
fn has_prime_order(point: &G2Affine) -> bool {
	point.mul_bigint(Fr::MODULUS) == G2Projective::ZERO
}

/// Scalars that are random, short, negative or made of two halves.
fn scalars(rng: &mut ChaCha20Rng, count: usize) -> Vec<Fr> {
	(0..count)
		.map(|number| match number % 6 {
			0 => Fr::rand(rng),
			1 => Fr::from(u64::rand(rng)) + Fr::from(u64::rand(rng)) * LAMBDA,
			2 => -Fr::from(u64::rand(rng) % 20),
			3 => Fr::from(u64::rand(rng) % 20),
			4 => -Fr::from(u128::rand(rng)),
			_ => LAMBDA * Fr::from(u64::rand(rng) % 3),
		})
		.collect()
}

mod pairings {
	use super::*;

	/// The product of pairings, some prepared.
	fn product(g1: &[G1Affine], g2: &[G2Affine], prepared: usize) -> Fq12 {
		let lines: Vec<_> =
			g2[..prepared].iter().map(|point| PreparedG2::new(point).unwrap()).collect();
		let fixed: Vec<_> = g1.iter().copied().zip(&lines).collect();
		let pairs: Vec<_> = g1.iter().copied().zip(g2.iter().copied()).skip(prepared).collect();
		final_exponentiation(&multi_miller_loop(&pairs, &fixed).unwrap()).unwrap()
	}

	#[test]
	fn of_few_pairs_and_many_prepared_and_not() {
		let rng = &mut rng(1);
		for count in [0, 1, 2, 3, 15, 16, 17, 33] {
			let g1: Vec<_> = (0..count).map(|_| G1Affine::rand(rng)).collect();
			let g2: Vec<_> = (0..count).map(|_| G2Affine::rand(rng)).collect();
			let expected = Bn254::multi_pairing(&g1, &g2).0;
			for prepared in [0, 1, count / 2, count] {
				let prepared = prepared.min(count);
				assert_eq!(product(&g1, &g2, prepared), expected, "{count}, {prepared} prepared");
			}
		}
	}

	#[test]
	fn with_points_at_infinity() {
		let rng = &mut rng(2);
		for count in [3, 20] {
			let mut g1: Vec<_> = (0..count).map(|_| G1Affine::rand(rng)).collect();
			let mut g2: Vec<_> = (0..count).map(|_| G2Affine::rand(rng)).collect();
			g1[0] = G1Affine::zero();
			g2[1] = G2Affine::zero();
			assert_eq!(product(&g1, &g2, 0), Bn254::multi_pairing(&g1, &g2).0);
			assert_eq!(product(&g1, &g2, 1), Bn254::multi_pairing(&g1, &g2).0);
		}
	}

	#[test]
	fn of_multiples_of_the_same_point() {
		// All walk in step.
		let g2 = vec![G2Affine::generator(); 20];
		let g1: Vec<_> =
			(1..=20u64).map(|n| (G1Affine::generator() * Fr::from(n)).into_affine()).collect();
		assert_eq!(product(&g1, &g2, 2), Bn254::multi_pairing(&g1, &g2).0);
	}

	#[test]
	fn of_a_point_and_its_opposite_cancel() {
		let rng = &mut rng(3);
		let (a, b) = (G1Affine::rand(rng), G2Affine::rand(rng));
		assert_eq!(product(&[a, a], &[b, -b], 0), Fq12::ONE);
		assert_eq!(product(&[a, a], &[b, -b], 1), Fq12::ONE);
	}

	#[test]
	fn have_the_final_exponentiation_of_arkworks() {
		let rng = &mut rng(4);
		for _ in 0..8 {
			let value = Fq12::rand(rng);
			let expected = Bn254::final_exponentiation(MillerLoopOutput(value)).unwrap().0;
			assert_eq!(final_exponentiation(&value), Ok(expected));
		}
		assert_eq!(final_exponentiation(&Fq12::ZERO), Err(Error::Zero));
	}
}

mod subgroup {
	use super::*;
	use ark_ff::BigInt;
	use num_bigint::BigUint;

	/// The prime factors of the cofactor below ten million.
	const SMALL_FACTORS: [u64; 2] = [10_069, 5_864_401];

	/// A point of each of those orders.
	fn points_of_small_order(rng: &mut ChaCha20Rng) -> [G2Affine; 2] {
		let cofactor: BigUint = BigInt::<4>::new(g2::Config::COFACTOR.try_into().unwrap()).into();
		SMALL_FACTORS.map(|prime| {
			let rest = BigUint::from(Fr::MODULUS) * (&cofactor / prime);
			let point = on_the_curve(rng).mul_bigint(rest.to_u64_digits()).into_affine();
			assert_eq!(point.mul_bigint([prime]), G2Projective::ZERO);
			assert!(!point.is_zero());
			point
		})
	}

	#[test]
	fn membership_is_what_the_order_says() {
		let rng = &mut rng(5);
		assert!(in_subgroup(&G2Affine::zero()));
		for _ in 0..20 {
			let inside = G2Affine::rand(rng);
			assert!(in_subgroup(&inside));
			assert!(in_subgroup(&-inside));
			let outside = on_the_curve(rng);
			assert!(!has_prime_order(&outside));
			assert!(!in_subgroup(&outside));
			// The part of the point in the cofactor's subgroup, and a mixture.
			let rest = outside.mul_bigint(Fr::MODULUS).into_affine();
			assert!(!in_subgroup(&rest));
			assert!(!in_subgroup(&(rest + inside).into_affine()));
			assert!(in_subgroup(&outside.clear_cofactor()));
		}
	}

	#[test]
	fn points_of_small_order_are_outside() {
		for point in points_of_small_order(&mut rng(6)) {
			assert!(!in_subgroup(&point));
			assert_eq!(PreparedG2::new(&point), Err(Error::NotInSubgroup { index: 0 }));
			for count in [1, 20] {
				let mut pairs = vec![(G1Affine::generator(), G2Affine::generator()); count];
				pairs[count - 1].1 = point;
				let index = count as u32 - 1;
				let refused = multi_miller_loop(&pairs, &[]);
				assert_eq!(refused, Err(Error::NotInSubgroup { index }));
			}
		}
	}

	#[test]
	fn a_miller_loop_names_the_first_pair_outside() {
		let rng = &mut rng(7);
		for count in [1, 5, 15, 16, 40] {
			let mut pairs: Vec<_> =
				(0..count).map(|_| (G1Affine::rand(rng), G2Affine::rand(rng))).collect();
			for place in [count / 2, count - 1] {
				pairs[place].1 = on_the_curve(rng);
			}
			let index = count as u32 / 2;
			assert_eq!(multi_miller_loop(&pairs, &[]), Err(Error::NotInSubgroup { index }));
			// Nor does a later one beside infinity come first.
			let mut later = pairs.clone();
			later[count - 1].0 = G1Affine::zero();
			assert_eq!(multi_miller_loop(&later, &[]), Err(Error::NotInSubgroup { index }));
			// Pairs with infinity do not shift the count.
			pairs[0].0 = G1Affine::zero();
			assert_eq!(multi_miller_loop(&pairs, &[]), Err(Error::NotInSubgroup { index }));
		}
	}

	#[test]
	fn only_points_of_the_subgroup_are_prepared() {
		let rng = &mut rng(8);
		assert!(PreparedG2::new(&G2Affine::rand(rng)).is_ok());
		assert_eq!(PreparedG2::new(&G2Affine::zero()), Err(Error::NotOnCurve));
		let off_the_curve = G2Affine::new_unchecked(Fq2::ONE, Fq2::ONE);
		assert_eq!(PreparedG2::new(&off_the_curve), Err(Error::NotOnCurve));
		let refused = PreparedG2::new(&on_the_curve(rng));
		assert_eq!(refused, Err(Error::NotInSubgroup { index: 0 }));
	}
}

mod sums {
	use super::*;

	#[test]
	fn without_terms_are_infinity() {
		assert_eq!(msm_g1(&[]), Ok(vec![]));
		assert_eq!(msm_g1(&[(&[], &[])]), Ok(vec![G1Affine::zero()]));
		assert_eq!(msm_g2(&[], &[]), Ok(G2Affine::zero()));
	}

	#[test]
	fn with_more_points_than_scalars_are_refused() {
		assert_eq!(msm_g1(&[(&[G1Affine::generator()], &[])]), Err(Error::Length));
		assert_eq!(msm_g2(&[], &[Fr::ONE]), Err(Error::Length));
	}

	#[test]
	fn of_the_largest_scalars() {
		let point = G1Affine::generator();
		for scalar in [-Fr::ONE, -Fr::from(2), -LAMBDA, LAMBDA, -LAMBDA - Fr::ONE, Fr::ZERO] {
			let sum = msm_g1(&[(&[point], &[scalar])]).unwrap();
			assert_eq!(sum, [(point * scalar).into_affine()], "{scalar}");
			let sum = msm_g2(&[G2Affine::generator()], &[scalar]).unwrap();
			assert_eq!(sum, (G2Affine::generator() * scalar).into_affine(), "{scalar}");
		}
	}

	#[test]
	fn in_the_second_group_hold_outside_the_subgroup() {
		let rng = &mut rng(9);
		let points = [on_the_curve(rng), G2Affine::rand(rng), G2Affine::zero()];
		let scalars = [Fr::rand(rng), -Fr::ONE, Fr::rand(rng)];
		let expected: G2Projective =
			points.iter().zip(scalars).map(|(p, s)| p.mul_bigint(s.into_bigint())).sum();
		assert_eq!(msm_g2(&points, &scalars), Ok(expected.into_affine()));
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(32))]

		#[test]
		fn of_any_scalars(seed: u64, lengths in prop::collection::vec(0usize..12, 0..6)) {
			let rng = &mut rng(seed);
			let sums: Vec<_> = lengths
				.iter()
				.map(|length| {
					let mut points: Vec<_> = (0..*length).map(|_| G1Affine::rand(rng)).collect();
					if let [first, .., last] = points.as_mut_slice() {
						*first = G1Affine::zero();
						*last = -*last;
					}
					(points, scalars(rng, *length))
				})
				.collect();
			let terms: Vec<_> = sums.iter().map(|(p, s)| (p.as_slice(), s.as_slice())).collect();
			let expected: Vec<_> = sums
				.iter()
				.map(|(points, scalars)| {
					let terms = points.iter().zip(scalars).map(|(p, s)| *p * s);
					terms.sum::<G1Projective>().into_affine()
				})
				.collect();
			prop_assert_eq!(msm_g1(&terms), Ok(expected));
		}

		#[test]
		fn of_points_that_repeat_and_cancel(seed: u64, count in 1usize..10) {
			let rng = &mut rng(seed);
			let point = G1Affine::rand(rng);
			let points: Vec<_> =
				(0..2 * count).map(|n| if n % 2 == 0 { point } else { -point }).collect();
			let scalar = Fr::rand(rng);
			let sum = msm_g1(&[(&points, &vec![scalar; 2 * count])]);
			prop_assert_eq!(sum, Ok(vec![G1Affine::zero()]));
		}
	}
}

/// The numbers behind the check of the subgroup on the way of a Miller loop.
mod numbers {
	use ark_bn254::Config;
	use ark_ec::bn::BnConfig;
	use num_bigint::BigInt;
	use num_integer::Integer;

	struct Numbers {
		/// What the curve is made from.
		x: BigInt,
		/// The order of the base field, and `psi² = t psi - q`.
		q: BigInt,
		t: BigInt,
		/// The order of the groups.
		r: BigInt,
		/// The second group's curve has `r` times so many points.
		cofactor: BigInt,
	}

	impl Numbers {
		fn new() -> Self {
			let x = BigInt::from(4965661367192848881u64);
			let [x2, x3, x4] = [2, 3, 4].map(|power| x.pow(power));
			let q: BigInt = 36 * &x4 + 36 * &x3 + 24 * &x2 + 6 * &x + 1;
			let r: BigInt = 36 * &x4 + 36 * &x3 + 18 * &x2 + 6 * &x + 1;
			let cofactor = 2 * &q - &r;
			Self { x, q, t: 6 * &x2 + 1, r, cofactor }
		}

		/// `u + v psi + w psi²` takes to zero only what its norm takes to zero.
		fn norm(&self, u: &BigInt, v: &BigInt, w: &BigInt) -> BigInt {
			let (u, v) = (u - w * &self.q, v + w * &self.t);
			&u * &u + &self.t * &u * &v + &self.q * &v * &v
		}
	}

	#[test]
	fn the_norm_of_the_endomorphism_is_prime_to_the_cofactor() {
		let numbers = Numbers::new();
		let Numbers { x, q, t, r, cofactor } = &numbers;
		// (6x + 2) + psi - psi² + psi³, with psi³ = t psi² - q psi.
		let norm = numbers.norm(&(6 * x + 2), &(1 - q), &(t - 1));
		assert_eq!(&norm % r, BigInt::ZERO);
		assert_eq!(norm.gcd(cofactor), BigInt::from(1));
		assert_eq!(r.gcd(cofactor), BigInt::from(1));
		// There is no point of order two, so that no tangent is vertical.
		assert!(cofactor.is_odd() && r.is_odd());
	}

	/// So a walk that has to stop did not start on the curve, and the first start outside the
	/// subgroup is found where all walks have ended.
	#[test]
	fn no_walk_of_a_point_on_the_curve_meets_a_vertical_line() {
		let numbers = Numbers::new();
		let points = &numbers.r * &numbers.cofactor;
		let one = BigInt::from(1);
		let mut multiple: BigInt = one.clone();
		let mut additions = 0;
		for digit in Config::ATE_LOOP_COUNT.iter().rev().skip(1) {
			multiple *= 2;
			if *digit != 0 {
				// The line through [k] Q and Q, or -Q.
				let zeros: [BigInt; 2] = [&multiple - 1, &multiple + 1];
				for zero in zeros {
					assert_eq!(zero.gcd(&points), one);
				}
				multiple += *digit;
				additions += 1;
			}
		}
		assert_eq!((&multiple, additions), (&(6 * &numbers.x + 2), 21));
		for sign in [BigInt::from(1), BigInt::from(-1)] {
			// The line through [6x + 2] Q and psi(Q), then through their sum and -psi²(Q).
			assert_eq!(numbers.norm(&multiple, &sign, &BigInt::ZERO).gcd(&points), one);
			assert_eq!(numbers.norm(&multiple, &one, &sign).gcd(&points), one);
		}
	}
}
