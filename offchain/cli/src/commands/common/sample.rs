// SPDX-License-Identifier: Apache-2.0
//! The sample that a model is to run on.

use crate::output::Output;
use anyhow::anyhow;
use candor_client::exit::{Error, OrFail};
use candor_compiler::{
	samples::{self, LabelColumn, Layout, Target},
	Clipped, ClippedFeatures, ModelSchema, Narrow, OutputKind,
};
use clap::Args;
use serde::Serialize;
use std::{fmt, path::PathBuf};
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
		let features = schema.input_len;
		let layout = Layout {
			features,
			names: schema.feature_names.as_deref(),
			label: self.label.as_ref(),
			labels: None,
			target: match schema.output {
				OutputKind::Values => Target::OptionalValues { outputs: schema.output_count },
				_ => Target::Optional { outputs: schema.output_count },
			},
		};
		let mut table = samples::read(&self.input, &layout).or_wrong_input()?;
		let count = table.samples.len();
		let index = match self.sample {
			Some(number) => usize::try_from(number - 1).unwrap_or(usize::MAX),
			None if count == 1 => 0,
			None => {
				return Err(Error::wrong_input(anyhow!(
					"{} holds {count} samples",
					self.input.display()
				))
				.hint(format!("choose one with --sample, from 1 to {count}")));
			}
		};
		if index >= count {
			return Err(Error::wrong_input(anyhow!(
				"{} holds {count} samples, so there is no sample {}",
				self.input.display(),
				index.saturating_add(1)
			)));
		}
		let narrow = schema.narrow(&table);
		let sample = table.samples.swap_remove(index);
		let values = Zeroizing::new(sample.features);
		let bytes = schema.input_bytes(&values).or_wrong_input()?;
		Ok(Input {
			bytes,
			origin: Origin {
				line: sample.line,
				label_column: table.label,
				clipped: schema.clipped(&values),
				narrow,
				features,
			},
		})
	}
}
