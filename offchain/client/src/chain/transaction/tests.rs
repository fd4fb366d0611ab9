// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::chain::{
	calls,
	fake::{
		Answer::{self, Hang, Have, Outdated, Refuse, Take},
		Fortune::{Forgotten, Included, Usurped},
		Node,
	},
	types::JobId,
};
use serde_json::{json, Value as Json};

fn finalised() -> Json {
	json!({ "finalized": null })
}

/// Sends a call to a node whose pool answers so, and says what came of it.
async fn outcome(
	answers: impl IntoIterator<Item = Answer>,
) -> (Node, Result<Receipt, ChainError>, Vec<Phase>) {
	let (node, client) = Node::start(answers).await;
	let signer = Signer::from_uri("//Alice").unwrap_or_else(|_| panic!());
	let mut phases = Vec::new();
	let end = client
		.transact_on(SendOptions::default(), &calls::cancel(JobId(7)), &signer, &mut |it| {
			phases.push(it)
		})
		.await;
	(node, end, phases)
}

/// It ends with a receipt after so many tries, and one of them is in a block.
async fn succeeds(tries: usize, answers: impl IntoIterator<Item = Answer>) {
	let (node, end, _) = outcome(answers).await;
	let receipt = end.unwrap();
	assert_eq!(receipt.block_number, u32::from_be_bytes(receipt.block.0[28..].try_into().unwrap()));
	assert_eq!((node.submitted(), node.included()), (tries, 1));
}

/// It ends with this refusal after so many tries, and nothing is in a block.
async fn is_refused(tries: usize, name: &str, answers: impl IntoIterator<Item = Answer>) {
	let (node, end, _) = outcome(answers).await;
	let error = end.unwrap_err();
	let refusal = error.refusal().unwrap_or_else(|| panic!("{error}"));
	assert!(refusal.is(name), "{refusal}");
	assert_eq!((node.submitted(), node.included()), (tries, 0));
}

mod at_the_door {
	use super::*;

	#[tokio::test]
	async fn a_lost_race_is_run_again_with_the_next_nonce() {
		let low = Refuse(1014, "The transaction has too low priority");
		let taken = Take(Included, vec![json!("ready"), finalised()]);
		succeeds(3, [Outdated(Usurped), low, taken]).await;
	}

	#[tokio::test]
	async fn a_nonce_that_the_transaction_has_used_itself_is_no_lost_race() {
		succeeds(1, [Outdated(Included)]).await;
	}

	#[tokio::test]
	async fn what_is_sent_without_a_wait_is_in_the_pool_or_in_a_block() {
		for (answers, submitted) in
			[(vec![Outdated(Included)], 1), (vec![Outdated(Usurped), Take(Included, vec![])], 2)]
		{
			let (node, client) = Node::start(answers).await;
			let signer = Signer::from_uri("//Dave").unwrap_or_else(|_| panic!());
			let sent = client.send(&calls::cancel(JobId(7)), &signer).await;
			assert!(sent.is_ok());
			assert_eq!((node.submitted(), node.included()), (submitted, 1));
		}
	}

	#[tokio::test]
	async fn what_was_signed_before_an_upgrade_is_signed_again_once() {
		let bad = || Refuse(1010, "Transaction has a bad signature");
		succeeds(2, [bad(), Take(Included, vec![finalised()])]).await;
		is_refused(2, "InvalidTransaction.BadProof", [bad(), bad()]).await;
	}

	#[tokio::test]
	async fn a_pool_that_is_behind_its_chain_may_catch_up() {
		let ancient = || Refuse(1010, "Transaction has an ancient birth block");
		let taken = Take(Included, vec![finalised()]);
		let (node, end, phases) = outcome([ancient(), ancient(), ancient(), taken]).await;
		assert_eq!((end.is_ok(), node.submitted()), (true, 4));
		use Phase::{AheadOfPool, Sending, Waiting};
		assert_eq!(phases, [Sending, AheadOfPool, AheadOfPool, AheadOfPool, Waiting]);
	}

