// SPDX-License-Identifier: Apache-2.0
//! The compiler of Candor: from a float ONNX perceptron to a quantised integer model, its
//! commitment and the files that describe it.
//!
//! [`compile`] does all of it; [`Compiled::save`], [`PublicModel`] and [`PrivateModel`] write and
//! read the result. The float model only decides how good the quantisation is: what is proven is
//! the integer function of `docs/circuit.md`.

mod answer;
mod compile;
mod files;
mod float;
mod onnx;
mod private;
mod quantise;
mod reference;
mod report;
pub mod samples;
#[cfg(test)]
mod test_onnx;

pub use answer::{Answer, Clipped, ClippedFeatures, OutputKind};
pub use compile::{compile, CompileError, Compiled, Sources};
pub use files::{
	FileError, ModelSchema, PrivateModel, PublicModel, SchemaError, ARCHITECTURE_FILE, SCHEMA_FILE,
	WEIGHTS_FILE,
};
pub use float::{FloatLayer, FloatPerceptron};
pub use onnx::{Obstacles, OnnxError, OnnxModel};
pub use quantise::{Affine, InputQuantisation, QuantiseError, Quantised};
pub use reference::{Reference, ReferenceError};
pub use report::{Report, ValueComparison, Warning, WarningKind};
