// SPDX-License-Identifier: Apache-2.0
//! Transactions, from the signature to a finalised block.
//!
//! A transaction counts as sent when the pool has validated and taken it. From then on it is followed to
//! its end, which only finalised blocks can tell: included in one of them, or never to be, because
//! another transaction of the account has used the same nonce or its time is over. Nothing is sent a
//! second time before that is known.

use super::{
	api::runtime,
	client::{Client, Config, MORTALITY},
	error::{ChainError, NotFinal},
	heights::Heights,
	included::{Included, Place, Whereabouts},
	refusal::Refusal,
	signer::Signer,
	types::BlockNumber,
	view::View,
	Amount,
};
use rand::{rngs::OsRng, Rng};
use sp_crypto_hashing::blake2_256;
use std::{fmt, time::Duration};
use subxt::{
	config::substrate::SubstrateExtrinsicParamsBuilder,
	error::DispatchError,
	events::DecodeAsEvent,
	extrinsics::ExtrinsicEvents,
	rpcs::{client::RpcSubscription, methods::legacy::TransactionStatus},
	tx::{Payload, TransactionInvalid, ValidationResult},
	utils::{AccountId32, H256},
};
use tokio::time::Instant;

#[cfg(test)]
mod tests;

/// How long a transaction may take to become final unless somebody says otherwise: longer than it can
/// be included.
const FINALITY: Duration = Duration::from_secs(600);
/// Nonces that are tried before the race for the next one is given up.
const RACES: u32 = 60;
/// The longest pause, in milliseconds, before the next nonce is tried.
const RACE_PAUSE: u64 = 500;
/// How often to look at the chain while nothing is heard of a transaction.
const LOOK: Duration = Duration::from_secs(6);

/// How a transaction is sent, and how long it is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
	/// What the author of the block gets on top of the fee.
	pub tip: Amount,
	/// How long to wait until it is final.
	pub patience: Duration,
}

impl Default for Terms {
	fn default() -> Self {
		Self { tip: Amount(0), patience: FINALITY }
	}
}

/// What a transaction is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
	/// It is signed and sent.
	Sending,
	/// Another transaction of the account was faster, and it is signed and sent again.
	LostRace,
	/// It is in the pool, or in a block that is not final.
	Waiting,
	/// The same, and finality has stalled.
	Stalled(Heights),
	/// The pool no longer tells about it, and it is looked for in finalised blocks.
	Looking,
}

impl fmt::Display for Phase {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Sending => f.write_str("sending the transaction"),
			Self::LostRace => f.write_str(
				"sending the transaction again: another one of the same account was faster",
			),
			Self::Waiting => f.write_str("waiting until it is final"),
			Self::Stalled(heights) => write!(f, "waiting until it is final: {heights}"),
			Self::Looking => f.write_str("looking for the transaction in finalised blocks"),
		}
	}
}

/// Is told what a transaction is at.
type Listener<'a> = &'a mut (dyn FnMut(Phase) + Send);

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

	/// Where the transaction is.
	pub fn included(&self) -> Included {
		let Self { transaction, block, block_number, fee, .. } = *self;
		Included { transaction, block, block_number, fee }
	}
}

/// A signed transaction.
struct Signed {
	hash: H256,
	bytes: Vec<u8>,
	account: AccountId32,
	nonce: u64,
	/// The block as of which it was signed.
	birth: BlockNumber,
}

impl Signed {
	/// The last block that can include it.
	fn lives_until(&self) -> BlockNumber {
		self.birth.saturating_add(MORTALITY)
	}
}

/// A transaction that the pool has taken.
pub struct Sent {
	/// Its hash.
	pub transaction: H256,
	client: Client,
	signed: Signed,
	progress: RpcSubscription<TransactionStatus<H256>>,
	/// The block that it was last seen in.
	place: Option<Place>,
}

/// What finalised blocks say of a transaction.
enum Fate {
	Included(H256),
	Usurped,
	Expired,
	/// Nothing yet.
	Open,
}

impl Client {
	/// Signs a call and sends it. Returns when the pool has validated and taken it.
	///
	/// # Errors
	///
	/// A refusal when the pool does not take it. Where only another transaction of the same account came
	/// first, this one is sent again with the next nonce.
	pub async fn send(&self, call: &impl Payload, signer: &Signer) -> Result<Sent, ChainError> {
		self.send_on(Terms::default(), call, signer, &mut |_| ()).await
	}

	/// The same on other terms, and with word of what it is at.
	pub async fn send_on(
		&self,
		terms: Terms,
		call: &impl Payload,
		signer: &Signer,
		tell: Listener<'_>,
	) -> Result<Sent, ChainError> {
		tell(Phase::Sending);
		let (mut races, mut out_of_date) = (0, 0);
		loop {
			let signed = self.sign(terms, call, signer).await?;
			match self.submit(signed).await {
				// Neither is in the pool, so nothing can happen twice.
				Err(ChainError::Refused(refusal)) if refusal.is_lost_race() && races < RACES => {
					races += 1;
					tell(Phase::LostRace);
					let pause = OsRng.gen_range(0..=RACE_PAUSE);
					tokio::time::sleep(Duration::from_millis(pause)).await;
				}
				// The chain went on between two looks at it.
				Err(ChainError::Refused(refusal))
					if refusal.is_out_of_date() && out_of_date < 1 =>
				{
					out_of_date += 1;
				}
				sent => return sent,
			}
		}
	}

	/// Signs a call, sends it, and waits until it succeeded in a finalised block.
	///
	/// # Errors
	///
	/// A refusal when the pool does not take it, when it never can be included, or when the call fails;
	/// [`ChainError::Uncertain`] when that does not become known.
	pub async fn transact(
		&self,
		call: &impl Payload,
		signer: &Signer,
	) -> Result<Receipt, ChainError> {
		self.transact_on(Terms::default(), call, signer, &mut |_| ()).await
	}

