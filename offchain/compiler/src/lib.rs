// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod answer;
mod check;
mod comparison;
mod compile;
mod files;
mod findings;
mod limbs;
mod onnx;
mod private;
mod quantise;
mod reach;
mod reference;
mod report;
pub mod samples;
mod scales;
mod schema;

pub use answer::{Answer, Clipped, ClippedFeatures, OutputError, OutputKind};
pub use check::{
	check, Accumulator, Answers, Check, Circuit, CircuitNode, Confusion, Differing, Distribution,
	Example, Loss, SampleFile, Told,
};
pub use compile::{compile, CompileError, Compiled, Sources};
pub use files::{
	FileError, PrivateModel, PublicCommitment, PublicModel, ARCHITECTURE_FILE, COMMITMENT_FILE,
	SCHEMA_FILE, WEIGHTS_FILE,
};
pub use limbs::Limbs;
pub use onnx::{Fate, NodeReport, Obstacles, OnnxModel, ReadError, Survey};
pub use quantise::{QuantiseError, Quantised};
pub use reach::{Narrow, Reach};
pub use reference::{Reference, ReferenceError};
pub use report::{ClassComparison, Report, ValueComparison, Warning, WarningKind};
pub use scales::{Affine, InputQuantisation};
pub use schema::{ModelSchema, SchemaError};
