// SPDX-License-Identifier: Apache-2.0
//! The sample that a model is to run on.

use crate::output::Output;
use anyhow::anyhow;
use candor_client::exit::{Error, OrFail};
use candor_compiler::{
	samples::{self, LabelColumn, Layout, Target},
	Clipped, ClippedFeatures, ModelSchema, OutputKind,
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
	/// The number of features.
	#[serde(skip)]
	features: usize,
	/// The difference of the largest and the smallest byte of the input.
	spread: u8,
}

/// Inputs whose bytes differ by no more are hardly told apart: a sixteenth of the range.
const NARROW: u8 = 16;

/// Fewer features may well be alike.
const NARROW_FEATURES: usize = 4;

impl Origin {
	/// The features outside of what the calibration showed, in words.
	pub(in crate::commands) fn clipping(&self) -> Option<ClippedFeatures<'_>> {
		let (clipped, features) = (self.clipped.as_slice(), self.features);
		(!clipped.is_empty()).then_some(ClippedFeatures { clipped, features })
	}
}

impl Origin {
	/// Tells what looks wrong without being so: values that are all alike for the model, as those
	/// of a sample that was divided by their largest value are for a model that takes them whole.
	pub(in crate::commands) fn warn(&self, output: &Output) {
		if self.features >= NARROW_FEATURES && self.spread <= NARROW {
			output.warn(format_args!(
				"all {} features fall on {} of the 256 steps of the calibrated range; is the sample scaled as the calibration samples were?",
				self.features,
				u32::from(self.spread) + 1
			));
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
		let sample = table.samples.swap_remove(index);
		let values = Zeroizing::new(sample.features);
		let bytes = schema.input_bytes(&values).or_wrong_input()?;
		let (low, high) = (bytes.iter().min().copied(), bytes.iter().max().copied());
		Ok(Input {
			bytes,
			origin: Origin {
				line: sample.line,
				label_column: table.label,
				clipped: schema.clipped(&values),
				features,
				spread: high.unwrap_or_default() - low.unwrap_or_default(),
			},
		})
	}
}
