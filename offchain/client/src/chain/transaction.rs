// SPDX-License-Identifier: Apache-2.0
//! Transactions, from the signature to a finalised block.
//!
//! A transaction counts as sent when the pool has validated and taken it. From then on it is followed to
//! its end, which only finalised blocks can tell: included in one of them, or never to be, because
//! another transaction of the account has used the same nonce or its time is over. Nothing is sent a
//! second time before that is known.

use super::{
	client::{Client, Config, MORTALITY},
	error::ChainError,
	heights::Heights,
	included::{Included, Place, Whereabouts},
	signer::Signer,
	types::BlockNumber,
	Amount,
};
use rand::{rngs::OsRng, Rng};
use std::{fmt, time::Duration};
use subxt::{
	config::substrate::SubstrateExtrinsicParamsBuilder,
	events::DecodeAsEvent,
	extrinsics::ExtrinsicEvents,
	rpcs::{client::RpcSubscription, methods::legacy::TransactionStatus},
	tx::Payload,
	utils::{AccountId32, H256},
};

mod following;
#[cfg(test)]
mod tests;

/// How long a transaction may take to become final unless somebody says otherwise: longer than it can
/// be included.
const FINALITY: Duration = Duration::from_secs(600);
/// Nonces that are tried before the race for the next one is given up, and tries to overtake a pool that
/// is behind.
const RACES: u32 = 60;
/// The longest pause, in milliseconds, before the next try.
const RACE_PAUSE: u64 = 500;

/// How a transaction is sent, and how long it is waited for.
#[derive(Clone, Copy, Debug)]
pub struct SendOptions {
	/// What the author of the block gets on top of the fee.
	pub tip: Amount,
	/// How long to wait until it is final.
	pub patience: Duration,
}

impl Default for SendOptions {
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
	/// The node's pool has not seen the newest blocks yet, and it is signed and sent again.
	AheadOfPool,
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
			Self::AheadOfPool => f.write_str(
				"sending the transaction again: the node's pool is behind its own chain",
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
	/// What the signer paid for it, the tip included.
	pub fee: Amount,
	/// The part of that which the author of the block got on top of the fee.
	pub tip: Amount,
	events: ExtrinsicEvents<Config>,
}

impl Receipt {
	/// The first event of this kind that the transaction caused.
	///
	/// # Errors
	///
	/// When there is one and it cannot be decoded.
	pub fn event<E: DecodeAsEvent>(&self) -> Result<Option<E>, ChainError> {
		Ok(self.events.find_first::<E>().transpose()?)
	}

	/// All events of this kind that the transaction caused, in their order.
	///
	/// # Errors
	///
	/// When one of them cannot be decoded.
	pub fn events<E: DecodeAsEvent>(&self) -> Result<Vec<E>, ChainError> {
		Ok(self.events.find::<E>().collect::<Result<_, _>>()?)
	}

	/// The event of this kind, which always comes with success.
	///
	/// # Errors
	///
	/// [`ChainError::EventMissing`] when there is none, and when it cannot be decoded.
	pub fn expect_event<E: DecodeAsEvent>(&self, name: &'static str) -> Result<E, ChainError> {
		self.event()?.ok_or(ChainError::EventMissing(name))
	}

