// SPDX-License-Identifier: Apache-2.0

//! The binary files that circuits are handed to snarkjs in: constraints (`.r1cs`) and the values of
//! their variables (`.wtns`).
//!
//! Integers are little-endian. A file is four letters, a version (4 bytes), the number of sections (4 bytes) and
//! the sections: a number (4 bytes), a length (8 bytes), content. The formats are those of iden3's `r1csfile`
//! (`doc/r1cs_bin_format.md`, version 1) and of `wtns_utils.js` in snarkjs (version 2).

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a field element.
const FIELD: usize = 32;
/// Bytes of a file before its first section.
const PREAMBLE: usize = 12;
/// Bytes of a section before its content.
const SECTION_HEADER: usize = 12;

/// The sections of a `.r1cs`.
mod r1cs {
	pub(super) const HEADER: u32 = 1;
	pub(super) const CONSTRAINTS: u32 = 2;
	pub(super) const LABELS: u32 = 3;
}

/// The sections of a `.wtns`.
mod wtns {
	pub(super) const HEADER: u32 = 1;
	pub(super) const VALUES: u32 = 2;
}

/// A row of a matrix: coefficients and their variables.
pub type Row = Vec<(Fr, usize)>;

/// Constraints `⟨a, z⟩ · ⟨b, z⟩ = ⟨c, z⟩` over the variables `z`: the constant one, the public inputs, the
/// private variables.
#[derive(Clone, Copy, Debug)]
pub struct Constraints<'a> {
	/// The number of public inputs.
	pub public_inputs: usize,
	/// The number of variables, all included.
	pub variables: usize,
	/// The left factors, a row for each constraint.
	pub a: &'a [Row],
	/// The right factors, as many.
	pub b: &'a [Row],
	/// The products, as many.
	pub c: &'a [Row],
}

/// Numbers of constraints or variables that the format has no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a .r1cs or .wtns has room for less than 2^32 constraints and variables")]
pub struct TooLarge;

/// The bytes of a `.r1cs`. As in circom's, the variables of a row ascend, each stands there once, and
/// none with zero. All that is private counts as computed: the format tells private inputs from that, which
/// concerns who solves the circuit.
///
/// # Errors
///
/// [`TooLarge`].
pub fn r1cs_to_bytes(constraints: &Constraints<'_>) -> Result<Vec<u8>, TooLarge> {
	let Constraints { public_inputs, variables, a, b, c } = *constraints;
	let mut header = Vec::new();
	put_modulus(&mut header);
	let (outputs, private_inputs) = (0, 0);
	for count in [variables, outputs, public_inputs, private_inputs] {
		header.extend(number(count)?);
	}
	header.extend((variables as u64).to_le_bytes());
	header.extend(number(a.len())?);

	let mut rows = Vec::new();
	for ((a, b), c) in a.iter().zip(b).zip(c) {
		for row in [a, b, c] {
			let row = ordered(row);
			rows.extend(number(row.len())?);
			for (coefficient, variable) in row {
				rows.extend(number(variable)?);
				put_scalar(&mut rows, &coefficient);
			}
		}
	}
	let labels: Vec<u8> = (0..variables as u64).flat_map(u64::to_le_bytes).collect();
	let sections = [(r1cs::HEADER, header), (r1cs::CONSTRAINTS, rows), (r1cs::LABELS, labels)];
	let length = sections.iter().map(|(_, content)| SECTION_HEADER + content.len()).sum::<usize>();
	let mut file = Vec::with_capacity(PREAMBLE + length);
	put_preamble(&mut file, b"r1cs", 1, sections.len() as u32);
	for (section, content) in sections {
		put_section(&mut file, section, content.len());
		file.extend(content);
	}
	Ok(file)
}

/// The bytes of a `.wtns` with the values of all variables, in the order of [`Constraints`]. They are as secret
/// as the values.
///
/// # Errors
///
/// [`TooLarge`].
pub fn wtns_to_bytes(values: &[Fr]) -> Result<Zeroizing<Vec<u8>>, TooLarge> {
	let mut header = Vec::new();
	put_modulus(&mut header);
	header.extend(number(values.len())?);
	let length = values.len() * FIELD;
	// With room for all of it: no copy of a part is left behind.
	let room = PREAMBLE + 2 * SECTION_HEADER + header.len() + length;
	let mut file = Zeroizing::new(Vec::with_capacity(room));
	put_preamble(&mut file, b"wtns", 2, 2);
	put_section(&mut file, wtns::HEADER, header.len());
	file.extend(header);
	put_section(&mut file, wtns::VALUES, length);
	values.iter().for_each(|value| put_scalar(&mut file, value));
	Ok(file)
}

