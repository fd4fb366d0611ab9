// SPDX-License-Identifier: Apache-2.0
//! `candor worker status`

use super::common::transaction::{account, block_on, warn_of_stall, Connection};
use crate::output::Output;
use candor_client::{
	chain::{
		types::{Part, Reputation, WhyScore, Worker},
		SYMBOL,
	},
	exit::{Error, Outcome},
};
use clap::Args;
use serde::Serialize;
use std::fmt;
use subxt::utils::AccountId32;

const EXAMPLES: &str = "\
Examples:
  candor worker status 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY

Exit code 1 says that there is no such worker.";

/// Show a worker's bond and reputation, in the last finalised block
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Status {
	/// Account of the worker
	#[arg(value_name = "ACCOUNT", value_parser = account)]
	account: AccountId32,

	#[command(flatten)]
	connection: Connection,
}

impl Status {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let Self { account, connection } = self;
		block_on(async {
			let client = connection.connect().await?;
			let best_block = warn_of_stall(&client, output).await?.best;
			let view = client.finalised().await?;
			let worker = view.worker(&account).await?;
			let registered = worker.is_some();
			output.report(&Report {
				account: account.to_string(),
				block: view.number(),
				best_block,
				registered,
				worker: worker.unwrap_or_default(),
				reputation: view.reputation(&account).await?,
				why_score: view.why_score(&account).await?,
			});
			Ok(if registered { Outcome::Done } else { Outcome::Refused })
		})
	}
}

#[derive(Debug, Serialize)]
struct Report {
	account: String,
	block: u32,
	best_block: u32,
	registered: bool,
	#[serde(flatten)]
	worker: Worker,
	#[serde(flatten)]
	reputation: Reputation,
	why_score: WhyScore,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let kind = if self.registered { "a worker" } else { "no worker" };
		writeln!(f, "at block {}, {} is {kind}", self.block, self.account)?;
		let Worker { bond, locked, open_jobs } = self.worker;
		writeln!(f, "  bond            {bond} {SYMBOL}, of which {locked} are locked")?;
		writeln!(f, "  open jobs       {open_jobs}")?;
		let Reputation { settled, failed, declined, excused, earned, score } = self.reputation;
		writeln!(
			f,
			"  jobs            {settled} settled, {failed} failed, {declined} declined, {excused} excused"
		)?;
		writeln!(f, "  earned          {earned} {SYMBOL}")?;
		let WhyScore { good, bad, prior, requesters, cap, fades_in } = &self.why_score;
		writeln!(f, "  reputation      {score}")?;
		writeln!(
			f,
			"    fees for it   {good} {SYMBOL}, against it {bad}, for not being known {prior}"
		)?;
		for Part { requester, added } in requesters {
			writeln!(f, "    of {requester}  {added} {SYMBOL}, at most {cap}")?;
		}
		write!(f, "    fades next    in {fades_in} blocks")
	}
}
