// SPDX-License-Identifier: Apache-2.0
//! Attention of one head: for each query a mean of the values of all places, in shares that fall with the exponent of how far
//! a place's score lies below the largest one.
//!
//! Of bytes `q` of `n` queries, `k` of `m` places, both with `d` features, and `v` of `m` places, with `M` and `W` from the
//! model, the factor of scores and so many times the zero of queries:
//!
//! ```text
//! s[i][j] = Σ_c (M q[i][c] - W) k[j][c]
//! t[i][j] = max_j s[i][j] - s[i][j]                  u = min( floor(t / 2^24), 255 )
//! e[i][j] = T[u[i][j]]                               E[i] = Σ_j e[i][j]
//! y[i][c] = floor( (2 Σ_j e[i][j] v[j][c] + E[i]) / (2 E[i]) )
//! T[0] = 255      T[u] = round( 255 exp( -(u + 1/2) / 40 ) )
//! ```
//!
//! A zero of keys would add the same to all scores of a query, so there is none. What is a mean of bytes is a byte, with
//! the scale and the zero that these have.
//!
//! # What is off
//!
//! `u` is rounded down to a fortieth, for which the table makes up by half of one but where it is zero, and `e` to half of one
//! in 255. So all shares together are off by less than [`ERROR`] and [`ERROR_OF_A_PLACE`] for each place, as parts of what
//! lies between the smallest and the largest value, and `y` by half a step more.
//!
//! # Constraints
//!
//! ```text
//! t[i][j] = low + 2^24 (u + excess)     excess * (255 - u) = 0       low of 24 bits, u a byte, excess of 16 bits
//! Π_j t[i][j] = 0                       (u, e) looked up             E[i] = Σ_j e[i][j]
//! p = E[i] * y                          y a byte, r and 2 E[i] - 1 - r of 16 bits
//! M Σ_c X_c(z) K_c(z) = S(z)            Σ_j A_j(z) V_j(z) = B(z)     at the challenge
//! ```
//!
//! with `q[i][c] - W/M` the coefficients of `X_c`, `k[j][c]` those of `K_c`, and in place of each score `m[i] - t[i][j]` in
//! `S`, where `m[i]` is a new variable; `2 e[i][j]` those of `A_j`, `v[j][c]` those of `V_j`, and `2 p + r - E[i]` those of `B`. A
//! query `i` stands at the exponent `i`, what meets it at multiples of `n`, so that each coefficient of a product is one of
//! the matrices' product.
//!
//! Of one row each `t` is below 2^41, and one of them is zero: two `m` would be scores that lie above one another, so there is one, whatever the
//! words are. `t` determines `u`, as an `excess` that is not zero asks for 255. The `e` of the place with `t = 0` is 255, so
//! `E` is not zero, and all of `2 Σ e v + E = 2 E y + r` lies below 2^25: `0 <= r < 2 E` leaves one quotient and one
//! remainder. `y` has to be a byte for that: `r + 1` with `y - 1/(2 E)` keeps the equation in the field.

mod row;
#[cfg(test)]
mod tests;

use ark_ff::{AdditiveGroup, Field, One, PrimeField};
use candor_graph::ACTIVATION_MAX;
use candor_statement::Fr;

use crate::{
	polynomial::{Coefficient, Identities},
	ranges::Ranges,
	table::{ByteFunction, BYTES},
	Cell, Sum, Synthesis, System,
};
use row::{mean, Parts, Row};

/// The most queries and places.
pub const MAX_PLACES: usize = 128;

/// The most features of queries and keys, and of values.
pub const MAX_FEATURES: usize = 256;

/// The steps in which the exponent of a share falls by one.
pub const STEPS: f64 = 40.0;

/// The bits of a score below a step.
pub const SHIFT: u32 = 24;

/// By how much shares are off together at most, as a part of what lies between the smallest and the largest value, beside
/// [`ERROR_OF_A_PLACE`].
pub const ERROR: f64 = 0.026;

/// By how much more they are off for each place.
pub const ERROR_OF_A_PLACE: f64 = 0.5 / 255.0;

/// The bits of what is cut off.
const EXCESS: u32 = 16;

/// The shares, of which the largest is 255: `T`.
pub static SHARES: [u8; BYTES] = shares();

