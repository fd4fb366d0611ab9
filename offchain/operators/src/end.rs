// SPDX-License-Identifier: Apache-2.0
//! Values behind the logits: they say no more than these, so the logits are what is proved.

use candor_onnx::{
	node::{name, operator},
	pb::NodeProto,
	OnnxError,
};
use candor_text::abbreviated;

use crate::{At, Place};

/// So many inputs of a graph are named.
const NAMED_INPUTS: usize = 8;

/// How a user cuts a graph of these inputs at a value, behind which no circuit goes on. Where nodes of classical
/// models stand in it, ONNX knows no shapes and does not cut; their exporter does.
pub fn cut_at(inputs: &[String], value: &str, is_classical: bool) -> String {
	let inputs: Vec<_> =
		inputs.iter().take(NAMED_INPUTS).map(|name| format!("\"{name}\"")).collect();
	let how = match is_classical {
		true => format!(
			"onnx.save(skl2onnx.helpers.onnx_helper.select_model_inputs_outputs(onnx.load(\"MODEL.onnx\"), [\"{value}\"]), \"logits.onnx\")"
		),
		false => format!(
			"onnx.utils.extract_model(\"MODEL.onnx\", \"logits.onnx\", [{}], [\"{value}\"])",
			inputs.join(", ")
		),
	};
	format!(
		"what can be proved ends with `{value}`; if that is what you need, cut the graph there with {how} in Python"
	)
}

/// A value that a circuit does not compute, and what it says of one that it does.
#[derive(Clone, PartialEq)]
pub struct End {
	/// What the logits are called in the file.
	pub name: String,
	/// The logits.
	pub logits: At,
	/// What it says of them.
	pub form: Form,
	/// Operator and node that it begins with.
	by: (String, String),
}

/// What a value behind the logits says of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
	/// Numbers in the order of the logits, whatever their size.
	Ordered,
	/// Positive numbers in the order of the logits.
	Probabilities,
	/// Of each logit a number that is above one half where the logit is positive.
	Signs,
	/// Of each logit one minus such a number.
	Complements,
	/// Of one logit the complement and the number itself, as those of two classes.
	Both,
	/// What one class has of such numbers, or numbers that are not compared with one another.
	Part,
	/// The number of the class.
	Place,
	/// What the class is called.
	Label,
	/// `e^x` of each logit.
	Exponentials,
	/// `1 + e^x` of each logit.
	Raised,
	/// A positive number of each sample, by which its probabilities are divided.
	Total,
	/// A number of each sample, which is taken off its logits.
	LogTotal,
	/// Whether the number of [`Self::Total`] is not zero, which it never is.
	NotZero,
	/// Zero.
	Zero,
}

impl Form {
	/// Whether it answers anything, rather than being on the way to an answer.
	fn is_answer(self) -> bool {
		match self {
			Self::Ordered
			| Self::Probabilities
			| Self::Signs
			| Self::Complements
			| Self::Both
			| Self::Part
			| Self::Place
			| Self::Label => true,
			Self::Exponentials
			| Self::Raised
			| Self::Total
			| Self::LogTotal
			| Self::NotZero
			| Self::Zero => false,
		}
	}
}

/// What the outputs of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
	/// Numbers, and nothing tells what they are for.
	Numbers,
	/// Numbers that estimate something.
	Estimates,
	/// A logit for each class.
	Classes,
	/// The logit of two classes, which its sign tells apart.
	Sign,
	/// Logits of which each has a sign that answers a question of its own.
	Signs,
}

impl End {
	/// What a node makes of logits.
	pub fn new(node: &NodeProto, name_of_logits: &str, logits: At, form: Form) -> Self {
		Self { name: name_of_logits.into(), logits, form, by: (operator(node), name(node)) }
	}

	/// Another thing that is said of the same logits.
	#[must_use]
	pub fn with(&self, form: Form) -> Self {
		Self { form, ..self.clone() }
	}

	/// Something that is said of other logits.
	#[must_use]
	pub fn of(&self, name: &str, logits: At, form: Form) -> Self {
		Self { name: name.into(), logits, form, by: self.by.clone() }
	}

	/// The number of logits.
	pub fn count(&self) -> usize {
		self.logits.affine.outputs()
	}

	/// What it makes the outputs of a file; nothing where it is no answer.
	pub fn meaning(&self) -> Option<Meaning> {
		let meaning = match self.form {
			_ if self.count() == 1 => Meaning::Sign,
			Form::Signs | Form::Complements => Meaning::Signs,
			_ => Meaning::Classes,
		};
		self.form.is_answer().then_some(meaning)
	}

	/// Whether it has a number for each class, of which the largest is that of the class.
	pub fn is_ordered(&self) -> bool {
		match self.form {
			Form::Ordered | Form::Probabilities | Form::Both => true,
			Form::Signs => self.count() > 1,
			_ => false,
		}
	}

	/// As much of it as one class has; nothing where there is no number for each class.
	pub fn part(&self) -> Option<Self> {
		(self.is_ordered() || matches!(self.form, Form::Signs | Form::Part))
			.then(|| self.with(Form::Part))
	}

	/// Refuses a node that goes on computing with it.
	pub fn refused(&self, place: &Place<'_>) -> OnnxError {
		let (operator, node) = self.by.clone();
		let (next, next_node) = (candor_onnx::node::operator(place.node), name(place.node));
		if self.form == Form::Exponentials {
			let reason = format!(
				"e^x is no part of a circuit, and `{next}` (node `{next_node}`) computes with it; what can be proved ends with `{}`: cut the graph there in Python, with onnx.utils.extract_model or, of a file of skl2onnx or onnxmltools, with skl2onnx.helpers.onnx_helper.select_model_inputs_outputs, and compute the rest of the answer from what is proved",
				abbreviated(&self.name)
			);
			return OnnxError::Usage { operator, node, reason };
		}
		let reason = format!(
			"it is supported behind the last layer only, and `{next}` (node `{next_node}`) computes with what it gives; leave it out between layers, and of several models that answer together (voting, stacking, bagging, calibration) export one"
		);
		OnnxError::Usage { operator, node, reason }
	}
}
