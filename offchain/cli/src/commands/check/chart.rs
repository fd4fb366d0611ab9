// SPDX-License-Identifier: Apache-2.0
//! Where the parts of pictures stand. Lengths are in pixels.

use std::fmt::Write;

use candor_compiler::Distribution;
use serde::Serialize;

/// Bars from one line to either side, each with a name and a value.
#[derive(Debug, Serialize)]
pub(super) struct Bars {
	title: &'static str,
	height: usize,
	/// Where the line stands.
	zero: f64,
	bars: Vec<Bar>,
}

#[derive(Debug, Serialize)]
struct Bar {
	name: String,
	value: String,
	x: f64,
	y: usize,
	width: f64,
	/// Where the value is written.
	end: f64,
	/// The line that text stands on.
	baseline: usize,
	negative: bool,
}

impl Bars {
	/// A bar for each name, number and its words.
	pub(super) fn new(title: &'static str, all: Vec<(String, f64, String)>) -> Self {
		const LEFT: f64 = 170.0;
		const ROOM: f64 = 210.0;
		const GAP: f64 = 4.0;
		const STEP: usize = 20;
		const BASELINE: usize = 13;
		let low = all.iter().fold(0.0, |low: f64, (_, number, _)| low.min(*number));
		let high = all.iter().fold(0.0, |high: f64, (_, number, _)| high.max(*number));
		let unit = if high > low { ROOM / (high - low) } else { 0.0 };
		let zero = LEFT - low * unit;
		let height = all.len() * STEP;
		let bars = all.into_iter().enumerate().map(|(at, (name, number, value))| {
			let (x, width) = (zero + number.min(0.0) * unit, number.abs() * unit);
			Bar {
				name,
				value,
				x,
				y: at * STEP + 2,
				width,
				end: x + width + GAP,
				baseline: at * STEP + BASELINE,
				negative: number < 0.0,
			}
		});
		Self { title, height, zero, bars: bars.collect() }
	}
}

/// A confusion matrix, the darker the more of a row.
#[derive(Debug, Serialize)]
pub(super) struct Heat {
	title: &'static str,
	/// That of the picture.
	size: usize,
	/// That of a cell.
	side: usize,
	/// Whether there is room for numbers.
	counts: bool,
	cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Cell {
	x: usize,
	y: usize,
	text_x: usize,
	text_y: usize,
	opacity: f64,
	count: usize,
	label: String,
	answer: String,
}

impl Heat {
	/// A row for each label, a column for each answer.
	pub(super) fn new(title: &'static str, matrix: &[Vec<usize>], names: &[String]) -> Self {
		const ROOM: usize = 320;
		const LEAST: usize = 5;
		const MOST: usize = 40;
		/// The least side with room for a number, and how far below the middle its line is.
		const READABLE: usize = 20;
		const HALF_LINE: usize = 4;
		let side = ROOM.checked_div(matrix.len()).unwrap_or(MOST).clamp(LEAST, MOST);
		let name = |class: usize| names.get(class).cloned().unwrap_or_else(|| class.to_string());
		let cells = matrix.iter().enumerate().flat_map(|(label, row)| {
			let most = row.iter().copied().max().unwrap_or(0).max(1) as f64;
			row.iter().enumerate().map(move |(answer, count)| (label, answer, *count, most))
		});
		let cells = cells.map(|(label, answer, count, most)| Cell {
			x: answer * side,
			y: label * side,
			text_x: answer * side + side / 2,
			text_y: label * side + side / 2 + HALF_LINE,
			opacity: count as f64 / most * 0.75,
			count,
			label: name(label),
			answer: name(answer),
		});
		Self {
			title,
			size: matrix.len() * side,
			side,
			counts: side >= READABLE,
			cells: cells.collect(),
		}
	}
}

/// Two histograms over each other.
#[derive(Debug, Serialize)]
pub(super) struct Histogram {
	name: String,
	low: String,
	high: String,
	/// Paths.
	floats: String,
	integers: String,
}

impl Histogram {
	pub(super) fn new(name: String, distribution: &Distribution) -> Self {
		let Distribution { low, high, floats, integers } = distribution;
		let most = floats.iter().chain(integers).copied().max().unwrap_or(0).max(1);
		let number = |value: &f64| format!("{value:.4}");
		Self {
			name,
			low: number(low),
			high: number(high),
			floats: steps(floats, most),
			integers: steps(integers, most),
		}
	}
}

/// The outline of bars above a line, as the path of an SVG.
fn steps(counts: &[u64], most: u64) -> String {
	const WIDTH: f64 = 264.0;
	const HEIGHT: f64 = 88.0;
	let step = WIDTH / counts.len().max(1) as f64;
	let mut path = format!("M0 {HEIGHT}");
	for (at, count) in counts.iter().enumerate() {
		// The square root, or rare values could not be seen beside the many zeros behind a Relu.
		let height = (*count as f64 / most as f64).sqrt() * HEIGHT;
		// Writing into a string cannot fail.
		let _ = write!(path, "V{:.1}H{:.1}", HEIGHT - height, (at + 1) as f64 * step);
	}
	let _ = write!(path, "V{HEIGHT}Z");
	path
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bars_begin_at_the_line_and_are_as_long_as_their_numbers() {
		let named = |number: f64| (String::new(), number, String::new());
		let Bars { zero, bars, .. } =
			Bars::new("", [3.0, -1.0, 0.0, 1.5].map(named).into_iter().collect());
		assert_eq!((bars[0].x, bars[1].x + bars[1].width), (zero, zero));
		assert!((bars[0].width - 3.0 * bars[1].width).abs() < 1e-9);
		assert!((bars[0].width - 2.0 * bars[3].width).abs() < 1e-9);
		assert_eq!((bars[2].width, bars[1].negative, bars[0].negative), (0.0, true, false));
	}

	#[test]
	fn a_cell_is_as_dark_as_its_part_of_the_row() {
		let heat = Heat::new("", &[vec![6, 2], vec![0, 0]], &["a".into()]);
		let cell = |at: usize| (heat.cells[at].x, heat.cells[at].y, heat.cells[at].opacity);
		assert_eq!([cell(0), cell(1)], [(0, 0, 0.75), (40, 0, 0.25)]);
		assert_eq!((heat.cells[3].opacity, heat.size), (0.0, 80));
		assert_eq!((&*heat.cells[1].label, &*heat.cells[1].answer), ("a", "1"));
	}

	#[test]
	fn the_largest_count_reaches_the_top() {
		assert_eq!(steps(&[4, 0, 1], 4), "M0 88V0.0H88.0V88.0H176.0V44.0H264.0V88Z");
	}
}
