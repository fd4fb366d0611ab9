// SPDX-License-Identifier: Apache-2.0
//! Products of polynomials, tested at the challenge.
//!
//! An identity says of polynomials whose coefficients are linear in variables that
//!
//! ```text
//! Σ_i X_i(z) * P_i(z) = Y(z)
//! ```
//!
//! or so many times the sum of products, for a number that is a variable before the challenge as well.
//!
//! All coefficients are settled before the challenge `c`, where the circuit tests the sum. It takes a
//! constraint for each coefficient at a power of `c`, one for each product, and one for each power, which
//! all identities share.
//!
//! - Sides that differ are equal at no more challenges than their degree, of about 2^254. So each
//!   coefficient of `Y` is the sum of products of coefficients that the identity says it is, those that
//!   nothing else looks at included: were one of them made after the challenge, it could mend any other.
//! - Every identity is one of its own, at the challenge of the lookups. All of them are settled before it,
//!   so the chance that one of them holds by accident is at most the sum of their chances.

use ark_ff::One;
use ark_relations::gr1cs::Variable;
use candor_statement::Fr;

use crate::{
	staged::{assert_later, assert_settled},
	Cell, Sum, Synthesis, System,
};

/// A sum that is the coefficient at some exponents.
#[derive(Clone, Debug)]
pub struct Coefficient {
	/// The coefficient.
	pub sum: Sum,
	/// The exponents that it stands at, each once.
	pub exponents: Vec<usize>,
}

impl Coefficient {
	/// A sum that is the coefficient at one exponent.
	pub fn new(sum: Sum, exponent: usize) -> Self {
		Self { sum, exponents: vec![exponent] }
	}
}

/// A polynomial of an [`Identities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polynomial(usize);

/// The identities of one constraint system, before the challenge. There are no more of them after
/// [`close`](Self::close).
pub struct Identities {
	cs: System,
	polynomials: Vec<Vec<Coefficient>>,
	identities: Vec<Identity>,
}

struct Identity {
	/// The factors of each product.
	products: Vec<(Polynomial, Polynomial)>,
	/// What all of them are multiplied by.
	times: Option<Cell>,
	total: Polynomial,
}

impl Identities {
	/// The identities of a constraint system.
	pub fn new(cs: &System) -> Self {
		Self { cs: cs.clone(), polynomials: Vec::new(), identities: Vec::new() }
	}

	/// A polynomial; coefficients at one exponent are added up. It may stand in several identities.
	///
	/// # Panics
	///
	/// Where a coefficient has a variable that the constraint system has not by now: what is made later
	/// could depend on the challenge.
	pub fn polynomial(&mut self, coefficients: Vec<Coefficient>) -> Polynomial {
		coefficients.iter().for_each(|coefficient| assert_settled(&self.cs, &coefficient.sum));
		self.polynomials.push(coefficients);
		Polynomial(self.polynomials.len() - 1)
	}

	/// Says that products of polynomials add up to another one.
	///
	/// # Panics
	///
	/// Where there are no products.
	pub fn equate(&mut self, products: Vec<(Polynomial, Polynomial)>, total: Polynomial) {
		assert!(!products.is_empty(), "a sum of products");
		self.identities.push(Identity { products, times: None, total });
	}

	/// Says that products of polynomials, times a number, add up to another one: a constraint more.
	///
	/// # Panics
	///
	/// Where there are no products, and as [`Self::polynomial`] for the number.
	pub fn equate_times(
		&mut self,
		products: Vec<(Polynomial, Polynomial)>,
		times: Cell,
		total: Polynomial,
	) {
		assert!(!products.is_empty(), "a sum of products");
		assert_settled(&self.cs, &times.into());
		self.identities.push(Identity { products, times: Some(times), total });
	}

	/// The constraints that the identities by now will take at the challenge.
	pub fn pending(&self) -> usize {
		let all = || self.polynomials.iter().flatten();
		let degree = all().flat_map(|coefficient| &coefficient.exponents).max();
		let powers = degree.map_or(0, |degree| degree.saturating_sub(1));
		// What is constant, or stands at the zeroth power alone, takes no product.
		let is_product = |c: &&Coefficient| {
			c.sum.as_constant().is_none() && c.exponents.iter().any(|at| *at > 0)
		};
		let products = self
			.identities
			.iter()
			.map(|identity| identity.products.len() + usize::from(identity.times.is_some()));
		powers + all().filter(is_product).count() + products.sum::<usize>()
	}