	/// The same on other terms, and with word of what it is at.
	pub async fn transact_on(
		&self,
		terms: Terms,
		call: &impl Payload,
		signer: &Signer,
		tell: Listener<'_>,
	) -> Result<Receipt, ChainError> {
		let mut races = 0;
		loop {
			let sent = self.send_on(terms, call, signer, tell).await?;
			match sent.finalised_on(terms, tell).await {
				// By the finalised chain, it was not included and never will be.
				Err(ChainError::Refused(refusal)) if refusal.is_lost_race() && races < RACES => {
					races += 1;
					tell(Phase::LostRace);
				}
				end => return end,
			}
		}
	}

	async fn sign(
		&self,
		terms: Terms,
		call: &impl Payload,
		signer: &Signer,
	) -> Result<Signed, ChainError> {
		// The runtime that will validate it is that of the best block.
		let best = self.best().await?;
		let birth = self.heights().await?.birth();
		let account = signer.account();
		// The pool's view, so that several transactions of one account can be under way.
		let nonce = self.rpc.system_account_next_index(&account).await?;
		let params = SubstrateExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(MORTALITY.into(), birth.into(), self.block_hash(birth).await?)
			.nonce(nonce)
			.tip(terms.tip.0)
			.build();
		let signed = best.at.tx().create_signable_offline(call, params)?.sign(signer.keypair())?;
		Ok(Signed { hash: signed.hash(), bytes: signed.into_encoded(), account, nonce, birth })
	}

	/// Hands a transaction to the pool, and waits for its verdict.
	async fn submit(&self, signed: Signed) -> Result<Sent, ChainError> {
		let answer = self.rpc.author_submit_and_watch_extrinsic(&signed.bytes).await;
		match answer.map_err(ChainError::from) {
			Ok(progress) => Ok(Sent {
				transaction: signed.hash,
				client: self.clone(),
				signed,
				progress,
				place: None,
			}),
			Err(ChainError::Node(error)) => Err(ChainError::Uncertain {
				known: Box::new(Whereabouts { transaction: signed.hash, place: None }),
				until: signed.lives_until(),
				source: error,
			}),
			Err(error) => Err(error),
		}
	}
}

impl Sent {
	/// Waits until it succeeded in a finalised block.
	///
	/// # Errors
	///
	/// A refusal when the call fails or never can be included; [`ChainError::Uncertain`] when that does
	/// not become known.
	pub async fn finalised(self) -> Result<Receipt, ChainError> {
		self.finalised_on(Terms::default(), &mut |_| ()).await
	}

	/// The same on other terms, and with word of what it is at.
	pub async fn finalised_on(
		mut self,
		terms: Terms,
		tell: Listener<'_>,
	) -> Result<Receipt, ChainError> {
		let until = Instant::now() + terms.patience;
		tell(Phase::Waiting);
		let mut stalled = false;
		loop {
			let look = (Instant::now() + LOOK).min(until);
			let status = tokio::select! {
				status = self.progress.next() => status,
				() = tokio::time::sleep_until(look) => {
					let heights = self.client.heights().await.ok();
					if Instant::now() >= until {
						return Err(self.not_final(terms, heights));
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
		self.look_for(terms, until, tell).await
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
		terms: Terms,
		until: Instant,
		tell: Listener<'_>,
	) -> Result<Receipt, ChainError> {
		tell(Phase::Looking);
		loop {
			match self.fate().await {
				Ok(Fate::Included(block)) => return self.receipt(block).await,
				Ok(Fate::Usurped) => return Err(Refusal::usurped().into()),
				Ok(Fate::Expired) => return Err(Refusal::expired().into()),
				Ok(Fate::Open) if Instant::now() >= until => {
					let heights = self.client.heights().await.ok();
					return Err(self.not_final(terms, heights));
				}
				Ok(Fate::Open) => tokio::time::sleep(LOOK).await,
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

	/// What finalised blocks say of it.
	async fn fate(&self) -> Result<Fate, ChainError> {
		let finalised = self.client.finalised().await?;
		let last = finalised.number().min(self.signed.lives_until());
		let used = finalised.nonce(&self.signed.account).await? > self.signed.nonce;
		if !used && last < self.signed.lives_until() {
			return Ok(Fate::Open);
		}
		for number in self.signed.birth.saturating_add(1)..=last {
			let hash = self.client.block_hash(number).await?;
			let details = self.client.rpc.chain_get_block(Some(hash)).await?;
			let block = details.ok_or_else(|| ChainError::node("a block is missing"))?.block;
			let is_this = |bytes: &[u8]| blake2_256(bytes) == self.transaction.0;
			if block.extrinsics.iter().any(|extrinsic| is_this(extrinsic)) {
				return Ok(Fate::Included(hash));
			}
		}
		Ok(if used { Fate::Usurped } else { Fate::Expired })
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
		let fee = events
			.find_first::<runtime::transaction_payment::events::TransactionFeePaid>()
			.transpose()?
			.map_or(0, |paid| paid.actual_fee);
		let receipt = Receipt {
			transaction: self.transaction,
			block,
			block_number: view.number(),
			fee: Amount(fee),
			events,
		};
		match failure(&view, &receipt)? {
			Some(refusal) => Err(Refusal { included: Some(receipt.included()), ..refusal }.into()),
			None => Ok(receipt),
		}
	}

	fn not_final(&self, terms: Terms, heights: Option<Heights>) -> ChainError {
		self.uncertain(NotFinal { seconds: terms.patience.as_secs(), heights })
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
fn failure(view: &View, receipt: &Receipt) -> Result<Option<Refusal>, ChainError> {
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
