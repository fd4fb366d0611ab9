// SPDX-License-Identifier: Apache-2.0
//! What commands that talk to a chain have in common: the connection, who signs, and transactions.

use super::files;
use crate::output::Output;
use anyhow::{anyhow, Context};
use candor_client::{
	chain::{
		Amount, ChainError, Client, Heights, Included, Phase, Receipt, SendOptions, Signer, View,
		Whereabouts, SYMBOL,
	},
	exit::{Error, OrFail, Outcome},
};
use candor_secret::Secret;
use clap::Args;
use serde::Serialize;
use std::{convert::Infallible, fmt, future::Future, path::PathBuf, str::FromStr, time::Duration};
use subxt::{tx::Payload, utils::AccountId32};
use zeroize::Zeroizing;

/// Where the chain is.
#[derive(Clone, Debug, Args)]
pub(in crate::commands) struct Connection {
	/// Websocket of a node
	#[arg(long, value_name = "URL", env = "CANDOR_URL", default_value = "ws://127.0.0.1:9944")]
	pub url: String,
}

impl Connection {
	/// Connects.
	///
	/// # Errors
	///
	/// When there is no node, or its chain is not one that this program knows.
	pub async fn connect(&self) -> Result<Client, Error> {
		Ok(Client::connect(&self.url).await?)
	}
}

/// Says so where the finalised state, which a command is about to tell, is an old one.
pub(in crate::commands) async fn warn_of_stall(
	client: &Client,
	output: &Output,
) -> Result<Heights, Error> {
	let heights = client.heights().await?;
	if heights.finality_has_stalled() {
		output.warn(format_args!("{heights}: what follows is the state of the former"));
	}
	Ok(heights)
}

/// Who signs.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub(in crate::commands) struct SignerArguments {
	/// Secret that signs: //Alice on a development chain, or a mnemonic; others can see arguments
	#[arg(long, value_name = "SECRET", value_parser = secret)]
	suri: Option<Secret<String>>,

	/// File that holds the mnemonic that signs, as `candor key generate` writes it
	#[arg(long, value_name = "FILE")]
	key: Option<PathBuf>,
}

impl SignerArguments {
	/// Reads the secret.
	///
	/// # Errors
	///
	/// When the secret cannot be read, or is none.
	pub fn signer(&self) -> Result<Signer, Error> {
		match (&self.suri, &self.key) {
			(_, Some(path)) => {
				let text = Zeroizing::new(files::text(path, files::read(path)?)?);
				Signer::from_uri(&text)
					.or_wrong_input()
					.map_err(|error| error.context(format!("{} holds no secret", path.display())))
			}
			(Some(suri), None) => Signer::from_uri(suri)
				.or_wrong_input()
				.map_err(|error| error.context("--suri is no secret")),
			(None, None) => Err(Error::wrong_input(anyhow!("no signer is given"))
				.hint("give --key FILE, or --suri //Alice on a development chain")),
		}
	}
}

/// Takes a secret among the arguments, so that it is neither shown nor left behind.
fn secret(text: &str) -> Result<Secret<String>, Infallible> {
	Ok(Secret::new(text.to_owned()))
}

/// A transaction: where to, who signs, and whether to wait for it.
#[derive(Clone, Debug, Args)]
pub(in crate::commands) struct TransactionArguments {
	#[command(flatten)]
	pub connection: Connection,

	#[command(flatten)]
	signer: SignerArguments,

	/// What the block's author gets on top of the fee, so that the transaction comes before others
	#[arg(long, value_name = "AMOUNT", default_value = "0")]
	tip: Amount,

	/// Do not wait until the transaction is in a finalised block, only until the pool has taken it
	#[arg(long)]
	no_wait: bool,

	/// Seconds to wait at most until the transaction is final, 600 by default
	#[arg(long, value_name = "SECONDS", conflicts_with = "no_wait",
		value_parser = clap::value_parser!(u64).range(1..))]
	timeout: Option<u64>,
}

