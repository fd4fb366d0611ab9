// SPDX-License-Identifier: Apache-2.0
//! A forger who knows the challenge: whatever is changed, the lookups and the polynomials are made to agree
//! with it as far as that goes.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{Field, One, Zero};
use candor_statement::Fr;

use super::{Blocks, TestSystem};

/// The constraints of the lookups in one table, as [`lookup`](crate::lookup) makes them.
pub(super) struct Table {
	/// `h * (c - f) = 1`.
	lookups: Vec<usize>,
	/// `e * (c - t) = m`.
	entries: Vec<usize>,
}

impl TestSystem {
	/// The tables of a system, found by the constraint that adds up their fractions.
	pub(super) fn tables(&self) -> Vec<Table> {
		let [a, b, c] = [0, 1, 2].map(|side| &self.matrices[side]);
		let first_of_rest = self.publics + self.blocks.model + self.blocks.stage_one;
		let is_fraction = |(_, variable): &(Fr, usize)| *variable >= first_of_rest;
		let inverted: BTreeMap<usize, usize> = (0..self.constraints())
			.filter(|row| a[*row].len() == 1 && is_fraction(&a[*row][0]))
			.map(|row| (a[row][0].1, row))
			.collect();
		let is_sum = |row: &usize| {
			c[*row].is_empty()
				&& b[*row] == [(Fr::one(), 0)]
				&& a[*row].len() > 1
				&& a[*row].iter().all(is_fraction)
		};
		let table = |row: usize| {
			let rows_of = |sign: Fr| {
				let of_sign = a[row].iter().filter(move |(coefficient, _)| *coefficient == sign);
				of_sign.map(|(_, variable)| inverted[variable]).collect()
			};
			Table { lookups: rows_of(Fr::one()), entries: rows_of(-Fr::one()) }
		};
		(0..self.constraints()).filter(is_sum).map(table).collect()
	}

	/// The constraints that define a variable of the rest as a product, with the variable, in order.
	fn definitions(&self) -> Vec<(usize, usize)> {
		if self.blocks == Blocks::default() {
			return Vec::new();
		}
		let first_of_rest = self.publics + self.blocks.model + self.blocks.stage_one;
		let mut defined = BTreeSet::new();
		let mut definition = |row: usize| match self.matrices[2][row][..] {
			[(coefficient, variable)]
				if coefficient.is_one()
					&& variable >= first_of_rest
					&& defined.insert(variable) =>
			{
				Some((row, variable))
			}
			_ => None,
		};
		(0..self.constraints()).filter_map(&mut definition).collect()
	}

	/// The private variables that hold multiplicities, which a forger counts anew.
	pub fn multiplicities(&self) -> BTreeSet<usize> {
		let entries = self.tables().into_iter().flat_map(|table| table.entries);
		entries.map(|row| self.matrices[2][row][0].1 - self.publics).collect()
	}

	/// The constraints that fail with these witnesses and public inputs instead when a forger, who
	/// knows the challenge, counts all lookups anew and solves for everything that depends on it.
	pub fn unsatisfied_for_a_forger(
		&self,
		witnesses: &[(usize, Fr)],
		publics: &[(usize, Fr)],
	) -> Vec<usize> {
		let mut assignment = self.changed(witnesses, publics);
		for Table { lookups, entries } in self.tables() {
			let denominators = |rows: &[usize], assignment: &[Fr]| -> Vec<Fr> {
				rows.iter().map(|row| self.side(1, *row, assignment)).collect()
			};
			let values = denominators(&lookups, &assignment);
			let of_entries = denominators(&entries, &assignment);
			for (row, entry) in entries.iter().zip(&of_entries) {
				let count = values.iter().filter(|value| *value == entry).count();
				assignment[self.matrices[2][*row][0].1] = Fr::from(count as u64);
			}
			for (row, denominator) in
				lookups.iter().chain(&entries).zip(values.iter().chain(&of_entries))
			{
				let fraction = self.matrices[0][*row][0].1;
				let inverse = denominator.inverse().unwrap_or(Fr::zero());
				assignment[fraction] = inverse * self.side(2, *row, &assignment);
			}
		}
		for (row, variable) in self.definitions() {
			assignment[variable] = self.side(0, row, &assignment) * self.side(1, row, &assignment);
		}
		(0..self.constraints()).filter(|row| !self.row_holds(*row, &assignment)).collect()
	}

	/// Whether such a forger gets away with it.
	pub fn holds_for_a_forger(&self, witnesses: &[(usize, Fr)], publics: &[(usize, Fr)]) -> bool {
		self.unsatisfied_for_a_forger(witnesses, publics).is_empty()
	}

	/// Changes each cell of stage one alone, multiplicities excepted, and asserts that a forger who
	/// knows the challenge does not get away with it.
	///
	/// # Panics
	///
	/// Where a cell may be something else.
	pub fn assert_no_forger_changes_a_cell(&self) {
		assert!(self.holds_for_a_forger(&[], &[]), "the forger can count");
		let tables = self.tables();
		let counted = self.multiplicities();
		let solved = tables.iter().flat_map(|table| table.lookups.iter().chain(&table.entries));
		let mut solved: BTreeSet<usize> = solved.copied().collect();
		solved.extend(self.definitions().iter().map(|(row, _)| row));
		let first = self.publics + self.blocks.model;
		let stage_one = first..first + self.blocks.stage_one;
		let mut assignment = self.assignment.clone();
		let is_free = |variable: &usize| !counted.contains(&(variable - self.publics));
		for variable in stage_one.filter(is_free) {
			let honest = assignment[variable];
			let other = if honest.is_zero() { Fr::from(255) } else { Fr::zero() };
			for value in [honest + Fr::one(), honest - Fr::one(), other] {
				assignment[variable] = value;
				// What the forger cannot mend, first.
				let mut rows = self.rows_of[variable].iter().filter(|row| !solved.contains(row));
				let cell = variable - self.publics;
				let caught = rows.any(|row| !self.row_holds(*row, &assignment))
					|| !self.holds_for_a_forger(&[(cell, value)], &[]);
				assert!(caught, "cell {cell} may be {value} as well as {honest}");
			}
			assignment[variable] = honest;
		}
	}
}
