// SPDX-License-Identifier: Apache-2.0
//! What a forger tries.

use super::*;
use crate::power_of_two;
use ark_ff::Zero;
use candor_graph::ACTIVATION_BITS;
use cells::*;

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

/// One query of a head of three places, with one value.
fn head() -> (Attention, Bytes, Scaling) {
	let head = Attention::new(1, 3, 1, 1).expect("counts");
	let bytes = Bytes { query: vec![90], key: vec![10, 80, 70], value: vec![9, 100, 230] };
	(head, bytes, scaling(60_000, 20))
}

fn known(test: &TestSystem, cell: usize) -> u64 {
	small(test.witness(cell)) as u64
}

/// Everything follows from another largest score, the second one or one that is none, whatever is claimed.
#[test]
fn another_largest_score() {
	let (attention, bytes, scaling) = head();
	fn second(scores: &[i64]) -> i64 {
		let largest = most(scores);
		scores.iter().copied().filter(|score| *score < largest).max().unwrap_or_default()
	}
	fn larger(scores: &[i64]) -> i64 {
		most(scores) + (1 << SHIFT)
	}
	let honest = attention.run(bytes.rows(), scaling)[0];
	for largest in [second as fn(&[i64]) -> i64, larger, most] {
		let claims = (honest % 16..=255).step_by(16);
		let holds = claims.filter(|claim| {
			let (bytes, words) = (bytes.clone(), scaling.words());
			let head = Head { attention, bytes, words, claimed: vec![*claim], largest };
			TestSystem::staged(&head, &[challenge()]).holds_for_a_forger(&[], &[])
		});
		let is_honest = core::ptr::fn_addr_eq(largest, most as fn(&[i64]) -> i64);
		assert_eq!(holds.collect::<Vec<_>>(), vec![honest; usize::from(is_honest)]);
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
	let forged = [(low, Fr::from(-below)), (low + 1, zero), (low + 2, zero), (PRODUCT, product)];
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

/// Another step of the first place, with what is cut off, and everything that follows from its share.
fn with_step(test: &TestSystem, bytes: &Bytes, step: i64, cut: i64, share: u64) -> Forged {
	let total = known(test, TOTAL) - known(test, SHARE) + share;
	let mut shares = [0, 1, 2].map(|at| known(test, SHARE + at * PLACE + at / 2));
	assert_eq!(shares.iter().sum::<u64>(), known(test, TOTAL));
	shares[0] = share;
	let step = vec![
		(STEP, Fr::from(step)),
		(CUT, Fr::from(cut)),
		(CUT + 1, Fr::zero()),
		(SHARE, share.into()),
	];
	with_total(step, shares, bytes, total)
}

/// What is forged, with the mean that follows.
type Forged = (Vec<(usize, Fr)>, [(usize, Fr); 1]);

/// A total of shares, and everything that follows.
fn with_total(mut forged: Vec<(usize, Fr)>, shares: [u64; 3], bytes: &Bytes, total: u64) -> Forged {
	let sum: u64 = shares.iter().zip(&bytes.value).map(|(e, v)| e * u64::from(*v)).sum();
	let (mean, rest) = ((2 * sum + total) / (2 * total), (2 * sum + total) % (2 * total));
	forged.extend([
		(TOTAL, Fr::from(total)),
		(MEAN, mean.into()),
		(MEAN + 1, (mean * total).into()),
		(OVER, (rest & 255).into()),
		(OVER + 1, (rest >> 8).into()),
		(LEFT, ((2 * total - 1 - rest) & 255).into()),
	]);
	(forged, [(7, mean.into())])
}

/// A step less than there are, and the others cut off: only that nothing is cut off before the last one objects.
#[test]
fn a_step_that_is_not_the_last_with_others_cut_off() {
	let (attention, bytes, scaling) = head();
	let test = honest(attention, &bytes, scaling);
	let step = known(&test, STEP) as i64;
	let share = u64::from(SHARES[step as usize - 1]);
	let (forged, claim) = with_step(&test, &bytes, step - 1, 1, share);
	assert_eq!(test.unsatisfied_for_a_forger(&forged, &claim).len(), 1);
}

/// The last step, with less than nothing cut off: only the range of that objects.
#[test]
fn a_cut_below_zero() {
	let (attention, bytes, scaling) = head();
	let test = honest(attention, &bytes, scaling);
	let (forged, claim) = with_step(&test, &bytes, 255, known(&test, STEP) as i64 - 255, 0);
	assert_eq!(test.unsatisfied_for_a_forger(&forged, &claim).len(), 1);
}

/// A step beyond the last one, with the share that makes its pair that of another step: only that it is a byte objects.
#[test]
fn a_step_beyond_the_last_one() {
	let (attention, mut bytes, _) = head();
	bytes.key = vec![1, 241, 240];
	let test = honest(attention, &bytes, scaling(300_000, 20));
	let cut = known(&test, CUT);
	assert_eq!((known(&test, STEP), known(&test, SHARE)), (255, 0));
	let steps = 255 + cut;
	let share = u64::from(SHARES[steps as usize % 256]) - steps / 256;
	let (forged, claim) = with_step(&test, &bytes, steps as i64, 0, share);
	assert!(cut > 0 && share > 0);
	assert_eq!(test.unsatisfied_for_a_forger(&forged, &claim).len(), 1);
}

/// Shares of another total than theirs: only their sum objects.
#[test]
fn another_total() {
	let (attention, bytes, scaling) = head();
	let test = honest(attention, &bytes, scaling);
	let shares = [0, 1, 2].map(|at| known(&test, SHARE + at * PLACE + at / 2));
	for by in [-1i64, 1, 100] {
		let total = known(&test, TOTAL).saturating_add_signed(by);
		let (forged, claim) = with_total(Vec::new(), shares, &bytes, total);
		assert_eq!(test.unsatisfied_for_a_forger(&forged, &claim).len(), 1, "{by}");
	}
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
	for words in [[Fr::one(), power_of_two(200)], [power_of_two(100), factor], [zero, -factor]] {
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
