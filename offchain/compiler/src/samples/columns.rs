// SPDX-License-Identifier: Apache-2.0
//! Which columns of a file are features, and which one is the label.

use core::{convert::Infallible, str::FromStr};

use candor_text::abbreviated;
use csv::StringRecord;

/// Which column holds the label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelColumn {
	/// The first.
	First,
	/// The last.
	Last,
	/// There is none: every column is a feature.
	None,
	/// The one that the header calls so.
	Named(String),
}

impl FromStr for LabelColumn {
	type Err = Infallible;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		Ok(match text {
			"first" => Self::First,
			"last" => Self::Last,
			"none" => Self::None,
			name => Self::Named(name.into()),
		})
	}
}

/// Names that only a label has.
const LABELS: [&str; 4] = ["label", "labels", "class", "target"];

/// Names that a label has where there is one column more than features.
const MORE_LABELS: [&str; 6] = ["y", "y_true", "classes", "targets", "category", "species"];

/// Names of a column that counts the lines, as pandas, R and databases write them.
const INDEXES: [&str; 12] = [
	"unnamed: 0",
	"index",
	"idx",
	"id",
	"row",
	"row_id",
	"rowid",
	"row_names",
	"rownames",
	"no",
	"nr",
	"#",
];

/// Words for a value that is missing. In one spelling each: `Na` is a name, too.
const MISSING: [&str; 10] = ["", "NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "?", "-"];

/// What the columns of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
	/// The number of columns.
	pub count: usize,
	/// The column of the label, from zero; the first where it takes several.
	pub label: Option<usize>,
	/// The number of columns that the label takes.
	pub label_columns: usize,
	/// Whether the label was told by its place alone, so that it may be something else.
	pub assumed: bool,
	/// The names of the features.
	pub names: Option<Vec<String>>,
}

impl Columns {
	/// Whether a column, from zero, belongs to the label.
	pub fn is_label(&self, column: usize) -> bool {
		self.label.is_some_and(|first| (first..first + self.label_columns).contains(&column))
	}
}

/// What is asked of the columns.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
	pub features: usize,
	pub names: Option<&'a [String]>,
	pub label: Option<&'a LabelColumn>,
	/// The number of columns that a label takes.
	pub label_columns: usize,
	pub label_is_needed: bool,
}

/// Why columns are not those of samples.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
	/// Too few or too many.
	Count,
	/// Something else.
	Reason(String),
}

/// How to say which column is the label.
const SAY: &str = "say which with --label first, last, none or a name";

/// How to get rid of a column that counts lines.
const NO_INDEX: &str =
	"remove it (pandas: to_csv(…, index=False), R: row.names=FALSE); it is not a feature";

