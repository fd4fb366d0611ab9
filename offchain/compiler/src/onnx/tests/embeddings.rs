// SPDX-License-Identifier: Apache-2.0
//! Rows of constant tables, looked up by features that are integers.

use super::{sequences::reduction, *};

/// The file with inputs of these elements and dimensions in each sample.
fn of_inputs(mut proto: ModelProto, inputs: &[(&str, DataType, &[i64])]) -> ModelProto {
	let graph = proto.graph.as_mut().expect("a graph");
	let input = |(name, kind, dims): &(&str, DataType, &[i64])| {
		let batch = core::iter::once(Dim::Named("batch"));
		let dims: Vec<Dim> = batch.chain(dims.iter().map(|dim| Dim::Known(*dim))).collect();
		let mut value = value(name, &dims);
		let of_value = value.r#type.as_mut().and_then(|kind| kind.value.as_mut());
		let Some(type_proto::Value::TensorType(tensor)) = of_value else { panic!("a tensor") };
		tensor.elem_type = *kind as i32;
		value
	};
	graph.input = inputs.iter().map(input).collect();
	proto
}

/// Numbers of rows up to this one.
fn numbers_below(rows: usize) -> impl Fn(usize, usize) -> f64 {
	move |feature, sample| ((feature * 7 + sample * 5 + 1) % rows) as f64
}

/// A table, and a layer behind `g`, which these nodes make of the rows `e` of four numbers.
fn of_tokens(kind: DataType, rows: i64, nodes: Vec<NodeProto>, inputs: i64) -> ModelProto {
	let before = [node("Gather", &["t", "x"], "e")];
	let behind = [node("Gemm", &["g", "w", "b"], "y")];
	let nodes = before.into_iter().chain(nodes).chain(behind).collect();
	let constants = vec![matrix("t", rows, 3), matrix("w", inputs, 2), bias("b", 2)];
	let mut proto = model(4, 2, nodes, constants);
	proto.opset_import[0].version = 11;
	of_inputs(proto, &[("x", kind, &[4])])
}

#[test]
fn rows_of_a_table_by_integers() {
	let flat = || vec![node("Flatten", &["e"], "g")];
	for kind in [DataType::Int32, DataType::Int64] {
		for rows in [2, 5, 8, 200, 256] {
			let said = accepted_of(of_tokens(kind, rows, flat(), 12), numbers_below(rows as usize));
			assert_eq!(said, "[4] embedding dense [2]");
		}
	}
	let mean = || vec![reduction("ReduceMean", "e", &[1], 0), node("Identity", &["r"], "g")];
	let said = accepted_of(of_tokens(DataType::Int64, 7, mean(), 3), numbers_below(7));
	assert_eq!(said, "[4] embedding sum_pool dense [2]");
}

#[test]
fn features_that_are_cast_to_integers_for_it() {
	let nodes = vec![
		with_int(node("Cast", &["x"], "i"), "to", DataType::Int64 as i64),
		node("Gather", &["t", "i"], "e"),
		node("Flatten", &["e"], "g"),
		node("Gemm", &["g", "w"], "y"),
	];
	let proto = model(4, 2, nodes, vec![matrix("t", 9, 3), matrix("w", 12, 2)]);
	assert_eq!(accepted_of(proto, numbers_below(9)), "[4] embedding dense [2]");
}

/// A position and a layer of weights for all places.
#[test]
fn rows_with_a_position_through_a_layer_at_each_place() {
	let nodes = vec![
		node("Gather", &["t", "x"], "e"),
		node("MatMul", &["e", "w"], "h"),
		node("Add", &["h", "b"], "i"),
		node("Relu", &["i"], "a"),
		with_ints(node("ReduceMean", &["a"], "g"), "axes", &[1]),
		node("Flatten", &["g"], "f"),
		node("Gemm", &["f", "v"], "y"),
	];
	let constants = vec![matrix("t", 9, 3), matrix("w", 3, 5), bias("b", 5), matrix("v", 5, 2)];
	let proto = of_inputs(model(4, 2, nodes, constants), &[("x", DataType::Int64, &[4])]);
	let expected = "[4] embedding conv relu sum_pool dense [2]";
	assert_eq!(accepted_of(proto, numbers_below(9)), expected);
}

