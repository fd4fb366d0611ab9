// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use pallet_session::SessionManager;
use sp_runtime::DispatchError;

fn set(validators: &[u64]) -> BoundedVec<u64, frame_support::traits::ConstU32<4>> {
	BoundedVec::try_from(validators.to_vec()).expect("within the bound")
}

mod genesis {
	use super::*;

	#[test]
	fn names_the_first_session_s_validators() {
		new_test_ext(vec![1, 2]).execute_with(|| {
			assert_eq!(Validators::new_session(0), Some(vec![1, 2]));
		});
	}

	#[test]
	#[should_panic(expected = "more than MaxValidators")]
	fn refuses_too_many() {
		new_test_ext(vec![1, 2, 3, 4, 5]);
	}
}

mod set_validators {
	use super::*;

	#[test]
	fn replaces_the_set_for_the_next_planned_session() {
		new_test_ext(vec![1]).execute_with(|| {
			assert_ok!(Validators::set_validators(RuntimeOrigin::root(), set(&[3, 2])));
			assert_eq!(Validators::new_session(1), Some(vec![3, 2]));
			System::assert_last_event(Event::SetReplaced { validators: set(&[3, 2]) }.into());
		});
	}

	#[test]
	fn is_for_the_admin_only() {
		new_test_ext(vec![1]).execute_with(|| {
			assert_noop!(
				Validators::set_validators(RuntimeOrigin::signed(1), set(&[2])),
				DispatchError::BadOrigin
			);
		});
	}

	#[test]
	fn refuses_an_empty_set() {
		new_test_ext(vec![1]).execute_with(|| {
			assert_noop!(
				Validators::set_validators(RuntimeOrigin::root(), set(&[])),
				Error::<Test>::EmptySet
			);
		});
	}

	#[test]
	fn refuses_an_account_named_twice() {
		new_test_ext(vec![1]).execute_with(|| {
			assert_noop!(
				Validators::set_validators(RuntimeOrigin::root(), set(&[2, 3, 2])),
				Error::<Test>::Duplicate
			);
		});
	}

	#[test]
	fn refuses_an_account_without_session_keys() {
		new_test_ext(vec![1]).execute_with(|| {
			assert_noop!(
				Validators::set_validators(RuntimeOrigin::root(), set(&[1, FIRST_WITHOUT_KEYS])),
				Error::<Test>::MissingKeys
			);
		});
	}
}
