// SPDX-License-Identifier: Apache-2.0

//! How long the steps of a ceremony take for the staged circuit of an architecture, with powers that
//! are made here or with those of a file:
//! `cargo run --profile checked -p candor-ceremony --example durations -- 784-56-10 powers.ptau`

#![allow(clippy::print_stdout, reason = "the report")]

use candor_ceremony::{
	ptau::{self, development_powers},
	Beacon, Ceremony, Report,
};
use candor_operators::{InferenceCircuit, Scheme};
use candor_prover::{Layout, Stage};
use rand::rngs::OsRng;
use std::{env, error::Error, fs, time::Instant};

/// As `candor ceremony beacon` has it.
const BEACON_EXPONENT: u8 = 20;

fn main() -> Result<(), Box<dyn Error>> {
	let name = env::args().nth(1).unwrap_or_else(|| "784-56-10".to_owned());
	let mut begun = Instant::now();
	let mut before: Option<Stage> = None;
	let mut progress = |stage: Stage| {
		if let Some(before) = before.replace(stage) {
			println!("{:8.2} s  {before}", begun.elapsed().as_secs_f64());
		}
		begun = Instant::now();
	};
	let architecture = name.parse()?;
	progress(Stage::Synthesis);
	let layout = Layout::of(&InferenceCircuit::without_witness(architecture, Scheme::Staged))?;
	let size = layout.a.len().next_power_of_two();
	println!(
		"{name}: {} rows, a domain of {size}, {} variables",
		layout.a.len(),
		layout.variables()
	);

	let powers = match env::args().nth(2) {
		Some(file) => ptau::read(file.as_ref(), size, &mut OsRng, &mut progress)?,
		None => {
			let file =
				env::temp_dir().join(format!("candor-durations-{}.ptau", std::process::id()));
			fs::write(&file, development_powers(size.ilog2() + 1, &mut OsRng, &mut progress))?;
			let powers = ptau::read(&file, size, &mut OsRng, &mut progress);
			fs::remove_file(&file)?;
			powers?
		}
	};
	let mut ceremony = Ceremony::begin(&layout, &powers, &mut progress)?;
	ceremony.contribute("Ada".parse().ok(), "some text", &mut OsRng, &mut progress)?;
	ceremony.beacon(Beacon::new(&[1; 32], BEACON_EXPONENT)?, &mut progress)?;
	let Report { hash, quality, .. } =
		ceremony.verify(&layout, &powers, &mut OsRng, &mut progress)?;
	progress(Stage::KeyWrite);
	println!("{} bytes; {hash}: {quality:?}", ceremony.to_bytes().len());
	Ok(())
}
