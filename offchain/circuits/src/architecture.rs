// SPDX-License-Identifier: Apache-2.0
//! The shape of a perceptron: its widths, and everything that follows from them alone.

use core::{fmt, str::FromStr};

use candor_statement::StatementSchema;
use serde::{Deserialize, Serialize};

/// The largest activation: inputs and hidden outputs are unsigned bytes.
pub const ACTIVATION_MAX: i32 = 255;

/// The largest absolute value of a weight.
pub const WEIGHT_MAX: i32 = 127;

/// What a bias may be in units of `ACTIVATION_MAX` and fan-in: room for the zero points of a
/// whole row of inputs (`WEIGHT_MAX * ACTIVATION_MAX * fan_in`) and one more activation each.
const BIAS_PER_INPUT: i32 = 128;

/// The bits of a committed word that may be filled with limbs: `2^253 < r`.
pub const WORD_BITS: u32 = 253;

/// The bytes of one logit in the output.
pub const LOGIT_BYTES: usize = 4;

/// The shift of a layer with one input.
const SHIFT_BASE: u32 = 5;

/// The bits of an activation.
pub const ACTIVATION_BITS: u32 = 8;

/// The largest width of a layer. Far below the 32,895 at which an accumulator leaves 32 bits.
pub const MAX_WIDTH: u32 = 16_384;

/// The largest number of layers with weights.
pub const MAX_LAYERS: usize = 16;

/// The largest number of outputs: `3 + ceil(4 * 472 / 31) = 64` public inputs, which is what the
/// chain accepts in a verifying key.
pub const MAX_OUTPUTS: u32 = 472;

/// The largest number of committed words: about ten million constraints.
pub const MAX_WORDS: usize = 1 << 18;

/// Why a list of widths is not an architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchitectureError {
	/// Fewer than two widths or more than [`MAX_LAYERS`] layers.
	#[error("an architecture has 2 to {max} widths (inputs first, outputs last), not {got}", max = MAX_LAYERS + 1)]
	Depth {
		/// The number of widths that was given.
		got: usize,
	},
	/// A width of zero, or beyond [`MAX_WIDTH`].
	#[error(
		"width {got} at position {position} is outside 1..={MAX_WIDTH}; make that layer narrower"
	)]
	Width {
		/// Position in the list of widths, from zero.
		position: usize,
		/// The width that was given.
		got: u32,
	},
	/// More than [`MAX_OUTPUTS`] outputs.
	#[error("{got} outputs need more public inputs than a verifying key may have; the limit is {MAX_OUTPUTS}")]
	Outputs {
		/// The last width.
		got: u32,
	},
	/// More than [`MAX_WORDS`] committed words.
	#[error(
		"the weights fill {got} words, {MAX_WORDS} are the limit; make the hidden layers narrower"
	)]
	Words {
		/// The number of words.
		got: usize,
	},
	/// A text that is not widths joined by dashes.
	#[error("`{got}` is not an architecture; write the widths like `64-32-10`")]
	Syntax {
		/// The text.
		got: String,
	},
}

/// One layer with weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
	/// The number of inputs.
	pub fan_in: usize,
	/// The number of outputs.
	pub fan_out: usize,
	/// Whether outputs go through the rounding shift and clamp; the last layer's are logits.
	pub hidden: bool,
	/// The number of bits that a hidden layer's rounding shift drops, see [`shift`].
	pub shift: u32,
	/// The bits of an accumulator limb, see [`limb_width`].
	pub limb_width: u32,
	/// The number of outputs that share a word.
	pub strands: usize,
	/// The number of groups of `strands` outputs; the last one may be partial.
	pub groups: usize,
}

impl Layer {
	fn new(fan_in: u32, fan_out: u32, hidden: bool) -> Self {
		let limb_width = limb_width(fan_in);
		let strands = (WORD_BITS / limb_width) as usize;
		Self {
			fan_in: fan_in as usize,
			fan_out: fan_out as usize,
			hidden,
			shift: shift(fan_in),
			limb_width,
			strands,
			groups: (fan_out as usize).div_ceil(strands),
		}
	}

	/// The outputs of each group, in order.
	pub fn group_outputs(&self) -> impl Iterator<Item = core::ops::Range<usize>> {
		let (strands, fan_out) = (self.strands, self.fan_out);
		(0..self.groups).map(move |group| {
			let first = group * strands;
			first..(first + strands).min(fan_out)
		})
	}

	/// The number of committed words: for each group a word an input, and one of biases.
	pub fn word_count(&self) -> usize {
		self.groups * (self.fan_in + 1)
	}

	/// The largest absolute value of a bias.
	pub fn bias_max(&self) -> i32 {
		bias_max(self.fan_in as u32)
	}

	/// What is added to an accumulator so that the limb is not negative: half the limb's range,
	/// and in a hidden layer half a unit of the shifted result, which makes the shift round.
	pub fn limb_offset(&self) -> u64 {
		let half_range = 1 << (self.limb_width - 1);
		if self.hidden {
			half_range + (1 << (self.shift - 1))
		} else {
			half_range
		}
	}
}

