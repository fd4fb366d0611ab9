// SPDX-License-Identifier: Apache-2.0

//! Whether a database holds the chain that was asked for. The SDK looks at the identifier of the
//! specification only, in the database's path.

use super::{Backend, Block, Executor};
use candor_runtime::Hash;
use sc_service::{error::Error, BuildGenesisBlock, Configuration, GenesisBlockBuilder};
use sp_runtime::traits::Block as _;
use std::sync::Arc;

/// Whether there is a database already.
pub fn database_exists(config: &Configuration) -> bool {
	config.database.path().is_some_and(|path| path.exists())
}

/// Compare the genesis of a database with that of the specification.
///
/// # Errors
///
/// Where they are of different chains, with both hashes and what to do.
pub fn check(
	config: &Configuration,
	found: Hash,
	backend: Arc<Backend>,
	executor: Executor,
) -> Result<(), Error> {
	let spec = &config.chain_spec;
	let builder = GenesisBlockBuilder::<Block, _, _>::new(
		spec.as_storage_builder(),
		false,
		backend,
		executor,
	)?;
	let (block, _) = builder.build_genesis_block()?;
	let asked = block.header().hash();
	if asked == found {
		return Ok(());
	}
	Err(Error::Other(format!(
		"the database at {} holds another chain: its genesis is {found:?}, that of the chain \
		 specification `{}` is {asked:?}. A specification that was changed is another chain, and so are \
		 `dev` and `local` of another build. Go on with the specification that the database was made \
		 with (`candor-node export-chain-spec --raw` of that build writes it), or begin the new chain \
		 with another --base-path or another `id`, or after `candor-node purge-chain`",
		config.database.path().unwrap_or(&config.data_path).display(),
		spec.id(),
	)))
}
