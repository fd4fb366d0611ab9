// SPDX-License-Identifier: Apache-2.0

//! Commitments to models and inputs: a sponge over Poseidon in overwrite mode, with a capacity of
//! one element that starts as domain and length.
//!
//! Words and blinders may be secret, and the arithmetic is variable-time: see the section "Time" of
//! `docs/statement.md`.

use crate::{pack, poseidon, InputCommitment, ModelCommitment, BYTES_PER_WORD};
use ark_bn254::Fr;
use ark_ff::{PrimeField, Zero};

/// Words absorbed by one permutation.
pub const GROUP: usize = poseidon::MAX_INPUTS;

/// Bytes of an initial value that the domain's name is padded to; the count takes the others.
const NAME_BYTES: usize = BYTES_PER_WORD - size_of::<u64>();

/// What is committed to. Domains start from different initial values, so that no commitment to one
/// kind of object is a commitment to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
	/// The input of an inference.
	Input,
	/// The weights and biases of a model.
	Model,
}

impl Domain {
	/// The text that stands for the domain in the initial value.
	const fn name(self) -> &'static [u8] {
		match self {
			Self::Input => b"candor/input/v1",
			Self::Model => b"candor/model/v1",
		}
	}
}

/// The state's first element before anything is absorbed: the 31 bytes
/// `domain, padded with zeros to 23 bytes ‖ count (u64, little-endian)`, read as a little-endian
/// integer.
///
/// `count` is the number of words absorbed, the blinder included.
pub fn initial_value(domain: Domain, count: u64) -> Fr {
	let mut bytes = [0; BYTES_PER_WORD];
	let (name, length) = bytes.split_at_mut(NAME_BYTES);
	name.iter_mut().zip(domain.name()).for_each(|(byte, letter)| *byte = *letter);
	length.copy_from_slice(&count.to_le_bytes());
	Fr::from_le_bytes_mod_order(&bytes)
}

/// Commits to `words`, which `blinder` is appended to.
pub fn commit(domain: Domain, words: &[Fr], blinder: Fr) -> Fr {
	let absorbed = [words, &[blinder]].concat();
	let initial = initial_value(domain, absorbed.len() as u64);
	absorbed.chunks(GROUP).fold(initial, |state, group| {
		let mut padded = [Fr::zero(); GROUP];
		padded.iter_mut().zip(group).for_each(|(slot, word)| *slot = *word);
		poseidon::hash_group(&padded, state)
	})
}

/// Commits to the bytes of an input. The blinder is zero where the input is posted on chain, and
/// drawn uniformly at random where it is to stay private.
pub fn commit_input(bytes: &[u8], blinder: Fr) -> InputCommitment {
	InputCommitment::from_field(commit(Domain::Input, &pack(bytes), blinder))
}

/// Commits to the packed weights and biases of a model, laid out as `docs/circuit.md` says. The
/// blinder is drawn uniformly at random where the weights are to stay private.
pub fn commit_model(words: &[Fr], blinder: Fr) -> ModelCommitment {
	ModelCommitment::from_field(commit(Domain::Model, words, blinder))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn words(values: &[u64]) -> Vec<Fr> {
		values.iter().copied().map(Fr::from).collect()
	}

	#[test]
	fn padding_is_not_taken_for_a_word() {
		let blinder = Fr::zero();
		for domain in [Domain::Input, Domain::Model] {
			assert_ne!(
				commit(domain, &words(&[7]), blinder),
				commit(domain, &words(&[7, 0]), blinder)
			);
			assert_ne!(commit(domain, &[], blinder), commit(domain, &words(&[0]), blinder));
			assert_ne!(
				commit(domain, &words(&[0; GROUP - 1]), blinder),
				commit(domain, &words(&[0; GROUP]), blinder)
			);
		}
	}

	#[test]
	fn the_domains_differ() {
		let (words, blinder) = (words(&[1, 2, 3]), Fr::from(4));
		assert_ne!(
			commit_input(&[1], Fr::zero()).to_field(),
			commit_model(&pack(&[1]), Fr::zero()).to_field()
		);
		assert_ne!(commit(Domain::Input, &words, blinder), commit(Domain::Model, &words, blinder));
	}

	#[test]
	fn the_initial_value_is_read_little_endian() {
		let mut bytes = *b"candor/model/v1\0\0\0\0\0\0\0\0\x02\x01\0\0\0\0\0\0";
		assert_eq!(initial_value(Domain::Model, 0x0102), Fr::from_le_bytes_mod_order(&bytes));
		bytes.reverse();
		assert_eq!(initial_value(Domain::Model, 0x0102), Fr::from_be_bytes_mod_order(&bytes));
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(16))]

		#[test]
		fn every_word_and_the_blinder_count(
			values in prop::collection::vec(any::<u64>(), 1..40),
			blinder: u64,
			place in any::<prop::sample::Index>(),
			difference in 1u64..,
		) {
			let here = commit(Domain::Model, &words(&values), blinder.into());
			let mut other = values.clone();
			let place = place.index(values.len());
			other[place] = other[place].wrapping_add(difference);
			prop_assert_ne!(here, commit(Domain::Model, &words(&other), blinder.into()));
			let blinder = blinder.wrapping_add(difference);
			prop_assert_ne!(here, commit(Domain::Model, &words(&values), blinder.into()));
		}
	}
}
