// SPDX-License-Identifier: Apache-2.0
//! Ways to quantise a model, of which the best is chosen.

use std::borrow::Cow;

use candor_graph::{FloatParameters, Source, WEIGHT_MAX};
use candor_operators::{
	Architecture, Calibration, FloatModel, Function, Integers, Model, RunError, Site, Units,
};

use super::{fitting::Fitting, QuantiseError, Quantised, Scale, GAIN};
use crate::scales::{constant, range, Affine, InputQuantisation};

/// A range that is so much wider than that of the central samples holds outliers.
const OUTLIER_RANGE: f64 = 8.0;

/// The part of the samples on either side that may be outliers.
const OUTLIER_PART: f64 = 0.01;

/// Fewer samples do not tell outliers from others.
const OUTLIER_SAMPLES: usize = 20;

/// A model whose features become bytes in a given way.
pub(super) struct Trial<'a> {
	float: Cow<'a, FloatModel>,
	samples: &'a [Vec<f64>],
	input: InputQuantisation,
}

impl<'a> Trial<'a> {
	pub(super) fn new(
		float: &'a FloatModel,
		samples: &'a [Vec<f64>],
		input: InputQuantisation,
	) -> Self {
		Self { float: Cow::Borrowed(float), samples, input }
	}

	/// A scale for each feature. Nothing is known of the size of a constant one: it gets the widest range that
	/// costs the others nothing, and no weight where even that is too fine for its value.
	pub(super) fn of_own_scales(
		float: &FloatModel,
		samples: &'a [Vec<f64>],
		spans: &[(f64, f64)],
	) -> Self {
		let spans = spans.iter();
		let constants = spans.clone().enumerate();
		let constants: Vec<(usize, f64)> =
			constants.filter_map(|(feature, span)| Some((feature, constant(*span)?))).collect();
		let mut features: Vec<Affine> =
			spans.map(|(low, high)| Affine::covering(*low, *high)).collect();
		let mut float = float.clone();
		fix_constants(&mut float, samples, &constants, &mut features);
		let input = InputQuantisation::PerFeature { features };
		Self { float: Cow::Owned(float), samples, input }
	}

	/// The integer model in which the channels of a layer share a unit.
	pub(super) fn quantise(&self) -> Result<Quantised, QuantiseError> {
		self.quantise_with(Units::Shared)
	}

	/// The integer model in which channels have units of their own, where that makes the error of the logits so
	/// much smaller than in the one where they share one.
	pub(super) fn with_best_units(
		&self,
		shared: Quantised,
		error: impl Fn(&Quantised) -> f64,
	) -> Quantised {
		// Where nothing is fitted, layers are what they are in any other model of the architecture.
		let mut sites = self.float.architecture.sites();
		if !sites.any(|(function, _)| function.is_fitted()) {
			return shared;
		}
		match self.quantise_with(Units::Own) {
			Ok(own) if error(&shared) / error(&own) >= GAIN => own,
			// A convolution whose channels are neurons of a layer takes no units that differ within one.
			Ok(_) | Err(_) => shared,
		}
	}

	/// The integer model.
	fn quantise_with(&self, units: Units) -> Result<Quantised, QuantiseError> {
		let Self { float, samples, input } = self;
		let features = input.features(float.architecture.input_len());
		let bytes = |sample: &Vec<f64>| input.quantise(sample).into_iter().map(i32::from).collect();
		let start = Calibration {
			floats: samples.to_vec(),
			integers: samples.iter().map(|sample| Integers::new(bytes(sample))).collect(),
			steps: features.iter().map(|feature| feature.step().0).collect(),
			zeros: features.iter().map(|feature| feature.step().1).collect(),
		};
		let none = FloatParameters::NONE;
		let (mut parameters, mut scales) = (Vec::new(), Vec::new());
		let mut fitting = Fitting::new(&float.architecture, units);
		let logits = float.architecture.walk(&float.parameters, &none, start, |step, inputs| {
			let (of_node, output) =
				fitting.quantise(&step, inputs).ok_or(RunError::Overflow { node: step.at })?;
			if step.function.is_parameterised() {
				parameters.push(of_node);
			}
			scales.push(Scale { steps: output.steps.clone(), zeros: output.zeros.clone() });
			Ok::<_, QuantiseError>(output)
		})?;
		let model = Model::new(fitting.finish()?, parameters)?;
		let output_scale = logits.steps.first().copied().unwrap_or(1.0);
		Ok(Quantised { model, input: input.clone(), output_scale, scales })
	}
}

