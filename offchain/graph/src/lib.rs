// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod node;
mod output;
mod parameters;
mod shape;
mod value;

pub use node::{Attributes, Graph, GraphError, Node, Source, MAX_NODES, VERSION};
pub use output::{argmax, logits_from_bytes, output_bytes, LOGIT_BYTES};
pub use parameters::{FloatParameters, Parameters, WeightsAndBiases};
pub use shape::{Shape, ShapeError, MAX_ELEMENTS};
pub use value::{Kind, Sums, Value, ACTIVATION_BITS, ACTIVATION_MAX, WEIGHT_MAX};
