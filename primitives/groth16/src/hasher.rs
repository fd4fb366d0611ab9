// SPDX-License-Identifier: Apache-2.0

//! How what verification draws is hashed.

use blake2::{digest::consts::U32, Blake2b, Digest};

/// Blake2b-256 of bytes and of lengths, which go in as 64 bits, little-endian.
pub(crate) struct Hasher(Blake2b<U32>);

impl Hasher {
	pub fn new() -> Self {
		Self(Blake2b::new())
	}

	pub fn update(&mut self, bytes: &[u8]) {
		self.0.update(bytes);
	}

	pub fn length(&mut self, length: usize) {
		let length = u64::try_from(length).unwrap_or(u64::MAX);
		self.0.update(length.to_le_bytes());
	}

	pub fn finish(self) -> [u8; 32] {
		self.0.finalize().into()
	}
}
