// SPDX-License-Identifier: Apache-2.0
//! Functions of single numbers between layers.

use super::*;

/// A Gemm from three features to two, nodes from `h` to `a`, and a layer from there to `y`.
fn between(nodes: Vec<NodeProto>, constants: Vec<TensorProto>) -> ModelProto {
	let nodes = nodes.into_iter().chain([node("MatMul", &["a", "v"], "y")]).collect();
	after_a_gemm(nodes, constants.into_iter().chain([matrix("v", 2, 2)]).collect())
}

fn float_model(proto: ModelProto) -> FloatModel {
	read(proto).expect("the model is read").reading.model
}

/// The operators of the graph, one behind the other.
fn operators(proto: ModelProto) -> Vec<String> {
	let model = float_model(proto);
	model.architecture.graph().nodes().iter().map(|node| node.operator.clone()).collect()
}

const SAMPLES: [[f64; 3]; 5] =
	[[0.0, 0.0, 0.0], [1.0, -2.0, 0.5], [-3.0, 0.25, 9.0], [7.0, 7.0, -7.0], [-0.5, 0.125, 2.0]];

/// What the graph computes, with a function in the place of what stands between the layers.
fn expected(sample: &[f64], f: impl Fn(usize, f64) -> f64) -> Vec<f64> {
	let layer = |inputs: &[f64], biases: &[f64]| -> Vec<f64> {
		let all = weights(inputs.len() * 2);
		let sum = |output: usize| {
			let products = (0..inputs.len()).map(|at| f64::from(all[2 * at + output]) * inputs[at]);
			biases[output] + products.sum::<f64>()
		};
		vec![sum(0), sum(1)]
	};
	let biases: Vec<f64> = weights(2).into_iter().map(f64::from).collect();
	let hidden = layer(sample, &biases);
	let hidden: Vec<f64> = hidden.iter().enumerate().map(|(at, x)| f(at, *x)).collect();
	layer(&hidden, &[0.0, 0.0])
}

fn assert_computes(proto: ModelProto, name: &str, f: impl Fn(usize, f64) -> f64) {
	let model = float_model(proto);
	for sample in SAMPLES {
		let (got, expected) = (model.run(&sample), expected(&sample, &f));
		for (got, expected) in got.iter().zip(&expected) {
			assert!((got - expected).abs() < 1e-6, "{name}: {got} for {expected} of {sample:?}");
		}
	}
}

#[test]
fn each_is_its_function() {
	let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
	let softplus = |x: f64| (1.0 + x.exp()).ln();
	let elu = |x: f64, alpha: f64| if x > 0.0 { x } else { alpha * (x.exp() - 1.0) };
	type Case<'a> = (&'a str, &'a [(&'a str, f32)], Box<dyn Fn(f64) -> f64 + 'a>);
	let cases: Vec<Case<'_>> = vec![
		("Tanh", &[], Box::new(f64::tanh)),
		("Sigmoid", &[], Box::new(sigmoid)),
		("Softplus", &[], Box::new(softplus)),
		("Softsign", &[], Box::new(|x| x / (1.0 + x.abs()))),
		("Mish", &[], Box::new(move |x| x * softplus(x).tanh())),
		("HardSwish", &[], Box::new(|x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0))),
		("HardSigmoid", &[], Box::new(|x| (0.2 * x + 0.5).clamp(0.0, 1.0))),
		(
			"HardSigmoid",
			&[("alpha", 0.5), ("beta", 0.25)],
			Box::new(|x| (0.5 * x + 0.25).clamp(0.0, 1.0)),
		),
		("LeakyRelu", &[], Box::new(|x| if x > 0.0 { x } else { 0.01 * x })),
		("LeakyRelu", &[("alpha", 0.25)], Box::new(|x| if x > 0.0 { x } else { 0.25 * x })),
		("Elu", &[], Box::new(move |x| elu(x, 1.0))),
		("Elu", &[("alpha", 0.5)], Box::new(move |x| elu(x, 0.5))),
		(
			"Celu",
			&[("alpha", 2.0)],
			Box::new(|x: f64| x.max(0.0) + (2.0 * ((x / 2.0).exp() - 1.0)).min(0.0)),
		),
		("Selu", &[], Box::new(move |x| 1.050_700_987 * elu(x, 1.673_263_242))),
		("Swish", &[("alpha", 0.5)], Box::new(move |x| x * sigmoid(0.5 * x))),
	];
	for (operator, attributes, f) in cases {
		let with = |node: NodeProto, (name, value): &(&str, f32)| with_float(node, name, *value);
		let node = attributes.iter().fold(node(operator, &["h"], "a"), with);
		let proto = between(vec![node], vec![]);
		assert_eq!(operators(proto.clone()), ["dense", "table", "dense"], "{operator}");
		// tract says the same.
		accepted(proto.clone());
		assert_computes(proto, operator, |_, x| f(x));
	}
}

