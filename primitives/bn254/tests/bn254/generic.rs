// SPDX-License-Identifier: Apache-2.0

//! The curve for generic code is arkworks', whatever generic code asks of it.

use crate::points::{on_the_curve, rng};
use ark_bn254::Fr;
use ark_ec::{
	pairing::Pairing,
	scalar_mul::double_and_add_affine,
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr, CurveConfig, CurveGroup, PrimeGroup, VariableBaseMSM,
};
use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use candor_bn254::pairing::{
	plain_g1, plain_g2, Bn254, G1Affine, G1Config, G1Prepared, G1Projective, G2Affine, G2Config,
	G2Prepared, G2Projective,
};
use rand_chacha::ChaCha20Rng;

/// Integers below, at and above the order of the groups, of any number of limbs.
fn integers(rng: &mut ChaCha20Rng) -> Vec<Vec<u64>> {
	let order = Fr::MODULUS.0;
	let mut integers = vec![
		vec![],
		vec![0],
		vec![1],
		vec![2, 0, 0, 0],
		vec![3, 0, 0, 0, 0],
		(-Fr::ONE).into_bigint().0.to_vec(),
		order.to_vec(),
		vec![order[0] + 5, order[1], order[2], order[3]],
		vec![u64::MAX; 4],
		// More than a scalar has room for, above what is a scalar by itself.
		vec![0, 0, 0, 0, 1],
		vec![3, 0, 0, 0, 1],
		vec![7, 0, 0, 0, 0, 1],
		G2Config::COFACTOR.to_vec(),
	];
	integers.extend((1..=6).map(|limbs| (0..limbs).map(|_| u64::rand(rng)).collect()));
	integers
}

/// The multiple by doubling and adding, in arkworks' type of the point.
fn multiple<P: SWCurveConfig>(point: &Affine<P>, integer: &[u64]) -> Affine<P> {
	double_and_add_affine(point, integer).into_affine()
}

mod curves {
	use super::*;

	fn assert_same<Ours, Theirs>()
	where
		Theirs: SWCurveConfig,
		Ours: SWCurveConfig<BaseField = Theirs::BaseField, ScalarField = Theirs::ScalarField>,
	{
		assert_eq!(Ours::COEFF_A, Theirs::COEFF_A);
		assert_eq!(Ours::COEFF_B, Theirs::COEFF_B);
		assert_eq!(
			(Ours::GENERATOR.x, Ours::GENERATOR.y),
			(Theirs::GENERATOR.x, Theirs::GENERATOR.y)
		);
		assert_eq!(Ours::COFACTOR, Theirs::COFACTOR);
		assert_eq!(Ours::COFACTOR_INV, Theirs::COFACTOR_INV);
		let element = Ours::BaseField::rand(&mut rng(1));
		assert_eq!(Ours::mul_by_a(element), element * Theirs::COEFF_A);
		assert!(Ours::GENERATOR.is_on_curve());
	}

	#[test]
	fn are_those_of_arkworks() {
		assert_same::<G1Config, ark_bn254::g1::Config>();
		assert_same::<G2Config, ark_bn254::g2::Config>();
	}

	#[test]
	fn a_point_keeps_its_coordinates_in_arkworks_types() {
		let rng = &mut rng(2);
		let (a, b) = (G1Affine::rand(rng), G2Affine::rand(rng));
		assert_eq!((plain_g1(&a).x, plain_g1(&a).y), (a.x, a.y));
		assert_eq!((plain_g2(&b).x, plain_g2(&b).y), (b.x, b.y));
		assert!(plain_g1(&G1Affine::zero()).is_zero() && plain_g2(&G2Affine::zero()).is_zero());
		// Random points are multiples, and those are computed by way of the same types.
		let first = ark_bn254::G1Affine::generator();
		let second = ark_bn254::G2Affine::generator();
		assert!(!first.is_zero() && !second.is_zero());
		assert_eq!(plain_g1(&G1Affine::generator()), first);
		assert_eq!(plain_g2(&G2Affine::generator()), second);
	}
}

