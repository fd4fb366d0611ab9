// SPDX-License-Identifier: Apache-2.0
mod reject;

use super::*;
use crate::{
	lookup::ClosedLookups,
	polynomial::ClosedIdentities,
	ranges::Method,
	testing::{challenge, TestSystem},
	StagedCircuit,
};
use proptest::prelude::*;

/// A head of two queries, three places, two features and one value.
fn small_head() -> Attention {
	Attention::new(2, 3, 2, 1).expect("counts")
}

/// What a head takes, as bytes.
#[derive(Clone, Debug)]
struct Bytes {
	query: Vec<u8>,
	key: Vec<u8>,
	value: Vec<u8>,
}

impl Bytes {
	fn rows(&self) -> Rows<'_, u8> {
		Rows { query: &self.query, key: &self.key, value: &self.value }
	}
}

/// A head of public bytes, whose means have to be the public claims, and of words of a model.
struct Head {
	attention: Attention,
	bytes: Bytes,
	words: [Fr; 2],
	claimed: Vec<u8>,
	largest: fn(&[i64]) -> i64,
}

impl StagedCircuit for Head {
	type Model = Words;
	type StageOne = (Option<ClosedLookups>, ClosedIdentities);

	fn challenges(&self) -> u8 {
		1
	}

	fn model(&self, cs: &System) -> Synthesis<Words> {
		let [zero, factor] = self.words.map(|word| Cell::witness(cs, Some(word)));
		Ok(Words { zero: zero?, factor: factor? })
	}

	fn stage_one(&self, cs: &System, words: Words) -> Synthesis<Self::StageOne> {
		let mut ranges = Ranges::new(cs, Method::Lookups);
		let mut identities = Identities::new(cs);
		let publics = |bytes: &[u8]| {
			let cells = bytes.iter().map(|x| Cell::public(cs, Some((*x).into())).map(Sum::from));
			cells.collect::<Synthesis<Vec<_>>>()
		};
		let (query, key) = (publics(&self.bytes.query)?, publics(&self.bytes.key)?);
		let value = publics(&self.bytes.value)?;
		let claimed = self.claimed.iter().map(|y| Cell::public(cs, Some((*y).into())));
		let claimed = claimed.collect::<Synthesis<Vec<_>>>()?;
		let rows = Rows { query: &query, key: &key, value: &value };
		let (ranges_of, largest) = (&mut ranges, self.largest);
		let means =
			self.attention.constrain_with(cs, ranges_of, &mut identities, rows, words, largest)?;
		for (mean, claim) in means.into_iter().zip(claimed) {
			mean.enforce_equal(cs, claim)?;
		}
		Ok((ranges.close()?, identities.close()))
	}

	fn rest(
		&self,
		_: &System,
		(lookups, identities): Self::StageOne,
		challenges: &[Cell],
	) -> Synthesis<()> {
		lookups.expect("ranges by lookups").prove(challenges[0])?;
		identities.prove(challenges[0])
	}
}

fn most(scores: &[i64]) -> i64 {
	scores.iter().copied().max().unwrap_or_default()
}

fn system_of(attention: Attention, bytes: &Bytes, scaling: Scaling, claimed: &[u8]) -> TestSystem {
	let claimed = claimed.to_vec();
	let (bytes, words) = (bytes.clone(), scaling.words());
	let head = Head { attention, bytes, words, claimed, largest: most };
	TestSystem::staged(&head, &[challenge()])
}

fn honest(attention: Attention, bytes: &Bytes, scaling: Scaling) -> TestSystem {
	system_of(attention, bytes, scaling, &attention.run(bytes.rows(), scaling))
}

/// What floats make of it.
fn float(attention: Attention, bytes: &Bytes, scaling: Scaling) -> Vec<f64> {
	let Attention { features, values, .. } = attention;
	let unit = STEPS * f64::from(1 << SHIFT);
	let mut means = Vec::new();
	for query in bytes.query.chunks(features) {
		let score = |key: &[u8]| -> f64 {
			let of_feature = |(q, k): (&u8, &u8)| {
				(scaling.factor * i64::from(*q) - scaling.zero) as f64 * f64::from(*k)
			};
			query.iter().zip(key).map(of_feature).sum::<f64>() / unit
		};
		let scores: Vec<f64> = bytes.key.chunks(features).map(score).collect();
		let largest = scores.iter().copied().fold(f64::MIN, f64::max);
		let shares: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
		let total: f64 = shares.iter().sum();
		means.extend((0..values).map(|at| {
			let of_places = bytes.value.iter().skip(at).step_by(values).zip(&shares);
			of_places.map(|(v, share)| f64::from(*v) * share).sum::<f64>() / total
		}));
	}
	means
}

