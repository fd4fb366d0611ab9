// SPDX-License-Identifier: Apache-2.0

//! Who has the next turn: the order behind [`gate`](super::gate), without its waiting.
//!
//! A turn goes to the address that has fewest calls running, and among those to the one that has waited
//! longest since a call of its own ended, or since it came. So addresses take turns however many
//! connections they have, and a newcomer comes before all that have had theirs. Within an address its
//! connections take turns likewise, and a connection's calls run one after another.

use super::source::Source;
use std::collections::{HashMap, VecDeque};

/// What waits on one connection, and whether a call of it runs.
struct Way<T> {
	running: bool,
	/// When a call of it last ended, or else when it came.
	since: u64,
	waiting: VecDeque<Waiting<T>>,
}

struct Waiting<T> {
	ticket: u64,
	whom: T,
}

/// The connections of one address on which something waits or runs.
struct Peer<T> {
	running: usize,
	since: u64,
	ways: HashMap<u64, Way<T>>,
}

impl<T> Peer<T> {
	/// How many calls wait.
	fn waiting(&self) -> usize {
		self.ways.values().map(|way| way.waiting.len()).sum()
	}
}

/// Calls that wait, as what is told when their turn comes.
pub struct Queue<T> {
	free: usize,
	room: Room,
	/// Counts what happens, so that it is known what came first.
	clock: u64,
	peers: HashMap<Source, Peer<T>>,
}

/// How many calls may wait.
#[derive(Clone, Copy)]
pub struct Room {
	/// On one connection.
	pub connection: usize,
	/// On all connections together.
	pub all: usize,
}

/// Why a call may not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
	/// Too much waits already on this connection.
	Connection,
	/// Too much waits already on all connections together, and for no other address more.
	All,
}

/// A connection, as its address and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
	/// Its address.
	pub source: Source,
	/// Its number, which no other has.
	pub lane: u64,
}

impl<T> Queue<T> {
	/// A queue for so many turns at a time.
	pub fn new(turns: usize, room: Room) -> Self {
		Self { free: turns, room, clock: 0, peers: HashMap::new() }
	}

	fn tick(&mut self) -> u64 {
		self.clock = self.clock.wrapping_add(1);
		self.clock
	}

	/// How many calls wait.
	fn waiting(&self) -> usize {
		self.peers.values().map(Peer::waiting).sum()
	}

	/// Let a call wait under a ticket that no other has. Where there is no room for it, the latest call of
	/// the address that has most waiting is dropped for it.
	///
	/// # Errors
	///
	/// Where too much waits already.
	pub fn join(&mut self, at: At, ticket: u64, whom: T) -> Result<(), Full> {
		let peer = self.peers.get(&at.source);
		let own = peer.map_or(0, Peer::waiting).saturating_add(1);
		let on_way = peer.and_then(|peer| peer.ways.get(&at.lane));
		if on_way.is_some_and(|way| way.waiting.len() >= self.room.connection) {
			return Err(Full::Connection);
		}
		if self.waiting() >= self.room.all {
			let (at, ticket) = self.heaviest(own).ok_or(Full::All)?;
			self.take(at, Some(ticket));
		}
		let now = self.tick();
		let peer = self.peers.entry(at.source).or_insert_with(|| Peer {
			running: 0,
			since: now,
			ways: HashMap::new(),
		});
		let way = peer.ways.entry(at.lane).or_insert_with(|| Way {
			running: false,
			since: now,
			waiting: VecDeque::new(),
		});
		way.waiting.push_back(Waiting { ticket, whom });
		Ok(())
	}

	/// The latest call on the fullest connection of the address that has most calls waiting, where those
	/// are more than so many.
	fn heaviest(&self, than: usize) -> Option<(At, u64)> {
		let (&source, peer) = self.peers.iter().max_by_key(|(_, peer)| peer.waiting())?;
		let (&lane, way) = peer.ways.iter().max_by_key(|(_, way)| way.waiting.len())?;
		let ticket = way.waiting.back()?.ticket;
		(peer.waiting() > than).then_some((At { source, lane }, ticket))
	}

	/// Whose turn it is, if one is free and somebody waits. It lasts until it is [`done`](Self::done).
	pub fn next(&mut self) -> Option<(At, T)> {
		self.free = self.free.checked_sub(1)?;
		let next = self.first().and_then(|at| {
			let whom = self.take(at, None)?;
			let peer = self.peers.get_mut(&at.source)?;
			peer.running = peer.running.saturating_add(1);
			peer.ways.get_mut(&at.lane)?.running = true;
			Some((at, whom))
		});
		if next.is_none() {
			self.free = self.free.saturating_add(1);
		}
		next
	}

	/// Where the call waits that comes first.
	fn first(&self) -> Option<At> {
		let ready = |way: &Way<T>| !way.running && !way.waiting.is_empty();
		let (&source, peer) = self
			.peers
			.iter()
			.filter(|(_, peer)| peer.ways.values().any(ready))
			.min_by_key(|(_, peer)| (peer.running, peer.since))?;
		let (&lane, _) =
			peer.ways.iter().filter(|(_, way)| ready(way)).min_by_key(|(_, way)| way.since)?;
		Some(At { source, lane })
	}

	/// Take a call out that waits, by its ticket or else the first.
	fn take(&mut self, at: At, ticket: Option<u64>) -> Option<T> {
		let way = self.peers.get_mut(&at.source)?.ways.get_mut(&at.lane)?;
		let place = match ticket {
			None => 0,
			Some(ticket) => way.waiting.iter().position(|it| it.ticket == ticket)?,
		};
		way.waiting.remove(place).map(|it| it.whom)
	}

