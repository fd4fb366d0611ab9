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
	pages: usize,
	waiting: VecDeque<Waiting<T>>,
}

struct Waiting<T> {
	ticket: u64,
	pages: usize,
	whom: T,
}

/// The connections of one address on which something waits or runs.
struct Peer<T> {
	running: usize,
	since: u64,
	pages: usize,
	ways: HashMap<u64, Way<T>>,
}

/// Calls that wait, as what is told when their turn comes.
pub struct Queue<T> {
	free: usize,
	/// How many pages wait on a connection at most, and on all together.
	room: Room,
	pages: usize,
	/// Counts what happens, so that it is known what came first.
	clock: u64,
	peers: HashMap<Source, Peer<T>>,
}

/// How much may wait, in pages.
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
		Self { free: turns, room, pages: 0, clock: 0, peers: HashMap::new() }
	}

	fn tick(&mut self) -> u64 {
		self.clock = self.clock.wrapping_add(1);
		self.clock
	}

	/// Let a call wait whose request has so many pages, under a ticket that no other has. Where there is
	/// no room for it, calls of the address that has most waiting are dropped for it, the latest first.
	///
	/// # Errors
	///
	/// Where too much waits already.
	pub fn join(&mut self, at: At, ticket: u64, pages: usize, whom: T) -> Result<(), Full> {
		let peer = self.peers.get(&at.source);
		let own = peer.map_or(0, |peer| peer.pages).saturating_add(pages);
		let on_way = peer.and_then(|peer| peer.ways.get(&at.lane)).map_or(0, |way| way.pages);
		if on_way.saturating_add(pages) > self.room.connection {
			return Err(Full::Connection);
		}
		while self.pages.saturating_add(pages) > self.room.all {
			let (at, ticket) = self.heaviest(own).ok_or(Full::All)?;
			self.take(at, Some(ticket));
		}
		let now = self.tick();
		let peer = self.peers.entry(at.source).or_insert_with(|| Peer {
			running: 0,
			since: now,
			pages: 0,
			ways: HashMap::new(),
		});
		let way = peer.ways.entry(at.lane).or_insert_with(|| Way {
			running: false,
			since: now,
			pages: 0,
			waiting: VecDeque::new(),
		});
		way.waiting.push_back(Waiting { ticket, pages, whom });
		way.pages = way.pages.saturating_add(pages);
		peer.pages = peer.pages.saturating_add(pages);
		self.pages = self.pages.saturating_add(pages);
		Ok(())
	}

	/// The latest call on the fullest connection of the address that has most pages waiting, where those
	/// are more than so many.
	fn heaviest(&self, than: usize) -> Option<(At, u64)> {
		let (&source, peer) = self.peers.iter().max_by_key(|(_, peer)| peer.pages)?;
		let (&lane, way) = peer.ways.iter().max_by_key(|(_, way)| way.pages)?;
		let ticket = way.waiting.back()?.ticket;
		(peer.pages > than).then_some((At { source, lane }, ticket))
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
		let peer = self.peers.get_mut(&at.source)?;
		let way = peer.ways.get_mut(&at.lane)?;
		let place = match ticket {
			None => 0,
			Some(ticket) => way.waiting.iter().position(|it| it.ticket == ticket)?,
		};
		let Waiting { pages, whom, .. } = way.waiting.remove(place)?;
		way.pages = way.pages.saturating_sub(pages);
		peer.pages = peer.pages.saturating_sub(pages);
		self.pages = self.pages.saturating_sub(pages);
		Some(whom)
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

		fn join(&mut self, at: At, pages: usize) -> Result<u64, Full> {
			self.1 += 1;
			self.0.join(at, self.1, pages, self.1).map(|()| self.1)
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
			calls.join(at(1, lane), 1).unwrap();
		}
		let mut turn = calls.next().unwrap();
		for _ in 0..3 {
			calls.join(at(2, 1000), 1).unwrap();
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
			calls.join(at(1, lane), 1).unwrap();
		}
		let (first, _second) = (calls.next().unwrap(), calls.next().unwrap());
		calls.join(at(2, 1000), 1).unwrap();
		assert_eq!(calls.next(), None);
		assert_eq!(calls.after(first), Some(at(2, 1000)));
	}

	#[test]
	fn no_stream_of_newcomers_starves_who_was_there_before() {
		let mut calls = Calls::new(1, ROOM);
		calls.join(at(1, 0), 1).unwrap();
		calls.join(at(1, 1), 1).unwrap();
		let mut turn = calls.next().unwrap();
		let mut seen = 0;
		for address in 2..20 {
			calls.join(at(address, 1000), 1).unwrap();
			turn = calls.after(turn).unwrap();
			seen += usize::from(turn.source == at(1, 0).source);
		}
		assert_eq!(seen, 1);
	}

	#[test]
	fn within_an_address_connections_take_turns() {
		let mut calls = Calls::new(1, ROOM);
		for _ in 0..100 {
			calls.join(at(1, 0), 1).unwrap();
		}
		let turn = calls.next().unwrap();
		calls.join(at(1, 1), 1).unwrap();
		assert_eq!(calls.after(turn), Some(at(1, 1)));
		assert_eq!(calls.after(at(1, 1)), Some(at(1, 0)));
	}

	#[test]
	fn a_connection_has_one_turn_at_a_time() {
		let mut calls = Calls::new(2, ROOM);
		calls.join(at(1, 0), 1).unwrap();
		calls.join(at(1, 0), 1).unwrap();
		assert_eq!(calls.next(), Some(at(1, 0)));
		assert_eq!(calls.next(), None);
		assert_eq!(calls.after(at(1, 0)), Some(at(1, 0)));
	}

	#[test]
	fn who_leaves_no_longer_waits() {
		let mut calls = Calls::new(1, ROOM);
		let left = calls.join(at(1, 0), ROOM.connection).unwrap();
		calls.0.leave(at(1, 0), left);
		assert_eq!(calls.next(), None);
		assert!(calls.0.peers.is_empty());
		assert_eq!(calls.0.pages, 0);
	}

	#[test]
	fn where_all_is_full_the_address_with_most_makes_room() {
		let mut calls = Calls::new(0, ROOM);
		for lane in 0..8 {
			calls.join(at(1, lane), ROOM.connection).unwrap();
		}
		assert_eq!(calls.join(at(1, 8), 1), Err(Full::All));
		calls.join(at(2, 1000), 1).unwrap();
		assert_eq!(calls.0.pages, ROOM.all - ROOM.connection + 1);
	}

	#[test]
	fn what_waits_on_a_connection_is_bounded() {
		let mut calls = Calls::new(0, ROOM);
		assert_eq!(calls.join(at(1, 0), ROOM.connection + 1), Err(Full::Connection));
		for _ in 0..ROOM.connection {
			calls.join(at(1, 0), 1).unwrap();
		}
		assert_eq!(calls.join(at(1, 0), 1), Err(Full::Connection));
		calls.0.close(at(1, 0));
		assert!(calls.0.peers.is_empty());
	}
}
