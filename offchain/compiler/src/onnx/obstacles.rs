// SPDX-License-Identifier: Apache-2.0
//! Operators that no circuit computes: all of them at once, and the way out.

use core::fmt;

use candor_onnx::{
	node::{name, operator},
	pb::NodeProto,
};
use candor_text::abbreviated;

use super::ways_out;

/// So many operators are named.
const NAMED: usize = 8;

/// Operators in a graph that no circuit computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacles {
	/// The graph's inputs.
	inputs: Vec<String>,
	/// Operators and nodes that are not supported, at least one.
	operators: Vec<(String, String)>,
	/// What can be done about the first of them.
	way_out: &'static str,
	/// The value up to which the graph can be compiled, where no layer follows.
	cut: Option<String>,
}

impl Obstacles {
	/// What is not supported, at least one node; `cut` is the value up to which the graph can be compiled.
	pub(super) fn new(inputs: &[&str], unsupported: &[&NodeProto], cut: Option<&str>) -> Self {
		Self {
			inputs: inputs.iter().map(|name| abbreviated(name)).collect(),
			operators: unsupported
				.iter()
				.map(|node| (abbreviated(&operator(node)), abbreviated(&name(node))))
				.collect(),
			way_out: unsupported.first().map_or("", |node| ways_out::of(node)),
			cut: cut.map(abbreviated),
		}
	}
}

impl fmt::Display for Obstacles {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
		write!(f, "{operators} {}{more} {are} not supported", names.join(", "))?;
		let Some(cut) = &self.cut else { return write!(f, "; {}", self.way_out) };
		let inputs: Vec<_> =
			self.inputs.iter().take(NAMED).map(|name| format!("\"{name}\"")).collect();
		write!(
			f,
			": what can be proved ends with `{cut}`; if that is what you need, cut the graph there with onnx.utils.extract_model(\"MODEL.onnx\", \"logits.onnx\", [{}], [\"{cut}\"]) in Python",
			inputs.join(", ")
		)
	}
}