/// The only node that takes the input, if there is only one: it is the first node, and its parameters are the
/// first ones.
pub(super) fn only_user(architecture: &Architecture) -> Option<(&'static dyn Function, Site<'_>)> {
	let mut users =
		architecture.sites().filter(|(_, site)| site.node.inputs.contains(&Source::Input));
	let user = users.next()?;
	users.next().is_none().then_some(user)
}

/// The smallest and the largest value of each feature.
pub(super) fn spans(samples: &[Vec<f64>], width: usize) -> Vec<(f64, f64)> {
	(0..width).map(|feature| range(samples.iter().map(|sample| sample[feature]))).collect()
}

/// [`spans`] without outliers: values far from the central samples. Nothing where there are none.
pub(super) fn central_spans(samples: &[Vec<f64>], width: usize) -> Option<Vec<(f64, f64)>> {
	if samples.len() < OUTLIER_SAMPLES {
		return None;
	}
	let rest = ((samples.len() as f64 * OUTLIER_PART) as usize).max(1);
	let mut has_outliers = false;
	let spans = (0..width)
		.map(|feature| {
			let mut values: Vec<f64> = samples.iter().map(|sample| sample[feature]).collect();
			values.sort_unstable_by(f64::total_cmp);
			let (low, high) = (values[0], values[values.len() - 1]);
			let (first, last) = (values[rest], values[values.len() - 1 - rest]);
			let central = last - first;
			if central > 0.0 && high - low > OUTLIER_RANGE * central {
				has_outliers = true;
				(low.max(first - central / 2.0), high.min(last + central / 2.0))
			} else {
				(low, high)
			}
		})
		.collect();
	has_outliers.then_some(spans)
}

/// A sample whose features lie within their spans.
pub(super) fn clamped(sample: &[f64], spans: &[(f64, f64)]) -> Vec<f64> {
	sample.iter().zip(spans).map(|(x, (low, high))| x.max(*low).min(*high)).collect()
}

/// Takes constant features out of the first layer, where it weighs each of them.
fn fix_constants(
	float: &mut FloatModel,
	samples: &[Vec<f64>],
	constants: &[(usize, f64)],
	features: &mut [Affine],
) {
	let FloatModel { architecture, parameters } = float;
	let Some((function, site)) = only_user(architecture) else { return };
	let (Some(linear), Some(first)) = (function.linear(), parameters.first_mut()) else { return };

	let mut without = first.clone();
	constants.iter().for_each(|(feature, value)| linear.fix(&site, &mut without, *feature, *value));
	let steps: Vec<f64> = features.iter().map(|feature| feature.scale).collect();
	let zeros: Vec<f64> = features.iter().map(|f| f64::from(f.zero_point)).collect();
	// What is fitted to the sums is told by the weights what it may ask for.
	let outputs: Vec<Vec<f64>> = if Fitting::new(architecture, Units::Shared).is_asked_for(0) {
		Vec::new()
	} else {
		samples.iter().map(|sample| function.float(&site, first, &[sample])).collect()
	};
	let unit = linear.unit(&site, &without, &steps, &zeros, &outputs);

	let weights: Vec<f64> =
		constants.iter().map(|(feature, _)| linear.largest_float(&site, first, *feature)).collect();
	for ((feature, value), weight) in constants.iter().zip(weights) {
		let widest = unit * f64::from(WEIGHT_MAX) / weight;
		features[*feature] = Affine::around(*value, if weight > 0.0 { widest } else { 1.0 });
		if weight * features[*feature].scale > unit * f64::from(WEIGHT_MAX) * 1.000_001 {
			linear.fix(&site, first, *feature, *value);
		}
	}
}
