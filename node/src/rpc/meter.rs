// SPDX-License-Identifier: Apache-2.0

//! What the requests of one connection take, as its socket and its calls tell it.
//!
//! A socket begins with the head of an HTTP request. If that asks for a WebSocket, frames follow. The
//! server keeps a message until its calls are answered, and does not say when that is: what was complete
//! before a call began is taken for answered once no call of the connection runs.

use super::{
	budget::{Account, NoRoom},
	frames::{Event, Frames},
	head::Head,
};
use std::{
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	task::{Context, Waker},
	time::{Duration, Instant},
};

/// How many bytes of complete messages may wait for answers before a socket is read no further.
const ROOM: u64 = 4 * 1024 * 1024;

/// How long a message may be on its way to where its calls begin.
const ON_THE_WAY: Duration = Duration::from_millis(100);

/// What the bytes of a socket are.
enum Phase {
	/// The head of a request.
	Head(Head),
	/// The head was read to its end; what follows is not known yet.
	Asked,
	/// The body of a request over HTTP/1.
	Body,
	/// HTTP/2, in which no WebSocket begins.
	Http2,
	/// WebSocket frames.
	WebSocket(Frames),
}

/// Bytes of messages, counted from the beginning of the connection.
#[derive(Default)]
struct Tally {
	/// Whose frames have begun.
	begun: u64,
	/// That are complete.
	complete: u64,
	/// That were complete when the last call began.
	called: u64,
	/// That were given back.
	given: u64,
	/// When a message was last complete.
	since: Option<Instant>,
	/// How many calls run or wait.
	calls: usize,
}

struct State {
	phase: Phase,
	tally: Tally,
	reader: Option<Waker>,
}

/// What one connection takes.
pub struct Meter {
	account: Account,
	state: Mutex<State>,
}

/// Whether a socket may be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
	/// It may.
	Now,
	/// Not until the task is woken.
	Later,
	/// Not before so much time has passed.
	After(Duration),
}

/// A call of the connection, which ends when this is dropped.
pub struct Call(Arc<Meter>);

/// What one request over HTTP takes, until this is dropped.
pub struct Receipt {
	meter: Arc<Meter>,
	bytes: Mutex<u64>,
}

impl Meter {
	/// The meter of a connection that has an account.
	pub fn new(account: Account) -> Arc<Self> {
		let phase = Phase::Head(Head::default());
		let state = State { phase, tally: Tally::default(), reader: None };
		Arc::new(Self { account, state: Mutex::new(state) })
	}

	fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Whether the connection was closed for the sake of others.
	pub fn is_closed(&self, context: &Context<'_>) -> bool {
		self.account.is_closed(context)
	}

	/// Whether the socket may be read now. If not, the task is woken when it may.
	pub fn reading(&self, context: &Context<'_>, now: Instant) -> Reading {
		let mut state = self.state();
		let State { phase, tally, reader } = &mut *state;
		match phase {
			Phase::Head(_) | Phase::Body | Phase::Http2 => return Reading::Now,
			Phase::WebSocket(_) if tally.complete.saturating_sub(tally.given) < ROOM => {
				return Reading::Now
			}
			Phase::WebSocket(_) if tally.calls == 0 => {
				let passed = tally.since.map_or(ON_THE_WAY, |since| now.duration_since(since));
				if passed < ON_THE_WAY {
					return Reading::After(ON_THE_WAY - passed);
				}
				self.give(tally, tally.complete);
				return Reading::Now;
			}
			Phase::WebSocket(_) | Phase::Asked => {}
		}
		*reader = Some(context.waker().clone());
		Reading::Later
	}

	/// Count bytes of the socket, and say how many of them may be passed on before the rest is counted.
	///
	/// # Errors
	///
	/// Where there is no room for what they begin.
	pub fn count(&self, bytes: &[u8], now: Instant) -> Result<usize, NoRoom> {
		let mut state = self.state();
		let State { phase, tally, .. } = &mut *state;
		match phase {
			Phase::Asked | Phase::Body | Phase::Http2 => {}
			Phase::Head(head) => {
				if let Some(end) = head.read(bytes) {
					*phase = if head.is_http2() { Phase::Http2 } else { Phase::Asked };
					return Ok(end);
				}
				if head.is_too_long() {
					return Err(NoRoom);
				}
			}
			Phase::WebSocket(frames) => frames.read(bytes, |event| match event {
				Event::Begin(bytes) => {
					tally.begun = tally.begun.saturating_add(bytes);
					self.account.take(bytes)
				}
				Event::Complete => {
					tally.complete = tally.begun;
					tally.since = Some(now);
					Ok(())
				}
			})?,
		}
		Ok(bytes.len())
	}

