// SPDX-License-Identifier: Apache-2.0
//! A connection to a chain.

use super::{api, error::ChainError, heights::Heights, rpc, types::BlockNumber, view::View};
use candor_statement::GenesisHash;
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use subxt::{
	backend::LegacyBackend,
	client::OnlineClientAtBlock,
	config::{substrate::SubstrateConfig, RpcConfigFor},
	rpcs::{methods::legacy::LegacyRpcMethods, RpcClient},
	utils::H256,
	OnlineClient,
};

/// The kind of chain.
pub(super) type Config = SubstrateConfig;

/// For how long a lost connection is tried again.
const RECONNECT_FOR: Duration = Duration::from_secs(30);
/// How long to wait before it is tried once more.
const RECONNECT_PAUSE: Duration = Duration::from_secs(2);
/// Blocks in which a transaction can be included after the one as of which it was signed. A transaction
/// that is lost becomes harmless after them.
pub(super) const MORTALITY: BlockNumber = 64;
/// Blocks between the one as of which a transaction is signed and the best one. A fork may replace the
/// newest blocks, and a transaction as of one that went has a bad signature. The pool may not have seen
/// them yet, when the machine is busy, and takes a transaction as of them for one of an ancient birth.
const BIRTH_DEPTH: BlockNumber = 8;
/// Kinds of chains on which secrets that everybody knows do no harm.
const DEVELOPMENT_KINDS: [&str; 2] = ["Development", "Local"];

/// What this program needs and a runtime does not offer, or offers in another form.
pub(super) type Differences = fn(&subxt::Metadata) -> Vec<String>;

/// A connection to a chain whose pallets are those that this program was built for.
#[derive(Clone)]
pub struct Client {
	pub(super) online: OnlineClient<Config>,
	pub(super) rpc: LegacyRpcMethods<RpcConfigFor<Config>>,
	url: String,
	/// What a runtime is compared by.
	differences: Differences,
	/// The runtime's version when it was compared.
	spec_version: u32,
	for_development: bool,
}

impl Client {
	/// Connects to a node's websocket.
	///
	/// # Errors
	///
	/// When there is no node, it says nothing, or its chain's pallets are not those that this program
	/// knows.
	pub async fn connect(url: &str) -> Result<Self, ChainError> {
		Self::connect_to_chain_of(url, pallets_that_differ).await
	}

	/// Connects to a chain whose runtime does not differ.
	pub(super) async fn connect_to_chain_of(
		url: &str,
		differences: Differences,
	) -> Result<Self, ChainError> {
		let unreachable = |error: subxt::Error| ChainError::Unreachable {
			url: url.to_owned(),
			source: error.into(),
		};
		let greeting = async {
			let client = rpc::connect(url).await?;
			let kind = match LegacyRpcMethods::<RpcConfigFor<Config>>::new(client.clone())
				.system_chain_type()
				.await
			{
				// A kind of its own is told as an object, and is not for development.
				Err(subxt::rpcs::Error::Deserialization(_)) => String::new(),
				kind => kind?,
			};
			Ok::<_, subxt::rpcs::Error>((client, kind))
		};
		let (client, kind) = tokio::time::timeout(rpc::CONNECT_TIMEOUT, greeting)
			.await
			.map_err(|_| unreachable(subxt::Error::other_str("no answer in time")))?
			.map_err(|error| unreachable(error.into()))?;
		Self::over(client, &kind, url, differences).await
	}

	/// A client of the chain of this kind that is behind a connection.
	pub(super) async fn over(
		client: RpcClient,
		kind: &str,
		url: &str,
		differences: Differences,
	) -> Result<Self, ChainError> {
		let backend = LegacyBackend::<Config>::builder().build(client.clone());
		let online = OnlineClient::from_backend(Arc::new(backend)).await.map_err(|error| {
			ChainError::Unreachable {
				url: url.to_owned(),
				source: subxt::Error::from(error).into(),
			}
		})?;
		let at = online.at_current_block().await?;
		let client = Self {
			online,
			rpc: LegacyRpcMethods::new(client),
			url: url.to_owned(),
			differences,
			spec_version: at.spec_version(),
			for_development: DEVELOPMENT_KINDS.contains(&kind),
		};
		match client.difference(&at) {
			Some(what) => Err(client.other_chain(what)),
			None => Ok(client),
		}
	}

	/// Connects anew to the same node, or to the one that has taken its place. Tries for a while.
	///
	/// # Errors
	///
	/// [`ChainError::Lost`], and [`ChainError::OtherChain`] where another chain answers there now.
	pub async fn reconnect(&self) -> Result<Self, ChainError> {
		let until = Instant::now() + RECONNECT_FOR;
		loop {
			match Self::connect_to_chain_of(&self.url, self.differences).await {
				Ok(client) if client.genesis() == self.genesis() => return Ok(client),
				Ok(_) => return Err(self.other_chain("it has another first block now".to_owned())),
				Err(error) if !error.is_lost() => return Err(error),
				Err(error) if Instant::now() > until => {
					return Err(ChainError::Lost {
						url: self.url.clone(),
						seconds: RECONNECT_FOR.as_secs(),
						source: Box::new(error),
					})
				}
				Err(_) => tokio::time::sleep(RECONNECT_PAUSE).await,
			}
		}
	}