mod subgroup {
	use super::*;

	#[test]
	fn points_outside_are_not_taken_for_points_of_the_group() {
		let rng = &mut rng(3);
		for _ in 0..8 {
			let outside: G2Affine = on_the_curve(rng);
			assert!(outside.is_on_curve());
			assert!(!outside.is_in_correct_subgroup_assuming_on_curve());
			let mut bytes = Vec::new();
			outside.serialize_uncompressed(&mut bytes).unwrap();
			assert!(G2Affine::deserialize_uncompressed(&*bytes).is_err());
		}
	}

	#[test]
	fn points_inside_are_taken() {
		let rng = &mut rng(4);
		for _ in 0..8 {
			let (first, second) = (G1Affine::rand(rng), G2Affine::rand(rng));
			assert!(first.is_in_correct_subgroup_assuming_on_curve());
			assert!(second.is_in_correct_subgroup_assuming_on_curve());
			let mut bytes = Vec::new();
			second.serialize_compressed(&mut bytes).unwrap();
			assert_eq!(G2Affine::deserialize_compressed(&*bytes).unwrap(), second);
			let cleared = on_the_curve::<G2Config>(rng).clear_cofactor();
			assert!(cleared.is_in_correct_subgroup_assuming_on_curve());
		}
	}
}

mod multiples {
	use super::*;

	#[test]
	fn in_the_first_group_are_those_of_any_integer() {
		let rng = &mut rng(5);
		let integers = integers(rng);
		for point in [G1Affine::generator(), G1Affine::rand(rng), G1Affine::zero()] {
			for integer in &integers {
				let expected = multiple(&plain_g1(&point), integer);
				let affine = point.mul_bigint(integer).into_affine();
				let projective = point.into_group().mul_bigint(integer).into_affine();
				assert_eq!(plain_g1(&affine), expected, "{integer:?}");
				assert_eq!(plain_g1(&projective), expected, "{integer:?}");
			}
		}
	}

	#[test]
	fn in_the_second_group_are_those_of_any_integer_also_outside_the_subgroup() {
		let rng = &mut rng(6);
		let integers = integers(rng);
		for point in [G2Affine::rand(rng), on_the_curve(rng), G2Affine::zero()] {
			for integer in &integers {
				let expected = multiple(&plain_g2(&point), integer);
				let affine = point.mul_bigint(integer).into_affine();
				let projective = point.into_group().mul_bigint(integer).into_affine();
				assert_eq!(plain_g2(&affine), expected, "{integer:?}");
				assert_eq!(plain_g2(&projective), expected, "{integer:?}");
			}
		}
	}

	#[test]
	fn are_added_up() {
		let rng = &mut rng(7);
		let scalars = [Fr::rand(rng), -Fr::ONE, Fr::ZERO];
		let first: Vec<_> = scalars.iter().map(|_| G1Affine::rand(rng)).collect();
		let second: Vec<_> = scalars.iter().map(|_| on_the_curve(rng)).collect();

		let terms = first.iter().zip(scalars).map(|(p, s)| multiple(p, &s.into_bigint().0));
		let expected: G1Projective = terms.map(AffineRepr::into_group).sum();
		assert_eq!(G1Projective::msm(&first, &scalars), Ok(expected));

		let terms = second.iter().zip(scalars).map(|(p, s)| multiple(p, &s.into_bigint().0));
		let expected: G2Projective = terms.map(AffineRepr::into_group).sum();
		assert_eq!(G2Projective::msm(&second, &scalars), Ok(expected));
	}

	#[test]
	fn with_more_points_than_scalars_or_fewer_are_not_added_up() {
		let first = [G1Affine::generator(); 2];
		let second = [G2Affine::generator(); 2];
		assert_eq!(G1Projective::msm(&first, &[Fr::ONE]), Err(1));
		assert_eq!(G1Projective::msm(&first, &[Fr::ONE; 3]), Err(2));
		assert_eq!(G2Projective::msm(&second, &[Fr::ONE]), Err(1));
		assert_eq!(G2Projective::msm(&second, &[Fr::ONE; 3]), Err(2));
	}
}

