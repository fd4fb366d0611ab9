// SPDX-License-Identifier: Apache-2.0
//! Files that hold integers: QuantizeLinear and DequantizeLinear around the layers.

use super::*;
use crate::quantise::quantise_as_told;

fn bytes(name: &str, kind: DataType, dims: &[i64], values: &[i32]) -> TensorProto {
	TensorProto {
		name: name.into(),
		dims: dims.into(),
		data_type: kind as i32,
		int32_data: values.into(),
		..Default::default()
	}
}

/// The integers of the two layers, of which the largest is 127 as exporters choose scales.
const FIRST: [i32; 6] = [127, -30, 4, 5, -100, 77];
const SECOND: [i32; 4] = [12, -127, 60, 1];

/// Two layers with bytes before each, and `between` them nodes from `r`, what the bytes of the sums stand for, to `a`.
fn two_layers(between: Vec<NodeProto>, zero: i32) -> ModelProto {
	let mut nodes = vec![
		node("QuantizeLinear", &["x", "xs", "xz"], "q"),
		node("DequantizeLinear", &["q", "xs", "xz"], "d"),
		with_int(node("DequantizeLinear", &["w", "ws", "wz"], "wf"), "axis", 1),
		node("DequantizeLinear", &["b", "bs", "bz"], "bf"),
		node("Gemm", &["d", "wf", "bf"], "h"),
	];
	nodes.extend(between);
	nodes.extend([
		node("DequantizeLinear", &["v", "vs", "vz"], "vf"),
		node("MatMul", &["a", "vf"], "y"),
	]);
	let scale = |name: &str, scale: f32| floats(name, &[], &[scale]);
	let constants = vec![
		scale("xs", 0.04),
		bytes("xz", DataType::Uint8, &[], &[128]),
		bytes("w", DataType::Int8, &[3, 2], &FIRST),
		floats("ws", &[2], &[0.02, 0.01]),
		bytes("wz", DataType::Int8, &[2], &[0, 0]),
		bytes("b", DataType::Int32, &[2], &[40, -25]),
		scale("bs", 0.005),
		bytes("bz", DataType::Int32, &[], &[0]),
		scale("hs", 0.05),
		bytes("hz", DataType::Uint8, &[], &[zero]),
		bytes("v", DataType::Int8, &[2, 2], &SECOND),
		scale("vs", 0.03),
		bytes("vz", DataType::Int8, &[], &[0]),
	];
	model(3, 2, nodes, constants)
}

fn sums_as_bytes() -> Vec<NodeProto> {
	vec![
		node("QuantizeLinear", &["h", "hs", "hz"], "g"),
		node("DequantizeLinear", &["g", "hs", "hz"], "a"),
	]
}

fn samples() -> Vec<Vec<f64>> {
	(0..40).map(|at| (0..3).map(|i| 5.0 * f64::from(at * 3 + i).sin()).collect()).collect()
}

fn operators(model: &OnnxModel) -> Vec<String> {
	let nodes = model.reading.model.architecture.graph().nodes();
	nodes.iter().map(|node| node.operator.clone()).collect()
}

#[test]
fn the_range_of_integers_is_a_clip_as_exporters_leave_relu_out_for_it() {
	for zero in [0, 90] {
		let proto = two_layers(sums_as_bytes(), zero);
		accepted(proto.clone());
		let model = read(proto).expect("the model is read");
		assert_eq!(operators(&model), ["dense", "table", "dense"]);
		let (low, high) = (-0.05 * f64::from(zero), 0.05 * f64::from(255 - zero));
		for sample in samples() {
			let hidden: Vec<f64> = (0..2)
				.map(|o| {
					let weight = |i: usize| f64::from(FIRST[2 * i + o]) * [0.02, 0.01][o];
					let sum: f64 = (0..3).map(|i| weight(i) * sample[i]).sum();
					(sum + [0.2, -0.125][o]).clamp(low, high)
				})
				.collect();
			for (o, got) in model.reading.model.run(&sample).iter().enumerate() {
				let weight = |i: usize| f64::from(SECOND[2 * i + o]) * 0.03;
				let expected: f64 = (0..2).map(|i| weight(i) * hidden[i]).sum();
				assert!((got - expected).abs() < 1e-5, "{got} for {expected}");
			}
		}
	}
}

