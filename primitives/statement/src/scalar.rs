// SPDX-License-Identifier: Apache-2.0

//! Scalars as they are stored and sent: 32 bytes, little-endian.

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Bytes of a limb of a field element's integer.
const LIMB_BYTES: usize = 8;

/// The field element that the bytes hold, `None` where they hold the field's order or more.
pub(crate) fn field_from_bytes(bytes: &[u8; 32]) -> Option<Fr> {
	let mut integer = BigInt::<4>::default();
	for (limb, chunk) in integer.0.iter_mut().zip(bytes.as_chunks::<LIMB_BYTES>().0) {
		*limb = u64::from_le_bytes(*chunk);
	}
	Fr::from_bigint(integer)
}

/// The bytes of a field element.
pub(crate) fn field_to_bytes(field: Fr) -> [u8; 32] {
	let mut bytes = [0; 32];
	for (chunk, limb) in bytes.as_chunks_mut::<LIMB_BYTES>().0.iter_mut().zip(field.into_bigint().0)
	{
		*chunk = limb.to_le_bytes();
	}
	bytes
}

/// Why a text is not a scalar.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseScalarError {
	/// Not 64 hexadecimal digits.
	NotHex,
	/// The bytes hold the field's order or more.
	NonCanonical,
}

#[cfg(feature = "std")]
impl fmt::Display for ParseScalarError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::NotHex => "expected 32 bytes as 64 hexadecimal digits, with or without 0x",
			Self::NonCanonical => {
				"not a scalar: the bytes, read little-endian, must be below the order of BN254's \
				 scalar field"
			}
		})
	}
}

#[cfg(feature = "std")]
impl core::error::Error for ParseScalarError {}

/// Reads a scalar from hexadecimal digits, least significant byte first.
#[cfg(feature = "std")]
fn parse(text: &str) -> Result<[u8; 32], ParseScalarError> {
	let mut bytes = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)
		.map_err(|_| ParseScalarError::NotHex)?;
	field_from_bytes(&bytes).map(|_| bytes).ok_or(ParseScalarError::NonCanonical)
}

/// Declares a scalar with a meaning of its own, so that none passes for another.
macro_rules! scalar {
	($(#[$doc:meta])* $name:ident) => {
		$(#[$doc])*
		///
		/// 32 bytes, little-endian. SCALE decoding takes any 32 bytes, as storage does; whether
		/// they are a scalar, that is below the field's order, is asked with
		/// [`is_canonical`](Self::is_canonical) or [`to_field`](Self::to_field).
		#[derive(
			Clone,
			Copy,
			Debug,
			Default,
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
		pub struct $name([u8; 32]);

		impl $name {
			/// Wraps 32 little-endian bytes, unchecked.
			pub const fn from_bytes(bytes: [u8; 32]) -> Self {
				Self(bytes)
			}

			/// The 32 little-endian bytes.
			pub const fn as_bytes(&self) -> &[u8; 32] {
				&self.0
			}

			/// The bytes of a field element.
			pub fn from_field(field: Fr) -> Self {
				Self(field_to_bytes(field))
			}

			/// The field element, `None` where the bytes hold the field's order or more.
			pub fn to_field(&self) -> Option<Fr> {
				field_from_bytes(&self.0)
			}

			/// Whether the bytes hold less than the field's order.
			pub fn is_canonical(&self) -> bool {
				self.to_field().is_some()
			}
		}

		/// `0x` and 64 hexadecimal digits, least significant byte first.
		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("0x")?;
				self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
			}
		}

		/// Reads what `Display` writes; the prefix may be left out. Refuses bytes that are not a
		/// scalar.
		#[cfg(feature = "std")]
		impl core::str::FromStr for $name {
			type Err = ParseScalarError;

			fn from_str(text: &str) -> Result<Self, Self::Err> {
				parse(text).map(Self)
			}
		}

		#[cfg(feature = "std")]
		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		#[cfg(feature = "std")]
		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				let text = String::deserialize(deserializer)?;
				text.parse().map_err(serde::de::Error::custom)
			}
		}
	};
}

scalar! {
	/// Commitment to the input of an inference.
	InputCommitment
}

scalar! {
	/// What ties a proof to one chain, job and worker, see [`binding`](crate::binding()), or to whoever
	/// registers a model, see [`possession`](crate::possession()).
	Binding
}

impl Binding {
	/// The binding of a proof that is made for no job.
	pub const NONE: Self = Self([0; 32]);
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_bn254::Fq;
	use ark_ff::{AdditiveGroup, BigInteger};
	use proptest::prelude::*;

	/// The field's order plus `offset`, as bytes.
	fn order_plus(offset: u64) -> [u8; 32] {
		let mut integer = Fr::MODULUS;
		assert!(!integer.add_with_carry(&BigInt::from(offset)));
		integer.to_bytes_le().try_into().unwrap()
	}

