// SPDX-License-Identifier: Apache-2.0
//! Features that are numbers of rows of a table, whose bytes are these numbers.

use std::collections::BTreeSet;

use candor_graph::Source;
use candor_operators::{Architecture, FloatModel};

use super::spans;
use crate::scales::{Affine, InputQuantisation};

/// A feature that is a number.
const NUMBER: Affine = Affine { scale: 1.0, zero_point: 0 };

/// The features that are numbers.
pub(super) fn of(architecture: &Architecture) -> BTreeSet<usize> {
	let takers = architecture.sites().filter(|(_, site)| site.node.inputs == [Source::Input]);
	takers.flat_map(|(function, site)| function.numbers(&site)).collect()
}

/// How features become bytes where some are numbers; nothing where none is. `shared` is what a scale has to cover
/// that all others share, where they have to; else each of them has its own.
pub(super) fn input(
	float: &FloatModel,
	samples: &[Vec<f64>],
	shared: Option<&[f64]>,
) -> Option<InputQuantisation> {
	let numbers = of(&float.architecture);
	let width = float.architecture.input_len();
	if numbers.is_empty() {
		return None;
	}
	if numbers.len() == width {
		return Some(InputQuantisation::PerTensor { feature: NUMBER });
	}
	let spans = spans(samples, width);
	let others = (0..width).filter(|feature| !numbers.contains(feature));
	let all = others
		.map(|feature| spans[feature])
		.chain(shared.into_iter().flatten().map(|value| (*value, *value)));
	let (low, high) =
		all.fold((f64::INFINITY, f64::NEG_INFINITY), |a, b| (a.0.min(b.0), a.1.max(b.1)));
	let common = Affine::covering(low, high);
	let feature = |feature: usize| match shared {
		_ if numbers.contains(&feature) => NUMBER,
		Some(_) => common,
		None => Affine::covering(spans[feature].0, spans[feature].1),
	};
	Some(InputQuantisation::PerFeature { features: (0..width).map(feature).collect() })
}
