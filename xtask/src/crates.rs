// SPDX-License-Identifier: Apache-2.0

//! The crates of the workspace, as their manifests describe them.

use anyhow::{Context, Result};
use std::{fs, path::Path};
use toml::Table;

/// Crates with a workspace of their own.
const APART: [&str; 1] = ["fuzz"];

/// A crate.
pub struct Crate {
	/// Its folder, from the root.
	folder: String,
	manifest: Table,
}

impl Crate {
	/// What it is for, in a line; nothing where its manifest does not say.
	fn description(&self) -> &str {
		let package = self.manifest.get("package");
		package.and_then(|package| package.get("description")?.as_str()).unwrap_or_default()
	}

	/// Whether its unit tests are left out.
	fn leaves_tests_out(&self) -> bool {
		self.manifest.get("lib").and_then(|lib| lib.get("test")?.as_bool()) == Some(false)
	}

	fn shares_lints(&self) -> bool {
		let lints = self.manifest.get("lints");
		lints.and_then(|lints| lints.get("workspace")?.as_bool()) == Some(true)
	}
}

/// Every crate, in the order of the workspace.
///
/// # Errors
///
/// Where a manifest cannot be read.
pub fn all(root: &Path) -> Result<Vec<Crate>> {
	let workspace = manifest(root, "")?;
	let members = workspace
		.get("workspace")
		.and_then(|workspace| workspace.get("members")?.as_array())
		.context("the workspace has no members")?;
	let mut folders = Vec::new();
	for member in members.iter().filter_map(|member| member.as_str()).chain(APART) {
		match member.strip_suffix("/*") {
			Some(above) => folders.extend(below(root, above)?),
			None => folders.push(member.to_owned()),
		}
	}
	let of = |folder: String| Ok(Crate { manifest: manifest(root, &folder)?, folder });
	folders.into_iter().map(of).collect()
}

/// The crates in a folder, by name.
fn below(root: &Path, above: &str) -> Result<Vec<String>> {
	let mut folders = Vec::new();
	for entry in fs::read_dir(root.join(above)).with_context(|| above.to_owned())? {
		let entry = entry?;
		if entry.path().join("Cargo.toml").try_exists()? {
			folders.push(format!("{above}/{}", entry.file_name().to_string_lossy()));
		}
	}
	folders.sort();
	Ok(folders)
}

fn manifest(root: &Path, folder: &str) -> Result<Table> {
	let path = root.join(folder).join("Cargo.toml");
	let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
	toml::from_str(&text).with_context(|| path.display().to_string())
}

/// The crates as a table, with links to their folders, where READMEs are shown.
pub fn table(crates: &[Crate]) -> String {
	let mut table = String::from("| room | what it is for |\n| --- | --- |\n");
	for room in crates {
		let (folder, description) = (&room.folder, room.description().trim_end_matches('.'));
		table.push_str(&format!("| [`{folder}`]({folder}) | {description} |\n"));
	}
	table
}

/// What crates lack, a sentence each.
///
/// # Errors
///
/// Where a file cannot be looked for.
pub fn faults(root: &Path, crates: &[Crate]) -> Result<Vec<String>> {
	let mut faults = Vec::new();
	for room in crates {
		let folder = &room.folder;
		if !root.join(folder).join("README.md").try_exists()? {
			faults.push(format!("{folder} has no README.md"));
		}
		if room.description().is_empty() {
			faults.push(format!("{folder} has no description"));
		}
		if !room.shares_lints() && !APART.contains(&folder.as_str()) {
			faults.push(format!("{folder} does not share the workspace's lints"));
		}
		if room.leaves_tests_out() && has_tests(&root.join(folder).join("src"))? {
			faults.push(format!("{folder} leaves out the tests beside its code"));
		}
	}
	Ok(faults)
}

/// Whether a folder has tests beside code.
fn has_tests(folder: &Path) -> Result<bool> {
	for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
		let path = entry?.path();
		let found = if path.is_dir() {
			has_tests(&path)?
		} else {
			path.extension().is_some_and(|it| it == "rs")
				&& fs::read_to_string(&path)?.contains("#[cfg(test)]")
		};
		if found {
			return Ok(true);
		}
	}
	Ok(false)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn tree(member: &str) -> tempfile::TempDir {
		let root = tempfile::tempdir().unwrap();
		let write = |path: &str, text: &str| {
			let path = root.path().join(path);
			fs::create_dir_all(path.parent().unwrap()).unwrap();
			fs::write(path, text).unwrap();
		};
		write("Cargo.toml", "[workspace]\nmembers = [\"room\"]\n");
		write("room/Cargo.toml", member);
		write("fuzz/Cargo.toml", "[package]\ndescription = \"Fuzzing.\"\n");
		write("fuzz/README.md", "");
		root
	}

	#[test]
	fn a_crate_without_readme_description_and_lints_is_told() {
		let root = tree("[package]\nname = \"room\"\n");
		let faults = faults(root.path(), &all(root.path()).unwrap()).unwrap();
		assert_eq!(
			faults,
			[
				"room has no README.md",
				"room has no description",
				"room does not share the workspace's lints"
			]
		);
	}

	#[test]
	fn a_crate_that_leaves_out_tests_that_it_has_is_told() {
		let root = tree("[package]\ndescription = \"A room.\"\n[lints]\nworkspace = true\n[lib]\ntest = false\n");
		let room = root.path().join("room");
		fs::create_dir_all(room.join("src/parts")).unwrap();
		fs::write(room.join("README.md"), "").unwrap();
		fs::write(room.join("src/lib.rs"), "mod parts;").unwrap();
		let told = || faults(root.path(), &all(root.path()).unwrap()).unwrap();
		assert!(told().is_empty());
		fs::write(room.join("src/parts/mod.rs"), "#[cfg(test)]\nmod tests {}").unwrap();
		assert_eq!(told(), ["room leaves out the tests beside its code"]);
	}

	#[test]
	fn the_table_has_a_row_a_crate_with_its_description() {
		let root = tree("[package]\ndescription = \"A room.\"\n[lints]\nworkspace = true\n");
		let table = table(&all(root.path()).unwrap());
		assert!(table.ends_with("| [`room`](room) | A room |\n| [`fuzz`](fuzz) | Fuzzing |\n"));
	}

	#[test]
	fn a_pattern_stands_for_all_crates_of_a_folder() {
		let root = tree("");
		let member = "[package]\ndescription = \"A room.\"\n";
		for name in ["b", "a"] {
			fs::create_dir_all(root.path().join("rooms").join(name)).unwrap();
			fs::write(root.path().join(format!("rooms/{name}/Cargo.toml")), member).unwrap();
		}
		fs::create_dir(root.path().join("rooms/no-crate")).unwrap();
		fs::write(root.path().join("Cargo.toml"), "[workspace]\nmembers = [\"rooms/*\"]\n")
			.unwrap();
		let folders: Vec<_> =
			all(root.path()).unwrap().into_iter().map(|room| room.folder).collect();
		assert_eq!(folders, ["rooms/a", "rooms/b", "fuzz"]);
	}
}
