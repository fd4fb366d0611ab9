// SPDX-License-Identifier: Apache-2.0
//! What was predicted for keys and proofs of perceptrons with random weights, beside what they take:
//!
//! ```text
//! cargo run --profile checked -p candor-prover --example predict -- 64-32-10 784-128-10
//! ```
//!
//! Times are processor times, of all threads together: they hold on a busy machine, where wall times do not.

use candor_operators::{
	registry::dense::Layer, Architecture, InferenceCircuit, InputBlinder, Model, ModelBlinder,
	Parameters, Scheme,
};
use candor_prover::{
	development_setup,
	key_file::{check_keys, read_keys, write_keys, PROVING_KEY},
	predict::{predict, Machine},
	prove_about, ModelSums, Silent, Verdicts,
};
use candor_statement::Binding;
use rand::{rngs::OsRng, rngs::StdRng, Rng, SeedableRng};
use rustix::time::{clock_gettime, ClockId, Timespec};

/// Proofs whose mean is taken.
const PROOFS: u32 = 5;

fn main() {
	println!("predicted / real         setup              load             proof     bytes");
	for name in std::env::args().skip(1) {
		row(&name);
	}
}

/// The processor time of all threads, in seconds since some begin.
fn now() -> f64 {
	let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ProcessCPUTime);
	tv_sec as f64 + tv_nsec as f64 / 1e9
}

/// The processor time of something, and its result.
fn timed<T>(run: impl FnOnce() -> T) -> (f64, T) {
	let begun = now();
	let result = run();
	(now() - begun, result)
}

fn row(name: &str) {
	let architecture: Architecture = name.parse().expect("an architecture");
	let mut rng = StdRng::seed_from_u64(1);
	let model = random(&architecture, &mut rng);
	let input: Vec<u8> = (0..architecture.input_len()).map(|_| rng.gen()).collect();
	let scheme = Scheme::with_fewer_constraints(&architecture);
	let constraints = InferenceCircuit::statistics(&architecture, scheme).constraints;
	let machine = &Machine::measure(constraints);
	println!("{machine:?}");
	let blinder = InputBlinder::none();
	let circuit = || {
		let none = Binding::NONE;
		let circuit = match scheme {
			Scheme::Staged => InferenceCircuit::staged(&model, &input, &blinder, none),
			_ => InferenceCircuit::committed(&model, &input, &blinder, none),
		};
		circuit.expect("the input fits")
	};
	let predicted = predict(&circuit(), &architecture, machine, &mut OsRng).expect("it holds");

	let folder = std::env::temp_dir().join(format!("candor-predict-{}", std::process::id()));
	std::fs::create_dir_all(&folder).expect("a temporary folder");
	let blinder = ModelBlinder::random(&mut OsRng);
	let words = model.words(scheme);
	let verdicts = Verdicts::in_folder(folder.join("verdicts"));
	let (setup, ()) = timed(|| {
		let keys = development_setup(&architecture, scheme, &mut OsRng, &mut Silent).expect("keys");
		write_keys(&folder, &keys).expect("a temporary file");
		check_keys(&folder, &architecture, &verdicts, &mut Silent).expect("they pass");
		ModelSums::new(keys.proving.points(), &words, &blinder).expect("it fits");
	});
	let (load, (keys, sums)) = timed(|| {
		let keys = read_keys(&folder, &architecture, &verdicts, &mut Silent).expect("they pass");
		let sums = ModelSums::new(keys.proving.points(), &words, &blinder).expect("it fits");
		(keys, sums)
	});
	let (proofs, _) = timed(|| {
		for _ in 0..PROOFS {
			let circuit = circuit();
			let inputs = circuit.public_inputs().expect("a witness").to_vec();
			prove_about(&keys.proving, Some(&sums), circuit, &inputs, &mut OsRng, &mut Silent)
				.expect("it holds");
		}
	});
	let bytes = std::fs::metadata(folder.join(PROVING_KEY)).expect("written").len();
	assert_eq!(predicted.sizes.proving_key, bytes, "sizes are exact");
	std::fs::remove_dir_all(&folder).expect("a temporary folder");

	let pair = |predicted: f64, real: f64| format!("{predicted:.3} / {real:.3}");
	println!(
		"{name:>12} {:>17} {:>17} {:>17} {bytes:>9}",
		pair(predicted.setup.processor_seconds, setup),
		pair(predicted.load.processor_seconds, load),
		pair(predicted.prove.processor_seconds, proofs / f64::from(PROOFS)),
	);
}

/// A perceptron with weights of every size.
fn random(architecture: &Architecture, rng: &mut StdRng) -> Model {
	let parameters = architecture.layers().map(|(_, site)| {
		let layer = Layer::of(&site);
		let count = layer.fan_in * layer.fan_out;
		Parameters {
			weights: (0..count).map(|_| rng.gen_range(-127..=127)).collect(),
			biases: (0..layer.fan_out).map(|_| rng.gen_range(-1000..1000)).collect(),
		}
	});
	Model::new(architecture.clone(), parameters.collect()).expect("within bounds")
}
