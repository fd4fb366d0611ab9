// SPDX-License-Identifier: Apache-2.0
//! Every operator that there is, a file each.
//!
//! A new one is its file and its two lines here. `cargo xtask` writes the table of `docs/operators.md`.

mod add;
mod arg_max;
pub mod attention;
mod axis;
mod batch_normalization;
mod bound;
mod broadcast;
mod cast;
mod clip;
mod concat;
pub mod conv;
pub mod dense;
mod dropout;
mod erf;
mod flatten;
pub mod gather;
mod identity;
pub mod join;
pub mod layer_norm;
pub mod max_pool;
mod ml;
mod mul;
mod neg;
mod p_relu;
mod pad;
mod pool;
mod quantize_linear;
mod reduce;
pub mod relu;
mod reshape;
mod sigmoid;
mod slice;
mod softmax;
mod split;
mod squeeze;
mod sum;
pub mod sum_pool;
pub mod table;
pub(crate) mod transpose;
pub mod trees;
mod written_out;

use candor_onnx::{node::is_own, pb::NodeProto};

use crate::{Function, Operator};

/// The operators.
pub static OPERATORS: &[&dyn Operator] = &[
	&add::Add,
	&arg_max::ArgMax,
	&batch_normalization::BatchNormalization,
	&bound::Bound,
	&cast::Cast,
	&clip::Clip,
	&concat::Concat,
	&conv::Conv,
	&dense::Dense,
	&dropout::Dropout,
	&erf::Erf,
	&flatten::Flatten,
	&gather::Gather,
	&identity::Identity,
	&layer_norm::LayerNorm,
	&max_pool::MaxPool,
	&mul::Mul,
	&neg::Neg,
	&pad::Pad,
	&p_relu::PRelu,
	&quantize_linear::QuantizeLinear,
	&reduce::Reduce,
	&relu::Relu,
	&reshape::Reshape,
	&sigmoid::Sigmoid,
	&slice::Slice,
	&softmax::Softmax,
	&split::Split,
	&squeeze::Squeeze,
	&sum::Sum,
	&sum_pool::SumPool,
	&table::Activation,
	&transpose::Transpose,
	&written_out::Abs,
	&written_out::Exp,
	&written_out::Not,
	&written_out::Reciprocal,
	&written_out::ReduceLogSumExp,
	&ml::ArrayFeatureExtractor,
	&ml::LinearClassifier,
	&ml::LinearRegressor,
	&ml::Normalizer,
	&ml::Scaler,
	&ml::SvmClassifier,
	&ml::SvmRegressor,
	&ml::ZipMap,
	&trees::Trees,
];

/// The operator of an ONNX node; nothing where it cannot be read.
pub fn operator(node: &NodeProto) -> Option<&'static dyn Operator> {
	let is_of = |operator: &&&dyn Operator| {
		let domain = operator.domain();
		let is_its_domain = if domain.is_empty() { is_own(node) } else { node.domain == domain };
		is_its_domain && operator.onnx().contains(&node.op_type.as_str())
	};
	OPERATORS.iter().find(is_of).copied()
}

/// What nodes of this name compute.
pub fn function(name: &str) -> Option<&'static dyn Function> {
	let join: &'static dyn Function = &join::Join;
	let functions = OPERATORS.iter().filter_map(|o| o.function());
	functions.chain([join]).find(|function| function.name() == name)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{About, Exactness};
	use candor_onnx::opset;
	use std::collections::BTreeSet;

	#[test]
	fn every_operator_says_where_it_may_stand_and_what_it_costs() {
		for operator in OPERATORS {
			let (about, names) = (operator.about(), operator.onnx());
			assert!(!about.takes.is_empty() && !about.costs.is_empty(), "{names:?}");
			for text in [about.takes, about.refuses, about.costs] {
				assert!(!text.contains(['|', '\n']), "no text of a cell: {text}");
			}
			let versions = if operator.domain().is_empty() { opset::OWN } else { opset::ML };
			for (name, version) in about.since {
				assert!(names.contains(name), "{name} is none of {names:?}");
				assert!(versions.contains(version), "{name}: {version}");
			}
		}
	}

	#[test]
	fn what_costs_nothing_rounds_nothing() {
		for operator in OPERATORS {
			let About { costs, exactness, .. } = operator.about();
			assert!(costs != "nothing" || exactness == Exactness::Exact, "{:?}", operator.onnx());
		}
	}

	#[test]
	fn no_name_stands_for_two() {
		let names: Vec<_> = OPERATORS.iter().flat_map(|operator| operator.onnx()).collect();
		let functions = OPERATORS.iter().filter_map(|operator| operator.function());
		let functions: Vec<_> = functions.map(|function| function.name()).collect();
		assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
		assert_eq!(functions.iter().collect::<BTreeSet<_>>().len(), functions.len());
	}

	#[test]
	fn operators_of_other_domains_are_others() {
		let mut node = NodeProto { op_type: "Gemm".into(), ..Default::default() };
		assert!(operator(&node).is_some());
		node.domain = "com.example".into();
		assert!(operator(&node).is_none());
	}
}
