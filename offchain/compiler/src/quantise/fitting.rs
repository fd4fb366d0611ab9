// SPDX-License-Identifier: Apache-2.0
//! Nodes that are fitted to what the samples give, and the layers before them.

use std::collections::BTreeMap;

use candor_graph::{FloatParameters, Graph, Node, Parameters, Source};
use candor_operators::{
	registry, Aim, Architecture, ArchitectureError, Calibration, Function, Site, Step,
};

/// The nodes of an architecture while they are fitted.
pub(super) struct Fitting<'a> {
	architecture: &'a Architecture,
	nodes: Vec<Node>,
	/// The fitted nodes, by those whose sums they take.
	asking: BTreeMap<usize, (usize, &'static dyn Function, Site<'a>)>,
}

impl<'a> Fitting<'a> {
	/// The nodes as they were read.
	pub(super) fn new(architecture: &'a Architecture) -> Self {
		let sites = architecture.sites().enumerate();
		let fitted = sites.filter(|(_, (function, _))| function.is_fitted());
		let asking = fitted.filter_map(|(at, (function, site))| match site.node.inputs[..] {
			[Source::Node(before)] => Some((before, (at, function, site))),
			_ => None,
		});
		Self {
			architecture,
			asking: asking.collect(),
			nodes: architecture.graph().nodes().to_vec(),
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
		if let Some(aim) = self.fit(step, inputs) {
			return function.quantise_to(site, parameters, inputs, aim);
		}
		let node = &self.nodes[*at];
		if node == site.node {
			return function.quantise(site, parameters, inputs);
		}
		let fitted = Site { node, ..site.clone() };
		let (parameters_of, output) =
			registry::function(&node.operator)?.quantise(&fitted, parameters, inputs)?;
		// It stands for what was read, whose floats these are.
		let floats = (0..output.floats.len()).map(|sample| {
			let inputs: Vec<_> = inputs.iter().map(|input| &input.floats[sample]).collect();
			function.float(site, parameters, &inputs)
		});
		let floats = floats.collect();
		Some((parameters_of, Calibration { floats, ..output }))
	}

	/// What is asked of the sums of a node, whose taker is fitted; nothing where nothing is.
	fn fit(&mut self, step: &Step<'_, FloatParameters>, inputs: &[&Calibration]) -> Option<Aim> {
		let (at, asking, site) = self.asking.get(&step.at)?;
		let [input] = inputs else { return None };
		let finest =
			step.function.finest(&step.site, step.parameters, &input.steps, &input.zeros)?;
		let floats = input.floats.iter();
		let sums: Vec<Vec<f64>> = floats
			.map(|sample| step.function.float(&step.site, step.parameters, &[sample]))
			.collect();
		let fitted = asking.fit(site, &sums, finest)?;
		self.nodes[*at] = fitted.node;
		Some(fitted.aim)
	}

	/// The architecture of the fitted nodes.
	pub(super) fn finish(self) -> Result<Architecture, ArchitectureError> {
		let input = self.architecture.graph().input().clone();
		Architecture::new(Graph::new(input, self.nodes)?)
	}
}
