// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod about;
mod affine;
mod architecture;
mod blinder;
mod calibration;
mod circuit;
mod end;
mod fault;
mod filters;
mod float;
mod formula;
mod model;
mod place;
mod reader;
pub mod registry;
mod scheme;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod window;

use candor_gadgets::{
	limb::Limb,
	lookup::ClosedLookups,
	polynomial::{ClosedIdentities, Identities},
	product::{ClosedJoint, Joint},
	ranges::Ranges,
	Cell, Sum, Synthesis, System,
};
use candor_graph::{FloatParameters, Node, Value};
use candor_onnx::OnnxError;
use candor_statement::Fr;
use zeroize::Zeroizing;

pub use about::{About, Exactness};
pub use affine::Affine;
pub use architecture::{Architecture, ArchitectureError, Step, MAX_LAYERS, MAX_OUTPUTS, MAX_WORDS};
/// What models are made with.
pub use candor_graph::Parameters;

pub use blinder::{InputBlinder, ModelBlinder, ModelSeed};
pub use calibration::{round, Calibration};
pub use circuit::{Claim, InferenceCircuit, PartCounts, Run, Statistics, WitnessError};
pub use end::{cut_at, End, Form, Meaning};
pub use fault::{Misfit, ParameterFault};
pub use filters::Filters;
pub use float::FloatModel;
pub use formula::Formula;
pub use model::{Model, ModelError, RunError};
pub use place::{At, Known, Place};
pub use reader::{Effect, Reader, Reading, Unfinished};
pub use registry::trees::MAX_CUTS;
pub use scheme::{Scheme, Unsuited};
pub use window::Window;

/// The integers of a value. What happens between input and output tells about both secrets, so
/// they are wiped.
pub type Integers = Zeroizing<Vec<i32>>;

/// An operator of ONNX that can be read.
pub trait Operator: Sync {
	/// What it is called in ONNX, once for each name.
	fn onnx(&self) -> &'static [&'static str];

	/// What a user should know of it.
	fn about(&self) -> About;

	/// Whose operator it is; empty where it is one of ONNX itself.
	fn domain(&self) -> &'static str {
		""
	}

	/// Whether the data may be any of its operands. It is the first one otherwise, and the others
	/// are constants.
	fn commutes(&self) -> bool {
		false
	}

	/// Reads a node: [`Reader`] says what may become of it.
	///
	/// # Errors
	///
	/// [`OnnxError`] names the node and what of it is not supported.
	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError>;

	/// Reads a node that takes what stands behind the logits.
	///
	/// # Errors
	///
	/// [`OnnxError`] names the node that the logits end with, where no circuit can go on behind it.
	fn read_end(&self, place: &Place<'_>, end: &End, _: &mut Reader) -> Result<(), OnnxError> {
		Err(end.refused(place))
	}

	/// What nodes of a graph that it is read into compute; nothing where it leaves a sample as it
	/// is, or goes into the node before it.
	fn function(&self) -> Option<&'static dyn Function> {
		None
	}
}

/// A node at its place in a graph, with what is known of its values.
#[derive(Clone, Debug)]
pub struct Site<'a> {
	/// The node.
	pub node: &'a Node,
	/// What it takes.
	pub inputs: Vec<&'a Value>,
	/// What it gives, as [`Function::output`] says.
	pub output: &'a Value,
}

/// What a node computes: as floats, as integers, and as constraints. All three are functions of the
/// site and the parameters alone; where parameters are taken they have passed [`Self::check`].
///
/// Integers and constraints agree on every input within the kind of the inputs.
pub trait Function: Sync {
	/// What it is called in graphs.
	fn name(&self) -> &'static str;

	/// Shape and range of what a node gives.
	///
	/// # Errors
	///
	/// [`Misfit`] when the node cannot stand behind these inputs.
	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit>;

