// SPDX-License-Identifier: Apache-2.0
//! What the page says.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{Case, Outcome};

/// A number with three digits that say something.
fn digits(x: f64) -> String {
	if x == 0.0 || x.is_infinite() {
		return if x == 0.0 { "0".into() } else { "–".into() };
	}
	let decimals = (2 - x.abs().log10().floor() as i32).max(0) as usize;
	format!("{x:.decimals$}")
}

/// A reason without what the row says anyway.
fn shown(reason: &str) -> String {
	if reason.starts_with("input `") && reason.contains(" holds ") {
		return "its data are no float32 or float64".into();
	}
	let of_node = reason.starts_with("operator `").then(|| reason.split_once("`): ")).flatten();
	of_node.map_or(reason, |(_, reason)| reason).replace('|', "\\|").replace('\n', " ")
}

/// The tables of the page.
#[derive(Default)]
pub struct Tables {
	/// Of each operator how many tests pass, are read and too coarse, and are refused.
	counts: BTreeMap<String, [usize; 3]>,
	/// The rows of tests that are read.
	read: String,
	/// Of each operator and reason the tests that are refused.
	refused: BTreeMap<(String, String), Vec<String>>,
	/// Tests that give something else.
	pub wrong: Vec<String>,
}

impl Tables {
	/// Those of all tests.
	pub fn new() -> Self {
		let mut tables = Self::default();
		let mut cases = Case::all();
		cases.sort_by(|a, b| (&a.operator, &a.name).cmp(&(&b.operator, &b.name)));
		for case in cases {
			let outcome = case.outcome();
			tables.add(&case, outcome);
		}
		tables
	}

	fn add(&mut self, Case { name, operator, .. }: &Case, outcome: Outcome) {
		let count = self.counts.entry(operator.clone()).or_default();
		match outcome {
			Outcome::Refused(reason) => {
				count[2] += 1;
				let reason = (operator.clone(), shown(&reason));
				self.refused.entry(reason).or_default().push(name.clone());
			}
			Outcome::Passed { architecture, largest, off, stated } => {
				let is_coarse = stated.is_finite() && stated > largest;
				count[usize::from(is_coarse)] += 1;
				let may = if is_coarse { "anything".into() } else { digits(stated) };
				let [largest, off] = [largest, off].map(digits);
				writeln!(
					self.read,
					"| `{operator}` | `{name}` | {architecture} | {largest} | {off} | {may} |"
				)
				.expect("in memory");
			}
			Outcome::Wrong(fault) => self.wrong.push(format!("{name}: {fault}")),
		}
	}

	/// The page between its marks.
	pub fn page(&self) -> String {
		let total = |at: usize| self.counts.values().map(|count| count[at]).sum::<usize>();
		let [passed, coarse, refused] = [0, 1, 2].map(total);
		let mut page = format!(
			"Of {} tests {passed} pass, {coarse} are read and beyond what bytes tell apart, and {refused} are refused.\n\n| operator | pass | beyond bytes | refused |\n| --- | --- | --- | --- |\n",
			passed + coarse + refused
		);
		for (operator, [passed, coarse, refused]) in &self.counts {
			writeln!(page, "| `{operator}` | {passed} | {coarse} | {refused} |")
				.expect("in memory");
		}
		write!(
			page,
			"\n## What passes\n\n| operator | test | circuit | largest number | off by | may be off by |\n| --- | --- | --- | --- | --- | --- |\n{}\n## What is refused\n\n| operator | why | tests |\n| --- | --- | --- |\n",
			self.read
		)
		.expect("in memory");
		for ((operator, reason), tests) in &self.refused {
			let tests: Vec<_> = tests.iter().map(|test| format!("`{test}`")).collect();
			writeln!(page, "| `{operator}` | {reason} | {} |", tests.join(", "))
				.expect("in memory");
		}
		page
	}
}
