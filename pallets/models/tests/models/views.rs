// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::assert_ok;
use pallet_models::VersionsPage;

/// Publishes versions until there are so many.
fn model_with(versions: u32) -> ModelId {
	let model = register(1);
	for _ in 1..versions {
		assert_ok!(ModelsPallet::publish_version(
			RuntimeOrigin::signed(ALICE),
			model,
			circuit(),
			commitment(2),
			royalty(),
			metadata(),
			possession(ALICE, circuit(), commitment(2)),
		));
	}
	model
}

fn numbers(page: &VersionsPage<Test>) -> Vec<u32> {
	page.versions.iter().map(|(version, _)| version.0).collect()
}

#[test]
fn versions_are_listed_page_by_page() {
	build_and_execute(|| {
		let model = model_with(66);
		let page = ModelsPallet::versions(model, Version::FIRST);
		assert_eq!(numbers(&page), (1..65).collect::<Vec<_>>());
		assert_eq!(page.next, Some(Version(65)));
		let (version, first) = page.versions[0].clone();
		assert_eq!(ModelsPallet::version(model, version), Some(first));
		let last = ModelsPallet::versions(model, Version(65));
		assert_eq!((numbers(&last), last.next), (vec![65, 66], None));
		// One that ends with the last version.
		let whole = ModelsPallet::versions(model, Version(3));
		assert_eq!((numbers(&whole).len(), whole.next), (64, None));
	});
}

#[test]
fn what_was_removed_is_left_out_and_what_is_unknown_is_empty() {
	build_and_execute(|| {
		let model = model_with(3);
		assert_ok!(ModelsPallet::deprecate(RuntimeOrigin::signed(ALICE), model, Version(2)));
		assert_ok!(ModelsPallet::remove_version(RuntimeOrigin::signed(ALICE), model, Version(2)));
		assert_eq!(numbers(&ModelsPallet::versions(model, Version::FIRST)), [1, 3]);
		for from in [Version(4), Version(u32::MAX)] {
			let page = ModelsPallet::versions(model, from);
			assert_eq!((numbers(&page), page.next), (vec![], None));
		}
		let unknown = ModelsPallet::versions(ModelId(99), Version::FIRST);
		assert_eq!((numbers(&unknown), unknown.next), (vec![], None));
	});
}