	/// This connection where the node still answers on it, and a new one where not.
	///
	/// # Errors
	///
	/// Those of [`Self::reconnect`].
	pub async fn renewed(&self) -> Result<Self, ChainError> {
		match self.heights().await {
			Err(error) if error.is_lost() => self.reconnect().await,
			_ => Ok(self.clone()),
		}
	}

	/// What differs between the runtime at a block and the one that this program was built for.
	fn difference(&self, at: &OnlineClientAtBlock<Config>) -> Option<String> {
		let differences = (self.differences)(at.metadata_ref());
		let verb = if differences.len() == 1 { "differs" } else { "differ" };
		let names = differences.join(", ");
		(!differences.is_empty())
			.then(|| format!("{names} {verb} (spec version {})", at.spec_version()))
	}

	fn other_chain(&self, what: String) -> ChainError {
		ChainError::OtherChain { url: self.url.clone(), what }
	}

	/// The hash of the chain's first block.
	pub fn genesis(&self) -> GenesisHash {
		GenesisHash(self.online.genesis_hash().0)
	}

	/// Whether the chain calls itself one for development, or a local one for tests.
	pub fn is_for_development(&self) -> bool {
		self.for_development
	}

	/// The state at the last finalised block: what is in it stays.
	///
	/// # Errors
	///
	/// When the node does not answer: [`ChainError::Node`].
	pub async fn finalised(&self) -> Result<View, ChainError> {
		Ok(View::new(self.online.at_current_block().await?))
	}

	/// The state at the best block: newest, and may still be undone.
	///
	/// # Errors
	///
	/// [`ChainError::OtherChain`] where the chain was upgraded to a runtime that this program does not
	/// know.
	pub async fn best(&self) -> Result<View, ChainError> {
		let hash = self
			.rpc
			.chain_get_block_hash(None)
			.await?
			.ok_or_else(|| ChainError::node("no best block"))?;
		let at = self.online.at_block(hash).await?;
		if at.spec_version() != self.spec_version {
			if let Some(what) = self.difference(&at) {
				return Err(self.other_chain(format!(
					"its runtime was upgraded from spec version {}, and {what}",
					self.spec_version
				)));
			}
		}
		Ok(View::new(at))
	}

	/// The state at the finalised block of this height.
	///
	/// # Errors
	///
	/// When the node does not answer or has pruned the state: [`ChainError::Node`].
	pub async fn at(&self, number: BlockNumber) -> Result<View, ChainError> {
		Ok(View::new(self.online.at_block(number).await?))
	}

	/// The state at the block of this hash.
	pub(super) async fn at_hash(&self, hash: H256) -> Result<View, ChainError> {
		Ok(View::new(self.online.at_block(hash).await?))
	}

	/// The newest blocks.
	///
	/// # Errors
	///
	/// When the node does not answer: [`ChainError::Node`].
	pub async fn heights(&self) -> Result<Heights, ChainError> {
		// In this order, the best block is never older than the finalised one.
		let finalised = self.rpc.chain_get_finalized_head().await?;
		let finalised = self.height(Some(finalised)).await?;
		Ok(Heights { finalised, best: self.height(None).await? })
	}

	/// The height of a block, or of the best one.
	async fn height(&self, block: Option<H256>) -> Result<BlockNumber, ChainError> {
		let header = self.rpc.chain_get_header(block).await?;
		let number = header.ok_or_else(|| ChainError::node("a header is missing"))?.number;
		Ok(BlockNumber::try_from(number).unwrap_or(BlockNumber::MAX))
	}

	/// The block as of which to sign a transaction that is for the block after `best`, and its hash.
	pub(super) async fn birth(&self, best: &View) -> Result<(BlockNumber, H256), ChainError> {
		let birth = best.number().saturating_sub(BIRTH_DEPTH);
		Ok((birth, self.block_hash(birth).await?))
	}

	/// The hash of the block of this height on the best chain.
	pub(super) async fn block_hash(&self, number: BlockNumber) -> Result<H256, ChainError> {
		self.rpc
			.chain_get_block_hash(Some(u64::from(number).into()))
			.await?
			.ok_or_else(|| ChainError::node("a block is missing"))
	}
}

/// The pallets that differ from those that this program was built for.
pub(super) fn pallets_that_differ(live: &subxt::Metadata) -> Vec<String> {
	api::differences(live).into_iter().map(str::to_owned).collect()
}
