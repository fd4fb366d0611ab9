// SPDX-License-Identifier: Apache-2.0
//! `ReduceSum` and `ReduceMean` over axes behind the batch: totals of bytes, which cost no constraint, or else a part
//! of the next layer.

use core::ops::Range;

use candor_graph::{FloatParameters, Kind};
use candor_onnx::{node::integer_attribute, OnnxError};

use super::{axis, sum_pool};
use crate::{window::Window, Affine, At, End, Filters, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct Reduce;

impl Operator for Reduce {
	fn onnx(&self) -> &'static [&'static str] {
		&["ReduceMean", "ReduceSum"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of any axes behind the batch; of features in a list, and of what is not made of bytes, it goes into the next layer; `ReduceSum` of probabilities, behind the logits",
			refuses: "the batch, unless the file fixes it to one and `keepdims` keeps it",
			costs: "nothing; the next layer has the accumulators of as many inputs as bytes are added up",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let data = place.data()?.clone();
		let keeps = integer_attribute(place.node, "keepdims").unwrap_or(1) != 0;
		let Some(axes) = axes(place, &data, keeps)? else {
			reader.pass(place, data);
			return Ok(());
		};
		let mut at = data.clone();
		for run in runs(&axes) {
			at = along(place, reader, &at, run)?;
		}
		if !keeps {
			let kept = at.dims.iter().enumerate().filter(|(axis, _)| !axes.contains(axis));
			let dims = kept.map(|(_, dim)| *dim).collect();
			at = at.shaped(dims);
		}
		if at.source == data.source {
			reader.fold(place, at);
		} else {
			reader.stand_behind(place, at);
		}
		Ok(())
	}

	/// The sum of probabilities, by which they are divided next.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let axes = axis::integers(place, 1, "axes")?;
		let keeps = integer_attribute(place.node, "keepdims").unwrap_or(1) == 1;
		let is_positive = matches!(end.form, Form::Probabilities | Form::Signs | Form::Both);
		let is_sum = place.node.op_type == "ReduceSum";
		if !is_sum || !is_positive || !keeps || !matches!(axes[..], [1 | -1]) {
			return Err(end.refused(place));
		}
		reader.end(place, 0, end.with(Form::Total));
		Ok(())
	}
}

/// The axes behind the batch that go, ascending; nothing where none does.
fn axes(place: &Place<'_>, at: &At, keeps: bool) -> Result<Option<Vec<usize>>, OnnxError> {
	let rank = at.dims.len() + 1;
	// An input from opset 13 or 18 on, an attribute before.
	let mut given = axis::integers(place, 1, "axes")?;
	if given.is_empty() {
		if integer_attribute(place.node, "noop_with_empty_axes").unwrap_or(0) != 0 {
			return Ok(None);
		}
		given = (0..rank as i64).collect();
	}
	// A batch of one is the sum of itself.
	let is_batch = |axis: &i64| [0, -(rank as i64)].contains(axis);
	if place.batch == Some(1) && keeps {
		given.retain(|axis| !is_batch(axis));
	}
	let axes = given.iter().map(|axis| axis::of_data(place, at, *axis));
	let mut axes = axes.collect::<Result<Vec<_>, _>>()?;
	axes.sort_unstable();
	axes.dedup();
	Ok(Some(axes))
}

/// Axes that stand one behind the other, as ranges.
fn runs(axes: &[usize]) -> Vec<Range<usize>> {
	let mut runs: Vec<Range<usize>> = Vec::new();
	for axis in axes {
		match runs.last_mut() {
			Some(run) if run.end == *axis => run.end += 1,
			_ => runs.push(*axis..*axis + 1),
		}
	}
	runs
}

