// SPDX-License-Identifier: Apache-2.0

//! What was found, as JSON and as tables.

use crate::{measure::Measured, subject::Shape};
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
	/// Steps.
	pub phases: Vec<Phase>,
}

impl Report {
	/// Puts together what was found.
	pub fn new(
		arkworks: Measured,
		singles: Singles,
		batches: Vec<BatchRow>,
		phases: Vec<Phase>,
	) -> Self {
		Self { machine: machine(), arkworks, singles, batches, phases }
	}
}

fn machine() -> String {
	let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
	let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
	name.map_or("unknown", |(_, name)| name.trim()).to_owned()
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

		let mut table = new_table(&["of", "step", "µs", "ratio"]);
		for Phase { of, name, measured } in &self.phases {
			table.add_row([
				(*of).to_owned(),
				name.clone(),
				micros(measured),
				ratio(measured.ratio),
			]);
		}
		writeln!(f, "{table}")
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
