// SPDX-License-Identifier: Apache-2.0
//! How long a proof takes, as a ratio to arkworks' prover on the same constraints in the same run:
//!
//! ```text
//! cargo run --profile checked -p candor-prover --example compare -- --lookups 12000 --words 3000
//! ```
//!
//! With `--architecture 784-128-10` the circuit is that of a perceptron with random weights, otherwise one
//! of words of a model times sums of bytes, and every byte looked up. Wall times are medians; processor times, of all threads together, are means, and hold on
//! a busy machine where wall times do not.

use ark_bn254::{Bn254, Fr};
use ark_ff::{One, PrimeField, UniformRand};
use ark_groth16::{Groth16, ProvingKey, VerifyingKey};
use ark_relations::gr1cs::{
	ConstraintSynthesizer, ConstraintSystem, LinearCombination, SynthesisError, Variable,
};
use candor_gadgets::{Cell, StagedCircuit, Synthesis, System};
use candor_operators::{
	registry::dense::Layer, Architecture, InferenceCircuit, InputBlinder, Model, ModelBlinder,
	Parameters, Scheme,
};
use candor_prover::{
	commit_model, prove_circuit, setup_circuit, Layout, ModelSums, Plain, Points, Silent, Stage,
};
use candor_statement::Binding;
use rand::{rngs::OsRng, rngs::StdRng, Rng, SeedableRng};
use std::{
	collections::BTreeMap,
	hint::black_box,
	time::{Duration, Instant},
};

/// Entries of the table.
const ENTRIES: usize = 256;

/// How many bytes a word weighs.
const WEIGHED: usize = 9;

/// Words of a model times sums of bytes, and the bytes looked up.
#[derive(Clone)]
struct Weighing {
	words: Vec<Fr>,
	bytes: Vec<u8>,
}

impl Weighing {
	fn random(lookups: usize, words: usize) -> Self {
		let mut rng = StdRng::seed_from_u64(1);
		// Nine weights of a byte, each with room for a sum of products.
		let word = |_| Fr::from_le_bytes_mod_order(&rng.gen::<[u8; 24]>());
		let words = (0..words).map(word).collect();
		Self { words, bytes: (0..lookups).map(|_| rng.gen()).collect() }
	}

	/// The bytes that a word weighs.
	fn weighed(&self, word: usize) -> impl Iterator<Item = usize> + '_ {
		(0..WEIGHED).map(move |number| (word * WEIGHED + number) % self.bytes.len())
	}

	fn products(&self) -> impl Iterator<Item = Fr> + '_ {
		self.words.iter().enumerate().map(|(number, word)| {
			*word * self.weighed(number).map(|byte| Fr::from(self.bytes[byte])).sum::<Fr>()
		})
	}

	fn public_inputs(&self) -> Vec<Fr> {
		vec![self.products().sum()]
	}
}

/// Adds a constraint that a sum is a variable.
fn equal(
	cs: &System,
	sum: LinearCombination<Fr>,
	variable: LinearCombination<Fr>,
) -> Synthesis<()> {
	cs.enforce_r1cs_constraint(|| sum, || Variable::One.into(), || variable)
}

impl StagedCircuit for Weighing {
	type Model = Vec<Cell>;
	type StageOne = [Vec<Cell>; 2];

	fn challenges(&self) -> u8 {
		1
	}

	fn model(&self, cs: &System) -> Synthesis<Vec<Cell>> {
		self.words.iter().map(|word| Cell::witness(cs, Some(*word))).collect()
	}

	fn stage_one(&self, cs: &System, words: Vec<Cell>) -> Synthesis<[Vec<Cell>; 2]> {
		let total = Cell::public(cs, Some(self.products().sum()))?;
		let byte = |byte: &u8| Cell::witness(cs, Some(Fr::from(*byte)));
		let bytes = self.bytes.iter().map(byte).collect::<Synthesis<Vec<_>>>()?;
		let mut sum = LinearCombination::zero();
		for ((number, word), product) in words.into_iter().enumerate().zip(self.products()) {
			let product = Cell::witness(cs, Some(product))?;
			let weighed = self.weighed(number).map(|byte| (Fr::one(), bytes[byte].variable));
			cs.enforce_r1cs_constraint(
				|| word.variable.into(),
				|| LinearCombination(weighed.collect()),
				|| product.variable.into(),
			)?;
			sum.0.push((Fr::one(), product.variable));
		}
		equal(cs, sum, total.variable.into())?;
		let mut counts = vec![0u64; ENTRIES];
		self.bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
		let count = |count: &u64| Cell::witness(cs, Some(Fr::from(*count)));
		Ok([bytes, counts.iter().map(count).collect::<Synthesis<_>>()?])
	}

