// SPDX-License-Identifier: Apache-2.0
//! What an output says, and which inputs were not what the model was calibrated for.

use core::fmt;

use candor_graph::{argmax, logits_from_bytes};
use candor_operators::Meaning;
use candor_text::abbreviated;
use serde::{Deserialize, Serialize};

use crate::schema::{ModelSchema, SchemaError};

/// What the outputs of a model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
	/// A logit for each class: the largest is the answer.
	Classes,
	/// The logit of two classes: 1 where it is positive, 0 otherwise.
	Sign,
	/// One number: an estimate, or the logit of two classes, which its sign tells apart.
	Value,
	/// Several numbers, each of them an answer of its own.
	Values,
}

/// Outputs that cannot be what somebody says they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a model with {outputs} outputs gives no {}", match asked {
	OutputKind::Classes => "logits of classes; with one output it gives a value or a sign (--outputs values or sign)",
	OutputKind::Sign => "sign; with several outputs it gives classes or values",
	OutputKind::Value | OutputKind::Values => "values",
})]
pub struct OutputError {
	/// What somebody says.
	pub asked: OutputKind,
	/// The number of outputs.
	pub outputs: usize,
}

impl OutputKind {
	/// The kind of so many outputs that a file calls so, or of which somebody says more.
	///
	/// # Errors
	///
	/// [`OutputError`] when the number of outputs speaks against it.
	pub fn of(meaning: Meaning, outputs: usize, asked: Option<Self>) -> Result<Self, OutputError> {
		let is_one = outputs == 1;
		match asked {
			Some(Self::Value | Self::Values) if is_one => return Ok(Self::Value),
			Some(Self::Value | Self::Values) => return Ok(Self::Values),
			Some(Self::Sign) if is_one => return Ok(Self::Sign),
			Some(Self::Classes) if !is_one => return Ok(Self::Classes),
			Some(asked) => return Err(OutputError { asked, outputs }),
			None => (),
		}
		Ok(match meaning {
			Meaning::Sign if is_one => Self::Sign,
			_ if is_one => Self::Value,
			Meaning::Estimates | Meaning::Signs => Self::Values,
			Meaning::Numbers | Meaning::Classes | Meaning::Sign => Self::Classes,
		})
	}

	/// Whether a model with so many outputs can give it.
	pub(crate) fn fits(self, outputs: usize) -> bool {
		match self {
			Self::Sign | Self::Value => outputs == 1,
			Self::Classes | Self::Values => outputs > 1,
		}
	}

	/// The number of its classes, where there are any.
	pub(crate) fn classes(self, outputs: usize) -> Option<usize> {
		match self {
			Self::Classes => Some(outputs),
			Self::Sign => Some(2),
			Self::Value | Self::Values => None,
		}
	}
}

/// What an output says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
	/// The class with the largest logit, the first of them where several are; of one logit of two
	/// classes the one that its sign tells.
	Class(usize),
	/// The one number, in units of the float model's. It has a sign and no class.
	Value(f64),
	/// The numbers, in units of the float model's.
	Values(Vec<f64>),
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
			Self::Values(values) => {
				let values: Vec<_> = values.iter().map(|value| format!("{value:.6}")).collect();
				write!(f, "values {}", values.join(", "))
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
			(OutputKind::Sign, [logit]) => Answer::Class(usize::from(*logit > 0.0)),
			(OutputKind::Values, _) => Answer::Values(logits),
			_ => Answer::Class(argmax(&integers).unwrap_or_default()),
		})
	}

	/// The features of a sample whose bytes are those of other values.
	pub fn clipped(&self, sample: &[f64]) -> Vec<Clipped> {
		let features = sample.iter().zip(self.input.features(sample.len())).enumerate();
		features
			.filter_map(|(index, (value, feature))| {
				let (low, high) = feature.missed(*value)?;
				let name = self.feature_names.as_ref().and_then(|names| names.get(index));
				let name = name.cloned();
				Some(Clipped { feature: index + 1, name, value: *value, low, high })
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
	fn one_output_has_a_sign_and_no_class_unless_the_file_says_so() {
		let of =
			|meaning, outputs| OutputKind::of(meaning, outputs, None).expect("told by the file");
		assert_eq!(of(Meaning::Numbers, 1), OutputKind::Value);
		assert_eq!(of(Meaning::Estimates, 1), OutputKind::Value);
		assert_eq!(of(Meaning::Sign, 1), OutputKind::Sign);
		assert_eq!(Answer::Value(-0.5).to_string(), "value -0.500000 (negative)");
		assert_eq!(Answer::Value(0.5).to_string(), "value 0.500000 (positive)");
		assert_eq!(serde_json::to_string(&Answer::Value(0.5)).expect("json"), r#"{"value":0.5}"#);
		assert_eq!(serde_json::to_string(&Answer::Class(0)).expect("json"), r#"{"class":0}"#);
	}

	#[test]
	fn several_outputs_are_classes_unless_the_file_or_somebody_says_otherwise() {
		let of = |meaning, asked| OutputKind::of(meaning, 3, asked);
		assert_eq!(of(Meaning::Numbers, None), Ok(OutputKind::Classes));
		assert_eq!(of(Meaning::Estimates, None), Ok(OutputKind::Values));
		assert_eq!(of(Meaning::Signs, None), Ok(OutputKind::Values));
		assert_eq!(of(Meaning::Numbers, Some(OutputKind::Values)), Ok(OutputKind::Values));
		assert_eq!(of(Meaning::Estimates, Some(OutputKind::Classes)), Ok(OutputKind::Classes));
		assert!(of(Meaning::Numbers, Some(OutputKind::Sign)).is_err());
		let of_one = |asked| OutputKind::of(Meaning::Numbers, 1, Some(asked));
		assert_eq!(of_one(OutputKind::Values), Ok(OutputKind::Value));
		assert_eq!(of_one(OutputKind::Sign), Ok(OutputKind::Sign));
		assert!(of_one(OutputKind::Classes).is_err());
		let values = Answer::Values(vec![0.5, -2.0]);
		assert_eq!(values.to_string(), "values 0.500000, -2.000000");
	}
}
