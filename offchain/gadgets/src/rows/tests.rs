// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	ranges::Method,
	testing::TestSystem,
	tree::{complete, differences, Merge},
};
use ark_ff::{Field, One, Zero};

const METHODS: [Method; 2] = [Method::Bits, Method::Lookups];

/// Rows of so many bytes, all different.
fn rows(count: u32, bytes: usize) -> Vec<Vec<u8>> {
	let byte = |row: usize, at: usize| (row * 37 + at * 101 + 5) as u8;
	(0..1 << count).map(|row| (0..bytes).map(|at| byte(row, at)).collect()).collect()
}

fn of_rows(rows: &[Vec<u8>]) -> Vec<Fr> {
	let mut words: Vec<Fr> =
		rows.iter().map(|row| word(row.iter().map(|byte| i64::from(*byte)))).collect();
	let merges = complete(words.len().ilog2());
	differences(&mut words, &merges);
	words
}

/// A system in which a public number selects a row of public words; its bytes have to be these.
fn selection(method: Method, number: u8, words: &[Fr], claimed: &[u8]) -> TestSystem {
	TestSystem::with_ranges(method, |cs, ranges| {
		let public = |value: Fr| Cell::public(cs, Some(value));
		let number = Sum::from(public(number.into())?);
		let words = words.iter().map(|word| public(*word)).collect::<Synthesis<Vec<_>>>()?;
		let claimed =
			claimed.iter().map(|byte| public((*byte).into())).collect::<Synthesis<Vec<_>>>()?;
		let number = Number::of(cs, ranges, &number, words.len().ilog2())?;
		let row = number.row(cs, ranges, &words, claimed.len())?;
		row.into_iter().zip(claimed).try_for_each(|(byte, claim)| byte.enforce_equal(cs, claim))
	})
}

#[test]
fn a_byte_selects_the_row_of_its_remainder() {
	for method in METHODS {
		for (count, bytes) in [(1, 3), (3, PER_WORD), (7, 1), (8, 2)] {
			let rows = rows(count, bytes);
			let words = of_rows(&rows);
			for number in [0, 1, 2, 5, 128, 200, 255] {
				let row = &rows[usize::from(number) % rows.len()];
				let system = selection(method, number, &words, row);
				assert!(system.holds(), "{number} of {count} bits by {method:?}");
				let mut other = row.clone();
				other[0] ^= 1;
				assert!(!selection(method, number, &words, &other).holds());
			}
		}
	}
}

#[test]
fn no_forger_changes_a_cell() {
	for (count, bytes) in [(1, 1), (2, 3), (3, 2), (8, 1)] {
		let rows = rows(count, bytes);
		for number in [0u8, 3, 255] {
			let row = &rows[usize::from(number) % rows.len()];
			let system = selection(Method::Lookups, number, &of_rows(&rows), row);
			assert!(system.holds());
			for cell in 0..system.witnesses() {
				let other = system.witness(cell) + Fr::one();
				assert!(!system.holds_with(cell, other), "cell {cell}");
			}
			system.assert_no_forger_changes_a_cell();
		}
	}
}

#[test]
fn a_row_costs_a_constraint_for_each_other_row_and_byte() {
	let (count, bytes) = (5, 4);
	let rows = rows(count, bytes);
	let system = selection(Method::Lookups, 7, &of_rows(&rows), &rows[7]);
	// The bits, the rest of three bits with its shifted copy, and that they are the number.
	let number = 5 + 2 + 1;
	let row = (1 << count) - 1 + 1 + bytes;
	let (table, claims) = (256 + 1, bytes);
	assert_eq!(system.constraints(), number + row + table + claims);
}

/// What a forger puts in place of bits, of the rest and of bytes, and what follows from it in the selection.
fn forged(words: &[Fr], bits: &[Fr], rest: Option<Fr>, bytes: &[Fr]) -> Vec<(usize, Fr)> {
	let mut cells = bits.to_vec();
	cells.extend(rest);
	let turns: Vec<Fr> = bits.iter().rev().copied().collect();
	let mut products = vec![Fr::zero(); words.len()];
	for Merge { left, right, turn } in complete(bits.len() as u32) {
		let product = (words[right] + products[right] - products[left]) * turns[turn];
		cells.push(product);
		products[left] += product;
	}
	cells.extend(bytes);
	cells.into_iter().enumerate().collect()
}