#[test]
fn a_gelu_of_either_kind() {
	let exact = between(vec![node("Gelu", &["h"], "a")], vec![]);
	let tanh = with_text(node("Gelu", &["h"], "a"), "approximate", "tanh");
	let approximate = between(vec![tanh], vec![]);
	assert_eq!(operators(exact.clone()), ["dense", "table", "dense"]);
	let (exact, approximate) = (float_model(exact), float_model(approximate));
	assert_ne!(exact.architecture, approximate.architecture);
	for sample in SAMPLES {
		for (a, b) in exact.run(&sample).iter().zip(approximate.run(&sample)) {
			assert!((a - b).abs() < 5e-3, "{a} and {b}");
		}
	}
}

#[test]
fn a_clip_of_any_bounds() {
	for (low, high, operator) in [
		(Some(0.0), None, "relu"),
		(Some(-1.5), None, "relu"),
		(None, Some(2.0), "relu"),
		(Some(0.0), Some(6.0), "table"),
		(Some(-1.0), Some(1.0), "table"),
		(Some(0.5), Some(0.75), "table"),
	] {
		let mut clip = node("Clip", &["h"], "a");
		for (name, bound) in [("min", low), ("max", high)] {
			clip = bound.map_or(clip.clone(), |bound: f64| with_float(clip, name, bound as f32));
		}
		let mut proto = between(vec![clip], vec![]);
		proto.opset_import[0].version = 10;
		assert_eq!(operators(proto.clone()), ["dense", operator, "dense"], "{low:?} {high:?}");
		assert_computes(proto, "Clip", |_, x| {
			x.max(low.unwrap_or(f64::MIN)).min(high.unwrap_or(f64::MAX))
		});
	}
	// Behind nothing that is bounded it stays what it is.
	let proto = between(vec![node("Clip", &["h"], "a")], vec![]);
	assert_eq!(operators(proto), ["dense"]);
}

#[test]
fn slopes_that_were_trained_are_weights() {
	for (dims, slopes) in [(&[1][..], &[0.25f32][..]), (&[2], &[0.25, -0.5])] {
		let slope = floats("slope", dims, slopes);
		let proto = between(vec![node("PRelu", &["h", "slope"], "a")], vec![slope]);
		assert_eq!(accepted(proto.clone()), "3-4-2");
		assert_computes(proto, "PRelu", |at, x| {
			let slope = f64::from(slopes[at % slopes.len()]);
			if x > 0.0 {
				x
			} else {
				slope * x
			}
		});
	}
}

#[test]
fn a_sigmoid_before_a_layer_is_a_table_and_behind_the_logits_an_end() {
	let hidden = between(vec![node("Sigmoid", &["h"], "s"), node("Identity", &["s"], "a")], vec![]);
	assert_eq!(operators(hidden.clone()), ["dense", "table", "dense"]);
	assert_eq!(meaning(hidden), ("y".into(), Meaning::Numbers));
	let both = vec![
		node("Sigmoid", &["h"], "a"),
		node("MatMul", &["a", "v"], "g"),
		node("Sigmoid", &["g"], "y"),
	];
	let both = after_a_gemm(both, vec![matrix("v", 2, 2)]);
	assert_eq!(operators(both.clone()), ["dense", "table", "dense"]);
	assert_eq!(meaning(both), ("g".into(), Meaning::Signs));
}

#[test]
fn one_at_the_end_or_on_the_input_has_a_layer_of_its_own() {
	let end = after_a_gemm(vec![node("Tanh", &["h"], "y")], vec![]);
	assert_eq!(operators(end), ["dense", "table", "dense"]);
	let nodes = vec![node("Tanh", &["x"], "a"), node("Gemm", &["a", "w", "b"], "y")];
	let proto = model(3, 2, nodes, vec![matrix("w", 3, 2), bias("b", 2)]);
	assert_eq!(operators(proto), ["dense", "table", "dense"]);
}

