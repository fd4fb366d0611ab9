// SPDX-License-Identifier: Apache-2.0
//! How convolutions, and what else slides over an image, are read.

use candor_graph::FloatParameters;
use candor_onnx::{
	node::{integer_attribute, integers_attribute, shown, text_attribute},
	OnnxError, Tensor,
};

use crate::{
	window::{Window, MAX_EXTENT},
	At, Filters, Place, Reader,
};

/// The dimensions of an image, or of a signal, which is an image of one row.
#[derive(Clone, Copy)]
pub(in crate::registry) struct Image {
	/// Channels, height and width.
	pub(in crate::registry) dims: [usize; 3],
	is_signal: bool,
}

impl Image {
	/// The dimensions of what has so many channels, in the file's rank.
	pub(in crate::registry) fn dims_of(
		&self,
		channels: usize,
		[rows, columns]: [usize; 2],
	) -> Vec<usize> {
		if self.is_signal {
			vec![channels, columns]
		} else {
			vec![channels, rows, columns]
		}
	}

	/// Numbers of rows and columns to put around it; nothing where they are too large.
	pub(in crate::registry) fn numbers(&self, numbers: &[i64]) -> Option<[usize; 2]> {
		let is_within = |number: &i64| (0..=MAX_EXTENT as i64).contains(number);
		let numbers = numbers
			.iter()
			.map(|number| usize::try_from(*number).ok().filter(|_| is_within(number)));
		self.pair(&numbers.collect::<Option<Vec<_>>>()?, 0)
	}

	/// The number of dimensions behind the channels.
	fn rank(&self) -> usize {
		if self.is_signal {
			1
		} else {
			2
		}
	}

	/// Numbers of rows and columns; `row` is that of a signal.
	fn pair<T: Copy>(&self, numbers: &[T], row: T) -> Option<[T; 2]> {
		match *numbers {
			[column] if self.is_signal => Some([row, column]),
			[row, column] if !self.is_signal => Some([row, column]),
			_ => None,
		}
	}
}

/// The image that a node takes.
pub(in crate::registry) fn image(place: &Place<'_>, at: &At) -> Result<Image, OnnxError> {
	match at.dims[..] {
		[channels, height, width] => Ok(Image { dims: [channels, height, width], is_signal: false }),
		[channels, width] => Ok(Image { dims: [channels, 1, width], is_signal: true }),
		_ => Err(place.usage(format!(
			"it takes images [batch, channels, height, width] or signals [batch, channels, length], not {} in each sample",
			shown(&at.dims)
		))),
	}
}

/// Windows as a file says them.
pub(in crate::registry) struct Slide {
	/// The windows.
	pub(in crate::registry) window: Window,
	/// Rows and columns behind the image that the file says; others are there because a last window is
	/// not left out.
	pub(in crate::registry) said_behind: [usize; 2],
}

