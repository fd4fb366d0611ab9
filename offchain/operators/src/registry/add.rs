// SPDX-License-Identifier: Apache-2.0
//! `Add` and `Sub` of a constant, on either side, or of two functions of values, which then stand side by
//! side.

use candor_onnx::OnnxError;

use super::broadcast::{with_constant, with_data};
use crate::{At, End, Form, Known, Operator, Place, Reader};

/// See the module.
pub(super) struct Add;

impl Operator for Add {
	fn onnx(&self) -> &'static [&'static str] {
		&["Add", "Sub"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "with a constant on either side, one for all or one for each feature or channel; of two functions of one value, or of two that a `join` puts side by side; of a value and a function of it by a table, which is one of both",
			refuses: "a constant with a row for each sample",
			costs: "nothing; the layer that adds has the inputs of both; where totals and bytes meet, the totals become bytes, as behind a `Relu` of their own",
			exactness: crate::Exactness::ExactOrStep,
			since: &[],
		}
	}

	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let sign = if place.node.op_type == "Sub" { -1.0 } else { 1.0 };
		if let [Some(Known::Data(left)), Some(Known::Data(right))] = place.inputs.as_slice() {
			let at = both(place, reader, left, right, sign)?;
			reader.fold(place, at);
			return Ok(());
		}
		let Some(position) = place.operand() else {
			return Err(place.usage("two operands are needed"));
		};
		let constant = place.floats(1 - position)?;
		let (at, numbers) = with_constant(place, place.data()?, &constant)?;
		let (of_data, of_numbers) = if position == 0 { (1.0, sign) } else { (sign, 1.0) };
		let shifts: Vec<f64> = numbers.iter().map(|number| of_numbers * number).collect();
		reader.fold(place, at.scaled(&vec![of_data; shifts.len()], &shifts));
		Ok(())
	}

	/// `1 - p`, the probability of the other class; `1 + e^x`; and zero, which changes nothing.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let is_difference = place.node.op_type == "Sub";
		let one = |position: usize| Ok::<_, OnnxError>(place.floats(position)?.values == [1.0]);
		let with = match place.inputs.as_slice() {
			[None, Some(Known::End(own))] if is_difference => {
				(own.form == Form::Signs && one(0)?).then(|| own.with(Form::Complements))
			}
			[None, Some(Known::End(own))] | [Some(Known::End(own)), None] if !is_difference => {
				let position = usize::from(place.inputs[0].is_some());
				let is_one = own.form == Form::Exponentials && one(position)?;
				is_one.then(|| own.with(Form::Raised))
			}
			[Some(Known::End(own)), Some(Known::End(zero))]
				if !is_difference && zero.form == Form::Zero =>
			{
				Some(own.clone())
			}
			// What is taken off all logits keeps their order.
			[Some(Known::Data(logits)), Some(Known::End(total))]
				if is_difference
					&& total.form == Form::LogTotal
					&& total.logits.is_same(logits) =>
			{
				Some(total.with(Form::Ordered))
			}
			_ => None,
		};
		reader.end(place, 0, with.ok_or_else(|| end.refused(place))?);
		Ok(())
	}
}

/// The sum or difference of two functions of values.
pub(super) fn both(
	place: &Place<'_>,
	reader: &mut Reader,
	left: &At,
	right: &At,
	sign: f64,
) -> Result<At, OnnxError> {
	if sign > 0.0 {
		for (function, argument) in [(left, right), (right, left)] {
			if let Some(at) = reader.around(place, function, argument) {
				return Ok(at);
			}
		}
	}
	let parts = reader.side_by_side(place, &[left, right])?;
	let [left, right] = &parts[..] else { return Err(place.usage("two operands are needed")) };
	let (left, right) = with_data(place, left, right)?;
	let affine = match left.dims[..] {
		[_, height, width] => left.affine.plus_image(&right.affine, sign, [height, width]),
		[_, width] => left.affine.plus_image(&right.affine, sign, [1, width]),
		_ => left.affine.plus(&right.affine, sign),
	};
	let affine = affine.ok_or_else(|| place.usage("the layer that it makes is too large"))?;
	Ok(At { affine, ..left })
}