mod pairings {
	use super::*;

	fn arkworks(a: &[G1Affine], b: &[G2Affine]) -> ark_bn254::Fq12 {
		ark_bn254::Bn254::multi_pairing(a.iter().map(plain_g1), b.iter().map(plain_g2)).0
	}

	#[test]
	fn are_those_of_arkworks() {
		let rng = &mut rng(8);
		let mut a: Vec<_> = (0..18).map(|_| G1Affine::rand(rng)).collect();
		let mut b: Vec<_> = (0..18).map(|_| G2Affine::rand(rng)).collect();
		a[3] = G1Affine::zero();
		b[5] = G2Affine::zero();
		for count in [0, 1, 7, 18] {
			let (a, b) = (&a[..count], &b[..count]);
			let expected = arkworks(a, b);
			assert_eq!(Bn254::multi_pairing(a, b).0, expected);
			let value = Bn254::multi_miller_loop(a, b);
			assert_eq!(Bn254::final_exponentiation(value).unwrap().0, expected);
		}
	}

	#[test]
	fn take_points_in_every_form() {
		let rng = &mut rng(9);
		let (a, b) = (G1Projective::rand(rng), G2Projective::rand(rng));
		let expected = arkworks(&[a.into_affine()], &[b.into_affine()]);
		let prepared = (G1Prepared::from(a.into_affine()), G2Prepared::from(b.into_affine()));
		assert_eq!((G1Prepared::from(&a), G2Prepared::from(&b)), prepared);
		assert_eq!(Bn254::pairing(a, b).0, expected);
		assert_eq!(Bn254::pairing(prepared.0, prepared.1).0, expected);
		let generators = Bn254::pairing(G1Prepared::default(), G2Prepared::default());
		assert_eq!(generators, Bn254::pairing(G1Affine::generator(), G2Affine::generator()));
	}

	#[test]
	fn with_a_point_outside_have_no_final_exponentiation() {
		let rng = &mut rng(10);
		for count in [1, 17] {
			let a: Vec<_> = (0..count).map(|_| G1Affine::rand(rng)).collect();
			let mut b: Vec<_> = (0..count).map(|_| G2Affine::rand(rng)).collect();
			b[count - 1] = on_the_curve(rng);
			let value = Bn254::multi_miller_loop(&a, &b);
			assert_eq!(value.0, ark_bn254::Fq12::ZERO);
			assert!(Bn254::final_exponentiation(value).is_none());
		}
	}

	#[test]
	fn with_a_point_outside_multiply_to_what_arkworks_says() {
		let rng = &mut rng(11);
		let a: Vec<_> = (0..3).map(|_| G1Affine::rand(rng)).collect();
		let mut b: Vec<_> = (0..3).map(|_| G2Affine::rand(rng)).collect();
		b[1] = on_the_curve(rng);
		assert_eq!(Bn254::multi_pairing(&a, &b).0, arkworks(&a, &b));
		assert_eq!(Bn254::pairing(a[1], b[1]).0, arkworks(&a[1..2], &b[1..2]));
	}

	#[test]
	fn of_a_point_without_partner_have_no_final_exponentiation() {
		let (a, b) = (G1Affine::generator(), G2Affine::generator());
		assert!(Bn254::final_exponentiation(Bn254::multi_miller_loop([a, a], [b])).is_none());
		assert!(Bn254::final_exponentiation(Bn254::multi_miller_loop([a], [b, b])).is_none());
	}

	#[test]
	#[should_panic = "zip_eq"]
	fn of_a_point_without_partner_panic_as_with_arkworks() {
		let (a, b) = (G1Affine::generator(), G2Affine::generator());
		let _ = Bn254::multi_pairing([a, a], [b]);
	}
}
