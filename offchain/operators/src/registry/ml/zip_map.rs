// SPDX-License-Identifier: Apache-2.0
//! `ZipMap` at the end, which gives the scores their labels.

use candor_onnx::{node::ML_DOMAIN, OnnxError};

use super::labels;
use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(in crate::registry) struct ZipMap;

impl Operator for ZipMap {
	fn onnx(&self) -> &'static [&'static str] {
		&["ZipMap"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind the scores of a classifier",
			refuses: "one score",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	/// Scores that are logits.
	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		if width == 1 {
			return Err(place.usage(
				"one score is no map; the option 'zipmap': False of skl2onnx leaves it out",
			));
		}
		let end = End::new(place.node, place.name(0), at.clone(), Form::Ordered);
		self.read_end(place, &end, reader)
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		reader.label(labels(place.node, "classlabels_strings", "classlabels_int64s"));
		reader.end(place, 0, end.clone());
		Ok(())
	}
}
