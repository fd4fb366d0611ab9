// SPDX-License-Identifier: Apache-2.0

use super::set;
use crate::{mock::*, Planned};

#[test]
fn a_validator_that_is_named_twice_is_noticed() {
	build_and_execute(vec![1, 2], || {
		crate::Validators::<Test>::put(set(&[1, 2, 1]));
		assert!(Validators::do_try_state().is_err());
		crate::Validators::<Test>::put(set(&[1, 2]));
		Planned::<Test>::put(set(&[2, 2]));
		assert!(Validators::do_try_state().is_err());
		Planned::<Test>::put(set(&[1, 2]));
	});
}
