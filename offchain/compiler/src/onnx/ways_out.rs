// SPDX-License-Identifier: Apache-2.0
//! What can be done about an operator that is refused.

use candor_onnx::pb::NodeProto;

/// Functions between layers.
const ACTIVATIONS: [&str; 6] = ["Erf", "Exp", "Pow", "Shrink", "Sqrt", "ThresholdedRelu"];

/// Layers on images and signals that can be read.
const CONVOLUTIONS: [&str; 6] =
	["AveragePool", "Conv", "GlobalAveragePool", "GlobalMaxPool", "MaxPool", "Pad"];

/// Layers on images and signals that cannot.
const OTHER_CONVOLUTIONS: [&str; 6] =
	["ConvTranspose", "DeformConv", "GlobalLpPool", "LpPool", "Resize", "Upsample"];

/// Trees in the form of `ai.onnx.ml` 1 to 4.
const TREES: [&str; 2] = ["TreeEnsembleClassifier", "TreeEnsembleRegressor"];

/// Trees in the form of `ai.onnx.ml` 5.
const LATER_TREES: &str = "TreeEnsemble";

/// What looks a word or a category up.
const CATEGORIES: [&str; 6] =
	["CategoryMapper", "DictVectorizer", "Imputer", "LabelEncoder", "OneHotEncoder", "OneHot"];

/// Layers whose statistics are those of the sample.
const NORMS: [&str; 6] = [
	"GroupNormalization",
	"InstanceNormalization",
	"LayerNormalization",
	"LpNormalization",
	"Normalizer",
	"RMSNormalization",
];

/// Layers that go along a sequence.
const SEQUENCES: [&str; 5] = ["Attention", "GRU", "LSTM", "RNN", "Scan"];

/// Integers in place of floats.
const QUANTISED: [&str; 7] = [
	"ConvInteger",
	"DynamicQuantizeLinear",
	"MatMulInteger",
	"QGemm",
	"QLinearAdd",
	"QLinearConv",
	"QLinearMatMul",
];

/// What a user can do about a node that is refused.
pub(super) fn of(node: &NodeProto) -> &'static str {
	let is_one_of = |names: &[&str]| names.contains(&node.op_type.as_str());
	if is_one_of(&ACTIVATIONS) {
		"train with another function between the layers: Relu costs least, and Clip, LeakyRelu, PRelu, Tanh, Sigmoid, Gelu, Silu, HardSwish and Elu are read as well"
	} else if is_one_of(&CONVOLUTIONS) {
		"put a Relu behind each Conv, directly or behind its pool, keep batch and channels first, and zeros around images"
	} else if is_one_of(&OTHER_CONVOLUTIONS) {
		"no circuit of it is there: use convolutions (Conv) with strides, MaxPool and AveragePool"
	} else if is_one_of(&TREES) {
		"train trees of a few levels (max_depth, num_leaves) on features as they are or scaled one by one, for float32 inputs and without categories or missing values"
	} else if node.op_type == LATER_TREES {
		"export it for an earlier version of ai.onnx.ml (target_opset={\"ai.onnx.ml\": 3}), as TreeEnsembleClassifier or TreeEnsembleRegressor"
	} else if is_one_of(&CATEGORIES) {
		"turn words, categories and missing values into numbers before, and export the model behind that step"
	} else if is_one_of(&NORMS) {
		"normalise samples before they are given to the model; between layers use BatchNormalization, which folds into them"
	} else if is_one_of(&SEQUENCES) {
		"no circuit of sequences is there: train a perceptron on features of the whole sequence"
	} else if is_one_of(&QUANTISED) {
		"quantise with QuantizeLinear and DequantizeLinear around the layers (onnxruntime: quantize_static with QuantFormat.QDQ), or export the float model: `candor compile` chooses the integers itself"
	} else if is_layer(node) || node.op_type == "Add" {
		"bring the model into the form of layers of constant weights, with functions of single numbers between"
	} else {
		"compute it before the model, or leave it out; where an exporter wrote it, let it fold constants (PyTorch: do_constant_folding=True) or simplify the graph with onnxsim"
	}
}

/// Whether a node is a layer of weights.
pub(super) fn is_layer(node: &NodeProto) -> bool {
	let operator = node.op_type.as_str();
	["Gemm", "MatMul", "Conv", LATER_TREES].contains(&operator) || TREES.contains(&operator)
}
