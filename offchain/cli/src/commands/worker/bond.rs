// SPDX-License-Identifier: Apache-2.0
//! `candor worker register`, `bond`, `unbond` and `deregister`: a worker's bond, from its first to its last.

use super::common::transaction::TransactionArguments;
use crate::output::Output;
use candor_client::{
	chain::{
		api::runtime::workers::events::{BondChanged, Deregistered},
		calls, Amount, ChainError, Receipt, Signer, SYMBOL,
	},
	exit::{Error, Outcome},
};
use clap::Args;
use serde::Serialize;
use std::fmt;

/// What a worker has at stake after a command.
#[derive(Debug, Serialize)]
struct Report {
	#[serde(skip)]
	what: &'static str,
	worker: String,
	bond: Amount,
}

impl Report {
	/// The bond as the chain has changed it.
	fn changed(signer: &Signer, receipt: &Receipt) -> Result<Self, ChainError> {
		let changed: BondChanged = receipt.expect_event("Workers.BondChanged")?;
		let worker = signer.account().to_string();
		Ok(Self { what: "bond changed", worker, bond: Amount(changed.bond) })
	}
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}\n  worker          {}", self.what, self.worker)?;
		write!(f, "\n  bond            {} {SYMBOL}", self.bond)
	}
}

const REGISTER_EXAMPLES: &str = "\
Examples:
  candor worker register --bond 100 --key worker.key

Bond and deposit are held on the signer's account.";

/// Become a worker
#[derive(Debug, Args)]
#[command(after_help = REGISTER_EXAMPLES)]
pub(super) struct Register {
	/// What you stand to lose, held on your account
	#[arg(long, value_name = "AMOUNT")]
	bond: Amount,

	/// What others should know about you, such as an endpoint
	#[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
	metadata: String,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Register {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let Self { bond, metadata, transaction } = self;
		transaction.run(&calls::register_worker(bond, metadata), output, |signer, _| {
			let worker = signer.account().to_string();
			Ok(Report { what: "worker registered", worker, bond })
		})
	}
}

const BOND_EXAMPLES: &str = "\
Examples:
  candor worker bond 50 --key worker.key";

/// Add to a worker's bond
#[derive(Debug, Args)]
#[command(after_help = BOND_EXAMPLES)]
pub(super) struct Bond {
	/// By how much
	#[arg(value_name = "AMOUNT")]
	amount: Amount,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Bond {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		self.transaction.run(&calls::add_to_bond(self.amount), output, Report::changed)
	}
}

const UNBOND_EXAMPLES: &str = "\
Examples:
  candor worker unbond 50 --key worker.key

What is left has to be the least bond of a worker, which `candor worker register` takes.";

/// Take back a part of a worker's bond that no open job locks
#[derive(Debug, Args)]
#[command(after_help = UNBOND_EXAMPLES)]
pub(super) struct Unbond {
	/// By how much
	#[arg(value_name = "AMOUNT")]
	amount: Amount,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Unbond {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		self.transaction.run(&calls::withdraw_from_bond(self.amount), output, Report::changed)
	}
}

const DEREGISTER_EXAMPLES: &str = "\
Examples:
  candor worker deregister --key worker.key

The bond returns in full. Open jobs have to be finished first.";

/// Cease to be a worker
#[derive(Debug, Args)]
#[command(after_help = DEREGISTER_EXAMPLES)]
pub(super) struct Deregister {
	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Deregister {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		self.transaction.run(&calls::deregister_worker(), output, |signer, receipt| {
			let left: Deregistered = receipt.expect_event("Workers.Deregistered")?;
			let worker = signer.account().to_string();
			Ok(DeregisterReport { worker, returned: Amount(left.bond) })
		})
	}
}

#[derive(Debug, Serialize)]
struct DeregisterReport {
	worker: String,
	returned: Amount,
}

impl fmt::Display for DeregisterReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "no worker any more\n  worker          {}", self.worker)?;
		write!(f, "\n  returned        {} {SYMBOL}", self.returned)
	}
}
