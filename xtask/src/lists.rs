// SPDX-License-Identifier: Apache-2.0

//! Lists between two marks in a document.

use anyhow::{Context, Result};

const BEGIN: &str = "<!-- cargo xtask writes from here -->\n";
const END: &str = "<!-- to here -->";

/// The document with another list between its marks.
///
/// # Errors
///
/// Where a mark is missing.
pub fn replaced(document: &str, list: &str) -> Result<String> {
	let (before, rest) =
		document.split_once(BEGIN).with_context(|| format!("no {}", BEGIN.trim()))?;
	let (_, after) = rest.split_once(END).with_context(|| format!("no {END}"))?;
	Ok(format!("{before}{BEGIN}\n{list}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_stands_between_the_marks_is_replaced_and_nothing_else() {
		let document = format!("before\n{BEGIN}\nold\n\n{END}\nafter\n");
		let fresh = replaced(&document, "new\n").unwrap();
		assert_eq!(fresh, format!("before\n{BEGIN}\nnew\n\n{END}\nafter\n"));
		assert_eq!(replaced(&fresh, "new\n").unwrap(), fresh);
	}

	#[test]
	fn a_document_without_marks_is_refused() {
		assert!(replaced("", "new\n").is_err());
		assert!(replaced(BEGIN, "new\n").is_err());
	}
}
