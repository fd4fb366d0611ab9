// SPDX-License-Identifier: Apache-2.0

//! Tests of the pallet, a file for each call or purpose.

mod genesis;
mod invariants;
mod sessions;
mod set_validators;

use crate::mock::{RuntimeOrigin, Validators};
use frame_support::{assert_ok, traits::ConstU32, BoundedVec};

/// A set of validators.
fn set(validators: &[u64]) -> BoundedVec<u64, ConstU32<4>> {
	BoundedVec::try_from(validators.to_vec()).expect("within the bound")
}

/// Replaces the set.
fn replace(validators: &[u64]) {
	assert_ok!(Validators::set_validators(RuntimeOrigin::root(), set(validators)));
}
