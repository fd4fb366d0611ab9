// SPDX-License-Identifier: Apache-2.0
//! Points in bytes of unknown origin.

use ark_bn254::{G1Affine, G2Affine};
use candor_bn254::encoding::{Reader, G1_BYTES, G2_BYTES};
use candor_files::Input;
use rayon::prelude::*;

/// Reads points off the front of bytes. A point is two coordinates below the modulus, encoded as on
/// chain, and not checked further.
pub(crate) trait TakePoints {
	/// A point of the first group.
	fn g1(&mut self) -> Option<G1Affine>;
	/// A point of the second group.
	fn g2(&mut self) -> Option<G2Affine>;
	/// A list of points of the first group, their number (4 bytes) in front.
	fn list_g1(&mut self) -> Option<Vec<G1Affine>>;
	/// A list of points of the second group, their number (4 bytes) in front.
	fn list_g2(&mut self) -> Option<Vec<G2Affine>>;
}

impl TakePoints for Input<'_> {
	fn g1(&mut self) -> Option<G1Affine> {
		g1(self.take(G1_BYTES)?)
	}

	fn g2(&mut self) -> Option<G2Affine> {
		g2(self.take(G2_BYTES)?)
	}

	fn list_g1(&mut self) -> Option<Vec<G1Affine>> {
		list(self, G1_BYTES, g1)
	}

	fn list_g2(&mut self) -> Option<Vec<G2Affine>> {
		list(self, G2_BYTES, g2)
	}
}

fn list<P: Send>(
	input: &mut Input<'_>,
	size: usize,
	point: fn(&[u8]) -> Option<P>,
) -> Option<Vec<P>> {
	let count = input.u32()?;
	input.items(count.into(), size)?.par_chunks_exact(size).map(point).collect()
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
