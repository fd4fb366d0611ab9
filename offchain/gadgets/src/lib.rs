// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

pub mod attention;
pub mod binding;
pub mod bits;
pub mod limb;
pub mod limbs;
pub mod lookup;
pub mod maximum;
pub mod norm;
pub mod output;
pub mod polynomial;
pub mod poseidon;
pub mod product;
pub mod ranges;
pub mod relu;
pub mod rounding;
pub mod rows;
pub mod sponge;
mod staged;
pub mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tree;

pub use staged::StagedCircuit;

use ark_ff::{One, Zero};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use candor_statement::Fr;

/// The constraint system that gadgets write to.
pub type System = ConstraintSystemRef<Fr>;

/// What a gadget returns.
pub type Synthesis<T> = Result<T, SynthesisError>;

/// A variable beside its value.
///
/// The variable may be a symbolic name for a linear combination. It then stands alone in a
/// constraint, never inside another combination, which would force the constraint system to
/// inline all of them.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
	/// The variable.
	pub variable: Variable,
	/// What it is; nothing in a setup.
	pub value: Option<Fr>,
}

impl Cell {
	/// A new witness variable. It is the caller's duty to constrain it.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn witness(cs: &System, value: Option<Fr>) -> Synthesis<Self> {
		let variable =
			cs.new_witness_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
		Ok(Self { variable, value })
	}

	/// A new public input. It is the caller's duty to constrain it.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn public(cs: &System, value: Option<Fr>) -> Synthesis<Self> {
		let variable = cs.new_input_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
		Ok(Self { variable, value })
	}

	/// The product of two cells: a new variable with its constraint.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn product(cs: &System, left: Self, right: Self) -> Synthesis<Self> {
		let value = left.value.zip(right.value).map(|(left, right)| left * right);
		let product = Self::witness(cs, value)?;
		cs.enforce_r1cs_constraint(
			|| left.variable.into(),
			|| right.variable.into(),
			|| product.variable.into(),
		)?;
		Ok(product)
	}
}

/// A linear combination beside its value.
#[derive(Clone, Debug, Default)]
pub struct Sum {
	/// Coefficients and variables. The order is part of the circuit.
	pub terms: Vec<(Fr, Variable)>,
	/// What it is; nothing in a setup, constants excepted.
	pub value: Option<Fr>,
}

impl Sum {
	/// Nothing, to which terms are added.
	pub fn zero() -> Self {
		Self { terms: Vec::new(), value: Some(Fr::zero()) }
	}

	/// Adds another sum, times a coefficient.
	pub fn add(&mut self, coefficient: Fr, other: &Self) {
		let terms =
			other.terms.iter().map(|(of_term, variable)| (coefficient * of_term, *variable));
		self.terms.extend(terms);
		self.value = self.value.zip(other.value).map(|(sum, value)| sum + coefficient * value);
	}

	/// The product of two sums: a new variable with its constraint.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn product(cs: &System, left: Self, right: Self) -> Synthesis<Cell> {
		let value = left.value.zip(right.value).map(|(left, right)| left * right);
		let product = Cell::witness(cs, value)?;
		cs.enforce_r1cs_constraint(
			|| left.into_lc(),
			|| right.into_lc(),
			|| product.variable.into(),
		)?;
		Ok(product)
	}

	/// A constant; its value is known in a setup, too.
	pub fn constant(value: Fr) -> Self {
		Self { terms: vec![(value, Variable::One)], value: Some(value) }
	}

	/// The constant, if this is one.
	pub fn as_constant(&self) -> Option<Fr> {
		let is_constant = self.terms.iter().all(|(_, variable)| variable.is_one());
		is_constant.then(|| self.terms.iter().map(|(coefficient, _)| coefficient).sum())
	}

	/// The linear combination for a constraint.
	pub fn into_lc(self) -> LinearCombination<Fr> {
		LinearCombination(self.terms)
	}

	/// The variable that the combination is, or a symbolic name for it, which costs no variable.
	///
	/// # Errors
	///
	/// The constraint system's.
	pub fn named(self, cs: &System) -> Synthesis<Cell> {
		let value = self.value;
		if let [(coefficient, variable)] = *self.terms {
			if coefficient.is_one() {
				return Ok(Cell { variable, value });
			}
		}
		Ok(Cell { variable: cs.new_lc(|| self.into_lc())?, value })
	}

	/// Constrains the sum to equal a cell.
	///
	/// # Errors
	///
	/// The constraint system's.
	pub fn enforce_equal(self, cs: &System, cell: Cell) -> Synthesis<()> {
		cs.enforce_r1cs_constraint(
			|| self.into_lc(),
			|| Variable::One.into(),
			|| cell.variable.into(),
		)
	}
}

impl From<Cell> for Sum {
	fn from(cell: Cell) -> Self {
		Self { terms: vec![(Fr::one(), cell.variable)], value: cell.value }
	}
}

/// Adds up optional values: nothing if one is missing.
pub fn add_up(values: impl Iterator<Item = Option<Fr>>) -> Option<Fr> {
	values.sum()
}

/// `2^exponent` in the field.
///
/// # Panics
///
/// Where the exponent is beyond 253.
pub fn power_of_two(exponent: u32) -> Fr {
	static POWERS: std::sync::LazyLock<Vec<Fr>> = std::sync::LazyLock::new(|| {
		core::iter::successors(Some(Fr::one()), |power| Some(*power + power)).take(254).collect()
	});
	POWERS[exponent as usize]
}

/// A constant as a linear combination, empty for zero.
pub fn constant_lc(value: Fr) -> LinearCombination<Fr> {
	if value.is_zero() {
		LinearCombination::zero()
	} else {
		(value, Variable::One).into()
	}
}
