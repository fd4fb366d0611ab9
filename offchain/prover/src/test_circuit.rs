// SPDX-License-Identifier: Apache-2.0
//! Circuits of a few constraints, for tests that need keys at once.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::{
	gr1cs::{
		ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
	},
	lc,
};
use candor_gadgets::{Cell, StagedCircuit, Sum, Synthesis, System};
use std::{cell, rc::Rc};

/// Two secret factors of a public product, and the secret square of a public tag.
#[derive(Clone, Debug)]
pub(crate) struct Product {
	/// The secret factors.
	pub(crate) factors: [u64; 2],
	/// The public product.
	pub(crate) product: u64,
	/// The public tag.
	pub(crate) tag: u64,
}

impl Product {
	/// `3 * 5 = 15` with the tag 7.
	pub(crate) fn example() -> Self {
		Self { factors: [3, 5], product: 15, tag: 7 }
	}

	/// Its public inputs.
	pub(crate) fn public_inputs(&self) -> Vec<Fr> {
		vec![self.product.into(), self.tag.into()]
	}
}

impl ConstraintSynthesizer<Fr> for Product {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let product = cs.new_input_variable(|| Ok(self.product.into()))?;
		let tag = cs.new_input_variable(|| Ok(self.tag.into()))?;
		let left = cs.new_witness_variable(|| Ok(self.factors[0].into()))?;
		let right = cs.new_witness_variable(|| Ok(self.factors[1].into()))?;
		let square = cs.new_witness_variable(|| Ok(Fr::from(self.tag) * Fr::from(self.tag)))?;
		cs.enforce_r1cs_constraint(|| lc!() + left, || lc!() + right, || lc!() + product)?;
		cs.enforce_r1cs_constraint(|| lc!() + tag, || lc!() + tag, || lc!() + square)
	}
}

/// A circuit of the same kind without the tag.
#[derive(Clone, Debug)]
pub(crate) struct Tagless {
	/// The secret factors.
	pub(crate) factors: [u64; 2],
	/// The public product.
	pub(crate) product: u64,
}

impl ConstraintSynthesizer<Fr> for Tagless {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let product = cs.new_input_variable(|| Ok(self.product.into()))?;
		let left = cs.new_witness_variable(|| Ok(self.factors[0].into()))?;
		let right = cs.new_witness_variable(|| Ok(self.factors[1].into()))?;
		cs.enforce_r1cs_constraint(|| lc!() + left, || lc!() + right, || lc!() + product)
	}
}

/// A circuit without a public input: the chain takes no key of its kind.
#[derive(Clone, Debug)]
pub(crate) struct Closed;

impl ConstraintSynthesizer<Fr> for Closed {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let bit = cs.new_witness_variable(|| Ok(1u8.into()))?;
		cs.enforce_r1cs_constraint(|| lc!() + bit, || lc!() + bit, || lc!() + bit)
	}
}

/// What [`Scores`] is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
	/// The words are a model block; otherwise they belong to stage one.
	pub(crate) model: bool,
	/// A last word that no constraint knows.
	pub(crate) idle_word: bool,
	/// A last word that stands beside the one before it wherever that stands.
	pub(crate) split_word: bool,
	/// The rest makes a public input.
	pub(crate) late_input: bool,
	/// All is looked up; otherwise there is no challenge.
	pub(crate) lookups: bool,
	/// It divides by zero before there is a challenge.
	pub(crate) divides: bool,
}

impl Default for Shape {
	fn default() -> Self {
		Self {
			model: true,
			idle_word: false,
			split_word: false,
			late_input: false,
			lookups: true,
			divides: false,
		}
	}
}

/// How many words, and how many values they weigh.
pub(crate) const WORDS: usize = 3;

/// What words, values and tags may be: any number below.
pub(crate) const TABLE: u64 = 5;

/// A model of three words weighs three secret values; the sum is public, and so is a tag. All of words,
/// values and the tag are looked up in one table: with the multiplicities `m` of its entries
/// `Σ 1 / (c - v) = Σ m_t / (c - t)`, at a challenge `c`.
#[derive(Clone, Debug)]
pub(crate) struct Scores {
	/// What it is made of.
	pub(crate) shape: Shape,
	/// The model.
	pub(crate) words: Vec<Fr>,
	/// What it weighs.
	pub(crate) values: [Fr; WORDS],
	/// The public tag.
	pub(crate) tag: Fr,
	/// Multiplicities that are not the honest ones.
	pub(crate) multiplicities: Option<Vec<Fr>>,
	/// How many more challenges are found to be entries of the table.
	pub(crate) unlucky: Rc<cell::Cell<u32>>,
}

impl Scores {
	/// `2 · 1 + 0 · 4 + 3 · 3 = 11` with the tag 4.
	pub(crate) fn example() -> Self {
		Self {
			shape: Shape::default(),
			words: [2u64, 0, 3].map(Fr::from).to_vec(),
			values: [1u64, 4, 3].map(Fr::from),
			tag: Fr::from(4),
			multiplicities: None,
			unlucky: Rc::default(),
		}
	}

	/// Its public inputs, the challenge left out.
	pub(crate) fn public_inputs(&self) -> Vec<Fr> {
		vec![
			self.weights().iter().zip(self.values).map(|(word, value)| *word * value).sum(),
			self.tag,
		]
	}

