// SPDX-License-Identifier: Apache-2.0
//! A convolution window by window: the packed products of a dense layer at each.

use candor_gadgets::{Cell, Sum, Synthesis};

use super::{
	dense::{constrain_group, Factors, Packing},
	Channels, Layout,
};
use crate::{Scheme, Sheet};

/// The constraints of the products.
pub(super) fn cost(layout: &Layout, scheme: Scheme) -> usize {
	let Packing { layer, groups, paired, .. } = Packing::new(layout.layer, scheme);
	let of_window = if paired {
		layer.fan_in.div_ceil(2) * groups + layer.fan_in / 2
	} else {
		layer.fan_in * groups
	};
	layout.groups * layout.window.windows().count() * of_window
}

/// The raised sums of each output channel.
pub(super) fn constrain(
	sheet: &mut Sheet<'_>,
	layout: &Layout,
	packing: &Packing,
	words: &[Cell],
	bytes: &[Sum],
	pads: &[Cell],
) -> Synthesis<Channels> {
	let pads: Vec<Sum> = pads.iter().map(|pad| (*pad).into()).collect();
	let mut channels: Channels = vec![Vec::new(); layout.outputs()];
	for (group, words) in (0..layout.groups).zip(words.chunks(packing.word_count())) {
		let first = layout.outputs_of(group).start;
		for window in layout.columns(group, bytes, &pads) {
			let factors = Factors::new(sheet, packing, &window)?;
			let groups = packing.group_outputs().zip(words.chunks(packing.group_words()));
			for (outputs, words) in groups {
				let limbs = constrain_group(sheet, packing, outputs.len(), words, &factors)?;
				for (output, limb) in outputs.zip(limbs) {
					channels[first + output].push(limb);
				}
			}
		}
	}
	Ok(channels)
}