	fn rest(&self, cs: &System, stage_one: [Vec<Cell>; 2], challenges: &[Cell]) -> Synthesis<()> {
		let [challenge] = challenges else { return Err(SynthesisError::ArityMismatch) };
		let value = challenge.value.unwrap_or(-Fr::one());
		let mut inverses: Vec<_> =
			(0..ENTRIES as u64).map(|entry| value - Fr::from(entry)).collect();
		ark_ff::batch_inversion(&mut inverses);
		let mut balance = LinearCombination::zero();
		let [bytes, counts] = stage_one;
		for (byte, cell) in self.bytes.iter().zip(bytes) {
			let inverse = Cell::witness(cs, Some(inverses[usize::from(*byte)]))?;
			let less = vec![(Fr::one(), challenge.variable), (-Fr::one(), cell.variable)];
			cs.enforce_r1cs_constraint(
				|| inverse.variable.into(),
				|| LinearCombination(less),
				|| Variable::One.into(),
			)?;
			balance.0.push((Fr::one(), inverse.variable));
		}
		for ((entry, inverse), count) in (0u64..).zip(inverses).zip(counts) {
			let share = Cell::witness(cs, count.value.map(|count| count * inverse))?;
			let less = vec![(Fr::one(), challenge.variable), (-Fr::from(entry), Variable::One)];
			cs.enforce_r1cs_constraint(
				|| share.variable.into(),
				|| LinearCombination(less),
				|| count.variable.into(),
			)?;
			balance.0.push((-Fr::one(), share.variable));
		}
		equal(cs, balance, LinearCombination::zero())
	}
}

/// The same constraints as a circuit of plain Groth16: the challenge is an input.
#[derive(Clone)]
struct Flat<C>(C, Fr);

impl<C: StagedCircuit> ConstraintSynthesizer<Fr> for Flat<C> {
	fn generate_constraints(self, cs: System) -> Synthesis<()> {
		let words = self.0.model(&cs)?;
		let stage_one = self.0.stage_one(&cs, words)?;
		let challenge = Cell::public(&cs, Some(self.1))?;
		self.0.rest(&cs, stage_one, &[challenge])
	}
}

/// The points as arkworks has them.
fn for_arkworks(key: &Points) -> ProvingKey<Bn254> {
	ProvingKey {
		vk: VerifyingKey {
			alpha_g1: key.alpha_g1,
			beta_g2: key.beta_g2,
			gamma_g2: key.gamma_g2,
			delta_g2: key.delta_g2,
			gamma_abc_g1: key.ic.clone(),
		},
		beta_g1: key.beta_g1,
		delta_g1: key.delta_g1,
		a_query: key.a.clone(),
		b_g1_query: key.b_g1.clone(),
		b_g2_query: key.b_g2.clone(),
		h_query: key.h.clone(),
		l_query: key.rest.clone(),
	}
}

/// A moment: on the wall, and in the time that all threads of this process have run.
#[derive(Clone, Copy)]
struct Moment(Instant, Duration);

impl Moment {
	fn now() -> Self {
		Self(Instant::now(), processor_time())
	}
}

/// User and system time as Linux counts them, in hundredths of a second; zero elsewhere.
fn processor_time() -> Duration {
	let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
	let behind_name = stat.rsplit(')').next().unwrap_or_default();
	let ticks: u64 = behind_name
		.split_whitespace()
		.skip(11)
		.take(2)
		.filter_map(|ticks| ticks.parse::<u64>().ok())
		.sum();
	Duration::from_millis(10 * ticks)
}

/// Times of the same thing in several rounds.
#[derive(Default)]
struct Times(BTreeMap<String, Vec<[Duration; 2]>>);

impl Times {
	fn note(&mut self, what: &str, from: Moment, to: Moment) {
		self.0.entry(what.to_owned()).or_default().push([to.0 - from.0, to.1 - from.1]);
	}

	fn time<T>(&mut self, what: &str, work: impl FnOnce() -> T) -> T {
		let start = Moment::now();
		let result = black_box(work());
		self.note(what, start, Moment::now());
		result
	}

	/// Milliseconds: the median on the wall, the mean of the processors.
	fn of(&self, what: &str) -> [f64; 2] {
		let times = &self.0[what];
		let mut wall: Vec<_> = times.iter().map(|[wall, _]| *wall).collect();
		wall.sort();
		let processors: Duration = times.iter().map(|[_, processors]| *processors).sum();
		let mean = processors.as_secs_f64() / times.len() as f64;
		[wall[wall.len() / 2].as_secs_f64(), mean].map(|seconds| seconds * 1e3)
	}

	/// Proves, and notes how long each stage took, all but the verifier's together as well.
	fn prove<C: StagedCircuit>(
		&mut self,
		what: &str,
		key: &Points,
		model: Option<&ModelSums>,
		circuit: &C,
		public_inputs: &[Fr],
	) {
		let mut begun = Vec::new();
		let mut progress = |stage: Stage| begun.push((stage, Moment::now()));
		prove_circuit(key, model, circuit, public_inputs, &mut OsRng, &mut progress)
			.expect("the statement is true");
		for pair in begun.windows(2) {
			self.note(&format!("{what}: {}", pair[0].0), pair[0].1, pair[1].1);
		}
		let (first, (stage, last)) = (begun[0].1, begun[begun.len() - 1]);
		self.note(&format!("{what}: {stage}"), last, Moment::now());
		self.note(what, first, last);
	}
}