	/// How often each entry of the table is looked up.
	pub(crate) fn multiplicities(&self) -> Vec<Fr> {
		let looked_up = || self.weights().into_iter().chain(self.values).chain([self.tag]);
		let count = |entry| looked_up().filter(|value| *value == Fr::from(entry)).count() as u64;
		let honest = || (0..TABLE).map(|entry| count(entry).into()).collect();
		self.multiplicities.clone().unwrap_or_else(honest)
	}

	/// The words that weigh.
	fn weights(&self) -> Vec<Fr> {
		let mut weights = self.words[..WORDS].to_vec();
		if self.shape.split_word {
			weights[WORDS - 1] += self.words.get(WORDS).copied().unwrap_or_default();
		}
		weights
	}

	fn words(&self, cs: &System) -> Synthesis<Vec<Sum>> {
		let more = self.shape.idle_word || self.shape.split_word;
		let words = (0..WORDS + usize::from(more))
			.map(|word| Cell::witness(cs, Some(self.words.get(word).copied().unwrap_or_default())))
			.collect::<Synthesis<Vec<_>>>()?;
		let mut sums: Vec<Sum> = words[..WORDS].iter().map(|word| (*word).into()).collect();
		if self.shape.split_word {
			sums[WORDS - 1].terms.push((Fr::ONE, words[WORDS].variable));
		}
		Ok(sums)
	}
}

/// What stage one hands on: what is looked up, and the multiplicities.
pub(crate) struct LookedUp {
	sums: Vec<(LinearCombination<Fr>, Fr)>,
	multiplicities: Vec<Cell>,
}

impl StagedCircuit for Scores {
	type Model = Vec<Sum>;
	type StageOne = LookedUp;

	fn challenges(&self) -> u8 {
		self.shape.lookups.into()
	}

	fn model(&self, cs: &System) -> Synthesis<Vec<Sum>> {
		if self.shape.model {
			self.words(cs)
		} else {
			Ok(Vec::new())
		}
	}

	fn stage_one(&self, cs: &System, model: Vec<Sum>) -> Synthesis<LookedUp> {
		if self.shape.divides {
			return Err(SynthesisError::DivisionByZero);
		}
		let [score, tag]: [Fr; 2] = self.public_inputs().try_into().expect("two inputs");
		let (score, tag) = (Cell::public(cs, Some(score))?, Cell::public(cs, Some(tag))?);
		let words = if self.shape.model { model } else { self.words(cs)? };
		let mut sums = vec![(tag.variable.into(), self.tag)];
		let mut total = LinearCombination::zero();
		for ((word, weight), value) in words.into_iter().zip(self.weights()).zip(self.values) {
			let word = word.into_lc();
			let cell = Cell::witness(cs, Some(value))?;
			let product = Cell::witness(cs, Some(weight * value))?;
			let (left, right) = (word.clone(), cell.variable);
			cs.enforce_r1cs_constraint(|| left, || right.into(), || product.variable.into())?;
			total = total + product.variable;
			sums.extend([(word, weight), (cell.variable.into(), value)]);
		}
		cs.enforce_r1cs_constraint(|| total, || Variable::One.into(), || score.variable.into())?;
		let entries = if self.shape.lookups { self.multiplicities() } else { Vec::new() };
		let multiplicities = entries.into_iter();
		let multiplicities =
			multiplicities.map(|count| Cell::witness(cs, Some(count))).collect::<Synthesis<_>>()?;
		Ok(LookedUp { sums, multiplicities })
	}

	fn rest(&self, cs: &System, stage_one: LookedUp, challenges: &[Cell]) -> Synthesis<()> {
		if !self.shape.lookups {
			return Ok(());
		}
		if self.unlucky.get() > 0 {
			self.unlucky.set(self.unlucky.get() - 1);
			return Err(SynthesisError::DivisionByZero);
		}
		let [challenge] = challenges else { return Err(SynthesisError::ArityMismatch) };
		let value = challenge.value.unwrap_or(Fr::from(TABLE));
		let less = |sum: LinearCombination<Fr>| lc!() + challenge.variable - &sum;
		let mut balance = LinearCombination::zero();
		for (sum, looked_up) in stage_one.sums {
			let inverse = (value - looked_up).inverse().ok_or(SynthesisError::DivisionByZero)?;
			let inverse = Cell::witness(cs, Some(inverse))?;
			cs.enforce_r1cs_constraint(
				|| inverse.variable.into(),
				|| less(sum),
				|| Variable::One.into(),
			)?;
			balance = balance + inverse.variable;
		}
		for (entry, count) in (0..TABLE).zip(stage_one.multiplicities) {
			let inverse =
				(value - Fr::from(entry)).inverse().ok_or(SynthesisError::DivisionByZero)?;
			let share = Cell::witness(cs, count.value.map(|count| count * inverse))?;
			cs.enforce_r1cs_constraint(
				|| share.variable.into(),
				|| less((Fr::from(entry), Variable::One).into()),
				|| count.variable.into(),
			)?;
			balance = balance - share.variable;
		}
		cs.enforce_r1cs_constraint(|| balance, || Variable::One.into(), LinearCombination::zero)?;
		if self.shape.late_input {
			Cell::public(cs, Some(Fr::ZERO))?;
		}
		Ok(())
	}
}
