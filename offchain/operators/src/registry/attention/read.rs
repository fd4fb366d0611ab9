// SPDX-License-Identifier: Apache-2.0
//! How attention is read: a `MatMul` of queries and keys, their factor, a `Softmax`, and a `MatMul` of its shares and values.

use candor_graph::{FloatParameters, Kind, Source};
use candor_onnx::{
	node::{first_output, integer_attribute, is_own, shown},
	pb::NodeProto,
	OnnxError,
};

use super::shape::{node, Heads, Layout};
use crate::{place::MAX_PARTS, registry::dropout, Affine, At, Known, Place, Reader};

/// What may stand between the two products, the function that gives shares excepted.
const BETWEEN: [&str; 6] = ["Cast", "Div", "Dropout", "Identity", "Mul", "Softmax"];

/// Scores of keys for queries, or shares that follow from them, of which no node computes anything yet.
#[derive(Clone, PartialEq)]
pub struct Scores {
	/// Rows of queries, head by head.
	query: At,
	/// Rows of keys, head by head.
	key: At,
	/// What the products are multiplied by.
	factor: f64,
	/// Whether they are shares.
	are_shares: bool,
	/// The dimensions without the batch.
	dims: Vec<usize>,
	/// The numbers of heads, queries, places and features.
	counts: [usize; 4],
}

impl Scores {
	/// The dimensions without the batch.
	pub fn dims(&self) -> &[usize] {
		&self.dims
	}

	/// The queries.
	pub(crate) fn query(&self) -> &At {
		&self.query
	}
}

/// The last two dimensions, and how often they are there.
fn matrices(dims: &[usize]) -> Option<(&[usize], [usize; 2])> {
	match dims {
		[leading @ .., rows, columns] => Some((leading, [*rows, *columns])),
		_ => None,
	}
}

/// Reads the product of two values of data, which has to be one of queries and keys.
///
/// # Errors
///
/// [`OnnxError::Usage`] where no attention begins with it, or it does not fit.
pub(crate) fn begin(
	place: &Place<'_>,
	reader: &mut Reader,
	query: &At,
	key: &At,
) -> Result<(), OnnxError> {
	if !leads_to_shares(place) {
		return Err(place.usage("both operands depend on the sample, and a circuit multiplies with constants only, but for the products of queries, keys and values of an attention, softmax(Q K^T / sqrt(d)) V, without a mask, and this is none of them"));
	}
	let misfit = || {
		place.usage(format!(
			"queries of the shape {} and keys of the shape {} do not fit",
			shown(&query.dims),
			shown(&key.dims)
		))
	};
	let (leading, [queries, features]) = matrices(&query.dims).ok_or_else(misfit)?;
	let (other, [of_keys, places]) = matrices(&key.dims).ok_or_else(misfit)?;
	if leading != other || features != of_keys {
		return Err(misfit());
	}
	let heads = leading.iter().product();
	let dims = [leading, &[queries, places]].concat();
	let turned = (0..heads).flat_map(|head| {
		let first = head * features * places;
		(0..places)
			.flat_map(move |at| (0..features).map(move |feature| first + feature * places + at))
	});
	let key = key.select(&turned.collect::<Vec<_>>());
	let counts = [heads, queries, places, features];
	let query = query.clone();
	reader.score(place, Scores { query, key, factor: 1.0, are_shares: false, dims, counts });
	Ok(())
}

/// Whether what a node gives goes into a function that gives shares, and nowhere else.
fn leads_to_shares(place: &Place<'_>) -> bool {
	let mut value = first_output(place.node);
	for _ in 0..MAX_PARTS {
		let [user] = place.edges.users(value) else { return false };
		if !is_own(user) || !BETWEEN.contains(&user.op_type.as_str()) {
			return false;
		}
		if user.op_type == "Softmax" {
			return true;
		}
		value = first_output(user);
	}
	false
}

/// Reads a node that takes scores or shares.
///
/// # Errors
///
/// [`OnnxError::Usage`] where it is none of those that an attention is made of.
pub(crate) fn go_on(
	place: &Place<'_>,
	reader: &mut Reader,
	scores: &Scores,
) -> Result<(), OnnxError> {
	if let [Some(Known::Scores(shares)), Some(Known::Data(value))] = &place.inputs[..] {
		if place.node.op_type == "MatMul" && shares.are_shares {
			return end(place, reader, shares, value);
		}
	}
	let mut scores = scores.clone();
	let takes_one = place.inputs.iter().flatten().count() == 1;
	match place.node.op_type.as_str() {
		"Identity" => (),
		"Cast" if is_to_floats(place.node) => (),
		"Dropout" => dropout::check(place)?,
		operator @ ("Mul" | "Div") if takes_one && !scores.are_shares => {
			scores.factor = scaled(place, scores.factor, operator == "Div")?;
		}
		"Softmax" if !scores.are_shares => {
			// Until version 13 it was of all axes from the first one on where none is said.
			let otherwise = if place.edges.version() < 13 { 1 } else { -1 };
			let axis = integer_attribute(place.node, "axis").unwrap_or(otherwise);
			if axis != -1 && axis != scores.dims.len() as i64 {
				return Err(place.usage(format!(
					"axis {axis} of scores; shares are those of all places for a query, along the last axis"
				)));
			}
			scores.are_shares = true;
		}
		_ => return Err(place.usage("it stands between the products of an attention, softmax(Q K^T / sqrt(d)) V, of which one positive factor of all scores and Softmax are known; leave masks and biases of scores out, and let every place take part")),
	}
	reader.score(place, scores);
	Ok(())
}

