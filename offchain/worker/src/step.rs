// SPDX-License-Identifier: Apache-2.0
//! What is next for a job.
//!
//! The worker keeps no record of what it has done: the chain and the proofs on disk say it. After a
//! restart, a lost connection or a fork the answer is therefore the same as without them. Two states of
//! the chain are asked: what is in the finalised one stays, what is in the best one is under way.
//!
//! Time runs by the best state, where the next block is made; trust comes with the finalised one. A
//! claim that is not final may be undone, and then proof and answer were for nothing. That is little
//! beside the bond, so when time runs short, or a claim has stood in the best state for as long as any
//! fork lasts, the worker does not wait for finality any longer.

use candor_client::chain::types::{BlockNumber, Job};
use subxt::utils::AccountId32;

/// Blocks after which a claim in the best state is relied on although it is not final.
const FORK: BlockNumber = 8;

/// What is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
	/// Nothing of this worker's is at stake: claim it, if it is worth it.
	Free,
	/// Something is under way: look again with the next block.
	Wait,
	/// The claim is sure enough: prove.
	Prove,
	/// The claim is sure enough and the proof there: submit.
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
	/// The last block in which the worker's answer counts, if the claim is its own.
	pub until: BlockNumber,
	/// The first block that can include a transaction.
	pub next_block: BlockNumber,
	/// Blocks that are needed from here to an answer in a block, with some patience.
	pub needed: BlockNumber,
	/// Whether the proof is there.
	pub proven: bool,
}

impl Knowledge<'_> {
	/// Whether to rely on a claim that is in the best state and not in the finalised one.
	fn is_sure_enough(&self, claimed: BlockNumber) -> bool {
		let short = self.next_block.saturating_add(self.needed) > self.until;
		short || self.next_block.saturating_sub(claimed) >= FORK
	}
}