	/// Ends the stage that the challenge comes after.
	pub fn close(self) -> ClosedIdentities {
		ClosedIdentities { publics: self.cs.num_instance_variables(), identities: self }
	}
}

/// The identities of one constraint system, which await the challenge.
#[must_use = "nothing is proved before the challenge"]
pub struct ClosedIdentities {
	/// The public variables before the challenge.
	publics: usize,
	identities: Identities,
}

impl ClosedIdentities {
	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.identities.identities.is_empty()
	}

	/// Constrains all identities to hold at the challenge.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where the challenge is no public input, or is older than the end of the identities.
	pub fn prove(self, challenge: Cell) -> Synthesis<()> {
		assert_later(challenge, self.publics);
		self.prove_at(challenge)
	}

	fn prove_at(self, challenge: Cell) -> Synthesis<()> {
		let Identities { cs, polynomials, identities } = self.identities;
		let powers = powers(&cs, challenge, &polynomials)?;
		let values: Vec<Sum> = polynomials
			.into_iter()
			.map(|coefficients| evaluated(&cs, &powers, coefficients))
			.collect::<Synthesis<_>>()?;
		// A factor stands in several products as one name.
		let mut named: Vec<Option<Cell>> = vec![None; values.len()];
		let mut name = |Polynomial(at): Polynomial| match named[at] {
			Some(cell) => Ok(cell),
			None => {
				let cell = values[at].clone().named(&cs)?;
				named[at] = Some(cell);
				Synthesis::Ok(cell)
			}
		};
		for Identity { products, times, total } in identities {
			let mut rest = values[total.0].clone();
			if let Some(times) = times {
				let mut sum = Sum::zero();
				for (left, right) in products {
					let product = Cell::product(&cs, name(left)?, name(right)?)?;
					sum.add(Fr::one(), &product.into());
				}
				cs.enforce_r1cs_constraint(
					|| sum.into_lc(),
					|| times.variable.into(),
					|| rest.into_lc(),
				)?;
				continue;
			}
			let ((left, right), before) = products.split_last().expect("there are products; qed");
			for (left, right) in before {
				let product = Cell::product(&cs, name(*left)?, name(*right)?)?;
				rest.add(-Fr::one(), &product.into());
			}
			// The last product has no variable of its own: it is what the total leaves.
			let (left, right) = (name(*left)?, name(*right)?);
			cs.enforce_r1cs_constraint(
				|| left.variable.into(),
				|| right.variable.into(),
				|| rest.into_lc(),
			)?;
		}
		Ok(())
	}
}

/// The powers of the challenge up to the largest exponent, from the zeroth on.
fn powers(cs: &System, challenge: Cell, polynomials: &[Vec<Coefficient>]) -> Synthesis<Vec<Cell>> {
	let exponents = polynomials.iter().flatten().flat_map(|coefficient| &coefficient.exponents);
	let degree = exponents.copied().max().unwrap_or_default();
	let mut powers = vec![Cell { variable: Variable::One, value: Some(Fr::one()) }];
	for exponent in 1..=degree {
		powers.push(match exponent {
			1 => challenge,
			_ => Cell::product(cs, powers[exponent - 1], challenge)?,
		});
	}
	Ok(powers)
}

/// A polynomial at the challenge.
fn evaluated(cs: &System, powers: &[Cell], coefficients: Vec<Coefficient>) -> Synthesis<Sum> {
	let mut value = Sum::zero();
	for Coefficient { sum, exponents } in coefficients {
		let mut power = Sum::zero();
		exponents.iter().for_each(|exponent| power.add(Fr::one(), &powers[*exponent].into()));
		match (sum.as_constant(), power.as_constant()) {
			(Some(constant), _) => value.add(constant, &power),
			(None, Some(constant)) => value.add(constant, &sum),
			(None, None) => value.add(Fr::one(), &Sum::product(cs, sum, power)?.into()),
		}
	}
	Ok(value)
}

#[cfg(test)]
mod tests;
