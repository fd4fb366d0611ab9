// SPDX-License-Identifier: Apache-2.0
//! From the pool to a finalised block: what becomes of a transaction that was taken.

use super::{Listener, Phase, Receipt, SendOptions, Sent};
use crate::chain::{
	api::runtime,
	error::{ChainError, NotFinal},
	heights::Heights,
	included::{Place, Whereabouts},
	refusal::Refusal,
	view::View,
	Amount,
};
use sp_crypto_hashing::blake2_256;
use std::time::Duration;
use subxt::{
	error::DispatchError,
	rpcs::methods::legacy::TransactionStatus,
	tx::{TransactionInvalid, ValidationResult},
	utils::H256,
};
use tokio::time::Instant;

/// How often to look at the chain while nothing is heard of a transaction.
const LOOK: Duration = Duration::from_secs(6);

/// What finalised blocks say of a transaction, for ever.
enum Decided {
	/// This one includes it.
	Included(H256),
	/// Another one has its nonce.
	Usurped,
	/// It lives no longer.
	Expired,
}

impl Sent {
	/// Waits until it succeeded in a finalised block.
	///
	/// # Errors
	///
	/// A refusal when the call fails or never can be included; [`ChainError::Uncertain`] when that does
	/// not become known.
	pub async fn finalised(self) -> Result<Receipt, ChainError> {
		self.finalised_on(SendOptions::default(), &mut |_| ()).await
	}

	/// The same with other options, and with word of what it is at.
	///
	/// # Errors
	///
	/// Those of [`Self::finalised`].
	pub async fn finalised_on(
		mut self,
		options: SendOptions,
		tell: Listener<'_>,
	) -> Result<Receipt, ChainError> {
		let until = Instant::now() + options.patience;
		let Some(mut progress) = self.progress.take() else {
			return self.look_for(options, until, tell).await;
		};
		tell(Phase::Waiting);
		let mut stalled = false;
		loop {
			let look = (Instant::now() + LOOK).min(until);
			let status = tokio::select! {
				status = progress.next() => status,
				() = tokio::time::sleep_until(look) => {
					let heights = self.client.heights().await.ok();
					if Instant::now() >= until {
						return Err(self.not_final(options, heights));
					}
					match heights {
						// Nothing is heard of the node.
						None => break,
						Some(heights) if heights.finalised >= self.signed.lives_until() => break,
						Some(heights) => {
							if heights.finality_has_stalled() && !stalled {
								tell(Phase::Stalled(heights));
							}
							stalled = heights.finality_has_stalled();
						}
					}
					continue;
				}
			};
			match status {
				Some(Ok(TransactionStatus::Finalized(block))) => return self.receipt(block).await,
				Some(Ok(TransactionStatus::InBlock(block))) => {
					self.place = Some(Place { block, number: None });
				}
				Some(Ok(TransactionStatus::Retracted(_))) => self.place = None,
				Some(Ok(
					TransactionStatus::Future
					| TransactionStatus::Ready
					| TransactionStatus::Broadcast(_),
				)) => {}
				Some(Ok(TransactionStatus::Dropped)) => return Err(Refusal::dropped().into()),
				Some(Ok(TransactionStatus::Invalid)) => {
					if let Some(refusal) = self.invalid().await {
						return Err(refusal.into());
					}
					break;
				}
				// The pool has said its last word, and the chain decides.
				Some(Ok(TransactionStatus::Usurped(_) | TransactionStatus::FinalityTimeout(_)))
				| Some(Err(_))
				| None => break,
			}
		}
		self.look_for(options, until, tell).await
	}

	/// Why the pool calls it invalid, where that is not for its nonce: then it may be in a block.
	async fn invalid(&self) -> Option<Refusal> {
		let best = self.client.best().await.ok()?;
		match best.at.tx().from_bytes(self.signed.bytes.clone()).validate().await.ok()? {
			ValidationResult::Invalid(TransactionInvalid::Stale) | ValidationResult::Valid(_) => {
				None
			}
			ValidationResult::Invalid(why) => {
				let mut refusal = Refusal::invalidated();
				refusal.explanation.push_str(&format!(" ({why:?})"));
				Some(refusal)
			}
			ValidationResult::Unknown(_) => None,
		}
	}

	/// Looks for it in finalised blocks until they tell its fate.
	async fn look_for(
		mut self,
		options: SendOptions,
		until: Instant,
		tell: Listener<'_>,
	) -> Result<Receipt, ChainError> {
		tell(Phase::Looking);
		match self.decided(options, until).await? {
			Decided::Included(block) => self.receipt(block).await,
			Decided::Usurped => Err(Refusal::usurped().into()),
			Decided::Expired => Err(Refusal::expired().into()),
		}
	}

