// SPDX-License-Identifier: Apache-2.0

//! `make bench`: how long verification takes, as ratios to arkworks measured in the same run.

#![allow(clippy::print_stdout, reason = "the report")]

mod bars;
mod chart;
mod measure;
mod phases;
mod report;
mod settlement;
mod subject;
mod systems;
mod wasm;

use anyhow::Context;
use clap::Parser;
use measure::Rounds;
use report::{Judged, Report};
use settlement::Settlements;
use std::path::PathBuf;
use subject::{Batch, Shape};

/// Measures verification of Groth16 proofs and writes what it found.
#[derive(Parser)]
struct Options {
	/// Where the figures go, as JSON.
	#[arg(long, default_value = "docs/bench/verification.json")]
	json: PathBuf,

	/// Where the chart goes, as SVG.
	#[arg(long, default_value = "docs/bench/verification.svg")]
	chart: PathBuf,

	/// What `candor-capacity --json` has printed; without it, weights are left out.
	#[arg(long)]
	capacity: Option<PathBuf>,

	/// How often everything is measured; the medians are reported.
	#[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(1..))]
	rounds: u32,
}

/// Public inputs of the proof that is verified alone: those of an inference with few outputs.
const INPUTS: usize = 4;

fn main() -> anyhow::Result<()> {
	let options = Options::parse();
	let single = Batch::new(Shape { proofs: 1, keys: 1, inputs: INPUTS })?;
	let arkworks = single.for_arkworks()?;
	let builds = Builds { hosted: wasm::Build::hosted()?, portable: wasm::Build::portable()? };
	let mut rounds = Rounds::new(options.rounds, || arkworks.verify_prepared());

	let singles = report::Singles {
		peer: rounds.measure("peer's sequence", || arkworks.verify_like_a_peer())?,
		native: rounds.measure("single, native", || single.verify())?,
		hosted: rounds.measure_wasm("single, Wasm and host", &builds.hosted, &single)?,
		portable: rounds.measure_wasm("single, Wasm alone", &builds.portable, &single)?,
	};

	let mut batches = Vec::new();
	for proofs in [1, 4, 16, 64, 256] {
		for keys in [1, 4, 16].into_iter().filter(|keys| *keys <= proofs) {
			for inputs in [1, 4, 16] {
				let shape = Shape { proofs, keys, inputs };
				batches.push(measure_batch(&mut rounds, &builds, shape)?);
			}
		}
	}
	let systems = systems::measure(&mut rounds)?;
	let phases = phases::measure(&mut rounds)?;

	let arkworks = rounds.finish();
	let settlements =
		options.capacity.map(|path| Settlements::read(&path, &arkworks)).transpose()?;
	let machine = report::machine();
	let judged =
		Judged::from(Report { machine, arkworks, singles, batches, systems, phases, settlements });
	println!("{judged}");
	for path in [&options.json, &options.chart] {
		if let Some(folder) = path.parent() {
			std::fs::create_dir_all(folder)
				.with_context(|| format!("cannot make {}", folder.display()))?;
		}
	}
	let json = serde_json::to_string_pretty(&judged)? + "\n";
	std::fs::write(&options.json, json)
		.with_context(|| format!("cannot write {}", options.json.display()))?;
	chart::draw(judged.report(), &options.chart)
		.with_context(|| format!("cannot draw {}", options.chart.display()))?;
	println!("written: {}, {}", options.json.display(), options.chart.display());
	Ok(())
}

/// The builds of the verifier in Wasm.
struct Builds {
	hosted: wasm::Build,
	portable: wasm::Build,
}

fn measure_batch(
	rounds: &mut Rounds<'_>,
	builds: &Builds,
	shape: Shape,
) -> anyhow::Result<report::BatchRow> {
	let batch = Batch::new(shape)?;
	let Shape { proofs, keys, inputs } = shape;
	let name = format!("{proofs} proofs, {keys} keys, {inputs} inputs");
	// Wasm alone takes seconds for the largest batches and says nothing new there.
	let portable = (proofs <= 64 && inputs == INPUTS)
		.then(|| rounds.measure_wasm(&format!("{name}, Wasm alone"), &builds.portable, &batch))
		.transpose()?;
	Ok(report::BatchRow {
		shape,
		native: rounds.measure(&name, || batch.verify())?,
		hosted: rounds.measure_wasm(&format!("{name}, Wasm and host"), &builds.hosted, &batch)?,
		portable,
	})
}