	/// What it computes in floats.
	fn float(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Vec<f64>],
	) -> Vec<f64>;

	/// The integer parameters that come closest on some samples, and what they make of these; nothing
	/// on overflow, which the ranges exclude.
	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)>;

	/// Whether its node, and the units of the sums that it takes, are [fitted](Self::fit) to samples.
	fn is_fitted(&self) -> bool {
		false
	}

	/// The node that serves the sums of some samples best, and what it asks of the layer before, of whose
	/// channels' sums a unit may not be worth less than `finest`. Nothing where it takes any sums.
	fn fit(&self, _: &Site<'_>, _sums: &[Vec<f64>], _finest: &[f64], _: Units) -> Option<Fitted> {
		None
	}

	/// For each channel of its sums the smallest worth of a unit that weights and biases allow when its inputs
	/// have these steps and zeros, whatever the sum of zero is; nothing where it has no say in what they
	/// are.
	fn finest(
		&self,
		_: &Site<'_>,
		_: &FloatParameters,
		_steps: &[f64],
		_zeros: &[f64],
	) -> Option<Vec<f64>> {
		None
	}

	/// As [`Self::quantise`], with the sums of each channel as the node behind asks for them. Nothing on
	/// overflow, and where it has no say in what its sums are.
	fn quantise_to(
		&self,
		_: &Site<'_>,
		_: &FloatParameters,
		_: &[&Calibration],
		_: &[Aim],
	) -> Option<(Parameters, Calibration)> {
		None
	}

	/// As [`Self::quantise`], with a unit for each channel of sums that are rounded next.
	fn quantise_channels(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		self.quantise(site, parameters, inputs)
	}

	/// What it computes in integers; nothing on overflow, which the ranges exclude.
	fn run(
		&self,
		site: &Site<'_>,
		parameters: &Parameters,
		inputs: &[&Integers],
	) -> Option<Integers>;

	/// Constrains what it computes. `words` are those of [`Self::words`] under the sheet's scheme.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		words: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires>;

	/// Where elements of its input have to share a scale, what that has to cover besides the samples;
	/// nothing where each may have its own.
	fn shared_scale(&self, _: &Site<'_>, _: &FloatParameters) -> Option<Vec<f64>> {
		None
	}

	/// Whether its constraints need a challenge, which some schemes have none of.
	fn needs_challenge(&self) -> bool {
		false
	}

	/// Whether its nodes have parameters.
	fn is_parameterised(&self) -> bool {
		false
	}

	/// The number of weights and biases of a node.
	fn parameter_count(&self, _: &Site<'_>) -> usize {
		0
	}

	/// Checks the parameters of a node.
	///
	/// # Errors
	///
	/// [`ParameterFault`] when a count is wrong or one is outside of its bounds.
	fn check(&self, _: &Site<'_>, parameters: &Parameters) -> Result<(), ParameterFault> {
		match parameters.count() {
			0 => Ok(()),
			got => Err(ParameterFault::WeightCount { expected: 0, got }),
		}
	}

	/// The largest absolute sum of each output that any input can give, where it gives sums of inputs times
	/// its parameters, which are as many as it needs; a little more where inputs have a frame of other integers.
	fn largest_sums(&self, _: &Site<'_>, _: &Parameters) -> Vec<u64> {
		Vec::new()
	}

	/// The number of words that a node's parameters are committed as.
	fn word_count(&self, _: &Site<'_>, _: Scheme) -> usize {
		0
	}

	/// The words that a node's parameters are committed as.
	fn words(&self, _: &Site<'_>, _: &Parameters, _: Scheme) -> Vec<Fr> {
		Vec::new()
	}

	/// Where each element of its input is cut, for a node of which an input may as well say only on
	/// which side of some points it lies: the points, ascending and at most [`MAX_CUTS`]. Its integers are
	/// then those for bytes that count the points below an element.
	fn cuts(&self, _: &Site<'_>, _: &FloatParameters) -> Option<Vec<Vec<f64>>> {
		None
	}

	/// Which elements of its input are numbers of rows: their bytes are these numbers, whatever samples say.
	fn numbers(&self, _: &Site<'_>) -> Vec<usize> {
		Vec::new()
	}

	/// What is known of it where it weighs each of its inputs.
	fn linear(&self) -> Option<&'static dyn Linear> {
		None
	}
}

