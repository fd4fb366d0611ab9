// SPDX-License-Identifier: Apache-2.0

//! The presets that chain specifications start from. Their keys are the well-known development
//! keys, whose secrets everybody knows: never for a chain that holds value.

use crate::{
	constants::UNIT, AccountId, BalancesConfig, JobsConfig, RuntimeGenesisConfig, SessionConfig,
	SessionKeys, SudoConfig, ValidatorsConfig,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// What each development account owns at the start.
const ENDOWMENT: crate::Balance = 1_000_000 * UNIT;

/// A development validator: its account and its session keys.
fn validator(account: Sr25519Keyring, finality: Ed25519Keyring) -> (AccountId, SessionKeys) {
	let keys = SessionKeys { aura: account.public().into(), grandpa: finality.public().into() };
	(account.to_account_id(), keys)
}

fn chain(validators: Vec<(AccountId, SessionKeys)>) -> Value {
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: Sr25519Keyring::well_known()
				.map(|account| (account.to_account_id(), ENDOWMENT))
				.collect::<Vec<_>>(),
		},
		validators: ValidatorsConfig {
			validators: validators.iter().map(|(account, _)| account.clone()).collect::<Vec<_>>(),
		},
		session: SessionConfig {
			keys: validators
				.into_iter()
				.map(|(account, keys)| (account.clone(), account, keys))
				.collect::<Vec<_>>(),
		},
		sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
		// Whoever begins a chain of value with this preset has more to change than its keys: docs/node.md.
		jobs: JobsConfig { for_development: true },
	})
}

fn development() -> Value {
	chain(vec![validator(Sr25519Keyring::Alice, Ed25519Keyring::Alice)])
}

fn local() -> Value {
	chain(vec![
		validator(Sr25519Keyring::Alice, Ed25519Keyring::Alice),
		validator(Sr25519Keyring::Bob, Ed25519Keyring::Bob),
	])
}

/// The JSON patch of a preset over the default genesis.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		DEV_RUNTIME_PRESET => development(),
		LOCAL_TESTNET_RUNTIME_PRESET => local(),
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// The names of the presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEV_RUNTIME_PRESET), PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET)]
}