fn put_preamble(file: &mut Vec<u8>, magic: &[u8; 4], version: u32, sections: u32) {
	file.extend(magic);
	file.extend(version.to_le_bytes());
	file.extend(sections.to_le_bytes());
}

fn put_section(file: &mut Vec<u8>, section: u32, length: usize) {
	file.extend(section.to_le_bytes());
	file.extend((length as u64).to_le_bytes());
}

/// The bytes of an element, and the modulus.
fn put_modulus(header: &mut Vec<u8>) {
	header.extend((FIELD as u32).to_le_bytes());
	header.extend(Fr::MODULUS.0.iter().flat_map(|limb| limb.to_le_bytes()));
}

fn put_scalar(bytes: &mut Vec<u8>, scalar: &Fr) {
	let mut integer = scalar.into_bigint();
	bytes.extend(integer.0.iter().flat_map(|limb| limb.to_le_bytes()));
	integer.zeroize();
}

fn number(count: usize) -> Result<[u8; 4], TooLarge> {
	u32::try_from(count).map(u32::to_le_bytes).map_err(|_| TooLarge)
}

/// The same row with ascending variables, each of them once, and none with zero.
fn ordered(row: &Row) -> Row {
	let mut row = row.clone();
	row.sort_by_key(|(_, variable)| *variable);
	row.dedup_by(|(coefficient, variable), (sum, kept)| {
		let is_same = variable == kept;
		if is_same {
			*sum += *coefficient;
		}
		is_same
	});
	row.retain(|(coefficient, _)| *coefficient != Fr::ZERO);
	row
}

#[cfg(test)]
mod tests {
	use super::*;

	/// `2 · (x₂ + 3) = x₁`, with terms out of order, twice and zero.
	fn example() -> [Vec<Row>; 3] {
		let fr = |value: i64| Fr::from(value);
		let a = vec![vec![(fr(5), 0), (fr(1), 1), (fr(-3), 0), (fr(-1), 1)]];
		let b = vec![vec![(fr(1), 2), (fr(3), 0)]];
		[a, b, vec![vec![(fr(1), 1)]]]
	}

	fn modulus() -> String {
		hex_of(&Fr::MODULUS.0.iter().flat_map(|limb| limb.to_le_bytes()).collect::<Vec<_>>())
	}

	fn hex_of(bytes: &[u8]) -> String {
		bytes.iter().map(|byte| format!("{byte:02x}")).collect()
	}

	fn scalar(value: u8) -> String {
		format!("{value:02x}{}", "00".repeat(31))
	}

	#[test]
	fn constraints_are_written_as_the_format_says() {
		let [a, b, c] = example();
		let constraints = Constraints { public_inputs: 1, variables: 3, a: &a, b: &b, c: &c };
		let expected = [
			"72316373".to_owned(),
			"01000000".to_owned(),
			"03000000".to_owned(),
			"010000004000000000000000".to_owned(),
			"20000000".to_owned() + &modulus(),
			"03000000".to_owned(),
			"00000000".to_owned(),
			"01000000".to_owned(),
			"00000000".to_owned(),
			"0300000000000000".to_owned(),
			"01000000".to_owned(),
			"020000009c00000000000000".to_owned(),
			"0100000000000000".to_owned() + &scalar(2),
			"0200000000000000".to_owned() + &scalar(3) + "02000000" + &scalar(1),
			"0100000001000000".to_owned() + &scalar(1),
			"030000001800000000000000".to_owned(),
			"000000000000000001000000000000000200000000000000".to_owned(),
		];
		let bytes = r1cs_to_bytes(&constraints).expect("it is small");
		assert_eq!(hex_of(&bytes), expected.concat());
	}

	#[test]
	fn values_are_written_as_the_format_says() {
		let expected = [
			"77746e73".to_owned(),
			"02000000".to_owned(),
			"02000000".to_owned(),
			"010000002800000000000000".to_owned(),
			"20000000".to_owned() + &modulus(),
			"02000000".to_owned(),
			"020000004000000000000000".to_owned(),
			scalar(1) + &scalar(7),
		];
		let bytes = wtns_to_bytes(&[Fr::from(1), Fr::from(7)]).expect("it is small");
		assert_eq!(hex_of(&bytes), expected.concat());
		assert_eq!(bytes.capacity(), bytes.len());
	}
}
