// SPDX-License-Identifier: Apache-2.0
//! `TreeEnsembleClassifier`, `TreeEnsembleRegressor` and `TreeEnsemble`: sums of what the leaves hold that a sample
//! reaches, one in each tree.
//!
//! In a graph the trees are complete, and what is less deep has nodes that always turn left; or each has a shape of
//! its own, where that takes far fewer words. Parameters are lists over all trees, each level by level; see
//! [`Ensemble`].
//!
//! | parameters | of a node | of a leaf |
//! | --- | --- | --- |
//! | integers | in `biases`: [`tree::word`] | behind them: a value for each output |
//! | floats | in `weights`: the feature, and the largest value of it that turns left | in `biases`: a value for each output |

mod cuts;
mod ensemble;
mod forest;
mod later;
mod quantise;
mod read;
pub mod shape;
#[cfg(test)]
mod tests;

use ark_ff::{One, Zero};
use candor_gadgets::{limb::Limb, limbs, tree, Cell, Sum, Synthesis};
use candor_graph::{FloatParameters, Kind, Node, Parameters, Shape, Value};
use candor_onnx::{node::ML_DOMAIN, OnnxError};
use candor_statement::Fr;
use zeroize::Zeroizing;

use super::dense::{Digits, Raised};
use crate::{
	Calibration, Function, Integers, Misfit, Operator, ParameterFault, Place, Reader, Scheme,
	Sheet, Site, Wires,
};

pub use cuts::MAX_CUTS;
pub use ensemble::{Ensemble, Tree, MAX_DEPTH, MAX_OWN_DEPTH, SUMS};
pub(crate) use forest::fold;

/// What it is called in graphs.
pub const NAME: &str = "trees";

/// See the module.
pub(super) struct Trees;

impl Operator for Trees {
	fn onnx(&self) -> &'static [&'static str] {
		&["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "on features as they are or scaled one by one; branches `LEQ`, `LT`, `GTE`, `GT`, no members of sets; post_transform `NONE`, `LOGISTIC` or `SOFTMAX` of a classifier, of two classes with one score; aggregate `SUM` or `AVERAGE`; arithmetic on the sums goes into the leaves; depth at most 64; scheme `staged`",
			refuses: "other branches, aggregates and transforms; doubles; behind a layer",
			costs: "for each tree of depth `d` with `n` nodes `4 d` and `2 n`, more beyond ten outputs; one for each feature; complete trees have `2^d - 1` nodes",
			exactness: crate::Exactness::Leaves,
			since: &[("TreeEnsemble", 5)],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		read::read(place, reader)
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&Self)
	}
}

