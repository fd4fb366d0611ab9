// SPDX-License-Identifier: Apache-2.0

//! `check-state`: whether the books balance in the state of a block.

use crate::service::{Backend, Client};
use candor_runtime::{books, OpaqueBlock as Block, VERSION};
use sc_cli::{
	BlockNumberOrHash, CliConfiguration, DatabaseParams, Error, PruningParams, Result, SharedParams,
};
use sc_client_api::{Backend as _, HeaderBackend, TrieCacheContext};
use sp_api::{Core, ProvideRuntimeApi};
use sp_state_machine::{Ext, OverlayedChanges};
use std::sync::Arc;

/// Check the state of a block: the invariants of Candor's pallets, that every coin on hold has a record
/// that says why, and that all balances add up to what was issued.
///
/// Run it on the database of a node that has stopped. Ends with 1 if something does not hold.
#[derive(Debug, Clone, clap::Parser)]
pub struct CheckStateCmd {
	/// The block whose state to check, by hash or number. Defaults to the best one.
	#[arg(value_name = "HASH or NUMBER")]
	pub input: Option<BlockNumberOrHash>,

	#[allow(missing_docs)]
	#[clap(flatten)]
	pub shared_params: SharedParams,

	#[allow(missing_docs)]
	#[clap(flatten)]
	pub database_params: DatabaseParams,

	#[allow(missing_docs)]
	#[clap(flatten)]
	pub pruning_params: PruningParams,
}

impl CheckStateCmd {
	/// Checks and prints each finding.
	pub fn run(&self, client: Arc<Client>, backend: Arc<Backend>) -> Result<()> {
		let hash = match &self.input {
			None => client.info().best_hash,
			Some(input) => match input.parse::<Block>()? {
				sp_runtime::generic::BlockId::Hash(hash) => hash,
				sp_runtime::generic::BlockId::Number(number) => {
					client.hash(number)?.ok_or_else(|| {
						Error::Input(format!("block {number} is not in the database"))
					})?
				}
			},
		};
		let number = client
			.number(hash)?
			.ok_or_else(|| Error::Input(format!("block {hash} is not in the database")))?;
		// The checks are those of the runtime that this binary is built with.
		let version = client
			.runtime_api()
			.version(hash)
			.map_err(|error| Error::Input(format!("block {number} has no state here: {error}")))?;
		if (&version.spec_name, version.spec_version) != (&VERSION.spec_name, VERSION.spec_version)
		{
			return Err(Error::Input(format!(
				"the chain runs {} at block {number} and this node knows the state of {}: use the \
				 node of that release",
				version, VERSION,
			)));
		}

		let state = backend.state_at(hash, TrieCacheContext::Untrusted)?;
		let mut overlay = OverlayedChanges::default();
		let mut ext = Ext::new(&mut overlay, &state, None);
		let findings = sp_externalities::set_and_run_with_externalities(&mut ext, books::findings);
		println!("state of block {number} ({hash})");
		let mut faults = 0;
		for (check, found) in findings {
			match found {
				Ok(()) => println!("  {check:<10} ok"),
				Err(error) => {
					faults += 1;
					println!("  {check:<10} FAULT: {error:?}");
				}
			}
		}
		if faults == 0 {
			Ok(())
		} else {
			Err(Error::Input(format!("{faults} of the checks failed")))
		}
	}
}

impl CliConfiguration for CheckStateCmd {
	fn shared_params(&self) -> &SharedParams {
		&self.shared_params
	}

	fn database_params(&self) -> Option<&DatabaseParams> {
		Some(&self.database_params)
	}

	fn pruning_params(&self) -> Option<&PruningParams> {
		Some(&self.pruning_params)
	}
}
