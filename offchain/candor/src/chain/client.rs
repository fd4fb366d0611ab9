// SPDX-License-Identifier: Apache-2.0
//! A connection to a chain.

use super::{
	api::{self, runtime},
	error::{ChainError, Refusal},
	signer::Signer,
	types::BlockNumber,
	view::View,
	Amount,
};
use std::time::Duration;
use subxt::{
	config::{
		substrate::{SubstrateConfig, SubstrateExtrinsicParamsBuilder},
		RpcConfigFor,
	},
	error::TransactionEventsError,
	events::DecodeAsEvent,
	extrinsics::ExtrinsicEvents,
	rpcs::{methods::legacy::LegacyRpcMethods, RpcClient},
	tx::{Payload, TransactionStatus},
	utils::{AccountId32, H256},
	OnlineClient,
};

/// The kind of chain.
pub(super) type Config = SubstrateConfig;

/// Finalised blocks as they come, none left out.
pub struct FinalisedBlocks {
	client: Client,
	stream: subxt::client::Blocks<Config>,
	/// A block that came and was not told yet.
	head: Option<subxt::client::Block<Config>>,
	/// The height that is told next; that of the first block to come where it is not known.
	next: Option<BlockNumber>,
}

impl FinalisedBlocks {
	/// The state at the next one. Dropping the future loses no block.
	pub async fn next(&mut self) -> Result<View, ChainError> {
		loop {
			let head = match &self.head {
				Some(head) => head,
				None => {
					let silent = || {
						ChainError::Node(Box::new(subxt::Error::other_str("no more blocks come")))
					};
					let block = self.stream.next().await.ok_or_else(silent)??;
					self.head.insert(block)
				}
			};
			let newest = BlockNumber::try_from(head.number()).unwrap_or(BlockNumber::MAX);
			let wanted = self.next.unwrap_or(newest);
			if wanted > newest {
				self.head = None;
				continue;
			}
			let view = if wanted < newest {
				self.client.at(wanted).await?
			} else {
				View::new(head.at().await?)
			};
			if wanted == newest {
				self.head = None;
			}
			self.next = Some(wanted.saturating_add(1));
			return Ok(view);
		}
	}
}

/// How long a node may take to answer a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Blocks in which a transaction can be included after it was signed. A transaction that is lost
/// becomes harmless after them.
const MORTALITY: BlockNumber = 32;
/// Kinds of chains on which secrets that everybody knows do no harm.
const DEVELOPMENT_KINDS: [&str; 2] = ["Development", "Local"];

/// A connection to a chain whose pallets are those that this program was built for.
#[derive(Clone)]
pub struct Client {
	online: OnlineClient<Config>,
	rpc: LegacyRpcMethods<RpcConfigFor<Config>>,
	for_development: bool,
}

/// A transaction that was included in a finalised block and succeeded.
#[derive(Debug)]
pub struct Receipt {
	/// The transaction's hash.
	pub transaction: H256,
	/// The finalised block that includes it.
	pub block: H256,
	/// The height of that block.
	pub block_number: BlockNumber,
	/// What the signer paid for it.
	pub fee: Amount,
	events: ExtrinsicEvents<Config>,
}

impl Receipt {
	/// The first event of this kind that the transaction caused.
	pub fn event<E: DecodeAsEvent>(&self) -> Result<Option<E>, ChainError> {
		Ok(self.events.find_first::<E>().transpose()?)
	}

	/// The event of this kind, which always comes with success.
	pub fn expect_event<E: DecodeAsEvent>(&self, name: &'static str) -> Result<E, ChainError> {
		self.event()?.ok_or(ChainError::EventMissing(name))
	}
}

impl Client {
	/// Connects to a node's websocket.
	///
	/// # Errors
	///
	/// When there is no node, or its chain's pallets are not those that this program knows.
	pub async fn connect(url: &str) -> Result<Self, ChainError> {
		let unreachable = |error: subxt::Error| ChainError::Unreachable {
			url: url.to_owned(),
			source: error.into(),
		};
		let rpc_client = tokio::time::timeout(CONNECT_TIMEOUT, RpcClient::from_insecure_url(url))
			.await
			.map_err(|_| unreachable(subxt::Error::other_str("no answer in time")))?
			.map_err(|error| unreachable(error.into()))?;
		let rpc = LegacyRpcMethods::new(rpc_client.clone());
		let online = OnlineClient::<Config>::from_rpc_client(rpc_client)
			.await
			.map_err(|error| unreachable(error.into()))?;
		// A kind of its own is told as an object, and is not for development.
		let kind = rpc.system_chain_type().await.unwrap_or_default();
		let client =
			Self { online, rpc, for_development: DEVELOPMENT_KINDS.contains(&kind.as_str()) };

		let at = client.online.at_current_block().await?;
		let differences = api::differences(at.metadata_ref());
		if differences.is_empty() {
			Ok(client)
		} else {
			let (verb, pallets) =
				(if differences.len() == 1 { "differs" } else { "differ" }, differences.join(", "));
			Err(ChainError::OtherChain {
				url: url.to_owned(),
				what: format!("{pallets} {verb} (spec version {})", at.spec_version()),
			})
		}
	}

