// SPDX-License-Identifier: Apache-2.0

//! The same verification in Wasm, in the executor that the node runs.

use crate::subject::Batch;
use anyhow::{ensure, Context};
use candor_conformance::{wasm, Item};
use codec::{Decode, Encode};
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use sp_state_machine::BasicExternalities;
use std::time::{Duration, Instant};

type HostFunctions = (sp_io::SubstrateHostFunctions, candor_bn254::host::HostFunctions);

/// A build of the verifier in Wasm.
pub struct Build {
	code: &'static [u8],
	executor: WasmExecutor<HostFunctions>,
}

impl Build {
	/// The one that leaves pairings to the host.
	pub fn hosted() -> anyhow::Result<Self> {
		Self::new(wasm::hosted::WASM_BINARY)
	}

	/// The one that computes everything in Wasm.
	pub fn portable() -> anyhow::Result<Self> {
		Self::new(wasm::portable::WASM_BINARY)
	}

	fn new(code: Option<&'static [u8]>) -> anyhow::Result<Self> {
		let code = code.context("built with SKIP_WASM_BUILD: there is no Wasm to measure")?;
		Ok(Self { code, executor: WasmExecutor::builder().build() })
	}

	/// The time that one verification takes: that of `repeat + 1` in a call less that of one, so that
	/// neither the start of the instance nor the decoding of the call's arguments counts.
	pub fn time(&self, batch: &Batch, repeat: u32) -> anyhow::Result<Duration> {
		let (keys, items) = batch.wasm_arguments();
		let one = self.call(&keys, &items, 1)?;
		let more = self.call(&keys, &items, repeat.saturating_add(1))?;
		Ok(more.saturating_sub(one) / repeat)
	}

	fn call(&self, keys: &[Vec<u8>], items: &[Item], repeat: u32) -> anyhow::Result<Duration> {
		let data = (keys, items, repeat).encode();
		let code_fetcher = WrappedRuntimeCode(self.code.into());
		let hash = sp_io::hashing::blake2_256(self.code).to_vec();
		let code = RuntimeCode { code_fetcher: &code_fetcher, hash, heap_pages: None };
		let mut externalities = BasicExternalities::new_empty();
		let start = Instant::now();
		let (answer, _) = self.executor.call(
			&mut externalities,
			&code,
			"verify_batch",
			&data,
			CallContext::Offchain,
		);
		let time = start.elapsed();
		let answer = String::decode(&mut &answer?[..])?;
		ensure!(answer == "Ok(())", "a right batch is refused: {answer}");
		Ok(time)
	}
}
