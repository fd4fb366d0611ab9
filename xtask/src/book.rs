// SPDX-License-Identifier: Apache-2.0

//! Whether the book has every page of `docs/`. That its links lead somewhere, `make lint` checks.

use anyhow::{Context, Result};
use std::{fs, path::Path};

/// The book's folder, from the root.
const FOLDER: &str = "docs";

/// The list of pages, which is none.
const SUMMARY: &str = "SUMMARY.md";

/// The pages that the book's summary does not name, a sentence each.
///
/// # Errors
///
/// Where the folder cannot be read.
pub fn faults(root: &Path) -> Result<Vec<String>> {
	let book = root.join(FOLDER);
	let summary = fs::read_to_string(book.join(SUMMARY)).context("docs/SUMMARY.md")?;
	let mut pages = Vec::new();
	collect(&book, "", &mut pages)?;
	pages.retain(|page| page != SUMMARY && !summary.contains(&format!("]({page})")));
	Ok(pages.into_iter().map(|page| format!("docs/SUMMARY.md does not name {page}")).collect())
}

/// Every Markdown file below a folder, by its path from there.
fn collect(folder: &Path, prefix: &str, pages: &mut Vec<String>) -> Result<()> {
	for entry in fs::read_dir(folder)? {
		let entry = entry?;
		let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
		if entry.file_type()?.is_dir() {
			collect(&entry.path(), &format!("{path}/"), pages)?;
		} else if path.ends_with(".md") {
			pages.push(path);
		}
	}
	pages.sort();
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_page_that_the_book_does_not_name_is_told() {
		let root = tempfile::tempdir().unwrap();
		let docs = root.path().join(FOLDER);
		fs::create_dir_all(docs.join("inner")).unwrap();
		fs::write(docs.join("SUMMARY.md"), "- [A](a.md)\n").unwrap();
		fs::write(docs.join("a.md"), "").unwrap();
		fs::write(docs.join("inner/b.md"), "").unwrap();
		assert_eq!(faults(root.path()).unwrap(), ["docs/SUMMARY.md does not name inner/b.md"]);
	}
}
