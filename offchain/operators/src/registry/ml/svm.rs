// SPDX-License-Identifier: Apache-2.0
//! `SVMRegressor` and `SVMClassifier` of two classes with a linear kernel: their support vectors add
//! up to one layer.

use candor_graph::FloatParameters;
use candor_onnx::{
	node::{floats_attribute, integer_attribute, text_attribute, ML_DOMAIN},
	OnnxError,
};

use super::{labels, linear_classifier, linear_regressor};
use crate::{Form, Operator, Place, Reader};

/// See the module.
pub(in crate::registry) struct SvmRegressor;

/// See the module.
pub(in crate::registry) struct SvmClassifier;

impl Operator for SvmRegressor {
	fn onnx(&self) -> &'static [&'static str] {
		&["SVMRegressor"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "linear kernel, not one-class",
			refuses: "other kernels, `one_class`, transforms",
			costs: "as `Gemm` with one output",
			exactness: crate::Exactness::Weights,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		linear_regressor::refuse_transforms(place)?;
		if integer_attribute(place.node, "one_class").unwrap_or(0) != 0 {
			return Err(place.usage("a one-class machine is not supported"));
		}
		refuse_kernels(place)?;
		let layer = machine(place, width, 1.0)?;
		reader.layer(place, at, &layer, vec![1])?;
		reader.estimate();
		Ok(())
	}
}

impl Operator for SvmClassifier {
	fn onnx(&self) -> &'static [&'static str] {
		&["SVMClassifier"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "two classes, linear kernel, without probabilities of its own",
			refuses: "several classes, other kernels, `prob_a`",
			costs: "as `Gemm` with one output",
			exactness: crate::Exactness::Weights,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		refuse_kernels(place)?;
		let labels = labels(place.node, "classlabels_strings", "classlabels_ints");
		if labels.len() != 2 {
			return Err(place.usage(format!(
				"its {} classes are told apart by votes of pairs, which no layer computes; train LinearSVC, which has a logit for each class",
				labels.len()
			)));
		}
		if !floats_attribute(place.node, "prob_a").is_empty() {
			return Err(place.usage(
				"it computes probabilities of its own, which move the border between the classes; train with probability=False",
			));
		}
		// A positive sum is a vote for the first class, and a positive logit one for the second.
		let layer = machine(place, width, -1.0)?;
		linear_classifier::finish(place, reader, at.clone(), &layer, labels, Form::Both)
	}
}

/// Only with a linear kernel do support vectors add up.
fn refuse_kernels(place: &Place<'_>) -> Result<(), OnnxError> {
	match text_attribute(place.node, "kernel_type").as_deref() {
		None | Some("LINEAR" | "") => Ok(()),
		Some(other) => Err(place.usage(format!(
			"the kernel {other} is not linear; train with kernel='linear', or a perceptron"
		))),
	}
}

/// The layer of one sum over support vectors of a linear kernel, times a sign.
fn machine(place: &Place<'_>, width: usize, sign: f64) -> Result<FloatParameters, OnnxError> {
	let vectors = floats_attribute(place.node, "support_vectors");
	let coefficients = floats_attribute(place.node, "coefficients");
	let rho = floats_attribute(place.node, "rho");
	let fits = Some(vectors.len()) == coefficients.len().checked_mul(width);
	let (true, [rho]) = (fits && !vectors.is_empty(), &rho[..]) else {
		return Err(place.usage(format!(
			"it has {} numbers of support vectors, {} coefficients and {} constants for {width} features",
			vectors.len(),
			coefficients.len(),
			rho.len()
		)));
	};
	let mut weights = vec![0.0; width];
	for (vector, coefficient) in vectors.chunks_exact(width).zip(&coefficients) {
		for (weight, x) in weights.iter_mut().zip(vector) {
			*weight += sign * coefficient * x;
		}
	}
	super::layer(place, width, 1, &weights, vec![sign * rho])
}
