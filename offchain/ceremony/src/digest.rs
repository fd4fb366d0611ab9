// SPDX-License-Identifier: Apache-2.0
//! Hashes by which things are named.

use std::{fmt, str::FromStr};

/// Bytes of a hash.
pub const DIGEST_BYTES: usize = 32;

/// A blake2b-256 hash: of a circuit, powers, a key, a transcript. Written in hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; DIGEST_BYTES]);

impl Digest {
	/// The hash of bytes.
	pub fn of(bytes: &[u8]) -> Self {
		Self(sp_crypto_hashing::blake2_256(bytes))
	}
}

impl fmt::Display for Digest {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&hex::encode(self.0))
	}
}

impl fmt::Debug for Digest {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

/// A text that is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash has 64 hexadecimal digits, with or without 0x in front")]
pub struct NotADigest;

impl FromStr for Digest {
	type Err = NotADigest;

	fn from_str(text: &str) -> Result<Self, NotADigest> {
		let digits = text.strip_prefix("0x").unwrap_or(text);
		let mut bytes = [0; DIGEST_BYTES];
		hex::decode_to_slice(digits, &mut bytes).map_err(|_| NotADigest)?;
		Ok(Self(bytes))
	}
}
