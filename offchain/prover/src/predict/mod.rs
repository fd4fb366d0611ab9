// SPDX-License-Identifier: Apache-2.0
//! What keys and proofs of a circuit will take on this machine, before there are any.
//!
//! Sizes are exact. Times are those of the steps that setups and proofs consist of, counted for a run of the
//! circuit and measured on this machine: processor time, so that others who share the processor do not count.
//! Memory is counted from what lies in it at once.

mod machine;

use crate::{
	key_file::proving_key_length,
	msm,
	points::PointCounts,
	prove::{first_unsatisfied, Witness},
	Layout, ProveError,
};
use ark_bn254::{Fr, G1Projective, G2Projective};
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ff::UniformRand;
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::Matrix;
use candor_bn254::encoding::{G1_BYTES, G2_BYTES};
use candor_gadgets::StagedCircuit;
use candor_groth16::{PROOF_BYTES, STAGED_PROOF_BYTES, VERIFYING_KEY_HEADER_BYTES};
use candor_operators::Architecture;
use rand::{CryptoRng, RngCore};
use serde::Serialize;

use machine::processor_seconds;
pub use machine::Machine;

/// What keys and proofs of a circuit will take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prediction {
	/// Sizes, exact.
	pub sizes: Sizes,
	/// `candor setup`: keys are computed, written, read again and checked.
	pub setup: Effort,
	/// What comes before the first proof: the proving key is read, the model committed to.
	pub load: Effort,
	/// A proof, and that it passes.
	pub prove: Effort,
}

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sizes {
	/// The proving key's file.
	pub proving_key: u64,
	/// The verifying key.
	pub verifying_key: u64,
	/// A proof.
	pub proof: u64,
}

impl Sizes {
	/// Those of an architecture's circuit.
	pub fn of(layout: &Layout, architecture: &Architecture) -> Self {
		let blocks = usize::from(layout.model > 0) + usize::from(layout.challenges > 0);
		// Keys with blocks begin with a byte of flags and the number of challenges.
		let of_blocks = if blocks > 0 { 2 + blocks * G2_BYTES } else { 0 };
		let verifying = VERIFYING_KEY_HEADER_BYTES + of_blocks + layout.instances * G1_BYTES;
		let proof = if layout.challenges > 0 { STAGED_PROOF_BYTES } else { PROOF_BYTES };
		Self {
			proving_key: proving_key_length(layout, architecture),
			verifying_key: verifying as u64,
			proof: proof as u64,
		}
	}
}

/// What something takes on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Effort {
	/// From begin to end, if nothing else runs.
	pub seconds: f64,
	/// The time of all cores together.
	pub processor_seconds: f64,
	/// The most memory, in bytes, that is taken at once.
	pub memory: u64,
}

/// Seconds on one core, by whether others can help.
#[derive(Clone, Copy, Debug, Default)]
struct Seconds {
	alone: f64,
	shared: f64,
}

impl Seconds {
	fn effort(self, machine: &Machine, memory: u64) -> Effort {
		let Self { alone, shared } = self;
		Effort {
			seconds: alone + shared / machine.threads as f64,
			processor_seconds: alone + shared,
			memory,
		}
	}

	fn and(self, other: Self) -> Self {
		Self { alone: self.alone + other.alone, shared: self.shared + other.shared }
	}
}

/// Butterflies of a Fourier transform.
fn butterflies(size: usize) -> u64 {
	let size = size as u64;
	size / 2 * u64::from(size.trailing_zeros())
}

/// Additions for so many multiples of one point with a table of windows of so many bits.
fn table_additions(window: usize, count: usize) -> u64 {
	(msm::BITS as usize).div_ceil(window) as u64 * count as u64
}

