// SPDX-License-Identifier: Apache-2.0
//! `Reshape` of each sample: its elements stay in their order.

use candor_onnx::{node::shown, tensor, OnnxError};

use crate::{At, End, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct Reshape;

impl Operator for Reshape {
	fn onnx(&self) -> &'static [&'static str] {
		&["Reshape"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "that keeps the batch; samples and heads in one dimension where a `Transpose` and a `Reshape` that tells them apart follow",
			refuses: "",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let shape = place
			.edges
			.constant(place.node, 1)?
			.ok_or_else(|| place.usage("the new shape is missing"))
			.and_then(tensor::integers)?;
		let data = place.data()?;
		let features = data.affine.outputs();
		if let Some(dims) = of_heads(&shape, data, place.batch) {
			reader.merge_heads(place, data.clone().shaped(dims));
			return Ok(());
		}
		let dims = self::dims(&shape, data, place.batch).ok_or_else(|| {
			place.usage(format!(
				"the shape {} is not that of a batch of {features} features",
				shown(&shape)
			))
		})?;
		reader.pass(place, data.clone().shaped(dims));
		Ok(())
	}

	/// A list of one number or label for each sample stays one.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let is_list = matches!(
			end.form,
			Form::Place | Form::Label | Form::Part | Form::Total | Form::LogTotal
		);
		if !is_list && (end.count() > 1 || end.form == Form::Both) {
			return Err(end.refused(place));
		}
		reader.end(place, 0, end.clone());
		Ok(())
	}
}

/// The dimensions where the first one is that of the batch and of heads, which are the first behind it; nothing where it
/// is not.
fn of_heads(shape: &[i64], data: &At, batch: Option<usize>) -> Option<Vec<usize>> {
	let ([first, rest @ ..], [heads, ..]) = (shape, &data.dims[..]) else { return None };
	let rest = rest.iter().map(|dim| usize::try_from(*dim).ok().filter(|dim| *dim > 0));
	let dims: Vec<usize> = core::iter::once(Some(*heads)).chain(rest).collect::<Option<_>>()?;
	let elements = dims.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim))?;
	let both = batch.and_then(|batch| batch.checked_mul(*heads));
	let is_both = *first == -1 || both.is_some() && usize::try_from(*first).ok() == both;
	let is_it = is_both && *heads > 1 && dims.len() > 2 && elements == data.affine.outputs();
	is_it.then_some(dims)
}

/// The dimensions behind the batch; nothing where the shape mixes samples.
fn dims(shape: &[i64], data: &At, batch: Option<usize>) -> Option<Vec<usize>> {
	let features = data.affine.outputs();
	let (first, rest) = shape.split_first()?;
	let is_batch = match *first {
		-1 => rest.iter().all(|dim| *dim >= 0),
		0 | 1 => true,
		dim => batch.is_some() && usize::try_from(dim).ok() == batch,
	};
	if !is_batch {
		return None;
	}
	let mut unknown = None;
	let mut dims = Vec::with_capacity(rest.len());
	for (axis, dim) in rest.iter().enumerate() {
		match *dim {
			-1 if unknown.is_none() => {
				unknown = Some(axis);
				dims.push(1);
			}
			// Zero keeps what stands there.
			0 => dims.push(*data.dims.get(axis)?),
			dim => dims.push(usize::try_from(dim).ok()?),
		}
	}
	let known = dims.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim))?;
	if let Some(axis) = unknown {
		*dims.get_mut(axis)? = features.checked_div(known)?;
	}
	let elements = dims.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim))?;
	(elements == features).then_some(dims)
}
