// SPDX-License-Identifier: Apache-2.0

//! Turns at the runtime, for calls that run it or read much of the state.
//!
//! A call cannot be stopped once it runs. So only a few run at a time; addresses take turns, within an
//! address its connections do, and a connection's calls run one after another: see
//! [`queue`](super::queue). What waits for a closed connection is forgotten.

use super::{
	queue::{At, Full, Queue, Room},
	source::Source,
};
use jsonrpsee::types::ErrorObjectOwned;
use std::{
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc, Mutex, MutexGuard, PoisonError,
	},
	time::Duration,
};
use tokio::{sync::oneshot, time::timeout};

/// How long a call waits for its turn.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How many calls may wait on one connection.
const CALLS_OF_CONNECTION: usize = 512;

/// How many calls may wait on all connections together.
const CALLS_OF_ALL: usize = 4096;

/// The code of the JSON-RPC error that tells a client to try again.
pub const BUSY: i32 = -32005;

/// What all connections share.
#[derive(Clone)]
pub struct Gate {
	patience: Duration,
	queue: Arc<Mutex<Queue<oneshot::Sender<Turn>>>>,
	/// Numbers for connections and calls.
	next: Arc<AtomicU64>,
}

impl Gate {
	/// A gate through which `turns` calls pass at a time, each after waiting for `patience` at most.
	pub fn new(turns: usize, patience: Duration) -> Self {
		let room = Room { connection: CALLS_OF_CONNECTION, all: CALLS_OF_ALL };
		Self {
			patience,
			queue: Arc::new(Mutex::new(Queue::new(turns, room))),
			next: Arc::default(),
		}
	}

	/// The way to the gate for one more connection from an address.
	pub fn lane(&self, source: Source) -> Lane {
		let at = At { source, lane: self.number() };
		Lane { gate: self.clone(), at, closed: Arc::default() }
	}

	fn number(&self) -> u64 {
		self.next.fetch_add(1, Ordering::Relaxed)
	}

	fn queue(&self) -> MutexGuard<'_, Queue<oneshot::Sender<Turn>>> {
		self.queue.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Give the turns that are free to those whose they are.
	fn admit(&self) {
		loop {
			// Not locked any more while a turn is given: one that nobody takes ends at once.
			let next = self.queue().next();
			let Some((at, whom)) = next else { return };
			drop(whom.send(Turn { gate: self.clone(), at }));
		}
	}
}

/// One connection's way to the gate.
#[derive(Clone)]
pub struct Lane {
	gate: Gate,
	at: At,
	closed: Arc<AtomicBool>,
}

/// A call's time at the runtime, which ends when this is dropped.
pub struct Turn {
	gate: Gate,
	at: At,
}

impl Drop for Turn {
	fn drop(&mut self) {
		self.gate.queue().done(self.at);
		self.gate.admit();
	}
}

/// A call's place among those that wait, which it leaves when this is dropped.
struct Place<'a> {
	lane: &'a Lane,
	ticket: u64,
}

impl Drop for Place<'_> {
	fn drop(&mut self) {
		self.lane.gate.queue().leave(self.lane.at, self.ticket);
	}
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

impl From<Full> for NoTurn {
	fn from(full: Full) -> Self {
		match full {
			Full::Connection => Self::Connection,
			Full::All => Self::All,
		}
	}
}

impl Lane {
	/// Wait for a turn.
	///
	/// # Errors
	///
	/// Where too much waits already, where others need the room in which this waits, where the turn does
	/// not come in time, and when the connection is closed meanwhile.
	pub async fn turn(&self) -> Result<Turn, NoTurn> {
		let ticket = self.gate.number();
		let (tell, told) = oneshot::channel();
		self.gate.queue().join(self.at, ticket, tell)?;
		let _place = Place { lane: self, ticket };
		if self.is_closed() {
			return Err(NoTurn::Closed);
		}
		self.gate.admit();
		let turn = timeout(self.gate.patience, told).await;
		match turn {
			// Nobody is left to hear the answer.
			Ok(_) if self.is_closed() => Err(NoTurn::Closed),
			Ok(Ok(turn)) => Ok(turn),
			Ok(Err(_)) => Err(NoTurn::All),
			Err(_) => Err(NoTurn::Late),
		}
	}

	fn is_closed(&self) -> bool {
		self.closed.load(Ordering::SeqCst)
	}

