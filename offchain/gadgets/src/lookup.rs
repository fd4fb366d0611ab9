// SPDX-License-Identifier: Apache-2.0
//! Lookups in tables, by logarithmic derivatives (Haböck 2022, eprint 2022/1530).
//!
//! The entries of a table are constants, or the elements of a list of values, each with its position:
//! all of them are settled before the challenge, as what is looked up is.
//!
//! All values `f` that are looked up in a table stand in it if and only if there are multiplicities
//! `m` with
//!
//! ```text
//! Σ_f 1 / (X - f) = Σ_t m_t / (X - t)
//! ```
//!
//! as fractions in `X`. The circuit tests that at one challenge `c`, which comes after all `f` and `m`:
//!
//! ```text
//! h_f * (c - f) = 1        a constraint a lookup
//! e_t * (c - t) = m_t      a constraint an entry
//! Σ h_f - Σ e_t = 0        one for the table
//! ```
//!
//! - A value that is in no entry is a pole on the left alone: its residue is the number of lookups of
//!   it, which is not zero in the field as long as there are fewer lookups than the characteristic.
//!   There always are: they are counted in `usize`.
//! - Sides that differ are equal at no more challenges than there are lookups and entries, of about
//!   2^254.
//! - Each table is an identity of its own at the same challenge. All of them are settled before the
//!   challenge, so the chance that one of them holds by accident is at most the sum of their chances;
//!   nothing of one stands in another.
//!
//! Given the challenge, every `h` is determined by what it inverts, and every `e` by its multiplicity.

use ark_ff::{batch_inversion, One, Zero};
use ark_relations::gr1cs::{LinearCombination, SynthesisError, Variable};
use candor_statement::Fr;
use std::collections::HashMap;

use crate::{
	power_of_two,
	staged::{assert_later, assert_settled},
	Cell, Sum, Synthesis, System,
};

/// A table of a [`Lookups`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(usize);

/// A list of values of a [`Lookups`], in which a value is looked up by its position.
///
/// Its table holds `position + span * value` for each element. The span is above every position, so
/// that a position that is known to be an integer and a value that is known to be one, both small
/// against the field, are determined by the entry that they make.
#[derive(Clone, Debug)]
pub struct List {
	table: Table,
	values: Vec<Sum>,
	/// The span is two to the power of so many bits.
	span_bits: u32,
}

impl List {
	/// The value at a position; nothing in a setup, and where there is none.
	pub fn value(&self, position: usize) -> Option<Fr> {
		self.values.get(position)?.value
	}

	/// What is looked up for a value at a position.
	fn entry(&self, position: &Sum, value: &Sum) -> Sum {
		let mut entry = position.clone();
		entry.add(power_of_two(self.span_bits), value);
		entry
	}
}

/// The lookups of one constraint system, before the challenge. There are no more of them after
/// [`close`](Self::close).
pub struct Lookups {
	cs: System,
	tables: Vec<Requests>,
}

/// What is looked up in one table.
struct Requests {
	entries: Vec<Sum>,
	values: Vec<Sum>,
}

impl Requests {
	/// Whether the entries are these constants.
	fn is_of(&self, constants: &[Fr]) -> bool {
		let own = self.entries.iter().map(Sum::as_constant);
		own.eq(constants.iter().copied().map(Some))
	}
}

impl Lookups {
	/// The lookups of a constraint system.
	pub fn new(cs: &System) -> Self {
		Self { cs: cs.clone(), tables: Vec::new() }
	}

	/// A table of constants. Who asks for the same constants shares it.
	///
	/// # Panics
	///
	/// Where an entry stands in it twice: its multiplicities would not be determined.
	pub fn table(&mut self, entries: impl IntoIterator<Item = u64>) -> Table {
		let constants: Vec<Fr> = entries.into_iter().map(Fr::from).collect();
		if let Some(known) = self.tables.iter().position(|table| table.is_of(&constants)) {
			return Table(known);
		}
		let distinct: std::collections::HashSet<&Fr> = constants.iter().collect();
		assert_eq!(distinct.len(), constants.len(), "an entry stands in a table once");
		self.push(constants.into_iter().map(Sum::constant).collect())
	}

	/// The constraints that what is looked up by now will take at the challenge.
	pub fn pending(&self) -> usize {
		self.tables.iter().map(|table| table.values.len() + table.entries.len() + 1).sum()
	}

	fn push(&mut self, entries: Vec<Sum>) -> Table {
		self.tables.push(Requests { entries, values: Vec::new() });
		Table(self.tables.len() - 1)
	}

	/// A list of values, which costs a constraint an element and one more. Positions start at zero.
	///
	/// Its entries are distinct, and multiplicities so determined, where the values are small against
	/// the field, as bytes are.
	///
	/// # Panics
	///
	/// Where a term is no variable that the constraint system has by now, as in
	/// [`look_up`](Self::look_up).
	pub fn list(&mut self, values: Vec<Sum>) -> List {
		let span_bits = usize::BITS - values.len().leading_zeros();
		let mut list = List { table: Table(self.tables.len()), values: Vec::new(), span_bits };
		let entries = values.iter().zip(0u64..).map(|(value, position)| {
			assert_settled(&self.cs, value);
			list.entry(&Sum::constant(position.into()), value)
		});
		let entries = entries.collect();
		self.push(entries);
		list.values = values;
		list
	}

