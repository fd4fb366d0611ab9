// SPDX-License-Identifier: Apache-2.0
//! What is told of operators: the rows of `docs/operators.md`.

use core::fmt;

/// What a user should know of an operator. Texts are Markdown of a cell, empty where there is nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
	/// Where it may stand, and with which options.
	pub takes: &'static str,
	/// What of it is refused.
	pub refuses: &'static str,
	/// What it costs, in constraints.
	pub costs: &'static str,
	/// How exact it is.
	pub exactness: Exactness,
	/// The version in which a name came to ONNX, where that is a later one than the first that is read.
	pub since: &'static [(&'static str, i64)],
}

/// How far integers are from floats that have the same inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exactness {
	/// Not at all: it is computed of floats before there are integers, of integers without a remainder, or left out.
	Exact,
	/// Its weights are numbers up to 127 in units of their own, and its biases are rounded to a unit of its sums.
	Weights,
	/// What it gives is rounded to bytes.
	Step,
	/// Its argument is rounded to bytes, and so is its value.
	Table,
	/// As the first, or as a table where it ends a function that is written out.
	ExactOrTable,
	/// As the first, or rounded to bytes where it brings totals and bytes together, or takes sums.
	ExactOrStep,
	/// What it gives are levels, of which it is off by less than one.
	Levels,
	/// As the first, or in shares that are off by a part of a fortieth.
	ExactOrShares,
	/// It chooses exactly, and what its leaves hold is rounded to a unit of their sums.
	Leaves,
}

impl fmt::Display for Exactness {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Exact => "exact",
			Self::Weights => "weights",
			Self::Step => "half a step",
			Self::Table => "table",
			Self::ExactOrTable => "exact; table",
			Self::ExactOrStep => "exact; half a step",
			Self::Levels => "levels",
			Self::ExactOrShares => "exact; shares",
			Self::Leaves => "leaves",
		})
	}
}
