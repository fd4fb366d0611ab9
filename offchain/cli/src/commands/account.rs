// SPDX-License-Identifier: Apache-2.0
//! `candor account`

use super::common::transaction::{account, block_on, warn_of_stall, Connection};
use crate::output::Output;
use candor_client::{
	chain::{Amount, SYMBOL},
	exit::{Error, Outcome},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};
use subxt::utils::AccountId32;

/// Look at accounts
#[derive(Debug, Args)]
pub(super) struct Account {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Balance(Balance),
}

impl Account {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Balance(command) => command.run(output),
		}
	}
}

const BALANCE_EXAMPLES: &str = "\
Examples:
  candor account balance 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/// Show what an account owns, in the last finalised block
#[derive(Debug, Args)]
#[command(after_help = BALANCE_EXAMPLES)]
struct Balance {
	/// Account
	#[arg(value_name = "ACCOUNT", value_parser = account)]
	account: AccountId32,

	#[command(flatten)]
	connection: Connection,
}

impl Balance {
	fn run(self, output: &Output) -> Result<Outcome, Error> {
		block_on(async {
			let client = self.connection.connect().await?;
			let best_block = warn_of_stall(&client, output).await?.best;
			let view = client.finalised().await?;
			let balance = view.balance(&self.account).await?;
			output.report(&BalanceReport {
				account: self.account.to_string(),
				block: view.number(),
				best_block,
				free: balance.free,
				free_planck: balance.free.0.to_string(),
				held: balance.held.into_iter().collect(),
				total: balance.total,
				total_planck: balance.total.0.to_string(),
			});
			Ok(Outcome::Done)
		})
	}
}

#[derive(Debug, Serialize)]
struct BalanceReport {
	account: String,
	block: u32,
	best_block: u32,
	free: Amount,
	free_planck: String,
	held: BTreeMap<String, Amount>,
	total: Amount,
	total_planck: String,
}

impl fmt::Display for BalanceReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "at block {}, {} owns {} {SYMBOL}", self.block, self.account, self.total)?;
		write!(f, "  free            {}", self.free)?;
		for (reason, amount) in &self.held {
			write!(f, "\n  held            {amount} for {reason}")?;
		}
		Ok(())
	}
}
