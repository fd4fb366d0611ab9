// SPDX-License-Identifier: Apache-2.0
//! `candor bond` and `candor deregister`

use super::chain::{block_on, TransactionArguments};
use crate::output::Output;
use candor_client::{
	chain::{
		api::runtime::workers::events::{BondChanged, Deregistered},
		calls, Amount, SYMBOL,
	},
	exit::{Failure, Outcome},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::fmt;

const BOND_EXAMPLES: &str = "\
Examples:
  candor bond add 50 --key worker.key
  candor bond withdraw 50 --key worker.key

What is left has to be the least bond of a worker, which `candor register worker` takes.";

/// Change a worker's bond
#[derive(Debug, Args)]
#[command(after_help = BOND_EXAMPLES)]
pub(super) struct Bond {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	/// Hold more of the signer's money as its bond
	Add(Change),
	/// Release a part of the bond that no open job needs
	Withdraw(Change),
}

#[derive(Debug, Args)]
struct Change {
	/// By how much
	#[arg(value_name = "AMOUNT")]
	amount: Amount,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Bond {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		block_on(async {
			let (Action::Add(Change { transaction, .. })
			| Action::Withdraw(Change { transaction, .. })) = &self.action;
			let (client, signer) = transaction.begin(output).await?;
			let execution = match &self.action {
				Action::Add(change) => {
					let call = calls::add_to_bond(change.amount);
					transaction.execute(&client, &signer, &call, output).await?
				}
				Action::Withdraw(change) => {
					let call = calls::withdraw_from_bond(change.amount);
					transaction.execute(&client, &signer, &call, output).await?
				}
			};
			execution.report(output, |receipt| {
				let changed: BondChanged = receipt.expect_event("Workers.BondChanged")?;
				Ok(BondReport { worker: signer.account().to_string(), bond: Amount(changed.bond) })
			})
		})
	}
}

#[derive(Debug, Serialize)]
struct BondReport {
	worker: String,
	bond: Amount,
}

impl fmt::Display for BondReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "bond changed\n  worker          {}", self.worker)?;
		write!(f, "\n  bond            {} {SYMBOL}", self.bond)
	}
}

const DEREGISTER_EXAMPLES: &str = "\
Examples:
  candor deregister --key worker.key

The bond returns in full. Open jobs have to be finished first.";

/// Cease to be a worker
#[derive(Debug, Args)]
#[command(after_help = DEREGISTER_EXAMPLES)]
pub(super) struct Deregister {
	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Deregister {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		block_on(async {
			let (client, signer) = self.transaction.begin(output).await?;
			let call = calls::deregister_worker();
			let execution = self.transaction.execute(&client, &signer, &call, output).await?;
			execution.report(output, |receipt| {
				let left: Deregistered = receipt.expect_event("Workers.Deregistered")?;
				Ok(DeregisterReport {
					worker: signer.account().to_string(),
					returned: Amount(left.bond),
				})
			})
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