impl TransactionArguments {
	/// Reads the secret and connects. Warns where a secret that everybody knows meets a chain that is
	/// not for development.
	///
	/// # Errors
	///
	/// Those of the secret and of the connection.
	pub async fn begin(&self, output: &Output) -> Result<(Client, Signer), Error> {
		begin(&self.connection, &self.signer, output).await
	}

	/// How long the command may wait, where that was said.
	pub fn patience(&self) -> Option<Duration> {
		self.timeout.map(Duration::from_secs)
	}

	/// Sends a call, waits for it unless that is not wanted, and reports what `details` finds in the
	/// receipt.
	///
	/// # Errors
	///
	/// Whatever keeps the transaction from succeeding, or from being followed to its end.
	pub fn run<D: Serialize + fmt::Display>(
		self,
		call: &impl Payload,
		output: &Output,
		details: impl FnOnce(&Signer, &Receipt) -> Result<D, ChainError>,
	) -> Result<Outcome, Error> {
		block_on(async {
			let (client, signer) = self.begin(output).await?;
			let execution = self.execute(&client, &signer, call, output).await?;
			execution.report(output, |receipt| details(&signer, receipt))
		})
	}

	/// Sends a call, and waits for it unless that is not wanted.
	///
	/// # Errors
	///
	/// Whatever keeps the transaction from succeeding, or from being followed to its end.
	pub async fn execute(
		&self,
		client: &Client,
		signer: &Signer,
		call: &impl Payload,
		output: &Output,
	) -> Result<Execution, Error> {
		let mut steps = output.steps();
		let mut tell = |phase: Phase| steps.step(phase);
		let mut options = SendOptions { tip: self.tip, ..SendOptions::default() };
		if let Some(patience) = self.patience() {
			options.patience = patience;
		}
		if self.no_wait {
			let sent = client.send_on(options, call, signer, &mut tell).await?;
			let known = Whereabouts { transaction: sent.transaction, place: None };
			return Ok(Execution::Sent(Sent { known, tip: self.tip }));
		}
		Ok(Execution::Final(Box::new(client.transact_on(options, call, signer, &mut tell).await?)))
	}
}

/// Reads the secret and connects.
///
/// # Errors
///
/// Those of the secret and of the connection.
pub(in crate::commands) async fn begin(
	connection: &Connection,
	signer: &SignerArguments,
	output: &Output,
) -> Result<(Client, Signer), Error> {
	let signer = signer.signer()?;
	let client = connection.connect().await?;
	warn_of_known_secret(&client, &signer, output);
	Ok((client, signer))
}

/// Warns where a secret that everybody knows meets a chain that is not for development.
pub(in crate::commands) fn warn_of_known_secret(client: &Client, signer: &Signer, output: &Output) {
	if signer.is_well_known() && !client.is_for_development() {
		output.warn(
			"everybody knows this secret, and the chain is not for development: whatever the account \
			 has can be taken",
		);
	}
}

/// How far a transaction was followed.
pub(in crate::commands) enum Execution {
	/// Into the pool.
	Sent(Sent),
	/// Into a finalised block.
	Final(Box<Receipt>),
}

impl Execution {
	/// Whether the transaction has succeeded in a finalised block.
	pub fn is_final(&self) -> bool {
		matches!(self, Self::Final(_))
	}

	/// Reports the transaction, and what `details` finds in it where it is final.
	///
	/// # Errors
	///
	/// When `details` fails.
	pub fn report<D: Serialize + fmt::Display>(
		self,
		output: &Output,
		details: impl FnOnce(&Receipt) -> Result<D, ChainError>,
	) -> Result<Outcome, Error> {
		match self {
			Self::Sent(sent) => output.report(&sent),
			Self::Final(receipt) => {
				let included = receipt.included();
				let details =
					details(&receipt).map_err(|error| Error::from(error).after(&included))?;
				output.report(&Reported { details, included });
			}
		}
		Ok(Outcome::Done)
	}