impl Asked<'_> {
	/// The columns of a file without a header.
	pub fn without_header(&self, count: usize) -> Result<Columns, Mismatch> {
		if self.label_columns > 1 {
			return self.several(count, None);
		}
		let (label, assumed) = match self.label {
			Some(LabelColumn::None) => (None, false),
			Some(LabelColumn::First) => (Some(0), false),
			Some(LabelColumn::Last) => (count.checked_sub(1), false),
			Some(LabelColumn::Named(name)) => {
				return Err(Mismatch::Reason(format!(
					"there is no header that could call a column `{}`; {SAY}",
					abbreviated(name)
				)));
			}
			None if self.label_is_needed || count > self.features => (count.checked_sub(1), true),
			None => (None, false),
		};
		let columns = Columns { count, label, label_columns: 1, assumed, names: None };
		self.check_count(&columns)?;
		if assumed && !self.label_is_needed && self.features == 1 {
			return Err(Mismatch::Reason(format!(
				"2 fields where one feature is expected: a label, or a number with a decimal comma? {SAY}"
			)));
		}
		Ok(columns)
	}

	/// The columns of a file with this header.
	pub fn with_header(&self, header: &StringRecord) -> Result<Columns, Mismatch> {
		let count = header.len();
		if let Some(nameless) = header.iter().position(str::is_empty) {
			let what = match nameless {
				0 => format!("the first column has no name; does it count the lines? {NO_INDEX}"),
				other => {
					format!("column {} has no name; give it one, or remove the header", other + 1)
				}
			};
			return Err(Mismatch::Reason(what));
		}
		let columns = if self.label_columns > 1 {
			self.several(count, Some(header))?
		} else {
			let (label, assumed) = self.label_by_name(header)?;
			let columns = Columns { count, label, label_columns: 1, assumed, names: None };
			self.check_count(&columns)?;
			columns
		};
		let names: Vec<String> = header
			.iter()
			.enumerate()
			.filter(|(column, _)| !columns.is_label(*column))
			.map(|(_, name)| name.to_owned())
			.collect();
		if let Some(expected) = self.names {
			check_names(expected, &names)?;
		}
		Ok(Columns { names: Some(names), ..columns })
	}

	/// The columns of a file whose samples have several numbers as their label, side by side: behind the
	/// features unless it is said that they come first.
	fn several(&self, count: usize, header: Option<&StringRecord>) -> Result<Columns, Mismatch> {
		let label_columns = self.label_columns;
		let columns = |label| Columns { count, label, label_columns, assumed: false, names: None };
		let is_bare = count == self.features && !self.label_is_needed;
		if is_bare && matches!(self.label, None | Some(LabelColumn::None)) {
			return Ok(columns(None));
		}
		if count != self.features + label_columns {
			return Err(Mismatch::Count);
		}
		let first = match self.label {
			Some(LabelColumn::First) => 0,
			None | Some(LabelColumn::Last) => self.features,
			Some(LabelColumn::None) => return Err(Mismatch::Count),
			Some(LabelColumn::Named(name)) => header
				.and_then(|header| header.iter().position(|other| other == name))
				.filter(|first| *first <= self.features)
				.ok_or_else(|| {
					let name = abbreviated(name);
					Mismatch::Reason(format!(
						"the values do not begin with a column that is called `{name}`; say where they are with --label first or last"
					))
				})?,
		};
		Ok(columns(Some(first)))
	}

	fn check_count(&self, columns: &Columns) -> Result<(), Mismatch> {
		let has_label = columns.label.is_some();
		let fits = columns.count == self.features + usize::from(has_label);
		if fits && (has_label || !self.label_is_needed) {
			Ok(())
		} else {
			Err(Mismatch::Count)
		}
	}

	/// The label's column, and whether it is assumed to be there.
	fn label_by_name(&self, header: &StringRecord) -> Result<(Option<usize>, bool), Mismatch> {
		let count = header.len();
		let named = |names: &[&str]| -> Vec<usize> {
			(0..count)
				.filter(|at| header.get(*at).is_some_and(|name| is_one_of(name, names)))
				.collect()
		};
		match self.label {
			Some(LabelColumn::None) => return Ok((None, false)),
			Some(LabelColumn::First) => return Ok((Some(0), false)),
			Some(LabelColumn::Last) => return Ok((count.checked_sub(1), false)),
			Some(LabelColumn::Named(name)) => {
				let found: Vec<_> =
					(0..count).filter(|at| header.get(*at) == Some(name.as_str())).collect();
				return match found[..] {
					[column] => Ok((Some(column), false)),
					_ => Err(Mismatch::Reason(format!(
						"{} columns are called `{}`; {SAY}",
						found.len(),
						abbreviated(name)
					))),
				};
			}
			None => (),
		}
		let of_known_features = self.names.is_some_and(|names| same_names(names, header.iter()));
		if count == self.features && !self.label_is_needed {
			let suspect = named(&[&LABELS[..], &INDEXES[..2]].concat());
			return match suspect[..] {
				[column, ..] if !of_known_features => Err(Mismatch::Reason(format!(
					"all {count} columns are needed as features, and column {} is called `{}`; if it is one, say so with --label none",
					column + 1,
					abbreviated(&header[column])
				))),
				_ => Ok((None, false)),
			};
		}
		if count != self.features + 1 {
			return match header.get(0) {
				Some(first) if count > self.features && is_one_of(first, &INDEXES) => {
					Err(index(first))
				}
				_ => Err(Mismatch::Count),
			};
		}
		if let Some(names) = self.names {
			let without = |column: usize| {
				let others = header.iter().enumerate().filter(|(at, _)| *at != column);
				same_names(names, others.map(|(_, name)| name))
			};
			if let Some(column) = (0..count).rev().find(|column| without(*column)) {
				return match header.get(column) {
					Some(name) if is_one_of(name, &INDEXES) => Err(index(name)),
					_ => Ok((Some(column), false)),
				};
			}
		}
		if let [column] = named(&LABELS)[..] {
			return Ok((Some(column), false));
		}
		if let [column] = named(&[&LABELS[..], &MORE_LABELS[..]].concat())[..] {
			return Ok((Some(column), false));
		}
		match header.get(0) {
			Some(first) if is_one_of(first, &INDEXES) => Err(index(first)),
			_ => Ok((count.checked_sub(1), true)),
		}
	}
}

