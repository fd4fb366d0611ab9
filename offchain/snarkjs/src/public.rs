// SPDX-License-Identifier: Apache-2.0

//! `public.json`.

use crate::{
	form::parse,
	number::{from_decimal, to_decimal},
	to_pretty_json, File, SnarkjsError,
};
use ark_bn254::Fr;

/// The text of `public.json` for public inputs in the order of the statement.
pub fn public_to_json(inputs: &[Fr]) -> String {
	to_pretty_json(&inputs.iter().copied().map(to_decimal).collect::<Vec<_>>())
}

/// The public inputs in the text of a `public.json`.
///
/// # Errors
///
/// [`SnarkjsError::Form`], [`SnarkjsError::NotDecimal`], and [`SnarkjsError::NotCanonical`] for a
/// number that is not below the order of the scalar field: `x + r` is another spelling of `x`, and
/// only one is taken.
pub fn public_from_json(text: &str) -> Result<Vec<Fr>, SnarkjsError> {
	let numbers: Vec<String> = parse(File::Public, text)?;
	numbers
		.iter()
		.enumerate()
		.map(|(position, digits)| from_decimal(&format!("[{position}]"), digits))
		.collect()
}