	fn largest() -> Fr {
		Fr::ZERO - Fr::from(1)
	}

	mod canonicity {
		use super::*;

		#[test]
		fn the_largest_scalar_is_taken() {
			let commitment = InputCommitment::from_field(largest());
			assert_eq!(commitment.to_field(), Some(largest()));
			let mut bytes = order_plus(0);
			bytes[0] -= 1;
			assert_eq!(commitment.as_bytes(), &bytes);
		}

		#[test]
		fn the_order_and_what_lies_above_are_refused() {
			let mut base_field = Fq::MODULUS;
			assert!(!base_field.sub_with_borrow(&BigInt::from(1u64)));
			let refused: [[u8; 32]; 6] = [
				order_plus(0),
				order_plus(1),
				order_plus(u64::MAX),
				base_field.to_bytes_le().try_into().unwrap(),
				Fq::MODULUS.to_bytes_le().try_into().unwrap(),
				[0xff; 32],
			];
			for bytes in refused {
				assert_eq!(InputCommitment::from_bytes(bytes).to_field(), None);
				assert_eq!(Binding::from_bytes(bytes).to_field(), None);
				assert!(!Binding::from_bytes(bytes).is_canonical());
			}
		}

		proptest! {
			#[test]
			fn a_scalar_plus_the_order_is_refused(value in any::<u64>()) {
				prop_assert_eq!(InputCommitment::from_bytes(order_plus(value)).to_field(), None);
			}

			#[test]
			fn bytes_are_a_scalar_exactly_when_they_come_back(bytes: [u8; 32]) {
				let scalar = InputCommitment::from_bytes(bytes);
				let reduced = InputCommitment::from_field(Fr::from_le_bytes_mod_order(&bytes));
				prop_assert_eq!(scalar.is_canonical(), scalar == reduced);
				if let Some(field) = scalar.to_field() {
					prop_assert_eq!(InputCommitment::from_field(field), scalar);
				}
			}
		}
	}

	mod encoding {
		use super::*;

		#[test]
		fn scale_is_the_32_bytes_as_they_are() {
			let bytes = [0xff; 32];
			assert_eq!(Binding::from_bytes(bytes).encode(), bytes);
			assert_eq!(Binding::decode(&mut &bytes[..]), Ok(Binding::from_bytes(bytes)));
			assert!(Binding::decode(&mut &bytes[1..]).is_err());
			assert_eq!(Binding::max_encoded_len(), 32);
		}

		#[test]
		fn the_first_byte_is_the_least_significant() {
			let mut bytes = [0; 32];
			(bytes[0], bytes[1], bytes[8]) = (7, 1, 1);
			let field = Fr::from(1u128 << 64) + Fr::from(256 + 7);
			assert_eq!(InputCommitment::from_bytes(bytes).to_field(), Some(field));
		}

		#[test]
		fn no_binding_is_zero() {
			assert_eq!(Binding::NONE.to_field(), Some(Fr::ZERO));
			assert_eq!(Binding::NONE, Binding::default());
		}
	}

	#[cfg(feature = "std")]
	mod text {
		use super::*;

		#[test]
		fn it_begins_with_the_least_significant_byte() {
			let text = InputCommitment::from_field(Fr::from(0xab)).to_string();
			assert_eq!(text, format!("0xab{}", "00".repeat(31)));
			assert_eq!(text.parse(), Ok(InputCommitment::from_field(Fr::from(0xab))));
			assert_eq!(text[2..].parse(), Ok(InputCommitment::from_field(Fr::from(0xab))));
		}

		#[test]
		fn what_is_no_scalar_is_refused() {
			let parse = |text: &str| text.parse::<InputCommitment>();
			for text in ["", "0x", "0x00", &"00".repeat(33), &"0g".repeat(32)] {
				assert_eq!(parse(text), Err(ParseScalarError::NotHex), "{text}");
			}
			let order = InputCommitment::from_bytes(order_plus(0)).to_string();
			assert_eq!(parse(&order), Err(ParseScalarError::NonCanonical));
			assert!(ParseScalarError::NotHex.to_string().contains("64 hexadecimal digits"));
			assert!(ParseScalarError::NonCanonical.to_string().contains("below the order"));
		}

		#[test]
		fn serde_writes_and_reads_the_same_text() {
			let commitment = InputCommitment::from_field(largest());
			let json = serde_json::to_string(&commitment).unwrap();
			assert_eq!(json, format!("\"{commitment}\""));
			assert_eq!(serde_json::from_str::<InputCommitment>(&json).unwrap(), commitment);
			let order = format!("\"{}\"", InputCommitment::from_bytes(order_plus(0)));
			assert!(serde_json::from_str::<InputCommitment>(&order).is_err());
		}
	}
}
