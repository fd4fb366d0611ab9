// SPDX-License-Identifier: Apache-2.0
//! `QuantizeLinear` and `DequantizeLinear`: floats as integers of few bits, with a scale and the integer of zero.

use candor_text::abbreviated;
use tract_onnx::pb::{tensor_proto::DataType, NodeProto, TensorProto};

use crate::{
	node::{first_output, integer_attribute, is_own, usage},
	tensor::{self, Tensor},
	Edges, OnnxError,
};

/// From floats to integers.
const QUANTIZE: &str = "QuantizeLinear";

/// And back.
const DEQUANTIZE: &str = "DequantizeLinear";

/// What a value has for its integers, all of it with one scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
	/// What a step is worth.
	pub scale: f64,
	/// The integer of zero.
	pub zero: f64,
	/// The smallest integer.
	pub low: f64,
	/// The largest integer.
	pub high: f64,
}

impl Levels {
	/// Those that a `QuantizeLinear` of data has.
	///
	/// # Errors
	///
	/// [`OnnxError`] when scale or zero point are no constants, there are several, or the integers are no
	/// bytes.
	pub fn of(edges: &Edges<'_>, node: &NodeProto) -> Result<Self, OnnxError> {
		let scale = edges.constant(node, 1)?.ok_or_else(|| usage(node, "it has no scale"))?;
		let zero = edges.constant(node, 2)?;
		let steps = Steps::new(node, scale, zero)?;
		let ([scale], [zero]) = (&steps.scales[..], &steps.zeros[..]) else {
			return Err(usage(
				node,
				"activations with a scale for each channel are not supported; quantise activations per tensor, weights may be per channel",
			));
		};
		let (low, high) = steps.range;
		if high - low != 255.0 {
			return Err(usage(node, "activations of other integers than bytes are not supported"));
		}
		Ok(Self { scale: *scale, zero: *zero, low, high })
	}

	/// The values of the smallest and the largest integer.
	pub fn range(&self) -> (f64, f64) {
		let value = |integer: f64| (integer - self.zero) * self.scale;
		(value(self.low), value(self.high))
	}
}

/// Whether a node makes integers of floats, or floats of integers.
pub(crate) fn is_one(node: &NodeProto) -> bool {
	is_own(node) && [QUANTIZE, DEQUANTIZE].contains(&node.op_type.as_str())
}

/// The constant that such a node makes of constants.
pub(crate) fn compute(node: &NodeProto, inputs: &[TensorProto]) -> Result<TensorProto, OnnxError> {
	let [value, scale, zero @ ..] = inputs else { return Err(usage(node, "it has no scale")) };
	let steps = Steps::new(node, scale, zero.first())?;
	let name = first_output(node).into();
	if node.op_type == QUANTIZE {
		let Tensor { dims, values } = Tensor::floats(value)?;
		let each = steps.each(node, &dims, values.len())?;
		let (low, high) = steps.range;
		let integers = values.iter().zip(each).map(|(value, (scale, zero))| {
			// The clamp leaves an integer of a few bits.
			((value / scale).round_ties_even() + zero).clamp(low, high) as i32
		});
		let (int32_data, dims) = (integers.collect(), value.dims.clone());
		return Ok(TensorProto {
			name,
			dims,
			data_type: steps.kind as i32,
			int32_data,
			..Default::default()
		});
	}
	let (dims, integers) = tensor::narrow_integers(value)?;
	let each = steps.each(node, &dims, integers.len())?;
	let values = integers.iter().zip(each);
	Ok(TensorProto {
		name,
		dims: value.dims.clone(),
		data_type: DataType::Double as i32,
		double_data: values
			.map(|(integer, (scale, zero))| (*integer as f64 - zero) * scale)
			.collect(),
		..Default::default()
	})
}

/// Scales and zeros, one or one for each place along an axis.
struct Steps {
	scales: Vec<f64>,
	zeros: Vec<f64>,
	axis: i64,
	kind: DataType,
	range: (f64, f64),
}

impl Steps {
	fn new(
		node: &NodeProto,
		scale: &TensorProto,
		zero: Option<&TensorProto>,
	) -> Result<Self, OnnxError> {
		let Tensor { dims, values: scales } = Tensor::floats(scale)?;
		if dims.len() > 1 || integer_attribute(node, "block_size").unwrap_or(0) != 0 {
			return Err(usage(
				node,
				"scales of blocks are not supported; quantise per tensor or per channel",
			));
		}
		if scales.iter().any(|scale| !scale.is_normal() || *scale < 0.0) {
			return Err(usage(node, "a scale is not positive"));
		}
		let (kind, zeros) = match zero {
			Some(zero) => {
				let (_, zeros) = tensor::narrow_integers(zero)?;
				let kind = DataType::try_from(zero.data_type).unwrap_or(DataType::Uint8);
				(kind, zeros.into_iter().map(|zero| zero as f64).collect())
			}
			None => (DataType::Uint8, vec![0.0; scales.len()]),
		};
		if zeros.len() != scales.len() {
			let (zeros, scales) = (zeros.len(), scales.len());
			return Err(usage(node, format!("{zeros} zero points do not fit {scales} scales")));
		}
		let range = match kind {
			DataType::Uint8 => (0.0, 255.0),
			DataType::Int8 => (-128.0, 127.0),
			DataType::Uint16 => (0.0, 65_535.0),
			DataType::Int16 => (-32_768.0, 32_767.0),
			_ => (f64::from(i32::MIN), f64::from(i32::MAX)),
		};
		let axis = integer_attribute(node, "axis").unwrap_or(1);
		Ok(Self { scales, zeros, axis, kind, range })
	}

