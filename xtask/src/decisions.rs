// SPDX-License-Identifier: Apache-2.0

//! The records in `docs/decisions`.

use anyhow::{ensure, Context, Result};
use std::{fs, path::Path};

/// Where they are, from the root.
const FOLDER: &str = "docs/decisions";

/// Files there that are no records.
const OTHERS: [&str; 2] = ["README.md", "template.md"];

/// The heading below which a record says what was not chosen.
const ALTERNATIVES: &str = "\n## What else was considered\n";

/// A record of a decision.
#[derive(Debug, PartialEq)]
pub struct Decision {
	file: String,
	number: String,
	title: String,
	status: String,
	date: String,
}

/// Every record, by number.
///
/// # Errors
///
/// Where one is not in the form of `template.md`, with the reason.
pub fn all(root: &Path) -> Result<Vec<Decision>> {
	let mut files: Vec<String> = fs::read_dir(root.join(FOLDER))
		.context(FOLDER)?
		.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
		.collect::<Result<_>>()?;
	files.retain(|file| !OTHERS.contains(&file.as_str()));
	files.sort();
	files
		.into_iter()
		.map(|file| {
			let path = root.join(FOLDER).join(&file);
			let text = fs::read_to_string(&path).with_context(|| file.clone())?;
			parse(&file, &text).with_context(|| format!("{FOLDER}/{file}"))
		})
		.collect()
}

/// Reads a record's head.
fn parse(file: &str, text: &str) -> Result<Decision> {
	let (number, _) = file.split_once('-').context("its name does not begin with NUMBER-")?;
	let title = text
		.strip_prefix(&format!("# {number}: "))
		.and_then(|rest| rest.lines().next())
		.with_context(|| format!("it does not begin with `# {number}: TITLE`"))?;
	let field = |name: &str| {
		text.lines()
			.find_map(|line| line.strip_prefix(&format!("- {name}: ")))
			.with_context(|| format!("it has no line `- {name}: …`"))
	};
	let (status, date) = (field("Status")?, field("Date")?);
	ensure!(
		matches!(status, "proposed" | "accepted") || status.starts_with("superseded by "),
		"its status is neither `proposed`, `accepted` nor `superseded by …`"
	);
	ensure!(is_date(date), "its date is not YYYY-MM-DD");
	ensure!(text.contains(ALTERNATIVES), "it has no heading `{}`", ALTERNATIVES.trim());
	Ok(Decision {
		file: file.into(),
		number: number.into(),
		title: title.into(),
		status: status.into(),
		date: date.into(),
	})
}

fn is_date(text: &str) -> bool {
	let lengths: Vec<usize> = text.split('-').map(str::len).collect();
	lengths == [4, 2, 2] && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The records as the rows of their index.
pub fn table(decisions: &[Decision]) -> String {
	let mut table = String::from("| | decision | status | date |\n| --- | --- | --- | --- |\n");
	for Decision { file, number, title, status, date } in decisions {
		table.push_str(&format!("| [{number}]({file}) | {title} | {status} | {date} |\n"));
	}
	table
}

/// The records as chapters of the book.
pub fn chapters(decisions: &[Decision]) -> String {
	decisions
		.iter()
		.map(|Decision { file, number, title, .. }| {
			format!("  - [{number}: {title}](decisions/{file})\n")
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	const RECORD: &str =
		"# 0042: Six times seven\n\n- Status: accepted\n- Date: 2026-11-26\n\nWhy.\n\n\
		## What else was considered\n\n- *Nine.* No.\n";

	#[test]
	fn a_record_has_number_title_status_and_date() {
		let decision = parse("0042-six-times-seven.md", RECORD).unwrap();
		assert_eq!((&*decision.number, &*decision.title), ("0042", "Six times seven"));
		assert_eq!((&*decision.status, &*decision.date), ("accepted", "2026-11-26"));
	}

	mod reject {
		use super::*;

		fn refused(from: &str, to: &str, reason: &str) {
			let text = RECORD.replace(from, to);
			assert_ne!(text, RECORD);
			let error = parse("0042-six-times-seven.md", &text).unwrap_err();
			assert!(error.to_string().contains(reason), "{error}");
		}

		#[test]
		fn a_title_with_another_number() {
			refused("# 0042", "# 0041", "# 0042: TITLE");
		}

		#[test]
		fn a_record_without_status_or_with_one_that_says_nothing() {
			refused("- Status: accepted\n", "", "no line `- Status");
			refused("accepted", "good", "neither");
		}

		#[test]
		fn a_record_without_a_date() {
			refused("- Date: 2026-11-26\n", "", "no line `- Date");
			refused("2026-11-26", "26.11.2026", "YYYY-MM-DD");
		}

		#[test]
		fn a_record_that_considered_nothing_else() {
			refused("## What else was considered", "## Notes", "What else was considered");
		}
	}
}