/// The largest absolute value of a bias in a layer with `fan_in` inputs.
fn bias_max(fan_in: u32) -> i32 {
	ACTIVATION_MAX * BIAS_PER_INPUT * fan_in as i32
}

/// The bits that the rounding shift of a hidden layer with `fan_in` inputs drops:
/// `5 + ceil(ceil(log2 fan_in) / 2)`.
///
/// A sum of `n` products of random signs grows like the square root of `n`; with this constant
/// weights and activations of perceptrons of all sizes both fill their bytes well.
pub fn shift(fan_in: u32) -> u32 {
	let log = fan_in.next_power_of_two().trailing_zeros();
	SHIFT_BASE + log.div_ceil(2)
}

/// The bits of an accumulator limb of a layer with `fan_in` inputs: the smallest `w` with
/// `2 * 255 * 128 * fan_in + 2^(shift - 1) < 2^(w - 1)`.
pub fn limb_width(fan_in: u32) -> u32 {
	let bound = 2 * bias_max(1) as u64 * u64::from(fan_in) + (1 << (shift(fan_in) - 1));
	// `2^(w - 1)` is the smallest power of two above the bound.
	(bound + 1).next_power_of_two().trailing_zeros() + 1
}

/// The widths `n_0, n_1, …, n_L` of a perceptron: inputs, hidden layers, outputs.
///
/// It alone determines the circuit. Written `64-32-10`, as JSON `{"widths":[64,32,10]}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "UncheckedArchitecture")]
pub struct Architecture {
	widths: Vec<u32>,
}

/// What stands in a file before it is checked.
#[derive(Deserialize)]
#[serde(rename = "Architecture", deny_unknown_fields)]
struct UncheckedArchitecture {
	widths: Vec<u32>,
}

impl TryFrom<UncheckedArchitecture> for Architecture {
	type Error = ArchitectureError;

	fn try_from(unchecked: UncheckedArchitecture) -> Result<Self, Self::Error> {
		Self::new(unchecked.widths)
	}
}

impl Architecture {
	/// Checks the widths.
	///
	/// # Errors
	///
	/// [`ArchitectureError`] when a count or a size is outside its limits.
	pub fn new(widths: Vec<u32>) -> Result<Self, ArchitectureError> {
		if !(2..=MAX_LAYERS + 1).contains(&widths.len()) {
			return Err(ArchitectureError::Depth { got: widths.len() });
		}
		for (position, &got) in widths.iter().enumerate() {
			if !(1..=MAX_WIDTH).contains(&got) {
				return Err(ArchitectureError::Width { position, got });
			}
		}
		let architecture = Self { widths };
		let outputs = architecture.output_count() as u32;
		if outputs > MAX_OUTPUTS {
			return Err(ArchitectureError::Outputs { got: outputs });
		}
		let words = architecture.word_count();
		if words > MAX_WORDS {
			return Err(ArchitectureError::Words { got: words });
		}
		Ok(architecture)
	}

	/// The widths, inputs first.
	pub fn widths(&self) -> &[u32] {
		&self.widths
	}

	/// The layers with weights, in order.
	pub fn layers(&self) -> Vec<Layer> {
		let last = self.widths.len() - 2;
		self.widths
			.windows(2)
			.enumerate()
			.map(|(index, pair)| Layer::new(pair[0], pair[1], index != last))
			.collect()
	}

	/// The number of committed words, without the blinder.
	pub fn word_count(&self) -> usize {
		self.layers().iter().map(Layer::word_count).sum()
	}

	/// The number of weights and biases.
	pub fn parameter_count(&self) -> usize {
		self.layers().iter().map(|layer| (layer.fan_in + 1) * layer.fan_out).sum()
	}

	/// The length of an input in bytes.
	pub fn input_len(&self) -> usize {
		self.widths[0] as usize
	}

	/// The number of logits.
	pub fn output_count(&self) -> usize {
		self.widths[self.widths.len() - 1] as usize
	}

	/// The length of the output in bytes, [`LOGIT_BYTES`] a logit.
	pub fn output_len(&self) -> usize {
		self.output_count() * LOGIT_BYTES
	}

	/// What a proof of this circuit says, and how many public inputs it has.
	pub fn schema(&self) -> StatementSchema {
		StatementSchema::InferenceV1 {
			input_len: self.input_len() as u32,
			output_len: self.output_len() as u32,
		}
	}
}

impl fmt::Display for Architecture {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		for (position, width) in self.widths.iter().enumerate() {
			if position > 0 {
				f.write_str("-")?;
			}
			write!(f, "{width}")?;
		}
		Ok(())
	}
}

impl FromStr for Architecture {
	type Err = ArchitectureError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let widths = text
			.split('-')
			.map(|width| width.parse())
			.collect::<Result<_, _>>()
			.map_err(|_| ArchitectureError::Syntax { got: text.into() })?;
		Self::new(widths)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn parsed(text: &str) -> Architecture {
		text.parse().expect("the test's architecture is valid")
	}

	mod widths {
		use super::*;

		#[test]
		fn are_written_with_dashes() {
			assert_eq!(parsed("64-32-10").widths(), [64, 32, 10]);
			assert_eq!(parsed("64-32-10").to_string(), "64-32-10");
		}

