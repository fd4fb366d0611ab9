// SPDX-License-Identifier: Apache-2.0
//! `candor job open --samples`: many jobs on the same terms.

use super::{
	super::common::sample::{Input, Origin, Samples},
	Open,
};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	answer::commit_posted,
	chain::{
		api::runtime::jobs::events::Opened,
		calls::{self, PostedInput},
		types::{JobId, ModelId, Price, Quote, Version},
		Amount, SYMBOL,
	},
	exit::{Error, Outcome},
};
use candor_compiler::ModelSchema;
use serde::Serialize;
use std::fmt;

impl Open {
	/// Opens a job on each of the samples.
	pub(super) async fn open_all(
		self,
		samples: &Samples,
		output: &Output,
	) -> Result<Outcome, Error> {
		let price = self.price()?;
		let (schema, commitment) = self.schema(output)?;
		let (inputs, origins) = self.inputs(samples, &schema, output)?;
		let (client, signer) = self.transaction.begin(output).await?;
		let best = client.best().await?;
		let most = best.most_inputs()?;
		if usize::try_from(most).is_ok_and(|most| inputs.len() > most) {
			return Err(Error::wrong_input(anyhow!(
				"one transaction opens {most} jobs at most, and these are {}",
				inputs.len()
			)));
		}
		let version = self.version(&best, commitment).await?;
		self.check_workers(&best, output).await?;
		let (quote, highest) = self.quotes(&best, version, price).await?;
		let call = calls::open_batch(self.offer(version, price, &best), inputs);
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		// They name the same workers and have inputs of one length.
		let deposit = execution
			.afterwards(&client, output, "the deposit", async |view, receipt| {
				let Some(opened) = receipt.event::<Opened>()? else { return Ok(None) };
				Ok(view.job(JobId(opened.job.0)).await?.map(|job| job.deposit))
			})
			.await;
		execution.report(output, |receipt| {
			let opened = receipt.events::<Opened>()?;
			Ok(Report {
				deadline: opened.first().map(|opened| opened.deadline),
				jobs: opened.iter().map(|opened| JobId(opened.job.0)).collect(),
				model: self.model.model,
				version,
				price,
				deposit,
				quote,
				highest,
				workers: self.workers.iter().map(ToString::to_string).collect(),
				samples: origins,
			})
		})
	}

	/// The inputs, unless the model would answer for another one than one of those in the file.
	fn inputs(
		&self,
		samples: &Samples,
		schema: &ModelSchema,
		output: &Output,
	) -> Result<(Vec<PostedInput>, Vec<Origin>), Error> {
		let inputs = self.sample.read_all(samples, schema)?;
		for Input { origin, .. } in &inputs {
			let accepted = self.accepted_clipping(origin);
			if let Some(clipping) = accepted.map_err(|error| error.context(origin.to_string()))? {
				output.warn(format_args!("{origin}: {clipping}"));
			}
		}
		// It is about the whole file.
		if let Some(Input { origin, .. }) = inputs.first() {
			origin.warn(output);
		}
		let posted = |bytes: Vec<u8>| PostedInput { commitment: commit_posted(&bytes), bytes };
		Ok(inputs.into_iter().map(|Input { bytes, origin }| (posted(bytes), origin)).unzip())
	}
}

/// New jobs on the same terms.
#[derive(Debug, Serialize)]
struct Report {
	/// In the order of the samples.
	jobs: Vec<JobId>,
	model: ModelId,
	version: Version,
	/// Of each.
	price: Price,
	/// Of each.
	deposit: Option<Amount>,
	/// How the price is divided at the opening.
	#[serde(flatten)]
	quote: Quote,
	/// How it is divided at its highest, where it rises.
	#[serde(skip_serializing_if = "Option::is_none")]
	highest: Option<Quote>,
	/// The only ones that may claim the jobs, where any are named.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	workers: Vec<String>,
	deadline: Option<u32>,
	samples: Vec<Origin>,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} jobs opened on model {}:{}", self.jobs.len(), self.model, self.version)?;
		for (job, sample) in self.jobs.iter().zip(&self.samples) {
			write!(f, "\n  job {job:<12}{sample}")?;
		}
		let Quote { payout, royalty, fee, bond } = self.quote;
		write!(f, "\n  price of each   {}", self.price)?;
		write!(f, "\n    for the worker {payout}, for the owner {royalty}, burnt {fee}")?;
		if let Some(Quote { payout, royalty, fee, bond }) = self.highest {
			write!(
				f,
				"\n    at its highest {payout}, {royalty} and {fee}, and a claim locks {bond}"
			)?;
		}
		for worker in &self.workers {
			write!(f, "\n  for             {worker}")?;
		}
		if let Some(deposit) = self.deposit {
			write!(f, "\n  deposit of each {deposit} {SYMBOL}")?;
		}
		write!(f, "\n  a claim locks   {bond} {SYMBOL}")?;
		match self.deadline {
			Some(deadline) => write!(f, "\n  deadline        block {deadline}"),
			None => Ok(()),
		}
	}
}
