// SPDX-License-Identifier: Apache-2.0
//! Nodes that are fitted to what the samples give, and the layers before them.

use std::collections::BTreeMap;

use candor_graph::{FloatParameters, Graph, Kind, Node, Parameters, Source, Sums, Value};
use candor_operators::{
	registry::{self, dense},
	Aim, Architecture, ArchitectureError, Calibration, Fitted, Function, Site, Step, Units,
};

/// One half, with room for how numbers are rounded.
const HALF: f64 = 0.500_001;

/// Where each channel has a unit of its own, and not all of them are set by weights.
const SOME: f64 = 0.75;

/// The nodes of an architecture while they are fitted.
pub(super) struct Fitting<'a> {
	architecture: &'a Architecture,
	units: Units,
	nodes: Vec<Node>,
	/// What each node gives.
	given: Vec<Value>,
	/// The fitted nodes, by those whose sums they take.
	asking: BTreeMap<usize, (usize, &'static dyn Function, Site<'a>)>,
}

impl<'a> Fitting<'a> {
	/// The nodes as they were read.
	pub(super) fn new(architecture: &'a Architecture, units: Units) -> Self {
		let sites = architecture.sites().enumerate();
		let fitted = sites.filter(|(_, (function, _))| function.is_fitted());
		let asking = fitted.filter_map(|(at, (function, site))| match site.node.inputs[..] {
			[Source::Node(before)] => Some((before, (at, function, site))),
			_ => None,
		});
		Self {
			architecture,
			units,
			asking: asking.collect(),
			nodes: architecture.graph().nodes().to_vec(),
			given: architecture.sites().map(|(_, site)| site.output.clone()).collect(),
		}
	}

	/// Whether a fitted node takes the sums of this one.
	pub(super) fn is_asked_for(&self, node: usize) -> bool {
		self.asking.contains_key(&node)
	}

	/// The integers of a node; nothing on overflow.
	pub(super) fn quantise(
		&mut self,
		step: &Step<'_, FloatParameters>,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let Step { at, function, site, parameters } = step;
		let aims = self.fit(step, inputs);
		let fitted = self.site(*at, site);
		if let Some(aims) = aims {
			return function.quantise_to(&fitted, parameters, inputs, &aims);
		}
		if fitted.node == site.node {
			return match self.units {
				Units::Shared => function.quantise(&fitted, parameters, inputs),
				Units::Own => function.quantise_channels(&fitted, parameters, inputs),
			};
		}
		let (parameters_of, output) =
			registry::function(&fitted.node.operator)?.quantise(&fitted, parameters, inputs)?;
		// It stands for what was read, whose floats these are.
		let floats = (0..output.floats.len()).map(|sample| {
			let inputs: Vec<_> = inputs.iter().map(|input| &input.floats[sample]).collect();
			function.float(site, parameters, &inputs)
		});
		let floats = floats.collect();
		Some((parameters_of, Calibration { floats, ..output }))
	}

	/// The place of a node among those that are fitted.
	fn site<'b>(&'b self, at: usize, read: &Site<'b>) -> Site<'b> {
		let inputs = read.node.inputs.iter().zip(&read.inputs);
		let inputs = inputs.map(|(source, read)| match source {
			Source::Input => *read,
			Source::Node(before) => &self.given[*before],
		});
		Site { node: &self.nodes[at], inputs: inputs.collect(), output: &self.given[at] }
	}

	/// What is asked of the sums of a node's channels, whose taker is fitted; nothing where nothing is.
	///
	/// Where weights set the unit of the sums, fewer bits are dropped of these than usual: a step of what is
	/// kept is worth less then, and the weights are the same.
	fn fit(
		&mut self,
		step: &Step<'_, FloatParameters>,
		inputs: &[&Calibration],
	) -> Option<Vec<Aim>> {
		let (at, asking, taker) = self.asking.get(&step.at)?;
		let [input] = inputs else { return None };
		let usual = step.site.output.sums()?;
		let floats = input.floats.iter();
		let sums: Vec<Vec<f64>> = floats
			.map(|sample| step.function.float(&step.site, step.parameters, &[sample]))
			.collect();
		let mut best: Option<(Node, Value, Fitted, f64)> = None;
		for rounding in (1..=usual.rounding).rev() {
			let node = dense::rounded(step.site.node, rounding);
			let kind = Kind::Sums(Sums { rounding, ..usual });
			let given = Value { kind, ..step.site.output.clone() };
			let site = Site { node: &node, output: &given, ..step.site.clone() };
			let finest =
				step.function.finest(&site, step.parameters, &input.steps, &input.zeros)?;
			let taker = Site { inputs: vec![&given], ..taker.clone() };
			let fitted = asking.fit(&taker, &sums, &finest, self.units)?;
			let all: f64 = fitted.aims.iter().map(|aim| aim.unit).sum();
			let kept = all * 2f64.powi(rounding as i32);
			let less = match self.units {
				Units::Shared => HALF,
				Units::Own => SOME,
			};
			let is_better = best.as_ref().is_none_or(|(.., before)| kept <= before * less);
			if !is_better {
				break;
			}
			best = Some((node, given, fitted, kept));
		}
		let (node, given, fitted, _) = best?;
		self.nodes[*at] = fitted.node;
		self.nodes[step.at] = node;
		self.given[step.at] = given;
		Some(fitted.aims)
	}

	/// The architecture of the fitted nodes.
	pub(super) fn finish(self) -> Result<Architecture, ArchitectureError> {
		let input = self.architecture.graph().input().clone();
		Architecture::new(Graph::new(input, self.nodes)?)
	}
}
