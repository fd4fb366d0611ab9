// SPDX-License-Identifier: Apache-2.0
//! From the lines of a file to samples, and why a line is none.

use std::path::Path;

use candor_text::abbreviated;
use csv::StringRecord;

use super::{
	columns::{first_line, is_missing, Asked, Columns, FirstLine, LabelColumn, Mismatch},
	error::{Fault, SampleError},
	text, Layout, Sample, Table, Target,
};

/// So many samples tell a column that counts lines from one that happens to begin so.
const COUNTED_LINES: usize = 4;

/// Reads one file.
pub(super) struct Reader<'a> {
	pub path: &'a Path,
	pub layout: &'a Layout<'a>,
}

impl Reader<'_> {
	/// All samples of the file.
	pub fn read(&self) -> Result<Table, SampleError> {
		let text = text::read(self.path)?;
		let mut samples = Vec::new();
		let mut columns: Option<Columns> = None;
		let mut has_begun = false;
		for (number, line) in text::lines(&text) {
			let is_comment = !has_begun && line.starts_with('#');
			if line.trim().is_empty() || is_comment {
				continue;
			}
			if !has_begun {
				if let Some(separator) = separator_line(line) {
					if separator == ',' {
						continue;
					}
					let fault = Fault::Separator { separator, decimal_comma: false };
					return Err(self.at(number, None, fault));
				}
			}
			let record = self.fields(number, line)?;
			if !has_begun {
				has_begun = true;
				match first_line(&record, self.layout.features) {
					FirstLine::Header => {
						let header = self.header(number, line, &record)?;
						columns = Some(header);
						continue;
					}
					FirstLine::Numbers => {
						let reason = "the line counts the columns, as pandas does where they have no names; write the file without it (header=False), or, if it is a sample, let another come first";
						return Err(self.at(number, None, Fault::Columns(reason.into())));
					}
					FirstLine::Sample => (),
				}
			}
			if columns.is_none() {
				let found = self.asked().without_header(record.len());
				columns = Some(found.map_err(|why| self.mismatch(number, line, &record, why))?);
			}
			if let Some(columns) = &columns {
				samples.push(self.sample(number, line, &record, columns)?);
			}
		}
		match columns {
			Some(columns) if !samples.is_empty() => self.table(samples, columns),
			_ => Err(SampleError::file(self.path, Fault::Empty)),
		}
	}

	fn asked(&self) -> Asked<'_> {
		let Layout { features, names, label, target, .. } = *self.layout;
		let (label_columns, label_is_needed) = (target.columns(), target.is_needed());
		Asked { features, names, label, label_columns, label_is_needed }
	}

	fn at(&self, line: u64, field: Option<usize>, fault: Fault) -> SampleError {
		SampleError { path: self.path.into(), line: Some(line), field, fault }
	}

	/// The fields of a line, without the empty one behind a comma at its end.
	fn fields(&self, number: u64, line: &str) -> Result<StringRecord, SampleError> {
		let mut record =
			text::fields(line).map_err(|field| self.at(number, Some(field), Fault::OpenQuote))?;
		let count = record.len();
		if count > self.layout.features && record.get(count - 1) == Some("") {
			record.truncate(count - 1);
		}
		Ok(record)
	}

	fn header(
		&self,
		number: u64,
		line: &str,
		record: &StringRecord,
	) -> Result<Columns, SampleError> {
		self.asked().with_header(record).map_err(|why| self.mismatch(number, line, record, why))
	}

	/// Says why the columns do not fit.
	fn mismatch(
		&self,
		number: u64,
		line: &str,
		record: &StringRecord,
		why: Mismatch,
	) -> SampleError {
		if let Some(fault) = self.other_separator(line) {
			return self.at(number, None, fault);
		}
		match why {
			Mismatch::Reason(reason) => self.at(number, None, Fault::Columns(reason)),
			Mismatch::Count => self.at(number, None, self.count(record.len())),
		}
	}

	/// The fault of a wrong number of fields.
	fn count(&self, got: usize) -> Fault {
		let Layout { features, label, target, .. } = *self.layout;
		let expected = match (label, target) {
			(Some(LabelColumn::None), _) => format!("{features} features and no label"),
			(None, Target::Optional { .. }) => {
				format!("{features} features, with or without a label,")
			}
			(_, Target::Values { outputs }) => {
				format!("{features} features and {outputs} values")
			}
			(_, Target::OptionalValues { outputs }) => {
				format!("{features} features, with or without {outputs} values,")
			}
			_ => format!("{features} features and a label"),
		};
		let outputs = match target {
			Target::Optional { outputs } | Target::Class { classes: outputs } => outputs,
			_ => 0,
		};
		let values = match target {
			Target::Values { outputs } | Target::OptionalValues { outputs } => outputs,
			_ => 0,
		};
		let hint = match got.checked_sub(features) {
			Some(1) if values > 1 => {
				"; if the outputs are of classes, of which a label names one, compile the model with --outputs classes"
			}
			Some(more) if more == outputs && more > 1 => {
				"; if the outputs are values and no logits of classes, say so with --outputs values"
			}
			Some(more) if more == features || more == features + 1 => {
				"; do numbers have decimal commas?"
			}
			Some(2) => "; is there a column that counts the lines, or a second label?",
			_ => "",
		};
		Fault::Fields { expected, got, hint }
	}

	fn sample(
		&self,
		number: u64,
		line: &str,
		record: &StringRecord,
		columns: &Columns,
	) -> Result<Sample, SampleError> {
		if record.len() != columns.count {
			if let Some(fault) = self.other_separator(line) {
				return Err(self.at(number, None, fault));
			}
			let got = record.len();
			let expected = columns.count;
			let fault = match columns.names {
				Some(_) if got == expected + 1 => Fault::Columns(format!(
					"{got} fields under {expected} names; does the first count the lines? R writes it so without row.names=FALSE"
				)),
				Some(_) => Fault::Fields { expected: format!("{expected}, as in the header,"), got, hint: "" },
				None => Fault::Fields { expected: format!("{expected}, as in the line before,"), got, hint: "" },
			};
			return Err(self.at(number, None, fault));
		}
		let mut features = Vec::with_capacity(self.layout.features);
		let mut targets = Vec::with_capacity(columns.label_columns);
		for (column, text) in record.iter().enumerate() {
			if columns.is_label(column) {
				targets.extend(self.target(number, column, line, text)?);
			} else {
				features.push(self.number(number, column, line, text)?);
			}
		}
		Ok(Sample { features, targets, line: number })
	}

	fn number(
		&self,
		line: u64,
		column: usize,
		whole: &str,
		text: &str,
	) -> Result<f64, SampleError> {
		match text.parse::<f64>() {
			Ok(value) if value.is_finite() => Ok(value),
			_ => {
				let fault = if is_missing(text) {
					Fault::Missing { text: text.into() }
				} else if let Some(fault) = self.other_separator(whole) {
					return Err(self.at(line, None, fault));
				} else {
					Fault::Number { text: abbreviated(text), hint: number_hint(text) }
				};
				Err(self.at(line, Some(column + 1), fault))
			}
		}
	}

	fn target(
		&self,
		line: u64,
		column: usize,
		whole: &str,
		text: &str,
	) -> Result<Option<f64>, SampleError> {
		let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
		let by_label = self.layout.labels.map(|labels| class_of(labels, text, value));
		match self.layout.target {
			Target::Optional { .. } if by_label.is_some() => Ok(by_label.flatten()),
			Target::Class { .. } if by_label.flatten().is_some() => Ok(by_label.flatten()),
			Target::Class { classes } if by_label.is_some() => {
				let known = self.layout.labels.unwrap_or_default().join(", ");
				let (text, known) = (abbreviated(text), abbreviated(&known));
				let fault = Fault::UnknownLabel { classes, text, known };
				Err(self.at(line, Some(column + 1), fault))
			}
			Target::Optional { .. } => {
				// A label of words is one; a row of numbers behind another separator is not.
				if value.is_none() {
					if let Some(fault) = self.other_separator(whole) {
						return Err(self.at(line, None, fault));
					}
				}
				Ok(value)
			}
			Target::Value | Target::Values { .. } | Target::OptionalValues { .. } => {
				self.number(line, column, whole, text).map(Some)
			}
			Target::Class { classes } => {
				if let Some(class) = value.filter(|value| is_class(*value, classes)) {
					return Ok(Some(class));
				}
				if let Some(fault) = self.other_separator(whole) {
					return Err(self.at(line, None, fault));
				}
				let hint = match value {
					Some(value) if value == classes as f64 => "; classes count from 0",
					Some(value) if value.fract() != 0.0 => {
						"; if labels come first, say so with --label first"
					}
					_ => "",
				};
				let fault = Fault::Label { classes, text: abbreviated(text), hint };
				Err(self.at(line, Some(column + 1), fault))
			}
		}
	}

	/// Another separator by which a line falls into numbers, or into as many names as columns.
	fn other_separator(&self, line: &str) -> Option<Fault> {
		let features = self.layout.features;
		[';', '\t', '|', ' '].into_iter().find_map(|separator| {
			let pieces: Vec<&str> = match separator {
				' ' => line.split_whitespace().collect(),
				other => {
					line.trim().split(other).map(|piece| piece.trim().trim_matches('"')).collect()
				}
			};
			if pieces.len() < 2 {
				return None;
			}
			let fits = (features..=features + 2).contains(&pieces.len());
			let is_number = |piece: &&str| piece.replacen(',', ".", 1).parse::<f64>().is_ok();
			let numbers = pieces.iter().filter(|piece| is_number(piece)).count();
			let all_numbers = numbers == pieces.len();
			let is_other = match (line.contains(','), separator) {
				// Blanks stand within names as well.
				(true, ' ') => fits && all_numbers,
				// All but an index and a label are numbers.
				(true, _) => all_numbers || fits && numbers > 0 && numbers + 2 >= pieces.len(),
				(false, _) => fits || all_numbers,
			};
			let decimal_comma = pieces.iter().any(|piece| piece.contains(',') && is_number(piece));
			is_other.then_some(Fault::Separator { separator, decimal_comma })
		})
	}

	/// Looks at whole columns where the label was only assumed to be the last of them.
	fn table(&self, samples: Vec<Sample>, columns: Columns) -> Result<Table, SampleError> {
		let enough = samples.len() >= COUNTED_LINES;
		if columns.assumed && enough && counts_lines(&samples) {
			let reason = "the first of one column too many counts the lines; remove it (pandas: to_csv(…, index=False)), or say with --label last that it is a feature";
			return Err(SampleError::file(self.path, Fault::Columns(reason.into())));
		}
		let classes = match self.layout.target {
			Target::Optional { outputs } if outputs > 1 && self.layout.labels.is_none() => outputs,
			_ => 0,
		};
		if columns.assumed && classes > 0 {
			let first_is_class = samples
				.iter()
				.all(|sample| sample.features.first().is_some_and(|x| is_class(*x, classes)));
			let last_is_number = samples.iter().all(|sample| !sample.targets.is_empty());
			let last_is_class = samples
				.iter()
				.all(|sample| sample.targets.iter().all(|target| is_class(*target, classes)));
			if first_is_class && last_is_number && !last_is_class {
				let reason = "of one column too many the first holds numbers of classes and the last does not; say where the label is with --label first or --label last";
				return Err(SampleError::file(self.path, Fault::Columns(reason.into())));
			}
		}
		let Columns { names, label, label_columns, .. } = columns;
		Ok(Table { samples, names, label: label.map(|column| column + 1), label_columns })
	}
}

