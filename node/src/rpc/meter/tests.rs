// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::rpc::budget::Budget;
use futures::task::noop_waker;
use std::net::IpAddr;

const UPGRADE: &[u8] = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
const BUDGET: u64 = 4 * ROOM;
const NOW: Reading = Reading { now: true, again: None };
const LATER: Reading = Reading { now: false, again: None };

/// A connection, as its socket sees it.
struct Connection {
	meter: Arc<Meter>,
	budget: Budget,
	now: Instant,
}

impl Connection {
	fn new() -> Self {
		let budget = Budget::new(BUDGET);
		let account = budget.account(IpAddr::from([10, 0, 0, 1]).into());
		Self { meter: Meter::new(account, 2 * ROOM), budget, now: Instant::now() }
	}

	fn websocket() -> Self {
		let connection = Self::new();
		assert_eq!(connection.read(UPGRADE), Ok(UPGRADE.len()));
		assert_eq!(connection.reading(), LATER);
		assert!(connection.meter.asked(true));
		connection
	}

	fn read(&self, bytes: &[u8]) -> Result<usize, NoRoom> {
		self.meter.count(bytes, self.now)
	}

	fn reading(&self) -> Reading {
		self.meter.reading(&Context::from_waker(&noop_waker()), self.now)
	}

	/// Read a message, or only its first byte.
	fn message(&self, length: u64, complete: bool) -> Result<(), NoRoom> {
		self.read(&[0x81, 127])?;
		self.read(&length.to_be_bytes())?;
		let payload = if complete { length } else { 1 };
		self.read(&vec![0; payload as usize]).map(drop)
	}

	/// Let so much time pass that a message is no longer on its way.
	fn wait(&mut self) {
		self.now = Instant::now() + ON_THE_WAY;
	}

	/// How many bytes others can have.
	fn left(&self) -> u64 {
		BUDGET - self.budget.taken()
	}
}

#[test]
fn what_follows_the_head_waits_until_it_is_known_what_it_is() {
	let connection = Connection::new();
	let stream = [UPGRADE, &[0x81, 0]].concat();
	assert_eq!(connection.read(&stream), Ok(UPGRADE.len()));
	assert_eq!(connection.reading(), LATER);
	assert!(connection.meter.asked(true));
	assert_eq!(connection.reading(), NOW);
}

#[test]
fn a_websocket_may_follow_requests_over_http() {
	let connection = Connection::new();
	connection.read(b"POST / HTTP/1.1\r\n\r\n").unwrap();
	assert!(!connection.meter.asked(false));
	connection.read(b"{\r\n\r\n}").unwrap();
	assert!(!connection.meter.asked(true), "the head was not seen");
	connection.meter.answered();
	assert_eq!(connection.read(UPGRADE), Ok(UPGRADE.len()));
	assert!(connection.meter.asked(true));
}

#[test]
fn http2_is_let_through_without_websockets() {
	let connection = Connection::new();
	connection.read(b"PRI * HTTP/2.0\r\n\r\n").unwrap();
	for _ in 0..2 {
		assert_eq!(connection.reading(), NOW);
		assert_eq!(connection.read(b"SM\r\n\r\n"), Ok(6));
		assert!(!connection.meter.asked(true));
		connection.meter.answered();
	}
}

#[test]
fn an_unfinished_message_takes_what_its_header_says() {
	let connection = Connection::websocket();
	connection.message(ROOM, false).unwrap();
	assert_eq!(connection.left(), BUDGET - ROOM);
	assert_eq!(connection.reading(), NOW);
	drop(connection.meter);
	assert_eq!(connection.budget.taken(), 0);
}

#[test]
fn a_message_takes_its_room_until_its_call_is_answered() {
	let mut connection = Connection::websocket();
	connection.message(1000, true).unwrap();
	let call = connection.meter.call();
	connection.message(10, false).unwrap();
	connection.wait();
	assert_eq!(connection.reading(), NOW);
	drop(call);
	// The answer gets time to be written.
	connection.now -= ON_THE_WAY;
	assert_eq!(connection.reading(), Reading { now: true, again: Some(ON_THE_WAY) });
	assert_eq!(connection.left(), BUDGET - 1000 - MESSAGE - 10);
	connection.wait();
	assert_eq!(connection.reading(), NOW);
	assert_eq!(connection.left(), BUDGET - 10);
}

