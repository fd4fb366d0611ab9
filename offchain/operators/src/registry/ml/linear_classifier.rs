// SPDX-License-Identifier: Apache-2.0
//! `LinearClassifier`: a linear layer whose outputs are logits of classes.

use candor_onnx::{
	node::{floats_attribute, text_attribute, ML_DOMAIN},
	OnnxError,
};

use super::{labels, layer};
use crate::{At, End, Form, Operator, Place, Reader};

/// See the module.
pub(in crate::registry) struct LinearClassifier;

impl Operator for LinearClassifier {
	fn onnx(&self) -> &'static [&'static str] {
		&["LinearClassifier"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "post_transform `NONE`, `LOGISTIC` or `SOFTMAX`; two classes with one row of coefficients or two",
			refuses: "other transforms",
			costs: "as `Gemm`",
			exactness: crate::Exactness::Weights,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		let labels = labels(place.node, "classlabels_strings", "classlabels_ints");
		let weights = floats_attribute(place.node, "coefficients");
		let outputs = weights.len() / width;
		let intercepts = floats_attribute(place.node, "intercepts");
		let layer = layer(place, width, outputs, &weights, intercepts)?;
		if labels.len() != outputs && !(outputs == 1 && labels.len() == 2) {
			let got = labels.len();
			return Err(place.usage(format!("it has {got} labels for {outputs} outputs")));
		}
		let transform = text_attribute(place.node, "post_transform");
		let form = match transform.as_deref() {
			// Of one logit `z` onnxruntime gives the scores `1 - z` and `z`, and the label by its sign.
			None | Some("NONE" | "" | "SOFTMAX") if outputs == 1 => Form::Part,
			Some("LOGISTIC") if outputs == 1 => Form::Both,
			None | Some("NONE" | "") => Form::Ordered,
			Some("LOGISTIC" | "SOFTMAX") => Form::Probabilities,
			Some(other) => {
				return Err(place.usage(format!(
					"post_transform {other} may change which class is the largest; NONE, LOGISTIC and SOFTMAX are supported"
				)));
			}
		};
		finish(place, reader, at.clone(), &layer, labels, form)
	}
}

/// Label and scores of a classifier with these logits.
pub(super) fn finish(
	place: &Place<'_>,
	reader: &mut Reader,
	at: At,
	layer: &candor_graph::FloatParameters,
	labels: Vec<String>,
	form: Form,
) -> Result<(), OnnxError> {
	let dims = vec![layer.biases.len()];
	let logits = reader.layer(place, &at, layer, dims)?;
	classify(place, reader, logits, labels, form);
	Ok(())
}

/// Label and scores of a classifier, whose logits have been read.
pub(in crate::registry) fn classify(
	place: &Place<'_>,
	reader: &mut Reader,
	logits: At,
	labels: Vec<String>,
	form: Form,
) {
	// By this name the float reference knows the scores before they are transformed.
	let name = if place.node.output.get(1).is_none_or(String::is_empty) { 0 } else { 1 };
	let name = place.node.output.get(name).map_or("", String::as_str);
	reader.end(place, 0, End::new(place.node, name, logits.clone(), Form::Label));
	reader.end(place, 1, End::new(place.node, name, logits, form));
	reader.label(labels);
}
