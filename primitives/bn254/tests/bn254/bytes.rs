// SPDX-License-Identifier: Apache-2.0

//! The operations on bytes, which are the host's functions: what they take, what they refuse, and
//! that they compute what the same operations on points do.

use crate::points::rng;
use ark_bn254::{Fq, Fq12, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, Field, PrimeField, UniformRand};
use candor_bn254::{
	bytes,
	encoding::{
		encode_coordinate, encode_g1, encode_g2, encode_scalar, encode_target, Reader,
		COORDINATE_BYTES, G1_BYTES, G2_BYTES, SCALAR_BYTES, TARGET_BYTES,
	},
	final_exponentiation, msm_g1, msm_g2, multi_miller_loop, Error, PreparedG2, PREPARED_G2_BYTES,
};

fn outside_the_subgroup() -> G2Affine {
	(1u64..)
		.find_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::ONE), false))
		.expect("half of all coordinates have a point")
}

fn counts(counts: &[u32]) -> Vec<u8> {
	counts.iter().flat_map(|count| count.to_le_bytes()).collect()
}

/// The modulus and what lies above, as bytes.
fn too_large() -> [[u8; COORDINATE_BYTES]; 2] {
	[Fq::MODULUS.to_bytes_be().try_into().unwrap(), [0xff; COORDINATE_BYTES]]
}

mod encodings {
	use super::*;

	#[test]
	fn have_the_sizes_and_the_order_of_eip_197() {
		assert_eq!((G1_BYTES, G2_BYTES, SCALAR_BYTES, TARGET_BYTES), (64, 128, 32, 384));
		assert_eq!(PREPARED_G2_BYTES, 87 * 128);
		let number = |n: u8| [&[0; 31][..], &[n]].concat();
		assert_eq!(encode_coordinate(Fq::from(258)).to_vec(), [&[0; 30][..], &[1, 2]].concat());
		assert_eq!(encode_scalar(Fr::from(258)).to_vec(), [&[0; 30][..], &[1, 2]].concat());
		let point = G1Affine::new_unchecked(Fq::from(1), Fq::from(2));
		assert_eq!(encode_g1(&point).to_vec(), [number(1), number(2)].concat());
		let [x, y] = [(1, 2), (3, 4)].map(|(c1, c0)| Fq2::new(Fq::from(c0), Fq::from(c1)));
		let point = G2Affine::new_unchecked(x, y);
		let expected = [number(1), number(2), number(3), number(4)].concat();
		assert_eq!(encode_g2(&point).to_vec(), expected);
		let element = Fq12::from_base_prime_field_elems((1..=12).map(Fq::from)).unwrap();
		assert_eq!(encode_target(&element).to_vec(), (1..=12).flat_map(number).collect::<Vec<_>>());
	}

	#[test]
	fn are_read_back_one_after_the_other() {
		let rng = &mut rng(1);
		let (a, b, scalar) = (G1Affine::rand(rng), G2Affine::rand(rng), Fr::rand(rng));
		let (outside, target) = (outside_the_subgroup(), Fq12::rand(rng));
		let bytes = [
			&encode_g1(&a)[..],
			&encode_g2(&b),
			&encode_scalar(scalar),
			&encode_g2(&outside),
			&encode_target(&target),
			&[7],
		]
		.concat();
		let mut reader = Reader::new(&bytes);
		assert_eq!(reader.remaining(), bytes.len());
		assert_eq!(reader.g1(), Ok(a));
		assert_eq!(reader.g2_on_curve(), Ok(b));
		assert_eq!(reader.scalar(), Ok(scalar));
		assert_eq!(reader.g2_on_curve(), Ok(outside));
		assert_eq!(reader.target(), Ok(target));
		assert_eq!(reader.remaining(), 1);
		assert_eq!(reader.scalar(), Err(Error::Length));
	}

	#[test]
	fn of_points_off_the_curve_are_read_only_unchecked() {
		let (one, two) = (encode_coordinate(Fq::ONE), encode_coordinate(Fq::from(2)));
		let bytes = [one, one, two, two].concat();
		assert_eq!(Reader::new(&bytes).g1(), Err(Error::NotOnCurve));
		assert_eq!(Reader::new(&bytes).g2_on_curve(), Err(Error::NotOnCurve));
		let point = Reader::new(&bytes).g1_unchecked().unwrap();
		assert_eq!((point.x, point.y), (Fq::ONE, Fq::ONE));
		let point = Reader::new(&bytes).g2_unchecked().unwrap();
		assert_eq!((point.x.c0, point.y.c1), (Fq::ONE, Fq::from(2)));
	}

