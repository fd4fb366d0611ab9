// SPDX-License-Identifier: Apache-2.0

//! Commitments to models, in the forms that proof systems take them in.

use crate::scalar::{field_from_bytes, field_to_bytes};
use ark_bn254::Fr;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Commitment to the weights of a model: what it is depends on the proof system of the model's circuit.
///
/// SCALE decoding takes any bytes, as storage does; whether they are a scalar or a point, the system says
/// when a model is registered.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ModelCommitment {
	/// A public input of every proof: 32 bytes, little-endian.
	#[codec(index = 0)]
	Scalar([u8; 32]),
	/// An element of the first group of BN254, which stands in the equation that verifies a proof:
	/// `x ‖ y`, 32 bytes each, big-endian.
	#[codec(index = 1)]
	Point([u8; 64]),
}

impl ModelCommitment {
	/// The scalar commitment with the bytes of a field element.
	pub fn from_field(field: Fr) -> Self {
		Self::Scalar(field_to_bytes(field))
	}

	/// The field element, `None` where the bytes hold the field's order or more, or are a point's.
	pub fn to_field(&self) -> Option<Fr> {
		match self {
			Self::Scalar(bytes) => field_from_bytes(bytes),
			Self::Point(_) => None,
		}
	}

	/// The bytes: 32 of a scalar, 64 of a point.
	pub const fn as_bytes(&self) -> &[u8] {
		match self {
			Self::Scalar(bytes) => bytes,
			Self::Point(bytes) => bytes,
		}
	}
}

/// `0x` and the bytes as hexadecimal digits: 64 of a scalar, least significant byte first, or 128 of a
/// point.
impl fmt::Display for ModelCommitment {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("0x")?;
		self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
	}
}

/// Why a text is not a commitment to a model.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseModelCommitmentError {
	/// Neither 64 nor 128 hexadecimal digits.
	NotHex,
	/// 64 digits whose bytes hold the order of the scalar field or more.
	NonCanonicalScalar,
	/// 128 digits of which a half holds the modulus of the base field or more.
	NonCanonicalCoordinate,
}

#[cfg(feature = "std")]
impl fmt::Display for ParseModelCommitmentError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::NotHex => {
				"expected a scalar as 64 hexadecimal digits, or a point as 128, with or without 0x"
			}
			Self::NonCanonicalScalar => {
				"not a scalar: the bytes, read little-endian, must be below the order of BN254's \
				 scalar field"
			}
			Self::NonCanonicalCoordinate => {
				"not a point: each half of the bytes, read big-endian, must be below the modulus of \
				 BN254's base field"
			}
		})
	}
}

#[cfg(feature = "std")]
impl core::error::Error for ParseModelCommitmentError {}

/// Whether the bytes, read big-endian, are below the modulus of the base field.
#[cfg(feature = "std")]
fn is_coordinate(bytes: &[u8; 32]) -> bool {
	use ark_ff::{BigInt, PrimeField};
	let mut integer = BigInt::<4>::default();
	for (limb, chunk) in integer.0.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_be_bytes(*chunk);
	}
	ark_bn254::Fq::from_bigint(integer).is_some()
}

/// Reads what `Display` writes; the prefix may be left out. Refuses bytes that are not a scalar, and
/// coordinates that are none. Whether a point is on the curve is for its proof system to say.
#[cfg(feature = "std")]
impl core::str::FromStr for ModelCommitment {
	type Err = ParseModelCommitmentError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		use ParseModelCommitmentError::{NonCanonicalCoordinate, NonCanonicalScalar, NotHex};
		let digits = text.strip_prefix("0x").unwrap_or(text);
		let (mut scalar, mut point) = ([0; 32], [0; 64]);
		if hex::decode_to_slice(digits, &mut scalar).is_ok() {
			field_from_bytes(&scalar).ok_or(NonCanonicalScalar)?;
			return Ok(Self::Scalar(scalar));
		}
		hex::decode_to_slice(digits, &mut point).map_err(|_| NotHex)?;
		match point.as_chunks::<32>().0.iter().all(is_coordinate) {
			true => Ok(Self::Point(point)),
			false => Err(NonCanonicalCoordinate),
		}
	}
}

#[cfg(feature = "std")]
impl serde::Serialize for ModelCommitment {
	fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

#[cfg(feature = "std")]
impl<'de> serde::Deserialize<'de> for ModelCommitment {
	fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let text = String::deserialize(deserializer)?;
		text.parse().map_err(serde::de::Error::custom)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_bn254::Fq;
	use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
	use proptest::prelude::*;

	fn largest() -> ModelCommitment {
		ModelCommitment::from_field(Fr::ZERO - Fr::from(1))
	}

