// SPDX-License-Identifier: Apache-2.0
//! Samples from CSV files: a sample a line, a column a feature, and one for the label.
//!
//! A file is read right or refused with line, field and reason. No line is left out but blank ones,
//! comments before the first sample, and a header, whose names are compared with what is known of
//! the columns. A column beyond the features is a label where its name or `--label` says so, or
//! where it is the last and nothing speaks against it; [`Table::label`] tells which one it was.

mod columns;
mod error;
mod reader;
mod text;

use std::path::Path;

use reader::Reader;

pub use columns::LabelColumn;
pub use error::{Fault, SampleError};

/// What is read from the column of the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
	/// Nothing has to be there; a number below the number of outputs is read.
	Optional {
		/// The number of outputs.
		outputs: usize,
	},
	/// The number of a class.
	Class {
		/// The number of classes.
		classes: usize,
	},
	/// Any number.
	Value,
	/// Any numbers, one for each output.
	Values {
		/// The number of outputs.
		outputs: usize,
	},
	/// As [`Values`](Self::Values), but they do not have to be there.
	OptionalValues {
		/// The number of outputs.
		outputs: usize,
	},
}

impl Target {
	/// The number of columns that it takes.
	fn columns(self) -> usize {
		match self {
			Self::Optional { .. } | Self::Class { .. } | Self::Value => 1,
			Self::Values { outputs } | Self::OptionalValues { outputs } => outputs,
		}
	}

	fn is_needed(self) -> bool {
		!matches!(self, Self::Optional { .. } | Self::OptionalValues { .. })
	}
}

/// What is known of the columns before a file is read.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
	/// The number of features.
	pub features: usize,
	/// The names of the features, where they are known.
	pub names: Option<&'a [String]>,
	/// Where the label stands, if somebody has told.
	pub label: Option<&'a LabelColumn>,
	/// What the classes are called, in the order of their numbers, where the model says so. A label is
	/// one of these then.
	pub labels: Option<&'a [String]>,
	/// What the label is.
	pub target: Target,
}

/// One line of a file. `Debug` shows the number of its features only.
#[derive(Clone, PartialEq)]
pub struct Sample {
	/// The features, all finite.
	pub features: Vec<f64>,
	/// The label, where there is one and it is read: one number, or as many as the model has outputs.
	pub targets: Vec<f64>,
	/// The line, from one.
	pub line: u64,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
	/// The samples, at least one.
	pub samples: Vec<Sample>,
	/// The names of the features, where there is a header.
	pub names: Option<Vec<String>>,
	/// The column of the label, from one, where there is one; the first where there are several.
	pub label: Option<usize>,
	/// The number of columns that the label takes.
	pub label_columns: usize,
}

impl Table {
	/// The column of a feature; both from one.
	pub fn column(&self, feature: usize) -> usize {
		match self.label {
			Some(label) if label <= feature => feature + self.label_columns,
			_ => feature,
		}
	}
}

/// Reads all samples of a file.
///
/// # Errors
///
/// [`SampleError`] names file, line and field.
pub fn read(path: &Path, layout: &Layout<'_>) -> Result<Table, SampleError> {
	Reader { path, layout }.read()
}

#[cfg(test)]
mod tests;