	/// Forget what waits.
	pub fn close(&self) {
		self.closed.store(true, Ordering::SeqCst);
		self.gate.queue().close(self.at);
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
	use std::{future::Future, net::IpAddr, pin::pin};

	fn one() -> Source {
		IpAddr::from([10, 0, 0, 1]).into()
	}

	fn other() -> Source {
		IpAddr::from([10, 0, 0, 2]).into()
	}

	/// Why there was no turn.
	async fn refusal(turn: impl Future<Output = Result<Turn, NoTurn>>) -> NoTurn {
		turn.await.err().unwrap()
	}

	#[tokio::test]
	async fn a_connection_has_one_turn_at_a_time() {
		let lane = Gate::new(8, PATIENCE).lane(one());
		let first = lane.turn().await.unwrap();
		let mut second = pin!(lane.turn());
		assert!(poll!(&mut second).is_pending());
		drop(first);
		assert!(second.await.is_ok());
	}

	#[tokio::test]
	async fn connections_take_turns_whatever_waits_on_one() {
		let gate = Gate::new(1, PATIENCE);
		let (flood, other) = (gate.lane(one()), gate.lane(one()));
		let first = flood.turn().await.unwrap();
		let mut waiting = pin!(join_all((0..100).map(|_| flood.turn())));
		assert!(poll!(&mut waiting).is_pending());
		let mut honest = pin!(other.turn());
		assert!(poll!(&mut honest).is_pending());
		drop(first);
		let turn = honest.await.unwrap();
		assert!(poll!(&mut waiting).is_pending());
		drop(turn);
	}

	#[tokio::test]
	async fn addresses_take_turns_whatever_connections_one_has() {
		let gate = Gate::new(1, PATIENCE);
		let flood: Vec<_> = (0..400).map(|_| gate.lane(one())).collect();
		let first = flood[0].turn().await.unwrap();
		let mut waiting = pin!(join_all(flood[1..].iter().map(|lane| lane.turn())));
		assert!(poll!(&mut waiting).is_pending());
		let honest = gate.lane(other());
		let mut call = pin!(honest.turn());
		assert!(poll!(&mut call).is_pending());
		drop(first);
		let turn = call.await.unwrap();
		assert!(poll!(&mut waiting).is_pending());
		drop(turn);
	}

	#[tokio::test]
	async fn no_more_run_at_a_time_than_the_gate_lets_through() {
		let gate = Gate::new(2, PATIENCE);
		let lanes = [gate.lane(one()), gate.lane(other())];
		let _turns = join_all(lanes.iter().map(|lane| lane.turn())).await;
		let lane = gate.lane(one());
		let mut third = pin!(lane.turn());
		assert!(poll!(&mut third).is_pending());
	}

	#[tokio::test]
	async fn what_waits_for_a_closed_connection_is_forgotten() {
		let gate = Gate::new(1, PATIENCE);
		let (holder, closed, next) = (gate.lane(one()), gate.lane(one()), gate.lane(one()));
		let running = holder.turn().await.unwrap();
		let mut at_gate = pin!(closed.turn());
		let mut behind = pin!(closed.turn());
		assert!(poll!(&mut at_gate).is_pending());
		assert!(poll!(&mut behind).is_pending());
		closed.close();
		assert_eq!(refusal(behind).await, NoTurn::Closed);
		drop(running);
		assert_eq!(refusal(at_gate).await, NoTurn::Closed);
		assert_eq!(refusal(closed.turn()).await, NoTurn::Closed);
		assert!(next.turn().await.is_ok());
	}

	#[tokio::test]
	async fn a_turn_that_nobody_waits_for_goes_to_the_next() {
		let gate = Gate::new(1, PATIENCE);
		let (holder, gone, next) = (gate.lane(one()), gate.lane(one()), gate.lane(one()));
		let running = holder.turn().await.unwrap();
		{
			let mut waiting = pin!(gone.turn());
			assert!(poll!(&mut waiting).is_pending());
		}
		let mut waiting = Box::pin(gone.turn());
		assert!(poll!(&mut waiting).is_pending());
		drop(running);
		// It has the turn, and goes without having seen it.
		drop(waiting);
		assert!(next.turn().await.is_ok());
	}

	#[tokio::test]
	async fn a_turn_that_does_not_come_is_refused_in_the_end() {
		let gate = Gate::new(1, Duration::from_millis(10));
		let (holder, late) = (gate.lane(one()), gate.lane(other()));
		let _running = holder.turn().await.unwrap();
		assert_eq!(refusal(late.turn()).await, NoTurn::Late);
	}

	#[tokio::test]
	async fn waiting_calls_are_bounded() {
		let gate = Gate::new(1, PATIENCE);
		let lane = gate.lane(one());
		let _running = gate.lane(one()).turn().await.unwrap();
		let mut waiting = pin!(join_all((0..CALLS_OF_CONNECTION).map(|_| lane.turn())));
		assert!(poll!(&mut waiting).is_pending());
		assert_eq!(refusal(lane.turn()).await, NoTurn::Connection);
		let lanes: Vec<_> =
			(1..CALLS_OF_ALL / CALLS_OF_CONNECTION).map(|_| gate.lane(one())).collect();
		let calls =
			lanes.iter().flat_map(|lane| (0..CALLS_OF_CONNECTION).map(move |_| lane.turn()));
		let mut all = pin!(join_all(calls));
		assert!(poll!(&mut all).is_pending());
		assert_eq!(refusal(gate.lane(one()).turn()).await, NoTurn::All);
		// Another address is let in, and a call of the one that has all that waits is refused for it.
		let newcomer = gate.lane(other());
		let mut honest = pin!(newcomer.turn());
		assert!(poll!(&mut honest).is_pending());
		assert!(poll!(&mut all).is_pending());
	}
}
