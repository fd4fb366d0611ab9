// SPDX-License-Identifier: Apache-2.0

//! Decimal strings for field elements: one spelling for each number.

use crate::SnarkjsError;
use ark_ff::PrimeField;
use candor_text::abbreviated;
use num_bigint::BigUint;

/// No element of either field of BN254 has more decimal digits.
const MAX_DIGITS: usize = 77;

/// The decimal digits of a field element.
pub(crate) fn to_decimal<F: PrimeField>(element: F) -> String {
	let integer: BigUint = element.into();
	integer.to_string()
}

/// The field element that a decimal string stands for.
///
/// # Errors
///
/// [`SnarkjsError::NotDecimal`] for anything but digits or for a leading zero, and
/// [`SnarkjsError::NotCanonical`] for a number that is not below the field's modulus.
pub(crate) fn from_decimal<F: PrimeField>(place: &str, digits: &str) -> Result<F, SnarkjsError> {
	let only_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
	if !only_digits || (digits.len() > 1 && digits.starts_with('0')) {
		return Err(SnarkjsError::NotDecimal {
			place: place.to_owned(),
			found: abbreviated(digits),
		});
	}
	let number = (digits.len() <= MAX_DIGITS)
		.then(|| BigUint::parse_bytes(digits.as_bytes(), 10))
		.flatten()
		.filter(|number| *number < F::MODULUS.into())
		.ok_or_else(|| SnarkjsError::NotCanonical {
			place: place.to_owned(),
			found: abbreviated(digits),
			modulus: F::MODULUS.to_string(),
		})?;
	Ok(F::from(number))
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_bn254::{Fq, Fr};

	const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
	const R_MINUS_ONE: &str =
		"21888242871839275222246405745257275088548364400416034343698204186575808495616";

	fn parse(digits: &str) -> Result<Fr, SnarkjsError> {
		from_decimal("a number", digits)
	}

	#[test]
	fn numbers_below_the_modulus_go_there_and_back() {
		for digits in ["0", "1", "10", R_MINUS_ONE] {
			assert_eq!(to_decimal(parse(digits).unwrap()), digits);
		}
		assert_eq!(parse("258").unwrap(), Fr::from(258));
	}

	#[test]
	fn the_modulus_and_more_are_refused() {
		let with_78_digits = format!("1{}", "0".repeat(77));
		for digits in [R, with_78_digits.as_str()] {
			assert!(matches!(parse(digits), Err(SnarkjsError::NotCanonical { .. })), "{digits}");
		}
		// The base field is the larger one.
		assert!(from_decimal::<Fq>("a coordinate", R).is_ok());
	}

	#[test]
	fn other_spellings_are_refused() {
		for digits in ["", "01", "00", "-1", "+1", " 1", "1 ", "0x1", "1e3", "1_0", "1.0", "١"] {
			assert!(matches!(parse(digits), Err(SnarkjsError::NotDecimal { .. })), "{digits:?}");
		}
	}
}