/// Whether the first features count up by one from 0 or 1.
fn counts_lines(samples: &[Sample]) -> bool {
	let first = |sample: &Sample| sample.features.first().copied();
	let Some(begin @ (0.0 | 1.0)) = samples.first().and_then(first) else { return false };
	samples.iter().zip(0u32..).all(|(sample, at)| first(sample) == Some(begin + f64::from(at)))
}

/// The number of the class that is called so. A whole number may be written as a float.
fn class_of(labels: &[String], text: &str, value: Option<f64>) -> Option<f64> {
	let is_it =
		|label: &String| label == text || value.is_some() && label.parse::<f64>().ok() == value;
	labels.iter().position(is_it).map(|class| class as f64)
}

/// Whether a number is that of a class, which may be written as a float.
fn is_class(value: f64, classes: usize) -> bool {
	value.fract() == 0.0 && value >= 0.0 && value < classes as f64
}

/// The separator that a line `sep=…` declares, as spreadsheets write it.
fn separator_line(line: &str) -> Option<char> {
	let line = line.trim_end_matches(['\r', '\n']).trim_matches('"');
	let (key, value) = line.split_once('=')?;
	let mut value = value.chars();
	let separator = value.next()?;
	let is_alone = value.all(|other| other == ',' || other.is_whitespace());
	(key.trim().eq_ignore_ascii_case("sep") && is_alone).then_some(separator)
}

/// Why a text may not be the number that was meant.
fn number_hint(text: &str) -> &'static str {
	let without_commas = text.replace(',', "");
	if text.contains(',') && without_commas.parse::<f64>().is_ok() {
		"; write it with a point, and without separators of thousands"
	} else if text.starts_with('\u{2212}') {
		"; its minus is another character than `-`"
	} else if text.ends_with('%') {
		"; write it without the sign of percent"
	} else if text.starts_with('#') {
		"; comments stand before the first sample only"
	} else {
		""
	}
}