	#[test]
	fn above_the_modulus_are_refused() {
		for wrong in too_large() {
			for place in 0..12 {
				let mut bytes = [0; TARGET_BYTES];
				bytes[place * COORDINATE_BYTES..][..COORDINATE_BYTES].copy_from_slice(&wrong);
				assert_eq!(Reader::new(&bytes).target(), Err(Error::Coordinate));
				if place < 4 {
					assert_eq!(Reader::new(&bytes).g2_unchecked(), Err(Error::Coordinate));
				}
				if place < 2 {
					assert_eq!(Reader::new(&bytes).g1_unchecked(), Err(Error::Coordinate));
				}
			}
		}
		let order: [u8; SCALAR_BYTES] = Fr::MODULUS.to_bytes_be().try_into().unwrap();
		assert_eq!(Reader::new(&order).scalar(), Err(Error::Scalar));
		assert_eq!(Reader::new(&encode_scalar(-Fr::ONE)).scalar(), Ok(-Fr::ONE));
	}

	#[test]
	fn of_prepared_points_have_one_length() {
		let prepared = PreparedG2::new(&G2Affine::generator()).unwrap();
		let bytes = prepared.as_bytes();
		assert_eq!(bytes.len(), PREPARED_G2_BYTES);
		assert_eq!(PreparedG2::from_trusted_bytes(bytes), Ok(prepared.clone()));
		let longer = [bytes, &[0]].concat();
		for wrong in [&bytes[1..], &longer, &[]] {
			assert_eq!(PreparedG2::from_trusted_bytes(wrong), Err(Error::Length));
		}
	}
}

mod sums {
	use super::*;

	#[test]
	fn in_the_first_group_are_those_of_the_points() {
		let rng = &mut rng(2);
		let points: Vec<_> = (0..6).map(|_| G1Affine::rand(rng)).collect();
		let scalars: Vec<_> = (0..6).map(|_| Fr::rand(rng)).collect();
		let mut out = [0; 3 * G1_BYTES];
		let encoded: Vec<_> = points.iter().flat_map(encode_g1).collect();
		let factors: Vec<_> = scalars.iter().copied().flat_map(encode_scalar).collect();
		assert_eq!(bytes::msm_g1(&encoded, &factors, &counts(&[4, 0, 2]), &mut out), Ok(()));
		let terms = [0..4, 4..4, 4..6].map(|range| (&points[range.clone()], &scalars[range]));
		let expected = msm_g1(&terms).unwrap();
		assert_eq!(out.to_vec(), expected.iter().flat_map(encode_g1).collect::<Vec<_>>());
	}

	#[test]
	fn in_the_second_group_are_those_of_the_points() {
		let points = [G2Affine::rand(&mut rng(3)), outside_the_subgroup()];
		let scalars = [Fr::from(5), -Fr::ONE];
		let mut out = [0; G2_BYTES];
		let encoded: Vec<_> = points.iter().flat_map(encode_g2).collect();
		let factors: Vec<_> = scalars.iter().copied().flat_map(encode_scalar).collect();
		assert_eq!(bytes::msm_g2(&encoded, &factors, &mut out), Ok(()));
		assert_eq!(out, encode_g2(&msm_g2(&points, &scalars).unwrap()));
		assert_eq!(bytes::msm_g2(&encoded, &factors, &mut out[1..]), Err(Error::Length));
		assert_eq!(bytes::msm_g2(&encoded, &factors[32..], &mut out), Err(Error::Length));
	}

	#[test]
	fn of_arguments_that_do_not_fit_are_refused() {
		let g1 = encode_g1(&G1Affine::generator());
		let one = encode_scalar(Fr::ONE);
		let refused = |points: &[u8], scalars: &[u8], counts: &[u8], room: usize| {
			bytes::msm_g1(points, scalars, counts, &mut vec![0; room]).expect_err("does not fit")
		};
		for (points, scalars, counts, room) in [
			(&g1[..], &one[..], &counts(&[1])[..3], G1_BYTES),
			(&g1, &one, &[&counts(&[1])[..], &[0]].concat(), G1_BYTES),
			(&g1, &one, &counts(&[2]), G1_BYTES),
			(&g1, &one, &counts(&[u32::MAX]), G1_BYTES),
			(&g1, &one, &counts(&[0]), G1_BYTES),
			(&g1, &one, &[], 0),
			(&g1, &one, &counts(&[1]), G1_BYTES + 1),
			(&g1, &one, &counts(&[1]), 2 * G1_BYTES),
			(&g1, &one, &counts(&[1]), 0),
			(&g1[1..], &one, &counts(&[1]), G1_BYTES),
			(&g1, &one[1..], &counts(&[1]), G1_BYTES),
			(&g1, &[], &counts(&[1]), G1_BYTES),
			(&[], &one, &counts(&[1]), G1_BYTES),
			(&[], &one, &counts(&[0]), G1_BYTES),
		] {
			assert_eq!(refused(points, scalars, counts, room), Error::Length, "{counts:?} {room}");
		}
		let one_term = counts(&[1]);
		assert_eq!(refused(&[0xff; 64], &one, &one_term, G1_BYTES), Error::Coordinate);
		assert_eq!(refused(&[1; 64], &one, &one_term, G1_BYTES), Error::NotOnCurve);
		assert_eq!(refused(&g1, &[0xff; 32], &one_term, G1_BYTES), Error::Scalar);
	}
}

