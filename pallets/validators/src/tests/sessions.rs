// SPDX-License-Identifier: Apache-2.0

//! What sessions make of the set: the authorities change when they must, and only then.

use super::replace;
use crate::mock::*;
use frame_support::assert_ok;
use pallet_session::SessionManager;
use sp_runtime::testing::UintAuthorityId;

/// Ends a session, and gives whether another set was planned meanwhile.
fn rotate() -> bool {
	System::reset_events();
	Session::rotate_session();
	System::events()
		.iter()
		.any(|record| record.event == pallet_session::Event::<Test>::NewQueued.into())
}

/// Ends so many sessions in which nothing may be planned and no authorities told anew.
fn nothing_changes(sessions: u32) {
	let changes = Changes::get();
	for _ in 0..sessions {
		assert!(!rotate(), "a set was planned");
	}
	assert_eq!(Changes::get(), changes, "authorities were told anew");
}

fn set_key(who: u64, key: u64) {
	assert_ok!(Session::set_keys(RuntimeOrigin::signed(who), UintAuthorityId(key), Vec::new()));
}

fn purge_keys(who: u64) {
	assert_ok!(Session::purge_keys(RuntimeOrigin::signed(who)));
}

#[test]
fn a_set_that_stays_is_told_at_genesis_and_never_again() {
	build_and_execute(vec![1, 2], || {
		nothing_changes(5);
		assert_eq!(Session::validators(), [1, 2]);
		assert_eq!(Changes::get(), 0);
	});
}

#[test]
fn a_new_set_takes_over_from_the_session_after_next_and_is_told_once() {
	build_and_execute(vec![1], || {
		replace(&[3, 2]);
		assert!(rotate());
		assert_eq!(Session::validators(), [1]);
		assert_eq!(Changes::get(), 0);
		assert!(!rotate());
		assert_eq!(Session::validators(), [3, 2]);
		assert_eq!(Authorities::get(), [(3, 3), (2, 2)]);
		assert_eq!(Changes::get(), 1);
		nothing_changes(3);
	});
}

#[test]
fn another_order_is_another_set() {
	build_and_execute(vec![1, 2], || {
		replace(&[2, 1]);
		assert!(rotate());
		assert!(!rotate());
		assert_eq!(Authorities::get(), [(2, 2), (1, 1)]);
	});
}

#[test]
fn a_change_that_is_taken_back_before_it_is_planned_is_none() {
	build_and_execute(vec![1], || {
		replace(&[2]);
		replace(&[1]);
		nothing_changes(3);
		assert_eq!(Session::validators(), [1]);
	});
}

#[test]
fn a_change_that_is_taken_back_after_it_was_planned_is_two() {
	build_and_execute(vec![1], || {
		replace(&[2]);
		assert!(rotate());
		replace(&[1]);
		assert!(rotate());
		assert_eq!(Authorities::get(), [(2, 2)]);
		assert!(!rotate());
		assert_eq!(Authorities::get(), [(1, 1)]);
		nothing_changes(3);
	});
}

#[test]
fn a_change_in_every_session_is_followed() {
	build_and_execute(vec![1], || {
		for (next, now) in [(2, 1), (3, 2), (4, 3), (1, 4)] {
			replace(&[next]);
			assert!(rotate());
			assert_eq!(Session::validators(), [now]);
		}
	});
}

#[test]
fn a_key_that_a_validator_replaces_takes_over_without_a_new_set() {
	build_and_execute(vec![1, 2], || {
		set_key(2, 22);
		assert!(!rotate());
		assert_eq!(Authorities::get(), [(1, 1), (2, 2)]);
		assert!(!rotate());
		assert_eq!(Authorities::get(), [(1, 1), (2, 22)]);
		nothing_changes(3);
	});
}

#[test]
fn a_validator_without_keys_leaves_wherever_it_stands_and_returns_with_new_ones() {
	for who in [1, 2, 3] {
		build_and_execute(vec![1, 2, 3], || {
			purge_keys(who);
			assert!(rotate());
			assert!(!rotate());
			let others: Vec<_> = (1..=3).filter(|other| *other != who).collect();
			assert_eq!(Session::validators(), others);
			assert_eq!(
				Authorities::get(),
				others.iter().map(|other| (*other, *other)).collect::<Vec<_>>()
			);
			nothing_changes(2);

			set_key(who, 10 + who);
			assert!(rotate());
			assert!(!rotate());
			assert_eq!(Session::validators(), [1, 2, 3]);
			assert!(Authorities::get().contains(&(who, 10 + who)));
			nothing_changes(2);
		});
	}
}

#[test]
fn the_last_authorities_stay_when_no_validator_has_keys_any_more() {
	build_and_execute(vec![1, 2], || {
		purge_keys(1);
		purge_keys(2);
		nothing_changes(4);
		assert_eq!(Authorities::get(), [(1, 1), (2, 2)]);

		set_key(2, 22);
		assert!(rotate());
		assert!(!rotate());
		assert_eq!(Authorities::get(), [(2, 22)]);
		set_key(1, 11);
		rotate();
		rotate();
		assert_eq!(Authorities::get(), [(1, 11), (2, 22)]);
	});
}

#[test]
fn planning_twice_changes_nothing() {
	build_and_execute(vec![1], || {
		assert_eq!(Validators::new_session(7), None);
		replace(&[2]);
		assert_eq!(Validators::new_session(7), Some(vec![2]));
		assert_eq!(Validators::new_session(8), None);
	});
}
