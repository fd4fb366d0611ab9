// SPDX-License-Identifier: Apache-2.0
//! The report as one page that needs nothing else: no script, no file, no network.

use std::fmt;

use candor_compiler::{Answers, Circuit, CircuitNode, Confusion, Fate, Report as Compilation};
use minijinja::{context, Environment, Error, UndefinedBehavior};
use serde::Serialize;

use super::{
	chart::{Bars, Heat, Histogram},
	settlement,
	text::{self, error, fate, shape, share, told},
	Report,
};
use crate::commands::compile;

/// Whatever is put into a template of this name is escaped, text from files included.
const NAME: &str = "page.html";

/// So many samples are read.
const SHOWN: usize = 100;

/// A line of a table of figures.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
	pub(super) what: &'static str,
	pub(super) how_much: String,
}

impl fmt::Display for Figure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "  {:<16}  {}", self.what, self.how_much)
	}
}

/// A node of the file.
#[derive(Serialize)]
struct Node<'a> {
	node: &'a str,
	operator: &'a str,
	shape: String,
	becomes: String,
	refused: bool,
}

/// A line of the table of the circuit.
#[derive(Default, Serialize)]
struct Row {
	name: String,
	constraints: String,
	share: String,
	error: String,
	bits: String,
	needed: String,
	seen: String,
}

/// The page of a report about the model that is called so.
///
/// # Errors
///
/// None but a fault of the template.
pub(super) fn page(title: &str, report: &Report) -> Result<String, Error> {
	let mut environment = Environment::new();
	environment.set_undefined_behavior(UndefinedBehavior::Strict);
	environment.add_template(NAME, include_str!("page.html.j2"))?;
	let findings = &report.findings;
	let nodes: Vec<Node> = findings
		.nodes
		.iter()
		.map(|node| Node {
			node: &node.node,
			operator: &node.operator,
			shape: shape(node.shape.as_deref()),
			becomes: fate(&node.fate),
			refused: matches!(node.fate, Fate::Refused { .. }),
		})
		.collect();
	let circuit = findings.circuit.as_ref();
	let compilation = findings.compilation.as_ref();
	let names = compilation.and_then(|it| it.class_labels.clone()).unwrap_or_default();
	let confusion = findings.answers.as_ref().and_then(|answers| answers.confusion.as_ref());
	environment.get_template(NAME)?.render(context! {
		title,
		compilable => report.compilable,
		refusal => findings.refusal,
		nodes,
		circuit,
		measured => circuit.is_some_and(|circuit| circuit.input_loss.is_some()),
		rows => circuit.map(rows),
		bars => circuit.map(bars),
		histograms => circuit.map(histograms),
		compilation => compilation.map(|compilation| compile::Findings(compilation).to_string()),
		warnings => compilation.map(|it| &it.warnings).map(|all| {
			all.iter().map(ToString::to_string).collect::<Vec<_>>()
		}),
		classes => compilation.map(|compilation| classes(compilation, &names)),
		answers => findings.answers.as_ref().map(|answers| differences(answers, &names)),
		heats => confusion.map(|confusion| heats(confusion, &names)),
		prediction => report.prediction.as_ref().map(text::figures),
		threads => report.prediction.as_ref().map(|prediction| prediction.machine.threads),
		settlement => report.settlement.as_ref().map(settlement::figures),
	})
}

/// What a node of a circuit is called: its number, from one, and what it computes.
fn name(at: usize, node: &CircuitNode) -> String {
	let output = shape(Some(&node.output));
	format!("{} {} {output}", at + 1, node.operator)
}

fn named(circuit: &Circuit) -> impl Iterator<Item = (String, &CircuitNode)> {
	circuit.nodes.iter().enumerate().map(|(at, node)| (name(at, node), node))
}

/// What the input is called.
pub(super) const INPUT: &str = "input as bytes, and its hash";

fn rows(circuit: &Circuit) -> Vec<Row> {
	let unmeasured = || Row {
		name: INPUT.into(),
		constraints: circuit.input_constraints.to_string(),
		..Row::default()
	};
	let input = circuit.input_loss.as_ref().map_or_else(unmeasured, |loss| Row {
		name: INPUT.into(),
		constraints: circuit.input_constraints.to_string(),
		share: share(loss),
		error: error(loss),
		..Row::default()
	});
	let nodes = named(circuit).map(|(name, node)| {
		let sums = node.accumulator.as_ref();
		let of_sums = |number: fn(&candor_compiler::Accumulator) -> String| {
			sums.map_or_else(String::new, number)
		};
		Row {
			name,
			constraints: node.constraints.to_string(),
			share: node.loss.as_ref().map_or_else(String::new, share),
			error: node.loss.as_ref().map_or_else(String::new, error),
			bits: of_sums(|sums| sums.bits.to_string()),
			needed: of_sums(|sums| {
				sums.possible_bits.map_or("–".into(), |bits| bits.to_string())
			}),
			seen: of_sums(|sums| sums.seen.to_string()),
		}
	});
	let rest = Row {
		name: "tables, public output and what else is shared".into(),
		constraints: circuit.rest().to_string(),
		..Row::default()
	};
	core::iter::once(input).chain(nodes).chain([rest]).collect()
}

