// SPDX-License-Identifier: Apache-2.0

//! Asks a model on a chain for its answer to one input, pays for it, and waits for it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the answer, and how it is got")]

use anyhow::{bail, ensure, Context, Result};
use candor_client::{
	answer::commit_posted,
	chain::{
		api::runtime::jobs::events::{Opened, Refunded, Settled},
		calls::{self, Offer, PostedInput},
		types::{JobId, ModelId, NextAction, Price, SetupDemand},
		Amount, Client, Follower, Share, Signer, Step,
	},
};
use clap::Parser;

/// Blocks that a worker has from its claim on.
const PROVING_PERIOD: u32 = 50;
/// Blocks until the last one in which an answer counts.
const LIFETIME: u32 = 4 * PROVING_PERIOD;

/// Asks a model and pays for its answer.
#[derive(Parser)]
struct Question {
	/// A node.
	#[arg(long, default_value = "ws://127.0.0.1:9944")]
	url: String,

	/// The secret of the account that pays.
	#[arg(long, default_value = "//Charlie")]
	suri: String,

	/// The model.
	#[arg(long, default_value_t = 0)]
	model: u32,

	/// What is paid, in whole coins.
	#[arg(long, default_value = "2")]
	price: Amount,

	/// The bytes that the model takes, in hex.
	input: String,
}

#[tokio::main]
async fn main() -> Result<()> {
	let question = Question::parse();
	let input = hex::decode(&question.input).context("the input is not hexadecimal")?;
	let signer = Signer::from_uri(&question.suri)?;
	let client = Client::connect(&question.url).await?;

	let best = client.best().await?;
	let model = ModelId(question.model);
	let version = best.latest_version(model).await?.context("there is no such model")?;
	let quote = best.quote(model, version, question.price).await?;
	eprintln!("the worker gets {}, the owner {}", quote.payout, quote.royalty);

	let offer = Offer {
		model,
		version,
		price: Price::Fixed(question.price),
		named: Vec::new(),
		min_reputation: Share::from_parts(0),
		setup: SetupDemand::default(),
		proving_period: PROVING_PERIOD,
		deadline: best.number().saturating_add(LIFETIME),
	};
	let call = calls::open(offer, PostedInput { commitment: commit_posted(&input), bytes: input });
	let receipt = client.transact(&call, &signer).await?;
	let job = JobId(receipt.expect_event::<Opened>("Jobs.Opened")?.job.0);
	eprintln!("job {job} is open");

	let output = answer(&client, job, receipt.block_number).await?;
	println!("{}", hex::encode(output));
	Ok(())
}

/// The output with which a job is settled, in a block from this height on.
async fn answer(client: &Client, job: JobId, from: u32) -> Result<Vec<u8>> {
	let mut blocks = Follower::new(client, Some(from)).await?;
	loop {
		match blocks.next().await? {
			Step::Block(block) => {
				for settled in block.events.find::<Settled>() {
					let settled = settled?;
					if settled.job.0 == job.0 {
						return Ok(settled.output.0);
					}
				}
				for refunded in block.events.find::<Refunded>() {
					ensure!(
						refunded?.job.0 != job.0,
						"nobody answered, and the price was returned"
					);
				}
				let next = block.view.next_action(job).await?;
				ensure!(!matches!(next, NextAction::Expire), "no answer can come any more");
			}
			Step::Missed(blocks) => {
				bail!("what happened in blocks {} to {} is gone", blocks.start(), blocks.end());
			}
			Step::Wait(_) => {}
		}
	}
}