mod membership {
	use super::*;

	#[test]
	fn of_the_subgroup_is_refused_by_the_first_place() {
		let inside = encode_g2(&G2Affine::rand(&mut rng(4)));
		let outside = encode_g2(&outside_the_subgroup());
		let check = |points: &[[u8; G2_BYTES]]| bytes::check_g2(&points.concat());
		assert_eq!(check(&[]), Ok(()));
		assert_eq!(check(&[inside, [0; G2_BYTES]]), Ok(()));
		let refused = Err(Error::NotInSubgroup { index: 1 });
		assert_eq!(check(&[inside, outside, inside, outside]), refused);
		assert_eq!(bytes::check_g2(&inside[1..]), Err(Error::Length));
		assert_eq!(bytes::check_g2(&[1; G2_BYTES]), Err(Error::NotOnCurve));
	}
}

mod pairings {
	use super::*;

	#[test]
	fn are_those_of_the_points() {
		let rng = &mut rng(5);
		let pairs: Vec<_> = (0..2).map(|_| (G1Affine::rand(rng), G2Affine::rand(rng))).collect();
		let lines = PreparedG2::new(&G2Affine::rand(rng)).unwrap();
		let point = G1Affine::rand(rng);
		let expected = multi_miller_loop(&pairs, &[(point, &lines)]).unwrap();

		let g1: Vec<_> = pairs.iter().flat_map(|(point, _)| encode_g1(point)).collect();
		let g2: Vec<_> = pairs.iter().flat_map(|(_, point)| encode_g2(point)).collect();
		let mut value = [0; TARGET_BYTES];
		let point = encode_g1(&point);
		let answer = bytes::multi_miller_loop(&g1, &g2, &point, lines.as_bytes(), &mut value);
		assert_eq!((answer, value), (Ok(()), encode_target(&expected)));
		assert_eq!(bytes::final_exponentiation(&mut value), Ok(()));
		assert_eq!(value, encode_target(&final_exponentiation(&expected).unwrap()));
	}

	#[test]
	fn of_arguments_that_do_not_fit_are_refused() {
		let (g1, g2) = (encode_g1(&G1Affine::generator()), encode_g2(&G2Affine::generator()));
		let lines = PreparedG2::new(&G2Affine::generator()).unwrap();
		let lines = lines.as_bytes();
		let refused = |arguments: [&[u8]; 4], room: usize| {
			let [a, b, c, d] = arguments;
			bytes::multi_miller_loop(a, b, c, d, &mut vec![0; room]).expect_err("does not fit")
		};
		let longer = [lines, &[0]].concat();
		for (arguments, room) in [
			([&g1[..], &[], &[], &[]], TARGET_BYTES),
			([&[], &g2, &[], &[]], TARGET_BYTES),
			([&[], &[], &g1, &[]], TARGET_BYTES),
			([&[], &[], &[], lines], TARGET_BYTES),
			([&[], &[], &g1, &longer], TARGET_BYTES),
			([&[], &[], &g1, &lines[1..]], TARGET_BYTES),
			([&g1, &g2, &[], &[]], TARGET_BYTES - 1),
		] {
			assert_eq!(refused(arguments, room), Error::Length);
		}
		let nonsense = [0xff; PREPARED_G2_BYTES];
		assert_eq!(refused([&[], &[], &g1, &nonsense], TARGET_BYTES), Error::Coordinate);
		assert_eq!(refused([&[1; 64], &g2, &[], &[]], TARGET_BYTES), Error::NotOnCurve);
		let outside = encode_g2(&outside_the_subgroup());
		let (g1s, g2s) = ([g1, g1].concat(), [g2, outside].concat());
		let index = 1;
		assert_eq!(refused([&g1s, &g2s, &[], &[]], TARGET_BYTES), Error::NotInSubgroup { index });
	}

	#[test]
	fn have_no_final_exponentiation_of_zero_or_of_nonsense() {
		assert_eq!(bytes::final_exponentiation(&mut [0; TARGET_BYTES]), Err(Error::Zero));
		assert_eq!(bytes::final_exponentiation(&mut [0; TARGET_BYTES - 1]), Err(Error::Length));
		let refused = bytes::final_exponentiation(&mut [0xff; TARGET_BYTES]);
		assert_eq!(refused, Err(Error::Coordinate));
	}

	#[test]
	fn with_infinity_name_the_first_pair_outside_still() {
		let outside = outside_the_subgroup();
		let (point, infinity) = (G1Affine::generator(), G1Affine::zero());
		let inside = G2Affine::generator();
		let first = |pairs: &[(G1Affine, G2Affine)]| multi_miller_loop(pairs, &[]).unwrap_err();
		let all = [(infinity, inside), (infinity, outside), (infinity, outside), (point, outside)];
		assert_eq!(first(&all), Error::NotInSubgroup { index: 1 });
		let all = [(point, inside), (point, outside), (infinity, outside)];
		assert_eq!(first(&all), Error::NotInSubgroup { index: 1 });
	}
}
