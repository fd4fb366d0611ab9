// SPDX-License-Identifier: Apache-2.0

//! Turns at the runtime, for calls that run it or read much of the state.
//!
//! A call cannot be stopped once it runs. So only a few run at a time; a connection's calls run one
//! after another, and connections take turns. What waits for a closed connection is forgotten.

use jsonrpsee::types::ErrorObjectOwned;
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::{OwnedSemaphorePermit, Semaphore},
	time::timeout,
};

/// How long a call waits for its turn.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The unit in which waiting requests are counted, in bytes. A smaller request counts as one.
const PAGE: usize = 64 * 1024;

/// How many pages of requests may wait on one connection: 512 small calls, or 32 MiB.
const PAGES_OF_CONNECTION: usize = 512;

/// How many pages of requests may wait on all connections together: 256 MiB.
const PAGES_OF_ALL: usize = 4096;

/// The code of the JSON-RPC error that tells a client to try again.
pub const BUSY: i32 = -32005;

/// What all connections share.
#[derive(Clone)]
pub struct Gate {
	patience: Duration,
	running: Arc<Semaphore>,
	waiting: Arc<Semaphore>,
}

impl Gate {
	/// A gate through which `turns` calls pass at a time, each after waiting for `patience` at most.
	pub fn new(turns: usize, patience: Duration) -> Self {
		Self {
			patience,
			running: Arc::new(Semaphore::new(turns)),
			waiting: Arc::new(Semaphore::new(PAGES_OF_ALL)),
		}
	}

	/// The way to the gate for one more connection.
	pub fn lane(&self) -> Lane {
		Lane {
			gate: self.clone(),
			own: Arc::new(Semaphore::new(1)),
			waiting: Arc::new(Semaphore::new(PAGES_OF_CONNECTION)),
		}
	}
}

/// One connection's way to the gate.
#[derive(Clone)]
pub struct Lane {
	gate: Gate,
	own: Arc<Semaphore>,
	waiting: Arc<Semaphore>,
}

/// A call's time at the runtime, which ends when this is dropped.
#[derive(Debug)]
pub struct Turn {
	_running: OwnedSemaphorePermit,
	_own: OwnedSemaphorePermit,
}

/// Why a call gets no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTurn {
	/// Too much waits already on this connection.
	Connection,
	/// Too much waits already on all connections together.
	All,
	/// The turn did not come in time.
	Late,
	/// The connection was closed.
	Closed,
}

impl Lane {
	/// Wait for a turn, with a request of `size` bytes.
	///
	/// # Errors
	///
	/// Where too much waits already, where the turn does not come in time, and when the connection is
	/// closed meanwhile.
	pub async fn turn(&self, size: usize) -> Result<Turn, NoTurn> {
		let pages = u32::try_from(size.div_ceil(PAGE).max(1)).unwrap_or(u32::MAX);
		let place = |of: &Arc<Semaphore>| of.clone().try_acquire_many_owned(pages);
		let _on_connection = place(&self.waiting).map_err(|_| NoTurn::Connection)?;
		let _on_all = place(&self.gate.waiting).map_err(|_| NoTurn::All)?;
		let turn = async {
			let own = self.own.clone().acquire_owned().await.map_err(|_| NoTurn::Closed)?;
			let running =
				self.gate.running.clone().acquire_owned().await.map_err(|_| NoTurn::Closed)?;
			// Nobody is left to hear the answer.
			if self.own.is_closed() {
				return Err(NoTurn::Closed);
			}
			Ok(Turn { _running: running, _own: own })
		};
		timeout(self.gate.patience, turn).await.unwrap_or(Err(NoTurn::Late))
	}

	/// Forget what waits.
	pub fn close(&self) {
		self.own.close();
	}
}