/// What is next for a job, for this worker.
pub fn next_step(knowledge: Knowledge<'_>, worker: &AccountId32) -> Step {
	let Knowledge { finalised, best, until, next_block, proven, .. } = knowledge;
	let own = |job: &Job| job.claim.as_ref().is_some_and(|claim| claim.worker == *worker);
	// No earlier than it was: blocks that did not count since then are counted here.
	let claimed = |job: &Job| until.saturating_sub(job.proving_period);
	match (finalised, best) {
		(_, Some(best)) if own(best) => {
			if next_block > until {
				Step::Overdue
			} else if !finalised.is_some_and(own) && !knowledge.is_sure_enough(claimed(best)) {
				Step::Wait
			} else if proven {
				Step::Submit
			} else {
				Step::Prove
			}
		}
		// Answered, handed back, or taken away once its time had passed: finality will tell.
		(Some(finalised), _) if own(finalised) => Step::Wait,
		(None, None) => Step::Gone,
		// It may be opened or ended in a block that is undone.
		(None, Some(_)) | (Some(_), None) => Step::Wait,
		(Some(_), Some(_)) => Step::Free,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_client::answer::testing::job;
	use candor_client::chain::{types::Claim, Amount};

	fn account(byte: u8) -> AccountId32 {
		AccountId32([byte; 32])
	}

	const ME: u8 = 2;
	const OTHER: u8 = 3;

	fn claimed_by(byte: u8, until: BlockNumber) -> Job {
		Job {
			claim: Some(Claim {
				worker: account(byte),
				until,
				price: Amount::UNIT,
				bond: Amount(1),
			}),
			..job()
		}
	}

	/// With plenty of time.
	fn step(finalised: Option<&Job>, best: Option<&Job>, proven: bool) -> Step {
		step_at(50, 0, finalised, best, proven)
	}

	fn step_at(
		next_block: BlockNumber,
		needed: BlockNumber,
		finalised: Option<&Job>,
		best: Option<&Job>,
		proven: bool,
	) -> Step {
		let until = best.and_then(|job| job.claim.as_ref()).map_or(0, |claim| claim.until);
		let knowledge = Knowledge { finalised, best, until, next_block, needed, proven };
		next_step(knowledge, &account(ME))
	}

	/// The last block of a claim that was included in this one.
	fn since(block: BlockNumber) -> BlockNumber {
		block + job().proving_period
	}

	mod after_a_restart {
		use super::*;

		#[test]
		fn a_final_claim_without_a_proof_is_proven() {
			let mine = claimed_by(ME, 50);
			assert_eq!(step(Some(&mine), Some(&mine), false), Step::Prove);
		}

		#[test]
		fn a_final_claim_with_a_proof_on_disk_is_submitted() {
			let mine = claimed_by(ME, 50);
			assert_eq!(step(Some(&mine), Some(&mine), true), Step::Submit);
		}

		#[test]
		fn an_answer_in_a_block_is_not_sent_again() {
			let mine = claimed_by(ME, 50);
			assert_eq!(step(Some(&mine), None, true), Step::Wait);
		}

		#[test]
		fn a_claim_in_a_block_is_not_sent_again() {
			let (open, mine) = (job(), claimed_by(ME, since(49)));
			assert_eq!(step(Some(&open), Some(&mine), false), Step::Wait);
		}

		#[test]
		fn a_job_that_has_ended_is_forgotten_once_that_is_final() {
			assert_eq!(step(None, None, true), Step::Gone);
		}
	}

	mod while_forks_are_possible {
		use super::*;

		#[test]
		fn nothing_is_proven_for_a_claim_that_is_new_and_not_final() {
			let (open, mine, theirs) = (job(), claimed_by(ME, since(49)), claimed_by(OTHER, 49));
			for finalised in [None, Some(&open), Some(&theirs)] {
				assert_eq!(step(finalised, Some(&mine), false), Step::Wait);
				assert_eq!(step(finalised, Some(&mine), true), Step::Wait);
			}
		}

		#[test]
		fn a_claim_that_has_outlived_any_fork_is_answered_without_finality() {
			let (open, mine) = (job(), claimed_by(ME, since(50)));
			for (next_block, proven, expected) in [
				(50 + FORK - 1, false, Step::Wait),
				(50 + FORK, false, Step::Prove),
				(50 + FORK, true, Step::Submit),
			] {
				assert_eq!(step_at(next_block, 0, Some(&open), Some(&mine), proven), expected);
			}
		}

		#[test]
		fn a_claim_is_as_old_as_it_is_though_blocks_before_it_did_not_count() {
			let (open, mine) = (job(), claimed_by(ME, since(50)));
			let full = 30;
			for (next_block, expected) in [(51 + full, Step::Wait), (50 + full + FORK, Step::Prove)]
			{
				let knowledge = Knowledge {
					finalised: Some(&open),
					best: Some(&mine),
					until: since(50) + full,
					next_block,
					needed: 0,
					proven: false,
				};
				assert_eq!(next_step(knowledge, &account(ME)), expected);
			}
		}

		#[test]
		fn a_claim_whose_time_runs_short_is_answered_without_finality() {
			let (open, mine) = (job(), claimed_by(ME, since(50)));
			let left = mine.proving_period - 2;
			for (needed, expected) in [(left, Step::Wait), (left + 1, Step::Prove)] {
				assert_eq!(step_at(52, needed, Some(&open), Some(&mine), false), expected);
			}
			assert_eq!(step_at(52, left + 1, Some(&open), Some(&mine), true), Step::Submit);
		}

		#[test]
		fn a_job_that_is_not_final_is_not_claimed() {
			assert_eq!(step(None, Some(&job()), false), Step::Wait);
		}

		#[test]
		fn a_claim_that_a_fork_took_away_is_free_again() {
			let open = job();
			assert_eq!(step(Some(&open), Some(&open), false), Step::Free);
		}
	}

	mod when_time_has_passed {
		use super::*;

		#[test]
		fn an_own_claim_is_overdue_from_the_block_after_its_last() {
			let (last, past) = (claimed_by(ME, 50), claimed_by(ME, 49));
			assert_eq!(step(Some(&last), Some(&last), true), Step::Submit);
			assert_eq!(step(Some(&past), Some(&past), true), Step::Overdue);
			assert_eq!(step(Some(&past), Some(&past), false), Step::Overdue);
		}

		#[test]
		fn the_last_block_is_the_one_that_the_chain_goes_by() {
			let past = claimed_by(ME, 49);
			let knowledge = Knowledge {
				finalised: Some(&past),
				best: Some(&past),
				until: 50,
				next_block: 50,
				needed: 0,
				proven: true,
			};
			assert_eq!(next_step(knowledge, &account(ME)), Step::Submit);
		}

		#[test]
		fn a_claim_that_was_taken_over_or_expired_is_over_once_that_is_final() {
			let (past, theirs, open) = (claimed_by(ME, 49), claimed_by(OTHER, 90), job());
			for after in [&theirs, &open] {
				assert_eq!(step(Some(&past), Some(after), true), Step::Wait);
				assert_eq!(step(Some(after), Some(after), true), Step::Free);
			}
		}

		#[test]
		fn a_claim_of_somebody_else_is_left_to_the_selection() {
			let theirs = claimed_by(OTHER, 49);
			assert_eq!(step(Some(&theirs), Some(&theirs), false), Step::Free);
		}
	}
}
