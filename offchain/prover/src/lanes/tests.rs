// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::affine::add_pairs_singly;
use ark_bn254::{g1, g2};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, UniformRand};
use rand::{rngs::StdRng, Rng, SeedableRng};

/// Pairs of neighbours, whose sums go to the front.
fn neighbours(count: usize) -> Vec<Pair> {
	(0..count).map(|pair| Pair { from: 2 * pair, to: pair }).collect()
}

/// Adds up neighbours in both ways. Says nothing on processors that know only one.
fn assert_same_sums<P: SWCurveConfig<BaseField: InLanes>>(points: &[Affine<P>]) {
	let pairs = neighbours(points.len() / 2);
	let (mut theirs, mut ours) = (points.to_vec(), points.to_vec());
	add_pairs_singly(&mut theirs, &pairs);
	if add_pairs(&mut ours, &pairs) {
		assert!(ours == theirs, "{} points", points.len());
	}
}

fn random<P: SWCurveConfig>(count: usize, rng: &mut StdRng) -> Vec<Affine<P>> {
	(0..count).map(|_| Affine::rand(rng)).collect()
}

fn any_number_of_pairs_is_added_up<P: SWCurveConfig<BaseField: InLanes>>() {
	let rng = &mut StdRng::seed_from_u64(1);
	let points = random::<P>(200, rng);
	for pairs in (0..20).chain([63, 64, 65, 100]) {
		assert_same_sums(&points[..2 * pairs]);
	}
	// More than share an inversion.
	let many: Vec<_> = (0..2 * SHARING + 50).map(|_| points[rng.gen_range(0..200)]).collect();
	assert_same_sums(&many);
}

#[test]
fn any_number_of_pairs_is_added_up_in_either_group() {
	any_number_of_pairs_is_added_up::<g1::Config>();
	any_number_of_pairs_is_added_up::<g2::Config>();
}

fn pairs_without_a_slope_are_added_up<P: SWCurveConfig<BaseField: InLanes>>() {
	let rng = &mut StdRng::seed_from_u64(2);
	let [one, other] = [Affine::<P>::rand(rng), Affine::rand(rng)];
	let few = [one, -one, other, -other, Affine::zero(), Affine::generator()];
	let all: Vec<_> = few.iter().flat_map(|left| few.map(|right| [*left, right])).collect();
	assert_same_sums(&all.concat());
	for lane in 0..8 {
		let mut eight = random::<P>(16, rng);
		eight[2 * lane + 1] = eight[2 * lane];
		assert_same_sums(&eight);
		eight[2 * lane + 1] = Affine::zero();
		assert_same_sums(&eight);
	}
}

#[test]
fn pairs_without_a_slope_are_added_up_in_either_group() {
	pairs_without_a_slope_are_added_up::<g1::Config>();
	pairs_without_a_slope_are_added_up::<g2::Config>();
}

/// Bounds are kept for every element, not for most: `p - 1` is as large as they come.
fn the_largest_elements_are_multiplied<E: Eight>() {
	let rng = &mut StdRng::seed_from_u64(3);
	// Halves of 2^260 and 2^256: products are divided by the one, and read by the other.
	let scale = E::One::from(2u64).pow([4]).inverse().expect("it is not zero");
	let edges = [E::One::ZERO, E::One::ONE, -E::One::ONE, scale, -scale];
	let mut element = || match rng.gen_range(0..3) {
		0 => E::One::rand(rng),
		_ => edges[rng.gen_range(0..edges.len())],
	};
	for _ in 0..500 {
		let [a, b, c]: [[E::One; 8]; 3] = [0; 3].map(|_| [0; 8].map(|_| element()));
		let [in_a, in_b, in_c] = [&a, &b, &c].map(|eight| E::read(eight.each_ref()));
		let agree = |eight: E, one: &dyn Fn(usize) -> E::One| {
			let expected: [E::One; 8] = core::array::from_fn(one);
			assert_eq!(eight.canonical().write(), expected);
		};
		agree(in_a, &|i| a[i]);
		agree(in_a.times(in_b), &|i| a[i] * b[i] * scale);
		agree(in_a.minus(in_b).square(), &|i| (a[i] - b[i]).square() * scale);
		agree(in_a.four_times_minus(in_b).times(in_a.minus(in_c)), &|i| {
			(a[i] - b[i]).double().double() * (a[i] - c[i]) * scale
		});
		agree(in_a.times(in_b).minus_two(in_b, in_c), &|i| a[i] * b[i] * scale - b[i] - c[i]);
		let same = (0..8).filter(|i| a[*i] == b[*i]).fold(0, |mask, i| mask | 1 << i);
		assert_eq!(in_a.equals(in_b), same);
		let zeros = (0..8).filter(|i| a[*i] == E::One::ZERO).fold(0, |mask, i| mask | 1 << i);
		assert_eq!(in_a.zeros(), zeros);
	}
}

#[test]
fn the_largest_elements_are_multiplied_in_either_field() {
	if is_able() {
		the_largest_elements_are_multiplied::<Base>();
		the_largest_elements_are_multiplied::<Quadratic>();
	}
}
