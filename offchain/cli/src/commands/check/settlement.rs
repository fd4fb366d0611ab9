// SPDX-License-Identifier: Apache-2.0
//! What an answer costs on chain, and the least price that pays for it.

use std::fmt;

use candor_client::{
	chain::{calls, types::JobId, Amount, Client, Estimate, Share, SYMBOL},
	exit::Error,
};
use candor_prover::predict::Prediction;
use clap::Args;
use serde::Serialize;

use super::page::Figure;
use crate::commands::common::transaction::block_on;

/// Seconds of an hour.
const HOUR: f64 = 3600.0;

/// A number that no job has: what an answer costs does not depend on it.
const ANY_JOB: JobId = JobId(0);

/// What an answer is worth to whom.
#[derive(Clone, Debug, Args)]
pub(super) struct SettlementArguments {
	/// Ask this node what an answer weighs and costs on its chain, and tell the least price that pays for it
	#[arg(long, value_name = "URL")]
	url: Option<String>,

	/// Share of the price that the model's owner takes, none by default
	#[arg(long, value_name = "PERCENT", requires = "url")]
	royalty: Option<Share>,

	/// What an hour of this machine costs a worker, in CNDR, nothing by default
	#[arg(long, value_name = "AMOUNT", requires = "url")]
	hour: Option<Amount>,
}

/// What an answer costs its worker, and the price that pays for it.
#[derive(Debug, Serialize)]
pub(super) struct Settlement {
	/// The claim.
	claim: Estimate,
	/// The answer and its proof, before the chain knows what verifying it took: the most.
	submit: Estimate,
	/// The time of proving.
	proving: Amount,
	/// All of that.
	cost: Amount,
	/// The share of the model's owner.
	royalty: Share,
	/// The share that is burnt.
	burnt: Share,
	/// The least price of which that cost is left to the worker, and that the chain takes; nothing where
	/// others get all.
	least_price: Option<Amount>,
}

impl SettlementArguments {
	/// Asks the node, where there is one: for an answer of so many bytes and a proof as predicted.
	pub(super) fn settlement(
		&self,
		output: usize,
		prediction: &Prediction,
	) -> Result<Option<Settlement>, Error> {
		let Some(url) = &self.url else { return Ok(None) };
		let proof = usize::try_from(prediction.sizes.proof).unwrap_or(usize::MAX);
		block_on(async {
			let client = Client::connect(url).await?;
			let claim = client.estimate(&calls::claim(ANY_JOB)).await?;
			let answer = calls::submit(ANY_JOB, vec![0; output], vec![0; proof]);
			let submit = client.estimate(&answer).await?;
			let rule = client.best().await?.price_rule()?;
			let proving = self.proving(prediction.prove.seconds);
			let cost = [claim.fee, submit.fee, proving].into_iter().map(|part| part.0);
			let cost = Amount(cost.fold(0, u128::saturating_add));
			let royalty = self.royalty.unwrap_or_default();
			let least_price = rule.price_for(cost, royalty);
			let burnt = rule.burnt;
			Ok(Some(Settlement { claim, submit, proving, cost, royalty, burnt, least_price }))
		})
	}

	/// What so many seconds of the machine cost.
	fn proving(&self, seconds: f64) -> Amount {
		let hour = self.hour.unwrap_or_default();
		Amount((hour.0 as f64 * seconds / HOUR).ceil() as u128)
	}
}

/// What an answer costs, a line each.
pub(super) fn figures(settlement: &Settlement) -> Vec<Figure> {
	let Settlement { claim, submit, proving, cost, royalty, burnt, least_price } = settlement;
	let price =
		least_price.map_or("none: others get all of it".into(), |price| {
			format!("{price} {SYMBOL}, of which {royalty} go to the model's owner and {burnt} are burnt")
		});
	[
		("claim", transaction(claim)),
		("answer", format!("{}, at most", transaction(submit))),
		("proving", format!("{proving} {SYMBOL}")),
		("cost", format!("{cost} {SYMBOL}")),
		("least price", price),
	]
	.map(|(what, how_much)| Figure { what, how_much })
	.into()
}

fn transaction(estimate: &Estimate) -> String {
	const PICOSECONDS_PER_MILLISECOND: f64 = 1e9;
	let Estimate { length, ref_time, fee } = estimate;
	let milliseconds = *ref_time as f64 / PICOSECONDS_PER_MILLISECOND;
	format!("{fee} {SYMBOL} ({length} bytes, {milliseconds:.2} ms of a block)")
}

impl fmt::Display for Settlement {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("an answer on chain, at the fees of now")?;
		figures(self).iter().try_for_each(|figure| write!(f, "\n{figure}"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn proving_costs_its_part_of_an_hour() {
		let arguments = |hour| SettlementArguments { url: None, royalty: None, hour };
		assert_eq!(arguments(None).proving(7.0), Amount(0));
		assert_eq!(arguments(Some(Amount::UNIT)).proving(1800.0), Amount(Amount::UNIT.0 / 2));
		assert_eq!(arguments(Some(Amount(1))).proving(0.1), Amount(1));
	}
}
