// SPDX-License-Identifier: Apache-2.0
//! The report for people.

use std::fmt;

use candor_compiler::{
	Answers, Check as Findings, Circuit, Differing, Fate, Loss, NodeReport, SampleFile, Told,
};
use candor_prover::predict::{Effort, Prediction};
use comfy_table::{presets::NOTHING, CellAlignment, Table};

use super::{
	page::{Figure, INPUT},
	Predicted, Report,
};
use crate::commands::compile;

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Findings { nodes, refusal, circuit, compilation, answers, .. } = &self.findings;
		write!(f, "{}", Nodes(nodes))?;
		if let Some(circuit) = circuit {
			write!(f, "\n{}", Layers(circuit))?;
		}
		if let Some(compilation) = compilation {
			write!(f, "\n\nwith samples\n{}", compile::Findings(compilation))?;
		}
		if let Some(answers) = answers {
			write!(f, "\n{}", Differences(answers))?;
		}
		if let Some(prediction) = &self.prediction {
			write!(f, "\n\n{prediction}")?;
		}
		if let Some(settlement) = &self.settlement {
			write!(f, "\n\n{settlement}")?;
		}
		match refusal {
			Some(refusal) => write!(f, "\nrefused: {refusal}"),
			None => Ok(()),
		}
	}
}

/// The nodes of the file, a line each.
struct Nodes<'a>(&'a [NodeReport]);

impl fmt::Display for Nodes<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let mut table = Table::new();
		table.load_preset(NOTHING).set_header(["node", "operator", "shape", "becomes"]);
		for node in self.0 {
			let shape = shape(node.shape.as_deref());
			table.add_row([&node.node, &node.operator, &shape, &fate(&node.fate)]);
		}
		table.column_iter_mut().for_each(|column| {
			column.set_padding((0, 2));
		});
		writeln!(f, "{}", table.trim_fmt())
	}
}

/// What becomes of a node, in words.
pub(super) fn fate(fate: &Fate) -> String {
	match fate {
		Fate::Nothing => "nothing: it leaves a sample as it is".into(),
		Fate::Folded { layer } => format!("part of layer {layer}"),
		Fate::Layer { layer } => format!("layer {layer}"),
		Fate::Behind { layer } => format!("behind layer {layer}"),
		Fate::End => "nothing: it stands behind the logits".into(),
		Fate::Refused { reason, way_out } => format!("REFUSED: {reason}; way out: {way_out}"),
		Fate::Open => "open: it takes what is refused before".into(),
	}
}

/// The nodes of the circuit, a line each.
struct Layers<'a>(&'a Circuit);

impl fmt::Display for Layers<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let circuit = self.0;
		let (name, scheme) = (&circuit.architecture, circuit.scheme);
		writeln!(f, "circuit {name} ({scheme}), {} constraints", circuit.constraints)?;
		let mut table = Table::new();
		table.load_preset(NOTHING);
		let is_measured = circuit.input_loss.is_some();
		let mut header = vec!["constraints", "node"];
		if is_measured {
			header.extend(["loss", "error", "bits of sums", "needed", "largest seen"]);
		}
		table.set_header(header);
		let mut input = vec![circuit.input_constraints.to_string(), INPUT.into()];
		if let Some(loss) = &circuit.input_loss {
			input.extend([share(loss), error(loss)]);
		}
		table.add_row(input);
		for node in &circuit.nodes {
			let (input, output) = (shape(Some(&node.input)), shape(Some(&node.output)));
			let mut row = vec![
				node.constraints.to_string(),
				format!("{} {input} to {output}", node.operator),
			];
			if let Some(loss) = &node.loss {
				row.extend([share(loss), error(loss)]);
			}
			if let Some(sums) = &node.accumulator {
				let needed = sums.possible_bits.map_or("–".into(), |bits| bits.to_string());
				row.extend([sums.bits.to_string(), needed, sums.seen.to_string()]);
			}
			table.add_row(row);
		}
		let rest = circuit.rest().to_string();
		table.add_row([&rest, "tables, public output and what else is shared"]);
		table.column_iter_mut().enumerate().for_each(|(at, column)| {
			column.set_padding((if at == 0 { 2 } else { 0 }, 2));
			if at != 1 {
				column.set_cell_alignment(CellAlignment::Right);
			}
		});
		write!(f, "{}", table.trim_fmt())
	}
}

/// The samples on which the models differ, the first of them where there are many.
struct Differences<'a>(&'a Answers);

impl fmt::Display for Differences<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		/// So many lines are read.
		const SHOWN: usize = 10;
		let Answers { of, samples, differing, .. } = self.0;
		let of = file(*of);
		write!(f, "  differing         {} of {samples} {of} samples", differing.len())?;
		for differing in differing.iter().take(SHOWN) {
			let Differing { line, output, float, integer, label } = differing;
			let output = output.map_or(String::new(), |output| format!(", output {output}"));
			write!(
				f,
				"\n    line {line}{output}: {} as floats, {} as integers",
				told(float),
				told(integer)
			)?;
			if let Some(label) = label {
				write!(f, ", label {}", told(label))?;
			}
		}
		match differing.len().saturating_sub(SHOWN) {
			0 => Ok(()),
			more => write!(f, "\n    and {more} more (--json)"),
		}
	}
}

/// What a file of samples is called.
pub(super) fn file(file: SampleFile) -> &'static str {
	match file {
		SampleFile::Calibration => "calibration",
		SampleFile::Test => "test",
	}
}

/// An answer in words.
pub(super) fn told(told: &Told) -> String {
	match told {
		Told::Class(class) => class.to_string(),
		Told::Value(value) => format!("{value:.6}"),
	}
}

impl fmt::Display for Predicted {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "keys and proofs, predicted for {} threads", self.machine.threads)?;
		figures(self).iter().try_for_each(|figure| write!(f, "\n{figure}"))
	}
}

/// What keys and proofs take, a line each.
pub(super) fn figures(predicted: &Predicted) -> Vec<Figure> {
	let Prediction { sizes, setup, load, prove } = &predicted.prediction;
	[
		("proving key", bytes(sizes.proving_key)),
		("verifying key", format!("{} bytes", sizes.verifying_key)),
		("proof", format!("{} bytes", sizes.proof)),
		("setup", effort(setup)),
		("before proofs", effort(load)),
		("each proof", effort(prove)),
	]
	.map(|(what, how_much)| Figure { what, how_much })
	.into()
}

/// What something takes, in words.
pub(super) fn effort(effort: &Effort) -> String {
	let Effort { seconds, processor_seconds, memory } = effort;
	format!("{seconds:.2} s ({processor_seconds:.2} s of all cores), {}", bytes(*memory))
}

/// A size for people.
pub(super) fn bytes(bytes: u64) -> String {
	const MEGABYTE: f64 = 1e6;
	const KILOBYTE: f64 = 1e3;
	let size = bytes as f64;
	if size >= MEGABYTE {
		format!("{:.1} MB", size / MEGABYTE)
	} else {
		format!("{:.1} kB", size / KILOBYTE)
	}
}

/// The share of a loss.
pub(super) fn share(loss: &Loss) -> String {
	loss.share.map_or("–".into(), |share| format!("{:.1} %", 100.0 * share))
}

/// The error of a loss.
pub(super) fn error(loss: &Loss) -> String {
	loss.error.map_or("–".into(), |error| format!("{:.3} %", 100.0 * error))
}

/// Dimensions without the batch.
pub(super) fn shape(dims: Option<&[usize]>) -> String {
	match dims {
		Some(dims) => format!("{dims:?}"),
		None => "–".into(),
	}
}
