// SPDX-License-Identifier: Apache-2.0
//! Values that become bytes, and what is known of those that are.

use candor_graph::{Node, Source, Value};
use candor_onnx::OnnxError;

use super::Reader;
use crate::{
	registry::{layer_norm, relu, table},
	At, Known, Place,
};

impl Reader {
	/// The data that a node takes first as bytes, a weight for each element, as [`Self::as_bytes`]. Whoever takes it later takes
	/// these.
	///
	/// # Errors
	///
	/// As [`Self::activate`].
	pub(crate) fn keep_as_bytes(&mut self, place: &Place<'_>, at: &At) -> Result<At, OnnxError> {
		let apart = At { affine: at.affine.apart(), ..at.clone() };
		let bytes = self.as_bytes(place, &apart)?;
		if matches!(self.value(place.name(0)), Some(Known::Data(own)) if own == at) {
			self.give(place.name(0), Known::Data(bytes.clone()));
		}
		Ok(bytes)
	}

	/// Whether the zero of a value's elements is known to be within its bytes: behind a ReLU, a normalisation, or a table
	/// that has it.
	pub(crate) fn has_zero_in_bytes(&self, source: Source) -> bool {
		let Source::Node(at) = source else { return false };
		self.nodes.get(at).is_some_and(|node| match node.operator.as_str() {
			layer_norm::NAME | relu::NAME => true,
			table::NAME => table::keeps_zero(node),
			_ => false,
		})
	}

	/// The node that gives a value, with what it takes; nothing where it does not fit.
	pub(crate) fn node_of(&self, source: Source) -> Option<(&Node, Vec<&Value>)> {
		let Source::Node(at) = source else { return None };
		let node = self.nodes.get(at)?;
		let inputs = node.inputs.iter().map(|source| self.given_by(*source));
		Some((node, inputs.collect::<Option<_>>()?))
	}
}
