// SPDX-License-Identifier: Apache-2.0
//! Versions of operators.

use tract_onnx::pb::ModelProto;

use crate::{node::ML_DOMAIN, OnnxError};

/// The versions of ONNX's own operators that are read: from the one in which constants are broadcast
/// without being told.
const OWN: (i64, i64) = (7, 28);

/// The versions of the operators of classical models.
const ML: (i64, i64) = (1, 5);

/// Checks that the versions of a file's operators are known ones.
///
/// # Errors
///
/// [`OnnxError::Opset`] names the version and those that are supported.
pub(crate) fn check(proto: &ModelProto) -> Result<(), OnnxError> {
	for opset in &proto.opset_import {
		let (domain, (low, high)) = match opset.domain.as_str() {
			"" | "ai.onnx" => ("ai.onnx", OWN),
			ML_DOMAIN => (ML_DOMAIN, ML),
			// Nodes of other domains are refused by their names.
			_ => continue,
		};
		if !(low..=high).contains(&opset.version) {
			return Err(OnnxError::Opset { domain, got: opset.version, low, high });
		}
	}
	Ok(())
}
