// SPDX-License-Identifier: Apache-2.0
//! Linear layers of floats, and how they are read.

use candor_graph::FloatParameters;
use candor_onnx::{
	node::{float_attribute, integer_attribute, shown},
	OnnxError, Tensor,
};

use crate::{registry::attention, At, Known, Place, Reader};

/// The number of inputs of a layer.
pub(crate) fn fan_in(layer: &FloatParameters) -> usize {
	layer.weights.len() / layer.biases.len().max(1)
}

/// `x W + b`.
pub(super) fn apply(layer: &FloatParameters, inputs: &[f64]) -> Vec<f64> {
	let fan_out = layer.biases.len();
	let mut outputs = vec![0.0; fan_out];
	for (row, input) in layer.weights.chunks_exact(fan_out).zip(inputs) {
		for (output, weight) in outputs.iter_mut().zip(row) {
			*output += weight * input;
		}
	}
	outputs.iter_mut().zip(&layer.biases).for_each(|(output, bias)| *output += bias);
	outputs
}

/// Reads a linear layer.
pub(super) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let data = place.data()?;
	if place.node.op_type == "Gemm" {
		place.vector()?;
		let layer = gemm(place)?;
		let dims = vec![layer.biases.len()];
		reader.layer(place, data, &layer, dims)?;
		return Ok(());
	}
	if let [Some(Known::Data(left)), Some(Known::Data(right))] = place.inputs.as_slice() {
		return attention::begin(place, reader, left, right);
	}
	let (layer, dims) = mat_mul(place, data)?;
	let is_sequence = data.dims.iter().rev().skip(1).any(|dim| *dim > 1);
	if is_sequence {
		return super::rows::read(place, reader, data, &layer, dims);
	}
	reader.layer(place, data, &layer, dims)?;
	Ok(())
}

/// The weights of `x B`, and the dimensions that it gives.
fn mat_mul(place: &Place<'_>, data: &At) -> Result<(FloatParameters, Vec<usize>), OnnxError> {
	let Some((_, leading)) = data.dims.split_last() else {
		return Err(place.usage("it takes one number a sample; multiply it with a constant (Mul)"));
	};
	let Tensor { dims, values } = place.floats(1)?;
	// A list is a column, and its dimension goes.
	let (fan_out, last) = match dims[..] {
		[_, fan_out] => (fan_out, Some(fan_out)),
		[_] => (1, None),
		_ => return Err(no_matrix(place, &dims)),
	};
	let layer = FloatParameters { weights: values, biases: vec![0.0; fan_out] };
	Ok((layer, leading.iter().copied().chain(last).collect()))
}

fn no_matrix(place: &Place<'_>, dims: &[usize]) -> OnnxError {
	place.usage(format!("weights of the shape {} are no matrix", shown(dims)))
}

/// `alpha * x * B + beta * C`
fn gemm(place: &Place<'_>) -> Result<FloatParameters, OnnxError> {
	let onnx = place.node;
	if integer_attribute(onnx, "transA").unwrap_or(0) != 0 {
		return Err(place.usage("transA is not supported"));
	}
	let transposed = integer_attribute(onnx, "transB").unwrap_or(0) != 0;
	let alpha = f64::from(float_attribute(onnx, "alpha").unwrap_or(1.0));
	let beta = f64::from(float_attribute(onnx, "beta").unwrap_or(1.0));
	let Tensor { dims, values } = place.floats(1)?;
	let [rows, columns] = dims[..] else { return Err(no_matrix(place, &dims)) };
	let (fan_in, fan_out) = if transposed { (columns, rows) } else { (rows, columns) };
	let at = |i: usize, o: usize| if transposed { o * fan_in + i } else { i * fan_out + o };
	let weights = (0..fan_in * fan_out)
		.map(|index| alpha * values[at(index / fan_out, index % fan_out)])
		.collect();
	let biases = match place.edges.floats(onnx, 2)? {
		Some(bias) => bias_of(place, &bias, fan_out)?.iter().map(|b| beta * b).collect(),
		None => vec![0.0; fan_out],
	};
	Ok(FloatParameters { weights, biases })
}

/// A bias for so many outputs, after broadcasting.
fn bias_of(place: &Place<'_>, bias: &Tensor, outputs: usize) -> Result<Vec<f64>, OnnxError> {
	let (last, leading) = bias.dims.split_last().unwrap_or((&1, &[]));
	match (*last, bias.values.as_slice()) {
		_ if leading.iter().any(|dim| *dim != 1) => (),
		(1, [value]) => return Ok(vec![*value; outputs]),
		(last, values) if last == outputs => return Ok(values.to_vec()),
		_ => (),
	}
	let dims = shown(&bias.dims);
	Err(place.usage(format!("a bias of the shape {dims} does not fit {outputs} outputs")))
}