#[test]
fn a_batch_takes_its_room_until_its_last_call_is_answered() {
	let mut connection = Connection::websocket();
	connection.message(1000, true).unwrap();
	for _ in 0..3 {
		let call = connection.meter.call();
		connection.wait();
		assert_eq!(connection.reading(), NOW);
		drop(call);
		connection.now -= ON_THE_WAY;
		assert_eq!(connection.reading(), Reading { now: true, again: Some(ON_THE_WAY) });
		assert_eq!(connection.left(), BUDGET - 1000 - MESSAGE);
	}
	connection.wait();
	assert_eq!(connection.reading(), NOW);
	assert_eq!(connection.left(), BUDGET);
}

#[test]
fn a_message_whose_call_has_not_begun_is_not_taken_for_answered() {
	let connection = Connection::websocket();
	connection.message(1000, true).unwrap();
	connection.message(10, true).unwrap();
	drop(connection.meter.call());
	assert_eq!(connection.left(), BUDGET - 1010 - 2 * MESSAGE);
}

#[test]
fn an_empty_message_takes_room_too() {
	let connection = Connection::websocket();
	for _ in 0..BUDGET / MESSAGE {
		connection.read(&[0x81, 0]).unwrap();
	}
	assert_eq!(connection.left(), 0);
	assert_eq!(connection.read(&[0x81, 0]), Err(NoRoom));
}

#[test]
fn a_socket_is_read_no_further_while_much_of_it_waits() {
	let mut connection = Connection::websocket();
	connection.message(ROOM, true).unwrap();
	let call = connection.meter.call();
	assert_eq!(connection.reading(), LATER);
	drop(call);
	connection.wait();
	assert_eq!(connection.reading(), NOW);
	// Without a call, as something malformed: it gets time to become one.
	connection.message(ROOM, true).unwrap();
	assert_eq!(connection.reading(), Reading { now: false, again: Some(ON_THE_WAY) });
	connection.now += ON_THE_WAY;
	assert_eq!(connection.reading(), NOW);
	assert_eq!(connection.left(), BUDGET);
}

#[test]
fn a_peer_that_does_not_take_its_answers_is_read_no_further_and_given_nothing() {
	let mut connection = Connection::websocket();
	connection.message(ROOM_OF_SLOW, true).unwrap();
	connection.meter.writing(true, connection.now);
	drop(connection.meter.call());
	connection.wait();
	assert_eq!(connection.reading(), LATER);
	assert_eq!(connection.left(), BUDGET - ROOM_OF_SLOW - MESSAGE);
	// What it takes is soon answered, but not at once.
	connection.meter.writing(false, connection.now);
	assert_eq!(connection.reading(), Reading { now: true, again: Some(ON_THE_WAY) });
	assert_eq!(connection.left(), BUDGET - ROOM_OF_SLOW - MESSAGE);
	connection.now += ON_THE_WAY;
	assert_eq!(connection.reading(), NOW);
	assert_eq!(connection.left(), BUDGET);
}

#[test]
fn a_slow_peer_is_still_heard() {
	let connection = Connection::websocket();
	connection.message(1000, true).unwrap();
	connection.meter.writing(true, connection.now);
	assert_eq!(connection.reading(), NOW);
}

#[test]
fn a_message_in_pieces_that_is_too_long_ends_the_stream() {
	let pieces = |first: u64, second: u64| {
		let connection = Connection::websocket();
		for (opcode, length) in [(1, first), (0, second)] {
			connection.read(&[opcode, 127])?;
			connection.read(&length.to_be_bytes())?;
			connection.read(&vec![0; length as usize])?;
		}
		Ok(())
	};
	assert_eq!(pieces(ROOM, ROOM), Ok(()));
	assert_eq!(pieces(ROOM, ROOM + 1), Err(NoRoom));
	// In one piece it is skipped as it was counted.
	assert_eq!(pieces(0, 2 * ROOM + 1), Ok(()));
}

#[test]
fn a_message_for_which_there_is_no_room_is_refused_at_its_header() {
	let connection = Connection::websocket();
	assert_eq!(connection.message(BUDGET + 1, false), Err(NoRoom));
	assert_eq!(connection.left(), BUDGET);
	let connection = Connection::websocket();
	assert_eq!(connection.message(u64::MAX, false), Err(NoRoom));
}

#[test]
fn a_request_over_http_takes_its_bytes_until_it_is_answered() {
	let connection = Connection::new();
	let receipt = connection.meter.receipt();
	receipt.take(100).unwrap();
	receipt.take(50).unwrap();
	assert_eq!(connection.left(), BUDGET - 150);
	drop(receipt);
	assert_eq!(connection.left(), BUDGET);
	assert_eq!(connection.meter.receipt().take(BUDGET + 1), Err(NoRoom));
}