	/// What the state of the block holds that includes the transaction. Once that has done its work, a
	/// look at the result that fails takes nothing from it: there is a warning, and `None`.
	pub async fn afterwards<T>(
		&self,
		client: &Client,
		output: &Output,
		what: &str,
		look: impl AsyncFnOnce(&View, &Receipt) -> Result<Option<T>, ChainError>,
	) -> Option<T> {
		let Self::Final(receipt) = self else { return None };
		let found = match client.at(receipt.block_number).await {
			Ok(view) => look(&view, receipt).await,
			Err(error) => Err(error),
		};
		found.unwrap_or_else(|error| {
			output.warn(format_args!("{what} could not be read: {error}"));
			None
		})
	}
}

/// A transaction that was sent and not awaited.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Sent {
	#[serde(flatten)]
	known: Whereabouts,
	/// What it offers on top of the fee.
	tip: Amount,
}

impl fmt::Display for Sent {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "sent\n  transaction  {:#x}", self.known.transaction)?;
		match self.tip {
			Amount(0) => Ok(()),
			tip => write!(f, "\n  tip          {tip} {SYMBOL}"),
		}
	}
}

/// A report about a transaction: what it did, then where it was included.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Reported<D> {
	#[serde(flatten)]
	pub details: D,
	#[serde(flatten)]
	pub included: Included,
}

impl<D: fmt::Display> fmt::Display for Reported<D> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Included { block_number, block, .. } = self.included;
		writeln!(f, "{}", self.details)?;
		writeln!(f, "  block           {block_number}, {block:#x}")?;
		write!(f, "  transaction fee {}", self.included.payment())
	}
}

/// Runs what talks to a chain.
pub(in crate::commands) fn block_on<T>(
	future: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
	tokio::runtime::Builder::new_multi_thread()
		.enable_all()
		.build()
		.context("cannot start")
		.or_failed()?
		.block_on(future)
}

/// Reads an account: an address, or a public key in hexadecimal digits.
pub(in crate::commands) fn account(text: &str) -> Result<AccountId32, String> {
	let mut key = [0; 32];
	if hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut key).is_ok() {
		return Ok(AccountId32(key));
	}
	AccountId32::from_str(text).map_err(|error| {
		format!("expected an SS58 address, or a public key as 64 hexadecimal digits ({error})")
	})
}

/// Reads a hash: 64 hexadecimal digits.
pub(in crate::commands) fn hash(text: &str) -> Result<[u8; 32], String> {
	let mut hash = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut hash)
		.map_err(|_| "expected 64 hexadecimal digits, with or without 0x".to_owned())?;
	Ok(hash)
}

/// Writes the line of a report that tells a deposit, if that is known.
pub(in crate::commands) fn write_deposit(
	f: &mut fmt::Formatter<'_>,
	deposit: Option<Amount>,
) -> fmt::Result {
	deposit.map_or(Ok(()), |deposit| write!(f, "\n  deposit         {deposit} {SYMBOL}"))
}

#[cfg(test)]
mod tests {
	use super::*;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	const ALICE_KEY: &str = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

	#[test]
	fn accounts_are_read_as_addresses_and_as_keys() {
		let by_address = account(ALICE).unwrap();
		assert_eq!(hex::encode(by_address.0), ALICE_KEY);
		for key in [ALICE_KEY.to_owned(), format!("0x{ALICE_KEY}")] {
			assert_eq!(account(&key).unwrap(), by_address);
		}
	}

	#[test]
	fn an_account_with_a_typing_error_is_refused() {
		let wrong = ALICE.replace("Gr", "rG");
		for text in [wrong.as_str(), "", &ALICE_KEY[2..], "0xzz"] {
			assert!(account(text).is_err(), "{text}");
		}
	}
}
