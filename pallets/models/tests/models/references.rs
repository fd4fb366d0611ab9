// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::assert_ok;
use pallet_models::Versions;

#[test]
fn the_terms_are_those_of_the_version() {
	build_and_execute(|| {
		let model = register(1);
		assert_eq!(
			ModelsPallet::terms(model, Version::FIRST),
			Ok(Terms { circuit: circuit(), commitment: commitment(1), royalty: royalty() })
		);
	});
}

#[test]
fn open_jobs_are_counted() {
	build_and_execute(|| {
		let model = register(1);
		assert_ok!(ModelsPallet::add_jobs(model, Version::FIRST, 1));
		assert_ok!(ModelsPallet::add_jobs(model, Version::FIRST, 3));
		ModelsPallet::remove_jobs(model, Version::FIRST, 1);
		assert_eq!(ModelsPallet::open_jobs(model, Version::FIRST), Some(3));
		ModelsPallet::remove_jobs(model, Version::FIRST, 2);
		assert_eq!(ModelsPallet::open_jobs(model, Version::FIRST), Some(1));
	});
}

#[test]
fn what_does_not_exist_takes_no_jobs() {
	build_and_execute(|| {
		let model = register(1);
		for (model, version) in [(model, Version(2)), (ModelId(9), Version::FIRST)] {
			assert_eq!(ModelsPallet::terms(model, version), Err(ModelRefusal::Unknown));
			assert_eq!(ModelsPallet::add_jobs(model, version, 1), Err(ModelRefusal::Unknown));
			assert_eq!(ModelsPallet::open_jobs(model, version), None);
			ModelsPallet::remove_jobs(model, version, 1);
		}
		assert_eq!(owner_of(ModelId(9)), None);
	});
}

#[test]
fn the_counter_does_not_overflow() {
	build_and_execute(|| {
		let model = register(1);
		Versions::<Test>::mutate(model, Version::FIRST, |v| {
			v.as_mut().unwrap().jobs = u32::MAX - 1
		});
		let add = |jobs| ModelsPallet::add_jobs(model, Version::FIRST, jobs);
		assert_eq!(add(2), Err(ModelRefusal::TooManyJobs));
		assert_ok!(add(1));
		assert_eq!(add(1), Err(ModelRefusal::TooManyJobs));
	});
}
