// SPDX-License-Identifier: Apache-2.0
//! The runtime's interface, generated from the metadata in `artifacts/`.

use subxt::metadata::Metadata;

/// The generated interface.
#[allow(missing_docs, clippy::all, unused_qualifications)]
#[subxt::subxt(runtime_metadata_path = "artifacts/candor.scale")]
pub mod runtime {}

/// The pallets whose calls, storage, events and view functions are used here. A chain on which one of
/// them differs is not served.
pub const PALLETS: [&str; 5] = ["Balances", "Circuits", "Models", "Workers", "Jobs"];

/// The metadata that the interface was generated from.
const METADATA: &[u8] = include_bytes!("../../artifacts/candor.scale");

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

/// The metadata that this program was built for.
pub fn built_for() -> Metadata {
	Metadata::decode_from(METADATA).expect("the interface was generated from it; qed")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_chain_that_the_program_was_built_for_does_not_differ() {
		assert_eq!(differences(&built_for()), Vec::<&str>::new());
	}
}