#[test]
fn columns_with_tables_of_their_own_beside_numbers() {
	let nodes = vec![
		node("Gather", &["t", "c"], "e"),
		node("Gather", &["u", "d"], "f"),
		node("Flatten", &["e"], "g"),
		node("Flatten", &["f"], "h"),
		with_int(node("Concat", &["x", "g", "h"], "i"), "axis", 1),
		node("Gemm", &["i", "w"], "y"),
	];
	let constants = vec![matrix("t", 4, 3), matrix("u", 6, 2), matrix("w", 7, 2)];
	let proto = of_inputs(
		model(2, 2, nodes, constants),
		&[("x", DataType::Float, &[2]), ("c", DataType::Int64, &[1]), ("d", DataType::Int32, &[1])],
	);
	let feature = |at: usize, sample: usize| match at {
		0 | 1 => (at + sample) as f64 * 0.3 - 1.0,
		_ => ((at + sample) % 4) as f64,
	};
	let said = accepted_of(proto, feature);
	assert_eq!(said, "[4] embedding embedding join dense [2]");
}

#[test]
fn integers_as_numbers() {
	let nodes = vec![
		with_int(node("Cast", &["x"], "f"), "to", DataType::Float as i64),
		node("Gemm", &["f", "w"], "y"),
	];
	let proto = model(3, 2, nodes, vec![matrix("w", 3, 2)]);
	let proto = of_inputs(proto, &[("x", DataType::Int64, &[3])]);
	assert_eq!(accepted_of(proto, numbers_below(9)), "3-2");
}

mod reject {
	use super::*;

	#[test]
	fn tables_that_no_byte_is_the_number_of_a_row_of() {
		for rows in [1, 257, 1000] {
			let proto = of_tokens(DataType::Int64, rows, vec![node("Flatten", &["e"], "g")], 12);
			let message = refused(proto);
			let said = format!("a table of {rows} rows; 2 to 256 can be looked up");
			assert!(message.contains(&said), "{message}");
		}
	}

	#[test]
	fn columns_by_what_the_data_say() {
		let gather = with_int(node("Gather", &["t", "x"], "e"), "axis", 1);
		let nodes = vec![gather, node("Flatten", &["e"], "f"), node("Gemm", &["f", "w"], "y")];
		let proto = model(4, 2, nodes, vec![matrix("t", 3, 4), matrix("w", 12, 2)]);
		let message = refused(of_inputs(proto, &[("x", DataType::Int64, &[4])]));
		assert!(message.contains("only rows (axis 0) are looked up by data"), "{message}");
	}

	#[test]
	fn numbers_that_are_computed() {
		let nodes = vec![
			node("Add", &["x", "one"], "z"),
			with_int(node("Cast", &["z"], "i"), "to", DataType::Int64 as i64),
			node("Gather", &["t", "i"], "e"),
			node("Flatten", &["e"], "f"),
			node("Gemm", &["f", "w"], "y"),
		];
		let one = floats("one", &[], &[1.0]);
		let proto = model(4, 2, nodes, vec![matrix("t", 9, 3), matrix("w", 12, 2), one]);
		let message = refused(proto);
		assert!(message.contains("numbers of its rows are computed"), "{message}");
	}

	#[test]
	fn arithmetic_with_integers() {
		let nodes = vec![node("Div", &["x", "two"], "z"), node("Gather", &["t", "z"], "y")];
		let mut two = integers("two", &[2]);
		two.dims.clear();
		let proto = of_inputs(
			model(4, 2, nodes, vec![matrix("t", 9, 3), two]),
			&[("x", DataType::Int64, &[4])],
		);
		let message = refused(proto);
		assert!(message.contains("its data are integers"), "{message}");
	}

	#[test]
	fn positions_that_depend_on_the_sample() {
		let nodes = vec![
			with_int(node("Cast", &["x"], "i"), "to", DataType::Int64 as i64),
			with_int(node("Gather", &["h", "i"], "y"), "axis", 1),
		];
		let message = refused(after_a_gemm(nodes, vec![]));
		assert!(
			message.contains("a cast to int64") || message.contains("positions depend"),
			"{message}"
		);
	}
}
