// SPDX-License-Identifier: Apache-2.0

//! The chains that the node knows by name.

use crate::service::OwnHostFunctions;
use candor_runtime::{
	constants::{TOKEN_DECIMALS, TOKEN_SYMBOL},
	WASM_BINARY,
};
use sc_service::{ChainType, Properties};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

/// A chain specification without extensions. Building the first state runs the runtime, which asks
/// for the node's functions.
pub type ChainSpec = sc_service::GenericChainSpec<sc_service::NoExtension, OwnHostFunctions>;

/// One validator, Alice, and the well-known development accounts.
pub fn development() -> Result<ChainSpec, String> {
	preset("Candor Development", "candor_dev", ChainType::Development, DEV_RUNTIME_PRESET)
}

/// Two validators, Alice and Bob, for a network on one machine.
pub fn local() -> Result<ChainSpec, String> {
	preset("Candor Local", "candor_local", ChainType::Local, LOCAL_TESTNET_RUNTIME_PRESET)
}

fn preset(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let wasm = WASM_BINARY.ok_or(
		"this binary was built without the Wasm runtime: build it without SKIP_WASM_BUILD",
	)?;
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
	properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
	properties
		.insert("ss58Format".into(), candor_runtime::configs::system::SS58Prefix::get().into());
	Ok(ChainSpec::builder(wasm, None)
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain_type)
		.with_genesis_config_preset_name(preset)
		.with_protocol_id("candor")
		.with_properties(properties)
		.build())
}
