// SPDX-License-Identifier: Apache-2.0
//! Logits as bytes in two's complement, packed into public words.

use ark_ff::Zero;
use ark_relations::gr1cs::Variable;
use candor_graph::LOGIT_BYTES;
use candor_statement::{Fr, BYTES_PER_WORD};

use crate::{
	limb::{Limb, Part},
	power_of_two, Cell, Sum, Synthesis, System,
};

/// The bits of a logit in the output.
const LOGIT_BITS: usize = LOGIT_BYTES * 8;

/// The bits of a public word.
const OUTPUT_WORD_BITS: usize = BYTES_PER_WORD * 8;

/// Native: a signed integer of `width` bits, raised by `2^(width - 1)`, in two's complement.
#[cfg(test)]
fn twos_complement(raised: u64, width: u32) -> u32 {
	(raised as i64 - (1i64 << (width - 1))) as u32
}

/// A part of the output at its place: of a limb, or the opposite of a limb's top bit.
struct OutputPart {
	/// The first bit of the output that it fills.
	position: usize,
	part: Part,
	inverted: bool,
}

/// The 32 bits of a logit in two's complement, given the parts of the logit plus `2^(width - 1)`: the
/// low ones as they are, and the sign, which is the opposite of the top bit.
fn logit_parts(limb: &Limb, first: usize) -> Vec<OutputPart> {
	let mut low = limb.parts();
	let top = low.pop().expect("a limb has a top bit");
	let mut position = first;
	let mut parts = Vec::with_capacity(LOGIT_BITS);
	for part in low {
		let width = part.width as usize;
		parts.push(OutputPart { position, part, inverted: false });
		position += width;
	}
	for position in position..first + LOGIT_BITS {
		parts.push(OutputPart { position, part: top.clone(), inverted: true });
	}
	parts
}

/// Constrains the public words to hold the bytes of the logits: a constraint a word.
///
/// A limb is a logit plus half the limb's range.
///
/// # Errors
///
/// The constraint system's.
///
/// # Panics
///
/// Where the words are not as many as the output has.
pub fn enforce_output(cs: &System, limbs: &[Limb], words: &[Cell]) -> Synthesis<()> {
	let firsts = (0..).step_by(LOGIT_BITS);
	let parts: Vec<OutputPart> =
		limbs.iter().zip(firsts).flat_map(|(limb, first)| logit_parts(limb, first)).collect();
	let word_of = |part: &OutputPart| part.position / OUTPUT_WORD_BITS;
	let groups = parts.chunk_by(|left, right| word_of(left) == word_of(right));
	assert_eq!(groups.clone().count(), words.len(), "the words hold the output");
	for (group, word) in groups.zip(words) {
		packed(group).enforce_equal(cs, *word)?;
	}
	Ok(())
}

/// The word that parts fill. Repeated signs of a logit are one term.
fn packed(parts: &[OutputPart]) -> Sum {
	let mut constant = Fr::zero();
	let mut terms: Vec<(Fr, Variable)> = Vec::new();
	let mut value = Some(Fr::zero());
	for OutputPart { position, part: Part { sum, width }, inverted } in parts {
		let first = position % OUTPUT_WORD_BITS;
		assert!(first + *width as usize <= OUTPUT_WORD_BITS, "a part stands in one word");
		let power = power_of_two(first as u32);
		let factor = if *inverted {
			constant += power;
			-power
		} else {
			power
		};
		value = value.zip(sum.value).map(|(word, part)| word + factor * part);
		for (coefficient, variable) in &sum.terms {
			let coefficient = factor * coefficient;
			match terms.last_mut() {
				Some((sum, last)) if last == variable => *sum += coefficient,
				_ => terms.push((coefficient, *variable)),
			}
		}
	}
	terms.push((constant, Variable::One));
	Sum { terms, value: value.map(|value| value + constant) }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{ranges::Method, testing::TestSystem};
	use ark_ff::One;
	use candor_graph::{output_bytes, Sums};
	use candor_statement::pack;
	use proptest::prelude::*;

	/// A system in which `logits` have to stand in the public `words`.
	fn output(logits: &[i32], words: &[Fr], width: u32) -> TestSystem {
		output_by(Method::Bits, logits, words, width)
	}

	fn output_by(method: Method, logits: &[i32], words: &[Fr], width: u32) -> TestSystem {
		TestSystem::with_ranges(method, |cs, ranges| {
			let words = words
				.iter()
				.map(|word| Cell::public(cs, Some(*word)))
				.collect::<Result<Vec<_>, _>>()?;
			let limbs = logits
				.iter()
				.map(|&logit| {
					let raised = (i64::from(logit) + (1i64 << (width - 1))) as u64;
					assert_eq!(twos_complement(raised, width), logit as u32);
					Limb::new(cs, ranges, Some(raised), Sums { width, rounding: 0 })
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
	fn parts_that_are_looked_up_make_the_same_bytes() {
		let logits: Vec<i32> = (0..20).map(|i| (i - 10) * 12_345).collect();
		let words = pack(&output_bytes(&logits));
		for width in [19, 23, 24, 25, 26, 32] {
			let system = output_by(Method::Lookups, &logits, &words, width);
			system.assert_every_witness_is_determined();
			for word in 0..words.len() {
				let mut wrong = words.clone();
				wrong[word] += Fr::one();
				assert!(!output_by(Method::Lookups, &logits, &wrong, width).holds(), "word {word}");
			}
		}
		let edges = [i32::MIN, -1, 0, 1, i32::MAX];
		assert!(output_by(Method::Lookups, &edges, &pack(&output_bytes(&edges)), 32).holds());
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
