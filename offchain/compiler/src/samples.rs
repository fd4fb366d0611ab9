// SPDX-License-Identifier: Apache-2.0
//! Samples from CSV files: a sample a line, its label last.

use std::path::{Path, PathBuf};

/// Whether a line ends with a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
	/// A column beyond the features may be there; it is not read.
	Ignored,
	/// The last column is the number of the class, below this count.
	Required {
		/// The number of classes.
		classes: usize,
	},
}

/// Why a file holds no samples.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
	/// The file cannot be read, or is no CSV.
	#[error("cannot read `{}`: {source}", path.display())]
	Read {
		/// The file.
		path: PathBuf,
		/// What the reader said.
		source: csv::Error,
	},
	/// There is no line but, perhaps, a header.
	#[error("`{}` holds no sample", path.display())]
	Empty {
		/// The file.
		path: PathBuf,
	},
	/// A line has a wrong number of fields.
	#[error("`{}` line {line}: {got} fields where {expected} are expected", path.display())]
	Fields {
		/// The file.
		path: PathBuf,
		/// The line, from one.
		line: u64,
		/// What is expected.
		expected: String,
		/// The number of fields.
		got: usize,
	},
	/// A field is not a finite number.
	#[error("`{}` line {line}, field {field}: `{text}` is not a finite number", path.display())]
	Number {
		/// The file.
		path: PathBuf,
		/// The line, from one.
		line: u64,
		/// The field, from one.
		field: usize,
		/// What stands there.
		text: String,
	},
	/// A label is not a class.
	#[error("`{}` line {line}: the label `{text}` is not a whole number from 0 to {}", path.display(), classes.saturating_sub(1))]
	Label {
		/// The file.
		path: PathBuf,
		/// The line, from one.
		line: u64,
		/// The number of classes.
		classes: usize,
		/// What stands there.
		text: String,
	},
	/// More than one sample where one is expected.
	#[error("`{}` holds {got} samples where one is expected", path.display())]
	NotOne {
		/// The file.
		path: PathBuf,
		/// The number of samples.
		got: usize,
	},
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
	/// The features, all finite.
	pub features: Vec<f64>,
	/// The number of the class, where labels are read.
	pub label: Option<usize>,
}

/// Reads all samples of a file. A first line in which no field is a number is a header.
///
/// # Errors
///
/// [`SampleError`] names file and line.
pub fn read(path: &Path, features: usize, labels: Labels) -> Result<Vec<Sample>, SampleError> {
	let read_error = |source| SampleError::Read { path: path.into(), source };
	let reader = csv::ReaderBuilder::new()
		.has_headers(false)
		.flexible(true)
		.trim(csv::Trim::All)
		.from_path(path)
		.map_err(read_error)?;
	let mut samples = Vec::new();
	for (index, record) in reader.into_records().enumerate() {
		let record = record.map_err(read_error)?;
		let is_header = index == 0 && record.iter().all(|field| field.parse::<f64>().is_err());
		if !is_header {
			samples.push(sample(path, &record, features, labels)?);
		}
	}
	if samples.is_empty() {
		return Err(SampleError::Empty { path: path.into() });
	}
	Ok(samples)
}

/// Reads the features of the only sample of a file; a label is ignored.
///
/// # Errors
///
/// [`SampleError`] names file and line.
pub fn read_one(path: &Path, features: usize) -> Result<Vec<f64>, SampleError> {
	let mut samples = read(path, features, Labels::Ignored)?;
	match (samples.len(), samples.pop()) {
		(1, Some(sample)) => Ok(sample.features),
		(got, _) => Err(SampleError::NotOne { path: path.into(), got }),
	}
}