impl From<NoTurn> for ErrorObjectOwned {
	fn from(reason: NoTurn) -> Self {
		let reason = match reason {
			NoTurn::Connection => "too many calls wait on this connection: wait for some answers",
			NoTurn::All => "too many calls wait on this node: try again in a minute",
			NoTurn::Late => "the call's turn did not come in 30 seconds: try again in a minute",
			NoTurn::Closed => "the connection was closed",
		};
		Self::owned(BUSY, format!("Busy: {reason}"), None::<()>)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use futures::{future::join_all, poll};
	use std::pin::pin;

	#[tokio::test]
	async fn a_connection_has_one_turn_at_a_time() {
		let lane = Gate::new(8, PATIENCE).lane();
		let first = lane.turn(1).await.unwrap();
		let mut second = pin!(lane.turn(1));
		assert!(poll!(&mut second).is_pending());
		drop(first);
		assert!(second.await.is_ok());
	}

	#[tokio::test]
	async fn connections_take_turns_whatever_waits_on_one() {
		let gate = Gate::new(1, PATIENCE);
		let (flood, other) = (gate.lane(), gate.lane());
		let first = flood.turn(1).await.unwrap();
		let mut waiting = pin!(join_all((0..100).map(|_| flood.turn(1))));
		assert!(poll!(&mut waiting).is_pending());
		let mut honest = pin!(other.turn(1));
		assert!(poll!(&mut honest).is_pending());
		drop(first);
		let turn = honest.await.unwrap();
		assert!(poll!(&mut waiting).is_pending());
		drop(turn);
	}

	#[tokio::test]
	async fn no_more_run_at_a_time_than_the_gate_lets_through() {
		let gate = Gate::new(2, PATIENCE);
		let _turns = join_all([gate.lane(), gate.lane()].iter().map(|lane| lane.turn(1))).await;
		let lane = gate.lane();
		let mut third = pin!(lane.turn(1));
		assert!(poll!(&mut third).is_pending());
	}

	#[tokio::test]
	async fn what_waits_for_a_closed_connection_is_forgotten() {
		let gate = Gate::new(1, PATIENCE);
		let (holder, closed, next) = (gate.lane(), gate.lane(), gate.lane());
		let running = holder.turn(1).await.unwrap();
		let mut at_gate = pin!(closed.turn(1));
		let mut behind = pin!(closed.turn(1));
		assert!(poll!(&mut at_gate).is_pending());
		assert!(poll!(&mut behind).is_pending());
		closed.close();
		assert_eq!(behind.await.unwrap_err(), NoTurn::Closed);
		drop(running);
		assert_eq!(at_gate.await.unwrap_err(), NoTurn::Closed);
		assert!(next.turn(1).await.is_ok());
	}

	#[tokio::test]
	async fn a_turn_that_does_not_come_is_refused_in_the_end() {
		let gate = Gate::new(1, Duration::from_millis(10));
		let (holder, late) = (gate.lane(), gate.lane());
		let _running = holder.turn(1).await.unwrap();
		assert_eq!(late.turn(1).await.unwrap_err(), NoTurn::Late);
	}

	#[tokio::test]
	async fn waiting_requests_are_bounded_by_size_and_by_number() {
		let gate = Gate::new(1, PATIENCE);
		let lane = gate.lane();
		let _running = gate.lane().turn(1).await.unwrap();
		assert_eq!(
			lane.turn(PAGE * PAGES_OF_CONNECTION + 1).await.unwrap_err(),
			NoTurn::Connection
		);
		let mut waiting = pin!(join_all((0..PAGES_OF_CONNECTION).map(|_| lane.turn(1))));
		assert!(poll!(&mut waiting).is_pending());
		assert_eq!(lane.turn(1).await.unwrap_err(), NoTurn::Connection);
		let lanes: Vec<_> = (0..PAGES_OF_ALL / PAGES_OF_CONNECTION).map(|_| gate.lane()).collect();
		let mut all =
			pin!(join_all(lanes.iter().map(|lane| lane.turn(PAGE * PAGES_OF_CONNECTION))));
		assert!(poll!(&mut all).is_pending());
		assert_eq!(gate.lane().turn(1).await.unwrap_err(), NoTurn::All);
	}
}
