// SPDX-License-Identifier: Apache-2.0
//! What commands that talk to a chain have in common.

use super::files;
use crate::{
	chain::{Amount, ChainError, Client, Receipt, Signer, SYMBOL},
	exit::{Failure, OrFail, Outcome},
	output::Output,
};
use anyhow::{anyhow, Context};
use clap::Args;
use serde::Serialize;
use std::{fmt, future::Future, path::PathBuf, str::FromStr};
use subxt::{tx::Payload, utils::AccountId32};

/// Where the chain is.
#[derive(Clone, Debug, Args)]
pub(super) struct Connection {
	/// Websocket of a node
	#[arg(long, value_name = "URL", env = "CANDOR_URL", default_value = "ws://127.0.0.1:9944")]
	pub url: String,
}

impl Connection {
	/// Connects.
	pub async fn connect(&self) -> Result<Client, Failure> {
		Ok(Client::connect(&self.url).await?)
	}
}

/// Who signs.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct SignerArguments {
	/// Secret that signs: //Alice on a development chain, or a mnemonic; others can see arguments
	#[arg(long, value_name = "SECRET")]
	suri: Option<String>,

	/// File that holds the mnemonic that signs, as `candor keys generate` writes it
	#[arg(long, value_name = "FILE")]
	key: Option<PathBuf>,
}

impl SignerArguments {
	/// Reads the secret.
	pub fn signer(&self) -> Result<Signer, Failure> {
		match (&self.suri, &self.key) {
			(_, Some(path)) => {
				let text = files::text(path, files::read(path)?)?;
				Signer::from_uri(&text).or_wrong_input().map_err(|failure| {
					failure.context(format!("{} holds no secret", path.display()))
				})
			}
			(Some(suri), None) => Signer::from_uri(suri)
				.or_wrong_input()
				.map_err(|failure| failure.context("--suri is no secret")),
			(None, None) => Err(Failure::wrong_input(anyhow!("no signer is given"))
				.hint("give --key FILE, or --suri //Alice on a development chain")),
		}
	}
}

/// A transaction: where to, who signs, and whether to wait for it.
#[derive(Clone, Debug, Args)]
pub(super) struct TransactionArguments {
	#[command(flatten)]
	pub connection: Connection,

	#[command(flatten)]
	signer: SignerArguments,

	/// Do not wait until the transaction is in a finalised block
	#[arg(long)]
	no_wait: bool,
}

impl TransactionArguments {
	/// Reads the secret and connects. Warns where a secret that everybody knows meets a chain that is
	/// not for development.
	pub async fn begin(&self, output: &Output) -> Result<(Client, Signer), Failure> {
		begin(&self.connection, &self.signer, output).await
	}

	/// Sends a call, and waits for it unless that is not wanted.
	pub async fn execute(
		&self,
		client: &Client,
		signer: &Signer,
		call: &impl Payload,
		output: &Output,
	) -> Result<Execution, Failure> {
		let mut steps = output.steps();
		steps.step("sending the transaction");
		let sent = client.send(call, signer).await?;
		if self.no_wait {
			return Ok(Execution::Sent(sent.transaction.0));
		}
		steps.step("waiting until it is final");
		Ok(Execution::Final(Box::new(sent.finalised().await?)))
	}
}

/// Reads the secret and connects.
pub(super) async fn begin(
	connection: &Connection,
	signer: &SignerArguments,
	output: &Output,
) -> Result<(Client, Signer), Failure> {
	let signer = signer.signer()?;
	let client = connection.connect().await?;
	if signer.is_well_known() && !client.is_for_development() {
		output.warn(
			"everybody knows this secret, and the chain is not for development: whatever the account \
			 has can be taken",
		);
	}
	Ok((client, signer))
}

/// How far a transaction was followed.
pub(super) enum Execution {
	/// Into the pool.
	Sent([u8; 32]),
	/// Into a finalised block.
	Final(Box<Receipt>),
}

impl Execution {
	/// Reports the transaction, and what `details` finds in it where it is final.
	pub fn report<D: Serialize + fmt::Display>(
		self,
		output: &Output,
		details: impl FnOnce(&Receipt) -> Result<D, ChainError>,
	) -> Result<Outcome, Failure> {
		match self {
			Self::Sent(transaction) => {
				output.report(&Sent { transaction: files::prefixed_hex(&transaction) })
			}
			Self::Final(receipt) => output
				.report(&Reported { details: details(&receipt)?, inclusion: (&*receipt).into() }),
		}
		Ok(Outcome::Done)
	}
}

/// A transaction that was sent and not awaited.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
	transaction: String,
}

impl fmt::Display for Sent {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "sent\n  transaction  {}", self.transaction)
	}
}

/// Where a transaction was included.
#[derive(Debug, Serialize)]
pub(super) struct Inclusion {
	transaction: String,
	#[serde(rename = "block")]
	hash: String,
	#[serde(rename = "block_number")]
	number: u32,
	#[serde(rename = "transaction_fee")]
	fee: Amount,
}

impl From<&Receipt> for Inclusion {
	fn from(receipt: &Receipt) -> Self {
		Self {
			transaction: files::prefixed_hex(&receipt.transaction.0),
			hash: files::prefixed_hex(&receipt.block.0),
			number: receipt.block_number,
			fee: receipt.fee,
		}
	}
}

/// A report about a transaction: what it did, then where it was included.
#[derive(Debug, Serialize)]
pub(super) struct Reported<D> {
	#[serde(flatten)]
	pub details: D,
	#[serde(flatten)]
	pub inclusion: Inclusion,
}

impl<D: fmt::Display> fmt::Display for Reported<D> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Inclusion { number, hash, fee, .. } = &self.inclusion;
		writeln!(f, "{}", self.details)?;
		writeln!(f, "  block           {number}, {hash}")?;
		write!(f, "  transaction fee {fee} {SYMBOL}")
	}
}

/// Runs what talks to a chain.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
	tokio::runtime::Builder::new_multi_thread()
		.enable_all()
		.build()
		.context("cannot start")
		.map_err(Failure::wrong_input)?
		.block_on(future)
}

/// Reads an account: an address, or a public key in hexadecimal digits.
pub(super) fn account(text: &str) -> Result<AccountId32, String> {
	let mut key = [0; 32];
	if hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut key).is_ok() {
		return Ok(AccountId32(key));
	}
	AccountId32::from_str(text).map_err(|error| {
		format!("expected an SS58 address, or a public key as 64 hexadecimal digits ({error})")
	})
}

/// Reads a hash: 64 hexadecimal digits.
pub(super) fn hash(text: &str) -> Result<[u8; 32], String> {
	let mut hash = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut hash)
		.map_err(|_| "expected 64 hexadecimal digits, with or without 0x".to_owned())?;
	Ok(hash)
}
