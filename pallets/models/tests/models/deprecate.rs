// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_models::{Error, Event, Status};

#[test]
fn a_deprecated_version_takes_no_jobs_but_keeps_its_open_ones() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(ModelsPallet::add_jobs(model, Version::FIRST, 1));
		assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(ALICE), model, Version::FIRST));
		let version = ModelsPallet::version(model, Version::FIRST).unwrap();
		assert_eq!(version.status, Status::Deprecated);
		assert_eq!(version.jobs, 1);
		assert_eq!(ModelsPallet::terms(model, Version::FIRST), Err(ModelRefusal::Deprecated));
		assert_eq!(ModelsPallet::add_jobs(model, Version::FIRST, 1), Err(ModelRefusal::Deprecated));
		System::assert_last_event(Event::Deprecated { model, version: Version::FIRST }.into());
	});
}

#[test]
fn only_the_owner_deprecates() {
	build_and_execute(|| {
		let model = register(1);
		assert_noop!(
			ModelsPallet::deprecate(RuntimeOrigin::signed(BOB), model, Version::FIRST),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn what_does_not_exist_or_is_deprecated_is_refused() {
	build_and_execute(|| {
		let model = deprecated(1);
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_noop!(
			ModelsPallet::deprecate(alice(), model, Version::FIRST),
			Error::<Test>::AlreadyDeprecated
		);
		assert_noop!(
			ModelsPallet::deprecate(alice(), model, Version(2)),
			Error::<Test>::UnknownVersion
		);
		assert_noop!(
			ModelsPallet::deprecate(alice(), ModelId(9), Version::FIRST),
			Error::<Test>::UnknownModel
		);
	});
}