/// The sum or the mean along some axes, which are ones behind it.
fn along(
	place: &Place<'_>,
	reader: &mut Reader,
	at: &At,
	run: Range<usize>,
) -> Result<At, OnnxError> {
	let mut dims = at.dims.clone();
	dims[run.clone()].fill(1);
	let ways = Ways::of(&at.dims, run);
	if ways.count == 1 {
		return Ok(at.clone().shaped(dims));
	}
	let is_mean = place.node.op_type == "ReduceMean";
	let factor = if is_mean { (ways.count as f64).recip() } else { 1.0 };
	// Features in a list have scales of their own, and so have values that stand side by side.
	let is_list = at.dims.len() == 1;
	let are_bytes = matches!(reader.kind(at.source), Some(Kind::Bytes | Kind::Totals(_)));
	if are_bytes && !is_list && !reader.is_joined(at.source) {
		for (view, window) in ways.views(at) {
			let [height, width] = window.image;
			let of_image = view.affine.as_channels([window.channels, height, width]);
			let of_channels = of_image.filter(|(image, _)| !image.is_padded());
			let Some((_, of_channels)) = of_channels else { continue };
			let source = reader.insert(place, sum_pool::node(at.source, &window))?;
			let [rows, columns] = window.outputs();
			let (factors, shifts): (Vec<f64>, Vec<f64>) = of_channels
				.into_iter()
				.flat_map(|pair| core::iter::repeat_n(pair, rows * columns))
				.map(|(scale, offset)| (scale * factor, offset * ways.count as f64 * factor))
				.unzip();
			let affine = Affine::identity(factors.len()).scaled(&factors, &shifts);
			return Ok(At { source, dims, affine });
		}
	}
	let affine = match is_list {
		true => at.affine.then(&ways.layer(factor, ways.count, 1)),
		false => {
			let filters = Some(ways.filters(factor)).filter(|filters| filters.window.fits());
			filters.and_then(|filters| at.affine.filtered(&filters))
		}
	};
	let affine = affine.ok_or_else(|| {
		place.usage(
			"with what stands before it, it is too large for a layer of weights; put a Relu between them",
		)
	})?;
	Ok(At { source: at.source, dims, affine })
}

/// How elements are added up along some axes: the numbers of elements before, along and behind these.
struct Ways {
	lead: usize,
	count: usize,
	tail: usize,
	/// All of a channel of an image is an image, as it is to what stands around it.
	image: [usize; 2],
	/// The image of what is left, where channels go.
	left: Option<[usize; 2]>,
}

impl Ways {
	fn of(dims: &[usize], run: Range<usize>) -> Self {
		let product = |axes: &[usize]| axes.iter().product::<usize>();
		let (reduced, behind) = (&dims[run.clone()], &dims[run.end..]);
		let (lead, count, tail) = (product(&dims[..run.start]), product(reduced), product(behind));
		let image = match *reduced {
			[height, width] if tail == 1 => [height, width],
			[width] if tail == 1 => [1, width],
			_ => [count, tail],
		};
		let left = match *behind {
			[height, width] if lead == 1 => Some([height, width]),
			[width] if lead == 1 => Some([1, width]),
			_ => None,
		};
		Self { lead, count, tail, image, left }
	}

	/// The windows over the elements in their order.
	fn window(&self) -> Window {
		let kernel = if self.tail == 1 { self.image } else { [self.count, 1] };
		Window { kernel, ..Window::pointwise(self.lead, self.image) }
	}

	/// The data with windows over them: in their order, and column by column, as a layer at each place of a sequence
	/// gives them.
	fn views(&self, at: &At) -> Vec<(At, Window)> {
		let count = self.count;
		let mut views = vec![(at.clone(), self.window())];
		if self.lead == 1 {
			let window = Window::pointwise(self.tail, [1, count]);
			views.push((at.transposed(self.tail), Window { kernel: [1, count], ..window }));
		} else if self.tail == 1 {
			let window = Window::pointwise(1, [count, self.lead]);
			views.push((at.transposed(count), Window { kernel: [count, 1], ..window }));
		}
		views
	}

	fn layer(&self, factor: f64, weights: usize, outputs: usize) -> FloatParameters {
		FloatParameters { weights: vec![factor; weights], biases: vec![0.0; outputs] }
	}

	/// The sums times a factor, as filters of an image.
	fn filters(&self, factor: f64) -> Filters {
		match self.left {
			// Over channels it is a filter of one element.
			Some(image) => {
				let window = Window::pointwise(self.count, image);
				Filters::new(window, 1, self.layer(factor, self.count, 1))
			}
			None => {
				let layer = self.layer(factor, self.lead * self.count, self.lead);
				Filters::new(self.window(), self.lead, layer)
			}
		}
	}
}