/// The number behind a flag.
fn argument(flag: &str, default: usize) -> usize {
	let mut arguments = std::env::args();
	arguments.find(|argument| argument == flag);
	arguments.next().map_or(default, |value| value.parse().expect("a number"))
}

/// The circuit of a perceptron whose weights and input are random.
fn perceptron(name: &str) -> (InferenceCircuit, Vec<Fr>, Vec<Fr>) {
	let architecture: Architecture = name.parse().expect("widths with hyphens between");
	let mut rng = StdRng::seed_from_u64(1);
	let layers = architecture.layers().map(|(_, site)| Layer::of(&site));
	let layers = layers.map(|layer| Parameters {
		weights: (0..layer.fan_in * layer.fan_out).map(|_| rng.gen_range(-40..=40)).collect(),
		biases: (0..layer.fan_out).map(|_| rng.gen_range(-999..=999)).collect(),
	});
	let model = Model::new(architecture.clone(), layers.collect()).expect("within bounds");
	let input: Vec<u8> = (0..architecture.input_len()).map(|_| rng.gen()).collect();
	let circuit = InferenceCircuit::staged(&model, &input, &InputBlinder::none(), Binding::NONE)
		.expect("the model runs");
	let inputs = circuit.public_inputs().expect("it has run").to_vec();
	(circuit, inputs, model.words(Scheme::Staged).to_vec())
}

fn main() {
	let rounds = argument("--rounds", 9);
	let mut arguments = std::env::args();
	arguments.find(|argument| argument == "--architecture");
	match arguments.next() {
		Some(name) => {
			let (circuit, inputs, words) = perceptron(&name);
			compare(circuit, &inputs, &words, rounds);
		}
		None => {
			let (lookups, words) = (argument("--lookups", 12_000), argument("--words", 3_000));
			let circuit = Weighing::random(lookups, words);
			let (inputs, words) = (circuit.public_inputs(), circuit.words.clone());
			compare(circuit, &inputs, &words, rounds);
		}
	}
}

fn compare(circuit: impl StagedCircuit + Clone, inputs: &[Fr], words: &[Fr], rounds: usize) {
	let challenge = Fr::rand(&mut OsRng);
	let flat = Plain(Flat(circuit.clone(), challenge));
	let flat_inputs = [inputs, &[challenge]].concat();

	let staged_key = setup_circuit(&circuit, &mut OsRng, &mut Silent).expect("it is sound").0;
	let plain_key = setup_circuit(&flat, &mut OsRng, &mut Silent).expect("it is sound").0;
	let arkworks_key = for_arkworks(&plain_key);
	let mut layout = Layout::of(&flat).expect("it is sound");
	let constraints = layout.b.len();
	layout.a.truncate(constraints);
	let matrices = [layout.a, layout.b, layout.c];
	let system = ConstraintSystem::<Fr>::new_ref();
	flat.0.clone().generate_constraints(system.clone()).expect("it can be synthesised");
	let assignment =
		[system.instance_assignment().unwrap(), system.witness_assignment().unwrap()].concat();
	let blinder = ModelBlinder::random(&mut OsRng);
	let model = ModelSums::new(&staged_key, words, &blinder).expect("it fits");

	let mut times = Times::default();
	for _ in 0..rounds {
		let (r, s) = (Fr::rand(&mut OsRng), Fr::rand(&mut OsRng));
		times
			.time("arkworks, from its matrices", || {
				Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
					&arkworks_key,
					r,
					s,
					&matrices,
					layout.instances,
					constraints,
					&assignment,
				)
			})
			.expect("the statement is true");
		times
			.time("arkworks", || {
				let circuit = flat.0.clone();
				Groth16::<Bn254>::create_random_proof_with_reduction(
					circuit,
					&arkworks_key,
					&mut OsRng,
				)
			})
			.expect("the statement is true");
		times.prove("plain", &plain_key, None, &flat, &flat_inputs);
		times.prove("staged", &staged_key, Some(&model), &circuit, inputs);
		times
			.time("a model's sums", || {
				ModelSums::of_committed(&staged_key, words, &blinder, *model.commitment())
			})
			.expect("it fits");
		let commit = || commit_model(&staged_key, words, &blinder);
		let commitment = times.time("a model's commitment", commit);
		assert_eq!(commitment.as_ref(), Ok(model.commitment()));
	}

	println!("{constraints} constraints, {} variables", assignment.len());
	let theirs = times.of("arkworks, from its matrices");
	println!("{:>8} {:>6} {:>8} {:>6}", "wall ms", "ratio", "CPU ms", "ratio");
	for what in times.0.keys() {
		let ours = times.of(what);
		let ratios = [0, 1].map(|i| ours[i] / theirs[i]);
		println!("{:>8.1} {:>6.3} {:>8.1} {:>6.3}  {what}", ours[0], ratios[0], ours[1], ratios[1]);
	}
}
