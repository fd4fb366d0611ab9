// SPDX-License-Identifier: Apache-2.0

//! What is wrong with a text that is not of the form that its file has, and the way out.

use crate::{File, SnarkjsError};
use candor_text::{abbreviated, parser_message};
use serde::Deserialize;
use serde_json::{error::Category, Value};

/// The kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
	/// Bytes of 0 follow the JSON: a buffer was written whole, and not what was put into it.
	Zeros,
	/// The text begins with the mark of an editor.
	ByteOrderMark,
	/// The text ends before the JSON does.
	Truncated,
	/// The text is not JSON.
	NotJson,
	/// Something follows the JSON.
	Behind,
	/// It is a file of snarkjs before 0.2, whose protocol was `groth`.
	OldSnarkjs,
	/// It is a file of another proof system.
	OtherSystem,
	/// It is another of the three files.
	OtherFile(File),
	/// A field is missing.
	Missing,
	/// There is a field that the file does not have.
	Unknown,
	/// A field stands there twice.
	Twice,
	/// A value is of another type or length.
	Type,
}

/// What to do about a file of snarkjs before 0.2.
pub(crate) const OLD: &str =
	"it is of snarkjs 0.1, whose keys and proofs are others: set up and prove \
	with snarkjs 0.7, `snarkjs groth16 setup`, `zkey contribute` and `zkey export verificationkey`";
/// What to do about another proof system.
pub(crate) const OTHER_SYSTEM: &str = "the chain verifies Groth16 alone: use `snarkjs groth16`";

impl Mistake {
	/// What to do about it in this file.
	pub(crate) fn advice(self, file: File) -> String {
		let command = file.command();
		match self {
			Self::Zeros => "cut them off: `tr -d '\\0' < FILE > NEW`. Programs that prove with \
				rapidsnark's library have to write as many bytes as it says"
				.to_owned(),
			Self::ByteOrderMark => "save it as UTF-8 without a byte order mark".to_owned(),
			Self::Truncated => format!("it is incomplete: write it again with `{command}`"),
			Self::NotJson => {
				format!("give the JSON file that `{command}` writes, or canonical bytes")
			}
			Self::Behind => "leave one JSON value in the file, and nothing after it".to_owned(),
			Self::OldSnarkjs => OLD.to_owned(),
			Self::OtherSystem => OTHER_SYSTEM.to_owned(),
			Self::OtherFile(found) => {
				format!("it is a {}: give it with {}", found.name(), found.option())
			}
			Self::Missing => format!(
				"add the field, or write the file again with `{command}`; only `protocol` and `curve` \
				 may be missing, as rapidsnark's files have no `curve`"
			),
			Self::Unknown => {
				"remove the field: it could change what the file means, and nothing here knows it"
					.to_owned()
			}
			Self::Twice => {
				"leave one of the two: readers differ in which of them they take".to_owned()
			}
			Self::Type => format!(
				"numbers are texts of decimal digits, points are arrays of three: see what `{command}` \
				 writes"
			),
		}
	}
}

/// Reads the JSON of a file, and nothing behind it.
pub(crate) fn parse<'a, T: Deserialize<'a>>(file: File, text: &'a str) -> Result<T, SnarkjsError> {
	/// How the root is called where a path is told.
	const ROOT: &str = ".";

	let wrong = |place: &str, cause: String, mistake| SnarkjsError::Form {
		file,
		place: if place == ROOT { String::new() } else { abbreviated(place) },
		cause: parser_message(&cause),
		mistake,
	};
	let zeros = text.len() - text.trim_end_matches('\0').len();
	if zeros > 0 {
		let bytes = if zeros == 1 { "a byte of 0 follows" } else { "bytes of 0 follow" };
		let cause = format!("{bytes} the text ({zeros} from byte {})", text.len() - zeros);
		return Err(wrong("", cause, Mistake::Zeros));
	}
	let mut reader = serde_json::Deserializer::from_str(text);
	let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
		let place = error.path().to_string();
		let cause = error.into_inner();
		wrong(&place, cause.to_string(), mistake(file, text, &cause))
	})?;
	reader.end().map_err(|cause| wrong("", cause.to_string(), Mistake::Behind))?;
	Ok(value)
}

/// What kind of mistake made the parser stop.
fn mistake(file: File, text: &str, cause: &serde_json::Error) -> Mistake {
	match cause.classify() {
		Category::Eof => return Mistake::Truncated,
		Category::Syntax if text.starts_with('\u{feff}') => return Mistake::ByteOrderMark,
		Category::Syntax | Category::Io => return Mistake::NotJson,
		Category::Data => {}
	}
	if let Ok(value) = serde_json::from_str::<Value>(text) {
		if let Some(mistake) = other_file(file, &value) {
			return mistake;
		}
	}
	let cause = cause.to_string();
	let begins = |words: &str| cause.starts_with(words);
	if begins("missing field") {
		Mistake::Missing
	} else if begins("unknown field") {
		Mistake::Unknown
	} else if begins("duplicate field") {
		Mistake::Twice
	} else {
		Mistake::Type
	}
}

/// What the text is instead of this file, where that is plain.
fn other_file(file: File, value: &Value) -> Option<Mistake> {
	let has = |field: &str| value.get(field).is_some();
	let protocol = value.get("protocol").and_then(Value::as_str);
	let found = if has("vk_alfa_1") || matches!(protocol, Some("groth" | "original")) {
		return Some(Mistake::OldSnarkjs);
	} else if matches!(protocol, Some("plonk" | "fflonk")) {
		return Some(Mistake::OtherSystem);
	} else if has("vk_alpha_1") {
		File::VerificationKey
	} else if has("pi_a") {
		File::Proof
	} else if value.as_array().is_some_and(|all| all.iter().all(Value::is_string)) {
		File::Public
	} else {
		return None;
	};
	(found != file).then_some(Mistake::OtherFile(found))
}
