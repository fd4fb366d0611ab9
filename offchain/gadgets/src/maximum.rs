// SPDX-License-Identifier: Apache-2.0
//! The largest of several bytes.

use ark_ff::One;
use ark_relations::gr1cs::LinearCombination;
use candor_statement::Fr;

use crate::{ranges::Ranges, Cell, Sum, Synthesis, System};

/// The largest of bytes: what is missing to it is a byte for each of them, and nothing for one.
///
/// Both together determine it: it is one of the bytes and no other is larger. Costs a byte in range
/// for each, and a product for each but the first; with differences `d`:
///
/// ```text
/// d_1 * d_2 = p_2      p_2 * d_3 = p_3      …      p * d_n = 0
/// ```
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where there are no bytes.
pub fn maximum(cs: &System, ranges: &mut Ranges, bytes: &[Sum]) -> Synthesis<Sum> {
	let (first, rest) = bytes.split_first().expect("the largest of at least one");
	if rest.is_empty() {
		return Ok(first.clone());
	}
	let values = bytes.iter().map(|byte| byte.value).collect::<Option<Vec<_>>>();
	let largest = Sum::from(Cell::witness(cs, values.and_then(|values| values.into_iter().max()))?);
	let differences = bytes.iter().map(|byte| {
		let mut difference = largest.clone();
		difference.add(-Fr::one(), byte);
		difference
	});
	let differences: Vec<Sum> = differences.collect();
	for difference in &differences {
		ranges.enforce_byte(difference.clone())?;
	}
	let (last, differences) = differences.split_last().expect("one for each byte");
	let mut product: Option<Sum> = None;
	for difference in differences {
		product = Some(match product {
			None => difference.clone(),
			Some(product) => Sum::product(cs, product, difference.clone())?.into(),
		});
	}
	let product = product.expect("there are at least two bytes");
	let last = last.clone();
	cs.enforce_r1cs_constraint(|| product.into_lc(), || last.into_lc(), LinearCombination::zero)?;
	Ok(largest)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{ranges::Method, testing::TestSystem};
	use proptest::prelude::*;

	/// A system in which the largest of public bytes has to be the public `claimed`.
	fn largest(method: Method, bytes: &[u8], claimed: u8) -> TestSystem {
		TestSystem::with_ranges(method, |cs, ranges| {
			let claimed = Cell::public(cs, Some(claimed.into()))?;
			let bytes =
				bytes.iter().map(|&byte| Cell::public(cs, Some(byte.into())).map(Sum::from));
			let bytes = bytes.collect::<Synthesis<Vec<_>>>()?;
			maximum(cs, ranges, &bytes)?.enforce_equal(cs, claimed)
		})
	}

	#[test]
	fn of_four_costs_seven_constraints_beyond_the_table() {
		let claim = 1;
		assert_eq!(largest(Method::Lookups, &[1, 2, 3, 4], 4).constraints(), 257 + claim + 4 + 3);
	}

	#[test]
	fn of_one_is_that_one() {
		assert_eq!(largest(Method::Bits, &[7], 7).constraints(), 1);
	}

	#[test]
	fn every_cell_is_determined() {
		for bytes in [[0, 0, 0], [255, 255, 0], [1, 2, 3], [3, 2, 1], [0, 255, 255]] {
			let most = bytes.into_iter().max().unwrap_or_default();
			for method in [Method::Bits, Method::Lookups] {
				let system = largest(method, &bytes, most);
				assert!(system.holds());
				for cell in 0..system.witnesses() {
					let forged = [(cell, system.witness(cell) + Fr::one())];
					assert!(!system.holds_with_all(&forged), "cell {cell} of {bytes:?}");
				}
			}
		}
	}

	#[test]
	fn a_larger_and_a_smaller_one_are_rejected() {
		// 9 is above all of them, 3 is one of them.
		let (bytes, cell) = ([3, 8, 5], 0);
		let system = largest(Method::Lookups, &bytes, 8);
		for forged in [9u64, 3, 5, 0] {
			let differences = bytes.map(|byte| Fr::from(forged) - Fr::from(byte));
			let product = differences[0] * differences[1];
			let value = Fr::from(forged);
			let cells = [(cell, value), (1, product)];
			assert!(!system.holds_for_a_forger(&cells, &[(0, value)]), "{forged}");
		}
	}

	proptest! {
		#[test]
		fn exactly_the_largest_is_accepted(
			bytes in prop::collection::vec(any::<u8>(), 1..9), claimed: u8,
		) {
			let most = *bytes.iter().max().expect("there is one");
			for method in [Method::Bits, Method::Lookups] {
				prop_assert!(largest(method, &bytes, most).holds());
				prop_assert_eq!(largest(method, &bytes, claimed).holds(), claimed == most);
			}
		}
	}
}
