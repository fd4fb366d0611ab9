// SPDX-License-Identifier: Apache-2.0
//! `MatMul` of a sequence: one layer of weights at each of its places, which is a convolution of windows of one
//! place.

use candor_graph::{FloatParameters, Kind};
use candor_onnx::OnnxError;

use super::read::fan_in;
use crate::{window::Window, Affine, At, Filters, Place, Reader};

/// Reads the product of each row of features and a matrix, whose outputs have these dimensions.
pub(super) fn read(
	place: &Place<'_>,
	reader: &mut Reader,
	data: &At,
	layer: &FloatParameters,
	dims: Vec<usize>,
) -> Result<(), OnnxError> {
	let features = fan_in(layer);
	if data.dims.last() != Some(&features) {
		return Err(place.usage(format!(
			"weights for {features} inputs meet rows of {} values",
			data.dims.last().copied().unwrap_or_default()
		)));
	}
	let too_large = || {
		place.usage("with what stands before it, it is no layer at each place and too large for a layer of all of them; put a Relu between them")
	};
	let by_filters = by_filters(data, layer);
	let is_gone_around = data.affine.is_of_columns().is_some() && is_added(place);
	let affine = match by_filters.filter(|_| !is_gone_around) {
		Some(affine) => affine,
		// What differs from place to place goes into bytes first, so that all places share the weights.
		// What also goes around is a weight of the layer that it is added to, where both are of bytes.
		None if is_gone_around || is_of_bytes(reader, data) => {
			let bytes = reader.keep_as_bytes(place, data)?;
			let affine = self::by_filters(&bytes, layer).ok_or_else(too_large)?;
			let at = in_places(At { source: bytes.source, dims: Vec::new(), affine }, layer, dims);
			reader.weigh(place, at);
			return Ok(());
		}
		None => at_each_place(data, layer).ok_or_else(too_large)?,
	};
	let at = in_places(At { source: data.source, dims: Vec::new(), affine }, layer, dims);
	reader.weigh(place, at);
	Ok(())
}

/// Whether what a node takes first is added to something else as well.
fn is_added(place: &Place<'_>) -> bool {
	place.edges.users(place.name(0)).iter().any(|user| user.op_type == "Add")
}

/// Outputs that stand output by output, each at all places, as place by place.
fn in_places(at: At, layer: &FloatParameters, dims: Vec<usize>) -> At {
	let places = at.affine.outputs() / layer.biases.len().max(1);
	at.transposed(places).shaped(dims)
}

/// Whether data are single elements of bytes, each with a factor and a number.
fn is_of_bytes(reader: &Reader, data: &At) -> bool {
	let is_bytes = reader.kind(data.source) == Some(Kind::Bytes);
	is_bytes && data.affine.is_of_single_elements()
}

/// The outputs, each at all places, as those of filters; nothing where the data are no image of bytes, or differ
/// from place to place.
fn by_filters(data: &At, layer: &FloatParameters) -> Option<Affine> {
	let features = fan_in(layer);
	let places = data.affine.outputs() / features;
	// Behind a layer of this kind the features stand one behind the other, each at all places.
	let by_feature = data.transposed(features).affine.over_image([places, 1]);
	if by_feature.as_filters().is_some() {
		let window = Window::pointwise(features, [places, 1]);
		return by_feature.filtered(&Filters::new(window, 1, turned(layer)));
	}
	let terms = data.affine.terms()?;
	let terms: Vec<(usize, f64, f64)> = terms.collect();
	let is_in_order = terms.iter().enumerate().all(|(at, (from, ..))| at == *from);
	let of_features: Vec<(f64, f64)> =
		terms.iter().take(features).map(|(_, scale, offset)| (*scale, *offset)).collect();
	let are_alike = terms
		.chunks(features)
		.all(|row| row.iter().zip(&of_features).all(|(term, of)| (term.1, term.2) == *of));
	let source = Affine::identity(terms.len());
	if !is_in_order || !are_alike || source.outputs() != data.affine.inputs() {
		return None;
	}
	let scaled = Affine::identity(features)
		.scaled(
			&of_features.iter().map(|of| of.0).collect::<Vec<_>>(),
			&of_features.iter().map(|of| of.1).collect::<Vec<_>>(),
		)
		.then(layer)?
		.to_layer()?;
	let window = Window {
		kernel: [1, features],
		strides: [1, features],
		..Window::pointwise(1, [places, features])
	};
	window.fits().then(|| source.filtered(&Filters::new(window, 1, turned(&scaled)))).flatten()
}

/// The weights as filters have them: those of an output one behind the other.
fn turned(layer: &FloatParameters) -> FloatParameters {
	let outputs = layer.biases.len();
	let weights = (0..outputs).flat_map(|at| layer.weights.iter().skip(at).step_by(outputs));
	FloatParameters { weights: weights.copied().collect(), biases: layer.biases.clone() }
}

/// The outputs, each at all places, as those of a layer of all elements; nothing where it is too large.
fn at_each_place(data: &At, layer: &FloatParameters) -> Option<Affine> {
	let features = fan_in(layer);
	let places = data.affine.outputs() / features;
	let window = Window {
		kernel: [1, features],
		strides: [1, features],
		..Window::pointwise(1, [places, features])
	};
	let filters = Filters::new(window, 1, turned(layer));
	let whole = Affine::identity(data.affine.outputs()).filtered(&filters)?.to_layer()?;
	data.affine.then(&whole)
}