	/// Itself, once a finalised block includes it; nothing once none can.
	pub(super) async fn find(mut self, options: SendOptions) -> Result<Option<Self>, ChainError> {
		let until = Instant::now() + options.patience;
		let decided = self.decided(options, until).await?;
		Ok(matches!(decided, Decided::Included(_)).then_some(self))
	}

	/// Waits until finalised blocks tell its fate.
	async fn decided(
		&mut self,
		options: SendOptions,
		until: Instant,
	) -> Result<Decided, ChainError> {
		loop {
			match self.fate().await {
				Ok(Some(decided)) => return Ok(decided),
				Ok(None) if Instant::now() >= until => {
					let heights = self.client.heights().await.ok();
					return Err(self.not_final(options, heights));
				}
				Ok(None) => tokio::time::sleep(LOOK).await,
				Err(error) if error.is_lost() => {
					self.client = match self.client.reconnect().await {
						Ok(client) => client,
						Err(error) => return Err(self.uncertain(error)),
					};
				}
				Err(error) => return Err(self.uncertain(error)),
			}
		}
	}

	/// What finalised blocks say of it, if they do.
	async fn fate(&self) -> Result<Option<Decided>, ChainError> {
		let finalised = self.client.finalised().await?;
		let last = finalised.number().min(self.signed.lives_until());
		let used = finalised.nonce(&self.signed.account).await? > self.signed.nonce;
		if !used && last < self.signed.lives_until() {
			return Ok(None);
		}
		for number in self.signed.birth.saturating_add(1)..=last {
			let hash = self.client.block_hash(number).await?;
			let details = self.client.rpc.chain_get_block(Some(hash)).await?;
			let block = details.ok_or_else(|| ChainError::node("a block is missing"))?.block;
			let is_this = |bytes: &[u8]| blake2_256(bytes) == self.transaction.0;
			if block.extrinsics.iter().any(|extrinsic| is_this(extrinsic)) {
				return Ok(Some(Decided::Included(hash)));
			}
		}
		Ok(Some(if used { Decided::Usurped } else { Decided::Expired }))
	}

	/// Reads what it did in the finalised block that includes it.
	async fn receipt(mut self, block: H256) -> Result<Receipt, ChainError> {
		self.place = Some(Place { block, number: None });
		let first = self.read(block).await;
		let read = match first {
			Err(error) if error.is_lost() => match self.client.reconnect().await {
				Ok(client) => {
					self.client = client;
					self.read(block).await
				}
				Err(_) => Err(error),
			},
			read => read,
		};
		match read {
			Err(error @ ChainError::Refused(_)) => Err(error),
			Err(error) => Err(self.uncertain(error)),
			Ok(receipt) => Ok(receipt),
		}
	}

	async fn read(&mut self, block: H256) -> Result<Receipt, ChainError> {
		let view = self.client.at_hash(block).await?;
		self.place = Some(Place { block, number: Some(view.number()) });
		let extrinsics = view.at.extrinsics().fetch().await?;
		let found = extrinsics
			.iter()
			.filter_map(Result::ok)
			.find(|extrinsic| extrinsic.hash() == self.transaction)
			.ok_or_else(|| ChainError::node("the transaction is not in the block named for it"))?;
		let events = found.events().await?;
		let (fee, tip) = events
			.find_first::<runtime::transaction_payment::events::TransactionFeePaid>()
			.transpose()?
			.map_or((0, 0), |paid| (paid.actual_fee, paid.tip));
		let receipt = Receipt {
			transaction: self.transaction,
			block,
			block_number: view.number(),
			fee: Amount(fee),
			tip: Amount(tip),
			events,
		};
		match refusal_in(&view, &receipt)? {
			Some(refusal) => {
				Err(Refusal { included: Some(Box::new(receipt.included())), ..refusal }.into())
			}
			None => Ok(receipt),
		}
	}

	fn not_final(&self, options: SendOptions, heights: Option<Heights>) -> ChainError {
		self.uncertain(NotFinal { seconds: options.patience.as_secs(), heights })
	}

	fn uncertain(&self, source: impl std::error::Error + Send + Sync + 'static) -> ChainError {
		ChainError::Uncertain {
			known: Box::new(Whereabouts { transaction: self.transaction, place: self.place }),
			until: self.signed.lives_until(),
			source: Box::new(source),
		}
	}
}

/// Why a transaction failed, if it did.
fn refusal_in(view: &View, receipt: &Receipt) -> Result<Option<Refusal>, ChainError> {
	for event in receipt.events.iter() {
		let event = event?;
		if event.pallet_name() == "System" && event.event_name() == "ExtrinsicFailed" {
			let error = DispatchError::decode_from(event.field_bytes(), view.at.metadata())
				.map_err(|error| ChainError::Node(Box::new(error.into())))?;
			return Ok(Some(Refusal::of_dispatch(&error, view.metadata())));
		}
	}
	Ok(None)
}
