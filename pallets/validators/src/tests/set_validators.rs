// SPDX-License-Identifier: Apache-2.0

use super::{replace, set};
use crate::{mock::*, Error, Event};
use frame_support::assert_noop;
use sp_runtime::DispatchError;

#[test]
fn replaces_the_set() {
	build_and_execute(vec![1], || {
		replace(&[3, 2]);
		assert_eq!(crate::Validators::<Test>::get(), set(&[3, 2]));
		System::assert_last_event(Event::SetReplaced { validators: set(&[3, 2]) }.into());
	});
}

#[test]
fn is_for_the_admin_only() {
	build_and_execute(vec![1], || {
		assert_noop!(
			Validators::set_validators(RuntimeOrigin::signed(1), set(&[2])),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn refuses_an_empty_set() {
	build_and_execute(vec![1], || {
		assert_noop!(
			Validators::set_validators(RuntimeOrigin::root(), set(&[])),
			Error::<Test>::EmptySet
		);
	});
}

#[test]
fn refuses_an_account_named_twice() {
	build_and_execute(vec![1], || {
		assert_noop!(
			Validators::set_validators(RuntimeOrigin::root(), set(&[2, 3, 2])),
			Error::<Test>::Duplicate
		);
	});
}

#[test]
fn refuses_an_account_without_session_keys() {
	build_and_execute(vec![1], || {
		assert_noop!(
			Validators::set_validators(RuntimeOrigin::root(), set(&[1, FIRST_WITHOUT_KEYS])),
			Error::<Test>::MissingKeys
		);
	});
}