const fn shares() -> [u8; BYTES] {
	/// `exp(-1/40)` and `exp(-1/80)` in units of `2^-62`.
	const STEP: u128 = 4_497_823_084_934_707_447;
	const HALF: u128 = 4_554_398_734_646_905_283;
	let mut shares = [0; BYTES];
	shares[0] = ACTIVATION_MAX as u8;
	let (mut at, mut share) = (1, HALF);
	while at < BYTES {
		share = (share * STEP) >> 62;
		shares[at] = ((share * ACTIVATION_MAX as u128 + (1 << 61)) >> 62) as u8;
		at += 1;
	}
	shares
}

/// The counts of one head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
	queries: usize,
	places: usize,
	features: usize,
	values: usize,
}

/// How scores are scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaling {
	/// `M`, what a product of a step of a query and one of a key counts; positive.
	pub factor: i64,
	/// `W`, so many times the zero of queries.
	pub zero: i64,
}

/// What a head takes, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, T> {
	/// The queries.
	pub query: &'a [T],
	/// A key for each place.
	pub key: &'a [T],
	/// The values of each place.
	pub value: &'a [T],
}

/// The words of the model.
#[derive(Clone, Copy, Debug)]
pub struct Words {
	/// `W/M`
	pub zero: Cell,
	/// `M`
	pub factor: Cell,
}

impl Scaling {
	/// [`Words::zero`] and [`Words::factor`].
	///
	/// # Panics
	///
	/// Where the factor is zero.
	pub fn words(self) -> [Fr; 2] {
		let factor = Fr::from(self.factor);
		[Fr::from(self.zero) * factor.inverse().expect("a factor"), factor]
	}

	/// That of words, where they are of one.
	fn of(words: Words) -> Option<Self> {
		let factor = words.factor.value?;
		let zero = words.zero.value? * factor;
		// What is no small integer has no proof, whatever stands in its place.
		Some(Self { factor: small(factor), zero: small(zero) })
	}
}

/// A small integer; zero for anything else.
fn small(value: Fr) -> i64 {
	let bits = |value: Fr| {
		let [low, rest @ ..] = value.into_bigint().0;
		i64::try_from(low).ok().filter(|low| *low < 1 << 48 && rest == [0; 3])
	};
	bits(value).or_else(|| bits(-value).map(|low| -low)).unwrap_or_default()
}

impl Attention {
	/// One of so many queries, places, features of both, and values of each place; nothing of none, of one place, or of
	/// too many.
	pub fn new(queries: usize, places: usize, features: usize, values: usize) -> Option<Self> {
		let fits = (1..=MAX_PLACES).contains(&queries)
			&& (2..=MAX_PLACES).contains(&places)
			&& (1..=MAX_FEATURES).contains(&features)
			&& (1..=MAX_FEATURES).contains(&values);
		fits.then_some(Self { queries, places, features, values })
	}

	/// The largest factor: with it no `t` leaves its bits, for no zero within [-1, 255].
	pub fn max_factor(self) -> i64 {
		// Of |q - W/M| below 256 and a difference of keys of a byte.
		(1 << (SHIFT + EXCESS)) / (256 * i64::from(ACTIVATION_MAX) * self.features as i64) - 1
	}

	/// Native: the scores of a query.
	fn scores(self, query: &[i64], keys: &[i64], scaling: Scaling) -> Vec<i64> {
		let Scaling { factor, zero } = scaling;
		let scaled: Vec<i64> = query.iter().map(|q| factor * q - zero).collect();
		let score = |key: &[i64]| scaled.iter().zip(key).map(|(q, k)| q * k).sum();
		keys.chunks(self.features).map(score).collect()
	}

	/// Native: what a head makes of bytes.
	///
	/// # Panics
	///
	/// Where there are not as many bytes as it says.
	pub fn run(self, rows: Rows<'_, u8>, scaling: Scaling) -> Vec<u8> {
		self.assert_counts(&rows);
		let integers = |bytes: &[u8]| bytes.iter().map(|x| i64::from(*x)).collect::<Vec<_>>();
		let [queries, keys] = [rows.query, rows.key].map(integers);
		let mut outputs = Vec::with_capacity(self.queries * self.values);
		for query in queries.chunks(self.features) {
			let scores = self.scores(query, &keys, scaling);
			let largest = scores.iter().copied().max().unwrap_or_default();
			let shares: Vec<u64> =
				scores.iter().map(|score| Parts::of(largest - score).share().into()).collect();
			let total: u64 = shares.iter().sum();
			for at in 0..self.values {
				let value = |place: usize| u64::from(rows.value[place * self.values + at]);
				let sum: u64 = shares.iter().enumerate().map(|(j, e)| e * value(j)).sum();
				outputs.push(((2 * sum + total) / (2 * total)) as u8);
			}
		}
		outputs
	}