/// Asserts that integers are as far from floats as they say.
fn assert_close(attention: Attention, bytes: &Bytes, scaling: Scaling) {
	let means = attention.run(bytes.rows(), scaling);
	let floats = float(attention, bytes, scaling);
	for (at, (mean, float)) in means.iter().zip(floats).enumerate() {
		let column = bytes.value.iter().skip(at % attention.values).step_by(attention.values);
		let column = column.map(|v| f64::from(*v));
		let high = column.clone().fold(0.0, f64::max);
		let range = high - column.fold(255.0, f64::min);
		let part = ERROR + ERROR_OF_A_PLACE * attention.places as f64;
		let off = (f64::from(*mean) - float).abs();
		assert!(off <= 0.5 + part * range, "{mean} for {float} of {bytes:?}, {scaling:?}");
	}
}

/// Bytes that differ from one another.
fn some_bytes(attention: Attention, seed: usize) -> Bytes {
	let bytes = |count: usize, by: usize| -> Vec<u8> {
		(0..count).map(|at| ((at + seed) * (at + 3) * by % 251) as u8).collect()
	};
	let Attention { queries, places, features, values } = attention;
	Bytes {
		query: bytes(queries * features, 37),
		key: bytes(places * features, 53),
		value: bytes(places * values, 71),
	}
}

fn scaling(factor: i64, zero: i64) -> Scaling {
	Scaling { factor, zero: factor * zero }
}

#[test]
fn shares_are_those_of_the_exponential_function() {
	assert_eq!(SHARES[0], 255);
	for (at, share) in SHARES.iter().enumerate().skip(1) {
		let expected = (255.0 * (-(at as f64 + 0.5) / STEPS).exp()).round();
		assert_eq!(f64::from(*share), expected, "{at}");
	}
	// Whatever lies further away has no share either.
	assert_eq!(SHARES[249..], [0; 7]);
	assert_eq!(SHARES[248], 1);
}

#[test]
fn counts_that_a_head_may_have() {
	assert!(Attention::new(1, 2, 1, 1).is_some());
	assert!(Attention::new(128, 128, 256, 256).is_some());
	for [n, m, d, e] in
		[[0, 2, 1, 1], [1, 1, 1, 1], [129, 2, 1, 1], [1, 129, 1, 1], [1, 2, 257, 1], [1, 2, 1, 0]]
	{
		assert_eq!(Attention::new(n, m, d, e), None);
	}
	assert_eq!(Attention::new(1, 2, 256, 1).expect("counts").max_factor(), 65_792);
}

#[test]
fn equal_scores_have_equal_shares() {
	let head = Attention::new(1, 4, 1, 2).expect("counts");
	let bytes =
		Bytes { query: vec![9], key: vec![7; 4], value: vec![0, 255, 1, 255, 2, 255, 3, 254] };
	// 1.5 and 254.75
	assert_eq!(head.run(bytes.rows(), scaling(1000, 3)), [2, 255]);
}

#[test]
fn the_largest_score_takes_all_where_the_others_are_far_below() {
	let head = Attention::new(2, 3, 1, 1).expect("counts");
	let bytes = Bytes { query: vec![255, 0], key: vec![10, 200, 90], value: vec![1, 2, 3] };
	// With a zero between them the queries look for opposite keys.
	assert_eq!(head.run(bytes.rows(), scaling(head.max_factor(), 100)), [2, 1]);
}

#[test]
fn integers_are_off_by_less_than_they_say() {
	for [n, m, d, e] in [[1, 2, 1, 1], [3, 5, 4, 2], [2, 128, 3, 1], [2, 16, 256, 2]] {
		let head = Attention::new(n, m, d, e).expect("counts");
		for seed in 0..4 {
			for factor in [1, 300, 4_000, 65_000] {
				let factor = factor.min(head.max_factor());
				assert_close(head, &some_bytes(head, seed), scaling(factor, 128));
			}
		}
	}
}

