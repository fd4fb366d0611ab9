// SPDX-License-Identifier: Apache-2.0
//! The terms of new jobs.

use super::{super::common::transaction::Execution, Open};
use crate::output::Output;
use candor_client::{
	chain::{
		api::runtime::jobs::events::Opened,
		calls::Offer,
		types::{JobId, ModelId, Price, Quote, SetupDemand, Version},
		Amount, Client, View, SYMBOL,
	},
	exit::Error,
};
use candor_statement::ModelCommitment;
use clap::Args;
use serde::Serialize;
use std::fmt;

/// What is demanded of the setup of the model's circuit: without either, that it is a ceremony, by the word of
/// whoever registered it, except on a chain for development.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct SetupArguments {
	/// Demand that somebody whom the chain names vouches for the setup of the model's circuit
	#[arg(long)]
	attested: bool,

	/// Accept a setup of a single party, who could forge proofs; on chains for development that is the default
	#[arg(long, conflicts_with = "attested")]
	any_setup: bool,
}

impl From<SetupArguments> for SetupDemand {
	fn from(SetupArguments { attested, any_setup }: SetupArguments) -> Self {
		match (attested, any_setup) {
			(true, _) => Self::Attested,
			(false, true) => Self::Any,
			(false, false) => Self::Ceremony,
		}
	}
}

/// What the answer to each new job is worth.
#[derive(Debug, Serialize)]
pub(super) struct Terms {
	pub(super) model: ModelId,
	pub(super) version: Version,
	price: Price,
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
}

impl Open {
	/// The terms in this state, for the model with this commitment, as far as that is known.
	pub(super) async fn terms(
		&self,
		view: &View,
		commitment: Option<ModelCommitment>,
		price: Price,
		output: &Output,
	) -> Result<Terms, Error> {
		let model = self.model.model;
		let version = self.version(view, commitment).await?;
		self.check_workers(view, output).await?;
		let quote = view.quote(model, version, price.least()).await?;
		let highest = match price {
			Price::Fixed(_) => None,
			Price::Rising { to, .. } => Some(view.quote(model, version, to).await?),
		};
		let workers = self.workers.iter().map(ToString::to_string).collect();
		Ok(Terms { model, version, price, deposit: None, quote, highest, workers })
	}

	/// What is offered for each answer, on these terms.
	pub(super) fn offer(&self, terms: &Terms, best: &View) -> Offer {
		Offer {
			model: terms.model,
			version: terms.version,
			price: terms.price,
			named: self.workers.clone(),
			min_reputation: self.min_reputation,
			setup: self.setup.into(),
			proving_period: self.proving_period,
			deadline: best.number().saturating_add(self.deadline),
		}
	}
}

impl Terms {
	/// Adds the deposit for a job that was opened. Those that were opened together name the same workers and
	/// have inputs of one length, so it is that of each.
	pub(super) async fn look_up_deposit(
		&mut self,
		execution: &Execution,
		client: &Client,
		output: &Output,
	) {
		self.deposit = execution
			.afterwards(client, output, "the deposit", async |view, receipt| {
				let Some(opened) = receipt.event::<Opened>()? else { return Ok(None) };
				Ok(view.job(JobId(opened.job.0)).await?.map(|job| job.deposit))
			})
			.await;
	}

	/// Their lines in a report, where `of` says whose price and deposit these are.
	pub(super) fn lines(&self, f: &mut fmt::Formatter<'_>, of: &str) -> fmt::Result {
		let Quote { payout, royalty, fee, bond, .. } = self.quote;
		writeln!(f, "  {:<16}{}", format!("price{of}"), self.price)?;
		writeln!(f, "    for the worker {payout}, for the owner {royalty}, burnt {fee}")?;
		if let Some(Quote { payout, royalty, fee, bond, .. }) = self.highest {
			writeln!(
				f,
				"    at its highest {payout}, {royalty} and {fee}, and a claim locks {bond}"
			)?;
		}
		for worker in &self.workers {
			writeln!(f, "  for             {worker}")?;
		}
		if let Some(deposit) = self.deposit {
			writeln!(f, "  {:<16}{deposit} {SYMBOL}", format!("deposit{of}"))?;
		}
		writeln!(f, "  a claim locks   {bond} {SYMBOL}")
	}
}