fn index(name: &str) -> Mismatch {
	Mismatch::Reason(format!(
		"there is one column too many, and `{}` seems to count the lines; {NO_INDEX}",
		abbreviated(name)
	))
}

/// The names must be those that are expected, in the same order. The size of letters is no matter.
fn check_names(expected: &[String], got: &[String]) -> Result<(), Mismatch> {
	let differing = expected.iter().zip(got).position(|(a, b)| !a.eq_ignore_ascii_case(b));
	let Some(at) = differing else { return Ok(()) };
	let known = expected.iter().any(|name| name.eq_ignore_ascii_case(&got[at]));
	Err(Mismatch::Reason(format!(
		"feature {} is called `{}`, and the model was calibrated with `{}` there{}; put the columns in the model's order, or remove the header if only the names differ",
		at + 1,
		abbreviated(&got[at]),
		abbreviated(&expected[at]),
		if known { ": the columns stand in another order" } else { "" },
	)))
}

fn same_names<'a>(expected: &[String], mut got: impl Iterator<Item = &'a str>) -> bool {
	let mut expected = expected.iter();
	got.all(|name| expected.next().is_some_and(|other| other.eq_ignore_ascii_case(name)))
		&& expected.next().is_none()
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
	names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Whether a field says that there is no value.
pub(super) fn is_missing(field: &str) -> bool {
	MISSING.contains(&field)
}

/// What the first line of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstLine {
	/// The names of the columns.
	Header,
	/// The numbers of the columns, as pandas writes them where they have no names.
	Numbers,
	/// A sample, or what should be one.
	Sample,
}

/// Tells a header from a sample: it holds words only, and they are not all the same or words for
/// missing values.
pub(super) fn first_line(record: &StringRecord, features: usize) -> FirstLine {
	let count = record.len();
	if counts_columns(record, features) {
		return FirstLine::Numbers;
	}
	let missing = record.iter().filter(|field| is_missing(field)).count();
	let numbers = record.iter().filter(|field| field.parse::<f64>().is_ok()).count();
	let same = count > 1 && record.iter().all(|field| Some(field) == record.get(0));
	if numbers == 0 && !same && 2 * missing < count.max(2) {
		FirstLine::Header
	} else {
		FirstLine::Sample
	}
}

/// Whether a line is 0, 1, 2, …, perhaps with a word for the label.
fn counts_columns(record: &StringRecord, features: usize) -> bool {
	/// Fewer may be a sample.
	const LEAST: usize = 4;
	let last = record.iter().next_back().unwrap_or_default();
	let counted = record.len() - usize::from(last.parse::<f64>().is_err());
	let least = if is_one_of(last, &LABELS) || is_one_of(last, &MORE_LABELS) { 1 } else { LEAST };
	counted >= least.max(features)
		&& (0..counted).all(|at| record.get(at).is_some_and(|field| field == at.to_string()))
}

#[cfg(test)]
mod tests;
