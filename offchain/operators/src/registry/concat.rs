// SPDX-License-Identifier: Apache-2.0
//! `Concat` of functions of values, one behind the other.

use candor_graph::MAX_ELEMENTS;
use candor_onnx::{node::integer_attribute, OnnxError};

use crate::{Affine, At, End, Form, Known, Operator, Place, Reader};

/// See the module.
pub(super) struct Concat;

impl Concat {
	fn check_axis(place: &Place<'_>) -> Result<(), OnnxError> {
		place.last_axis(integer_attribute(place.node, "axis").unwrap_or(0))
	}
}

impl Operator for Concat {
	fn onnx(&self) -> &'static [&'static str] {
		&["Concat"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of functions of one value or, by a `join`, of several, axis 1; of inputs; of `1 - p` and `p` behind one logit",
			refuses: "constants, other axes",
			costs: "nothing; where totals and bytes meet, the totals become bytes, as behind a `Relu` of their own",
			exactness: crate::Exactness::ExactOrStep,
			since: &[],
		}
	}

	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let mut parts: Vec<&At> = Vec::with_capacity(place.inputs.len());
		for input in &place.inputs {
			match input {
				Some(Known::Data(at)) if !at.dims.is_empty() => parts.push(at),
				Some(_) => return Err(place.usage("flatten the values to [batch, features] first")),
				None => return Err(place.usage("all of its inputs have to be data")),
			}
		}
		let (_, behind) = place.data()?.dims.split_first().unwrap_or((&0, &[]));
		if behind.is_empty() {
			Self::check_axis(place)?;
		} else if integer_attribute(place.node, "axis") != Some(1) {
			return Err(place.usage("only axis 1 is supported, that of channels"));
		}
		if parts.iter().any(|part| part.dims[1..] != *behind) {
			return Err(place.usage("its inputs differ in other dimensions than axis 1"));
		}
		let elements = parts.iter().map(|part| part.affine.outputs());
		if elements.fold(0, usize::saturating_add) > MAX_ELEMENTS {
			return Err(place.usage("what it makes is too large"));
		}
		let parts = reader.side_by_side(place, &parts)?;
		let over_image = |affine: &Affine| match *behind {
			[height, width] => affine.over_image([height, width]),
			[width] => affine.over_image([1, width]),
			_ => affine.clone(),
		};
		let are_filters = parts.iter().any(|part| part.affine.as_filters().is_some());
		let affines: Vec<Affine> = match are_filters {
			true => parts.iter().map(|part| over_image(&part.affine)).collect(),
			false => parts.iter().map(|part| part.affine.clone()).collect(),
		};
		let affine = Affine::joined(&affines.iter().collect::<Vec<_>>())
			.ok_or_else(|| place.usage("the layer that it makes is too large"))?;
		let channels = parts.iter().map(|part| part.dims[0]).sum();
		let dims = core::iter::once(channels).chain(behind.iter().copied()).collect();
		let source = parts.first().map_or(place.data()?.source, |part| part.source);
		reader.fold(place, At { source, dims, affine });
		Ok(())
	}

	/// `[1 - p, p]`: the probabilities of two classes.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		Self::check_axis(place)?;
		match place.inputs.as_slice() {
			[Some(Known::End(other)), Some(Known::End(own))]
				if end.count() == 1
					&& (other.form, own.form) == (Form::Complements, Form::Signs)
					&& other.name == own.name =>
			{
				reader.end(place, 0, own.with(Form::Both));
				Ok(())
			}
			_ => Err(end.refused(place)),
		}
	}
}
