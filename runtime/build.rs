// SPDX-License-Identifier: Apache-2.0

//! Builds the Wasm runtime that `WASM_BINARY` holds, with the hash of its metadata inside, so that
//! `CheckMetadataHash` can tell a wallet that shows what it signs from one that was shown something else.

/// Where `make metadata` writes the hash. The SDK's builder could compute it, from a runtime that it builds
/// once more with a second copy of the executor; a file that is checked in the tests costs neither.
#[cfg(feature = "std")]
const HASH_FILE: &str = "metadata.hash";

fn main() {
	#[cfg(feature = "std")]
	{
		println!("cargo:rerun-if-changed={HASH_FILE}");
		let hash = std::fs::read_to_string(HASH_FILE).expect("the file is in the repository");
		// The builder hands its environment on, and the extension asks for the hash there.
		let hash = hash.trim();
		std::env::set_var("RUNTIME_METADATA_HASH", hash);
		// Cargo does not see that a crate from the registry was compiled with another value of a variable:
		// a flag with the hash in it makes it compile anew.
		let flags = std::env::var("WASM_BUILD_RUSTFLAGS").unwrap_or_default();
		let digits = hash.trim_start_matches("0x");
		std::env::set_var("WASM_BUILD_RUSTFLAGS", format!("{flags} --cfg=metadata_hash_{digits}"));
		substrate_wasm_builder::WasmBuilder::build_using_defaults();
	}
}
