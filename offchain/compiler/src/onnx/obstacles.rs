// SPDX-License-Identifier: Apache-2.0
//! Operators that no circuit computes: all of them at once, and the way out.

use core::fmt;

use candor_onnx::{
	node::{name, operator},
	pb::NodeProto,
};
use candor_operators::cut_at;
use candor_text::abbreviated;

use super::ways_out;

/// So many operators are named.
const NAMED: usize = 8;

/// Operators in a graph that no circuit computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacles {
	/// The graph's inputs.
	inputs: Vec<String>,
	/// Operators that are not supported, at least one, each with its first node and the number of its nodes.
	operators: Vec<(String, String, usize)>,
	/// What can be done about the first of them.
	way_out: &'static str,
	/// The value up to which the graph can be compiled, where no layer follows.
	cut: Option<String>,
	/// Whether nodes of classical models stand in the graph.
	is_classical: bool,
}

impl Obstacles {
	/// What is not supported, at least one node; `cut` is the value up to which the graph can be compiled.
	pub(super) fn new(
		inputs: &[&str],
		unsupported: &[&NodeProto],
		cut: Option<&str>,
		is_classical: bool,
	) -> Self {
		let mut operators: Vec<(String, String, usize)> = Vec::new();
		for node in unsupported {
			let own = abbreviated(&operator(node));
			match operators.iter_mut().find(|(operator, ..)| *operator == own) {
				Some((.., count)) => *count += 1,
				None => operators.push((own, abbreviated(&name(node)), 1)),
			}
		}
		Self {
			inputs: inputs.iter().map(|name| abbreviated(name)).collect(),
			operators,
			way_out: unsupported.first().map_or("", |node| ways_out::of(node)),
			cut: cut.map(abbreviated),
			is_classical,
		}
	}
}

impl fmt::Display for Obstacles {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let names: Vec<_> = self
			.operators
			.iter()
			.take(NAMED)
			.map(|(operator, node, count)| match count {
				1 => format!("`{operator}` (node `{node}`)"),
				_ => format!("`{operator}` ({count} nodes, the first `{node}`)"),
			})
			.collect();
		let more = match self.operators.len() - names.len() {
			0 => String::new(),
			more => format!(" and {more} more"),
		};
		let (operators, are) =
			if self.operators.len() == 1 { ("operator", "is") } else { ("operators", "are") };
		write!(f, "{operators} {}{more} {are} not supported", names.join(", "))?;
		match &self.cut {
			None => write!(f, "; {}", self.way_out),
			Some(cut) => write!(f, ": {}", cut_at(&self.inputs, cut, self.is_classical)),
		}
	}
}
