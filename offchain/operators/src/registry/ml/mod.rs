// SPDX-License-Identifier: Apache-2.0
//! The operators of `ai.onnx.ml`, as exporters of scikit-learn write them.

mod array_feature_extractor;
mod linear_classifier;
mod linear_regressor;
mod normalizer;
mod scaler;
mod svm;
mod zip_map;

pub(super) use array_feature_extractor::ArrayFeatureExtractor;
pub(super) use linear_classifier::classify;
pub(super) use linear_classifier::LinearClassifier;
pub(super) use linear_regressor::{refuse_transforms, LinearRegressor};
pub(super) use normalizer::Normalizer;
pub(super) use scaler::Scaler;
pub(super) use svm::{SvmClassifier, SvmRegressor};
pub(super) use zip_map::ZipMap;

use candor_graph::FloatParameters;
use candor_onnx::{
	node::{integers_attribute, texts_attribute},
	pb::NodeProto,
	OnnxError,
};

use crate::Place;

/// Labels of classes in the first of these attributes that is there, as texts.
pub(super) fn labels(node: &NodeProto, of_texts: &str, of_integers: &str) -> Vec<String> {
	let texts = texts_attribute(node, of_texts);
	if texts.is_empty() {
		integers_attribute(node, of_integers).iter().map(ToString::to_string).collect()
	} else {
		texts
	}
}

/// A layer of weights that stand output by output.
fn layer(
	place: &Place<'_>,
	inputs: usize,
	outputs: usize,
	weights: &[f64],
	biases: Vec<f64>,
) -> Result<FloatParameters, OnnxError> {
	if outputs == 0 || Some(weights.len()) != inputs.checked_mul(outputs) {
		let got = weights.len();
		return Err(place.usage(format!(
			"it has {got} coefficients for {inputs} features and {outputs} outputs"
		)));
	}
	if weights.iter().chain(&biases).any(|number| !number.is_finite()) {
		return Err(place.usage("a coefficient is infinite or NaN; the training did not converge"));
	}
	let biases = match biases.len() {
		0 => vec![0.0; outputs],
		got if got == outputs => biases,
		got => return Err(place.usage(format!("it has {got} intercepts for {outputs} outputs"))),
	};
	let weights =
		(0..inputs).flat_map(|input| (0..outputs).map(move |o| weights[o * inputs + input]));
	Ok(FloatParameters { weights: weights.collect(), biases })
}
