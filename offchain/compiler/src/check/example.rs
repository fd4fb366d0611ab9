// SPDX-License-Identifier: Apache-2.0
//! A run of a model, to see what proving it takes.

use core::fmt;

use candor_operators::{InferenceCircuit, InputBlinder, Model, Reading, Scheme, WitnessError};
use candor_statement::Binding;
use rand::{rngs::StdRng, Rng, SeedableRng};
use zeroize::Zeroizing;

use crate::{answer::OutputKind, compile::Measured, quantise::quantise_reading};

/// So many made-up samples give a model integers of ordinary sizes.
const MADE_UP: usize = 16;

/// An integer model and an input of it. Private: `Debug` shows neither.
#[derive(Clone)]
pub struct Example {
	/// The model.
	pub model: Model,
	/// The input.
	pub input: Zeroizing<Vec<u8>>,
}

impl Example {
	/// The first calibration sample.
	pub(super) fn measured(measured: &Measured) -> Option<Self> {
		let sample = measured.calibration.samples.first()?;
		let input = Zeroizing::new(measured.quantised.input.quantise(&sample.features));
		Some(Self { model: measured.quantised.model.clone(), input })
	}

	/// Samples that nobody has taken, uniform between -1 and 1: what a proof takes depends but little on
	/// the values. Nothing where the model cannot be quantised with them.
	pub(super) fn made_up(reading: &Reading) -> Option<Self> {
		let (mut rng, float) = (StdRng::seed_from_u64(0), &reading.model);
		let width = float.architecture.input_len();
		let mut sample = || (0..width).map(|_| rng.gen_range(-1.0..1.0)).collect();
		let samples: Vec<Vec<f64>> = (0..MADE_UP).map(|_| sample()).collect();
		let outputs = float.architecture.output_count();
		let output = OutputKind::of(reading.meaning, outputs, None).ok()?;
		let quantised = quantise_reading(reading, &samples, output).ok()?;
		let input = Zeroizing::new(quantised.input.quantise(samples.first()?));
		Some(Self { model: quantised.model, input })
	}

	/// The circuit of the run under a scheme whose model is a block of its own; nothing under another one.
	///
	/// # Errors
	///
	/// Those of [`InferenceCircuit::committed`].
	pub fn circuit(&self, scheme: Scheme) -> Result<Option<InferenceCircuit>, WitnessError> {
		let (model, blinder) = (&self.model, InputBlinder::none());
		Ok(match scheme {
			Scheme::Hashed => None,
			Scheme::Committed => {
				Some(InferenceCircuit::committed(model, &self.input, &blinder, Binding::NONE)?)
			}
			Scheme::Staged => {
				Some(InferenceCircuit::staged(model, &self.input, &blinder, Binding::NONE)?)
			}
		})
	}
}

impl fmt::Debug for Example {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Example").field("model", &self.model).finish_non_exhaustive()
	}
}
