// SPDX-License-Identifier: Apache-2.0

//! The operations of the curve, one by one.

use super::*;

#[test]
fn sums_of_several_sizes_at_once() {
	let rng = &mut rng(1);
	let points: Vec<G1Affine> = (0..9).map(|_| G1Affine::rand(rng)).collect();
	let scalars: Vec<Fr> = (0..9).map(|_| Fr::rand(rng)).collect();
	let point_bytes = points.iter().flat_map(encode_g1).collect::<Vec<_>>();
	let scalar_bytes = scalars.iter().copied().flat_map(encode_scalar).collect::<Vec<_>>();
	let counts: Vec<_> = [1u32, 0, 5, 3].into_iter().flat_map(u32::to_le_bytes).collect();
	let arguments: [&[u8]; 3] = [&point_bytes, &scalar_bytes, &counts];
	let sums = operated(Operation::MsmG1, &arguments).expect("points and scalars");
	let expected = [0..1, 1..1, 1..6, 6..9].map(|range| {
		let terms = points[range.clone()].iter().zip(&scalars[range]);
		encode_g1(&terms.map(|(p, s)| *p * s).sum::<ark_bn254::G1Projective>().into_affine())
	});
	assert_eq!(sums, expected.concat());
}

#[test]
fn a_sum_in_the_second_group() {
	let rng = &mut rng(2);
	let points = [G2Affine::rand(rng), G2Affine::zero(), outside_the_subgroup()];
	let scalars = [Fr::rand(rng), Fr::rand(rng), Fr::from(-1)];
	let terms = points.iter().zip(&scalars);
	let expected = terms
		.map(|(p, s)| p.mul_bigint(s.into_bigint()))
		.sum::<ark_bn254::G2Projective>()
		.into_affine();
	let points = points.iter().flat_map(encode_g2).collect::<Vec<_>>();
	let scalars = scalars.iter().copied().flat_map(encode_scalar).collect::<Vec<_>>();
	let sum = operated(Operation::MsmG2, &[&points, &scalars]);
	assert_eq!(sum, Ok(encode_g2(&expected).to_vec()));
}

#[test]
fn membership_of_the_subgroup() {
	let inside = encode_g2(&G2Affine::rand(&mut rng(3)));
	let outside = encode_g2(&outside_the_subgroup());
	let infinity = [0; 128];
	assert_eq!(operated(Operation::CheckG2, &[&[inside, infinity].concat()]), Ok(vec![]));
	assert_eq!(
		operated(Operation::CheckG2, &[&[inside, infinity, outside, outside].concat()]),
		Err("NotInSubgroup { index: 2 }".into())
	);
}

#[test]
fn generic_code_over_arkworks_traits() {
	let rng = &mut rng(4);
	let (a, b) = (G1Affine::rand(rng), G2Affine::rand(rng));
	let three = (a * Fr::from(3)).into_affine();
	let expected = <ark_bn254::Bn254 as ark_ec::pairing::Pairing>::pairing(three, b).0;
	let value = operated(Operation::GenericPairing, &[&encode_g1(&a), &encode_g2(&b)]);
	assert_eq!(value, Ok(encode_target(&expected).to_vec()));
	let outside = encode_g2(&outside_the_subgroup());
	let value = operated(Operation::GenericPairing, &[&encode_g1(&a), &outside]);
	assert_eq!(value, Err("Zero".into()));
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
	let (g1, g2) = (encode_g1(&G1Affine::generator()), encode_g2(&G2Affine::generator()));
	let one = encode_scalar(Fr::ONE);
	let length = || Err("Length".to_owned());
	let count = 1u32.to_le_bytes();
	use Operation::*;
	for (operation, arguments, expected) in [
		(MsmG1, &[&g1[..], &one, &count[..3]][..], length()),
		(MsmG1, &[&g1, &one, &2u32.to_le_bytes()], length()),
		(MsmG1, &[&g1, &one, &u32::MAX.to_le_bytes()], length()),
		(MsmG1, &[&g1, &one, &[]], length()),
		(MsmG1, &[&g1[1..], &one, &count], length()),
		(MsmG1, &[&g1, &[], &count], length()),
		(MsmG1, &[&[0xff; 64], &one, &count], Err("Coordinate".into())),
		(MsmG1, &[&g1, &[0xff; 32], &count], Err("Scalar".into())),
		(MsmG1, &[&[1; 64], &one, &count], Err("NotOnCurve".into())),
		(MsmG2, &[&g2, &[]], length()),
		(MsmG2, &[&[1; 128], &one], Err("NotOnCurve".into())),
		(CheckG2, &[&g2[..127]], length()),
		(CheckG2, &[&[1; 128]], Err("NotOnCurve".into())),
		(MultiMillerLoop, &[&g1, &[], &[], &[]], length()),
		(MultiMillerLoop, &[&[], &[], &g1, &[]], length()),
		(MultiMillerLoop, &[&[], &[], &g1, &[0; 87 * 128 + 1]], length()),
		(MultiMillerLoop, &[&[], &[], &g1, &[0xff; 87 * 128]], Err("Coordinate".into())),
		(MultiMillerLoop, &[&[1; 64], &g2, &[], &[]], Err("NotOnCurve".into())),
		(FinalExponentiation, &[&[0; TARGET_BYTES]], Err("Zero".into())),
		(FinalExponentiation, &[&[0; TARGET_BYTES - 1]], length()),
		(FinalExponentiation, &[&[0xff; TARGET_BYTES]], Err("Coordinate".into())),
	] {
		assert_eq!(operated(operation, arguments), expected, "{operation:?} {arguments:?}");
	}
}

#[test]
fn pairs_with_infinity_have_the_value_one_and_are_checked_still() {
	let (g1, g2) = (encode_g1(&G1Affine::generator()), encode_g2(&G2Affine::generator()));
	let one = encode_target(&ark_bn254::Fq12::ONE).to_vec();
	for (a, b) in [(&[0; 64], &g2), (&g1, &[0; 128]), (&[0; 64], &[0; 128])] {
		assert_eq!(operated(Operation::MultiMillerLoop, &[a, b, &[], &[]]), Ok(one.clone()));
	}
	let outside = encode_g2(&outside_the_subgroup());
	assert_eq!(
		operated(
			Operation::MultiMillerLoop,
			&[&[g1, [0; 64]].concat(), &[g2, outside].concat(), &[], &[]]
		),
		Err("NotInSubgroup { index: 1 }".into())
	);
}
