// SPDX-License-Identifier: Apache-2.0

//! What a verifying key proves, and so how its public inputs are made up.

use crate::packed_len;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Public inputs of [`StatementSchema::InferenceV1`] beside the output: model commitment, input
/// commitment and binding.
const FIXED_PUBLIC_INPUTS: u32 = 3;
/// Those of [`StatementSchema::InferenceV2`], and of each run of [`StatementSchema::InferencesV1`]: input
/// commitment and binding.
const FIXED_PUBLIC_INPUTS_V2: u32 = 2;

/// The number of public inputs of an inference with an output of `output_len` bytes, the most that a
/// schema gives it: `3 + ceil(output_len / 31)`, as [`StatementSchema::InferenceV1`] has.
pub const fn public_input_count(output_len: u32) -> u32 {
	FIXED_PUBLIC_INPUTS.saturating_add(packed_len(output_len))
}

/// The kind of statement that a verifying key proves. New kinds are added with new indices; the
/// meaning of an index never changes.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum StatementSchema {
	/// A model, run on an input, gave an output: the statement of [`Statement`](crate::Statement).
	#[codec(index = 0)]
	InferenceV1 {
		/// Bytes of the input.
		input_len: u32,
		/// Bytes of the output.
		output_len: u32,
	},
	/// The same statement, for systems in which the model's commitment is a point in the verifying
	/// equation, and none of the public inputs.
	#[codec(index = 1)]
	InferenceV2 {
		/// Bytes of the input.
		input_len: u32,
		/// Bytes of the output.
		output_len: u32,
	},
	/// One model, run on several inputs, gave as many outputs: for each run the public inputs of
	/// [`StatementSchema::InferenceV2`], one after the other. Of fewer runs the last is stated again.
	#[codec(index = 2)]
	InferencesV1 {
		/// Bytes of an input.
		input_len: u32,
		/// Bytes of an output.
		output_len: u32,
		/// The number of runs.
		runs: u8,
	},
}

impl StatementSchema {
	/// The number of public inputs that a verifying key for this schema must have.
	pub const fn public_inputs(&self) -> u32 {
		match self {
			Self::InferenceV1 { output_len, .. } => public_input_count(*output_len),
			Self::InferenceV2 { .. } | Self::InferencesV1 { .. } => FIXED_PUBLIC_INPUTS_V2
				.saturating_add(packed_len(self.output_len()))
				.saturating_mul(self.runs()),
		}
	}

	/// The number of runs that one proof is about.
	pub const fn runs(&self) -> u32 {
		match self {
			Self::InferenceV1 { .. } | Self::InferenceV2 { .. } => 1,
			Self::InferencesV1 { runs, .. } => *runs as u32,
		}
	}

	/// Bytes of an input.
	pub const fn input_len(&self) -> u32 {
		match self {
			Self::InferenceV1 { input_len, .. }
			| Self::InferenceV2 { input_len, .. }
			| Self::InferencesV1 { input_len, .. } => *input_len,
		}
	}

	/// Bytes of an output.
	pub const fn output_len(&self) -> u32 {
		match self {
			Self::InferenceV1 { output_len, .. }
			| Self::InferenceV2 { output_len, .. }
			| Self::InferencesV1 { output_len, .. } => *output_len,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn public_inputs_follow_from_the_output_alone() {
		for (output_len, count) in [(0, 3), (1, 4), (31, 4), (32, 5), (40, 5), (124, 7)] {
			let schema = StatementSchema::InferenceV1 { input_len: 64, output_len };
			assert_eq!(schema.public_inputs(), count, "{output_len} bytes");
			let schema = StatementSchema::InferenceV2 { input_len: 64, output_len };
			assert_eq!(schema.public_inputs(), count - 1, "{output_len} bytes");
			assert_eq!(public_input_count(output_len), count, "{output_len} bytes");
			for runs in [0, 1, 8, u8::MAX] {
				let schema = StatementSchema::InferencesV1 { input_len: 64, output_len, runs };
				assert_eq!(schema.public_inputs(), (count - 1) * u32::from(runs), "{runs} runs");
				assert_eq!(schema.runs(), u32::from(runs));
			}
		}
		let largest =
			StatementSchema::InferencesV1 { input_len: 1, output_len: u32::MAX, runs: 255 };
		assert_eq!(largest.public_inputs(), u32::MAX);
		assert_eq!(public_input_count(u32::MAX), 138_547_336);
	}

	#[test]
	fn lengths_are_told_of_every_kind() {
		for (schema, runs) in [
			(StatementSchema::InferenceV1 { input_len: 64, output_len: 40 }, 1),
			(StatementSchema::InferenceV2 { input_len: 64, output_len: 40 }, 1),
			(StatementSchema::InferencesV1 { input_len: 64, output_len: 40, runs: 8 }, 8),
		] {
			assert_eq!((schema.input_len(), schema.output_len(), schema.runs()), (64, 40, runs));
		}
	}

	#[test]
	fn the_encoding_is_fixed() {
		for (index, schema) in [
			StatementSchema::InferenceV1 { input_len: 64, output_len: 40 },
			StatementSchema::InferenceV2 { input_len: 64, output_len: 40 },
		]
		.into_iter()
		.enumerate()
		{
			let bytes = [index as u8, 64, 0, 0, 0, 40, 0, 0, 0];
			assert_eq!(schema.encode(), bytes);
			assert_eq!(StatementSchema::decode(&mut &bytes[..]), Ok(schema));
		}
		let several = StatementSchema::InferencesV1 { input_len: 64, output_len: 40, runs: 8 };
		let bytes = [2, 64, 0, 0, 0, 40, 0, 0, 0, 8];
		assert_eq!(several.encode(), bytes);
		assert_eq!(StatementSchema::decode(&mut &bytes[..]), Ok(several));
		assert_eq!(StatementSchema::max_encoded_len(), bytes.len());
	}

	#[test]
	fn an_unknown_kind_is_refused() {
		assert!(StatementSchema::decode(&mut &[3, 64, 0, 0, 0, 40, 0, 0, 0, 8][..]).is_err());
	}
}
