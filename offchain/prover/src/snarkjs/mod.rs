// SPDX-License-Identifier: Apache-2.0
//! The JSON files of snarkjs: `verification_key.json`, `proof.json` and `public.json`.
//!
//! Writing gives what snarkjs itself would write, so `snarkjs groth16 verify` takes the files.
//! Reading is strict: protocol `groth16` and curve `bn128` only, no unknown fields, numbers in their
//! one decimal spelling and below their modulus, points in affine form (the third coordinate is 1),
//! on the curve and in the subgroup. What is accepted here is accepted in its canonical bytes, and
//! the other way round.

mod number;
mod points;
mod proof;
mod public;
mod verification_key;

pub use proof::{proof_from_json, proof_to_json};
pub use public::{public_from_json, public_to_json};
pub use verification_key::{verification_key_from_json, verification_key_to_json};

use candor_groth16::DecodeError;

/// The value of `protocol` in every file.
const PROTOCOL: &str = "groth16";
/// The value of `curve` in every file: snarkjs' name for BN254.
const CURVE: &str = "bn128";

/// Why a snarkjs file is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnarkjsError {
	/// The text is not JSON, or not of the form that this file has.
	#[error("not the JSON of a snarkjs {file}: {cause}")]
	Form {
		/// The file that was expected.
		file: &'static str,
		/// What the parser met.
		cause: serde_json::Error,
	},
	/// Another protocol or another curve.
	#[error("{field} is {found:?}, but only {expected:?} is supported")]
	Unsupported {
		/// `protocol` or `curve`.
		field: &'static str,
		/// The value in the file.
		found: String,
		/// The one value that is supported.
		expected: &'static str,
	},
	/// A string that is not a number in its one decimal spelling.
	#[error("{place}: {found:?} is not a decimal number without sign or leading zeros")]
	NotDecimal {
		/// The field of the file.
		place: &'static str,
		/// The beginning of the string.
		found: String,
	},
	/// A number that is not below the modulus of its field.
	#[error("{place}: {found} is not below the modulus of its field")]
	NotCanonical {
		/// The field of the file.
		place: &'static str,
		/// The beginning of the number.
		found: String,
	},
	/// A point whose third coordinate is not one, the point at infinity among them.
	#[error("{place}: the point is not in affine form, its third coordinate must be 1")]
	NotAffine {
		/// The field of the file.
		place: &'static str,
	},
	/// The points are not those of a proof or of a verifying key.
	#[error("{0}")]
	Points(DecodeError),
	/// The number of points in `IC` is not `nPublic + 1`.
	#[error("nPublic is {public_inputs}, so IC must hold one point more, but it holds {points}")]
	PublicInputCount {
		/// The value of `nPublic`.
		public_inputs: usize,
		/// The number of points in `IC`.
		points: usize,
	},
	/// The precomputed pairing is not the pairing of alpha and beta.
	#[error("vk_alphabeta_12 is not the pairing of vk_alpha_1 and vk_beta_2")]
	AlphaBeta,
}

impl SnarkjsError {
	/// Whether the file has its proper form and only its values are refused.
	///
	/// A value that is refused makes a proof invalid; a file without its form says nothing about any
	/// proof.
	pub fn is_refusal(&self) -> bool {
		match self {
			Self::Form { .. } | Self::Unsupported { .. } | Self::NotDecimal { .. } => false,
			Self::NotCanonical { .. }
			| Self::NotAffine { .. }
			| Self::Points(_)
			| Self::PublicInputCount { .. }
			| Self::AlphaBeta => true,
		}
	}
}

/// Checks the two fields that name the proof system.
fn check_system(protocol: &str, curve: &str) -> Result<(), SnarkjsError> {
	for (field, found, expected) in [("protocol", protocol, PROTOCOL), ("curve", curve, CURVE)] {
		if found != expected {
			return Err(SnarkjsError::Unsupported { field, found: found.to_owned(), expected });
		}
	}
	Ok(())
}

/// JSON as snarkjs writes it: one space of indentation.
fn to_pretty_json<T: serde::Serialize>(value: &T) -> String {
	use serde_json::ser::{PrettyFormatter, Serializer};

	let mut text = Vec::new();
	let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b" "));
	value
		.serialize(&mut serializer)
		.expect("strings, numbers and arrays of them always serialise into memory; qed");
	String::from_utf8(text).expect("JSON is UTF-8; qed")
}
