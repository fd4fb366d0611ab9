// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

use std::{fmt, ops::Deref};
use zeroize::{Zeroize, Zeroizing};

/// A value that `Debug` does not show and that is wiped when it is dropped: weights, blinders,
/// witnesses, private inputs, what signs.
///
/// It wipes its own memory only: a copy that is made through [`Deref`] is the copier's to wipe.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
	/// Guards a value.
	pub fn new(value: T) -> Self {
		Self(Zeroizing::new(value))
	}
}

impl<T: Zeroize> Deref for Secret<T> {
	type Target = T;

	fn deref(&self) -> &T {
		&self.0
	}
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("Secret(..)")
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{cell::Cell, rc::Rc};

	/// Tells when it is wiped.
	struct Told(Rc<Cell<bool>>);

	impl Zeroize for Told {
		fn zeroize(&mut self) {
			self.0.set(true);
		}
	}

	#[test]
	fn a_secret_is_wiped_when_it_is_dropped() {
		let wiped = Rc::new(Cell::new(false));
		let secret = Secret::new(Told(wiped.clone()));
		assert!(!wiped.get());
		drop(secret);
		assert!(wiped.get());
	}

	#[test]
	fn a_secret_is_not_shown() {
		assert_eq!(
			format!("{:?} {:#?}", Secret::new(4711), Secret::new(4711)),
			"Secret(..) Secret(..)"
		);
	}
}