fn is_to_floats(node: &NodeProto) -> bool {
	// float32 and float64
	matches!(integer_attribute(node, "to"), Some(1 | 11))
}

/// A factor times or divided by the constant of a node.
fn scaled(place: &Place<'_>, factor: f64, is_quotient: bool) -> Result<f64, OnnxError> {
	let is_first = matches!(place.inputs[..], [Some(_), None]);
	if is_quotient && !is_first {
		return Err(place.usage("it divides by data; only constants can be divided by"));
	}
	let constant = place.floats(usize::from(is_first))?;
	let number = constant.values.first().copied().unwrap_or_default();
	let is_one = constant.values.iter().all(|other| *other == number);
	let by = if is_quotient { number.recip() } else { number };
	let factor = factor * by;
	if is_one && factor.is_normal() && factor > 0.0 {
		Ok(factor)
	} else {
		Err(place.usage("scores are multiplied by one positive number only"))
	}
}

/// Reads the product of shares and values: the node that computes all of it.
fn end(
	place: &Place<'_>,
	reader: &mut Reader,
	scores: &Scores,
	value: &At,
) -> Result<(), OnnxError> {
	let [heads, queries, places, features] = scores.counts;
	let fitting = matrices(&value.dims).filter(|(leading, [rows, _])| {
		leading == &&scores.dims[..scores.dims.len() - 2] && *rows == places
	});
	let Some((leading, [_, values])) = fitting else {
		return Err(place.usage(format!(
			"shares of the shape {} and values of the shape {} do not fit",
			shown(&scores.dims),
			shown(&value.dims)
		)));
	};
	let shape = [heads, queries, places, features, values];
	if candor_gadgets::attention::Attention::new(queries, places, features, values).is_none()
		|| heads > Heads::MAX
	{
		return Err(place.usage(format!(
			"an attention of {heads} heads, {queries} queries, {places} places, {features} features and {values} values; up to {} heads, {} queries, 2 to {1} places, and {} of each of the others can be proved: use shorter sequences, or fewer features",
			Heads::MAX,
			candor_gadgets::attention::MAX_PLACES,
			candor_gadgets::attention::MAX_FEATURES,
		)));
	}
	let dims = [leading, &[queries, values]].concat();
	let query = operand(place, reader, &scores.query, [heads, queries, features])?;
	let key = operand(place, reader, &scores.key, [heads, places, features])?;
	let value = operand(place, reader, value, [heads, places, values])?;
	let parameters = FloatParameters { weights: Vec::new(), biases: vec![scores.factor] };
	// As what queries are made of lies, which is what goes around.
	let is_by_value = scores.query.affine.is_of_columns().unwrap_or(query.1.steps[1] == 1);
	let node = node(shape, [query, key, value], is_by_value);
	let source = reader.insert_with(place, &scores.query, node, parameters)?;
	let heads = reader.node_of(source).and_then(|(node, inputs)| Heads::new(node, &inputs).ok());
	let places = heads.map(|heads| heads.places_given());
	let places = places.ok_or_else(|| place.usage("it does not fit what it takes"))?;
	let affine = Affine::identity(places.len()).select(&places);
	reader.pass(place, At { source, dims, affine });
	Ok(())
}

/// Data as bytes that lie in steps: of which value, and where.
fn operand(
	place: &Place<'_>,
	reader: &mut Reader,
	at: &At,
	dims: [usize; 3],
) -> Result<(Source, Layout), OnnxError> {
	let layout = |at: &At| {
		let positions: Option<Vec<usize>> = at.affine.terms().map(|terms| {
			let terms = terms.filter(|(_, scale, offset)| *scale == 1.0 && *offset == 0.0);
			terms.map(|(from, ..)| from).collect()
		});
		let positions = positions.filter(|positions| positions.len() == at.affine.outputs());
		positions.and_then(|positions| Layout::of(&positions, dims))
	};
	let are_bytes = reader.kind(at.source) == Some(Kind::Bytes)
		&& !reader.is_joined(at.source)
		&& reader.has_zero_in_bytes(at.source);
	if let Some(layout) = layout(at).filter(|_| are_bytes) {
		return Ok((at.source, layout));
	}
	let apart = At { affine: at.affine.apart(), ..at.clone() }.shaped(dims.to_vec());
	let bytes = reader.as_bytes(place, &apart)?;
	let layout = layout(&bytes).ok_or_else(|| {
		place.usage(
			"its heads, places and features do not lie in steps; keep whole heads and places",
		)
	})?;
	Ok((bytes.source, layout))
}
