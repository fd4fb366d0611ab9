// SPDX-License-Identifier: Apache-2.0

//! Builds this crate to Wasm twice: with host functions and without.

fn main() {
	#[cfg(feature = "std")]
	{
		use substrate_wasm_builder::WasmBuilder;

		let builder = || {
			WasmBuilder::new()
				.with_current_project()
				.export_heap_base()
				.import_memory()
				.disable_runtime_version_section_check()
		};
		builder().set_file_name("portable.rs").build();
		builder().enable_feature("host-functions").set_file_name("hosted.rs").build();
	}
}
