// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod edges;
pub mod element;
mod error;
pub mod external;
mod file;
mod fold;
pub mod node;
pub mod opset;
pub mod quantised;
pub mod tensor;
#[cfg(feature = "testing")]
pub mod testing;

pub use edges::Edges;
pub use error::OnnxError;
pub use file::{input, read, Elements, Input, MAX_FILE_BYTES};
pub use tensor::Tensor;
/// The messages of the file format.
pub use tract_onnx::pb;