	fn order() -> ModelCommitment {
		ModelCommitment::Scalar(Fr::MODULUS.to_bytes_le().try_into().unwrap())
	}

	/// Coordinates that hold these integers.
	fn point(x: [u8; 32], y: [u8; 32]) -> ModelCommitment {
		ModelCommitment::Point([x, y].concat().try_into().unwrap())
	}

	fn modulus() -> [u8; 32] {
		Fq::MODULUS.to_bytes_be().try_into().unwrap()
	}

	fn below_modulus() -> [u8; 32] {
		let mut bytes = modulus();
		bytes[31] -= 1;
		bytes
	}

	#[test]
	fn a_scalar_is_a_field_element_and_a_point_is_none() {
		assert_eq!(largest().to_field(), Some(Fr::ZERO - Fr::from(1)));
		assert_eq!(order().to_field(), None);
		assert_eq!(point([0; 32], [0; 32]).to_field(), None);
	}

	mod encoding {
		use super::*;

		#[test]
		fn an_index_says_which_form_follows() {
			let bytes: [u8; 64] = core::array::from_fn(|place| place as u8);
			let scalar = ModelCommitment::Scalar([0xff; 32]);
			assert_eq!(scalar.encode(), [&[0][..], &[0xff; 32]].concat());
			assert_eq!(ModelCommitment::Point(bytes).encode(), [&[1][..], &bytes].concat());
			assert_eq!(ModelCommitment::max_encoded_len(), 65);
		}

		#[test]
		fn an_unknown_index_and_too_few_bytes_are_refused() {
			for (index, bytes) in [(0, 31), (1, 63), (2, 64)] {
				let encoded = [vec![index], vec![1; bytes]].concat();
				assert!(ModelCommitment::decode(&mut &encoded[..]).is_err(), "{index}");
			}
		}

		proptest! {
			#[test]
			fn any_bytes_of_the_length_decode_and_come_back(
				index in 0u8..2,
				bytes: [[u8; 32]; 2],
			) {
				let length = if index == 0 { 32 } else { 64 };
				let encoded = [&[index][..], &bytes.concat()[..length]].concat();
				let commitment = ModelCommitment::decode(&mut &encoded[..]).unwrap();
				prop_assert_eq!(commitment.encode(), &encoded[..]);
				prop_assert_eq!(commitment.as_bytes(), &encoded[1..]);
			}

			#[test]
			fn a_scalar_is_one_exactly_when_it_comes_back(bytes: [u8; 32]) {
				let scalar = ModelCommitment::Scalar(bytes);
				let reduced = ModelCommitment::from_field(Fr::from_le_bytes_mod_order(&bytes));
				prop_assert_eq!(scalar.to_field().is_some(), scalar == reduced);
			}
		}
	}

	#[cfg(feature = "std")]
	mod text {
		use super::*;

		fn parse(text: &str) -> Result<ModelCommitment, ParseModelCommitmentError> {
			text.parse()
		}

		#[test]
		fn its_length_says_which_form_it_is() {
			let scalar = ModelCommitment::from_field(Fr::from(0xab));
			assert_eq!(scalar.to_string(), format!("0xab{}", "00".repeat(31)));
			let mut one = [0; 32];
			one[31] = 1;
			let point = point(one, below_modulus());
			assert!(point.to_string().starts_with(&format!("0x{}0130", "00".repeat(31))));
			for commitment in [scalar, largest(), point] {
				let text = commitment.to_string();
				assert_eq!(parse(&text), Ok(commitment));
				assert_eq!(parse(&text[2..]), Ok(commitment));
				let json = serde_json::to_string(&commitment).unwrap();
				assert_eq!(json, format!("\"{text}\""));
				assert_eq!(serde_json::from_str::<ModelCommitment>(&json).unwrap(), commitment);
			}
		}

		#[test]
		fn what_is_neither_is_refused() {
			use ParseModelCommitmentError::*;
			for (digits, error) in [
				(String::new(), NotHex),
				("0x00".into(), NotHex),
				("00".repeat(33), NotHex),
				("00".repeat(63), NotHex),
				("0g".repeat(64), NotHex),
				(order().to_string(), NonCanonicalScalar),
				(point(modulus(), below_modulus()).to_string(), NonCanonicalCoordinate),
				(point(below_modulus(), modulus()).to_string(), NonCanonicalCoordinate),
			] {
				assert_eq!(parse(&digits), Err(error), "{digits}");
				assert!(serde_json::from_str::<ModelCommitment>(&format!("\"{digits}\"")).is_err());
			}
			assert!(NotHex.to_string().contains("128"));
			assert!(NonCanonicalScalar.to_string().contains("below the order"));
			assert!(NonCanonicalCoordinate.to_string().contains("below the modulus"));
		}
	}
}
