// SPDX-License-Identifier: Apache-2.0
//! Commitments: the sponge of `statement.md`, with [`candor_statement::commitment::commit`] as its
//! native mirror.

use ark_ff::Zero;
use candor_statement::{
	commitment::{initial_value, Domain, GROUP},
	Fr,
};

use crate::{poseidon::Permutation, Cell, Sum, Synthesis, System};

/// Constrains `commitment` to be the commitment to the words under the blinder.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
pub fn enforce_commitment(
	cs: &System,
	domain: Domain,
	mut words: Vec<Sum>,
	blinder: Cell,
	commitment: Cell,
) -> Synthesis<()> {
	words.push(blinder.into());
	let mut state = Sum::constant(initial_value(domain, words.len() as u64));
	words.resize_with(words.len().next_multiple_of(GROUP), || Sum::constant(Fr::zero()));
	let mut words = words.into_iter();
	while words.len() > 0 {
		let group = words.by_ref().take(GROUP).collect();
		state = Permutation::widest().hash(cs, state, group)?;
	}
	state.enforce_equal(cs, commitment)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::TestSystem;
	use candor_statement::commitment::commit;

	fn system(domain: Domain, words: &[Fr], blinder: Fr, claimed: Fr) -> TestSystem {
		TestSystem::new(|cs| {
			let claimed = Cell::public(cs, Some(claimed))?;
			let words = words
				.iter()
				.map(|word| Cell::witness(cs, Some(*word)).map(Sum::from))
				.collect::<Result<_, _>>()?;
			let blinder = Cell::witness(cs, Some(blinder))?;
			enforce_commitment(cs, domain, words, blinder, claimed)
		})
	}

	fn words(count: usize) -> Vec<Fr> {
		(0..count as u64).map(|word| Fr::from(word * word + 1)).collect()
	}

	#[test]
	fn the_gadget_agrees_with_the_native_commitment() {
		for count in [0, 1, 14, 15, 16, 17, 31, 32, 40] {
			for domain in [Domain::Input, Domain::Model] {
				let (words, blinder) = (words(count), Fr::from(99));
				let expected = commit(domain, &words, blinder);
				assert!(system(domain, &words, blinder, expected).holds(), "{count} words");
			}
		}
	}

	#[test]
	fn no_other_words_order_domain_or_blinder_fit() {
		let (honest, blinder) = (words(20), Fr::from(99));
		let expected = commit(Domain::Model, &honest, blinder);
		let holds =
			|domain, words: &[Fr], blinder| system(domain, words, blinder, expected).holds();
		assert!(holds(Domain::Model, &honest, blinder));

		assert!(!holds(Domain::Input, &honest, blinder));
		assert!(!holds(Domain::Model, &honest, Fr::from(98)));
		let mut swapped = honest.clone();
		swapped.swap(3, 18);
		assert!(!holds(Domain::Model, &swapped, blinder));
		assert!(!holds(Domain::Model, &honest[..19], blinder));
		let mut longer = honest.clone();
		longer.push(Fr::zero());
		assert!(!holds(Domain::Model, &longer, blinder));
	}

	#[test]
	fn every_witness_is_determined() {
		let (words, blinder) = (words(18), Fr::from(99));
		let expected = commit(Domain::Model, &words, blinder);
		system(Domain::Model, &words, blinder, expected).assert_every_witness_is_determined();
	}
}