fn bars(circuit: &Circuit) -> Vec<Bars> {
	let mut constraints: Vec<_> = named(circuit)
		.map(|(name, node)| (name, node.constraints as f64, node.constraints.to_string()))
		.collect();
	let input = circuit.input_constraints;
	constraints.insert(0, (INPUT.into(), input as f64, input.to_string()));
	constraints.push(("shared".into(), circuit.rest() as f64, circuit.rest().to_string()));
	let mut charts = vec![Bars::new("Constraints", constraints)];
	if let Some(input) = &circuit.input_loss {
		let all = core::iter::once((INPUT.into(), Some(input)))
			.chain(named(circuit).map(|(name, node)| (name, node.loss.as_ref())));
		let losses = all.filter_map(|(name, loss)| {
			let loss = loss?;
			Some((name, loss.share?, share(loss)))
		});
		charts.push(Bars::new("Share of the loss", losses.collect()));
	}
	charts
}

fn histograms(circuit: &Circuit) -> Vec<Histogram> {
	named(circuit)
		.filter_map(|(name, node)| Some(Histogram::new(name, node.distribution.as_ref()?)))
		.collect()
}

/// A class by its label, or its number.
fn class(class: usize, names: &[String]) -> String {
	names.get(class).cloned().unwrap_or_else(|| class.to_string())
}

/// How one class fares.
#[derive(Serialize)]
struct Class {
	name: String,
	samples: usize,
	same: String,
	labelled: Option<usize>,
	float_accuracy: String,
	integer_accuracy: String,
}

fn classes(compilation: &Compilation, names: &[String]) -> Vec<Class> {
	let part =
		|part: Option<f64>| part.map_or("–".into(), |part| format!("{:.2} %", 100.0 * part));
	let of = compilation.classes.iter().map(|of| Class {
		name: class(of.class, names),
		samples: of.samples,
		same: part(of.same),
		labelled: of.labelled,
		float_accuracy: part(of.float_accuracy),
		integer_accuracy: part(of.integer_accuracy),
	});
	of.collect()
}

/// Samples that differ.
#[derive(Serialize)]
struct Differences {
	of: &'static str,
	samples: usize,
	count: usize,
	/// Whether the answers are values.
	values: bool,
	rows: Vec<Difference>,
	more: usize,
}

#[derive(Serialize)]
struct Difference {
	line: u64,
	output: Option<usize>,
	float: String,
	integer: String,
	label: String,
}

fn differences(answers: &Answers, names: &[String]) -> Differences {
	let told = |answer: &candor_compiler::Told| match answer {
		candor_compiler::Told::Class(of) => class(*of, names),
		value => told(value),
	};
	let shown = answers.differing.iter().take(SHOWN).map(|differing| Difference {
		line: differing.line,
		output: differing.output,
		float: told(&differing.float),
		integer: told(&differing.integer),
		label: differing.label.as_ref().map_or_else(String::new, told),
	});
	Differences {
		of: text::file(answers.of),
		samples: answers.samples,
		count: answers.differing.len(),
		values: answers.differing.iter().any(|differing| differing.output.is_some()),
		rows: shown.collect(),
		more: answers.differing.len().saturating_sub(SHOWN),
	}
}

fn heats(confusion: &Confusion, names: &[String]) -> [Heat; 2] {
	let Confusion { float, integer } = confusion;
	[Heat::new("Float model", float, names), Heat::new("Integer model", integer, names)]
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_compiler::{Check, NodeReport};

	fn report(refusal: Option<&str>, nodes: Vec<NodeReport>) -> Report {
		let findings = Check {
			nodes,
			refusal: refusal.map(str::to_owned),
			circuit: None,
			compilation: None,
			answers: None,
			example: None,
		};
		Report { compilable: refusal.is_none(), findings, prediction: None, settlement: None }
	}

	#[test]
	fn text_from_files_is_escaped_wherever_it_stands() {
		let evil = "<script>alert('1')</script>\"";
		let node = NodeReport {
			node: evil.into(),
			operator: evil.into(),
			shape: None,
			fate: Fate::Refused { reason: evil.into(), way_out: evil.into() },
		};
		let page = page(evil, &report(Some(evil), vec![node])).expect("a page");
		assert!(!page.contains("<script") && !page.contains("alert('"), "{page}");
		assert_eq!(page.matches("&lt;script&gt;").count(), 7, "{page}");
	}

	#[test]
	fn a_page_needs_nothing_else() {
		let page = page("a model", &report(None, Vec::new())).expect("a page");
		for other in ["http:", "https:", "src=", "href=", "@import", "url("] {
			assert!(!page.contains(other), "{other}");
		}
	}
}