/// The windows of a node that has elements of these numbers.
pub(in crate::registry) fn slide(
	place: &Place<'_>,
	image: Image,
	kernel: &[i64],
) -> Result<Slide, OnnxError> {
	let pair = |name: &str, numbers: &[i64], row: i64, least: i64| {
		let is_within = |number: &&i64| (least..=MAX_EXTENT as i64).contains(*number);
		let all: Vec<usize> =
			numbers.iter().filter(is_within).filter_map(|n| usize::try_from(*n).ok()).collect();
		let pair = image.pair(&all, row as usize).filter(|_| all.len() == numbers.len());
		pair.ok_or_else(|| {
			place.usage(format!(
				"`{name}` is {}, which is not supported for {} dimensions",
				shown(numbers),
				image.rank()
			))
		})
	};
	let steps = |name: &str| match integers_attribute(place.node, name) {
		[] => Ok([1, 1]),
		given => pair(name, given, 1, 1),
	};
	let [channels, height, width] = image.dims;
	let mut window = Window {
		kernel: pair("kernel_shape", kernel, 1, 1)?,
		strides: steps("strides")?,
		dilations: steps("dilations")?,
		..Window::pointwise(channels, [height, width])
	};
	let rounds_up = integer_attribute(place.node, "ceil_mode").unwrap_or(0) != 0;
	match text_attribute(place.node, "auto_pad").as_deref() {
		None | Some("" | "NOTSET") => {
			let pads = integers_attribute(place.node, "pads");
			if !pads.is_empty() {
				let (before, behind) = pads.split_at(pads.len() / 2);
				window.before = pair("pads", before, 0, 0)?;
				window.behind = pair("pads", behind, 0, 0)?;
			}
		}
		Some("VALID") => (),
		Some(same @ ("SAME_UPPER" | "SAME_LOWER")) => {
			for (axis, extent) in window.extent().into_iter().enumerate() {
				let outputs = window.image[axis].div_ceil(window.strides[axis]);
				let reached = (outputs - 1) * window.strides[axis] + extent;
				let pads = reached.saturating_sub(window.image[axis]);
				let less = pads / 2;
				(window.before[axis], window.behind[axis]) =
					if same == "SAME_UPPER" { (less, pads - less) } else { (pads - less, less) };
			}
		}
		Some(other) => return Err(place.usage(format!("auto_pad `{other}` is not supported"))),
	}
	if !window.fits() {
		return Err(place.usage(match window.lies_within() {
			true => "its windows have too many elements; use smaller images, fewer channels or larger strides".into(),
			false => format!(
				"a window of {} does not fit an image of {}",
				shown(&window.extent()),
				shown(&window.padded())
			),
		}));
	}
	let said_behind = window.behind;
	if rounds_up {
		let (extent, padded) = (window.extent(), window.padded());
		for axis in 0..2 {
			let stride = window.strides[axis];
			let mut outputs = (padded[axis] - extent[axis]).div_ceil(stride) + 1;
			// A window that begins behind the image is left out.
			if (outputs - 1) * stride >= window.before[axis] + window.image[axis] {
				outputs -= 1;
			}
			let end = (outputs - 1) * stride + extent[axis];
			window.behind[axis] += end.saturating_sub(padded[axis]);
		}
	}
	Ok(Slide { window: window.trimmed(), said_behind })
}

/// Reads a convolution.
pub(super) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let data = place.data()?;
	let image = image(place, data)?;
	let Tensor { dims, values } = place.floats(1)?;
	let groups = integer_attribute(place.node, "group").unwrap_or(1);
	let unfit = || {
		let (weights, image) = (shown(&dims), shown(&data.dims));
		place.usage(format!(
			"weights of the shape {weights} in {groups} groups do not fit an image of the shape {image}"
		))
	};
	let [outputs, channels, ref kernel @ ..] = dims[..] else { return Err(unfit()) };
	let groups = usize::try_from(groups).ok().filter(|groups| {
		*groups > 0
			&& outputs > 0
			&& outputs % groups == 0
			&& channels.checked_mul(*groups) == Some(image.dims[0])
	});
	let groups = groups.ok_or_else(unfit)?;
	let kernel: Vec<i64> = kernel.iter().map(|dim| *dim as i64).collect();
	let given = integers_attribute(place.node, "kernel_shape");
	if !given.is_empty() && given != kernel {
		return Err(unfit());
	}
	let window = slide(place, image, &kernel)?.window;
	let biases = match place.edges.floats(place.node, 2)? {
		None => vec![0.0; outputs],
		Some(bias) if bias.values.len() == outputs => bias.values,
		Some(bias) => {
			let dims = shown(&bias.dims);
			return Err(place.usage(format!("a bias of the shape {dims} for {outputs} channels")));
		}
	};
	let filters = Filters::new(window, groups, FloatParameters { weights: values, biases });
	let dims = image.dims_of(outputs, window.outputs());
	reader.filter(place, data, &filters, dims)
}
