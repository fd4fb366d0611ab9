// SPDX-License-Identifier: Apache-2.0
//! The output of a model, as the chain has it: logits as bytes.

/// The bytes of one logit in the output.
pub const LOGIT_BYTES: usize = 4;

/// The output bytes of logits: each in two's complement, little-endian.
pub fn output_bytes(logits: &[i32]) -> Vec<u8> {
	logits.iter().flat_map(|logit| logit.to_le_bytes()).collect()
}

/// The logits of output bytes; nothing unless the length is a multiple of [`LOGIT_BYTES`].
pub fn logits_from_bytes(output: &[u8]) -> Option<Vec<i32>> {
	let (logits, rest) = output.as_chunks::<LOGIT_BYTES>();
	rest.is_empty().then(|| logits.iter().map(|bytes| i32::from_le_bytes(*bytes)).collect())
}

/// The position of the first maximum; nothing of an empty list.
pub fn argmax<T: PartialOrd + Copy>(logits: &[T]) -> Option<usize> {
	let (mut position, mut max) = (0, *logits.first()?);
	for (at, logit) in logits.iter().enumerate() {
		if *logit > max {
			(position, max) = (at, *logit);
		}
	}
	Some(position)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn logits_are_little_endian_in_twos_complement() {
		assert_eq!(output_bytes(&[1, -2]), [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
		assert_eq!(logits_from_bytes(&[1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]), Some(vec![1, -2]));
		assert_eq!(logits_from_bytes(&[1, 0, 0]), None);
	}

	#[test]
	fn the_first_of_equal_maxima_wins() {
		assert_eq!(argmax(&[-3, 7, 7, 1]), Some(1));
		assert_eq!(argmax(&[-1.0, 2.0, 2.0]), Some(1));
		assert_eq!(argmax::<i32>(&[]), None);
	}
}
