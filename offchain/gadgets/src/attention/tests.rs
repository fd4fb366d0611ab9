// SPDX-License-Identifier: Apache-2.0
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

/// The cells of stage one, in the order in which they are made: the largest score of a row; of each place three bytes, the
/// step, two bytes of what is cut off, the share, and from the second on but for the last a product; the total; of each
/// mean its byte, the product, two bytes of the remainder and one of what is left.
mod cells {
	pub const WORDS: usize = 2;
	pub const LARGEST: usize = WORDS;
	pub const LOW: usize = LARGEST + 1;
	pub const STEP: usize = LOW + 3;
	pub const CUT: usize = STEP + 1;
	pub const SHARE: usize = CUT + 2;
	pub const PLACE: usize = 7;
	/// Of three places: the product of the first two.
	pub const PRODUCT: usize = LOW + 2 * PLACE;
	pub const TOTAL: usize = LOW + 3 * PLACE + 1;
	pub const MEAN: usize = TOTAL + 1;
	pub const OVER: usize = MEAN + 2;
	pub const LEFT: usize = OVER + 2;
}

mod reject {
	use super::{cells::*, *};

	/// One query of a head of three places, with one value.
	fn head() -> (Attention, Bytes, Scaling) {
		let head = Attention::new(1, 3, 1, 1).expect("counts");
		let bytes = Bytes { query: vec![90], key: vec![10, 80, 70], value: vec![9, 100, 230] };
		(head, bytes, scaling(60_000, 20))
	}

	fn known(test: &TestSystem, cell: usize) -> u64 {
		small(test.witness(cell)) as u64
	}

	/// Everything follows from another largest score: the second one, or one that is none.
	#[test]
	fn another_largest_score() {
		let (attention, bytes, scaling) = head();
		fn second(scores: &[i64]) -> i64 {
			let largest = most(scores);
			scores.iter().copied().filter(|score| *score < largest).max().unwrap_or_default()
		}
		let larger = |scores: &[i64]| most(scores) + 1;
		for (largest, claimed) in
			[(second as fn(&[i64]) -> i64, 0..=255u8), (larger, 0..=255), (most, 0..=255)]
		{
			let holds = claimed.clone().filter(|claim| {
				let (bytes, words) = (bytes.clone(), scaling.words());
				let head = Head { attention, bytes, words, claimed: vec![*claim], largest };
				TestSystem::staged(&head, &[challenge()]).holds_for_a_forger(&[], &[])
			});
			let is_honest = core::ptr::fn_addr_eq(largest, most as fn(&[i64]) -> i64);
			assert_eq!(holds.count(), usize::from(is_honest));
		}
	}

	/// The score of the largest one lies above the second: as a field element it makes up for that, and only its range
	/// objects.
	#[test]
	fn a_difference_below_zero() {
		let (attention, bytes, scaling) = head();
		fn second(scores: &[i64]) -> i64 {
			scores[2]
		}
		let scores = attention.scores(&[90], &[10, 80, 70], scaling);
		// Both in the first step, so that their shares are 255.
		let below = scores[1] - scores[2];
		assert!(below > 0 && scores[0] < scores[2]);
		let shares = |at: usize| u64::from(SHARES[(scores[2] - scores[at]) as usize >> SHIFT]);
		let total = shares(0) + 255 + 255;
		let sum = shares(0) * 9 + 255 * 100 + 255 * 230;
		let claim = ((2 * sum + total) / (2 * total)) as u8;
		let words = scaling.words();
		let head = Head { attention, bytes, words, claimed: vec![claim], largest: second };
		let test = TestSystem::staged(&head, &[challenge()]);
		let low = LOW + PLACE;
		let zero = Fr::zero();
		let product = Fr::from(scores[2] - scores[0]) * Fr::from(-below);
		let forged =
			[(low, Fr::from(-below)), (low + 1, zero), (low + 2, zero), (PRODUCT, product)];
		assert_eq!(test.unsatisfied_for_a_forger(&forged, &[]).len(), 1);
	}

	/// A difference of scores that all lie above it by the same number: none of them is zero.
	#[test]
	fn a_largest_score_that_is_none() {
		let (attention, bytes, scaling) = head();
		// The same shares.
		let larger = |scores: &[i64]| most(scores) + 1;
		let claimed = attention.run(bytes.rows(), scaling);
		let head = Head { attention, bytes, words: scaling.words(), claimed, largest: larger };
		let test = TestSystem::staged(&head, &[challenge()]);
		assert_eq!(test.unsatisfied_for_a_forger(&[], &[]).len(), 1);
	}

	/// A share of another step, and one that makes up for it in the field.
	#[test]
	fn a_share_of_another_step() {
		let (attention, bytes, scaling) = head();
		let test = honest(attention, &bytes, scaling);
		let step = known(&test, STEP);
		assert!((1..255).contains(&step));
		let part = power_of_two(ACTIVATION_BITS).inverse().expect("a power");
		for (other, share) in [
			(step, Fr::from(SHARES[step as usize + 1])),
			// The pair of another step as a field element.
			(step, Fr::from(SHARES[0]) - Fr::from(step) * part),
			(step + 256, Fr::from(SHARES[step as usize]) - Fr::one()),
		] {
			let by = share - test.witness(SHARE);
			let total = test.witness(TOTAL) + by;
			let forged = [(STEP, Fr::from(other)), (SHARE, share), (TOTAL, total)];
			assert!(!test.holds_for_a_forger(&forged, &[]), "{other}");
		}
	}

