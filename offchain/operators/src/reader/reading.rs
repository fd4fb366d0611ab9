// SPDX-License-Identifier: Apache-2.0
//! What a file says, once all of it has been read.

use std::collections::BTreeMap;

use candor_graph::{Graph, Shape};
use candor_onnx::quantised::Levels;
use candor_text::abbreviated;

use super::Reader;
use crate::{
	cut_at, registry::dense, Architecture, ArchitectureError, At, FloatModel, Form, Known, Meaning,
	Misfit,
};

/// Why what was read is no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfinished {
	/// There is no linear layer, and there are no trees.
	#[error("the graph has no Gemm, MatMul or Conv, and no trees")]
	NoLayer,
	/// An output that no node gives.
	#[error("no node gives the output `{output}`")]
	NoOutput {
		/// Its name.
		output: String,
	},
	/// An output that says nothing of the logits.
	#[error("the output `{output}` is on the way to an answer and none itself; leave it out")]
	NoAnswer {
		/// Its name.
		output: String,
	},
	/// An output that is `e^x` of what can be proved.
	#[error("the output `{output}` is e^x of `{logits}`, and no circuit computes that: {way_out}, and take e^x of the answer")]
	Exponential {
		/// Its name.
		output: String,
		/// What it is made of.
		logits: String,
		/// Where the graph is to be cut.
		way_out: String,
	},
	/// Outputs that are not functions of the same logits.
	#[error("the outputs `{first}` and `{other}` are not made of the same logits; keep the one that is to be proved, with onnx.utils.extract_model in Python")]
	Outputs {
		/// An output.
		first: String,
		/// Another one.
		other: String,
	},
	/// The graph is outside the limits of a circuit.
	#[error("the model is too large for a circuit: {0}")]
	Architecture(#[from] ArchitectureError),
}

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
	/// The float model, from the features to the logits.
	pub model: FloatModel,
	/// What the logits are called in the file.
	pub logits: String,
	/// What they are.
	pub meaning: Meaning,
	/// The integers of the features, where the file says so.
	pub features: Option<Levels>,
	/// The range of what becomes integers in the file, by the names of these, where it bounds the data.
	pub bounds: BTreeMap<String, (f64, f64)>,
	/// What the classes are called, in the order of their numbers, where the file says so.
	pub labels: Option<Vec<String>>,
}

impl Reader {
	/// The logits that the outputs are made of, what they are called, and what they are.
	pub(super) fn logits(&self, outputs: &[&str]) -> Result<(String, At, Meaning), Unfinished> {
		let mut found: Option<(&str, String, At, Meaning)> = None;
		for output in outputs {
			let (name, at, meaning) = match self.values.get(*output) {
				None => return Err(Unfinished::NoOutput { output: abbreviated(output) }),
				Some(Known::Formula(_) | Known::Scores(_)) => {
					return Err(Unfinished::NoAnswer { output: abbreviated(output) })
				}
				Some(Known::End(end)) if end.form == Form::Exponentials => {
					let logits = abbreviated(&end.name);
					let way_out = cut_at(&self.inputs, &logits, self.is_classical);
					let output = abbreviated(output);
					return Err(Unfinished::Exponential { output, logits, way_out });
				}
				Some(Known::End(end)) => {
					let meaning = end
						.meaning()
						.ok_or_else(|| Unfinished::NoAnswer { output: abbreviated(output) })?;
					(end.name.clone(), end.logits.clone(), meaning)
				}
				Some(Known::Data(at)) => ((*output).to_owned(), at.clone(), Meaning::Numbers),
			};
			found = Some(match found {
				None => (*output, name, at, meaning),
				Some((first, _, before, _)) if !before.is_same(&at) => {
					let (first, other) = (abbreviated(first), abbreviated(output));
					return Err(Unfinished::Outputs { first, other });
				}
				// The number of a class says that signs are none of their own.
				Some((first, name, at, Meaning::Classes)) => (first, name, at, Meaning::Classes),
				Some((first, name, at, before)) if meaning == Meaning::Numbers => {
					(first, name, at, before)
				}
				Some((first, ..)) => (first, name, at, meaning),
			});
		}
		let (_, name, at, meaning) =
			found.ok_or_else(|| Unfinished::NoOutput { output: String::new() })?;
		let is_estimate = self.is_estimate && meaning == Meaning::Numbers;
		Ok((name, at, if is_estimate { Meaning::Estimates } else { meaning }))
	}

	/// The model that has been read, up to the logits of these outputs.
	///
	/// # Errors
	///
	/// [`Unfinished`] when there is no layer, the outputs are of different logits or there is no circuit
	/// for the model.
	pub fn finish(mut self, outputs: &[&str]) -> Result<Reading, Unfinished> {
		let (logits, at, meaning) = self.logits(outputs)?;
		if !self.has_layer {
			return Err(Unfinished::NoLayer);
		}
		let width = at.affine.outputs();
		// A ReLU at the end has a layer behind it that changes nothing: the integer semantics have none
		// there.
		if self.push_logits(&at).is_none() {
			let misfit = Misfit::Width { got: width as i64, max: dense::MAX_WIDTH };
			let node = self.nodes.len();
			return Err(ArchitectureError::Node { node, operator: dense::NAME, misfit }.into());
		}
		let input = Shape::vector(self.features).map_err(ArchitectureError::from)?;
		let graph = Graph::new(input, self.nodes).map_err(ArchitectureError::from)?;
		let architecture = Architecture::new(graph)?;
		self.parameters.retain(|parameters| parameters.count() > 0);
		let labels = match meaning {
			Meaning::Classes if self.labels.as_ref().is_some_and(|all| all.len() == width) => {
				self.labels
			}
			Meaning::Sign if self.labels.as_ref().is_some_and(|all| all.len() == 2) => self.labels,
			_ => None,
		};
		let model = FloatModel { architecture, parameters: self.parameters };
		let (features, bounds) = (self.levels, self.bounds);
		Ok(Reading { model, logits, meaning, features, bounds, labels })
	}
}
