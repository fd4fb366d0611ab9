// SPDX-License-Identifier: Apache-2.0
//! Jobs whose model proves several runs at once.

use super::*;
use candor_client::answer::{Answer, Identity};
use candor_statement::StatementSchema;
use double::Fault;

/// The runs of a proof.
const RUNS: u8 = 3;

/// The model that the jobs are about, in a circuit of several runs.
fn joint() -> Identity {
	let schema = StatementSchema::InferencesV1 { input_len: 64, output_len: 40, runs: RUNS };
	Identity { schema, ..identity() }
}

/// So many jobs on it, from the third on.
fn chain_with(jobs: u64) -> Chain {
	let chain = chain((3..3 + jobs).map(|id| Job { id: JobId(id), ..job() }));
	chain.set_circuit(job().circuit, double::facts(&joint()));
	chain
}

fn desk() -> Desk {
	Desk::of(joint())
}

/// A desk that has made the proof for three jobs, and not sent it yet.
async fn with_a_proof_of_three() -> (Chain, Desk) {
	let chain = chain_with(3);
	let mut desk = desk();
	desk.begin(&chain).await;
	for _ in 0..3 {
		desk.look(&chain).await;
		chain.make_block();
	}
	desk.look(&chain).await;
	assert_eq!((desk.machine.proofs(), answered(&chain).len()), (1, 0));
	(chain, desk)
}

/// The jobs that each answer was to.
fn answered(chain: &Chain) -> Vec<Vec<u64>> {
	let jobs = |answer: &Answer| answer.runs.iter().map(|run| run.job.0).collect();
	let answers = chain.sent();
	let answers = answers.iter().filter_map(|order| match order {
		Order::Submit { answer, .. } => Some(jobs(answer)),
		_ => None,
	});
	answers.collect()
}

#[tokio::test]
async fn as_many_as_a_proof_is_of_are_claimed_and_answered_with_one() {
	let chain = chain_with(3);
	let mut desk = desk();
	desk.begin(&chain).await;
	desk.live(&chain, 8).await;
	assert_eq!(answered(&chain), [[3, 4, 5]]);
	assert_eq!((desk.session.settled(), desk.machine.proofs()), (3, 1));
	assert!(!desk.session.busy);
}

#[tokio::test]
async fn more_are_answered_with_the_next_proof() {
	let chain = chain_with(5);
	let mut desk = desk();
	desk.begin(&chain).await;
	desk.live(&chain, 16).await;
	assert_eq!(answered(&chain), [vec![3, 4, 5], vec![6, 7]]);
	assert_eq!((desk.session.settled(), desk.machine.proofs()), (5, 2));
}

#[tokio::test]
async fn nobody_waits_for_jobs_that_there_are_not() {
	let chain = chain_with(1);
	let mut desk = desk();
	desk.begin(&chain).await;
	desk.live(&chain, 5).await;
	assert_eq!(answered(&chain), [[3]]);
	assert_eq!(desk.session.settled(), 1);
}

#[tokio::test]
async fn no_more_are_claimed_than_the_operator_wants_answered() {
	let chain = chain_with(3);
	let mut desk = Desk::of_with(joint(), |settings| settings.once = Some(2));
	desk.begin(&chain).await;
	desk.live(&chain, 8).await;
	assert_eq!(answered(&chain), [[3, 4]]);
	assert!(chain.in_best(JobId(5)));
}

#[tokio::test]
async fn a_proof_that_was_made_is_sent_by_the_next_process() {
	let (chain, desk) = with_a_proof_of_three().await;
	let mut desk = desk.restarted();
	desk.begin(&chain).await;
	desk.live(&chain, 3).await;
	assert_eq!(answered(&chain), [[3, 4, 5]]);
	assert_eq!((desk.session.settled(), desk.machine.proofs()), (3, 1));
}

#[tokio::test]
async fn a_job_that_is_lost_leaves_the_others_to_be_proved_anew() {
	let (chain, mut desk) = with_a_proof_of_three().await;
	chain.forfeit(JobId(4));
	chain.make_block();
	desk.live(&chain, 8).await;
	assert_eq!(answered(&chain), [[3, 5]]);
	assert_eq!((desk.session.settled(), desk.machine.proofs()), (2, 2));
}

#[tokio::test]
async fn no_more_are_claimed_than_could_be_proved_one_by_one() {
	let chain = chain_with(3);
	let mut desk = desk();
	// The proof of two and one of each of them fit into a claim's time, and not those of three.
	desk.session.store.remember_time(joint().key, 5 * PACE / 2).unwrap();
	desk.begin(&chain).await;
	desk.live(&chain, 5).await;
	assert_eq!(answered(&chain).first(), Some(&vec![3, 4]));
}

#[tokio::test]
async fn a_claim_that_is_overdue_takes_no_other_along() {
	let chain = chain_with(1);
	chain.claim_for_me(JobId(3));
	for _ in 0..25 {
		chain.make_block();
	}
	chain.open(Job { id: JobId(4), ..job() });
	let mut desk = desk();
	desk.begin(&chain).await;
	desk.live(&chain, 6).await;
	assert_eq!(answered(&chain), [[4]]);
	assert!(chain.in_best(JobId(3)), "nobody has expired it");
}

#[tokio::test]
async fn a_job_that_is_due_too_early_is_not_claimed_beside_others() {
	let chain = chain_with(2);
	chain.open(Job { id: JobId(5), proving_period: 7, ..job() });
	let mut desk = desk();
	desk.session.store.remember_time(joint().key, PACE).unwrap();
	desk.begin(&chain).await;
	desk.live(&chain, 6).await;
	assert_eq!(answered(&chain).first(), Some(&vec![3, 4]));
}

#[tokio::test]
async fn jobs_whose_proof_failed_are_proved_one_by_one() {
	let chain = chain_with(3);
	let mut desk = desk();
	desk.begin(&chain).await;
	desk.machine.fail(Fault::Error, 1);
	desk.live(&chain, 16).await;
	let answers = answered(&chain);
	assert!(answers.iter().all(|jobs| jobs.len() == 1), "{answers:?}");
	assert_eq!((desk.session.settled(), desk.machine.proofs()), (3, 4));
}