	/// Scale and zero of each of so many elements.
	fn each(
		&self,
		node: &NodeProto,
		dims: &[usize],
		count: usize,
	) -> Result<impl Iterator<Item = (f64, f64)> + '_, OnnxError> {
		let rank = dims.len() as i64;
		let axis = if self.axis < 0 { self.axis + rank } else { self.axis };
		let along =
			usize::try_from(axis).ok().and_then(|axis| dims.get(axis).map(|dim| (axis, *dim)));
		let (repeat, places) = match (self.scales.len(), along) {
			(1, _) => (1, 1),
			(scales, Some((axis, dim))) if scales == dim => {
				(dims.iter().skip(axis + 1).product::<usize>(), dim)
			}
			(scales, _) => {
				let value = abbreviated(node.input.first().map_or("", String::as_str));
				return Err(usage(node, format!("{scales} scales do not fit `{value}`")));
			}
		};
		let repeat = repeat.max(1);
		Ok((0..count).map(move |at| {
			let place = at / repeat % places;
			(self.scales[place], self.zeros[place])
		}))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::{floats, node, with_int};

	fn bytes(kind: DataType, dims: &[i64], values: &[i32]) -> TensorProto {
		TensorProto {
			dims: dims.into(),
			data_type: kind as i32,
			int32_data: values.into(),
			..Default::default()
		}
	}

	fn floats_of(proto: &TensorProto) -> Vec<f64> {
		Tensor::floats(proto).expect("floats").values
	}

	#[test]
	fn integers_are_what_they_stand_for() {
		let of = |axis: i64, scales: &[f32], zeros: &[i32]| {
			let node = with_int(node(DEQUANTIZE, &["q", "s", "z"], "x"), "axis", axis);
			let count = scales.len() as i64;
			let dims: &[i64] = if count == 1 { &[] } else { &[count] };
			let value = bytes(DataType::Int8, &[2, 3], &[-128, 0, 127, 1, 2, 3]);
			let inputs = [value, floats("s", dims, scales), bytes(DataType::Int8, dims, zeros)];
			compute(&node, &inputs).ok().map(|value| floats_of(&value))
		};
		assert_eq!(of(1, &[0.5], &[2]), Some(vec![-65.0, -1.0, 62.5, -0.5, 0.0, 0.5]));
		assert_eq!(of(0, &[0.5, 2.0], &[0, 1]), Some(vec![-64.0, 0.0, 63.5, 0.0, 2.0, 4.0]));
		let columns = vec![-128.0, 0.0, 508.0, 1.0, 4.0, 12.0];
		assert_eq!(of(1, &[1.0, 2.0, 4.0], &[0; 3]), Some(columns.clone()));
		assert_eq!(of(-1, &[1.0, 2.0, 4.0], &[0; 3]), Some(columns));
		assert!(of(0, &[1.0, 2.0, 4.0], &[0; 3]).is_none(), "three scales for two rows");
		assert!(of(0, &[-1.0], &[0]).is_none(), "a negative scale");
	}

	#[test]
	fn bytes_in_raw_data_are_read_with_their_sign() {
		let node = node(DEQUANTIZE, &["q", "s"], "x");
		for (kind, expected) in [(DataType::Int8, [-1.0, 127.0]), (DataType::Uint8, [255.0, 127.0])]
		{
			let value = TensorProto { raw_data: vec![255, 127], ..bytes(kind, &[2], &[]) };
			let inputs = [value, floats("s", &[], &[1.0]), bytes(kind, &[], &[0])];
			assert_eq!(floats_of(&compute(&node, &inputs).expect("bytes")), expected);
		}
	}

	#[test]
	fn floats_become_the_nearest_integer_halves_to_the_even_one() {
		let node = node(QUANTIZE, &["x", "s", "z"], "q");
		let value = floats("x", &[5], &[0.25, 0.75, -0.25, 1e9, -1e9]);
		let inputs = [value, floats("s", &[], &[0.5]), bytes(DataType::Uint8, &[], &[3])];
		let quantised = compute(&node, &inputs).expect("floats");
		assert_eq!(quantised.int32_data, [3, 5, 3, 255, 0]);
		assert_eq!(quantised.data_type, DataType::Uint8 as i32);
	}
}