	/// What a head makes of sums that are shown to be bytes elsewhere.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where there are not as many as it says, or ranges are shown by bits.
	pub fn constrain(
		self,
		cs: &System,
		ranges: &mut Ranges,
		identities: &mut Identities,
		rows: Rows<'_, Sum>,
		words: Words,
	) -> Synthesis<Vec<Sum>> {
		let largest = |scores: &[i64]| scores.iter().copied().max().unwrap_or_default();
		self.constrain_with(cs, ranges, identities, rows, words, largest)
	}

	fn constrain_with(
		self,
		cs: &System,
		ranges: &mut Ranges,
		identities: &mut Identities,
		rows: Rows<'_, Sum>,
		words: Words,
		largest: impl Fn(&[i64]) -> i64,
	) -> Synthesis<Vec<Sum>> {
		self.assert_counts(&rows);
		let scaling = Scaling::of(words);
		let [queries, keys, values] = [rows.query, rows.key, rows.value].map(bytes_of);
		let function = ByteFunction::new(ranges, &SHARES);
		let (mut scores, mut shares, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
		let mut totals = Vec::new();
		for at in 0..self.queries {
			let natives = queries.as_ref().zip(keys.as_ref()).zip(scaling);
			let natives = natives.map(|((queries, keys), scaling)| {
				let query = &queries[at * self.features..][..self.features];
				self.scores(query, keys, scaling)
			});
			let largest = natives.as_ref().map(|scores| largest(scores));
			let row = Row::new(cs, ranges, &function, (largest, natives), self.places)?;
			for (place, score) in row.scores.into_iter().enumerate() {
				scores.push(Coefficient::new(score, at + place * self.queries));
			}
			for column in 0..self.values {
				let sum = values.as_ref().and_then(|values| {
					let of_column = values.iter().skip(column).step_by(self.values);
					let products = row.shares.iter().zip(of_column);
					products.map(|(e, v)| Some(small(e.value?) * v)).sum::<Option<i64>>()
				});
				let (mean, product) = mean(cs, ranges, row.total, sum)?;
				outputs.push(mean);
				totals.push(Coefficient::new(product, at + column * self.queries));
			}
			shares.push(row.shares);
		}

		let of_features = (0..self.features).map(|column| {
			let queries = rows.query.iter().skip(column).step_by(self.features).enumerate();
			let queries = queries.map(|(at, q)| {
				let mut query = q.clone();
				query.add(-Fr::one(), &words.zero.into());
				Coefficient::new(query, at)
			});
			let keys = rows.key.iter().skip(column).step_by(self.features).enumerate();
			let keys = keys.map(|(at, k)| Coefficient::new(k.clone(), at * self.queries));
			let (queries, keys) = (queries.collect(), keys.collect());
			(identities.polynomial(queries), identities.polynomial(keys))
		});
		let products = of_features.collect();
		let scores = identities.polynomial(scores);
		identities.equate_times(products, words.factor, scores);

		let of_places = (0..self.places).map(|place| {
			let shares = shares.iter().enumerate().map(|(at, row)| {
				let mut share = Sum::zero();
				share.add(Fr::one().double(), &row[place]);
				Coefficient::new(share, at)
			});
			let values = rows.value[place * self.values..][..self.values].iter().enumerate();
			let values = values.map(|(at, v)| Coefficient::new(v.clone(), at * self.queries));
			let (shares, values) = (shares.collect(), values.collect());
			(identities.polynomial(shares), identities.polynomial(values))
		});
		let products = of_places.collect();
		let totals = identities.polynomial(totals);
		identities.equate(products, totals);
		Ok(outputs)
	}

	fn assert_counts<T>(self, rows: &Rows<'_, T>) {
		let counts = [rows.query, rows.key, rows.value].map(<[T]>::len);
		let Self { queries, places, features, values } = self;
		assert_eq!(counts, [queries * features, places * features, places * values], "rows");
	}
}

/// The bytes of sums; what is out of range has no proof, whatever stands in its place.
fn bytes_of(sums: &[Sum]) -> Option<Vec<i64>> {
	let byte = |sum: &Sum| sum.value.map(|x| small(x).clamp(0, ACTIVATION_MAX.into()));
	sums.iter().map(byte).collect()
}
