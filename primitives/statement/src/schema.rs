// SPDX-License-Identifier: Apache-2.0

//! What a verifying key proves, and so how its public inputs are made up.

use crate::packed_len;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Public inputs beside the output: model commitment, input commitment and binding.
const FIXED_PUBLIC_INPUTS: u32 = 3;

/// The number of public inputs of an inference with an output of `output_len` bytes:
/// `3 + ceil(output_len / 31)`.
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
}

impl StatementSchema {
	/// The number of public inputs that a verifying key for this schema must have.
	pub const fn public_inputs(&self) -> u32 {
		match self {
			Self::InferenceV1 { output_len, .. } => public_input_count(*output_len),
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
			assert_eq!(public_input_count(output_len), count, "{output_len} bytes");
		}
		assert_eq!(public_input_count(u32::MAX), 138_547_336);
	}

	#[test]
	fn the_encoding_is_fixed() {
		let schema = StatementSchema::InferenceV1 { input_len: 64, output_len: 40 };
		let bytes = [0, 64, 0, 0, 0, 40, 0, 0, 0];
		assert_eq!(schema.encode(), bytes);
		assert_eq!(StatementSchema::decode(&mut &bytes[..]), Ok(schema));
		assert_eq!(StatementSchema::max_encoded_len(), bytes.len());
	}

	#[test]
	fn an_unknown_kind_is_refused() {
		assert!(StatementSchema::decode(&mut &[1, 64, 0, 0, 0, 40, 0, 0, 0][..]).is_err());
	}
}
