// SPDX-License-Identifier: Apache-2.0
//! The sample that a model is to run on.

use crate::output::Output;
use anyhow::anyhow;
use candor_client::exit::{Error, OrFail};
use candor_compiler::{
	samples::{self, LabelColumn, Layout, Table, Target},
	Clipped, ClippedFeatures, ModelSchema, Narrow, OutputKind,
};
use clap::Args;
use serde::Serialize;
use std::{collections::BTreeSet, fmt, path::PathBuf, str::FromStr};
use zeroize::Zeroizing;

/// Which sample of which file.
#[derive(Debug, Args)]
pub(in crate::commands) struct SampleArguments {
	/// Samples, one a line
	#[arg(long, value_name = "SAMPLE.csv")]
	input: PathBuf,

	/// Number of the sample, from 1 and without a header; needed where the file has several
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
	sample: Option<u64>,

	/// Column of the label, which is not read: first, last, none, or its name in the header; by
	/// default a column beyond the features
	#[arg(long, value_name = "COLUMN")]
	label: Option<LabelColumn>,
}

/// Numbers of samples, from 1, each of them once: `1-8,12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Samples(Vec<u64>);

/// Most samples that anybody can mean.
const MOST_SAMPLES: usize = 65_536;

impl FromStr for Samples {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let mut numbers = Vec::new();
		let mut seen = BTreeSet::new();
		for part in text.split(',').map(str::trim) {
			let (first, last) = part.split_once('-').unwrap_or((part, part));
			let number = |text: &str| text.trim().parse().ok().filter(|number| *number > 0u64);
			let range = number(first).zip(number(last)).filter(|(first, last)| first <= last);
			let (first, last) = range
				.ok_or_else(|| format!("`{part}` is neither a sample nor samples such as 1-8"))?;
			for number in first..=last {
				if !seen.insert(number) {
					return Err(format!("sample {number} is named twice"));
				}
				if numbers.len() == MOST_SAMPLES {
					return Err(format!("these are more than {MOST_SAMPLES} samples"));
				}
				numbers.push(number);
			}
		}
		Ok(Self(numbers))
	}
}

/// A sample as bytes, and where it was read.
#[derive(Debug)]
pub(in crate::commands) struct Input {
	/// The input of the model.
	pub(in crate::commands) bytes: Vec<u8>,
	/// What to tell about it.
	pub(in crate::commands) origin: Origin,
}

/// Where a sample was read, and what was lost on the way.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Origin {
	/// The line in the file, from 1.
	line: u64,
	/// The column that was taken for a label, from 1.
	#[serde(skip_serializing_if = "Option::is_none")]
	label_column: Option<usize>,
	/// The features outside of what the calibration showed.
	pub(in crate::commands) clipped: Vec<Clipped>,
	/// The samples of the file in a small part of what the calibration showed, where all or most are.
	narrow: Option<Narrow>,
	/// The number of features.
	#[serde(skip)]
	features: usize,
}

impl Origin {
	/// The features outside of what the calibration showed, in words.
	pub(in crate::commands) fn clipping(&self) -> Option<ClippedFeatures<'_>> {
		let (clipped, features) = (self.clipped.as_slice(), self.features);
		(!clipped.is_empty()).then_some(ClippedFeatures { clipped, features })
	}
}

impl Origin {
	/// Tells what looks wrong without being so: values that are all small for the model, as those of a
	/// sample that was divided by their largest value are for a model that takes them whole.
	pub(in crate::commands) fn warn(&self, output: &Output) {
		if let Some(narrow) = &self.narrow {
			output.warn(narrow);
		}
	}
}

impl fmt::Display for Origin {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "line {}", self.line)?;
		match self.label_column {
			Some(column) => write!(f, ", column {column} taken for the label"),
			None => Ok(()),
		}
	}
}

impl SampleArguments {
	/// Reads the sample that is asked for, or the only one.
	pub(in crate::commands) fn read(&self, schema: &ModelSchema) -> Result<Input, Error> {
		let table = self.table(schema)?;
		let count = table.samples.len();
		let number = match self.sample {
			Some(number) => number,
			None if count == 1 => 1,
			None => {
				return Err(Error::wrong_input(anyhow!(
					"{} holds {count} samples",
					self.input.display()
				))
				.hint(format!("choose one with --sample, from 1 to {count}")));
			}
		};
		self.input_of(&table, number, schema, schema.narrow(&table))
	}

	/// Reads the samples that are asked for, in that order.
	pub(in crate::commands) fn read_all(
		&self,
		Samples(numbers): &Samples,
		schema: &ModelSchema,
	) -> Result<Vec<Input>, Error> {
		let table = self.table(schema)?;
		let narrow = schema.narrow(&table);
		numbers.iter().map(|number| self.input_of(&table, *number, schema, narrow)).collect()
	}

	/// The samples of the file.
	fn table(&self, schema: &ModelSchema) -> Result<Table, Error> {
		let layout = Layout {
			features: schema.input_len,
			names: schema.feature_names.as_deref(),
			label: self.label.as_ref(),
			labels: None,
			target: match schema.output {
				OutputKind::Values => Target::OptionalValues { outputs: schema.output_count },
				_ => Target::Optional { outputs: schema.output_count },
			},
		};
		samples::read(&self.input, &layout).or_wrong_input()
	}

	/// The sample with this number, from 1.
	fn input_of(
		&self,
		table: &Table,
		number: u64,
		schema: &ModelSchema,
		narrow: Option<Narrow>,
	) -> Result<Input, Error> {
		let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
		let sample = table.samples.get(index).ok_or_else(|| {
			Error::wrong_input(anyhow!(
				"{} holds {} samples, so there is no sample {number}",
				self.input.display(),
				table.samples.len()
			))
		})?;
		let values = Zeroizing::new(sample.features.clone());
		let bytes = schema.input_bytes(&values).or_wrong_input()?;
		Ok(Input {
			bytes,
			origin: Origin {
				line: sample.line,
				label_column: table.label,
				clipped: schema.clipped(&values),
				narrow,
				features: schema.input_len,
			},
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn samples_are_numbers_and_ranges_in_their_order() {
		let numbers = |text: &str| text.parse::<Samples>().map(|Samples(numbers)| numbers);
		assert_eq!(numbers("7"), Ok(vec![7]));
		assert_eq!(numbers("3-5, 1,9-9"), Ok(vec![3, 4, 5, 1, 9]));
	}

	#[test]
	fn what_names_no_sample_or_one_twice_is_refused() {
		for text in ["", "0", "0-3", "5-3", "1,", "-3", "1-", "a", "1-2-3", "1.5"] {
			assert!(text.parse::<Samples>().unwrap_err().contains("neither"), "{text}");
		}
		for text in ["2,2", "1-4,3", "3,1-4"] {
			assert!(text.parse::<Samples>().unwrap_err().contains("twice"), "{text}");
		}
		assert_eq!("1-65536".parse::<Samples>().unwrap().0.len(), MOST_SAMPLES);
		for text in ["1-65537", "1-18446744073709551615"] {
			assert!(text.parse::<Samples>().unwrap_err().contains("more than"), "{text}");
		}
	}
}
