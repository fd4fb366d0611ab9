// SPDX-License-Identifier: Apache-2.0
//! Weights in files beside the model.

use super::*;
use std::path::PathBuf;
use tempfile::TempDir;

/// A model of a Gemm whose weights lie in `location`, in a folder of its own below another.
fn folder(location: &str, entries: &[(&str, &str)]) -> (TempDir, PathBuf, ModelProto) {
	let above = tempfile::tempdir().expect("a temporary directory");
	let folder = above.path().join("model");
	fs::create_dir(&folder).expect("created");
	let proto = changed(|graph| {
		let tensor = &mut graph.initializer[0];
		tensor.float_data.clear();
		tensor.data_location = Some(1);
		let entry = |(key, value): (&str, &str)| StringStringEntryProto {
			key: key.into(),
			value: value.into(),
		};
		tensor.external_data.push(entry(("location", location)));
		tensor.external_data.extend(entries.iter().copied().map(entry));
	});
	(above, folder, proto)
}

fn bytes() -> Vec<u8> {
	weights(6).into_iter().flat_map(f32::to_le_bytes).collect()
}

fn read_in(folder: &Path, mut proto: ModelProto) -> Result<OnnxModel, ReadError> {
	external::load(&mut proto, &folder.join("model.onnx"))?;
	OnnxModel::from_proto(proto)
}

fn assert_refused(folder: &Path, proto: ModelProto, parts: &[&str]) {
	let message = read_in(folder, proto).expect_err("refused").to_string();
	for part in parts {
		assert!(message.contains(part), "`{part}` is missing in: {message}");
	}
}

#[test]
fn are_those_inside_of_it() {
	let expected = read(one_gemm()).expect("a perceptron").reading.model;
	let shifted = [&[7; 8][..], &bytes(), &[9; 3]].concat();
	for (location, entries, content) in [
		("w.data", &[][..], bytes()),
		("./w.data", &[("offset", "0"), ("length", "24")][..], bytes()),
		("w.data", &[("offset", "8"), ("length", "24"), ("checksum", "x")][..], shifted),
	] {
		let (_above, folder, proto) = folder(location, entries);
		fs::write(folder.join("w.data"), content).expect("written");
		let model = read_in(&folder, proto).expect("a perceptron");
		assert_eq!(model.reading.model, expected, "{entries:?}");
		assert!(Reference::new(&model).is_ok(), "the reference has the weights as well");
	}
}

#[test]
fn a_missing_file_is_named_with_the_way_out() {
	let (_above, folder, proto) = folder("gone.data", &[]);
	assert_refused(&folder, proto, &["`w`", "`gone.data`", "put it there", "external_data=False"]);
}

#[test]
fn nothing_outside_the_folder_is_opened() {
	for location in ["../w.data", "a/../../w.data", "/etc/hostname", ""] {
		let (above, folder, proto) = folder(location, &[]);
		fs::write(above.path().join("w.data"), bytes()).expect("written");
		assert_refused(&folder, proto, &["outside of the model's folder"]);
	}
}

#[cfg(unix)]
#[test]
fn nor_behind_a_symbolic_link() {
	use std::os::unix::fs::symlink;
	let (above, folder, proto) = folder("link/w.data", &[]);
	fs::write(above.path().join("w.data"), bytes()).expect("written");
	symlink(above.path(), folder.join("link")).expect("linked");
	assert_refused(&folder, proto, &["outside of the model's folder"]);
}

#[test]
fn what_is_no_file_is_not_read() {
	let (_above, folder, proto) = folder("w.data", &[]);
	fs::create_dir(folder.join("w.data")).expect("created");
	assert_refused(&folder, proto, &["is no file"]);
}

#[test]
fn places_outside_the_file_are_refused() {
	for entries in [
		&[("offset", "1")][..],
		&[("length", "25")],
		&[("offset", "8"), ("length", "17")],
		&[("offset", "18446744073709551615"), ("length", "18446744073709551615")],
		&[("length", "20")],
		&[("offset", "-4")],
		&[("length", "x")],
	] {
		let (_above, folder, proto) = folder("w.data", entries);
		fs::write(folder.join("w.data"), bytes()).expect("written");
		assert_refused(&folder, proto, &["tensor `w`"]);
	}
}