	/// A step less than there are, and the others cut off.
	#[test]
	fn a_step_that_is_not_the_last_with_others_cut_off() {
		let (attention, bytes, scaling) = head();
		let test = honest(attention, &bytes, scaling);
		let step = known(&test, STEP);
		let share = Fr::from(SHARES[step as usize - 1]);
		let total = test.witness(TOTAL) - test.witness(SHARE) + share;
		// What the mean becomes with it.
		let shares: Vec<u64> =
			[0, 1, 2].map(|at| known(&test, SHARE + at * PLACE + at / 2)).to_vec();
		assert_eq!(shares.iter().sum::<u64>(), known(&test, TOTAL));
		let new = [SHARES[step as usize - 1].into(), shares[1], shares[2]];
		let sum: u64 = new.iter().zip(&bytes.value).map(|(e, v)| e * u64::from(*v)).sum();
		let all: u64 = new.iter().sum();
		let (mean, rest) = ((2 * sum + all) / (2 * all), (2 * sum + all) % (2 * all));
		let forged = [
			(STEP, Fr::from(step - 1)),
			(CUT, test.witness(CUT) + Fr::one()),
			(SHARE, share),
			(TOTAL, total),
			(MEAN, mean.into()),
			(MEAN + 1, (mean * all).into()),
			(OVER, (rest & 255).into()),
			(OVER + 1, (rest >> 8).into()),
			(LEFT, ((2 * all - 1 - rest) & 255).into()),
		];
		assert_eq!(test.unsatisfied_for_a_forger(&forged, &[(7, mean.into())]).len(), 1);
	}

	/// A mean of one more or less, with a remainder that makes up for it: only a range objects.
	#[test]
	fn another_mean() {
		let (attention, bytes, scaling) = head();
		let test = honest(attention, &bytes, scaling);
		let (total, mean) = (known(&test, TOTAL) as i64, known(&test, MEAN) as i64);
		let rest = (known(&test, OVER) + 256 * known(&test, OVER + 1)) as i64;
		for by in [-1, 1] {
			let (other, rest) = (mean + by, rest - by * 2 * total);
			let left = 2 * total - 1 - rest;
			let forged = [
				(MEAN, Fr::from(other)),
				(MEAN + 1, Fr::from(other * total)),
				(OVER, Fr::from(rest & 255)),
				(OVER + 1, Fr::from(rest >> 8)),
				(LEFT, Fr::from(left & 255)),
			];
			assert_eq!(test.unsatisfied_for_a_forger(&forged, &[(7, other.into())]).len(), 1);
		}
	}

	/// A mean that is no integer, with a remainder in range: only that it is a byte objects.
	#[test]
	fn a_mean_that_is_none() {
		let (attention, bytes, scaling) = head();
		let test = honest(attention, &bytes, scaling);
		let total = test.witness(TOTAL);
		let rest = known(&test, OVER) + 256 * known(&test, OVER + 1);
		let other = if rest > 0 { rest - 1 } else { 1 };
		let by = (Fr::from(rest) - Fr::from(other)) * total.double().inverse().expect("a total");
		let mean = test.witness(MEAN) + by;
		let left = 2 * known(&test, TOTAL) - 1 - other;
		let forged = [
			(MEAN, mean),
			(MEAN + 1, mean * total),
			(OVER, Fr::from(other & 255)),
			(OVER + 1, Fr::from(other >> 8)),
			(LEFT, Fr::from(left & 255)),
		];
		assert_eq!(test.unsatisfied_for_a_forger(&forged, &[(7, mean)]).len(), 1);
	}

	/// The model's words are the committer's choice: they have no proof, or one function.
	#[test]
	fn words_of_no_model() {
		let (attention, bytes, scaling) = head();
		let claimed = attention.run(bytes.rows(), scaling);
		let [zero, factor] = scaling.words();
		for words in [[Fr::one(), power_of_two(200)], [power_of_two(100), factor], [zero, -factor]]
		{
			let (bytes, claimed) = (bytes.clone(), claimed.clone());
			let head = Head { attention, bytes, words, claimed, largest: most };
			let test = TestSystem::staged(&head, &[challenge()]);
			assert!(!test.holds_for_a_forger(&[], &[]));
		}
		// A factor of zero tells no places apart.
		let words = [zero, Fr::zero()];
		let head = Head { attention, bytes, words, claimed: vec![113], largest: most };
		let test = TestSystem::staged(&head, &[challenge()]);
		assert!(test.holds());
		test.assert_no_forger_changes_a_cell();
	}

	/// Scores and sums are settled before the challenge: one that is off is seen, whoever knows it.
	#[test]
	fn a_score_that_is_off() {
		let (attention, bytes, scaling) = head();
		let test = honest(attention, &bytes, scaling);
		let off = [(LOW, test.witness(LOW) + Fr::one())];
		let failed = test.unsatisfied_for_a_forger(&off, &[]);
		// The identity of scores, and the product of differences where it has a variable.
		assert!(!failed.is_empty());
		let with_product = {
			let [first, second] = [0, 1].map(|place| {
				let low = LOW + place * PLACE;
				let bytes = (0..6).map(|at| {
					let shift = [0, 8, 16, 24, 24, 32][at];
					test.witness(low + at) * power_of_two(shift)
				});
				bytes.sum::<Fr>()
			});
			[off[0], (PRODUCT, (first + Fr::one()) * second)]
		};
		assert_eq!(test.unsatisfied_for_a_forger(&with_product, &[]).len(), 1);
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