#[test]
fn a_relu_that_was_left_in_takes_its_bound_from_the_integers() {
	let mut between = sums_as_bytes();
	between[0].input[0] = "r".into();
	between.insert(0, node("Relu", &["h"], "r"));
	let proto = two_layers(between, 0);
	accepted(proto.clone());
	let model = read(proto).expect("the model is read");
	assert_eq!(operators(&model), ["dense", "table", "dense"]);
	assert_eq!(model.reading.bounds.len(), 1);
}

#[test]
fn integers_from_zero_on_are_a_clip_whatever_takes_them() {
	for (zero, expected) in [(0, &["dense", "table", "dense"][..]), (90, &["dense"])] {
		let between = vec![
			node("QuantizeLinear", &["h", "hs", "hz"], "g"),
			node("DequantizeLinear", &["g", "hs", "hz"], "r"),
			node("Add", &["r", "bf"], "a"),
		];
		let mut proto = two_layers(between, zero);
		accepted(proto.clone());
		let model = read(proto.clone()).expect("the model is read");
		assert_eq!(operators(&model), expected);
		// The range is that of the integers, whatever an exporter has left out before them.
		assert_eq!(model.reading.bounds.len(), usize::from(zero == 0));
		// A zero point may be a node of its own.
		let graph = proto.graph.as_mut().expect("a graph");
		let at = graph.initializer.iter().position(|tensor| tensor.name == "hz");
		let tensor = graph.initializer.remove(at.expect("it is there"));
		graph.node.insert(0, with_tensor(node("Constant", &[], "hz"), "value", tensor));
		accepted(proto);
	}
}

#[test]
fn what_a_function_takes_or_gives_is_not_rounded() {
	let between = vec![
		node("QuantizeLinear", &["h", "hs", "hz"], "g"),
		node("DequantizeLinear", &["g", "hs", "hz"], "r"),
		node("Tanh", &["r"], "t"),
		node("QuantizeLinear", &["t", "hs", "hz"], "u"),
		node("DequantizeLinear", &["u", "hs", "hz"], "a"),
	];
	let proto = two_layers(between, 90);
	accepted(proto.clone());
	let model = read(proto).expect("the model is read");
	assert_eq!(operators(&model), ["dense", "table", "dense"]);
	assert_eq!(model.reading.bounds.len(), 0);
}

#[test]
fn features_have_the_bytes_of_the_file_and_weights_keep_theirs() {
	let model = read(two_layers(sums_as_bytes(), 0)).expect("the model is read");
	let levels = model.reading.features.expect("the file says so");
	let quantised =
		quantise_as_told(&model.reading.model, &samples(), &levels).expect("it is quantised");
	let (scale, zero) = quantised.input.features(3)[0].step();
	assert_eq!((zero, quantised.input.quantise(&[0.0, 1.0, 0.0])), (128.0, vec![128, 153, 128]));
	assert!((scale - 0.04).abs() < 1e-9);
	// One scale for all of them, and nothing behind them: the integers of the file.
	let [_, second] = quantised.model.parameters() else { panic!("two layers") };
	let second: Vec<i32> = second.weights.iter().map(|weight| i32::from(*weight)).collect();
	assert_eq!(second, SECOND);
	// The step of the hidden bytes is that of the file, which the samples fill.
	let expected = 0.03 * 0.05;
	assert!((quantised.output_scale / expected - 1.0).abs() < 1e-6, "{}", quantised.output_scale);
}

#[test]
fn other_integers_are_refused() {
	let of = |name: &str, tensor: TensorProto| {
		let mut proto = two_layers(sums_as_bytes(), 0);
		let constants = &mut proto.graph.as_mut().expect("a graph").initializer;
		constants.retain(|tensor| tensor.name != name);
		constants.push(tensor);
		refused(proto)
	};
	assert!(of("hz", bytes("hz", DataType::Int16, &[], &[0])).contains("other integers than bytes"));
	assert!(of("hs", floats("hs", &[], &[-1.0])).contains("a scale is not positive"));
	assert!(of("vs", floats("vs", &[3], &[1.0; 3])).contains("1 zero points do not fit 3 scales"));
	assert!(of("vs", floats("vs", &[2, 2], &[1.0; 4])).contains("scales of blocks"));
	let several = of("hs", floats("hs", &[2], &[1.0; 2]));
	assert!(several.contains("1 zero points do not fit 2 scales"), "{several}");
}