	/// The hash of the chain's first block.
	pub fn genesis(&self) -> [u8; 32] {
		self.online.genesis_hash().0
	}

	/// Whether the chain calls itself one for development, or a local one for tests.
	pub fn is_for_development(&self) -> bool {
		self.for_development
	}

	/// The state at the last finalised block: what is in it stays.
	pub async fn finalised(&self) -> Result<View, ChainError> {
		Ok(View::new(self.online.at_current_block().await?))
	}

	/// The state at the best block: newest, and may still be undone.
	pub async fn best(&self) -> Result<View, ChainError> {
		let hash =
			self.rpc.chain_get_block_hash(None).await?.ok_or_else(|| {
				ChainError::Node(Box::new(subxt::Error::other_str("no best block")))
			})?;
		Ok(View::new(self.online.at_block(hash).await?))
	}

	/// The state at the finalised block of this height.
	pub async fn at(&self, number: BlockNumber) -> Result<View, ChainError> {
		Ok(View::new(self.online.at_block(number).await?))
	}

	/// Finalised blocks from this height on, or from now on.
	pub async fn finalised_blocks(
		&self,
		from: Option<BlockNumber>,
	) -> Result<FinalisedBlocks, ChainError> {
		let stream = self.online.stream_blocks().await?;
		Ok(FinalisedBlocks { client: self.clone(), stream, head: None, next: from })
	}

	/// Whether a transaction of this account waits in the node's pool: sent, and in no block that the
	/// node knows as best.
	pub async fn has_pending(&self, account: &AccountId32) -> Result<bool, ChainError> {
		let best = self.best().await?;
		let included = best.nonce(account).await?;
		Ok(self.rpc.system_account_next_index(account).await? > included)
	}

	/// Signs a call and sends it. Returns when it is in the pool.
	///
	/// # Errors
	///
	/// A refusal when the pool does not take it.
	pub async fn send(&self, call: &impl Payload, signer: &Signer) -> Result<Sent, ChainError> {
		let at = self.online.at_current_block().await?;
		// The pool's view, so that several transactions of one account can be under way.
		let nonce = self.rpc.system_account_next_index(&signer.account()).await?;
		let params =
			SubstrateExtrinsicParamsBuilder::new().mortal(MORTALITY.into()).nonce(nonce).build();
		let signed = at.tx().create_signed(call, signer.keypair(), params).await?;
		let transaction = signed.hash();
		let progress = signed.submit_and_watch().await?;
		Ok(Sent { transaction, progress })
	}

	/// Signs a call, sends it, and waits until it succeeded in a finalised block.
	///
	/// # Errors
	///
	/// A refusal when the pool does not take it or the call fails.
	pub async fn transact(
		&self,
		call: &impl Payload,
		signer: &Signer,
	) -> Result<Receipt, ChainError> {
		self.send(call, signer).await?.finalised().await
	}
}

/// A transaction that is on its way.
pub struct Sent {
	/// Its hash.
	pub transaction: H256,
	progress:
		subxt::tx::TransactionProgress<Config, subxt::client::OnlineClientAtBlockImpl<Config>>,
}

impl Sent {
	/// Waits until it succeeded in a finalised block.
	///
	/// # Errors
	///
	/// A refusal when the call fails; [`ChainError::Uncertain`] when it cannot be watched any longer.
	pub async fn finalised(mut self) -> Result<Receipt, ChainError> {
		let transaction = self.transaction;
		let uncertain =
			|error: subxt::Error| ChainError::Uncertain { transaction, source: Box::new(error) };
		loop {
			let status = self
				.progress
				.next()
				.await
				.ok_or_else(|| uncertain(subxt::Error::other_str("the node fell silent about it")))?
				.map_err(|error| ChainError::while_watching(transaction, error))?;
			match status {
				TransactionStatus::InFinalizedBlock(included) => {
					let events =
						included.wait_for_success().await.map_err(|error| match error {
							TransactionEventsError::ExtrinsicFailed(error) => {
								ChainError::Refused(Refusal::of_dispatch(&error))
							}
							other => uncertain(other.into()),
						})?;
					let at = included.at().await.map_err(|error| uncertain(error.into()))?;
					let fee = events
						.find_first::<runtime::transaction_payment::events::TransactionFeePaid>()
						.transpose()?
						.map_or(0, |paid| paid.actual_fee);
					return Ok(Receipt {
						transaction,
						block: included.block_hash(),
						block_number: View::height(&at),
						fee: Amount(fee),
						events,
					});
				}
				TransactionStatus::Invalid { message } | TransactionStatus::Dropped { message } => {
					return Err(Refusal::of_transaction(&message).into())
				}
				TransactionStatus::Error { message } => {
					return Err(uncertain(subxt::Error::other_str(message)))
				}
				TransactionStatus::Validated
				| TransactionStatus::Broadcasted
				| TransactionStatus::NoLongerInBestBlock
				| TransactionStatus::InBestBlock(_) => {}
			}
		}
	}
}
