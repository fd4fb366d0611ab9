// SPDX-License-Identifier: Apache-2.0

//! A chain in memory, started from the development preset.

use candor_runtime::{
	genesis, AccountId, Balance, Balances, Runtime, RuntimeCall, RuntimeGenesisConfig,
	RuntimeHoldReason, RuntimeOrigin, System,
};
use frame_support::{
	genesis_builder_helper::build_state,
	traits::{fungible::InspectHold, OnFinalize, OnInitialize},
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, DispatchError};

/// Externalities at block 1 of the development chain.
pub fn development() -> sp_io::TestExternalities {
	let mut ext = sp_io::TestExternalities::new_empty();
	ext.execute_with(|| {
		let patch = genesis::preset(&DEV_RUNTIME_PRESET.into()).expect("the preset exists");
		let mut config = serde_json::to_value(RuntimeGenesisConfig::default())
			.expect("the genesis is serialisable");
		merge(&mut config, serde_json::from_slice(&patch).expect("the preset is JSON"));
		let json = serde_json::to_vec(&config).expect("the genesis is serialisable");
		build_state::<RuntimeGenesisConfig>(json).expect("the preset builds");
		System::set_block_number(0);
		advance(1);
	});
	ext
}

/// Lays a JSON patch over a value.
fn merge(value: &mut serde_json::Value, patch: serde_json::Value) {
	match (value, patch) {
		(serde_json::Value::Object(fields), serde_json::Value::Object(patches)) => {
			for (name, patch) in patches {
				merge(fields.entry(name).or_insert(serde_json::Value::Null), patch);
			}
		}
		(value, patch) => *value = patch,
	}
}

/// Ends the present block and begins new ones, `blocks` times. Timestamps and slots stay out of it.
pub fn advance(blocks: u32) {
	for _ in 0..blocks {
		let next = System::block_number() + 1;
		AllPalletsWithoutTime::on_finalize(System::block_number());
		System::reset_events();
		System::set_block_number(next);
		AllPalletsWithoutTime::on_initialize(next);
	}
}

/// The pallets whose hooks run without a block's digest and inherents.
type AllPalletsWithoutTime =
	(candor_runtime::Session, candor_runtime::Grandpa, candor_runtime::Jobs);

/// Dispatches a call in the name of an account.
pub fn send(who: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	call.into()
		.dispatch(RuntimeOrigin::signed(account(who)))
		.map(|_| ())
		.map_err(|refusal| refusal.error)
}

/// Dispatches a call as root.
pub fn send_as_root(call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	call.into().dispatch(RuntimeOrigin::root()).map(|_| ()).map_err(|refusal| refusal.error)
}

/// The account of a development key.
pub fn account(who: Sr25519Keyring) -> AccountId {
	who.to_account_id()
}

/// What an account can spend.
pub fn free(who: Sr25519Keyring) -> Balance {
	Balances::free_balance(account(who))
}

/// What is held on an account, for whatever reason.
pub fn held(who: Sr25519Keyring) -> Balance {
	Balances::total_balance_on_hold(&account(who))
}

/// What a worker has bonded.
pub fn bonded(who: Sr25519Keyring) -> Balance {
	let bond = RuntimeHoldReason::Workers(pallet_workers::HoldReason::Bond);
	Balances::balance_on_hold(&bond, &account(who))
}

/// Everything that exists.
pub fn issuance() -> Balance {
	pallet_balances::TotalIssuance::<Runtime>::get()
}
