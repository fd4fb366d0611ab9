// SPDX-License-Identifier: Apache-2.0
//! What of a compilation deserves a warning.

use candor_text::abbreviated;

use crate::{
	answer::Short,
	comparison::Comparison,
	quantise::Dominant,
	report::{Percent, Warning, WarningKind},
	samples::{Sample, Table},
	scales::{constant, InputQuantisation},
	schema::ModelSchema,
};

/// A lower accuracy of the float model makes one doubt the labels or the order of the columns.
const FLOAT_ACCURACY: f64 = 0.5;

/// So many columns or neurons are named in a sentence.
const NAMED: usize = 3;

/// What costs the integers their precision, as far as that is known.
pub(crate) struct Cause {
	pub(crate) columns: Vec<usize>,
	pub(crate) words: String,
}

/// Where most of what the integers cost is lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lost {
	/// The layer, from one, of weights or behind them.
	pub(crate) layer: usize,
	/// What a step of the argument is worth, where it is in a table.
	pub(crate) grid: Option<f64>,
}

impl Lost {
	fn words(self) -> String {
		let place = match self.grid {
			Some(step) => format!(
				"the table behind layer {}, whose argument has steps of {}",
				self.layer,
				Short(step)
			),
			None => format!("layer {}", self.layer),
		};
		format!(
			"; most of it is lost in {place}: values of very different size share its levels (where a BatchNormalization stands behind a function of single numbers put it before, and train again), or answers are close to one another"
		)
	}
}

impl Cause {
	/// A constant column costs the others nothing, however large its weights are.
	fn new(
		dominant: &[Dominant],
		lost: &dyn Fn() -> Option<Lost>,
		table: &Table,
		constants: &[usize],
	) -> Self {
		let dominant: Vec<&Dominant> = dominant
			.iter()
			.filter(|dominant| dominant.layer != 1 || !constants.contains(&dominant.input))
			.collect();
		let columns: Vec<usize> = dominant
			.iter()
			.filter(|dominant| dominant.layer == 1)
			.map(|dominant| table.column(dominant.input))
			.collect();
		let places: Vec<String> = dominant
			.iter()
			.take(NAMED)
			.map(|Dominant { layer, input }| match layer {
				1 => named_column(table, *input),
				layer => format!("input {input} of layer {layer}"),
			})
			.collect();
		let words = if places.is_empty() {
			lost().map_or_else(String::new, Lost::words)
		} else {
			let more = if dominant.len() > NAMED { ", …" } else { "" };
			format!("; {}{more} outweighs the others and leaves them little precision: bring it to the size of the others, or remove outliers", places.join(", "))
		};
		Self { columns, words }
	}
}

/// A column of a file of samples, with its name.
fn named_column(table: &Table, feature: usize) -> String {
	let name = table.names.as_ref().and_then(|names| names.get(feature - 1));
	match name {
		Some(name) => format!("column {} (`{}`)", table.column(feature), abbreviated(name)),
		None => format!("column {}", table.column(feature)),
	}
}

/// The features that do not vary in some samples, from one, with the smallest and largest value.
pub(crate) fn constants(samples: &[Sample], width: usize) -> Vec<(usize, (f64, f64))> {
	(0..width)
		.filter_map(|feature| {
			let values = samples.iter().filter_map(|sample| sample.features.get(feature));
			let span = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
				(low.min(*x), high.max(*x))
			});
			constant(span).map(|_| (feature + 1, span))
		})
		.collect()
}

/// What is known for warnings.
pub(crate) struct Findings<'a> {
	pub schema: &'a ModelSchema,
	pub dominant: &'a [Dominant],
	/// Asked only where something is to be explained.
	pub lost: &'a dyn Fn() -> Option<Lost>,
	pub calibration: &'a Table,
	pub on_calibration: &'a Comparison,
	pub test: Option<(&'a Table, &'a Comparison)>,
}