/// As exporters write them, each with what it is and the operator that it stands for.
#[test]
fn functions_that_are_written_out() {
	let numbers = || {
		[
			("half", 0.5),
			("one", 1.0),
			("root", std::f32::consts::SQRT_2),
			("three", 3.0),
			("six", 6.0),
			("zero", 0.0),
			("cubic", 0.044_715),
			("scale", 0.797_884_6),
		]
		.map(|(name, number)| floats(name, &[], &[number]))
		.to_vec()
	};
	let gelu = |x: f64| {
		let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
		0.5 * x * (1.0 + inner.tanh())
	};
	let erf = [
		node("Div", &["h", "root"], "d"),
		node("Erf", &["d"], "e"),
		node("Add", &["e", "one"], "r"),
	];
	let with_erf = |rest: [NodeProto; 2]| erf.iter().cloned().chain(rest).collect::<Vec<_>>();
	let tanh = |cube: Vec<NodeProto>| {
		let rest = [
			node("Mul", &["cubic", "c"], "k"),
			node("Add", &["h", "k"], "s"),
			node("Mul", &["scale", "s"], "i"),
			node("Tanh", &["i"], "t"),
			node("Add", &["one", "t"], "r"),
			node("Mul", &["h", "r"], "p"),
			node("Mul", &["half", "p"], "a"),
		];
		cube.into_iter().chain(rest).collect::<Vec<_>>()
	};
	type Case<'a> = (&'a str, Vec<NodeProto>, Box<dyn Fn(f64) -> f64 + 'a>, f64);
	let cases: Vec<Case<'_>> = vec![
		(
			"Silu",
			vec![node("Sigmoid", &["h"], "s"), node("Mul", &["h", "s"], "a")],
			Box::new(|x| x / (1.0 + (-x).exp())),
			1e-6,
		),
		(
			"Mish",
			vec![
				node("Softplus", &["h"], "s"),
				node("Tanh", &["s"], "t"),
				node("Mul", &["t", "h"], "a"),
			],
			Box::new(|x| x * (1.0 + x.exp()).ln().tanh()),
			1e-6,
		),
		(
			"HardSwish",
			vec![
				node("Add", &["h", "three"], "s"),
				node("Clip", &["s", "zero", "six"], "c"),
				node("Div", &["c", "six"], "d"),
				node("Mul", &["d", "h"], "a"),
			],
			Box::new(|x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
			1e-6,
		),
		(
			"HardSwish",
			vec![
				with_float(node("HardSigmoid", &["h"], "s"), "alpha", 1.0 / 6.0),
				node("Mul", &["h", "s"], "a"),
			],
			Box::new(|x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
			1e-6,
		),
		(
			"Softsign",
			vec![
				node("Abs", &["h"], "size"),
				node("Add", &["size", "one"], "d"),
				node("Div", &["h", "d"], "a"),
			],
			Box::new(|x| x / (1.0 + x.abs())),
			1e-6,
		),
		// The approximation with a hyperbolic tangent is off by so much.
		(
			"Gelu",
			with_erf([node("Mul", &["h", "r"], "p"), node("Mul", &["p", "half"], "a")]),
			Box::new(gelu),
			2e-3,
		),
		(
			"Gelu",
			with_erf([node("Mul", &["h", "half"], "p"), node("Mul", &["p", "r"], "a")]),
			Box::new(gelu),
			2e-3,
		),
		(
			"Gelu",
			tanh(vec![node("Mul", &["h", "h"], "q"), node("Mul", &["h", "q"], "c")]),
			Box::new(gelu),
			1e-6,
		),
		("Gelu", tanh(vec![node("Pow", &["h", "three"], "c")]), Box::new(gelu), 1e-6),
	];
	for (name, nodes, f, tolerance) in cases {
		let proto = between(nodes, numbers());
		assert_eq!(operators(proto.clone()), ["dense", "table", "dense"], "{name}");
		accepted(proto.clone());
		let model = float_model(proto);
		for sample in SAMPLES {
			for (got, expected) in model.run(&sample).iter().zip(expected(&sample, |_, x| f(x))) {
				assert!((got - expected).abs() < tolerance, "{name}: {got} for {expected}");
			}
		}
	}
}

/// Nodes that make `f(z)` of a value, as exporters write them.
fn written_out(operator: &str, z: &str, to: &str) -> Vec<NodeProto> {
	let name = |part: &str| format!("{to} {part}");
	let [s, d, e, r, p] = ["s", "d", "e", "r", "p"].map(name);
	match operator {
		"Silu" => vec![node("Sigmoid", &[z], &s), node("Mul", &[z, &s], to)],
		"HardSwish" => vec![
			with_float(node("HardSigmoid", &[z], &s), "alpha", 1.0 / 6.0),
			node("Mul", &[&s, z], to),
		],
		"Gelu" => vec![
			node("Div", &[z, "root"], &d),
			node("Erf", &[&d], &e),
			node("Add", &[&e, "one"], &r),
			node("Mul", &[z, &r], &p),
			node("Mul", &[&p, "half"], to),
		],
		other => vec![node(other, &[z], to)],
	}
}

#[test]
fn what_is_written_out_ends_where_a_connection_goes_around_layers() {
	let numbers = [("half", 0.5), ("one", 1.0), ("root", std::f32::consts::SQRT_2)];
	let numbers = numbers.map(|(name, number)| floats(name, &[], &[number]));
	for first in ["Silu", "HardSwish", "Gelu", "Tanh", "Sigmoid"] {
		for second in ["Silu", "HardSwish", "Gelu"] {
			// Around a layer, and around a function that is known by then.
			let layer = vec![node("MatMul", &["m", "v"], "g")];
			let itself = vec![node("Identity", &["h"], "g")];
			let is_product = !["Tanh", "Sigmoid"].contains(&first);
			for around in [layer].into_iter().chain(is_product.then_some(itself)) {
				let nodes = [
					written_out(first, "h", "m"),
					around,
					vec![node("Add", &["m", "g"], "z")],
					written_out(second, "z", "a"),
				];
				let proto = between(nodes.concat(), [&numbers[..], &[matrix("v", 2, 2)]].concat());
				let operators = operators(proto.clone());
				let tables = operators.iter().filter(|operator| *operator == "table").count();
				assert_eq!(tables, 2, "{first} {second}: {operators:?}");
				accepted(proto);
			}
		}
	}
}

#[test]
fn a_connection_around_a_function_is_one_table_of_both() {
	let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
	let silu = move |x: f64| x * sigmoid(x);
	let functions: [(&str, &dyn Fn(f64) -> f64); 3] =
		[("Tanh", &f64::tanh), ("Sigmoid", &sigmoid), ("Silu", &silu)];
	for (operator, f) in functions {
		for order in [["m", "h"], ["h", "m"]] {
			let nodes = [written_out(operator, "h", "m"), vec![node("Add", &order, "a")]].concat();
			let proto = between(nodes, vec![]);
			assert_eq!(operators(proto.clone()), ["dense", "table", "dense"], "{operator}");
			assert_computes(proto, operator, |_, x| x + f(x));
		}
	}
}

#[test]
fn a_connection_around_a_function_of_something_else_goes_around_it() {
	let twice = floats("two", &[], &[2.0]);
	for nodes in [
		// Of another number, with something else besides, and less it.
		vec![
			node("Mul", &["h", "two"], "g"),
			node("Tanh", &["g"], "m"),
			node("Add", &["m", "h"], "a"),
		],
		vec![
			node("Tanh", &["h"], "m"),
			node("Add", &["m", "h"], "z"),
			node("Add", &["m", "z"], "a"),
		],
		vec![node("Tanh", &["h"], "m"), node("Sub", &["h", "m"], "a")],
	] {
		let proto = between(nodes, vec![twice.clone()]);
		let operators = operators(proto.clone());
		assert_eq!(operators[..3], ["dense", "table", "join"], "{operators:?}");
		accepted(proto);
	}
}

#[test]
fn products_that_are_no_such_function_are_refused() {
	let of = |nodes: Vec<NodeProto>| refused(between(nodes, vec![matrix("u", 2, 2)]));
	let other = vec![
		node("Sigmoid", &["h"], "s"),
		node("MatMul", &["h", "u"], "g"),
		node("Mul", &["g", "s"], "a"),
	];
	assert!(of(other).contains("both operands depend on the sample"));
	let squared = vec![node("Tanh", &["h"], "t"), node("Mul", &["t", "t"], "a")];
	assert!(of(squared).contains("none of them"));
	let on_the_way = vec![
		node("Sigmoid", &["h"], "s"),
		node("Mul", &["h", "s"], "m"),
		with_int(node("Softmax", &["s"], "k"), "axis", 1),
		node("Add", &["m", "k"], "a"),
	];
	assert!(of(on_the_way).contains("part of a function that is written out"));
}