fn sample(
	path: &Path,
	record: &csv::StringRecord,
	features: usize,
	labels: Labels,
) -> Result<Sample, SampleError> {
	let line = record.position().map_or(0, csv::Position::line);
	let got = record.len();
	let fits = match labels {
		Labels::Ignored => got == features || got == features + 1,
		Labels::Required { .. } => got == features + 1,
	};
	if !fits {
		let expected = match labels {
			Labels::Ignored => format!("{features} features, with or without a label,"),
			Labels::Required { .. } => format!("{features} features and a label"),
		};
		return Err(SampleError::Fields { path: path.into(), line, expected, got });
	}
	let features = record
		.iter()
		.take(features)
		.enumerate()
		.map(|(field, text)| match text.parse::<f64>() {
			Ok(value) if value.is_finite() => Ok(value),
			_ => Err(SampleError::Number {
				path: path.into(),
				line,
				field: field + 1,
				text: text.into(),
			}),
		})
		.collect::<Result<Vec<_>, _>>()?;
	let label = match labels {
		Labels::Ignored => None,
		Labels::Required { classes } => {
			let text = record.get(got - 1).unwrap_or_default();
			let label = class(text).filter(|label| *label < classes).ok_or_else(|| {
				SampleError::Label { path: path.into(), line, classes, text: text.into() }
			})?;
			Some(label)
		}
	};
	Ok(Sample { features, label })
}

/// The number of a class, which may be written as a float.
fn class(text: &str) -> Option<usize> {
	let value: f64 = text.parse().ok()?;
	let is_class = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
	is_class.then_some(value as usize)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::io::Write;

	fn with_file<T>(text: &str, test: impl FnOnce(&Path) -> T) -> T {
		let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
		file.write_all(text.as_bytes()).expect("written");
		test(file.path())
	}

	fn read_text(text: &str, labels: Labels) -> Result<Vec<Sample>, SampleError> {
		with_file(text, |path| read(path, 2, labels))
	}

	const CLASSES: Labels = Labels::Required { classes: 3 };

	#[test]
	fn a_line_is_a_sample_and_its_label() {
		let samples = read_text("1,2.5,0\n-3e1, 4 ,2.0\n", CLASSES).expect("samples");
		let expected = [
			Sample { features: vec![1.0, 2.5], label: Some(0) },
			Sample { features: vec![-30.0, 4.0], label: Some(2) },
		];
		assert_eq!(samples, expected);
	}

	#[test]
	fn a_label_is_not_read_where_none_is_needed() {
		let samples = read_text("1,2\n3,4,anything\n", Labels::Ignored).expect("samples");
		assert!(samples.iter().all(|sample| sample.label.is_none()));
		assert_eq!(samples[1].features, [3.0, 4.0]);
	}

	#[test]
	fn a_header_is_skipped() {
		assert_eq!(read_text("a,b,label\n1,2,0\n", CLASSES).expect("samples").len(), 1);
		assert!(matches!(
			read_text("1,b,label\n1,2,0\n", CLASSES),
			Err(SampleError::Number { line: 1, field: 2, .. })
		));
		assert!(matches!(read_text("a,b,label\n", CLASSES), Err(SampleError::Empty { .. })));
		assert!(matches!(read_text("", CLASSES), Err(SampleError::Empty { .. })));
	}

	#[test]
	fn errors_name_file_and_line() {
		let error = read_text("1,2,0\n1,x,0\n", CLASSES).expect_err("no number");
		assert!(error.to_string().contains("line 2, field 2: `x`"), "{error}");
		for text in ["1,2,0\n1,nan,0\n", "1,2,0\ninf,1,0\n", "1,2,0\n,1,0\n"] {
			assert!(matches!(read_text(text, CLASSES), Err(SampleError::Number { line: 2, .. })));
		}
		for text in ["1,2,0\n1,2\n", "1,2,0\n1,2,0,0\n"] {
			assert!(matches!(read_text(text, CLASSES), Err(SampleError::Fields { line: 2, .. })));
		}
		for label in ["3", "-1", "0.5", "x", "nan", ""] {
			let text = format!("1,2,0\n1,2,{label}\n");
			let error = read_text(&text, CLASSES).expect_err(label);
			assert!(matches!(error, SampleError::Label { line: 2, .. }), "{error}");
		}
		let error = read(Path::new("/nonexistent.csv"), 2, CLASSES).expect_err("no file");
		assert!(error.to_string().contains("/nonexistent.csv"), "{error}");
	}

	#[test]
	fn one_sample_is_one_line() {
		assert_eq!(with_file("1,2\n", |p| read_one(p, 2)).expect("one"), [1.0, 2.0]);
		assert_eq!(with_file("1,2,9\n", |p| read_one(p, 2)).expect("one"), [1.0, 2.0]);
		assert!(matches!(
			with_file("1,2\n3,4\n", |p| read_one(p, 2)),
			Err(SampleError::NotOne { got: 2, .. })
		));
	}
}
