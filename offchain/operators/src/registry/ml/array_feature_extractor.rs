// SPDX-License-Identifier: Apache-2.0
//! `ArrayFeatureExtractor`: features at constant positions, or at the end the label of a class or its
//! score.

use candor_onnx::{node::ML_DOMAIN, tensor, OnnxError};

use crate::{registry::gather, End, Form, Known, Operator, Place, Reader};

/// See the module.
pub(in crate::registry) struct ArrayFeatureExtractor;

impl Operator for ArrayFeatureExtractor {
	fn onnx(&self) -> &'static [&'static str] {
		&["ArrayFeatureExtractor"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "features at constant positions; the label of a class, or its score",
			refuses: "",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	/// At the end labels come first.
	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, _) = place.vector()?;
		let indices = place
			.edges
			.constant(place.node, 1)?
			.ok_or_else(|| place.usage("the positions are missing"))?;
		let selected = gather::select(place, at, &tensor::integers(indices)?)?;
		reader.fold(place, selected);
		Ok(())
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		if let [Some(Known::End(scores)), None] = place.inputs.as_slice() {
			let part = scores.part().ok_or_else(|| end.refused(place))?;
			reader.end(place, 0, part);
			return Ok(());
		}
		let is_label = matches!(place.inputs.as_slice(), [None, Some(Known::End(_))]);
		if !is_label || end.form != Form::Place {
			return Err(end.refused(place));
		}
		if let Some(labels) = place.edges.constant(place.node, 0)? {
			reader.label(tensor::labels(labels)?);
		}
		reader.end(place, 0, end.with(Form::Label));
		Ok(())
	}
}
