// SPDX-License-Identifier: Apache-2.0
//! Jobs that one proof answers, where a model's circuit shows several runs.
//!
//! Claims are collected while there is time, and proved together. Whatever goes wrong with one of them, the
//! others are proved anew, without it or by themselves.

use super::{own::Own, Now, Session, Watched};
use crate::node::Node;
use candor_client::chain::types::{BlockNumber, Job, JobId};
use candor_statement::{Binding, InputCommitment};

impl Session {
	/// Other claimed jobs that a proof for this one answers, too; nothing where it is worth to wait for more.
	pub(super) fn companions<N: Node>(
		&self,
		node: &N,
		now: &Now<N>,
		index: usize,
		id: JobId,
		left: BlockNumber,
	) -> Option<Vec<Job>> {
		let places = self.roster.holding(index)?.identity().places();
		let own = self.watched.get(&id).and_then(|it| it.own.as_ref());
		if places == 1 || own.is_none_or(|own| own.failures > 0) {
			return Some(Vec::new());
		}
		// Those that wait for the same proof, with whether they are certain to be paid for one.
		let mut others = Vec::new();
		for (other, watched) in &self.watched {
			let Some(own) = watched.own.as_ref() else { continue };
			if *other == id || !self.is_open(node, index, *other, watched) {
				continue;
			}
			let ready = own.provable.filter(|_| own.is_final);
			match ready.map(|until| until.saturating_add(1).saturating_sub(now.next_block)) {
				// Late, handed back, or another's by now: it would take the others along.
				Some(left) if left < self.needed_for(index, 1) => (),
				ready => others.push((ready.is_some(), watched.job.clone())),
			}
		}
		let all_ready = others.iter().all(|(is_ready, _)| *is_ready);
		// The proof of all, and one of each, should one of them have none.
		let proofs = u32::try_from(others.len()).unwrap_or(u32::MAX).saturating_add(2);
		let may_wait = left > self.needed_for(index, proofs);
		let may_grow =
			self.gathering && !self.is_stopped() && self.has_room(node, now) == Some(index);
		if may_grow || (may_wait && !all_ready) {
			return None;
		}
		let sure = others.into_iter().filter(|(is_ready, _)| *is_ready).map(|(_, job)| job);
		Some(sure.take(usize::from(places) - 1).collect())
	}

	/// Whether one of the worker's claims, or one that was sent, waits for a proof that a holding can make.
	fn is_open<N: Node>(&self, node: &N, index: usize, id: JobId, watched: &Watched) -> bool {
		let is_sound =
			|own: &Own| own.failures == 0 && own.withdrawn.is_none() && own.provable != Some(0);
		self.roster.able(&watched.job) == Some(index)
			&& watched.own.as_ref().is_some_and(is_sound)
			&& !self.is_answered(node, id)
	}

	/// What one of the worker's claims asks for.
	pub(super) fn asked<N: Node>(&self, node: &N, id: JobId) -> Option<(InputCommitment, Binding)> {
		let watched = self.watched.get(&id)?;
		watched.own.as_ref()?;
		Some((watched.job.input_commitment, self.binding(node, id)))
	}

	/// Whether there is a proof for one of the worker's claims, and all jobs that it answers are still claimed.
	fn is_answered<N: Node>(&self, node: &N, id: JobId) -> bool {
		let answer = self.store.proofs.answer(self.binding(node, id));
		answer.is_some_and(|it| it.runs.iter().all(|run| self.asked(node, run.job).is_some()))
	}

	/// The holding whose proofs answer several jobs, if all claims are on it, a proof has places left, and none
	/// is made yet: another job may be claimed. There is to be time to prove each of them by itself, should
	/// one of them have no proof.
	fn has_room<N: Node>(&self, node: &N, now: &Now<N>) -> Option<usize> {
		let own = self.watched.iter().filter(|(_, watched)| watched.own.is_some());
		let own: Vec<(&JobId, &Watched)> = own.collect();
		let index = self.roster.able(&own.first()?.1.job)?;
		let places = self.roster.holding(index)?.identity().places();
		let count = u32::try_from(own.len()).unwrap_or(u32::MAX);
		let once = self.settings.once;
		let is_wanted = once.is_none_or(|once| self.settled.saturating_add(count) < once);
		let until = |(_, watched): &(&JobId, &Watched)| {
			let job = &watched.job;
			Some(self.standstill.until(job, job.claim.as_ref()?))
		};
		let first = own.iter().filter_map(until).min();
		let left = first.map(|until| until.saturating_add(1).saturating_sub(now.next_block));
		// The proof of all with one more, and one of each.
		let needed = self.needed_for(index, count.saturating_add(2));
		let has_time = left.is_none_or(|left| left > needed);
		let has_room = own.len() < usize::from(places) && is_wanted && has_time;
		let are_open = own.iter().all(|(id, watched)| self.is_open(node, index, **id, watched));
		(has_room && are_open).then_some(index)
	}

	/// Whether a job leaves as much time as the proof of all that wait for it and one of each take.
	pub(super) fn fits_in(&self, index: usize, job: &Job) -> bool {
		let own = self.watched.values().filter(|watched| watched.own.is_some()).count();
		let proofs = u32::try_from(own).unwrap_or(u32::MAX).saturating_add(2);
		self.needed_for(index, proofs) <= job.proving_period
	}

	/// The holding for whose next proof another job may be claimed now.
	pub(super) fn gathers<N: Node>(&self, node: &N, now: &Now<N>) -> Option<usize> {
		let is_included = self.flight.as_ref().is_none_or(|flight| now.nonce > flight.nonce);
		let may = is_included && !now.pending && self.workshop.is_free();
		if may {
			self.has_room(node, now)
		} else {
			None
		}
	}
}
