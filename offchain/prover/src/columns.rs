// SPDX-License-Identifier: Apache-2.0
//! Whether the columns of a constraint system are independent.
//!
//! The points of a block are multiples by `Kᵢ = β uᵢ + α vᵢ + yᵢ`, and a commitment to the block has one
//! opening exactly when these are linearly independent: when the columns of the three matrices, put
//! on top of each other, are. Most circuits show it by themselves: a row in which one variable of the
//! block stands alone determines it, and with it gone, another stands alone elsewhere. What that
//! leaves goes through elimination.

use crate::synthesis::LayoutError;
use ark_bn254::Fr;
use ark_ff::{Field, Zero};
use ark_relations::gr1cs::Matrix;
use std::{collections::BTreeMap, ops::Range};

/// The most variables that are left to elimination, which takes time with their square for each row.
const MAX_ELIMINATED: usize = 256;

/// A row of one of the matrices, the columns of a block alone: from positions in the block to
/// coefficients that are not zero.
type Row = BTreeMap<usize, Fr>;

/// Refuses columns that are zero or depend on each other; see the module.
///
/// # Errors
///
/// [`LayoutError::Unused`], [`LayoutError::Dependent`] or [`LayoutError::Entangled`] with a position in
/// `columns`.
pub(crate) fn require_independent(
	matrices: [&Matrix<Fr>; 3],
	columns: Range<usize>,
) -> Result<(), LayoutError> {
	let rows: Vec<Row> = matrices
		.into_iter()
		.flatten()
		.map(|row| within(row, &columns))
		.filter(|row| !row.is_empty())
		.collect();
	let mut rows_of = vec![Vec::new(); columns.len()];
	for (number, row) in rows.iter().enumerate() {
		row.keys().for_each(|column| rows_of[*column].push(number));
	}
	if let Some(variable) = rows_of.iter().position(Vec::is_empty) {
		return Err(LayoutError::Unused { variable });
	}
	let left = peel(&rows, &rows_of);
	match left.first() {
		None => Ok(()),
		Some(variable) if left.len() > MAX_ELIMINATED => {
			Err(LayoutError::Entangled { variable: *variable, count: left.len() })
		}
		Some(_) => eliminate(&rows, &left),
	}
}

/// Refuses public inputs, challenges and the constant one unless each stands alone in a row of the
/// left factors: then it depends on nothing, and nothing on it.
///
/// # Errors
///
/// [`LayoutError::LooseInput`].
pub(crate) fn require_inputs(a: &Matrix<Fr>, instances: usize) -> Result<(), LayoutError> {
	let mut alone = vec![false; instances];
	for row in a {
		if let [(coefficient, variable)] = row.as_slice() {
			if let Some(alone) = alone.get_mut(*variable) {
				*alone |= !coefficient.is_zero();
			}
		}
	}
	match alone.iter().position(|alone| !alone) {
		Some(variable) => Err(LayoutError::LooseInput { variable }),
		None => Ok(()),
	}
}

/// The part of a row in some columns.
fn within(row: &[(Fr, usize)], columns: &Range<usize>) -> Row {
	let mut part = Row::new();
	for (coefficient, variable) in row {
		if columns.contains(variable) {
			*part.entry(variable - columns.start).or_default() += coefficient;
		}
	}
	part.retain(|_, coefficient| !coefficient.is_zero());
	part
}

/// Takes away columns that stand alone in a row, for as long as there are any. Returns the others.
fn peel(rows: &[Row], rows_of: &[Vec<usize>]) -> Vec<usize> {
	let mut is_left = vec![true; rows_of.len()];
	let mut lengths: Vec<_> = rows.iter().map(Row::len).collect();
	let mut single: Vec<_> = (0..rows.len()).filter(|row| lengths[*row] == 1).collect();
	while let Some(row) = single.pop() {
		let Some(column) = rows[row].keys().copied().find(|column| is_left[*column]) else {
			continue;
		};
		is_left[column] = false;
		for row in &rows_of[column] {
			lengths[*row] -= 1;
			if lengths[*row] == 1 {
				single.push(*row);
			}
		}
	}
	(0..rows_of.len()).filter(|column| is_left[*column]).collect()
}

