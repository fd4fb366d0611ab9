// SPDX-License-Identifier: Apache-2.0
//! Tensors that lie in files beside the model.

use std::{
	fs::{self, File},
	io::{Read, Seek, SeekFrom},
	path::{Component, Path, PathBuf},
};

use candor_text::abbreviated;
use tract_onnx::pb::{tensor_proto::DataLocation, ModelProto, TensorProto};

use crate::{OnnxError, MAX_FILE_BYTES};

/// The way out for models whose weights cannot be read.
const INSIDE: &str =
	"or export the model with its weights inside (PyTorch: torch.onnx.export(…, external_data=False))";

/// Whether a tensor's data lies in another file.
pub(crate) fn is_external(tensor: &TensorProto) -> bool {
	tensor.data_location == Some(DataLocation::External as i32) || !tensor.external_data.is_empty()
}

/// Moves the data of all tensors that lie in other files into the model. Only files in the model's
/// folder or below are opened.
///
/// # Errors
///
/// [`OnnxError::External`] names the tensor, the file and why it is not read.
pub fn load(proto: &mut ModelProto, model: &Path) -> Result<(), OnnxError> {
	let Some(graph) = proto.graph.as_mut() else { return Ok(()) };
	let of_nodes = graph
		.node
		.iter_mut()
		.flat_map(|node| &mut node.attribute)
		.filter_map(|attribute| attribute.t.as_mut());
	let mut folder = Folder { model, found: None, budget: MAX_FILE_BYTES };
	for tensor in graph.initializer.iter_mut().chain(of_nodes) {
		if is_external(tensor) {
			folder.load(tensor)?;
		}
	}
	Ok(())
}

/// The folder of a model.
struct Folder<'a> {
	model: &'a Path,
	/// Without symbolic links, once it is needed.
	found: Option<PathBuf>,
	/// How many bytes may still be read.
	budget: u64,
}

impl Folder<'_> {
	fn load(&mut self, tensor: &mut TensorProto) -> Result<(), OnnxError> {
		let entry = |key: &str| {
			tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
		};
		let location = entry("location").cloned().unwrap_or_default();
		let error = |reason: String| OnnxError::External {
			tensor: abbreviated(&tensor.name),
			location: abbreviated(&location),
			reason,
		};
		let number = |key: &str| {
			entry(key)
				.map(|value| {
					value.parse::<u64>().map_err(|_| {
						error(format!("but its {key} `{}` is no number", abbreviated(value)))
					})
				})
				.transpose()
		};
		let (offset, length) = (number("offset")?.unwrap_or(0), number("length")?);
		let path = self.find(&location).map_err(error)?;
		let (bytes, read) = read(&path, offset, length, self.budget).map_err(error)?;
		self.budget -= read;
		tensor.raw_data = bytes;
		tensor.external_data.clear();
		tensor.data_location = None;
		Ok(())
	}

	/// The file at a location, which must be one in the folder, also behind symbolic links.
	fn find(&mut self, location: &str) -> Result<PathBuf, String> {
		let outside =
			|| format!("outside of the model's folder, and is not opened; move it there, {INSIDE}");
		let missing = |error: std::io::Error| {
			format!("beside the model, which cannot be read: {error}; put it there, {INSIDE}")
		};
		let relative = Path::new(location);
		let is_below = relative
			.components()
			.all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
		if location.is_empty() || !is_below {
			return Err(outside());
		}
		let folder = match &self.found {
			Some(folder) => folder.clone(),
			None => {
				let parent = self.model.parent().filter(|parent| !parent.as_os_str().is_empty());
				fs::canonicalize(parent.unwrap_or(Path::new("."))).map_err(missing)?
			}
		};
		let path = fs::canonicalize(folder.join(relative)).map_err(missing)?;
		if !path.starts_with(&folder) {
			return Err(outside());
		}
		if !fs::metadata(&path).map_err(missing)?.is_file() {
			return Err(format!("beside the model, which is no file; replace it, {INSIDE}"));
		}
		self.found = Some(folder);
		Ok(path)
	}
}

/// Reads a part of a file, to its end where no length is given.
fn read(
	path: &Path,
	offset: u64,
	length: Option<u64>,
	budget: u64,
) -> Result<(Vec<u8>, u64), String> {
	let failed = |error: std::io::Error| format!("beside the model, which cannot be read: {error}");
	let mut file = File::open(path).map_err(failed)?;
	let size = file.metadata().map_err(failed)?.len();
	let rest = size.checked_sub(offset);
	let length = match (rest, length) {
		(Some(rest), None) => rest,
		(Some(rest), Some(length)) if length <= rest => length,
		_ => {
			return Err(format!(
				"at byte {offset} for {} bytes, but that file has only {size}; it is not the one that was exported with the model",
				length.unwrap_or(0)
			));
		}
	};
	if length > budget {
		return Err(format!(
			"and with it the model has more than {MAX_FILE_BYTES} bytes, the limit"
		));
	}
	file.seek(SeekFrom::Start(offset)).map_err(failed)?;
	let mut bytes = Vec::new();
	file.take(length).read_to_end(&mut bytes).map_err(failed)?;
	Ok((bytes, length))
}
