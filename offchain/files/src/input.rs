// SPDX-License-Identifier: Apache-2.0
//! Bytes of unknown origin, read from the front.

/// Bytes that have not been read yet. Integers are little-endian. Where there are fewer bytes than are
/// asked for, nothing is read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
	/// The next `count` bytes.
	pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
		let (taken, rest) = self.0.split_at_checked(count)?;
		self.0 = rest;
		Some(taken)
	}

	/// The bytes of the next `count` items of `size` bytes each. Whoever reserves memory for items that
	/// are there reserves no more than what was read.
	pub fn items(&mut self, count: u64, size: usize) -> Option<&'a [u8]> {
		self.take(usize::try_from(count).ok()?.checked_mul(size)?)
	}

	/// The next bytes.
	pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
		self.take(N)?.try_into().ok()
	}

	/// The next byte.
	pub fn byte(&mut self) -> Option<u8> {
		self.array().map(|[byte]| byte)
	}

	/// The next four bytes as a number.
	pub fn u32(&mut self) -> Option<u32> {
		self.array().map(u32::from_le_bytes)
	}

	/// The next eight bytes as a number.
	pub fn u64(&mut self) -> Option<u64> {
		self.array().map(u64::from_le_bytes)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_was_read_is_gone_and_the_rest_is_there() {
		let mut input = Input(&[1, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6, 7]);
		assert_eq!((input.byte(), input.u32(), input.u64()), (Some(1), Some(2), Some(3)));
		assert_eq!((input.array(), input.items(1, 1)), (Some([4, 5]), Some(&[6][..])));
		assert_eq!(input.0, [7]);
	}

	#[test]
	fn more_than_is_there_reads_nothing() {
		let mut input = Input(&[1, 2, 3]);
		assert_eq!((input.u32(), input.u64(), input.take(4)), (None, None, None));
		assert_eq!(input.array::<4>(), None);
		for (count, size) in [(2, 2), (u64::MAX, 1), (u64::MAX, usize::MAX)] {
			assert_eq!(input.items(count, size), None);
		}
		assert_eq!(input.take(3), Some(&[1, 2, 3][..]));
		assert_eq!((input.byte(), input.take(0)), (None, Some(&[][..])));
	}
}
