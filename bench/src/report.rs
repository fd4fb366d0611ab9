// SPDX-License-Identifier: Apache-2.0

//! What was found, as JSON and as tables.

use crate::{
	bars::Bar, measure::Measured, settlement::Settlements, subject::Shape, systems::Blocks,
};
use comfy_table::{presets::UTF8_HORIZONTAL_ONLY, CellAlignment, Table};
use serde::Serialize;
use std::fmt;

/// Verification of one proof.
#[derive(Serialize)]
pub struct Singles {
	/// Checked decoding, preparation of the key, verification, all by arkworks.
	pub peer: Measured,
	/// Here, natively.
	pub native: Measured,
	/// In Wasm with host functions.
	pub hosted: Measured,
	/// In Wasm without.
	pub portable: Measured,
}

/// Verification of a batch, as a whole.
#[derive(Serialize)]
pub struct BatchRow {
	/// Its size.
	pub shape: Shape,
	/// Natively.
	pub native: Measured,
	/// In Wasm with host functions.
	pub hosted: Measured,
	/// In Wasm without, where it was measured.
	pub portable: Option<Measured>,
}

/// Verification under a key with these blocks, of all proofs.
#[derive(Serialize)]
pub struct SystemRow {
	/// The blocks.
	pub blocks: Blocks,
	/// The number of proofs, all about one model.
	pub proofs: usize,
	/// Natively.
	pub native: Measured,
}

/// A step of verification.
#[derive(Serialize)]
pub struct Phase {
	/// Of which verification.
	pub of: &'static str,
	/// What it does.
	pub name: String,
	/// For one proof.
	pub measured: Measured,
}

/// Everything that was found.
#[derive(Serialize)]
pub struct Report {
	/// The processor, as the system names it.
	pub machine: String,
	/// `ark_groth16` with a prepared key on a parsed proof of four inputs: ratio one.
	pub arkworks: Measured,
	/// One proof of four inputs.
	pub singles: Singles,
	/// Batches.
	pub batches: Vec<BatchRow>,
	/// Plain and staged keys side by side.
	pub systems: Vec<SystemRow>,
	/// Steps.
	pub phases: Vec<Phase>,
	/// Settlement at the runtime's weights, where they are known.
	pub settlements: Option<Settlements>,
}

/// A report and its judgement.
#[derive(Serialize)]
pub struct Judged {
	#[serde(flatten)]
	report: Report,
	bars: Vec<Bar>,
}

impl From<Report> for Judged {
	fn from(report: Report) -> Self {
		Self { bars: Bar::of(&report), report }
	}
}

impl Judged {
	/// What was found.
	pub const fn report(&self) -> &Report {
		&self.report
	}
}

/// The processor, as the system names it.
pub fn machine() -> String {
	let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
	let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
	name.map_or("unknown", |(_, name)| name.trim()).to_owned()
}

impl Report {
	/// What so many proofs under a key with blocks take, beside as many under a plain key.
	pub fn of_plain(&self, blocks: Blocks, proofs: usize) -> Option<f64> {
		let of = |blocks| {
			let mut rows = self.systems.iter();
			rows.find(|row| (row.blocks, row.proofs) == (blocks, proofs))
				.map(|row| row.native.ratio)
		};
		Some(of(blocks)? / of(Blocks::Plain)?)
	}
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "{}\nratios to arkworks' prepared verification\n", self.machine)?;
		let mut table = new_table(&["one proof, 4 inputs", "µs", "ratio"]);
		for (name, measured) in [
			("arkworks, prepared key, parsed proof", &self.arkworks),
			("peer's sequence, from compressed bytes", &self.singles.peer),
			("Candor, native, from bytes", &self.singles.native),
			("Candor, Wasm with host functions", &self.singles.hosted),
			("Candor, Wasm alone", &self.singles.portable),
		] {
			table.add_row([name.to_owned(), micros(measured), ratio(measured.ratio)]);
		}
		writeln!(f, "{table}\n")?;

		let mut table = new_table(&[
			"proofs",
			"keys",
			"inputs",
			"µs per proof",
			"ratio",
			"of peer's",
			"Wasm",
			"Wasm / native",
			"Wasm alone",
		]);
		for row in &self.batches {
			let Shape { proofs, keys, inputs } = row.shape;
			let (native, hosted) = (row.native.per(proofs), row.hosted.per(proofs));
			let portable = row.portable.map(|measured| ratio(measured.per(proofs).ratio));
			table.add_row([
				proofs.to_string(),
				keys.to_string(),
				inputs.to_string(),
				micros(&native),
				ratio(native.ratio),
				ratio(native.ratio / self.singles.peer.ratio),
				ratio(hosted.ratio),
				ratio(hosted.ratio / native.ratio),
				portable.unwrap_or_default(),
			]);
		}
		writeln!(f, "{table}\n")?;

		let mut table = new_table(&["key", "proofs", "µs per proof", "ratio", "of plain"]);
		for row in &self.systems {
			let native = row.native.per(row.proofs);
			table.add_row([
				format!("{:?}", row.blocks).to_lowercase(),
				row.proofs.to_string(),
				micros(&native),
				ratio(native.ratio),
				self.of_plain(row.blocks, row.proofs).map(ratio).unwrap_or_default(),
			]);
		}
		writeln!(f, "{table}\n")?;

		let mut table = new_table(&["of", "step", "µs", "ratio"]);
		for Phase { of, name, measured } in &self.phases {
			table.add_row([
				(*of).to_owned(),
				name.clone(),
				micros(measured),
				ratio(measured.ratio),
			]);
		}
		writeln!(f, "{table}")?;

		if let Some(settlements) = &self.settlements {
			let mut table = new_table(&[
				"settling with",
				"jobs",
				"keys",
				"requesters",
				"workers",
				"versions",
				"µs per job",
				"ratio",
				"jobs per block",
			]);
			for way in &settlements.ways {
				table.add_row([
					way.call.clone(),
					way.proofs.to_string(),
					way.keys.to_string(),
					way.requesters.to_string(),
					way.workers.to_string(),
					way.versions.to_string(),
					micros(&way.weight),
					ratio(way.weight.ratio),
					way.jobs_per_block.to_string(),
				]);
			}
			let block = settlements.block_microseconds / 1e6;
			writeln!(f, "\n{table}\nat the runtime's weights, in blocks of {block} s")?;
		}
		Ok(())
	}
}

impl fmt::Display for Judged {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "{}", self.report)?;
		let mut table = new_table(&["bar", "found", "at most", "aim", ""]);
		for bar in &self.bars {
			table.add_row([
				bar.name.to_owned(),
				ratio(bar.found),
				bar.bar.to_string(),
				bar.aim.map(|aim| aim.to_string()).unwrap_or_default(),
				bar.verdict().to_owned(),
			]);
		}
		write!(f, "{table}")
	}
}

fn new_table(header: &[&str]) -> Table {
	let mut table = Table::new();
	table.load_preset(UTF8_HORIZONTAL_ONLY).set_header(header);
	for column in table.column_iter_mut().skip(1) {
		column.set_cell_alignment(CellAlignment::Right);
	}
	table
}

fn micros(measured: &Measured) -> String {
	format!("{:.1}", measured.microseconds)
}

fn ratio(ratio: f64) -> String {
	format!("{ratio:.3}")
}
