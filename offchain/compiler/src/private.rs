// SPDX-License-Identifier: Apache-2.0
//! What is private is not shown by `Debug`.

use std::fmt;

use crate::{onnx::OnnxModel, samples::Sample};

impl fmt::Debug for OnnxModel {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("OnnxModel")
			.field("inputs", &self.inputs)
			.field("architecture", &self.reading.model.architecture)
			.finish_non_exhaustive()
	}
}

impl fmt::Debug for Sample {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Sample({} features)", self.features.len())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		compile::Measured, samples::Table, Limbs, ModelSchema, OutputKind, PrivateModel,
		PublicModel,
	};
	use candor_onnx::testing::{floats, model, node};
	use candor_operators::ModelSeed;
	use candor_statement::{Fr, ModelCommitment};

	const SEED: u64 = 770_077;

	fn onnx() -> OnnxModel {
		let gemm = node("Gemm", &["x", "w", "b"], "y");
		let weights = floats("w", &[3, 2], &[0.5, -1.0, 2.0, 0.25, -0.0625, 1.5]);
		let biases = floats("b", &[2], &[0.5, -0.5]);
		OnnxModel::from_proto(model(3, 2, vec![gemm], vec![weights, biases])).expect("a perceptron")
	}

	#[test]
	fn neither_weights_nor_seeds_nor_samples_are_shown() {
		let sample =
			|x: f64| Sample { features: vec![x, 0.8125 - x, 1.0], targets: vec![1.0], line: 1 };
		let samples: Vec<_> = (0..10).map(|i| sample(f64::from(i) / 7.0)).collect();
		let onnx = onnx();
		let table = Table { samples: samples.clone(), names: None, label: None, label_columns: 1 };
		let measured = Measured::new(&onnx, OutputKind::Classes, (table, None), Limbs::Auto);
		let seed = ModelSeed::new(Fr::from(SEED));
		let compiled = measured.expect("compiles").compiled(&onnx, seed);
		let shown = format!("{onnx:?} {:?} {samples:?}", onnx.reading);
		for secret in ["0.0625", "0.8125", "0.25", "1.5", "raw_data", "float_data"] {
			assert!(!shown.contains(secret), "{secret} in {shown}");
		}

		let schema: ModelSchema = compiled.schema.clone();
		let architecture = compiled.model.architecture().clone();
		let loaded = PrivateModel {
			public: PublicModel { architecture, schema },
			model: compiled.model.clone(),
			seed: compiled.seed.clone(),
		};
		let shown = format!("{:?}", compiled.model);
		assert!(!shown.contains("127"), "the largest weight is in {shown}");
		let shown = format!("{compiled:?} {loaded:?} {loaded:#?}");
		let seed = ModelCommitment::from_field(compiled.seed.scalar()).to_string();
		assert!(!shown.contains(&SEED.to_string()), "{shown}");
		assert!(!shown.contains(seed.trim_start_matches("0x")), "{shown}");
	}
}
