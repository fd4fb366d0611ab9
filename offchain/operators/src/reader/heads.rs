// SPDX-License-Identifier: Apache-2.0
//! Values whose first dimension is that of samples and of heads in one, as an exporter writes it around the transposition
//! of a matrix for each head.

use candor_onnx::{
	node::{first_output, integers_attribute},
	OnnxError,
};

use super::Reader;
use crate::{
	registry::{self, transpose::turned},
	At, Place,
};

impl Reader {
	/// A node gives the elements of its data with samples and heads in one dimension: the first of these.
	pub(crate) fn merge_heads(&mut self, place: &Place<'_>, at: At) {
		self.of_heads.insert(first_output(place.node).into());
		self.pass(place, at);
	}

	/// Whether the first dimension of a value is that of samples and of heads.
	pub fn is_of_heads(&self, name: &str) -> bool {
		self.of_heads.contains(name)
	}

	/// Reads a node that takes such a value: it turns the matrix of each head, or tells samples and heads apart again.
	pub(super) fn read_heads(&mut self, place: &Place<'_>) -> Result<(), OnnxError> {
		let refused = || {
			place.usage("it takes samples and heads in one dimension; keep them apart as [batch, heads, places, features]")
		};
		let at = place.data()?;
		match place.node.op_type.as_str() {
			"Reshape" => registry::operator(place.node).ok_or_else(refused)?.read(place, self),
			"Transpose" => {
				let axes: Option<Vec<usize>> = integers_attribute(place.node, "perm")
					.iter()
					.map(|axis| usize::try_from(*axis).ok())
					.collect();
				let axes = axes.filter(|axes| axes.first() == Some(&0)).ok_or_else(refused)?;
				let turned = turned(at, &axes).ok_or_else(refused)?;
				self.merge_heads(place, turned);
				Ok(())
			}
			_ => Err(refused()),
		}
	}
}
