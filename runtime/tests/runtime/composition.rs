// SPDX-License-Identifier: Apache-2.0

//! What wallets, nodes and clients rely on.

use crate::chain::development;
use candor_runtime::{configs::system::RuntimeBlockWeights, Runtime, RuntimeCall, TxExtension};
use codec::Decode;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::StorageInfoTrait,
};
use sp_runtime::traits::TransactionExtension;

mod wallets {
	use super::*;

	#[test]
	fn sign_over_the_extensions_in_the_standard_order() {
		let names: Vec<_> =
			TxExtension::metadata().into_iter().map(|extension| extension.identifier).collect();
		assert_eq!(
			names,
			[
				"AuthorizeCall",
				"CheckNonZeroSender",
				"CheckSpecVersion",
				"CheckTxVersion",
				"CheckGenesis",
				"CheckMortality",
				"CheckNonce",
				"CheckAdmission",
				"CheckWeight",
				"ChargeTransactionPayment",
				"CheckMetadataHash",
				"WeightReclaim",
			]
		);
	}

	#[test]
	fn find_each_pallet_at_its_index() {
		use frame_support::traits::PalletInfoAccess;
		assert_eq!(candor_runtime::System::index(), 0);
		assert_eq!(candor_runtime::Balances::index(), 10);
		assert_eq!(candor_runtime::Circuits::index(), 40);
		assert_eq!(candor_runtime::Models::index(), 41);
		assert_eq!(candor_runtime::Workers::index(), 42);
		assert_eq!(candor_runtime::Jobs::index(), 43);
	}
}

mod metadata {
	use super::*;
	use frame_metadata::{v16::RuntimeMetadataV16, RuntimeMetadata, RuntimeMetadataPrefixed};

	fn newest() -> RuntimeMetadataV16 {
		let bytes = Runtime::metadata_at_version(16).expect("version 16 is offered");
		match RuntimeMetadataPrefixed::decode(&mut &bytes[..]).expect("it decodes").1 {
			RuntimeMetadata::V16(metadata) => metadata,
			other => panic!("version {} instead of 16", other.version()),
		}
	}

	#[test]
	fn is_offered_in_its_newest_version() {
		assert!(Runtime::metadata_versions().contains(&16));
	}

	#[test]
	fn lists_the_view_functions_of_the_market() {
		let metadata = newest();
		let jobs = metadata.pallets.iter().find(|pallet| pallet.name == "Jobs").expect("Jobs");
		let names: Vec<_> =
			jobs.view_functions.iter().map(|function| function.name.as_str()).collect();
		assert_eq!(
			names,
			[
				"quote",
				"job",
				"job_status",
				"next_action",
				"price_at",
				"can_claim",
				"claimable",
				"can_submit",
				"distinct",
				"would_settle",
				"decline_penalty"
			]
		);
	}

	#[test]
	fn documents_every_call_and_every_error_of_candor_s_pallets() {
		let metadata = newest();
		for pallet in metadata.pallets.iter().filter(|pallet| {
			["Circuits", "Models", "Workers", "Jobs", "Validators"].contains(&pallet.name.as_str())
		}) {
			let calls = pallet.calls.as_ref().map(|calls| calls.ty.id);
			let errors = pallet.error.as_ref().map(|errors| errors.ty.id);
			for id in calls.into_iter().chain(errors) {
				let ty = metadata.types.resolve(id).expect("the type is listed");
				let scale_info::TypeDef::Variant(variants) = &ty.type_def else {
					panic!("{}: not an enum", pallet.name)
				};
				for variant in &variants.variants {
					assert!(
						variant.docs.iter().any(|line| !line.trim().is_empty()),
						"{}.{} has no documentation",
						pallet.name,
						variant.name
					);
				}
			}
		}
	}
}

mod storage {
	use super::*;

	#[test]
	fn of_candor_s_pallets_is_bounded() {
		let infos = candor_runtime::AllPalletsWithSystem::storage_info();
		let ours: Vec<_> = infos
			.iter()
			.filter(|info| {
				[&b"Circuits"[..], b"Models", b"Workers", b"Jobs", b"Validators"]
					.contains(&info.pallet_name.as_slice())
			})
			.collect();
		assert!(ours.len() >= 9, "only {} storage items found", ours.len());
		for info in ours {
			assert!(
				info.max_size.is_some(),
				"{}.{} has no bound",
				String::from_utf8_lossy(&info.pallet_name),
				String::from_utf8_lossy(&info.storage_name)
			);
		}
	}
}

mod weights {
	use super::*;
	use frame_support::BoundedVec;

	#[test]
	fn of_the_heaviest_calls_fit_a_block() {
		let calls: [RuntimeCall; 2] = [
			pallet_circuits::Call::register {
				system: candor_market::SystemId(0),
				key: BoundedVec::truncate_from(vec![0; 1 << 20]),
				schema: candor_statement::StatementSchema::InferenceV1 {
					input_len: 1,
					output_len: 1,
				},
				provenance: candor_market::Provenance {
					source: Default::default(),
					transcript: Default::default(),
					declared: candor_market::SetupKind::Development,
				},
			}
			.into(),
			pallet_jobs::Call::submit {
				job: candor_statement::JobId(0),
				output: BoundedVec::truncate_from(vec![0; 1 << 20]),
				proof: BoundedVec::truncate_from(vec![0; 1 << 20]),
			}
			.into(),
		];
		development().execute_with(|| {
			let limit = RuntimeBlockWeights::get()
				.get(DispatchClass::Normal)
				.max_extrinsic
				.expect("there is a limit");
			for call in calls {
				let weight = call.get_dispatch_info().call_weight;
				// No pairing takes less than half a millisecond.
				assert!(weight.ref_time() > 500_000_000, "{call:?} is nearly free");
				assert!(weight.all_lte(limit), "{call:?} fits no block: {weight:?}");
			}
		});
	}
}

mod presets {
	use super::*;
	use candor_runtime::{
		configs::jobs::Pot, constants::EXISTENTIAL_DEPOSIT, genesis, Balances, RuntimeGenesisConfig,
	};
	use frame_support::traits::fungible::Inspect;

	#[test]
	fn are_for_development_which_no_other_genesis_is_unless_it_says_so() {
		for name in genesis::preset_names() {
			let patch = genesis::preset(&name).expect("it is named");
			let patch: serde_json::Value = serde_json::from_slice(&patch).expect("it is JSON");
			assert_eq!(patch["jobs"]["forDevelopment"], true, "{name:?}");
		}
		assert!(!RuntimeGenesisConfig::default().jobs.for_development);
	}

	#[test]
	fn begin_with_a_pot_that_exists_and_owes_nothing() {
		development().execute_with(|| {
			assert_eq!(Balances::total_balance(&Pot::get()), EXISTENTIAL_DEPOSIT);
		});
	}

	#[test]
	fn are_those_that_are_named() {
		for name in genesis::preset_names() {
			assert!(genesis::preset(&name).is_some(), "{name:?}");
		}
		assert!(genesis::preset(&"unheard-of".into()).is_none());
	}
}
