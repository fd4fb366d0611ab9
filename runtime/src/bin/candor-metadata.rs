// SPDX-License-Identifier: Apache-2.0

//! Prints the runtime's metadata, version 16, as raw SCALE bytes: what typed clients are generated
//! from.

use std::io::Write;

/// The newest stable version of the metadata format.
const METADATA_VERSION: u32 = 16;

fn main() -> std::io::Result<()> {
	let metadata = candor_runtime::Runtime::metadata_at_version(METADATA_VERSION)
		.ok_or_else(|| std::io::Error::other("the SDK no longer offers this version"))?;
	std::io::stdout().write_all(&metadata)
}
