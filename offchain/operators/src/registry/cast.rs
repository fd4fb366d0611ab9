// SPDX-License-Identifier: Apache-2.0
//! `Cast` between floats, which does nothing where everything is computed in `f64`.

use candor_onnx::{node::integer_attribute, pb::tensor_proto::DataType, OnnxError};

use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct Cast;

impl Operator for Cast {
	fn onnx(&self) -> &'static [&'static str] {
		&["Cast"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "to float32 or float64; of classes to anything",
			refuses: "other types",
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
			Some(Ok(other)) => Err(place.usage(format!(
				"a cast to {} changes values; only float32 and float64 are supported",
				other.as_str_name()
			))),
			_ => Err(place.usage("it names no type to cast to")),
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
