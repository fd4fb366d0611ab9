// SPDX-License-Identifier: Apache-2.0
//! What the integers of each node cost.

use std::convert::Infallible;

use candor_graph::{FloatParameters, Parameters};
use candor_operators::{FloatModel, Integers, RunError};
use serde::Serialize;

use super::distribution::Distribution;
use crate::quantise::Quantised;

/// What the integers of a value cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Loss {
	/// How far the integers are from the floats when all nodes before are integers as well: the root of the
	/// mean square of the difference, over that of the floats. Nothing where all floats are zero.
	pub error: Option<f64>,
	/// By how much the squared error of the logits grows when this node computes in integers too, those before
	/// it doing so already and those behind it in floats, as a part of the whole error: the shares of input
	/// and nodes add up to one. Negative where it makes up for what came before; nothing without an error.
	pub share: Option<f64>,
}

/// What input and nodes of a model cost on some samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Losses {
	/// That the input is bytes.
	pub input: Loss,
	/// Each node.
	pub nodes: Vec<Loss>,
	/// The values of each node.
	pub distributions: Vec<Distribution>,
	/// The largest absolute integer of each node.
	pub largest: Vec<u64>,
}

/// All values of one sample: the input, then each node.
struct Trace {
	floats: Vec<Vec<f64>>,
	/// What the integers stand for.
	scaled: Vec<Vec<f64>>,
	integers: Vec<Integers>,
}

impl Trace {
	fn new(float: &FloatModel, quantised: &Quantised, sample: &[f64]) -> Result<Self, RunError> {
		let mut floats = vec![sample.to_vec()];
		let (none, input) = (FloatParameters::NONE, sample.to_vec());
		let run = float.architecture.walk(&float.parameters, &none, input, |step, inputs| {
			let output = step.function.float(&step.site, step.parameters, inputs);
			floats.push(output.clone());
			Ok::<_, Infallible>(output)
		});
		match run {
			Ok(_) => (),
			Err(never) => match never {},
		}

		let Quantised { model, input, scales, .. } = quantised;
		let mut scaled = vec![input.told(sample)];
		let bytes = input.quantise(sample).into_iter().map(i32::from);
		let bytes = Integers::new(bytes.collect());
		let mut integers = vec![bytes.clone()];
		let none = Parameters::NONE;
		model.architecture().walk(model.parameters(), &none, bytes, |step, inputs| {
			let output = step
				.function
				.run(&step.site, step.parameters, inputs)
				.ok_or(RunError::Overflow { node: step.at })?;
			scaled.push(scales[step.at].floats(&output));
			integers.push(output.clone());
			Ok::<_, RunError>(output)
		})?;
		Ok(Self { floats, scaled, integers })
	}

	/// The logits when the first `exact` of input and nodes are integers, and the others floats.
	fn logits(&self, float: &FloatModel, exact: usize) -> Vec<f64> {
		if let Some(logits) = self.scaled.get(exact - 1).filter(|_| exact == self.scaled.len()) {
			return logits.clone();
		}
		let (none, input) = (FloatParameters::NONE, self.scaled[0].clone());
		let run = float.architecture.walk(&float.parameters, &none, input, |step, inputs| {
			Ok::<_, Infallible>(match self.scaled.get(step.at + 1) {
				Some(scaled) if step.at + 1 < exact => scaled.clone(),
				_ => step.function.float(&step.site, step.parameters, inputs),
			})
		});
		match run {
			Ok(logits) => logits,
			Err(never) => match never {},
		}
	}
}

fn squared_distance(left: &[f64], right: &[f64]) -> f64 {
	left.iter().zip(right).map(|(a, b)| (a - b) * (a - b)).sum()
}

impl Losses {
	/// Runs both models side by side on samples, of which there is at least one.
	pub fn new(
		float: &FloatModel,
		quantised: &Quantised,
		samples: &[&[f64]],
	) -> Result<Self, RunError> {
		let traces = samples.iter().map(|sample| Trace::new(float, quantised, sample));
		let traces = traces.collect::<Result<Vec<_>, _>>()?;
		let values = 1 + float.architecture.sites().count();

		let error = |at: usize| {
			let of = |trace: &Trace| squared_distance(&trace.floats[at], &trace.scaled[at]);
			let size = |trace: &Trace| trace.floats[at].iter().map(|x| x * x).sum::<f64>();
			let (off, all) =
				(traces.iter().map(of).sum::<f64>(), traces.iter().map(size).sum::<f64>());
			(all > 0.0).then(|| (off / all).sqrt())
		};
		let off = |exact: usize| -> f64 {
			let of = |trace: &Trace| {
				trace
					.floats
					.last()
					.map_or(0.0, |logits| squared_distance(logits, &trace.logits(float, exact)))
			};
			traces.iter().map(of).sum()
		};
		let totals: Vec<f64> = core::iter::once(0.0).chain((1..=values).map(off)).collect();
		let whole = totals.last().copied().filter(|whole| *whole > 0.0);
		let mut losses = totals.windows(2).enumerate().map(|(at, pair)| {
			let share = whole.map(|whole| (pair[1] - pair[0]) / whole);
			Loss { error: error(at), share }
		});
		let input = losses.next().unwrap_or(Loss { error: None, share: None });
		let nodes = losses.collect();
		let distribution = |at: usize| {
			let pairs = traces.iter().map(|trace| (&trace.floats[at][..], &trace.scaled[at][..]));
			Distribution::of(pairs)
		};
		let largest = |at: usize| {
			let sizes = traces.iter().flat_map(|trace| trace.integers[at].iter());
			sizes.map(|integer| u64::from(integer.unsigned_abs())).max().unwrap_or(0)
		};
		Ok(Self {
			input,
			nodes,
			distributions: (1..values).map(distribution).collect(),
			largest: (1..values).map(largest).collect(),
		})
	}
}
