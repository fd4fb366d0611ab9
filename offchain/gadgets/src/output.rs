// SPDX-License-Identifier: Apache-2.0
//! Logits as bytes in two's complement, packed into public words.

use ark_ff::{One, Zero};
use ark_relations::gr1cs::Variable;
use candor_graph::LOGIT_BYTES;
use candor_statement::{Fr, BYTES_PER_WORD};

use crate::{bits::Bit, power_of_two, Cell, Sum, Synthesis, System};

/// The bits of a logit in the output.
const LOGIT_BITS: usize = LOGIT_BYTES * 8;

/// The bits of a public word.
const OUTPUT_WORD_BITS: usize = BYTES_PER_WORD * 8;

/// Native: a signed integer of `width` bits, raised by `2^(width - 1)`, in two's complement.
#[cfg(test)]
fn twos_complement(raised: u64, width: u32) -> u32 {
	(raised as i64 - (1i64 << (width - 1))) as u32
}

/// A bit of the output: a bit of a limb, or the opposite of one.
#[derive(Clone, Copy)]
struct OutputBit {
	bit: Bit,
	inverted: bool,
}

/// The 32 bits of a logit in two's complement, given the bits of the logit plus
/// `2^(width - 1)`: the low bits as they are, and the sign, which is the opposite of the top bit.
fn logit_bits(limb: &[Bit]) -> impl Iterator<Item = OutputBit> + '_ {
	let (top, low) = limb.split_last().expect("a limb has a top bit");
	let low = low.iter().map(|&bit| OutputBit { bit, inverted: false });
	low.chain(core::iter::repeat(OutputBit { bit: *top, inverted: true })).take(LOGIT_BITS)
}

/// Constrains the public words to hold the bytes of the logits: a constraint a word.
///
/// A limb is a logit plus half the limb's range, lowest bit first.
///
/// # Errors
///
/// The constraint system's.
///
/// # Panics
///
/// Where the words are not as many as the output has.
pub fn enforce_output(cs: &System, limbs: &[Vec<Bit>], words: &[Cell]) -> Synthesis<()> {
	let bits: Vec<OutputBit> = limbs.iter().flat_map(|limb| logit_bits(limb)).collect();
	let groups = bits.chunks(OUTPUT_WORD_BITS);
	assert_eq!(groups.len(), words.len(), "the words hold the output");
	for (group, word) in groups.zip(words) {
		packed(group).enforce_equal(cs, *word)?;
	}
	Ok(())
}

/// `Σ bit[p] * 2^p`. Repeated signs of a logit are one term.
fn packed(bits: &[OutputBit]) -> Sum {
	let mut constant = Fr::zero();
	let mut terms: Vec<(Fr, Variable)> = Vec::new();
	for (position, OutputBit { bit, inverted }) in (0..).zip(bits) {
		let power = power_of_two(position);
		let coefficient = if *inverted {
			constant += power;
			-power
		} else {
			power
		};
		match terms.last_mut() {
			Some((sum, variable)) if *variable == bit.variable => *sum += coefficient,
			_ => terms.push((coefficient, bit.variable)),
		}
	}
	let value = bits.iter().rev().try_fold(Fr::zero(), |sum, OutputBit { bit, inverted }| {
		let set = bit.value? != *inverted;
		Some(sum + sum + if set { Fr::one() } else { Fr::zero() })
	});
	terms.push((constant, Variable::One));
	Sum { terms, value }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{bits, testing::TestSystem};
	use candor_graph::output_bytes;
	use candor_statement::pack;
	use proptest::prelude::*;

	/// A system in which `logits` have to stand in the public `words`.
	fn output(logits: &[i32], words: &[Fr], width: u32) -> TestSystem {
		TestSystem::new(|cs| {
			let words = words
				.iter()
				.map(|word| Cell::public(cs, Some(*word)))
				.collect::<Result<Vec<_>, _>>()?;
			let limbs = logits
				.iter()
				.map(|&logit| {
					let raised = (i64::from(logit) + (1i64 << (width - 1))) as u64;
					assert_eq!(twos_complement(raised, width), logit as u32);
					bits::unsigned(cs, Some(raised), width)
				})
				.collect::<Result<Vec<_>, _>>()?;
			enforce_output(cs, &limbs, &words)
		})
	}

	#[test]
	fn logits_straddle_words() {
		let logits: Vec<i32> = (0..20).map(|i| (i - 10) * 12_345).collect();
		let words = pack(&output_bytes(&logits));
		assert_eq!(words.len(), 3);
		assert!(output(&logits, &words, 23).holds());
		for word in 0..words.len() {
			let mut wrong = words.clone();
			wrong[word] += Fr::one();
			assert!(!output(&logits, &wrong, 23).holds(), "word {word}");
		}
	}

	#[test]
	fn a_limb_of_32_bits_covers_every_logit() {
		let logits = [i32::MIN, -1, 0, 1, i32::MAX];
		assert!(output(&logits, &pack(&output_bytes(&logits)), 32).holds());
	}

	#[test]
	fn a_sign_cannot_be_left_out() {
		let words = pack(&output_bytes(&[-5]));
		assert!(output(&[-5], &words, 20).holds());
		assert!(!output(&[5], &words, 20).holds());
		assert!(!output(&[-5], &pack(&output_bytes(&[(1 << 20) - 5])), 20).holds());
	}

	#[test]
	fn swapped_logits_are_caught() {
		assert!(!output(&[1, 2], &pack(&output_bytes(&[2, 1])), 20).holds());
	}

	proptest! {
		#[test]
		fn exactly_the_bytes_of_the_logits_are_accepted(
			logits in prop::collection::vec(-(1i32 << 22)..1 << 22, 1..20),
			place in any::<prop::sample::Index>(),
			difference in 1i32..1000,
		) {
			prop_assert!(output(&logits, &pack(&output_bytes(&logits)), 23).holds());
			let mut wrong = logits.clone();
			wrong[place.index(logits.len())] -= difference;
			prop_assert!(!output(&logits, &pack(&output_bytes(&wrong)), 23).holds());
		}
	}
}
