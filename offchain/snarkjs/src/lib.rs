// SPDX-License-Identifier: Apache-2.0

//! The JSON files of snarkjs, `verification_key.json`, `proof.json` and `public.json`, and the binary ones in
//! which circuits are handed to it ([`binary`]).
//!
//! Writing gives what snarkjs itself would write, so `snarkjs groth16 verify` takes the files.
//! Reading is strict: protocol `groth16` and curve `bn128` only, under any of the names that snarkjs
//! itself takes for it; no field unknown, missing or given twice, but that these two may be missing,
//! since rapidsnark writes no curve and the points show what they are on; numbers in their one decimal spelling and below their modulus, points in affine
//! form (the third coordinate is 1), on the curve and in the subgroup. What is accepted here is
//! accepted in its canonical bytes, and the other way round. Only the subgroup of a proof's `B` may
//! be left to verification, as [`Proof::from_bytes`](candor_groth16::Proof::from_bytes) may leave
//! it. An error names the place, as in `pi_b[0][1]` or `IC[3]`.
//! [`KeyPoint`] and [`ProofPoint`] find that place in canonical bytes, those of staged Groth16 included.

pub mod binary;
mod form;
mod number;
mod point;
mod points;
mod proof;
mod public;
mod verification_key;

pub use form::Mistake;
pub use point::{Blocks, KeyPoint, ProofPoint};
pub use proof::{proof_from_json, proof_to_json};
pub use public::{public_from_json, public_to_json};
pub use verification_key::{verification_key_from_json, verification_key_to_json};

use candor_groth16::{DecodeError, MAX_PUBLIC_INPUTS};

/// The value of `protocol` in every file.
const PROTOCOL: &str = "groth16";
/// The value of `curve` in every file: snarkjs' name for BN254.
const CURVE: &str = "bn128";
/// All names that snarkjs takes for it, in capitals and without signs, as `getCurveFromName` in
/// ffjavascript 0.3 has them.
const CURVE_NAMES: [&str; 3] = ["BN128", "BN254", "ALTBN128"];

/// The files of snarkjs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
	/// What `snarkjs zkey export verificationkey` writes.
	VerificationKey,
	/// What `snarkjs groth16 prove` writes first.
	Proof,
	/// What `snarkjs groth16 prove` writes second.
	Public,
}

impl File {
	/// The usual name.
	pub const fn name(self) -> &'static str {
		match self {
			Self::VerificationKey => "verification_key.json",
			Self::Proof => "proof.json",
			Self::Public => "public.json",
		}
	}

	/// The command that writes it.
	pub const fn command(self) -> &'static str {
		match self {
			Self::VerificationKey => "snarkjs zkey export verificationkey",
			Self::Proof | Self::Public => "snarkjs groth16 prove",
		}
	}

	/// The option of `candor verify` that takes it.
	const fn option(self) -> &'static str {
		match self {
			Self::VerificationKey => "--vk",
			Self::Proof => "--proof",
			Self::Public => "--public",
		}
	}
}

