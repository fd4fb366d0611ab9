// SPDX-License-Identifier: Apache-2.0

//! The Grain LFSR that the constants of Poseidon come from, in self-shrinking mode, as the
//! [reference implementation](https://eprint.iacr.org/2019/458) seeds it.

use super::FULL_ROUNDS;
use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};

/// Bits that follow from the register at once: the nearest of those that a new bit is made of is 18
/// before it.
const BITS_AT_ONCE: u32 = 16;

/// Bits of the register.
const LENGTH: u32 = 80;

/// Bits that come before the first one that counts.
const WARM_UP: u32 = 160;

/// The generator for one width of the state.
pub(super) struct Grain {
	/// The last bits, the oldest one lowest.
	register: u128,
	/// Bits that count and were not yet used, the oldest one highest, behind some that were.
	queue: u64,
	/// How many they are.
	waiting: u32,
}

impl Grain {
	/// The generator for the prime field [`Fr`] and the S-box `x^5`.
	pub fn new(width: usize, partial_rounds: usize) -> Self {
		// What is written with its highest bit first, and in how many bits: a prime field, a power for an S-box, sizes, ones.
		let parameters = [
			(1, 2),
			(0, 4),
			(u128::from(Fr::MODULUS_BIT_SIZE), 12),
			(width as u128, 12),
			(FULL_ROUNDS as u128, 10),
			(partial_rounds as u128, 10),
			((1 << 30) - 1, 30),
		];
		let written = parameters.iter().fold(0u128, |bits, (value, length)| bits << length | value);
		let mut grain =
			Self { register: written.reverse_bits() >> (128 - LENGTH), queue: 0, waiting: 0 };
		(0..WARM_UP / BITS_AT_ONCE).for_each(|_| {
			grain.step();
		});
		grain
	}

	/// The next bits, the first one lowest.
	fn step(&mut self) -> u64 {
		let Self { register, .. } = *self;
		let taps = register
			^ register >> 13
			^ register >> 23
			^ register >> 38
			^ register >> 51
			^ register >> 62;
		let new = taps & ((1 << BITS_AT_ONCE) - 1);
		self.register = (register | new << LENGTH) >> BITS_AT_ONCE;
		new as u64
	}

	/// Queues the second bits of pairs whose first one is set.
	fn shrink(&mut self) {
		let bits = self.step();
		for pair in (0..BITS_AT_ONCE).step_by(2).map(|at| bits >> at) {
			let (first, second) = (pair & 1, pair >> 1 & 1);
			self.queue = self.queue << first | first & second;
			self.waiting = self.waiting.saturating_add(first as u32);
		}
	}

	/// The next bits, up to 32, the first one highest.
	fn bits(&mut self, count: u32) -> u64 {
		while self.waiting < count {
			self.shrink();
		}
		self.waiting = self.waiting.saturating_sub(count);
		self.queue >> self.waiting & !(u64::MAX << count)
	}

	/// The next integer of as many bits as the modulus, the highest bit first.
	fn integer(&mut self) -> BigInt<4> {
		let highest = Fr::MODULUS_BIT_SIZE.saturating_sub(7 * 32);
		let word = |high: u32| self.bits(high) << 32 | self.bits(32);
		let [d, c, b, a] = [highest, 32, 32, 32].map(word);
		BigInt::new([a, b, c, d])
	}

	/// The next element: integers that are not below the modulus are left out.
	pub fn element(&mut self) -> Fr {
		loop {
			if let Some(element) = Fr::from_bigint(self.integer()) {
				return element;
			}
		}
	}

	/// The next integer modulo the modulus.
	pub fn remainder(&mut self) -> Fr {
		Fr::from_le_bytes_mod_order(&self.integer().to_bytes_le())
	}
}
