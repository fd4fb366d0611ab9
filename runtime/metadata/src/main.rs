// SPDX-License-Identifier: Apache-2.0

//! Prints the runtime's metadata, version 16, as raw SCALE bytes, less what the command line does not
//! use: its types are generated from this, and those of every pallet would take minutes to compile.

use anyhow::{bail, Context};
use codec::{Decode, Encode};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
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

fn main() -> anyhow::Result<()> {
	let bytes = candor_runtime::Runtime::metadata_at_version(METADATA_VERSION)
		.context("the SDK no longer offers this version")?;
	let mut metadata = RuntimeMetadataPrefixed::decode(&mut &bytes[..])?;
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
