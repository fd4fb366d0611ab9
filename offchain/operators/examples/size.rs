// SPDX-License-Identifier: Apache-2.0
//! Prints the size of the circuit of each architecture that is named, and how long synthesis takes.
//!
//! ```text
//! cargo run --profile checked -p candor-operators --example size -- 64-32-10 784-56-10
//! ```

use std::{env, error::Error, time::Instant};

use candor_operators::{Architecture, InferenceCircuit, Scheme};

fn main() -> Result<(), Box<dyn Error>> {
	for name in env::args().skip(1) {
		let architecture: Architecture = name.parse()?;
		for scheme in Scheme::ALL {
			let start = Instant::now();
			let size = InferenceCircuit::statistics(&architecture, scheme);
			println!(
				"{architecture} {scheme:?}: {} constraints, {} variables, {} public inputs, {} nonzeros, {:.2?}",
				size.constraints,
				size.variables(),
				size.public_inputs,
				size.nonzeros,
				start.elapsed()
			);
		}
	}
	Ok(())
}