/// Looks for a column among some that the others make up.
fn eliminate(rows: &[Row], columns: &[usize]) -> Result<(), LayoutError> {
	// Rows that begin with one in different columns.
	let mut basis: BTreeMap<usize, Row> = BTreeMap::new();
	for row in rows {
		if basis.len() == columns.len() {
			break;
		}
		let mut row = row.clone();
		row.retain(|column, _| columns.binary_search(column).is_ok());
		while let Some((first, factor)) = row.first_key_value().map(|(key, value)| (*key, *value)) {
			let Some(other) = basis.get(&first) else {
				let inverse = factor.inverse().expect("coefficients are not zero; qed");
				row.values_mut().for_each(|coefficient| *coefficient *= inverse);
				basis.insert(first, row);
				break;
			};
			for (column, coefficient) in other {
				*row.entry(*column).or_default() -= factor * coefficient;
			}
			row.retain(|_, coefficient| !coefficient.is_zero());
		}
	}
	match columns.iter().find(|column| !basis.contains_key(column)) {
		Some(variable) => Err(LayoutError::Dependent { variable: *variable }),
		None => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use rand::{rngs::StdRng, Rng, SeedableRng};

	/// A matrix of small integers.
	fn matrix(rows: &[&[(i64, usize)]]) -> Matrix<Fr> {
		rows.iter()
			.map(|row| row.iter().map(|(value, column)| (Fr::from(*value), *column)).collect())
			.collect()
	}

	/// The verdict on columns 1 to 3, zero being another variable.
	fn verdict(a: &[&[(i64, usize)]], b: &[&[(i64, usize)]]) -> Result<(), LayoutError> {
		let [a, b] = [a, b].map(matrix);
		require_independent([&a, &b, &Vec::new()], 1..4)
	}

	#[test]
	fn variables_that_stand_alone_one_after_the_other_are_independent() {
		assert_eq!(verdict(&[&[(1, 1), (2, 2)], &[(5, 2), (1, 0)]], &[&[(1, 2), (1, 3)]]), Ok(()));
	}

	#[test]
	fn what_never_stands_alone_is_told_by_elimination() {
		let cycle = |last| {
			verdict(&[&[(1, 1), (1, 2)], &[(1, 2), (1, 3)]], &[&[(1, 0)], &[(1, 3), (last, 1)]])
		};
		assert_eq!(cycle(1), Ok(()));
		assert_eq!(cycle(-1), Err(LayoutError::Dependent { variable: 2 }));
	}

	#[test]
	fn a_variable_without_a_constraint_is_named() {
		let one_and_three: [&[(i64, usize)]; 2] = [&[(1, 1)], &[(1, 3)]];
		let unused = Err(LayoutError::Unused { variable: 1 });
		assert_eq!(verdict(&one_and_three, &[]), unused);
		assert_eq!(verdict(&one_and_three, &[&[(0, 2)], &[(1, 2), (-1, 2)]]), unused);
	}

	#[test]
	fn variables_that_always_come_together_are_dependent() {
		let together: [&[(i64, usize)]; 2] = [&[(1, 1), (3, 2)], &[(1, 3)]];
		assert_eq!(
			verdict(&together, &[&[(2, 1), (6, 2), (1, 3)]]),
			Err(LayoutError::Dependent { variable: 1 })
		);
		assert_eq!(verdict(&together, &[&[(2, 1), (5, 2), (1, 3)]]), Ok(()));
	}

	#[test]
	fn elimination_agrees_with_construction() {
		let mut rng = StdRng::seed_from_u64(1);
		let columns = 20;
		let mut rows: Matrix<Fr> = (0..columns - 1)
			.map(|_| (0..columns).map(|column| (Fr::from(rng.gen::<u64>()), column)).collect())
			.collect();
		let sum =
			(0..columns).map(|column| (rows[0][column].0 + rows[1][column].0, column)).collect();
		let none = Matrix::new();
		rows.push(sum);
		let verdict = require_independent([&rows, &none, &none], 0..columns);
		assert!(matches!(verdict, Err(LayoutError::Dependent { .. })));
		rows[columns - 1][3].0 += Fr::from(1);
		assert_eq!(require_independent([&rows, &none, &none], 0..columns), Ok(()));
	}

	#[test]
	fn too_many_entangled_variables_are_refused() {
		let columns = MAX_ELIMINATED + 1;
		let rows: Matrix<Fr> = (0..columns)
			.map(|row| vec![(Fr::from(1), row), (Fr::from(2), (row + 1) % columns)])
			.collect();
		let none = Matrix::new();
		assert_eq!(
			require_independent([&rows, &none, &none], 0..columns),
			Err(LayoutError::Entangled { variable: 0, count: columns })
		);
	}

	#[test]
	fn an_input_that_never_stands_alone_is_refused() {
		let loose = matrix(&[&[(1, 0)], &[(1, 1), (1, 5)], &[(0, 1)], &[(1, 2)]]);
		assert_eq!(require_inputs(&loose, 3), Err(LayoutError::LooseInput { variable: 1 }));
		assert_eq!(require_inputs(&loose, 1), Ok(()));
	}
}
