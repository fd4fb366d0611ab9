// SPDX-License-Identifier: Apache-2.0
//! The files of a compiled model.
//!
//! | file | who | what |
//! | --- | --- | --- |
//! | `architecture.json` | public | the graph, from which the circuit follows |
//! | `schema.json` | public | how a sample becomes input bytes and logits become floats, and the commitment |
//! | `weights.json` | the model's owner | the integer weights and the blinder |

#[cfg(test)]
mod tests;

use std::{
	fs, io,
	path::{Path, PathBuf},
};

use candor_files::Access;
use candor_operators::{Architecture, Model, ModelBlinder};
use candor_statement::InputCommitment as Scalar;
use candor_text::parser_message;
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use serde_json::error::Category;
use zeroize::Zeroizing;

use crate::{compile::Compiled, schema::ModelSchema};

/// The name of the file with the graph.
pub const ARCHITECTURE_FILE: &str = "architecture.json";

/// The name of the file with everything that a requester needs.
pub const SCHEMA_FILE: &str = "schema.json";

/// The name of the private file.
pub const WEIGHTS_FILE: &str = "weights.json";

/// Why a file of a model cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
	/// The system refused.
	#[error("cannot {action} `{}`: {source}", path.display())]
	Io {
		/// `read` or `write`.
		action: &'static str,
		/// The file.
		path: PathBuf,
		/// What the system said.
		source: io::Error,
	},
	/// The content is not what the file should hold.
	#[error("`{}` is damaged or no file of a model: {message}; compile the model again", path.display())]
	Content {
		/// The file.
		path: PathBuf,
		/// What is wrong.
		message: String,
	},
	/// Two files of one directory do not belong together.
	#[error("`{}` does not fit `{SCHEMA_FILE}` beside it: {message}; compile the model again", path.display())]
	Mismatch {
		/// The file.
		path: PathBuf,
		/// What differs.
		message: String,
	},
}

/// The public files of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicModel {
	/// The graph.
	pub architecture: Architecture,
	/// Everything else.
	pub schema: ModelSchema,
}

impl PublicModel {
	/// Reads `architecture.json` and `schema.json` of a directory.
	///
	/// # Errors
	///
	/// [`FileError`] when a file is missing, damaged, or does not fit the other.
	pub fn load(directory: &Path) -> Result<Self, FileError> {
		let path = directory.join(ARCHITECTURE_FILE);
		let architecture = read_architecture(&path)?;
		let schema = ModelSchema::load(&directory.join(SCHEMA_FILE))?;
		if (schema.input_len, schema.output_count)
			!= (architecture.input_len(), architecture.output_count())
		{
			let message = format!(
				"{architecture} does not take {} features and give {} logits",
				schema.input_len, schema.output_count
			);
			return Err(FileError::Mismatch { path, message });
		}
		Ok(Self { architecture, schema })
	}
}

/// All files of a model, for those who may run and prove it.
#[derive(Clone, Debug, PartialEq)]
pub struct PrivateModel {
	/// The public files.
	pub public: PublicModel,
	/// The integer model.
	pub model: Model,
	/// The blinder of the commitment.
	pub blinder: ModelBlinder,
}

impl PrivateModel {
	/// Reads the files of a directory and derives the commitment again.
	///
	/// # Errors
	///
	/// [`FileError`] when a file is missing, damaged, or does not fit the others.
	pub fn load(directory: &Path) -> Result<Self, FileError> {
		let public = PublicModel::load(directory)?;
		let path = directory.join(WEIGHTS_FILE);
		let weights: Weights = read_private(&path)?;
		let Some(blinder) = weights.blinder.to_field() else {
			let message = "the blinder is not a scalar".into();
			return Err(FileError::Content { path, message });
		};
		let (model, blinder) = (weights.model, ModelBlinder::new(blinder));
		if *model.architecture() != public.architecture {
			let message = format!("it holds weights of {}", model.architecture());
			return Err(FileError::Mismatch { path, message });
		}
		let commitment = model.commitment(&blinder);
		if commitment != public.schema.commitment {
			let message =
				format!("its commitment is {commitment}, not {}", public.schema.commitment);
			return Err(FileError::Mismatch { path, message });
		}
		Ok(Self { public, model, blinder })
	}
}

/// What stands in `weights.json`. A blinder is written as scalar commitments are.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
	blinder: Scalar,
	model: Model,
}

impl Compiled {
	/// Writes the files of the model into a directory, which is made if it is not there.
	///
	/// # Errors
	///
	/// [`FileError`] names the file that cannot be written.
	pub fn save(&self, directory: &Path) -> Result<(), FileError> {
		fs::create_dir_all(directory).map_err(|source| FileError::Io {
			action: "write",
			path: directory.into(),
			source,
		})?;
		let weights = Weights {
			blinder: Scalar::from_field(self.blinder.scalar()),
			model: self.model.clone(),
		};
		write(&directory.join(WEIGHTS_FILE), &weights, Access::Owner)?;
		write(&directory.join(ARCHITECTURE_FILE), self.model.architecture(), Access::Everyone)?;
		write(&directory.join(SCHEMA_FILE), &self.schema, Access::Everyone)
	}
}

/// What stood in `architecture.json` before graphs did.
#[derive(Deserialize)]
struct Widths {
	#[serde(rename = "widths")]
	_widths: Vec<u32>,
}

fn read_architecture(path: &Path) -> Result<Architecture, FileError> {
	parse(path, |text, error| match serde_json::from_slice::<Widths>(text) {
		Ok(_) => "it holds the widths of an older version instead of a graph".into(),
		Err(_) => parser_message(&error.to_string()),
	})
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
	parse(path, |_, error| parser_message(&error.to_string()))
}

/// [`read`] for what is private: an error names the place, and not what stands there.
fn read_private<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
	parse(path, |_, error| {
		let fault = match error.classify() {
			Category::Io | Category::Eof => "the file ends too early",
			Category::Syntax => "no JSON",
			Category::Data => "a value, a name or a number of values that weights do not have",
		};
		format!("{fault}, line {} column {}", error.line(), error.column())
	})
}

fn parse<T: DeserializeOwned>(
	path: &Path,
	message: impl FnOnce(&[u8], serde_json::Error) -> String,
) -> Result<T, FileError> {
	let text = Zeroizing::new(fs::read(path).map_err(|source| FileError::Io {
		action: "read",
		path: path.into(),
		source,
	})?);
	serde_json::from_slice(&text)
		.map_err(|error| FileError::Content { path: path.into(), message: message(&text, error) })
}

/// Writes a file whole.
fn write(path: &Path, content: &impl Serialize, access: Access) -> Result<(), FileError> {
	let error = |source| FileError::Io { action: "write", path: path.into(), source };
	let mut text =
		Zeroizing::new(serde_json::to_vec(content).map_err(|source| error(source.into()))?);
	text.push(b'\n');
	candor_files::write(path, &text, access).map_err(error)
}