	/// Looks a value up by its position in a list.
	///
	/// # Panics
	///
	/// As [`look_up`](Self::look_up).
	pub fn look_up_at(&mut self, list: &List, position: &Sum, value: &Sum) {
		self.look_up(list.table, list.entry(position, value));
	}

	/// Looks a value up: it has to be an entry of the table.
	///
	/// # Panics
	///
	/// Where the table is none of these lookups, and where a term is no variable that the constraint
	/// system has by now: what is made later could depend on the challenge.
	pub fn look_up(&mut self, table: Table, value: Sum) {
		assert_settled(&self.cs, &value);
		self.tables[table.0].values.push(value);
	}

	/// Ends the lookups with a variable for the multiplicity of each entry. Tables that are not used
	/// cost nothing.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn close(self) -> Synthesis<ClosedLookups> {
		self.close_with(multiplicities)
	}

	fn close_with(
		self,
		multiplicities: impl Fn(&[Sum], &[Sum]) -> Option<Vec<u64>>,
	) -> Synthesis<ClosedLookups> {
		let Self { cs, tables } = self;
		let tables = tables.into_iter().filter(|table| !table.values.is_empty());
		let tables = tables
			.map(|Requests { entries, values }| {
				let counts = multiplicities(&entries, &values);
				let count = |at: usize| counts.as_ref().map(|counts| Fr::from(counts[at]));
				let multiplicities = (0..entries.len()).map(|at| Cell::witness(&cs, count(at)));
				let multiplicities = multiplicities.collect::<Synthesis<_>>()?;
				Ok(Identity { entries, multiplicities, values })
			})
			.collect::<Synthesis<_>>()?;
		Ok(ClosedLookups { publics: cs.num_instance_variables(), cs, tables })
	}
}

/// How often each entry is looked up. What is not in the table counts nowhere, which leaves the
/// identity wrong.
fn multiplicities(entries: &[Sum], values: &[Sum]) -> Option<Vec<u64>> {
	let entries = entries.iter().map(|entry| entry.value).collect::<Option<Vec<_>>>()?;
	let places: HashMap<&Fr, usize> = entries.iter().zip(0..).collect();
	let mut counts = vec![0; entries.len()];
	for value in values {
		if let Some(place) = places.get(&value.value?) {
			counts[*place] += 1;
		}
	}
	Some(counts)
}

/// The lookups of one constraint system, which await the challenge.
#[must_use = "nothing is proved before the challenge"]
pub struct ClosedLookups {
	cs: System,
	/// The public variables before the challenge.
	publics: usize,
	tables: Vec<Identity>,
}

/// The two sides of the identity of one table.
struct Identity {
	entries: Vec<Sum>,
	multiplicities: Vec<Cell>,
	values: Vec<Sum>,
}

impl ClosedLookups {
	/// Constrains all that was looked up to stand in its table.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing;
	/// [`SynthesisError::DivisionByZero`] where the challenge is a value or an entry, which a prover
	/// meets with another commitment to what came before.
	///
	/// # Panics
	///
	/// Where the challenge is no public input, or is older than the end of the lookups.
	pub fn prove(self, challenge: Cell) -> Synthesis<()> {
		assert_later(challenge, self.publics);
		self.tables.iter().try_for_each(|identity| identity.prove(&self.cs, challenge))
	}
}

impl Identity {
	fn prove(&self, cs: &System, challenge: Cell) -> Synthesis<()> {
		let one = Sum::constant(Fr::one());
		let ones = core::iter::repeat_n(one, self.values.len()).collect();
		let counts = self.multiplicities.iter().map(|count| Sum::from(*count)).collect();
		let mut difference = Vec::with_capacity(self.values.len() + self.entries.len());
		for fraction in fractions(cs, challenge, ones, &self.values)? {
			difference.push((Fr::one(), fraction));
		}
		for fraction in fractions(cs, challenge, counts, &self.entries)? {
			difference.push((-Fr::one(), fraction));
		}
		cs.enforce_r1cs_constraint(
			|| LinearCombination(difference),
			|| Variable::One.into(),
			LinearCombination::zero,
		)
	}
}

/// `numerator / (challenge - value)` for each value: a variable and a constraint each.
fn fractions(
	cs: &System,
	challenge: Cell,
	numerators: Vec<Sum>,
	values: &[Sum],
) -> Synthesis<Vec<Variable>> {
	let mut inverses = values
		.iter()
		.map(|value| Some(challenge.value? - value.value?))
		.collect::<Option<Vec<_>>>();
	if let Some(denominators) = &mut inverses {
		if denominators.iter().any(Fr::is_zero) {
			return Err(SynthesisError::DivisionByZero);
		}
		batch_inversion(denominators);
	}
	let fraction = |(at, (numerator, value)): (usize, (Sum, &Sum))| {
		let inverse = inverses.as_ref().map(|inverses| inverses[at]);
		let quotient = inverse.zip(numerator.value).map(|(inverse, above)| inverse * above);
		let quotient = Cell::witness(cs, quotient)?.variable;
		let mut denominator = vec![(Fr::one(), challenge.variable)];
		let terms = value.terms.iter().filter(|(coefficient, _)| !coefficient.is_zero());
		denominator.extend(terms.map(|(coefficient, term)| (-*coefficient, *term)));
		cs.enforce_r1cs_constraint(
			|| quotient.into(),
			|| LinearCombination(denominator),
			|| numerator.into_lc(),
		)?;
		Ok(quotient)
	};
	numerators.into_iter().zip(values).enumerate().map(fraction).collect()
}

#[cfg(test)]
mod tests;
