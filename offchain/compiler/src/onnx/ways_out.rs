// SPDX-License-Identifier: Apache-2.0
//! What can be done about an operator that is refused.

use candor_onnx::pb::NodeProto;

/// Functions between layers.
const ACTIVATIONS: [&str; 6] = ["Erf", "Exp", "Pow", "Shrink", "Sqrt", "ThresholdedRelu"];

/// Layers on images and signals.
const CONVOLUTIONS: [&str; 8] = [
	"AveragePool",
	"Conv",
	"ConvTranspose",
	"GlobalAveragePool",
	"GlobalMaxPool",
	"MaxPool",
	"Pad",
	"Upsample",
];

/// Trees, in any version.
const TREES: [&str; 3] = ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"];

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
		"no circuit of a convolution is there yet: train a perceptron on the flattened values, or on features that are computed before"
	} else if is_one_of(&TREES) {
		"no circuit of trees is there yet: train a linear model or a perceptron on the same data"
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
	["Gemm", "MatMul", "Conv"].contains(&operator) || TREES.contains(&operator)
}