impl Function for Trees {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		let ensemble = Ensemble::new(node, Misfit::one(inputs)?)?;
		Ok(Value { shape: Shape::vector(ensemble.outputs)?, kind: Kind::Sums(SUMS) })
	}

	fn float(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Vec<f64>],
	) -> Vec<f64> {
		let ensemble = Ensemble::of(site);
		let mut sums = vec![0.0; ensemble.outputs];
		for tree in ensemble.trees() {
			let leaf = tree.leaf(|node| {
				let (feature, cut) = quantise::parts(parameters, node);
				inputs[0][feature] > cut
			});
			let values = &parameters.biases[ensemble.values(leaf)];
			sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
		}
		sums
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		quantise::quantise(self, site, parameters, inputs[0])
	}

	fn run(
		&self,
		site: &Site<'_>,
		parameters: &Parameters,
		inputs: &[&Integers],
	) -> Option<Integers> {
		let ensemble = Ensemble::of(site);
		let (nodes, leaves) = parameters.biases.split_at_checked(ensemble.nodes())?;
		// The totals are in range; what comes on the way to them need not be.
		let mut sums = Zeroizing::new(vec![0i64; ensemble.outputs]);
		for tree in ensemble.trees() {
			let leaf = tree.leaf(|node| {
				let (feature, threshold) = tree::parts(nodes[node] as u32);
				tree::is_right(inputs[0][feature as usize], threshold)
			});
			for (sum, value) in sums.iter_mut().zip(leaves.get(ensemble.values(leaf))?) {
				*sum = sum.checked_add(i64::from(*value))?;
			}
		}
		let sums = sums.iter().map(|sum| i32::try_from(*sum).ok());
		sums.collect::<Option<Vec<_>>>().map(Integers::new)
	}

	/// The path through each tree, and for each group of outputs the sum of the words that the leaves
	/// hold, split into limbs.
	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		words: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let ensemble = Ensemble::of(site);
		let groups = ensemble.groups();
		let (mut words, base) = words.split_at(words.len() - groups);
		let mut totals: Vec<Sum> = base.iter().map(|word| (*word).into()).collect();
		let lookups = sheet.ranges.lookups().expect("a scheme with a challenge was chosen; qed");
		let list = lookups.list(inputs[0].bytes().to_vec());
		let mut take = |count: usize| {
			let (first, rest) = words.split_at(count);
			words = rest;
			first.iter().map(|word| Sum::from(*word))
		};
		for Tree { shape, .. } in ensemble.trees() {
			let mut turns = Vec::with_capacity(shape.depth() as usize);
			for level in 0..shape.depth() {
				let words = take(shape.width(level)).collect();
				let merges = shape.merges_of_level(level);
				let word = tree::select(sheet.cs, &turns, &merges, words)?;
				turns.push(tree::decide(sheet.cs, &mut sheet.ranges, &list, &word)?);
			}
			let merges = shape.merges_of_leaves();
			for total in &mut totals {
				// What all trees' first leaves hold stands in the base, once for all of them.
				let rest = take(merges.len());
				let words = core::iter::once(Sum::zero()).chain(rest).collect();
				total.add(Fr::one(), &tree::select(sheet.cs, &turns, &merges, words)?);
			}
		}
		let mut sums = Vec::with_capacity(ensemble.outputs);
		for (outputs, total) in ensemble.group_outputs().zip(totals) {
			sums.extend(constrain_group(sheet, outputs.len(), total)?);
		}
		Ok(Wires::Limbs(sums))
	}

	fn needs_challenge(&self) -> bool {
		true
	}

	fn is_parameterised(&self) -> bool {
		true
	}

	fn parameter_count(&self, site: &Site<'_>) -> usize {
		let ensemble = Ensemble::of(site);
		ensemble.nodes() + ensemble.leaves() * ensemble.outputs
	}

	fn check(&self, site: &Site<'_>, parameters: &Parameters) -> Result<(), ParameterFault> {
		let ensemble = Ensemble::of(site);
		if !parameters.weights.is_empty() {
			let got = parameters.weights.len();
			return Err(ParameterFault::WeightCount { expected: 0, got });
		}
		let (expected, got) = (self.parameter_count(site), parameters.biases.len());
		if got != expected {
			return Err(ParameterFault::BiasCount { expected, got });
		}
		let (nodes, leaves) = parameters.biases.split_at(ensemble.nodes());
		let is_node = |word: &i32| {
			u32::try_from(*word)
				.is_ok_and(|word| (tree::parts(word).0 as usize) < ensemble.features)
		};
		if let Some(index) = nodes.iter().position(|word| !is_node(word)) {
			return Err(ParameterFault::Node { index });
		}
		let range = -(SUMS.offset() as i64)..SUMS.offset() as i64;
		let is_outside = |output: &usize| {
			let (low, high) = ensemble.extremes(|leaf| {
				let value: i64 = leaves[ensemble.values(leaf)][*output].into();
				value
			});
			!range.contains(&low) || !range.contains(&high)
		};
		match (0..ensemble.outputs).find(is_outside) {
			Some(output) => Err(ParameterFault::Sums { output, width: SUMS.width }),
			None => Ok(()),
		}
	}

	fn word_count(&self, site: &Site<'_>, _: Scheme) -> usize {
		Ensemble::of(site).words()
	}

	/// For each tree the differences of its nodes, level by level, and those of its leaves, group by
	/// group but for the first, which are added up over all trees at the end.
	fn words(&self, site: &Site<'_>, parameters: &Parameters, _: Scheme) -> Vec<Fr> {
		let ensemble = Ensemble::of(site);
		let (nodes, leaves) = parameters.biases.split_at(ensemble.nodes());
		let mut words = Vec::with_capacity(ensemble.words());
		let mut base = vec![Fr::zero(); ensemble.groups()];
		for tree in ensemble.trees() {
			for level in 0..tree.shape.depth() {
				let of_level = nodes[tree.level(level)].iter();
				let mut of_level: Vec<Fr> = of_level.map(|word| Fr::from(*word)).collect();
				tree::differences(&mut of_level, &tree.shape.merges_of_level(level));
				words.extend(of_level);
			}
			let merges = tree.shape.merges_of_leaves();
			for (outputs, base) in ensemble.group_outputs().zip(&mut base) {
				let packed = |leaf: usize| {
					let values = &leaves[ensemble.values(leaf)][outputs.clone()];
					limbs::pack(values.iter().map(|value| i64::from(*value)), ensemble::base())
				};
				let mut of_leaves: Vec<Fr> = tree.leaves.clone().map(packed).collect();
				tree::differences(&mut of_leaves, &merges);
				*base += of_leaves[0];
				words.extend(&of_leaves[1..]);
			}
		}
		words.extend(base);
		words
	}

	fn cuts(&self, site: &Site<'_>, parameters: &FloatParameters) -> Option<Vec<Vec<f64>>> {
		Some(quantise::cuts_of(&Ensemble::of(site), parameters))
	}
}

/// The raised sums of one group of outputs, whose total is known.
fn constrain_group(sheet: &mut Sheet<'_>, outputs: usize, total: Sum) -> Synthesis<Vec<Limb>> {
	let digits = Digits { sums: SUMS, base: ensemble::base(), outputs };
	let Raised { limbs, product } = Raised::new(sheet, digits, &Sum::zero(), total.value)?;
	product.enforce_equal(sheet.cs, total.named(sheet.cs)?)?;
	Ok(limbs)
}