	#[tokio::test]
	async fn a_transaction_is_signed_as_of_a_block_that_forks_and_slow_pools_leave() {
		let (node, client) = Node::with_blocks(40, []).await;
		let best = client.best().await.unwrap();
		assert_eq!(client.birth(&best).await.unwrap().0, 31);
		drop(node);
		let (_node, client) = Node::with_blocks(3, []).await;
		let best = client.best().await.unwrap();
		assert_eq!(client.birth(&best).await.unwrap().0, 0);
	}

	#[tokio::test]
	async fn other_refusals_are_final() {
		let poor = Refuse(1010, "Inability to pay some fees (e.g. account balance too low)");
		is_refused(1, "InvalidTransaction.Payment", [poor]).await;
		is_refused(1, "Pool.Full", [Refuse(1016, "the limit")]).await;
	}

	#[tokio::test]
	async fn a_tip_that_cannot_be_paid_is_refused_before_the_account_has_signed_anything() {
		let (node, client) = Node::start([]).await;
		let signer = Signer::from_uri("//Dave").unwrap_or_else(|_| panic!());
		let options = SendOptions { tip: Amount::UNIT, ..SendOptions::default() };
		let mut phases = Vec::new();
		let call = calls::cancel(JobId(7));
		let end = client.send_on(options, &call, &signer, &mut |it| phases.push(it)).await;
		assert!(matches!(end, Err(ChainError::TipTooHigh { fee: Amount(900), .. })));
		assert_eq!((phases.len(), node.submitted()), (0, 0));
		let account = signer.account().0;
		let [weighed] = &node.weighed()[..] else { panic!() };
		assert!(!weighed.windows(account.len()).any(|part| part == account));
	}

	#[tokio::test]
	async fn a_transaction_that_the_pool_has_already_is_looked_for_in_blocks() {
		succeeds(1, [Have(Included)]).await;
		succeeds(2, [Have(Usurped), Take(Included, vec![finalised()])]).await;
		is_refused(1, "Pool.Expired", [Have(Forgotten)]).await;
		let (_, _, phases) = outcome([Have(Included)]).await;
		assert_eq!(phases, [Phase::Sending, Phase::Looking]);
	}

	#[tokio::test]
	async fn silence_leaves_its_fate_open_and_nothing_is_sent_again() {
		let (node, end, _) = outcome([Hang]).await;
		let Err(ChainError::Uncertain { known, until, .. }) = end else { panic!("{end:?}") };
		assert_eq!(known.place, None);
		assert_eq!(until, MORTALITY);
		assert_eq!(node.submitted(), 1);
	}
}

mod in_the_pool {
	use super::*;

	#[tokio::test]
	async fn blocks_have_the_last_word_when_the_pool_says_otherwise() {
		for last in [json!({ "usurped": null }), json!({ "finalityTimeout": null }), json!("ready")]
		{
			succeeds(1, [Take(Included, vec![last])]).await;
		}
	}

	#[tokio::test]
	async fn a_transaction_whose_place_was_taken_is_sent_again() {
		let usurped = Take(Usurped, vec![json!("ready"), json!({ "usurped": null })]);
		succeeds(2, [usurped, Take(Included, vec![finalised()])]).await;
		let silent = Take(Usurped, vec![json!("ready")]);
		succeeds(2, [silent, Take(Included, vec![finalised()])]).await;
	}

	#[tokio::test]
	async fn a_transaction_that_no_block_has_taken_in_time_is_not_sent_again() {
		is_refused(1, "Pool.Expired", [Take(Forgotten, vec![json!("ready")])]).await;
	}

	#[tokio::test]
	async fn a_pool_that_was_full_is_told_as_such() {
		is_refused(1, "Pool.Dropped", [Take(Forgotten, vec![json!("ready"), json!("dropped")])])
			.await;
	}

	#[tokio::test]
	async fn what_it_is_at_is_told() {
		let usurped = Take(Usurped, vec![json!({ "usurped": null })]);
		let (_, _, phases) = outcome([usurped, Take(Included, vec![finalised()])]).await;
		use Phase::{Looking, LostRace, Sending, Waiting};
		assert_eq!(phases, [Sending, Waiting, Looking, LostRace, Sending, Waiting]);
	}
}