/// Why a snarkjs file is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnarkjsError {
	/// The text is not JSON, or not of the form that this file has.
	#[error("{}not the JSON of a snarkjs {}: {}", prefix(.place), .file.name(), candor_text::parser_message(&.cause.to_string()))]
	Form {
		/// The file that was expected.
		file: File,
		/// The path of the value, empty where it is the whole file.
		place: String,
		/// What the parser met, abbreviated.
		cause: String,
		/// The kind of mistake that it is.
		mistake: Mistake,
	},
	/// Another protocol or another curve.
	#[error("{field}: {found:?}, but only {expected:?} is supported")]
	Unsupported {
		/// `protocol` or `curve`.
		field: &'static str,
		/// The value in the file.
		found: String,
		/// The one value that is supported.
		expected: &'static str,
	},
	/// A key or a proof of staged Groth16, for which snarkjs has no form: without what is new in it, it
	/// would be another one.
	#[error("snarkjs knows no staged Groth16: a {} has no place for a model block or a stage one", .file.name())]
	Staged {
		/// The file that was to be written.
		file: File,
	},
	/// A string that is not a number in its one decimal spelling.
	#[error("{place}: {found:?} is not a decimal number without sign, blanks or leading zeros")]
	NotDecimal {
		/// The path of the string.
		place: String,
		/// The beginning of the string.
		found: String,
	},
	/// A number that is not below the modulus of its field.
	#[error("{place}: {found} is not below the modulus of its field, {modulus}")]
	NotCanonical {
		/// The path of the number.
		place: String,
		/// The beginning of the number.
		found: String,
		/// The modulus.
		modulus: String,
	},
	/// A point whose third coordinate is neither one nor zero.
	#[error("{place}: the third coordinate of a point must be 1")]
	NotAffine {
		/// The path of the coordinate.
		place: String,
	},
	/// A point that is none of a proof or of a verifying key.
	#[error("{}{error}", prefix(.place))]
	Point {
		/// The path of the point.
		place: String,
		/// What is wrong with it.
		error: DecodeError,
	},
	/// The number of points in `IC` is not `nPublic + 1`.
	#[error("nPublic: {public_inputs}, so IC must hold one point more, but it holds {points}")]
	PublicInputCount {
		/// The value of `nPublic`.
		public_inputs: usize,
		/// The number of points in `IC`.
		points: usize,
	},
	/// There are more public inputs than a chain takes.
	#[error("nPublic: {public_inputs} public inputs, but a key has at most {MAX_PUBLIC_INPUTS}")]
	TooManyInputs {
		/// The value of `nPublic`.
		public_inputs: usize,
	},
	/// The precomputed pairing is not the pairing of alpha and beta.
	#[error("{place}: not the pairing of vk_alpha_1 and vk_beta_2")]
	AlphaBeta {
		/// The path of the first number that differs.
		place: String,
	},
}

impl SnarkjsError {
	/// What to do about it.
	pub fn advice(&self) -> String {
		match self {
			Self::Form { file, mistake, .. } => mistake.advice(*file),
			Self::Unsupported { field: "curve", .. } => {
				"compile the circuit for the prime bn128, which is circom's default".to_owned()
			}
			Self::Unsupported { found, .. } => match found.as_str() {
				"groth" | "original" => form::OLD.to_owned(),
				_ => form::OTHER_SYSTEM.to_owned(),
			},
			Self::Staged { .. } => {
				"use the canonical bytes, or set up with the scheme `hashed`, which is plain Groth16"
					.to_owned()
			}
			Self::NotDecimal { .. } | Self::NotCanonical { .. } => {
				"every number has one spelling here, so that nothing can be said twice: reduce it, \
				 and write it as plain decimal digits"
					.to_owned()
			}
			Self::NotAffine { .. } => {
				"divide the other coordinates by it, as snarkjs does when it exports".to_owned()
			}
			Self::Point { .. } => "make the file again; in snarkjs' files the real part of a \
				coordinate stands before the imaginary one"
				.to_owned(),
			Self::PublicInputCount { .. } | Self::AlphaBeta { .. } => format!(
				"the file was changed or put together from two: write it again with `{}`",
				File::VerificationKey.command()
			),
			Self::TooManyInputs { .. } => {
				"pack what is public into fewer signals, 31 bytes each".to_owned()
			}
		}
	}
}

/// A place in front of what is said about it.
fn prefix(place: &str) -> String {
	if place.is_empty() {
		String::new()
	} else {
		format!("{place}: ")
	}
}

/// Checks the two fields that name the proof system, where they are given.
fn check_system(protocol: Option<&str>, curve: Option<&str>) -> Result<(), SnarkjsError> {
	let unsupported = |field, found, expected| SnarkjsError::Unsupported {
		field,
		found: candor_text::abbreviated(found),
		expected,
	};
	match (protocol, curve) {
		(Some(found), _) if found != PROTOCOL => Err(unsupported("protocol", found, PROTOCOL)),
		(_, Some(found)) if !is_bn254(found) => Err(unsupported("curve", found, CURVE)),
		_ => Ok(()),
	}
}

/// Whether snarkjs takes this for the name of BN254.
fn is_bn254(name: &str) -> bool {
	let plain: String = name
		.chars()
		.filter(char::is_ascii_alphanumeric)
		.map(|it| it.to_ascii_uppercase())
		.collect();
	CURVE_NAMES.contains(&plain.as_str())
}

/// A field that may be missing, but is no `null`.
fn present<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
	field: D,
) -> Result<Option<T>, D::Error> {
	T::deserialize(field).map(Some)
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
