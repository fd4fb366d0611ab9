// SPDX-License-Identifier: Apache-2.0

//! `cargo xtask`: writes the lists in the documents that follow from the tree; with `--check`, says
//! which are out of date and what the tree lacks.

#![allow(clippy::print_stdout, reason = "the report")]

mod book;
mod crates;
mod decisions;
mod lists;
mod operators;

use anyhow::{bail, Context, Result};
use std::{
	env, fs,
	path::{Path, PathBuf},
};

/// The root of the checkout that this is run in. Not of the one that it was compiled in: several may
/// share their build products.
fn root() -> Result<PathBuf> {
	let here = env::var_os("CARGO_MANIFEST_DIR").context("run it as `cargo xtask`")?;
	let root = Path::new(&here).parent().context("this crate is a folder of the workspace")?;
	Ok(root.to_owned())
}

/// Every document with a list in it, and that document as it should be.
fn documents(root: &Path) -> Result<Vec<(&'static str, String)>> {
	let decisions = decisions::all(root)?;
	[
		("CONTRIBUTING.md", crates::table(&crates::all(root)?)),
		("docs/decisions/README.md", decisions::table(&decisions)),
		("docs/SUMMARY.md", decisions::chapters(&decisions)),
		("docs/operators.md", operators::table()),
	]
	.into_iter()
	.map(|(path, list)| {
		let text = read(root, path)?;
		Ok((path, lists::replaced(&text, &list).with_context(|| path)?))
	})
	.collect()
}

/// What is wrong with the tree, a sentence each.
fn faults(root: &Path) -> Result<Vec<String>> {
	let mut faults = crates::faults(root, &crates::all(root)?)?;
	faults.extend(book::faults(root)?);
	for (path, fresh) in documents(root)? {
		if read(root, path)? != fresh {
			faults.push(format!("{path} is out of date: run cargo xtask"));
		}
	}
	Ok(faults)
}

fn read(root: &Path, path: &str) -> Result<String> {
	fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

fn main() -> Result<()> {
	let root = &root()?;
	let arguments: Vec<String> = env::args().skip(1).collect();
	match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
		[] => {
			for (path, fresh) in documents(root)? {
				if read(root, path)? != fresh {
					fs::write(root.join(path), fresh)?;
					println!("written: {path}");
				}
			}
		}
		["--check"] => {}
		_ => bail!("usage: cargo xtask [--check]"),
	}
	let faults = faults(root)?;
	for fault in &faults {
		println!("{fault}");
	}
	if faults.is_empty() {
		Ok(())
	} else {
		bail!("faults: {}", faults.len())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_documents_are_those_of_this_tree() {
		assert_eq!(faults(&root().unwrap()).unwrap(), Vec::<String>::new());
	}
}