/// A function that adds up its inputs, each times weights of its own.
pub trait Linear {
	/// The largest absolute weight of an input, from zero.
	fn largest_float(&self, site: &Site<'_>, parameters: &FloatParameters, input: usize) -> f64;

	/// The largest absolute weight of each input.
	fn largest(&self, site: &Site<'_>, parameters: &Parameters) -> Vec<u8>;

	/// Makes an input a constant: its weights become zero, what they make of the value goes into the
	/// biases.
	fn fix(&self, site: &Site<'_>, parameters: &mut FloatParameters, input: usize, value: f64);

	/// What a unit of its sums is worth when its inputs have these steps and zeros, and gave these
	/// outputs on some samples.
	fn unit(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		steps: &[f64],
		zeros: &[f64],
		outputs: &[Vec<f64>],
	) -> f64;
}

/// What the channels of a layer's sums have a unit for: neurons, or output channels of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
	/// All of them have one.
	Shared,
	/// Each has its own.
	Own,
}

/// What a node asks of the sums of a channel that it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
	/// What a unit of them is worth; positive.
	pub unit: f64,
	/// The sum of zero.
	pub zero: f64,
}

/// A node as it serves some samples best.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
	/// The node, which takes and gives what it took and gave before.
	pub node: Node,
	/// What it asks of the sums of each channel.
	pub aims: Vec<Aim>,
}

/// Where a circuit is written down.
pub struct Sheet<'a> {
	/// The constraint system.
	pub cs: &'a System,
	/// What the circuit is written for.
	pub scheme: Scheme,
	/// The integers that are to be in range.
	pub ranges: Ranges,
	/// The products of polynomials, for which the scheme must have a challenge.
	pub identities: Identities,
	/// The products of several runs' inputs with the same words, for which it must have one, too.
	pub joint: Joint,
	/// How many runs are written onto it.
	pub runs: usize,
}

impl<'a> Sheet<'a> {
	/// An empty one, for one run.
	pub fn new(cs: &'a System, scheme: Scheme) -> Self {
		let (ranges, identities) = (Ranges::new(cs, scheme.ranges()), Identities::new(cs));
		Self { cs, scheme, ranges, identities, joint: Joint::new(cs), runs: 1 }
	}

	/// The constraints that ranges, lookups and polynomials by now will take at the challenge.
	pub(crate) fn pending(&self) -> usize {
		self.ranges.pending() + self.identities.pending()
	}

	/// Ends the stage that the challenge comes after.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn close(self) -> Synthesis<Awaiting> {
		let Self { ranges, identities, joint, .. } = self;
		let lookups = ranges.close()?;
		Ok(Awaiting { lookups, identities: identities.close(), joint: joint.close() })
	}
}

/// What of a circuit awaits the challenge.
#[must_use = "nothing is proved before the challenge"]
pub struct Awaiting {
	lookups: Option<ClosedLookups>,
	identities: ClosedIdentities,
	joint: ClosedJoint,
}

impl Awaiting {
	/// Constrains everything that is tested at the challenge.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing; that of lookups where the
	/// challenge has no inverse.
	///
	/// # Panics
	///
	/// Where there is no challenge and something needs one, or there is one too many.
	pub fn prove(self, challenges: &[Cell]) -> Synthesis<()> {
		match (self.lookups, challenges) {
			(Some(lookups), &[challenge]) => {
				lookups.prove(challenge)?;
				self.identities.prove(challenge)?;
				self.joint.prove(challenge)
			}
			(None, []) if self.identities.is_empty() && self.joint.is_empty() => Ok(()),
			_ => panic!("a cell for each challenge"),
		}
	}
}

/// A value in a circuit.
#[derive(Clone, Debug)]
pub enum Wires {
	/// Bytes, or totals of them, each linear in variables.
	Bytes(Vec<Sum>),
	/// Sums, each raised by its offset and taken apart for what comes next.
	Limbs(Vec<Limb>),
}

impl Wires {
	/// The bytes.
	///
	/// # Panics
	///
	/// Where the value is of another kind, which an [`Architecture`] excludes.
	pub fn bytes(&self) -> &[Sum] {
		match self {
			Self::Bytes(bytes) => bytes,
			Self::Limbs(_) => panic!("the kinds of values were checked; qed"),
		}
	}

	/// The sums.
	///
	/// # Panics
	///
	/// Where the value is of another kind, which an [`Architecture`] excludes.
	pub fn limbs(&self) -> &[Limb] {
		match self {
			Self::Limbs(limbs) => limbs,
			Self::Bytes(_) => panic!("the kinds of values were checked; qed"),
		}
	}
}
