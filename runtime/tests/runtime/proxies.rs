// SPDX-License-Identifier: Apache-2.0

//! What proxies may do, call by call.

use candor_runtime::{
	configs::proxy::{proxy_calls, ProxyType, Reach},
	RuntimeCall,
};
use frame_support::traits::{GetCallMetadata, InstanceFilter};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_call_of_the_runtime_is_classified_and_nothing_else() {
	let runtime: BTreeMap<&str, BTreeSet<&str>> = RuntimeCall::get_module_names()
		.iter()
		.map(|pallet| (*pallet, RuntimeCall::get_call_names(pallet).iter().copied().collect()))
		.collect();
	let listed: BTreeMap<&str, BTreeSet<&str>> = proxy_calls()
		.map(|(pallet, calls)| (pallet, calls.iter().map(|(call, _)| *call).collect()))
		.collect();
	for (pallet, calls) in &runtime {
		assert_eq!(listed.get(pallet).cloned().unwrap_or_default(), *calls, "calls of {pallet}");
	}
	assert_eq!(listed.keys().collect::<Vec<_>>(), runtime.keys().collect::<Vec<_>>());
}

#[test]
fn the_documentation_has_the_same_table() {
	let document = include_str!("../../../docs/proxies.md");
	for (pallet, calls) in proxy_calls() {
		for (call, reach) in calls {
			let mark = |allowed| if allowed { "yes" } else { "" };
			let [non_transfer, worker] = match reach {
				Reach::Nobody => continue,
				Reach::NonTransfer => [true, false],
				Reach::Worker => [false, true],
				Reach::Both => [true, true],
			};
			let row = format!("| `{pallet}.{call}` | {} | {} |", mark(non_transfer), mark(worker));
			assert!(document.contains(&row), "docs/proxies.md should have {row}");
		}
	}
	let names_a_call =
		|line: &&str| line.starts_with("| `") && line.contains('.') && line.contains("yes");
	let rows = document.lines().filter(names_a_call).count();
	let allowed = proxy_calls()
		.flat_map(|(_, calls)| calls)
		.filter(|(_, reach)| *reach != Reach::Nobody)
		.count();
	assert_eq!(rows, allowed);
}

#[test]
fn only_the_type_that_may_everything_is_above_others() {
	let types = [ProxyType::Any, ProxyType::NonTransfer, ProxyType::Worker];
	for one in types {
		for other in types {
			let expected = one == ProxyType::Any || one == other;
			assert_eq!(one.is_superset(&other), expected, "{one:?} {other:?}");
		}
	}
}
