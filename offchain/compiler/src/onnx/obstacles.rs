// SPDX-License-Identifier: Apache-2.0
//! Why a graph is no perceptron: everything that stands in the way at once, and the way out.

use core::fmt;

use candor_onnx::{
	node::{name, operator},
	pb::NodeProto,
};
use candor_text::abbreviated;

/// So many operators are named.
const NAMED: usize = 8;

/// Functions after the logits that keep what the logits say.
const MONOTONE: [&str; 3] = ["Sigmoid", "Softmax", "LogSoftmax"];

/// Operators that exporters write for what users have not.
const OF_EXPORTERS: [&str; 9] =
	["Cast", "Concat", "Expand", "Gather", "Shape", "Slice", "Squeeze", "Transpose", "Unsqueeze"];

/// Layers of weights.
const LINEAR: [&str; 3] = ["Gemm", "MatMul", "Conv"];

/// Everything in a graph that no circuit computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacles {
	/// The graph's input.
	input: String,
	/// The outputs, where there is not exactly one.
	outputs: Option<Vec<String>>,
	/// Operators and nodes that are not supported.
	operators: Vec<(String, String)>,
	/// The value up to which the graph is a perceptron, where nothing but an end follows.
	cut: Option<String>,
}

impl Obstacles {
	/// What is not supported among `unsupported` nodes and `outputs`; nothing if all is. `reached` is
	/// the value up to which the graph is a perceptron, `rest` what was not needed for it.
	pub(super) fn find(
		input: &str,
		outputs: &[&str],
		unsupported: &[&NodeProto],
		reached: Option<&str>,
		rest: &[&NodeProto],
	) -> Option<Self> {
		if outputs.len() == 1 && unsupported.is_empty() {
			return None;
		}
		let is_end = !rest.iter().any(|node| LINEAR.contains(&node.op_type.as_str()));
		let own = |names: &[&str]| names.iter().map(|name| abbreviated(name)).collect();
		Some(Self {
			input: abbreviated(input),
			outputs: (outputs.len() != 1).then(|| own(outputs)),
			operators: unsupported
				.iter()
				.map(|node| (abbreviated(&operator(node)), abbreviated(&name(node))))
				.collect(),
			cut: reached.filter(|_| is_end).map(abbreviated),
		})
	}

	fn has(&self, operators: &[&str]) -> bool {
		self.operators.iter().any(|(operator, _)| operators.contains(&operator.as_str()))
	}
}

impl fmt::Display for Obstacles {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if let Some(outputs) = &self.outputs {
			let names: Vec<_> = outputs.iter().take(NAMED).map(String::as_str).collect();
			write!(
				f,
				"the graph has {} outputs ({}); exactly one is supported",
				outputs.len(),
				names.join(", ")
			)?;
		}
		if !self.operators.is_empty() {
			let names: Vec<_> = self
				.operators
				.iter()
				.take(NAMED)
				.map(|(operator, node)| format!("`{operator}` (node `{node}`)"))
				.collect();
			let more = match self.operators.len() - names.len() {
				0 => String::new(),
				more => format!(" and {more} more"),
			};
			let (operators, are) =
				if self.operators.len() == 1 { ("operator", "is") } else { ("operators", "are") };
			let before = if self.outputs.is_some() { "; " } else { "" };
			write!(f, "{before}{operators} {}{more} {are} not supported", names.join(", "))?;
		}
		match &self.cut {
			Some(cut) => {
				match self.operators.as_slice() {
					[(operator, _)] if self.outputs.is_none() && MONOTONE.contains(&operator.as_str()) => {
						write!(f, ": the logits before it, `{cut}`, have the same signs and the same order; export the model without it, or cut it there")?;
					}
					_ => write!(f, ": what can be proved ends with the logits, `{cut}`; cut the graph there")?,
				}
				write!(f, " with onnx.utils.extract_model(\"MODEL.onnx\", \"logits.onnx\", [\"{}\"], [\"{cut}\"]) in Python", self.input)?;
				if self.has(&["ai.onnx.ml.ZipMap"]) {
					write!(f, " (the option 'zipmap': False of skl2onnx leaves out ZipMap alone)")?;
				}
				Ok(())
			}
			None if self.has(&OF_EXPORTERS) => {
				write!(f, "; a perceptron is made of Gemm, MatMul and Add, with Relu between; if the exporter wrote the others, let it fold constants (do_constant_folding=True), or simplify the graph with onnxsim")
			}
			None => write!(f, ": a perceptron is made of Gemm, MatMul and Add, with Relu between; export the model without the others"),
		}
	}
}
