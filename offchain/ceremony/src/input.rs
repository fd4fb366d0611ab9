// SPDX-License-Identifier: Apache-2.0
//! Bytes of unknown origin, read from the front.

use ark_bn254::{G1Affine, G2Affine};
use candor_bn254::encoding::{Reader, G1_BYTES, G2_BYTES};
use rayon::prelude::*;

/// Bytes that have not been read yet. Integers are little-endian; a point is two coordinates below
/// the modulus, encoded as on chain, and not checked further.
pub(crate) struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
	pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
		let (taken, rest) = self.0.split_at_checked(count)?;
		self.0 = rest;
		Some(taken)
	}

	pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
		self.take(N)?.try_into().ok()
	}

	pub fn byte(&mut self) -> Option<u8> {
		self.take(1)?.first().copied()
	}

	pub fn u32(&mut self) -> Option<u32> {
		self.array().map(u32::from_le_bytes)
	}

	pub fn u64(&mut self) -> Option<u64> {
		self.array().map(u64::from_le_bytes)
	}

	pub fn g1(&mut self) -> Option<G1Affine> {
		g1(self.take(G1_BYTES)?)
	}

	pub fn g2(&mut self) -> Option<G2Affine> {
		g2(self.take(G2_BYTES)?)
	}

	/// A list of points of the first group, their number in front.
	pub fn list_g1(&mut self) -> Option<Vec<G1Affine>> {
		self.list(G1_BYTES, g1)
	}

	/// A list of points of the second group, their number in front.
	pub fn list_g2(&mut self) -> Option<Vec<G2Affine>> {
		self.list(G2_BYTES, g2)
	}

	/// Memory is reserved only for points whose bytes are there.
	fn list<P: Send>(&mut self, size: usize, point: fn(&[u8]) -> Option<P>) -> Option<Vec<P>> {
		let count = usize::try_from(self.u32()?).ok()?;
		self.take(count.checked_mul(size)?)?.par_chunks_exact(size).map(point).collect()
	}
}

/// The kind of a contribution in a file of snarkjs that is a public random value.
pub(crate) const BEACON: [u8; 4] = 1u32.to_le_bytes();

/// The name among the parameters of a contribution in a file of snarkjs.
#[allow(clippy::option_option)]
pub(crate) fn contributor(parameters: &[u8]) -> Option<Option<String>> {
	const NAME: u8 = 1;
	const ITERATIONS: u8 = 2;
	const BEACON: u8 = 3;
	let mut input = Input(parameters);
	let mut name = None;
	let mut last = 0;
	while !input.0.is_empty() {
		let kind = input.byte()?;
		if kind <= last {
			return None;
		}
		last = kind;
		let value = input.byte()?;
		match kind {
			NAME => name = Some(String::from_utf8_lossy(input.take(value.into())?).into_owned()),
			ITERATIONS => {}
			BEACON => drop(input.take(value.into())?),
			_ => return None,
		}
	}
	Some(name)
}

fn g1(bytes: &[u8]) -> Option<G1Affine> {
	Reader::new(bytes).g1_unchecked().ok()
}

fn g2(bytes: &[u8]) -> Option<G2Affine> {
	Reader::new(bytes).g2_unchecked().ok()
}
