// SPDX-License-Identifier: Apache-2.0

//! Numbers that pallets hand out.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Identity of a model. Never used again, not even after the model is gone.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
	Default,
)]
pub struct ModelId(pub u32);

/// Number of a version within its model: 1, 2, …; never used again.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
)]
pub struct Version(pub u32);

impl Version {
	/// The version with which every model starts.
	pub const FIRST: Self = Self(1);

	/// The version after this one, if it can be numbered.
	pub fn next(self) -> Option<Self> {
		self.0.checked_add(1).map(Self)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn versions_are_numbered_one_after_the_other_as_far_as_numbers_go() {
		assert_eq!(Version::FIRST, Version(1));
		assert_eq!(Version::FIRST.next(), Some(Version(2)));
		assert_eq!(Version(u32::MAX).next(), None);
	}
}
