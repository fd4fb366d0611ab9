// SPDX-License-Identifier: Apache-2.0

//! The final exponentiation: to the power of `2x (6x² + 3x + 1) (q¹² - 1) / r`.

use super::{
	constants::X,
	tower::{cyclotomic_square, product12},
};
use ark_bn254::Fq12;
use ark_ff::Field;

/// Width of the digits of `x`: odd and below `2³` in size.
const WIDTH: u32 = 4;

/// Digits of `x`.
const COUNT: usize = 63;

/// The digits of `x`, each zero or odd, the lowest first: of any four in a row, one is not zero.
const X_DIGITS: [i8; COUNT] = digits_of_x();

#[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
const fn digits_of_x() -> [i8; COUNT] {
	let mut digits = [0; COUNT];
	let mut rest = X as i128;
	let mut position = 0;
	while rest != 0 {
		if rest % 2 != 0 {
			let modulus = 1 << WIDTH;
			let residue = rest % modulus;
			let digit = if residue >= modulus / 2 { residue - modulus } else { residue };
			digits[position] = digit as i8;
			rest -= digit;
		}
		rest /= 2;
		position += 1;
	}
	// The highest is not zero: one squaring less.
	assert!(position == COUNT);
	digits
}

/// See [`crate::final_exponentiation`].
///
/// The easy part is `(q⁶ - 1)(q² + 1)`; the hard part follows
/// [Fuentes-Castañeda, Knapp, Rodríguez-Henríquez](https://doi.org/10.1007/978-3-642-28496-0_25)
/// in the order of operations of arkworks, so that both give the same value.
pub(crate) fn final_exponentiation(f: &Fq12) -> Option<Fq12> {
	let easy = product12(&conjugate(*f), &f.inverse()?);
	let r = product12(&frobenius(easy, 2), &easy);

	let y0 = conjugate(power_of_x(&r));
	let y1 = cyclotomic_square(&y0);
	let y3 = product12(&cyclotomic_square(&y1), &y1);
	let y4 = conjugate(power_of_x(&y3));
	let y6 = power_of_x(&cyclotomic_square(&y4));
	let y8 = product12(&product12(&y6, &y4), &conjugate(y3));
	let y9 = product12(&y8, &y1);
	let y11 = product12(&product12(&y8, &y4), &r);
	let y13 = product12(&frobenius(y9, 1), &y11);
	let y14 = product12(&frobenius(y8, 2), &y13);
	let y15 = product12(&conjugate(r), &y9);
	Some(product12(&frobenius(y15, 3), &y14))
}

/// `f` to the power of `x`, for `f` in the cyclotomic subgroup, where inversion is conjugation.
fn power_of_x(f: &Fq12) -> Fq12 {
	let square = cyclotomic_square(f);
	let third = product12(&square, f);
	let fifth = product12(&square, &third);
	let seventh = product12(&square, &fifth);
	let mut power = Fq12::ONE;
	for digit in X_DIGITS.iter().rev() {
		power = cyclotomic_square(&power);
		let factor = match digit.unsigned_abs() {
			1 => f,
			3 => &third,
			5 => &fifth,
			7 => &seventh,
			_ => continue,
		};
		let factor = if digit.is_negative() { conjugate(*factor) } else { *factor };
		power = product12(&power, &factor);
	}
	power
}

/// `f` to the power of `q⁶`.
fn conjugate(mut f: Fq12) -> Fq12 {
	f.conjugate_in_place();
	f
}

/// `f` to the power of `q` to the `power`.
fn frobenius(mut f: Fq12, power: usize) -> Fq12 {
	f.frobenius_map_in_place(power);
	f
}