		#[test]
		fn that_are_not_numbers_are_refused() {
			for text in ["", "64", "64-", "-64", "64-x-10", "64 - 10", "64-+", "4294967296-1"] {
				let error = text.parse::<Architecture>().expect_err(text);
				assert!(
					matches!(
						error,
						ArchitectureError::Syntax { .. } | ArchitectureError::Depth { got: 1 }
					),
					"{text}: {error}"
				);
			}
		}

		#[test]
		fn have_limits() {
			let new = |widths: &[u32]| Architecture::new(widths.to_vec());
			assert_eq!(new(&[]), Err(ArchitectureError::Depth { got: 0 }));
			assert_eq!(new(&[4]), Err(ArchitectureError::Depth { got: 1 }));
			assert!(new(&[1; MAX_LAYERS + 1]).is_ok());
			assert_eq!(
				new(&[1; MAX_LAYERS + 2]),
				Err(ArchitectureError::Depth { got: MAX_LAYERS + 2 })
			);
			assert_eq!(new(&[4, 0, 2]), Err(ArchitectureError::Width { position: 1, got: 0 }));
			assert!(new(&[MAX_WIDTH, 1]).is_ok());
			assert_eq!(
				new(&[MAX_WIDTH + 1, 1]),
				Err(ArchitectureError::Width { position: 0, got: MAX_WIDTH + 1 })
			);
			assert!(new(&[1, MAX_OUTPUTS]).is_ok());
			assert_eq!(
				new(&[1, MAX_OUTPUTS + 1]),
				Err(ArchitectureError::Outputs { got: MAX_OUTPUTS + 1 })
			);
			assert!(matches!(
				new(&[MAX_WIDTH, MAX_WIDTH, 1]),
				Err(ArchitectureError::Words { .. })
			));
		}

		#[test]
		fn are_checked_when_read_from_json() {
			let json = serde_json::to_string(&parsed("64-32-10")).expect("serializes");
			assert_eq!(json, r#"{"widths":[64,32,10]}"#);
			assert_eq!(
				serde_json::from_str::<Architecture>(&json).expect("parses"),
				parsed("64-32-10")
			);
			for json in [r#"{"widths":[64]}"#, r#"{"widths":[64,0]}"#, r#"{"widths":[1,1],"x":1}"#]
			{
				assert!(serde_json::from_str::<Architecture>(json).is_err(), "{json}");
			}
		}
	}

	mod layers {
		use super::*;

		#[test]
		fn of_a_digit_classifier() {
			let [hidden, last] = parsed("784-56-10").layers()[..] else { panic!("two layers") };
			assert!(hidden.hidden && !last.hidden);
			assert_eq!((hidden.limb_width, hidden.strands, hidden.groups), (27, 9, 7));
			assert_eq!((last.limb_width, last.strands, last.groups), (23, 11, 1));
			assert_eq!(parsed("784-56-10").word_count(), 7 * 785 + 57);
			assert_eq!(parsed("784-56-10").output_len(), 40);
			assert_eq!(parsed("784-56-10").parameter_count(), 785 * 56 + 57 * 10);
		}

		#[test]
		fn cut_outputs_into_groups_with_a_partial_last_one() {
			let layer = parsed("784-56-10").layers()[0];
			let groups: Vec<_> = layer.group_outputs().collect();
			assert_eq!(groups.first(), Some(&(0..9)));
			assert_eq!(groups.last(), Some(&(54..56)));
		}

		#[test]
		fn never_let_an_accumulator_leave_its_limb() {
			for fan_in in 1..=MAX_WIDTH {
				let layer = Layer::new(fan_in, 1, true);
				let largest = i64::from(layer.bias_max())
					+ i64::from(WEIGHT_MAX) * i64::from(ACTIVATION_MAX) * i64::from(fan_in);
				let offset = layer.limb_offset() as i64;
				assert!(offset - largest >= 0, "{fan_in}");
				assert!(offset + largest < 1 << layer.limb_width, "{fan_in}");
				assert!(layer.strands as u32 * layer.limb_width <= WORD_BITS, "{fan_in}");
				assert!(layer.limb_width <= 32, "{fan_in}");
				assert!(layer.shift + ACTIVATION_BITS < layer.limb_width, "{fan_in}");
			}
		}

		#[test]
		fn take_the_smallest_limb_that_holds_the_bound() {
			for fan_in in 1..=MAX_WIDTH {
				let bound = 2 * 255 * 128 * u64::from(fan_in) + (1 << (shift(fan_in) - 1));
				let width = limb_width(fan_in);
				assert!(bound < 1 << (width - 1), "{fan_in}");
				assert!(bound >= 1 << (width - 2), "{fan_in}");
			}
		}

		#[test]
		fn shift_by_a_function_of_the_fan_in() {
			let shifts: Vec<_> =
				[1, 2, 4, 5, 16, 17, 32, 64, 784, 16_384].into_iter().map(shift).collect();
			assert_eq!(shifts, [5, 6, 6, 7, 7, 8, 8, 8, 10, 12]);
		}
	}
}
