// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_workers::{Error, Event};

#[test]
fn a_worker_describes_itself() {
	build_and_execute(|| {
		register(MIN_BOND);
		let metadata: pallet_workers::MetadataOf<Test> =
			b"https://worker".to_vec().try_into().unwrap();
		assert_ok!(WorkersPallet::set_metadata(RuntimeOrigin::signed(ALICE), metadata.clone()));
		assert_eq!(WorkersPallet::worker(ALICE).unwrap().metadata, metadata);
		System::assert_last_event(Event::MetadataSet { worker: ALICE }.into());
	});
}

#[test]
fn others_do_not() {
	build_and_execute(|| {
		assert_noop!(
			WorkersPallet::set_metadata(RuntimeOrigin::signed(ALICE), Default::default()),
			Error::<Test>::NotRegistered
		);
	});
}
