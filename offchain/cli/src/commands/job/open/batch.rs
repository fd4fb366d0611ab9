// SPDX-License-Identifier: Apache-2.0
//! `candor job open --samples`: many jobs on the same terms.

use super::{
	super::common::sample::{Input, Origin, Samples},
	terms::Terms,
	Open,
};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	answer::commit_posted,
	chain::{
		api::runtime::jobs::events::Opened,
		calls::{self, PostedInput},
		types::JobId,
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
		let mut terms = self.terms(&best, commitment, price, output).await?;
		let call = calls::open_batch(self.offer(&terms, &best), inputs);
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		terms.look_up_deposit(&execution, &client, output).await;
		execution.report(output, |receipt| {
			let first: Opened = receipt.expect_event("Jobs.Opened")?;
			let opened = receipt.events::<Opened>()?;
			Ok(Report {
				deadline: first.deadline,
				jobs: opened.iter().map(|opened| JobId(opened.job.0)).collect(),
				terms,
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
	/// Of each.
	#[serde(flatten)]
	terms: Terms,
	deadline: u32,
	samples: Vec<Origin>,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Terms { model, version, .. } = self.terms;
		writeln!(f, "{} jobs opened on model {model}:{version}", self.jobs.len())?;
		for (job, sample) in self.jobs.iter().zip(&self.samples) {
			writeln!(f, "  job {job:<12}{sample}")?;
		}
		self.terms.lines(f, " of each")?;
		write!(f, "  deadline        block {}", self.deadline)
	}
}
