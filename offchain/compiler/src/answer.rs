// SPDX-License-Identifier: Apache-2.0
//! What an output says, and which inputs were not what the model was calibrated for.

use core::fmt;

use candor_graph::{argmax, logits_from_bytes};
use candor_text::abbreviated;
use serde::{Deserialize, Serialize};

use crate::schema::{ModelSchema, SchemaError};

/// What the outputs of a model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
	/// A logit for each class: the largest is the answer.
	Classes,
	/// One number: an estimate, or the logit of two classes, which its sign tells apart.
	Value,
}

impl OutputKind {
	/// The kind of a model with so many outputs.
	pub fn of(outputs: usize) -> Self {
		if outputs == 1 {
			Self::Value
		} else {
			Self::Classes
		}
	}
}

/// What an output says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
	/// The class with the largest logit, the first of them where several are.
	Class(usize),
	/// The one number, in units of the float model's. It has a sign and no class.
	Value(f64),
}

impl fmt::Display for Answer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Class(class) => write!(f, "class {class}"),
			Self::Value(value) => {
				let sign = match value {
					value if *value > 0.0 => "positive",
					value if *value < 0.0 => "negative",
					_ => "zero",
				};
				write!(f, "value {value:.6} ({sign})")
			}
		}
	}
}

/// A feature whose value lies outside of what the calibration showed, so that its byte stands for
/// the nearest value inside.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clipped {
	/// The feature, from one.
	pub feature: usize,
	/// Its name, where it has one.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub name: Option<String>,
	/// What it is.
	pub value: f64,
	/// The smallest value that has a byte of its own.
	pub low: f64,
	/// The largest one.
	pub high: f64,
}

impl fmt::Display for Clipped {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "feature {}", self.feature)?;
		if let Some(name) = &self.name {
			write!(f, " (`{}`)", abbreviated(name))?;
		}
		write!(
			f,
			" is {}, calibrated from {} to {}",
			Short(self.value),
			Short(self.low),
			Short(self.high)
		)
	}
}

/// So many features are named in words; programs get all of them.
const NAMED: usize = 3;

/// Features outside of their range, in words.
pub struct ClippedFeatures<'a> {
	/// The features, at least one.
	pub clipped: &'a [Clipped],
	/// The number of features that there are.
	pub features: usize,
}

impl fmt::Display for ClippedFeatures<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let count = self.clipped.len();
		let (lie, are) = if count == 1 { ("lies", "is") } else { ("lie", "are") };
		write!(
			f,
			"{count} of {} features {lie} outside of what the calibration showed and {are} cut to its ends: ",
			self.features
		)?;
		for (at, clipped) in self.clipped.iter().take(NAMED).enumerate() {
			write!(f, "{}{clipped}", if at == 0 { "" } else { "; " })?;
		}
		if count > NAMED {
			write!(f, "; …")
		} else {
			Ok(())
		}
	}
}

/// A number with few digits, for messages.
pub(crate) struct Short(pub f64);

impl fmt::Display for Short {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let size = self.0.abs();
		if size != 0.0 && !(1e-4..1e9).contains(&size) {
			return write!(f, "{:.4e}", self.0);
		}
		let text = format!("{:.6}", self.0);
		let text = text.trim_end_matches('0').trim_end_matches('.');
		f.write_str(if text == "-0" { "0" } else { text })
	}
}

impl ModelSchema {
	/// What an output says.
	///
	/// # Errors
	///
	/// [`SchemaError`] when the output has another length.
	pub fn answer(&self, output: &[u8]) -> Result<Answer, SchemaError> {
		let logits = self.logits(output)?;
		let integers = logits_from_bytes(output).unwrap_or_default();
		Ok(match (self.output, logits.as_slice()) {
			(OutputKind::Value, [value]) => Answer::Value(*value),
			_ => Answer::Class(argmax(&integers).unwrap_or_default()),
		})
	}

	/// The features of a sample whose bytes are those of other values.
	pub fn clipped(&self, sample: &[f64]) -> Vec<Clipped> {
		let scales = self.input.features(sample.len());
		let features = sample.iter().zip(scales).enumerate();
		features
			.filter(|(_, (value, scale))| scale.clips(**value))
			.map(|(index, (value, scale))| {
				let (low, high) = scale.range();
				let name = self.feature_names.as_ref().and_then(|names| names.get(index));
				Clipped { feature: index + 1, name: name.cloned(), value: *value, low, high }
			})
			.collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_are_short_in_messages() {
		for (number, text) in [
			(16.0, "16"),
			(-0.25, "-0.25"),
			(0.0, "0"),
			(-0.0, "0"),
			(1.0 / 3.0, "0.333333"),
			(1e-9, "1.0000e-9"),
			(1e300, "1.0000e300"),
			(12_345.678, "12345.678"),
		] {
			assert_eq!(Short(number).to_string(), text);
		}
	}

	#[test]
	fn one_output_has_a_sign_and_no_class() {
		assert_eq!(OutputKind::of(1), OutputKind::Value);
		assert_eq!(OutputKind::of(2), OutputKind::Classes);
		assert_eq!(Answer::Value(-0.5).to_string(), "value -0.500000 (negative)");
		assert_eq!(Answer::Value(0.5).to_string(), "value 0.500000 (positive)");
		assert_eq!(serde_json::to_string(&Answer::Value(0.5)).expect("json"), r#"{"value":0.5}"#);
		assert_eq!(serde_json::to_string(&Answer::Class(0)).expect("json"), r#"{"class":0}"#);
	}
}