/// Predicts for a circuit with a witness, which is laid out for it.
///
/// # Errors
///
/// [`ProveError::Layout`], where there is no witness for example, and [`ProveError::Unsatisfied`].
pub fn predict<C: StagedCircuit, R: RngCore + CryptoRng>(
	circuit: &C,
	architecture: &Architecture,
	machine: &Machine,
	rng: &mut R,
) -> Result<Prediction, ProveError> {
	let begun = processor_seconds();
	let layout = Layout::of(circuit)?;
	let laid_out = processor_seconds() - begun;

	let begun = processor_seconds();
	let witness = Witness::with_random_challenges(circuit, rng)?;
	let synthesised = processor_seconds() - begun;
	let [u, v, w] = witness.sides()?;
	if let Some(constraint) = first_unsatisfied(&u, &v, &w) {
		return Err(ProveError::Unsatisfied { constraint });
	}

	let sizes = Sizes::of(&layout, architecture);
	let nonzeros = nonzeros(&layout);
	let count = Counts { layout: &layout, nonzeros, sizes };
	let (commit, sums) = witness.with_values(|inputs, values| {
		let (model, others) = values.split_at(layout.model);
		(count.commit(model, machine), count.sums(inputs, others, machine, rng))
	})?;
	let sides = nonzeros as f64 * machine.butterfly;
	let fresh = count.fresh_memory() as f64 * machine.fresh_byte;
	let alone = Seconds { alone: synthesised + fresh + VERIFIED * machine.pairing, shared: sides };
	let read = count.read(laid_out, machine);
	let setup = count.setup(laid_out, machine).and(read).and(count.check(machine)).and(commit);
	Ok(Prediction {
		sizes,
		setup: setup.effort(machine, count.setup_memory()),
		load: read.and(commit).effort(machine, count.load_memory()),
		prove: alone.and(sums).effort(machine, count.prove_memory()),
	})
}

/// Pairings that the verification of a finished proof is worth, from the checks of the key on.
const VERIFIED: f64 = 4.0;

/// Entries of the three matrices that are not zero.
fn nonzeros(layout: &Layout) -> usize {
	let of = |matrix: &Matrix<Fr>| matrix.iter().map(Vec::len).sum::<usize>();
	of(&layout.a) + of(&layout.b) + of(&layout.c)
}

/// A circuit, and what of it is counted.
struct Counts<'a> {
	layout: &'a Layout,
	nonzeros: usize,
	sizes: Sizes,
}

