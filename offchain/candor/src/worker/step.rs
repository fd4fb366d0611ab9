// SPDX-License-Identifier: Apache-2.0
//! What is next for a job.
//!
//! The worker keeps no record of what it has done: the chain and the proofs on disk say it. After a
//! restart, a lost connection or a fork the answer is therefore the same as without them. Two states of
//! the chain are asked: what is in the finalised one stays, what is in the best one is under way.

use crate::chain::types::{BlockNumber, Job};
use subxt::utils::AccountId32;

/// What is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
	/// Nothing of this worker's is at stake: claim it, if it is worth it.
	Free,
	/// Something is under way: look again with the next block.
	Wait,
	/// The claim is final: prove.
	Prove,
	/// The claim is final and the proof there: submit.
	Submit,
	/// The claim is this worker's, and its time has passed.
	Overdue,
	/// The job has ended, for good.
	Gone,
}

/// What is known of a job.
#[derive(Clone, Copy, Debug)]
pub struct Knowledge<'a> {
	/// The job in the finalised state.
	pub finalised: Option<&'a Job>,
	/// The job in the best state.
	pub best: Option<&'a Job>,
	/// The first block that can include a transaction.
	pub next_block: BlockNumber,
	/// Whether a transaction of this worker waits in the pool.
	pub pending: bool,
	/// Whether the proof is there.
	pub proven: bool,
}

/// What is next for a job, for this worker.
pub fn next_step(knowledge: Knowledge<'_>, worker: &AccountId32) -> Step {
	let Knowledge { finalised, best, next_block, pending, proven } = knowledge;
	let own = |job: &Job| job.claim.as_ref().is_some_and(|claim| claim.worker == *worker);
	match (finalised, best) {
		(None, None) => Step::Gone,
		// It may be opened or ended in a block that is undone.
		(None, Some(_)) | (Some(_), None) => Step::Wait,
		(Some(finalised), Some(best)) => match (own(finalised), own(best)) {
			(true, true) => {
				let until = best.claim.as_ref().map_or(0, |claim| claim.until);
				if next_block > until {
					Step::Overdue
				} else if !proven {
					Step::Prove
				} else if pending {
					Step::Wait
				} else {
					Step::Submit
				}
			}
			// Only after the time has passed can the claim be taken away.
			(true, false) => Step::Overdue,
			// The claim can still be undone.
			(false, true) => Step::Wait,
			// A claim may be among the transactions: never send a second one.
			(false, false) if pending => Step::Wait,
			(false, false) => Step::Free,
		},
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain::{types::Claim, Amount},
		worker::selection::tests::{account, job},
	};

	const ME: u8 = 2;
	const OTHER: u8 = 3;

	fn claimed_by(byte: u8, until: BlockNumber) -> Job {
		Job { claim: Some(Claim { worker: account(byte), until, bond: Amount(1) }), ..job() }
	}

	fn step(finalised: Option<&Job>, best: Option<&Job>, pending: bool, proven: bool) -> Step {
		next_step(Knowledge { finalised, best, next_block: 50, pending, proven }, &account(ME))
	}

	mod after_a_restart {
		use super::*;

		#[test]
		fn a_final_claim_without_a_proof_is_proven() {
			let mine = claimed_by(ME, 50);
			assert_eq!(step(Some(&mine), Some(&mine), false, false), Step::Prove);
			assert_eq!(step(Some(&mine), Some(&mine), true, false), Step::Prove);
		}

		#[test]
		fn a_final_claim_with_a_proof_on_disk_is_submitted() {
			let mine = claimed_by(ME, 50);
			assert_eq!(step(Some(&mine), Some(&mine), false, true), Step::Submit);
		}

		#[test]
		fn an_answer_in_the_pool_or_in_a_block_is_not_sent_again() {
			let mine = claimed_by(ME, 50);
			assert_eq!(step(Some(&mine), Some(&mine), true, true), Step::Wait);
			assert_eq!(step(Some(&mine), None, false, true), Step::Wait);
		}

		#[test]
		fn a_claim_in_the_pool_or_in_a_block_is_not_sent_again() {
			let (open, mine) = (job(), claimed_by(ME, 50));
			assert_eq!(step(Some(&open), Some(&open), true, false), Step::Wait);
			assert_eq!(step(Some(&open), Some(&mine), false, false), Step::Wait);
		}

		#[test]
		fn a_job_that_has_ended_is_forgotten_once_that_is_final() {
			assert_eq!(step(None, None, false, true), Step::Gone);
		}
	}

	mod while_forks_are_possible {
		use super::*;

		#[test]
		fn nothing_is_proven_for_a_claim_that_is_not_final() {
			let (open, mine, theirs) = (job(), claimed_by(ME, 50), claimed_by(OTHER, 49));
			for finalised in [&open, &theirs] {
				assert_eq!(step(Some(finalised), Some(&mine), false, false), Step::Wait);
			}
		}

		#[test]
		fn a_job_that_is_not_final_is_not_claimed() {
			assert_eq!(step(None, Some(&job()), false, false), Step::Wait);
		}

		#[test]
		fn a_claim_that_a_fork_took_away_is_free_again() {
			let open = job();
			assert_eq!(step(Some(&open), Some(&open), false, false), Step::Free);
		}
	}

	mod when_time_has_passed {
		use super::*;

		#[test]
		fn an_own_claim_is_overdue_from_the_block_after_its_last() {
			let (last, past) = (claimed_by(ME, 50), claimed_by(ME, 49));
			assert_eq!(step(Some(&last), Some(&last), false, true), Step::Submit);
			assert_eq!(step(Some(&past), Some(&past), false, true), Step::Overdue);
			assert_eq!(step(Some(&past), Some(&past), false, false), Step::Overdue);
		}

		#[test]
		fn a_claim_that_was_taken_over_or_expired_is_lost() {
			let (past, theirs, open) = (claimed_by(ME, 49), claimed_by(OTHER, 90), job());
			assert_eq!(step(Some(&past), Some(&theirs), false, true), Step::Overdue);
			assert_eq!(step(Some(&past), Some(&open), false, true), Step::Overdue);
		}

		#[test]
		fn a_claim_of_somebody_else_is_left_to_the_selection() {
			let theirs = claimed_by(OTHER, 49);
			assert_eq!(step(Some(&theirs), Some(&theirs), false, false), Step::Free);
		}
	}
}