fn elements(numbers: &[i64]) -> Vec<Fr> {
	numbers.iter().map(|number| Fr::from(*number)).collect()
}

/// Bytes that nobody looks at, so that only the constraints of the row object.
fn unclaimed(number: u8, words: &[Fr], bytes: usize) -> TestSystem {
	TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
		let public = |value: Fr| Cell::public(cs, Some(value));
		let number = Sum::from(public(number.into())?);
		let words = words.iter().map(|word| public(*word)).collect::<Synthesis<Vec<_>>>()?;
		let number = Number::of(cs, ranges, &number, words.len().ilog2())?;
		number.row(cs, ranges, &words, bytes).map(drop)
	})
}

mod reject {
	use super::*;

	/// `0 = 1 + 2 * (-1/2)`: only the range of the rest objects.
	#[test]
	fn the_bits_of_another_number() {
		let words = of_rows(&[vec![7, 8], vec![9, 10]]);
		let system = unclaimed(0, &words, 2);
		let honest = forged(&words, &elements(&[0]), Some(Fr::zero()), &elements(&[7, 8]));
		assert!(system.holds_for_a_forger(&honest, &[]));
		let rest = -Fr::from(2).inverse().expect("not zero");
		let other = forged(&words, &elements(&[1]), Some(rest), &elements(&[9, 10]));
		assert_eq!(system.unsatisfied_for_a_forger(&other, &[]).len(), 1);
	}

	/// `2 = 2 * 1 = 1 * 2`: only that a bit is one objects.
	#[test]
	fn a_bit_that_is_two() {
		let words = of_rows(&[vec![1], vec![3], vec![9], vec![20]]);
		let system = unclaimed(2, &words, 1);
		let honest = forged(&words, &elements(&[0, 1]), Some(Fr::zero()), &elements(&[9]));
		assert!(system.holds_for_a_forger(&honest, &[]));
		// 1 + 2 * (3 - 1).
		let other = forged(&words, &elements(&[2, 0]), Some(Fr::zero()), &elements(&[5]));
		assert_eq!(system.unsatisfied_for_a_forger(&other, &[]).len(), 1);
	}

	/// 256 more in one place and one less in the next: only the range of a byte objects.
	#[test]
	fn digits_that_are_no_bytes() {
		let words = of_rows(&[vec![7, 8], vec![9, 10]]);
		let system = unclaimed(0, &words, 2);
		let other = forged(&words, &elements(&[0]), Some(Fr::zero()), &elements(&[7 + 256, 7]));
		assert_eq!(system.unsatisfied_for_a_forger(&other, &[]).len(), 1);
	}

	/// Bytes of no row: only that they are the digits of the word objects.
	#[test]
	fn bytes_of_another_row() {
		let words = of_rows(&[vec![7, 8], vec![9, 10]]);
		let system = unclaimed(0, &words, 2);
		let other = forged(&words, &elements(&[0]), Some(Fr::zero()), &elements(&[9, 10]));
		assert_eq!(system.unsatisfied_for_a_forger(&other, &[]).len(), 1);
	}

	/// Words are the committer's choice: one that is no packing of bytes has no proof, and the others keep theirs.
	#[test]
	fn a_word_without_digits() {
		let mut words = vec![Fr::from(3), -Fr::one()];
		differences(&mut words, &complete(1));
		assert!(unclaimed(0, &words, 1).holds());
		assert!(!unclaimed(1, &words, PER_WORD).holds());
		assert!(!unclaimed(1, &words, PER_WORD).holds_for_a_forger(&[], &[]));
	}
}

#[test]
fn the_bytes_of_a_word_do_not_wrap_around_the_field() {
	assert_eq!(PER_WORD, 31);
	assert_eq!(PER_WORD, limbs::capacity(BASE));
}