impl Counts<'_> {
	/// For each variable whether a matrix has an entry for it, without which its point is zero.
	fn used(&self, matrix: &Matrix<Fr>) -> Vec<bool> {
		let mut used = vec![false; self.layout.variables()];
		matrix.iter().flatten().for_each(|(_, variable)| used[*variable] = true);
		used
	}

	/// The commitment to a model, and what it contributes to all proofs.
	fn commit(&self, model: &[Fr], machine: &Machine) -> Seconds {
		if model.is_empty() {
			return Seconds::default();
		}
		let first = self.layout.instances;
		let of = |matrix: &Matrix<Fr>| {
			let used = self.used(matrix);
			let used = model.iter().zip(&used[first..]).filter(|(_, used)| **used);
			msm::additions(used.map(|(word, _)| word)) as f64
		};
		let (a, b) = (of(&self.layout.a), of(&self.layout.b));
		let query = msm::additions(model.iter()) as f64;
		let g1 = (query + a + b) * machine.g1_addition;
		Seconds { alone: 0.0, shared: g1 + b * machine.g2_addition }
	}

	/// What is added up for a proof: the commitment to stage one, `A`, `B` in both groups and `C`. `others`
	/// are the private values behind the model.
	fn sums<R: RngCore>(
		&self,
		inputs: &[Fr],
		others: &[Fr],
		machine: &Machine,
		rng: &mut R,
	) -> Seconds {
		let layout = self.layout;
		let (of_inputs, of_others) = (0..inputs.len(), layout.instances + layout.model..);
		let of = |matrix: &Matrix<Fr>| {
			let used = self.used(matrix);
			let values = inputs.iter().chain(others);
			let used = used[of_inputs.clone()].iter().chain(&used[of_others.clone()]);
			let values = values.zip(used).filter(|(_, used)| **used);
			msm::additions(values.map(|(value, _)| value)) as f64
		};
		let (a, b) = (of(&layout.a), of(&layout.b));
		let size = layout.domain.size();
		let quotient: Vec<Fr> = (1..size).map(|_| Fr::rand(rng)).collect();
		let (stage_one, rest) = others.split_at(layout.stage_one);
		let c = msm::additions(rest.iter().chain(&quotient)) as f64;
		let stage_one = msm::additions(stage_one.iter()) as f64;
		// Of U and V back and to the coset, and of both products back.
		let transforms = 6 * butterflies(size);
		let shared = (stage_one + a + b + c) * machine.g1_addition
			+ b * machine.g2_addition
			+ transforms as f64 * machine.butterfly;
		Seconds { alone: 0.0, shared }
	}

	/// The key's file read, and the circuit laid out that it belongs to.
	fn read(&self, laid_out: f64, machine: &Machine) -> Seconds {
		let bytes = self.sizes.proving_key as f64;
		Seconds { alone: laid_out + bytes * machine.byte, shared: 0.0 }
	}

	/// The multiples of the generators that are a key.
	fn setup(&self, laid_out: f64, machine: &Machine) -> Seconds {
		let PointCounts { g1, g2 } = PointCounts::of(self.layout);
		// A variable that is in no left factor has the zero point there, which costs nothing.
		let idle = |matrix: &Matrix<Fr>| self.used(matrix).iter().filter(|used| !**used).count();
		let (idle_a, idle_b) = (idle(&self.layout.a), idle(&self.layout.b));
		let (g1, g2) = (g1 as usize, g2 as usize);
		let of_g1 = BatchMulPreprocessing::<G1Projective>::compute_window_size(g1);
		let of_g2 = BatchMulPreprocessing::<G2Projective>::compute_window_size(g2);
		// The multiples, and the table, which is added up as well.
		let additions = |window: usize, count: usize| {
			table_additions(window, count) + table_additions(window, 1 << window)
		};
		let g1 = additions(of_g1, g1 - idle_a - idle_b) as f64 * machine.g1_table_addition;
		let g2 = additions(of_g2, g2 - idle_b) as f64 * machine.g2_table_addition;
		let written = self.sizes.proving_key as f64 * machine.byte;
		let sums = self.nonzeros as f64 * machine.butterfly;
		Seconds { alone: laid_out + written + sums, shared: g1 + g2 }
	}

	/// The check of a key: each list of points in a sum, and three sums of powers with whole scalars.
	fn check(&self, machine: &Machine) -> Seconds {
		let PointCounts { g1, g2 } = PointCounts::of(self.layout);
		// The powers are summed twice.
		let size = self.layout.domain.size() as f64;
		let first = (g1 as f64 + size) * machine.g1_check + 3.0 * size * machine.g1_whole;
		Seconds { alone: 0.0, shared: first + g2 as f64 * machine.g2_check }
	}

	/// A program that has done nothing yet.
	const PROGRAM: u64 = 12_000_000;
	/// A point of the first group in memory.
	const G1: u64 = 72;
	/// A point of the second group in memory.
	const G2: u64 = 136;
	/// A scalar in memory.
	const SCALAR: u64 = 32;
	/// An entry of a matrix with its share of lists, and what it was laid out from.
	const ENTRY: u64 = 100;

	fn points(&self) -> u64 {
		let PointCounts { g1, g2 } = PointCounts::of(self.layout);
		g1 * Self::G1 + g2 * Self::G2
	}

	fn matrices(&self) -> u64 {
		self.nonzeros as u64 * Self::ENTRY
	}

	fn load_memory(&self) -> u64 {
		Self::PROGRAM + self.sizes.proving_key + self.points() + self.matrices()
	}

	/// What was freed stays with the program: two layouts, keys twice, their bytes three times, and the tables.
	fn setup_memory(&self) -> u64 {
		let PointCounts { g1, g2 } = PointCounts::of(self.layout);
		let table = |window: usize, point: u64| table_additions(window, 1 << window) * point;
		let of_g1 = BatchMulPreprocessing::<G1Projective>::compute_window_size(g1 as usize);
		let of_g2 = BatchMulPreprocessing::<G2Projective>::compute_window_size(g2 as usize);
		// Points with three coordinates become points with two.
		let tables =
			table(of_g1, Self::G1 + 3 * Self::SCALAR) + table(of_g2, Self::G2 + 6 * Self::SCALAR);
		Self::PROGRAM
			+ 2 * self.matrices()
			+ 2 * self.points()
			+ 3 * self.sizes.proving_key
			+ tables
	}

	/// What a proof takes beside the key, and gives back.
	fn fresh_memory(&self) -> u64 {
		self.prove_memory() - self.points() - Self::PROGRAM
	}

	fn prove_memory(&self) -> u64 {
		let (variables, size) = (self.layout.variables() as u64, self.layout.domain.size() as u64);
		let private = variables - self.layout.model as u64;
		// Multiplier, its point and a copy of that, in each of the sums at once.
		let terms = (3 * private + size) * (Self::SCALAR + 2 * Self::G1)
			+ private * (Self::SCALAR + 2 * Self::G2);
		let sides = 4 * size * Self::SCALAR;
		let witness = self.matrices() + variables * Self::SCALAR;
		Self::PROGRAM + self.points() + witness + sides + terms
	}
}

#[cfg(test)]
mod tests;
