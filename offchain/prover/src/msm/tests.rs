// SPDX-License-Identifier: Apache-2.0

use super::*;
use ark_bn254::{g1, g2, G1Projective, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{Field, UniformRand};
use rand::{rngs::StdRng, Rng, SeedableRng};

fn multiples<P: SWCurveConfig<ScalarField = Fr>>(count: usize) -> Vec<Affine<P>> {
	let points: Vec<_> = (0..count as u64)
		.map(|number| Projective::<P>::generator() * Fr::from(number * number + 1))
		.collect();
	Projective::normalize_batch(&points)
}

/// Compares with arkworks.
fn agrees<P: Curve<ScalarField = Fr>>(points: &[Affine<P>], multipliers: &[Fr]) {
	let theirs = Projective::<P>::msm(points, multipliers).expect("as many");
	assert_eq!(sum(&[(points, multipliers)]), theirs, "{} points", points.len());
}

#[test]
fn sums_are_those_of_arkworks() {
	let mut rng = StdRng::seed_from_u64(1);
	let (first, second) = (multiples::<g1::Config>(700), multiples::<g2::Config>(70));
	for count in [0, 1, 2, 3, 10, 69, 700] {
		let random: Vec<_> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
		agrees(&first[..count], &random);
		let count = count.min(second.len());
		agrees(&second[..count], &random[..count]);
	}
}

#[test]
fn multipliers_of_every_size_and_sign_count() {
	let mut rng = StdRng::seed_from_u64(2);
	let points = multiples::<g1::Config>(600);
	let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
	let edges = [Fr::ZERO, Fr::ONE, half, half + Fr::ONE].map(|edge| [edge, -edge]).concat();
	agrees(&points[..edges.len()], &edges);
	for bits in 1..=64 {
		let mut sized = || {
			let size = Fr::from(rng.gen::<u64>() >> (64 - bits));
			if rng.gen() {
				size
			} else {
				-size
			}
		};
		let sized: Vec<_> = (0..points.len()).map(|_| sized()).collect();
		agrees(&points[..bits], &sized[..bits]);
		agrees(&points, &sized);
	}
	for bit in 0..253 {
		let power = Fr::from(2).pow([bit]);
		agrees(&points[..3], &[power, -power, power - Fr::ONE]);
	}
}

#[test]
fn every_width_of_digits_writes_every_multiplier() {
	let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
	for width in MIN_WIDTH..=MAX_WIDTH {
		let digits = Digits { width };
		let powers = (0..).map(|bit| Fr::from(2).pow([bit])).take(253);
		for multiplier in powers.flat_map(|power| [power, power - Fr::ONE]).chain([half]) {
			let mut written = multiplier.into_bigint();
			written.add_with_carry(&digits.offset());
			let read = (0..digits.count()).rev().fold(Fr::ZERO, |sum, position| {
				let digit = digits.digit(&written, position);
				assert!(digit.unsigned_abs() <= digits.half(), "{width} bits: {digit}");
				sum * Fr::from(1u64 << width) + Fr::from(digit)
			});
			if multiplier <= half {
				assert_eq!(read, multiplier, "{width} bits");
			}
		}
	}
}

#[test]
fn equal_opposite_and_infinite_points_are_added() {
	let mut points = multiples::<g1::Config>(8);
	points.extend(points.clone().into_iter().map(|point| -point));
	points.extend(points.clone());
	points.extend([Affine::identity(); 3]);
	agrees(&points, &vec![Fr::from(5); points.len()]);
	agrees(&points[..8], &[Fr::from(5); 8]);
	let ones: Vec<_> = (0..points.len() as u64).map(|number| Fr::from(number % 3)).collect();
	agrees(&points, &ones);
}

#[test]
fn equal_multipliers_are_added_up_first() {
	let mut rng = StdRng::seed_from_u64(3);
	let points = multiples::<g1::Config>(400);
	// Some begin alike and are different.
	let alike = |high: u64| Fr::from(5) + Fr::from(2).pow([64]) * Fr::from(high);
	let few: Vec<_> = (0..3).map(|_| Fr::rand(&mut rng)).chain((0..3).map(alike)).collect();
	let mut one = || {
		let multiplier = few[rng.gen_range(0..few.len())];
		if rng.gen() {
			multiplier
		} else {
			-multiplier
		}
	};
	let multipliers: Vec<_> = (0..points.len()).map(|_| one()).collect();
	let merged = merge(terms(&[(&points, &multipliers)]));
	assert_eq!(merged.iter().filter(|term| !term.point.is_zero()).count(), merged.len());
	assert!(merged.len() < points.len() / 2, "{}", merged.len());
	agrees(&points, &multipliers);
	// As many as are worth a merge.
	let none = [Fr::ONE, -Fr::ONE].repeat(8);
	let twice = vec![points[0]; none.len()];
	assert!(merge(terms(&[(&twice, &none)])).is_empty());
	agrees(&twice, &none);
}

#[test]
fn lists_are_added_up() {
	let points = multiples::<g1::Config>(5);
	let scalars: Vec<_> = (1..6u64).map(Fr::from).collect();
	let (p, s) = (points.split_at(2), scalars.split_at(2));
	let parts = sum(&[(p.0, s.0), (p.1, s.1), (&[], &[])]);
	assert_eq!(parts, G1Projective::msm(&points, &scalars).expect("as many"));
	assert_eq!(sum::<g2::Config>(&[]), G2Projective::ZERO);
}
