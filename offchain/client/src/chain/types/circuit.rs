// SPDX-License-Identifier: Apache-2.0
//! What circuits are of.

use crate::chain::api::generated;
use candor_statement::StatementSchema;

/// The number of Groth16 as `docs/statement.md` has it.
pub const GROTH16: u8 = 0;
/// The number of staged Groth16, whose models are committed to in the verifying equation.
pub const STAGED_GROTH16: u8 = 1;

/// The number of the proof system that commands make keys and proofs of, for statements of a schema.
pub const fn system_of(schema: &StatementSchema) -> u8 {
	match schema {
		StatementSchema::InferenceV1 { .. } => GROTH16,
		StatementSchema::InferenceV2 { .. } | StatementSchema::InferencesV1 { .. } => {
			STAGED_GROTH16
		}
	}
}

impl From<generated::StatementSchema> for StatementSchema {
	fn from(schema: generated::StatementSchema) -> Self {
		use generated::StatementSchema as Generated;
		match schema {
			Generated::InferenceV1 { input_len, output_len } => {
				Self::InferenceV1 { input_len, output_len }
			}
			Generated::InferenceV2 { input_len, output_len } => {
				Self::InferenceV2 { input_len, output_len }
			}
			Generated::InferencesV1 { input_len, output_len, runs } => {
				Self::InferencesV1 { input_len, output_len, runs }
			}
		}
	}
}

impl From<StatementSchema> for generated::StatementSchema {
	fn from(schema: StatementSchema) -> Self {
		match schema {
			StatementSchema::InferenceV1 { input_len, output_len } => {
				Self::InferenceV1 { input_len, output_len }
			}
			StatementSchema::InferenceV2 { input_len, output_len } => {
				Self::InferenceV2 { input_len, output_len }
			}
			StatementSchema::InferencesV1 { input_len, output_len, runs } => {
				Self::InferencesV1 { input_len, output_len, runs }
			}
		}
	}
}
