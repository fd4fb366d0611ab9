// SPDX-License-Identifier: Apache-2.0
//! Linear layers of floats, and how they are read.

use candor_graph::{FloatParameters, Shape};
use candor_onnx::{
	node::{float_attribute, integer_attribute, shown},
	OnnxError, Tensor,
};

use super::{node, NAME, OUTPUTS};
use crate::{At, Place, Reader};

/// The layer that changes nothing.
pub fn identity(width: usize) -> FloatParameters {
	let mut weights = vec![0.0; width * width];
	weights.iter_mut().step_by(width + 1).for_each(|weight| *weight = 1.0);
	FloatParameters { weights, biases: vec![0.0; width] }
}

/// The number of inputs of a layer.
pub(super) fn fan_in(layer: &FloatParameters) -> usize {
	layer.weights.len() / layer.biases.len().max(1)
}

/// `x W`, without the bias.
fn product(layer: &FloatParameters, inputs: &[f64]) -> Vec<f64> {
	let fan_out = layer.biases.len();
	let mut outputs = vec![0.0; fan_out];
	for (row, input) in layer.weights.chunks_exact(fan_out).zip(inputs) {
		for (output, weight) in outputs.iter_mut().zip(row) {
			*output += weight * input;
		}
	}
	outputs
}

/// `x W + b`.
pub(super) fn apply(layer: &FloatParameters, inputs: &[f64]) -> Vec<f64> {
	let mut outputs = product(layer, inputs);
	outputs.iter_mut().zip(&layer.biases).for_each(|(output, bias)| *output += bias);
	outputs
}

/// The one layer that does what a layer and the next one do together.
pub(super) fn compose(layer: &FloatParameters, next: &FloatParameters) -> FloatParameters {
	let rows = layer.weights.chunks_exact(layer.biases.len());
	FloatParameters {
		weights: rows.flat_map(|row| product(next, row)).collect(),
		biases: apply(next, &layer.biases),
	}
}

/// A bias for `width` outputs.
pub(in crate::registry) fn broadcast(
	place: &Place<'_>,
	bias: &Tensor,
	width: usize,
) -> Result<Vec<f64>, OnnxError> {
	bias.broadcast(width).ok_or_else(|| {
		let dims = shown(&bias.dims);
		place.usage(format!("a bias of the shape {dims} does not fit {width} outputs"))
	})
}

/// Reads a linear layer. Two without anything between become one.
pub(super) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let At { source, shape: before } = place.data()?.clone();
	let Some(expected) = before.as_vector() else {
		return Err(place.usage("flatten the value to [batch, features] first"));
	};
	let layer = match place.node.op_type.as_str() {
		"Gemm" => gemm(place)?,
		_ => {
			let (_, fan_out, weights) = place.edges.matrix(place.node, 1)?;
			FloatParameters { weights, biases: vec![0.0; fan_out] }
		}
	};
	let (got, fan_out) = (fan_in(&layer), layer.biases.len());
	if got != expected {
		return Err(place.usage(format!("weights for {got} inputs meet {expected} values")));
	}
	let Ok(shape) = Shape::vector(fan_out) else {
		return Err(place.usage(format!("it has {fan_out} outputs")));
	};
	match reader.node_mut(source, NAME) {
		Some((last, before)) => {
			last.set(OUTPUTS, fan_out as i64);
			*before = compose(before, &layer);
			reader.pass(place, At { source, shape });
		}
		None => reader.push(place, node(source, fan_out, 0), shape, layer),
	}
	Ok(())
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
	let (rows, columns, values) = place.edges.matrix(onnx, 1)?;
	let (fan_in, fan_out) = if transposed { (columns, rows) } else { (rows, columns) };
	let at = |i: usize, o: usize| if transposed { o * fan_in + i } else { i * fan_out + o };
	let weights = (0..fan_in * fan_out)
		.map(|index| alpha * values[at(index / fan_out, index % fan_out)])
		.collect();
	let biases = match place.edges.floats(onnx, 2)? {
		Some(bias) => broadcast(place, &bias, fan_out)?.iter().map(|b| beta * b).collect(),
		None => vec![0.0; fan_out],
	};
	Ok(FloatParameters { weights, biases })
}