impl Findings<'_> {
	/// Everything that should be looked at.
	pub(crate) fn warnings(&self) -> Vec<Warning> {
		let constants = constants(&self.calibration.samples, self.schema.input_len);
		let constants: Vec<usize> = constants.into_iter().map(|(feature, _)| feature).collect();
		let cause = || Cause::new(self.dominant, self.lost, self.calibration, &constants);
		let mut warnings = Vec::new();
		let of_test = self.test.and_then(|(_, on_test)| on_test.warnings("test", cause));
		let of_calibration = || self.on_calibration.warnings("calibration", cause);
		warnings.extend(of_test.or_else(of_calibration));
		let is_cut = matches!(self.schema.input, InputQuantisation::Cuts { .. });
		if constants.len() == self.schema.input_len && !is_cut {
			warnings.push(Warning {
				kind: WarningKind::NothingVaries,
				columns: constants.iter().map(|feature| self.calibration.column(*feature)).collect(),
				message: format!(
					"no column varies in the calibration samples ({} of them), so nothing is known of the range of other inputs; calibrate with samples like those that the model will see",
					self.calibration.samples.len()
				),
			});
		}
		warnings.extend(float_accuracy("calibration", self.calibration, self.on_calibration));
		warnings.extend(self.clipped("calibration", self.calibration, WarningKind::Outliers));
		if let Some((test, on_test)) = self.test {
			warnings.extend(float_accuracy("test", test, on_test));
			warnings.extend(self.varying(test));
			warnings.extend(self.clipped("test", test, WarningKind::OutOfRange));
			warnings.extend(self.schema.narrow(test).map(|narrow| Warning {
				kind: WarningKind::Narrow,
				columns: vec![narrow.column],
				message: format!("test samples: {narrow}"),
			}));
		}
		warnings
	}

	/// Features that are constant in the calibration samples and not in the test set. A scale that all
	/// features share knows the size of these as well, and points come from the model.
	fn varying(&self, test: &Table) -> Option<Warning> {
		match self.schema.input {
			InputQuantisation::PerTensor { .. } | InputQuantisation::Cuts { .. } => return None,
			InputQuantisation::PerFeature { .. } => (),
		}
		let found: Vec<_> = constants(&self.calibration.samples, self.schema.input_len)
			.into_iter()
			.filter_map(|(feature, (low, high))| {
				let other = test.samples.iter().find_map(|sample| {
					let value = *sample.features.get(feature - 1)?;
					(value < low || value > high).then_some((sample.line, value))
				});
				other.map(|(line, value)| (feature, low, line, value))
			})
			.collect();
		let (feature, constant, line, value) = found.first()?;
		let more = match found.len() {
			1 => String::new(),
			count => format!(", and so do {} other columns", count - 1),
		};
		Some(Warning {
			kind: WarningKind::ConstantVaries,
			columns: found.iter().map(|(feature, ..)| test.column(*feature)).collect(),
			message: format!(
				"{} is {} in all calibration samples and varies in the test samples (in line {line} it is {}){more}; calibrate with samples in which it varies",
				named_column(self.calibration, *feature),
				Short(*constant),
				Short(*value),
			),
		})
	}

	/// Samples with features outside of the range.
	fn clipped(&self, of: &str, table: &Table, kind: WarningKind) -> Option<Warning> {
		let mut count = 0;
		let mut first = None;
		let mut columns = Vec::new();
		for sample in &table.samples {
			let clipped = self.schema.clipped(&sample.features);
			if clipped.is_empty() {
				continue;
			}
			count += 1;
			columns.extend(clipped.iter().map(|clipped| table.column(clipped.feature)));
			first.get_or_insert((sample.line, clipped));
		}
		let (line, clipped) = first?;
		columns.sort_unstable();
		columns.dedup();
		let what = match kind {
			WarningKind::Outliers => "lie far from the others and were left out of the range",
			_ => "lie outside of what the calibration showed",
		};
		Some(Warning {
			kind,
			columns,
			message: format!(
				"{count} of {} {of} samples {what}, the first in line {line}: {}",
				table.samples.len(),
				clipped.first()?
			),
		})
	}
}

/// A float model that is hardly ever right speaks against the labels.
fn float_accuracy(of: &str, table: &Table, comparison: &Comparison) -> Option<Warning> {
	let accuracy = comparison.float_accuracy.filter(|accuracy| *accuracy < FLOAT_ACCURACY)?;
	let label = table.label?;
	Some(Warning {
		kind: WarningKind::FloatAccuracy,
		columns: vec![label],
		message: format!(
			"the float model itself gets only {} of the {of} samples right: does column {label} hold the labels as the model numbers them, and are the features in the model's order?",
			Percent(accuracy)
		),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::cell::Cell;

	#[test]
	fn what_is_lost_is_told_with_its_place() {
		let table = Lost { layer: 2, grid: Some(0.25) }.words();
		assert!(
			table.contains("the table behind layer 2, whose argument has steps of 0.25"),
			"{table}"
		);
		let layer = Lost { layer: 3, grid: None }.words();
		assert!(layer.contains("lost in layer 3:"), "{layer}");
	}

	#[test]
	fn where_most_is_lost_is_asked_only_where_no_input_outweighs_the_others() {
		let asked = Cell::new(0);
		let lost = || {
			asked.set(asked.get() + 1);
			Some(Lost { layer: 1, grid: None })
		};
		let table = Table { samples: vec![], names: None, label: None, label_columns: 0 };
		let dominant = [Dominant { layer: 1, input: 2 }];
		let cause = Cause::new(&dominant, &lost, &table, &[]);
		assert_eq!((cause.columns, asked.get()), (vec![2], 0));
		// A constant column costs the others nothing.
		let cause = Cause::new(&dominant, &lost, &table, &[2]);
		assert!(cause.words.contains("layer 1"), "{}", cause.words);
		assert_eq!(asked.get(), 1);
	}
}
