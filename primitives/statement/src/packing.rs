// SPDX-License-Identifier: Apache-2.0

//! Packing of bytes into field elements.

use alloc::vec::Vec;
use ark_bn254::Fr;
use ark_ff::PrimeField;

/// Bytes in a word: the most that any value of which stays below the field's order.
pub const BYTES_PER_WORD: usize = 31;

/// Packs bytes into words: groups of [`BYTES_PER_WORD`], the last one possibly shorter, each read
/// as a little-endian integer.
///
/// A word is below `2^248`, so packing is injective among byte strings of one length. Strings that
/// differ only by zeros at the end of the last group pack alike: the length has to be fixed
/// elsewhere, as the model's schema does.
pub fn pack(bytes: &[u8]) -> Vec<Fr> {
	// 31 bytes are never reduced, so the conversion is exact.
	bytes.chunks(BYTES_PER_WORD).map(Fr::from_le_bytes_mod_order).collect()
}

/// The number of words that `bytes` bytes are packed into.
pub const fn packed_len(bytes: u32) -> u32 {
	bytes.div_ceil(BYTES_PER_WORD as u32)
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::{BigInteger, Zero};
	use proptest::prelude::*;

	#[test]
	fn no_bytes_are_no_words() {
		assert!(pack(&[]).is_empty());
		assert_eq!(packed_len(0), 0);
	}

	#[test]
	fn the_first_byte_is_the_least_significant() {
		let mut bytes = [0; BYTES_PER_WORD + 1];
		bytes[0] = 7;
		bytes[1] = 1;
		bytes[BYTES_PER_WORD] = 9;
		assert_eq!(pack(&bytes), [Fr::from(256 + 7), Fr::from(9)]);
	}

	#[test]
	fn a_full_word_is_not_reduced() {
		let word = pack(&[0xff; BYTES_PER_WORD])[0].into_bigint();
		assert_eq!(word.num_bits(), 248);
		assert_eq!(word.to_bytes_le()[..BYTES_PER_WORD], [0xff; BYTES_PER_WORD]);
	}

	#[test]
	fn the_length_counts_a_group_that_has_begun() {
		for (bytes, words) in [(1, 1), (30, 1), (31, 1), (32, 2), (40, 2), (62, 2), (63, 3)] {
			assert_eq!(packed_len(bytes), words, "{bytes} bytes");
		}
		assert_eq!(packed_len(u32::MAX), 138_547_333);
	}

	#[test]
	fn the_length_has_to_be_fixed_elsewhere() {
		assert_eq!(pack(&[5]), pack(&[5, 0]));
	}

	proptest! {
		#[test]
		fn packed_bytes_can_be_read_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
			let words = pack(&bytes);
			prop_assert_eq!(words.len(), packed_len(bytes.len() as u32) as usize);
			let mut read = Vec::new();
			for word in words {
				let all = word.into_bigint().to_bytes_le();
				prop_assert_eq!(all[BYTES_PER_WORD], 0);
				read.extend_from_slice(&all[..BYTES_PER_WORD]);
			}
			let padding = read.split_off(bytes.len());
			prop_assert_eq!(read, bytes);
			prop_assert!(padding.iter().all(Zero::is_zero));
		}

		#[test]
		fn strings_of_one_length_pack_differently(
			(a, b) in (1usize..100).prop_flat_map(|n| (
				prop::collection::vec(any::<u8>(), n),
				prop::collection::vec(any::<u8>(), n),
			)),
			place in any::<prop::sample::Index>(),
			difference in 1u8..,
		) {
			prop_assert_eq!(a == b, pack(&a) == pack(&b));
			let mut near = a.clone();
			near[place.index(a.len())] ^= difference;
			prop_assert_ne!(pack(&a), pack(&near));
		}
	}
}
