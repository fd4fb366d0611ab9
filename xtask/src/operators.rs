// SPDX-License-Identifier: Apache-2.0

//! The operators, as the registry describes them.

use candor_onnx::opset;
use candor_operators::{registry::OPERATORS, Operator};
use std::ops::RangeInclusive;

/// A cell with nothing in it.
const NOTHING: &str = "–";

/// A row for each operator, those of classical models last, and which versions are read.
pub fn table() -> String {
	let mut operators = OPERATORS.to_vec();
	operators.sort_by_key(|operator| {
		let first = operator.onnx().first().copied().unwrap_or_default();
		(operator.domain(), first.to_lowercase())
	});
	let mut table = String::from(
		"| ONNX | node | what it may be | what is refused | what it costs | how exact |\n| --- | --- | --- | --- | --- | --- |\n",
	);
	for operator in operators {
		table.push_str(&row(operator));
	}
	let versions = |range: RangeInclusive<i64>| format!("{} to {}", range.start(), range.end());
	table.push_str(&format!(
		"\nVersions {} of ONNX's own operators are read, and {} of those of `ai.onnx.ml`. A number behind a name is the version\nthat it came with, where that is a later one than the first.\n",
		versions(opset::OWN),
		versions(opset::ML)
	));
	table
}

fn row(operator: &dyn Operator) -> String {
	let about = operator.about();
	let names = operator.onnx().iter().map(|name| {
		let since = about.since.iter().find(|(later, _)| later == name);
		let since = since.map(|(_, version)| format!(" ({version})")).unwrap_or_default();
		match operator.domain() {
			"" => format!("`{name}`{since}"),
			domain => format!("`{domain}.{name}`{since}"),
		}
	});
	let names: Vec<_> = names.collect();
	let node = operator.function().map_or(NOTHING.into(), |f| format!("`{}`", f.name()));
	let refuses = if about.refuses.is_empty() { NOTHING } else { about.refuses };
	format!(
		"| {} | {node} | {} | {refuses} | {} | {} |\n",
		names.join(", "),
		about.takes,
		about.costs,
		about.exactness
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_row_says_names_node_options_costs_and_how_exact_it_is() {
		let of = |name: &str| {
			let operator = OPERATORS.iter().find(|operator| operator.onnx().contains(&name));
			row(*operator.unwrap())
		};
		let conv = of("Conv");
		assert!(conv.starts_with("| `Conv` | `conv` | weights and bias constant;"), "{conv}");
		assert!(conv.ends_with("| weights |\n"), "{conv}");
		assert!(of("Gelu").contains("`Gelu` (20), "), "{}", of("Gelu"));
		assert!(of("Neg").contains("| – | anything | – | nothing | exact |"), "{}", of("Neg"));
		assert!(of("Scaler").starts_with("| `ai.onnx.ml.Scaler` |"), "{}", of("Scaler"));
	}

	#[test]
	fn every_operator_has_a_row() {
		let rows = table().lines().filter(|line| line.starts_with("| `")).count();
		assert_eq!(rows, OPERATORS.len());
	}
}
