// SPDX-License-Identifier: Apache-2.0
//! Why a file holds no samples.

use std::{
	fmt, io,
	path::{Path, PathBuf},
};

use candor_text::abbreviated;

/// Why a file holds no samples, with the place where that shows.
#[derive(Debug)]
pub struct SampleError {
	/// The file.
	pub path: PathBuf,
	/// The line, from one, where the fault is that of a line.
	pub line: Option<u64>,
	/// The field in the line, from one, where the fault is that of a field.
	pub field: Option<usize>,
	/// What is wrong.
	pub fault: Fault,
}

/// What is wrong with a file, a line or a field.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
	/// The file cannot be read.
	#[error("cannot be read: {0}")]
	Read(io::Error),
	/// The file is too large to be samples.
	#[error("has more than {limit} bytes, the limit for samples")]
	TooLarge {
		/// The largest number of bytes.
		limit: u64,
	},
	/// The file is not UTF-8.
	#[error("is not UTF-8: {found}; save it as CSV in UTF-8")]
	Encoding {
		/// What it seems to be.
		found: String,
	},
	/// There is no line but, perhaps, a header.
	#[error("holds no sample")]
	Empty,
	/// A line has a wrong number of fields.
	#[error("{got} fields where {expected} are expected{hint}")]
	Fields {
		/// What is expected.
		expected: String,
		/// The number of fields.
		got: usize,
		/// What may be the reason, if that can be told.
		hint: &'static str,
	},
	/// A field is not a finite number.
	#[error("`{text}` is not a finite number{hint}")]
	Number {
		/// What stands there, abbreviated.
		text: String,
		/// What may be the reason, if that can be told.
		hint: &'static str,
	},
	/// A field without a value.
	#[error("a value is missing: {}; remove the sample or fill it in", if text.is_empty() { "the field is empty".into() } else { format!("`{text}`") })]
	Missing {
		/// What stands there, abbreviated.
		text: String,
	},
	/// A label is not a class.
	#[error("the label `{text}` is not a whole number from 0 to {}{hint}", classes.saturating_sub(1))]
	Label {
		/// The number of classes.
		classes: usize,
		/// What stands there, abbreviated.
		text: String,
		/// What may be the reason, if that can be told.
		hint: &'static str,
	},
	/// A label that the model does not know.
	#[error("the label `{text}` is none of the model's {classes} classes ({known})")]
	UnknownLabel {
		/// The number of classes.
		classes: usize,
		/// What stands there, abbreviated.
		text: String,
		/// What the classes are called, abbreviated.
		known: String,
	},
	/// A quote that is not closed in its line.
	#[error("a quote (\") is opened and not closed in its line; samples need no quotes")]
	OpenQuote,
	/// Fields are separated by something else.
	#[error("fields are separated by commas here, and the line looks as if by {}{}; save the file with commas, and with points in numbers", separator_name(*separator), if *decimal_comma { ", with decimal commas" } else { "" })]
	Separator {
		/// What seems to separate the fields.
		separator: char,
		/// Whether numbers have commas inside.
		decimal_comma: bool,
	},
	/// The columns are not those of samples.
	#[error("{0}")]
	Columns(String),
}

impl SampleError {
	pub(super) fn file(path: &Path, fault: Fault) -> Self {
		Self { path: path.into(), line: None, field: None, fault }
	}
}

impl fmt::Display for SampleError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "`{}`", self.path.display())?;
		match (self.line, self.field) {
			(Some(line), Some(field)) => write!(f, " line {line}, field {field}: ")?,
			(Some(line), None) => write!(f, " line {line}: ")?,
			_ => write!(f, " ")?,
		}
		write!(f, "{}", self.fault)
	}
}

impl std::error::Error for SampleError {}

fn separator_name(separator: char) -> String {
	match separator {
		'\t' => "tabs".into(),
		' ' => "spaces".into(),
		other => format!("`{}`", abbreviated(&other.to_string())),
	}
}
