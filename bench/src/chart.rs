// SPDX-License-Identifier: Apache-2.0

//! The chart: what a proof costs in a batch, by the batch's size.

use crate::{measure::Measured, report::Report, INPUTS};
use plotters::prelude::*;
use std::{error::Error, path::Path};

const SIZE: (u32, u32) = (900, 520);

/// Draws the ratio per proof over the number of proofs, on logarithmic axes.
pub fn draw(report: &Report, path: &Path) -> anyhow::Result<()> {
	draw_with_plotters(report, path).map_err(|error| anyhow::anyhow!("{error}"))
}

fn draw_with_plotters(report: &Report, path: &Path) -> Result<(), Box<dyn Error>> {
	let root = SVGBackend::new(path, SIZE).into_drawing_area();
	root.fill(&WHITE)?;
	let highest = report.singles.peer.ratio * 1.3;
	let mut chart = ChartBuilder::on(&root)
		.caption("Groth16 over BN254: cost of a proof by size of the batch", ("sans-serif", 22))
		.margin(16)
		.x_label_area_size(44)
		.y_label_area_size(64)
		.build_cartesian_2d((1f64..300f64).log_scale(), (0.08f64..highest).log_scale())?;
	chart
		.configure_mesh()
		.x_desc("proofs in the batch (4 public inputs each)")
		.y_desc("time per proof / arkworks' prepared verification")
		.x_label_formatter(&|x| format!("{x:.0}"))
		.y_label_formatter(&|y| format!("{y:.2}"))
		.draw()?;

	let level = |ratio: f64| [(1.0, ratio), (300.0, ratio)];
	let levels = [
		("peer's sequence", report.singles.peer.ratio, RGBColor(170, 60, 50)),
		("arkworks, prepared key, parsed proof", 1.0, RGBColor(110, 110, 110)),
	];
	for (name, ratio, colour) in levels {
		let style = colour.stroke_width(2);
		chart
			.draw_series(LineSeries::new(level(ratio), style))?
			.label(name)
			.legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
	}
	let series = |keys: usize, of: fn(&crate::report::BatchRow) -> Option<Measured>| {
		let rows = report.batches.iter();
		let rows = rows.filter(move |row| row.shape.keys == keys && row.shape.inputs == INPUTS);
		rows.filter_map(move |row| {
			let proofs = row.shape.proofs;
			Some((proofs as f64, of(row)?.per(proofs).ratio))
		})
		.collect::<Vec<_>>()
	};
	let curves = [
		("Candor, one key", series(1, |row| Some(row.native)), RGBColor(20, 90, 160)),
		("Candor, 4 keys", series(4, |row| Some(row.native)), RGBColor(70, 150, 200)),
		("Candor, 16 keys", series(16, |row| Some(row.native)), RGBColor(140, 195, 225)),
		("Candor, one key, Wasm + host", series(1, |row| Some(row.hosted)), RGBColor(60, 140, 80)),
	];
	for (name, points, colour) in curves {
		let style = colour.stroke_width(2);
		let line = LineSeries::new(points, style).point_size(4);
		chart
			.draw_series(line)?
			.label(name)
			.legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
	}
	chart
		.configure_series_labels()
		.position(SeriesLabelPosition::LowerLeft)
		.background_style(WHITE.mix(0.85))
		.border_style(BLACK.mix(0.3))
		.draw()?;
	root.present()?;
	Ok(())
}