	/// Say whether the request whose head was read asks for a WebSocket, and learn whether it may have one.
	/// It may not where it is not known where the frames would begin.
	pub fn asked(&self, websocket: bool) -> bool {
		let mut state = self.state();
		let granted = websocket && matches!(state.phase, Phase::Asked);
		if granted {
			state.phase = Phase::WebSocket(Frames::default());
		} else if !matches!(state.phase, Phase::Http2) {
			state.phase = Phase::Body;
		}
		if let Some(reader) = state.reader.take() {
			reader.wake();
		}
		granted
	}

	/// A request was answered. Over HTTP/1 the head of another follows.
	pub fn answered(&self) {
		let mut state = self.state();
		if matches!(state.phase, Phase::Body) {
			state.phase = Phase::Head(Head::default());
		}
	}

	/// A call begins.
	pub fn call(self: &Arc<Self>) -> Call {
		let mut state = self.state();
		state.tally.calls = state.tally.calls.saturating_add(1);
		state.tally.called = state.tally.complete;
		Call(self.clone())
	}

	/// A request over HTTP begins, of which nothing was read yet.
	pub fn receipt(self: &Arc<Self>) -> Receipt {
		Receipt { meter: self.clone(), bytes: Mutex::new(0) }
	}

	/// Give back what was taken up to a place in the stream.
	fn give(&self, tally: &mut Tally, up_to: u64) {
		self.account.give(up_to.saturating_sub(tally.given));
		tally.given = tally.given.max(up_to);
	}
}

impl Drop for Call {
	fn drop(&mut self) {
		let mut state = self.0.state();
		let State { tally, reader, .. } = &mut *state;
		tally.calls = tally.calls.saturating_sub(1);
		if tally.calls == 0 {
			self.0.give(tally, tally.called);
			if let Some(reader) = reader.take() {
				reader.wake();
			}
		}
	}
}

impl Receipt {
	/// Count so many bytes more of the request.
	///
	/// # Errors
	///
	/// Where there is no room for them.
	pub fn take(&self, bytes: u64) -> Result<(), NoRoom> {
		self.meter.account.take(bytes)?;
		let mut taken = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
		*taken = taken.saturating_add(bytes);
		Ok(())
	}
}

impl Drop for Receipt {
	fn drop(&mut self) {
		let taken = *self.bytes.get_mut().unwrap_or_else(PoisonError::into_inner);
		self.meter.account.give(taken);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::rpc::budget::Budget;
	use futures::task::noop_waker;
	use std::net::IpAddr;

	const UPGRADE: &[u8] = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
	const BUDGET: u64 = 4 * ROOM;

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
			Self { meter: Meter::new(account), budget, now: Instant::now() }
		}

		fn websocket() -> Self {
			let connection = Self::new();
			assert_eq!(connection.read(UPGRADE), Ok(UPGRADE.len()));
			assert_eq!(connection.reading(), Reading::Later);
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
		assert_eq!(connection.reading(), Reading::Later);
		assert!(connection.meter.asked(true));
		assert_eq!(connection.reading(), Reading::Now);
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
			assert_eq!(connection.reading(), Reading::Now);
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
		assert_eq!(connection.reading(), Reading::Now);
		drop(connection.meter);
		assert_eq!(connection.budget.taken(), 0);
	}

	#[test]
	fn a_message_takes_its_room_until_its_call_is_answered() {
		let connection = Connection::websocket();
		connection.message(1000, true).unwrap();
		let call = connection.meter.call();
		connection.message(10, false).unwrap();
		drop(call);
		assert_eq!(connection.left(), BUDGET - 10);
	}

	#[test]
	fn a_message_that_came_after_the_last_call_began_is_not_taken_for_answered() {
		let connection = Connection::websocket();
		connection.message(1000, true).unwrap();
		let call = connection.meter.call();
		connection.message(10, true).unwrap();
		drop(call);
		assert_eq!(connection.left(), BUDGET - 10);
		drop(connection.meter.call());
		assert_eq!(connection.left(), BUDGET);
	}

	#[test]
	fn a_socket_is_read_no_further_while_much_of_it_waits() {
		let mut connection = Connection::websocket();
		connection.message(ROOM, true).unwrap();
		let call = connection.meter.call();
		assert_eq!(connection.reading(), Reading::Later);
		drop(call);
		assert_eq!(connection.reading(), Reading::Now);
		// Without a call, as something malformed: it gets time to become one.
		connection.message(ROOM, true).unwrap();
		assert_eq!(connection.reading(), Reading::After(ON_THE_WAY));
		connection.now += ON_THE_WAY;
		assert_eq!(connection.reading(), Reading::Now);
		assert_eq!(connection.left(), BUDGET);
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
}