	/// Where the transaction is.
	pub fn included(&self) -> Included {
		let Self { transaction, block, block_number, fee, tip, .. } = *self;
		Included { transaction, block, block_number, fee, tip }
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

/// A transaction that is in the pool.
pub struct Sent {
	/// Its hash.
	pub transaction: H256,
	client: Client,
	signed: Signed,
	/// What the pool tells about it, where it does.
	progress: Option<RpcSubscription<TransactionStatus<H256>>>,
	/// The block that it was last seen in.
	place: Option<Place>,
}

impl Client {
	/// Signs a call and sends it. Returns when the pool has validated and taken it.
	///
	/// # Errors
	///
	/// A refusal when the pool does not take it. Where only another transaction of the same account came
	/// first, this one is sent again with the next nonce.
	pub async fn send(&self, call: &impl Payload, signer: &Signer) -> Result<Sent, ChainError> {
		self.send_on(SendOptions::default(), call, signer, &mut |_| ()).await
	}

	/// The same with other options, and with word of what it is at.
	///
	/// # Errors
	///
	/// Those of [`Self::send`], and [`ChainError::TipTooHigh`].
	pub async fn send_on(
		&self,
		options: SendOptions,
		call: &impl Payload,
		signer: &Signer,
		tell: Listener<'_>,
	) -> Result<Sent, ChainError> {
		self.check_tip(options.tip, call, &signer.account()).await?;
		tell(Phase::Sending);
		let (mut races, mut out_of_date) = (0, 0);
		loop {
			let signed = self.sign(options, call, signer).await?;
			match self.submit(signed, options, tell).await {
				// It is neither in the pool nor in a block, so nothing can happen twice.
				Err(ChainError::Refused(refusal))
					if (refusal.is_lost_race() || refusal.is_ahead_of_pool()) && races < RACES =>
				{
					races += 1;
					let ahead = refusal.is_ahead_of_pool();
					tell(if ahead { Phase::AheadOfPool } else { Phase::LostRace });
					let pause = OsRng.gen_range(0..=RACE_PAUSE);
					tokio::time::sleep(Duration::from_millis(pause)).await;
				}
				// The chain was upgraded between two looks at it.
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
		self.transact_on(SendOptions::default(), call, signer, &mut |_| ()).await
	}

	/// The same with other options, and with word of what it is at.
	///
	/// # Errors
	///
	/// Those of [`Self::transact`], and [`ChainError::TipTooHigh`].
	pub async fn transact_on(
		&self,
		options: SendOptions,
		call: &impl Payload,
		signer: &Signer,
		tell: Listener<'_>,
	) -> Result<Receipt, ChainError> {
		let mut races = 0;
		loop {
			let sent = self.send_on(options, call, signer, tell).await?;
			match sent.finalised_on(options, tell).await {
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
		options: SendOptions,
		call: &impl Payload,
		signer: &Signer,
	) -> Result<Signed, ChainError> {
		// The runtime that will validate it is that of the best block.
		let best = self.best().await?;
		let (birth, birth_hash) = self.birth(&best).await?;
		let account = signer.account();
		// The pool's view, so that several transactions of one account can be under way.
		let nonce = self.rpc.system_account_next_index(&account).await?;
		let params = SubstrateExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(MORTALITY.into(), birth.into(), birth_hash)
			.nonce(nonce)
			.tip(options.tip.0)
			.build();
		let signed = best.at.tx().create_signable_offline(call, params)?.sign(signer.keypair())?;
		Ok(Signed { hash: signed.hash(), bytes: signed.into_encoded(), account, nonce, birth })
	}

	/// Hands a transaction to the pool, and waits for its verdict. Whatever is refused is in no block either.
	async fn submit(
		&self,
		signed: Signed,
		options: SendOptions,
		tell: Listener<'_>,
	) -> Result<Sent, ChainError> {
		let answer = self.rpc.author_submit_and_watch_extrinsic(&signed.bytes).await;
		let transaction = signed.hash;
		let sent = Sent { transaction, client: self.clone(), signed, progress: None, place: None };
		match answer.map_err(ChainError::from) {
			Ok(progress) => Ok(Sent { progress: Some(progress), ..sent }),
			// No two signatures are the same, so the pool has this very one: it met it in a block that came at
			// this moment.
			Err(ChainError::Refused(refusal)) if refusal.is_already_there() => Ok(sent),
			// Its nonce is used: by itself, if such a block has taken it.
			Err(ChainError::Refused(refusal)) if refusal.is_outdated() => {
				tell(Phase::Looking);
				match sent.find(options).await? {
					Some(sent) => Ok(sent),
					None => Err(refusal.into()),
				}
			}
			Err(ChainError::Node(source)) => Err(ChainError::Uncertain {
				known: Box::new(Whereabouts { transaction, place: None }),
				until: sent.signed.lives_until(),
				source,
			}),
			Err(error) => Err(error),
		}
	}
}