#[test]
fn differences_of_scores_stay_in_their_bits() {
	for features in [1, 2, 31, 256] {
		let head = Attention::new(1, 2, features, 1).expect("counts");
		let factor = head.max_factor();
		// One beyond a byte on either side, with what W is rounded by.
		for (query, zero) in [(255, -factor - 1), (0, 256 * factor)] {
			let (low, high) = (vec![0; features], vec![255; features]);
			let query = vec![query; features];
			let scores = |key: &[i64]| head.scores(&query, key, Scaling { factor, zero })[0];
			let most = (scores(&high) - scores(&low)).unsigned_abs();
			assert!(most >> SHIFT < (1 << EXCESS) + 255, "{features}: {most}");
		}
	}
}

#[test]
fn constraints_and_integers_are_one_function() {
	for [n, m, d, e] in [[1, 2, 1, 1], [2, 3, 2, 1], [3, 4, 5, 2], [1, 5, 2, 3]] {
		let head = Attention::new(n, m, d, e).expect("counts");
		for (seed, scaling) in
			[scaling(1, 0), scaling(5_000, 128), scaling(60_000, 255)].into_iter().enumerate()
		{
			let bytes = some_bytes(head, seed);
			let means = head.run(bytes.rows(), scaling);
			assert!(system_of(head, &bytes, scaling, &means).holds());
			let mut other = means.clone();
			other[0] ^= 1;
			assert!(!system_of(head, &bytes, scaling, &other).holds());
		}
	}
}

#[test]
fn no_forger_changes_a_cell() {
	let head = small_head();
	let same = Bytes { query: vec![5; 4], key: vec![200; 6], value: vec![7, 255, 0] };
	for (bytes, scaling) in [
		(some_bytes(head, 1), scaling(20_000, 100)),
		(some_bytes(head, 2), Scaling { factor: 777, zero: -77 }),
		(same, scaling(1_000_000, 0)),
	] {
		let test = honest(head, &bytes, scaling);
		test.assert_every_witness_is_determined();
		test.assert_no_forger_changes_a_cell();
		assert!(test.model_columns_stand_apart());
	}
}

/// Constraints as the documents say: of `n` queries, `m` places, `d` features and `e` values.
#[test]
fn what_a_head_costs() {
	for [n, m, d, e] in [[2, 3, 2, 1], [4, 4, 3, 5], [8, 8, 8, 8], [1, 3, 2, 2], [16, 16, 16, 16]] {
		let head = Attention::new(n, m, d, e).expect("counts");
		let test = honest(head, &some_bytes(head, 1), scaling(5_000, 128));
		let (tables, claims) = (2 * 257, n * e);
		// Coefficients but those at the zeroth power, products, and powers from the second on.
		let scores = (n - 1) * d + (m - 1) * d + n * m - 1 + d + 1;
		let means = (n - 1) * m + m * (e - 1) + n * e - 1 + m;
		let powers = n * m.max(e) - 2;
		let of_rows = 10 * n * m + 6 * n * e;
		assert_eq!(test.constraints(), of_rows + scores + means + powers + tables + claims);
	}
}

proptest! {
	#[test]
	fn every_head_is_as_floats_are(
		counts in (1usize..5, 2usize..12, 1usize..9, 1usize..4), seed: u16, factor in 1i64..200_000,
		zero in 0i64..256,
	) {
		let (n, m, d, e) = counts;
		let head = Attention::new(n, m, d, e).expect("counts");
		let scaling = scaling(factor.min(head.max_factor()), zero);
		assert_close(head, &some_bytes(head, seed.into()), scaling);
	}

	#[test]
	fn every_head_has_a_proof(
		query in prop::collection::vec(any::<u8>(), 4), key in prop::collection::vec(any::<u8>(), 6),
		value in prop::collection::vec(any::<u8>(), 3), part in 1i64..=100, zero in -1i64..=255,
	) {
		let head = small_head();
		let scaling = scaling((head.max_factor() * part / 100).max(1), zero);
		let bytes = Bytes { query, key, value };
		prop_assert!(honest(head, &bytes, scaling).holds());
	}
}