	/// The turn of a connection's call has ended.
	pub fn done(&mut self, at: At) {
		self.free = self.free.saturating_add(1);
		let now = self.tick();
		if let Some(peer) = self.peers.get_mut(&at.source) {
			peer.running = peer.running.saturating_sub(1);
			peer.since = now;
			if let Some(way) = peer.ways.get_mut(&at.lane) {
				way.running = false;
				way.since = now;
			}
		}
		self.tidy(at);
	}

	/// A call no longer waits, if it did.
	pub fn leave(&mut self, at: At, ticket: u64) {
		self.take(at, Some(ticket));
		self.tidy(at);
	}

	/// Drop what waits on a connection.
	pub fn close(&mut self, at: At) {
		while self.take(at, None).is_some() {}
		self.tidy(at);
	}

	/// Forget a connection, and its address, on which nothing waits or runs.
	fn tidy(&mut self, at: At) {
		let Some(peer) = self.peers.get_mut(&at.source) else { return };
		peer.ways.retain(|_, way| way.running || !way.waiting.is_empty());
		if peer.ways.is_empty() {
			self.peers.remove(&at.source);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::net::IpAddr;

	const ROOM: Room = Room { connection: 512, all: 4096 };

	fn at(address: u8, lane: u64) -> At {
		At { source: IpAddr::from([10, 0, 0, address]).into(), lane }
	}

	/// A queue in which calls are known by their tickets.
	struct Calls(Queue<u64>, u64);

	impl Calls {
		fn new(turns: usize, room: Room) -> Self {
			Self(Queue::new(turns, room), 0)
		}

		fn join(&mut self, at: At) -> Result<u64, Full> {
			self.1 += 1;
			self.0.join(at, self.1, self.1).map(|()| self.1)
		}

		fn next(&mut self) -> Option<At> {
			self.0.next().map(|(at, _)| at)
		}

		/// The next turn, after this one has ended.
		fn after(&mut self, at: At) -> Option<At> {
			self.0.done(at);
			self.next()
		}
	}

	#[test]
	fn any_number_of_connections_of_an_address_have_one_share() {
		let mut calls = Calls::new(1, ROOM);
		for lane in 0..400 {
			calls.join(at(1, lane)).unwrap();
		}
		let mut turn = calls.next().unwrap();
		for _ in 0..3 {
			calls.join(at(2, 1000)).unwrap();
		}
		let mut order = Vec::new();
		for _ in 0..6 {
			turn = calls.after(turn).unwrap();
			order.push(turn.source == at(2, 0).source);
		}
		assert_eq!(order, [true, false, true, false, true, false]);
	}

	#[test]
	fn a_newcomer_comes_before_addresses_that_have_a_call_running() {
		let mut calls = Calls::new(2, ROOM);
		for lane in 0..10 {
			calls.join(at(1, lane)).unwrap();
		}
		let (first, _second) = (calls.next().unwrap(), calls.next().unwrap());
		calls.join(at(2, 1000)).unwrap();
		assert_eq!(calls.next(), None);
		assert_eq!(calls.after(first), Some(at(2, 1000)));
	}

	#[test]
	fn no_stream_of_newcomers_starves_who_was_there_before() {
		let mut calls = Calls::new(1, ROOM);
		calls.join(at(1, 0)).unwrap();
		calls.join(at(1, 1)).unwrap();
		let mut turn = calls.next().unwrap();
		let mut seen = 0;
		for address in 2..20 {
			calls.join(at(address, 1000)).unwrap();
			turn = calls.after(turn).unwrap();
			seen += usize::from(turn.source == at(1, 0).source);
		}
		assert_eq!(seen, 1);
	}

	#[test]
	fn within_an_address_connections_take_turns() {
		let mut calls = Calls::new(1, ROOM);
		for _ in 0..100 {
			calls.join(at(1, 0)).unwrap();
		}
		let turn = calls.next().unwrap();
		calls.join(at(1, 1)).unwrap();
		assert_eq!(calls.after(turn), Some(at(1, 1)));
		assert_eq!(calls.after(at(1, 1)), Some(at(1, 0)));
	}

	#[test]
	fn a_connection_has_one_turn_at_a_time() {
		let mut calls = Calls::new(2, ROOM);
		calls.join(at(1, 0)).unwrap();
		calls.join(at(1, 0)).unwrap();
		assert_eq!(calls.next(), Some(at(1, 0)));
		assert_eq!(calls.next(), None);
		assert_eq!(calls.after(at(1, 0)), Some(at(1, 0)));
	}

	#[test]
	fn who_leaves_no_longer_waits() {
		let mut calls = Calls::new(1, ROOM);
		let left = calls.join(at(1, 0)).unwrap();
		calls.0.leave(at(1, 0), left);
		assert_eq!(calls.next(), None);
		assert!(calls.0.peers.is_empty());
	}

	#[test]
	fn where_all_is_full_the_address_with_most_makes_room() {
		let mut calls = Calls::new(0, ROOM);
		for call in 0..ROOM.all {
			calls.join(at(1, call as u64 % 8)).unwrap();
		}
		assert_eq!(calls.join(at(1, 8)), Err(Full::All));
		calls.join(at(2, 1000)).unwrap();
		assert_eq!(calls.0.waiting(), ROOM.all);
		assert_eq!(calls.0.peers.values().map(Peer::waiting).min(), Some(1));
	}

	#[test]
	fn what_waits_on_a_connection_is_bounded() {
		let mut calls = Calls::new(0, ROOM);
		for _ in 0..ROOM.connection {
			calls.join(at(1, 0)).unwrap();
		}
		assert_eq!(calls.join(at(1, 0)), Err(Full::Connection));
		calls.0.close(at(1, 0));
		assert!(calls.0.peers.is_empty());
	}
}
