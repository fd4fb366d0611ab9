// SPDX-License-Identifier: Apache-2.0
//! Versions of operators.

use core::ops::RangeInclusive;

use tract_onnx::pb::ModelProto;

use crate::{node::ML_DOMAIN, OnnxError};

/// The versions of ONNX's own operators that are read: from the one in which constants are broadcast
/// without being told.
pub const OWN: RangeInclusive<i64> = 7..=28;

/// The versions of the operators of classical models.
pub const ML: RangeInclusive<i64> = 1..=5;

/// Checks that the versions of a file's operators are known ones.
///
/// # Errors
///
/// [`OnnxError::Opset`] names the version and those that are supported.
pub(crate) fn check(proto: &ModelProto) -> Result<(), OnnxError> {
	for opset in &proto.opset_import {
		let (domain, versions) = match opset.domain.as_str() {
			"" | "ai.onnx" => ("ai.onnx", OWN),
			ML_DOMAIN => (ML_DOMAIN, ML),
			// Nodes of other domains are refused by their names.
			_ => continue,
		};
		if !versions.contains(&opset.version) {
			let (low, high) = versions.into_inner();
			return Err(OnnxError::Opset { domain, got: opset.version, low, high });
		}
	}
	Ok(())
}
