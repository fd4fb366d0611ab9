// SPDX-License-Identifier: Apache-2.0
//! What can be done about an operator that is refused.

use candor_onnx::pb::NodeProto;

/// Functions between layers.
const ACTIVATIONS: [&str; 5] = ["Erf", "Pow", "Shrink", "Sqrt", "ThresholdedRelu"];

/// Layers on images and signals that can be read.
const CONVOLUTIONS: [&str; 6] =
	["AveragePool", "Conv", "GlobalAveragePool", "GlobalMaxPool", "MaxPool", "Pad"];

/// Layers on images and signals that cannot.
const OTHER_CONVOLUTIONS: [&str; 6] =
	["ConvTranspose", "DeformConv", "GlobalLpPool", "LpPool", "Resize", "Upsample"];

/// Trees, in any version.
const TREES: [&str; 3] = ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"];

/// Support vector machines.
const MACHINES: [&str; 2] = ["SVMClassifier", "SVMRegressor"];

/// What looks a word or a category up.
const CATEGORIES: [&str; 6] =
	["CategoryMapper", "DictVectorizer", "Imputer", "LabelEncoder", "OneHotEncoder", "OneHot"];

/// Comparisons, of which bins are made.
const COMPARISONS: [&str; 8] =
	["Binarizer", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Xor"];

/// Choices, of which votes are made.
const CHOICES: [&str; 4] = ["And", "Equal", "Or", "Where"];

/// What compares a sample with all that a model was trained on.
const NEIGHBOURS: [&str; 3] = ["CDist", "Scan", "TopK"];

/// Products of data.
const PRODUCTS: [&str; 2] = ["Div", "Mul"];

/// What puts elements in other places.
const PLACES: [&str; 8] =
	["Concat", "Flatten", "Reshape", "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze"];

/// Arithmetic of exporters on shapes.
const SHAPES: [&str; 10] = [
	"ConstantOfShape",
	"Expand",
	"If",
	"Loop",
	"NonZero",
	"Range",
	"ScatterND",
	"Shape",
	"Size",
	"Tile",
];

/// Layers whose statistics are those of the sample.
const NORMS: [&str; 5] = [
	"GroupNormalization",
	"InstanceNormalization",
	"LpNormalization",
	"Normalizer",
	"RMSNormalization",
];

/// Layers that go along a sequence.
const SEQUENCES: [&str; 4] = ["Attention", "GRU", "LSTM", "RNN"];

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
	} else if is_one_of(&MACHINES) {
		"train LinearSVC or LinearSVR, SVC(kernel='linear') of two classes or SVR(kernel='linear'); for what no line tells apart a perceptron or trees"
	} else if is_one_of(&CATEGORIES) {
		"turn words, categories and missing values into numbers before, and export the model behind that step"
	} else if is_one_of(&NEIGHBOURS) {
		"no circuit compares a sample with all those of the training: in place of nearest neighbours and Gaussian processes train trees (max_depth) or a perceptron"
	} else if is_one_of(&COMPARISONS) {
		"only trees compare: put bins, thresholds and quantiles (KBinsDiscretizer, Binarizer, QuantileTransformer) before the model, and export the model behind that step"
	} else if is_one_of(&CHOICES) {
		"in place of votes of several models (AdaBoost, Bagging) train GradientBoosting or a RandomForest; put a step that chooses before the model; where PyTorch wrote it for shapes, export with do_constant_folding=True"
	} else if node.op_type == "ReduceProd" {
		"compute products of features (PolynomialFeatures) before the model, as features, and export the model behind that step"
	} else if node.op_type == "Exp" {
		"where it ends a model (Poisson, Gamma, Tweedie) cut the graph before it, and take e^x of the answer; between layers train with another function"
	} else if is_one_of(&PRODUCTS) {
		"leave products of data with data (gates, squeeze-and-excitation; all but those of an attention, softmax(Q K^T / sqrt(d)) V without a mask) out and train again, or compute products of features before the model"
	} else if node.op_type == "LayerNormalization" {
		"normalise rows of 2 to 256 elements along the last axes, with constant scale and bias"
	} else if node.op_type == "Softmax" {
		"keep it at the end, behind logits as [batch, classes]; between layers it is known in an attention, softmax(Q K^T / sqrt(d)) V of two MatMul, without a mask"
	} else if node.op_type == "Gather" {
		"keep the batch first, and samples apart from one another; look up rows of a constant table of at most 256, by integers that are features"
	} else if node.op_type == "Cast" {
		"keep float32, or float64, from the features to the logits"
	} else if is_one_of(&NORMS) {
		"normalise samples before they are given to the model; between layers use BatchNormalization, which folds into them, or LayerNormalization"
	} else if is_one_of(&SEQUENCES) {
		"no circuit of recurrent layers is there: train layers at each place with an attention that is written out (MatMul, Softmax, MatMul; PyTorch: opset 17 or 18), or a perceptron on features of the whole sequence"
	} else if is_one_of(&QUANTISED) {
		"quantise with QuantizeLinear and DequantizeLinear around the layers (onnxruntime: quantize_static with QuantFormat.QDQ), or export the float model: `candor compile` chooses the integers itself"
	} else if is_one_of(&SHAPES) {
		"export with fixed sizes of all but the batch (PyTorch: no other dynamic_axes), so that arithmetic on shapes is folded, or simplify the graph with onnxsim"
	} else if node.op_type == "Transpose" {
		"keep the batch first, and samples apart from one another (PyTorch: Linear layers and scaled_dot_product_attention in place of nn.MultiheadAttention and nn.TransformerEncoderLayer, which put places before samples)"
	} else if is_one_of(&PLACES) {
		"keep the batch first, and samples apart from one another"
	} else if is_layer(node) || node.op_type == "Add" {
		"bring the model into the form of layers of constant weights, with functions of single numbers between"
	} else {
		"no circuit computes it: compute it before the model, or leave it out and train again"
	}
}

/// Whether a node makes a model one that no circuit is for, whatever stands around it.
pub(super) fn is_cause(node: &NodeProto) -> bool {
	let operator = node.op_type.as_str();
	SEQUENCES.contains(&operator) || NEIGHBOURS.contains(&operator)
}

/// Whether a node is a layer of weights.
pub(super) fn is_layer(node: &NodeProto) -> bool {
	let operator = node.op_type.as_str();
	["Gemm", "MatMul", "Conv"].contains(&operator) || TREES.contains(&operator)
}
