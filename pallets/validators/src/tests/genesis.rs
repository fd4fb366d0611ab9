// SPDX-License-Identifier: Apache-2.0

use crate::mock::*;

#[test]
fn names_the_first_sessions_validators() {
	build_and_execute(vec![1, 2], || {
		assert_eq!(Session::validators(), [1, 2]);
		assert_eq!(Authorities::get(), [(1, 1), (2, 2)]);
		Session::rotate_session();
		assert_eq!(Session::validators(), [1, 2]);
	});
}

#[test]
#[should_panic(expected = "more than MaxValidators")]
fn refuses_too_many() {
	build_and_execute(vec![1, 2, 3, 4, 5], || ());
}
