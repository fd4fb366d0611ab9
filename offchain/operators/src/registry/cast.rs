// SPDX-License-Identifier: Apache-2.0
//! `Cast` between floats, which does nothing where everything is computed in `f64`, and of numbers of rows.

use candor_onnx::{element, node::integer_attribute, pb::tensor_proto::DataType, OnnxError};

use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct Cast;

impl Operator for Cast {
	fn onnx(&self) -> &'static [&'static str] {
		&["Cast"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "to float32 or float64; to int32 or int64 of integers, and of features by which rows are looked up; of classes to anything",
			refuses: "integers, small floats, booleans and text, each with its way out",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let to = integer_attribute(place.node, "to").and_then(|to| i32::try_from(to).ok());
		match to.map(DataType::try_from) {
			Some(Ok(DataType::Float | DataType::Double)) => {
				reader.pass(place, place.data()?.clone());
				Ok(())
			}
			Some(Ok(DataType::Int32 | DataType::Int64))
				if reader.is_of_integers(place.name(0))
					|| place.is_followed_only_by("Gather") && is_of_rows(place) =>
			{
				reader.pass_integers(place, place.data()?.clone());
				Ok(())
			}
			_ => {
				let to = integer_attribute(place.node, "to");
				Err(place.usage(to.map_or("it names no type to cast to".into(), refusal)))
			}
		}
	}

	/// Classes and labels may be of any type.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let is_class = matches!(end.form, Form::Place | Form::Label);
		let to = integer_attribute(place.node, "to").and_then(|to| i32::try_from(to).ok());
		let to = to.and_then(|to| DataType::try_from(to).ok());
		let is_float = matches!(to, Some(DataType::Float | DataType::Double));
		if end.form == Form::Total && to == Some(DataType::Bool) {
			reader.end(place, 0, end.with(Form::NotZero));
			return Ok(());
		}
		if !is_class && !is_float {
			return Err(end.refused(place));
		}
		reader.end(place, 0, end.clone());
		Ok(())
	}
}

/// Whether all that take what it gives look up rows of a table with it.
fn is_of_rows(place: &Place<'_>) -> bool {
	let users = place.edges.users(place.output());
	users.iter().all(|user| user.input.get(1).is_some_and(|input| input == place.output()))
}

/// Why data does not become elements of another type, and what can be done.
fn refusal(to: i64) -> String {
	let Some(name) = element::known(to) else {
		return format!("it casts to the type {to}, which ONNX has not; export the model again");
	};
	let why = match name {
		"bool" => "asks of each number whether it is zero, and nothing but trees compares; put the comparison before the model, as a feature",
		"string" => "makes text of numbers, and circuits compute with numbers only; take it out of the graph, and write the answer after it is proved",
		"float16" | "bfloat16" => "rounds numbers to fewer digits, in the middle of what a circuit computes with integers of its own; export the model in float32 (PyTorch: model.float(), without autocast)",
		"complex64" | "complex128" => "makes complex numbers, and nothing computes with these; give real and imaginary parts as features",
		_ if name.starts_with("float") => "rounds numbers to a few values, which no circuit does; export the model in float32: `candor compile` chooses the integers itself",
		_ => "cuts fractions off, which no circuit does; take it out of the graph where the numbers are whole, and to quantise write QuantizeLinear and DequantizeLinear (onnxruntime: QuantFormat.QDQ)",
	};
	format!("a cast to {name} {why}")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_type_is_named_with_a_way_out() {
		for (to, name, way_out) in [
			(3, "int8", "QuantizeLinear"),
			(7, "int64", "whole"),
			(8, "string", "after it is proved"),
			(9, "bool", "as a feature"),
			(10, "float16", "model.float()"),
			(15, "complex128", "real and imaginary"),
			(16, "bfloat16", "model.float()"),
			(17, "float8e4m3fn", "float32"),
			(23, "float4e2m1", "float32"),
			(26, "int2", "QuantizeLinear"),
		] {
			let refusal = refusal(to);
			assert!(refusal.starts_with(&format!("a cast to {name} ")), "{refusal}");
			assert!(refusal.contains(way_out), "{refusal}");
		}
		assert!(refusal(27).contains("type 27, which ONNX has not"));
	}
}
