// SPDX-License-Identifier: Apache-2.0
//! What everyone may see of a model, and needs to ask it.

use std::path::Path;

use candor_graph::{logits_from_bytes, LOGIT_BYTES};
use candor_operators::Architecture;
use serde::{Deserialize, Serialize};

use crate::{
	answer::OutputKind,
	files::{self, FileError},
	reach::Reach,
	scales::InputQuantisation,
};

/// Why a sample or an output does not fit a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
	/// A sample with too few or too many features.
	#[error("the model takes {expected} features, not {got}")]
	Features {
		/// What the model takes.
		expected: usize,
		/// What was given.
		got: usize,
	},
	/// A feature that is no number.
	#[error("feature {index} is not a finite number")]
	NotFinite {
		/// The feature, from zero.
		index: usize,
	},
	/// An output of a wrong length.
	#[error("the model gives {expected} bytes of output, not {got}")]
	Output {
		/// What the model gives.
		expected: usize,
		/// What was given.
		got: usize,
	},
}

/// Everything that a requester needs: from a sample to input bytes, from output bytes to logits. By which
/// commitment the chain knows the model stands in [`PublicCommitment`](crate::PublicCommitment).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSchema {
	/// The number of features, which is the length of an input in bytes.
	pub input_len: usize,
	/// How features become bytes.
	pub input: InputQuantisation,
	/// How far the calibration samples reached, where they were enough to tell.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub reach: Option<Reach>,
	/// What the features are called, where the calibration samples had a header.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub feature_names: Option<Vec<String>>,
	/// What the logits mean.
	pub output: OutputKind,
	/// What the classes are called, in the order of their numbers, where the file says so.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub class_labels: Option<Vec<String>>,
	/// The number of logits, four bytes each.
	pub output_count: usize,
	/// What a unit of a logit is worth.
	pub output_scale: f64,
}

impl ModelSchema {
	pub(crate) fn new(
		architecture: &Architecture,
		(input, reach): (InputQuantisation, Option<Reach>),
		feature_names: Option<Vec<String>>,
		(output, class_labels): (OutputKind, Option<Vec<String>>),
		output_scale: f64,
	) -> Self {
		Self {
			input_len: architecture.input_len(),
			input,
			reach,
			feature_names,
			output,
			class_labels,
			output_count: architecture.output_count(),
			output_scale,
		}
	}

	/// Reads a file that `candor compile` has written.
	///
	/// # Errors
	///
	/// [`FileError`] when the file is missing or damaged.
	pub fn load(path: &Path) -> Result<Self, FileError> {
		let schema: Self = files::read(path)?;
		match schema.fault() {
			None => Ok(schema),
			Some(message) => Err(FileError::Content { path: path.into(), message: message.into() }),
		}
	}

	/// The input bytes of a sample. A feature outside of its range gets the byte of the nearest value
	/// inside; [`Self::clipped`] tells which ones do.
	///
	/// # Errors
	///
	/// [`SchemaError`] when the sample has another number of features or one is not finite.
	pub fn input_bytes(&self, sample: &[f64]) -> Result<Vec<u8>, SchemaError> {
		if sample.len() != self.input_len {
			return Err(SchemaError::Features { expected: self.input_len, got: sample.len() });
		}
		if let Some(index) = sample.iter().position(|feature| !feature.is_finite()) {
			return Err(SchemaError::NotFinite { index });
		}
		Ok(self.input.quantise(sample))
	}

	/// The logits of an output, in units of the float model's.
	///
	/// # Errors
	///
	/// [`SchemaError`] when the output has another length.
	pub fn logits(&self, output: &[u8]) -> Result<Vec<f64>, SchemaError> {
		logits_from_bytes(output)
			.filter(|logits| logits.len() == self.output_count)
			.map(|logits| {
				logits.into_iter().map(|logit| f64::from(logit) * self.output_scale).collect()
			})
			.ok_or(SchemaError::Output {
				expected: self.output_count * LOGIT_BYTES,
				got: output.len(),
			})
	}

	/// What is wrong with the numbers, if anything.
	fn fault(&self) -> Option<&'static str> {
		if !self.input.is_valid_for(self.input_len) {
			return Some("the quantisation does not fit the input");
		}
		if self.feature_names.as_ref().is_some_and(|names| names.len() != self.input_len) {
			return Some("the names do not fit the input");
		}
		if !self.output.fits(self.output_count) {
			return Some("the kind of the output does not fit the number of logits");
		}
		let classes = self.output.classes(self.output_count);
		if self.class_labels.as_ref().is_some_and(|labels| Some(labels.len()) != classes) {
			return Some("the labels do not fit the classes");
		}
		if !(self.output_scale.is_normal() && self.output_scale > 0.0) {
			return Some("the output scale is not a positive number");
		}
		None
	}
}
