// SPDX-License-Identifier: Apache-2.0

//! Prints the runtime's metadata, version 16, as raw SCALE bytes, less what the command line does not
//! use: its types are generated from this, and those of every pallet would take minutes to compile. Or
//! prints the hash of the whole, which the runtime carries.

use anyhow::{anyhow, bail, Context};
use candor_runtime::{
	configs::system::SS58Prefix,
	constants::{TOKEN_DECIMALS, TOKEN_SYMBOL},
	Runtime, VERSION,
};
use clap::Parser;
use codec::{Decode, Encode};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use merkleized_metadata::{generate_metadata_digest, ExtraInfo};
use scale_info::TypeDef;
use std::io::Write;
use subxt_utils_stripmetadata::StripMetadata;

/// The newest stable version of the metadata format.
const METADATA_VERSION: u32 = 16;

/// The pallets that the command line knows.
const PALLETS: [&str; 7] =
	["System", "Balances", "TransactionPayment", "Circuits", "Models", "Workers", "Jobs"];

/// The runtime APIs that it calls.
const APIS: [&str; 2] = ["Core", "RuntimeViewFunction"];

/// The version of the metadata format that its hash is defined for (RFC 78 of the Polkadot fellowship).
const HASHED_VERSION: u32 = 15;

/// Prints what others need of the runtime's metadata.
#[derive(Parser)]
#[command(version)]
struct Options {
	/// Print the hash of the metadata, for runtime/metadata.hash.
	#[arg(long)]
	hash: bool,
}

fn main() -> anyhow::Result<()> {
	if Options::parse().hash {
		println!("0x{}", hex::encode(hash()?));
		return Ok(());
	}
	print_stripped()
}

/// The runtime's metadata in a version of the format.
fn metadata(version: u32) -> anyhow::Result<RuntimeMetadataPrefixed> {
	let bytes =
		Runtime::metadata_at_version(version).context("the SDK no longer offers this version")?;
	Ok(RuntimeMetadataPrefixed::decode(&mut &bytes[..])?)
}

/// What a wallet that shows a transaction computes, and `CheckMetadataHash` compares.
fn hash() -> anyhow::Result<[u8; 32]> {
	let shown = ExtraInfo {
		spec_version: VERSION.spec_version,
		spec_name: VERSION.spec_name.into(),
		base58_prefix: SS58Prefix::get().into(),
		decimals: TOKEN_DECIMALS,
		token_symbol: TOKEN_SYMBOL.into(),
	};
	let digest = generate_metadata_digest(&metadata(HASHED_VERSION)?.1, shown)
		.map_err(|error| anyhow!("the metadata has no hash: {error}"))?;
	Ok(digest.hash())
}

fn print_stripped() -> anyhow::Result<()> {
	let mut metadata = metadata(METADATA_VERSION)?;
	let RuntimeMetadata::V16(stripped) = &mut metadata.1 else {
		bail!("the SDK gives another version than it was asked for")
	};
	// The runtime's own enumerations name every pallet.
	let outer = &stripped.outer_enums;
	for id in [outer.call_enum_ty.id, outer.event_enum_ty.id, outer.error_enum_ty.id] {
		let types = stripped.types.types.iter_mut();
		for outer in types.filter(|outer| outer.id == id) {
			if let TypeDef::Variant(pallets) = &mut outer.ty.type_def {
				pallets.variants.retain(|pallet| PALLETS.contains(&pallet.name.as_str()));
			}
		}
	}
	stripped.strip_metadata(|pallet| PALLETS.contains(&pallet), |api| APIS.contains(&api));
	std::io::stdout().write_all(&metadata.encode())?;
	Ok(())
}
