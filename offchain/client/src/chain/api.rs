// SPDX-License-Identifier: Apache-2.0
//! The runtime's interface, generated from the metadata in `artifacts/`.

use subxt::metadata::Metadata;

/// The generated interface.
#[allow(missing_docs, clippy::all, unused_qualifications)]
#[subxt::subxt(runtime_metadata_path = "artifacts/candor.scale")]
pub mod runtime {}

/// The generated types that are read and written here, each named once: where a type stands in the
/// runtime is nobody else's concern.
pub(super) mod generated {
	use super::runtime::runtime_types as all;
	pub(in crate::chain) use all::{
		bounded_collections::bounded_vec::BoundedVec,
		candor_market::{
			circuit::{CircuitId, Provenance, SetupKind},
			ids::{ModelId, Version},
		},
		candor_proof_system::system::SystemId,
		candor_runtime::RuntimeHoldReason,
		candor_statement::{
			binding::JobId, model::ModelCommitment, scalar::InputCommitment,
			schema::StatementSchema,
		},
		pallet_circuits::types::CircuitInfo,
		pallet_jobs::{
			demands::{Demands, SetupDemand, Who},
			distinct::Distinct,
			opening::Input,
			price::Price,
			tiers::Tier,
			types::{
				Answer, ItemRefusal, Job, JobStatus, NextAction, Quote, Run, SkippedItem, State,
			},
		},
		pallet_models::types::{Metadata, ModelVersion, Possession, Status},
		pallet_workers::{
			evidence::Part,
			types::{Reputation, WhyScore, Worker},
		},
		sp_arithmetic::per_things::Permill,
		sp_runtime::DispatchError,
	};
}

/// The pallets whose calls, storage, events and view functions are used here. A chain on which one of
/// them differs is not served.
pub const PALLETS: [&str; 5] = ["Balances", "Circuits", "Models", "Workers", "Jobs"];

/// What a worker cannot do without: calls, storage and view functions by pallet and name.
const FOR_WORK: [(Kind, &str, &[&str]); 11] = [
	(Kind::Call, "Jobs", &["claim", "submit", "submit_batch", "expire"]),
	(Kind::Storage, "System", &["Account"]),
	(Kind::Storage, "Balances", &["Holds"]),
	(Kind::Storage, "Circuits", &["Circuits", "PreparedKeys"]),
	(Kind::Storage, "Models", &["Models", "Versions"]),
	(Kind::Storage, "Workers", &["Workers"]),
	(Kind::Storage, "Jobs", &["Jobs", "NextJobId", "Standstill"]),
	(Kind::Constant, "Jobs", &["MinJobBond", "BondShare"]),
	(Kind::Constant, "Balances", &["ExistentialDeposit"]),
	(Kind::View, "Workers", &["reputation"]),
	(Kind::View, "Jobs", &["can_claim", "can_submit", "would_settle", "job_status", "price_at"]),
];

/// Kinds of what a pallet offers.
#[derive(Clone, Copy, Debug)]
enum Kind {
	Call,
	Storage,
	Constant,
	View,
}

/// The metadata that the interface was generated from.
pub(super) const METADATA: &[u8] = include_bytes!("../../artifacts/candor.scale");

/// The pallets that are missing in `live` or differ there from what this program was built for.
pub fn differences(live: &Metadata) -> Vec<&'static str> {
	let built_for = built_for();
	PALLETS
		.into_iter()
		.filter(|pallet| {
			let hash = |metadata: &Metadata| metadata.pallet_by_name(pallet).map(|it| it.hash());
			hash(live).is_none() || hash(live) != hash(&built_for)
		})
		.collect()
}

/// What a worker needs and `live` does not offer, or offers in another form: `Jobs.submit`. A runtime
/// that was upgraded in other parts can go on being served.
pub fn differences_for_work(live: &Metadata) -> Vec<String> {
	let built_for = built_for();
	let mut differences = Vec::new();
	for (kind, pallet, names) in FOR_WORK {
		for name in names {
			let hash = |metadata: &Metadata| {
				let pallet = metadata.pallet_by_name(pallet)?;
				match kind {
					Kind::Call => pallet.call_hash(name),
					Kind::Storage => pallet.storage_hash(name),
					Kind::Constant => pallet.constant_hash(name),
					Kind::View => pallet.view_function_by_name(name).map(|it| it.hash()),
				}
			};
			if hash(live).is_none() || hash(live) != hash(&built_for) {
				differences.push(format!("{pallet}.{name}"));
			}
		}
	}
	differences
}

/// The metadata that this program was built for.
///
/// # Panics
///
/// Never: it did not compile with metadata that cannot be read.
pub fn built_for() -> Metadata {
	Metadata::decode_from(METADATA).expect("the interface was generated from it; qed")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_chain_that_the_program_was_built_for_does_not_differ() {
		assert_eq!(differences(&built_for()), Vec::<&str>::new());
		assert_eq!(differences_for_work(&built_for()), Vec::<String>::new());
	}

	#[test]
	fn all_that_a_worker_needs_is_named_by_its_name_in_the_runtime() {
		let built_for = built_for();
		for (kind, pallet, names) in FOR_WORK {
			let pallet = built_for.pallet_by_name(pallet).unwrap();
			for name in names {
				let there = match kind {
					Kind::Call => pallet.call_hash(name).is_some(),
					Kind::Storage => pallet.storage_hash(name).is_some(),
					Kind::Constant => pallet.constant_hash(name).is_some(),
					Kind::View => pallet.view_function_by_name(name).is_some(),
				};
				assert!(there, "{} has no {name}", pallet.name());
			}
		}
	}
}
