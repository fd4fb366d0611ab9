// SPDX-License-Identifier: Apache-2.0

//! What the requests of one connection take, as its socket and its calls tell it.
//!
//! A socket begins with the head of an HTTP request. If that asks for a WebSocket, frames follow. The
//! server keeps a message until its calls are answered and the answers written, and does not say when that
//! is: what is complete is taken for answered once for a while no call has run and nothing has waited to be
//! written.

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

/// How many may while the peer does not take what is written to it: few, so that its answers do not pile up,
/// and some, so that it is still heard to be there.
const ROOM_OF_SLOW: u64 = 64 * 1024;

/// What a message takes besides its bytes, so that nobody has any number of empty ones.
pub const MESSAGE: u64 = 1024;

/// How long a message may be on its way to where its calls begin, from one call of a batch to the next, or
/// to where its answer is written.
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
	/// That were given back.
	given: u64,
	/// When a message was last complete, a call ended, or the peer took again what is written.
	since: Option<Instant>,
	/// How many calls run or wait.
	calls: usize,
	/// Whether the peer does not take what is written.
	slow: bool,
}

impl Tally {
	/// How many are complete and not given back.
	fn waiting(&self) -> u64 {
		self.complete.saturating_sub(self.given)
	}

	/// How long it takes until what is complete is given back if nothing happens, and nothing has to.
	fn until_given(&self, now: Instant) -> Option<Duration> {
		let since = self.since.filter(|_| self.waiting() > 0 && self.calls == 0 && !self.slow)?;
		Some(ON_THE_WAY.saturating_sub(now.duration_since(since)))
	}
}

struct State {
	phase: Phase,
	tally: Tally,
	reader: Option<Waker>,
}

impl State {
	fn wake(&mut self) {
		if let Some(reader) = self.reader.take() {
			reader.wake();
		}
	}
}

/// What one connection takes.
pub struct Meter {
	account: Account,
	/// How many bytes a message may have.
	longest: u64,
	state: Mutex<State>,
}

/// Whether a socket may be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Reading {
	/// Whether it may now.
	pub now: bool,
	/// After how long to ask again, where nothing wakes the task that has asked.
	pub again: Option<Duration>,
}

/// A call of the connection, which ends when this is dropped.
pub struct Call(Arc<Meter>);

/// What one request over HTTP takes, until this is dropped.
pub struct Receipt {
	meter: Arc<Meter>,
	bytes: Mutex<u64>,
}

impl Meter {
	/// The meter of a connection that has an account, whose messages may have so many bytes.
	pub fn new(account: Account, longest: u64) -> Arc<Self> {
		let phase = Phase::Head(Head::default());
		let state = State { phase, tally: Tally::default(), reader: None };
		Arc::new(Self { account, longest, state: Mutex::new(state) })
	}

	fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Whether the connection was closed for the sake of others.
	pub fn is_closed(&self, context: &Context<'_>) -> bool {
		self.account.is_closed(context)
	}

	/// Whether the socket may be read now. The task is woken when that changes.
	pub fn reading(&self, context: &Context<'_>, now: Instant) -> Reading {
		let mut state = self.state();
		let State { phase, tally, reader } = &mut *state;
		let reading = match phase {
			Phase::Head(_) | Phase::Body | Phase::Http2 => {
				return Reading { now: true, again: None };
			}
			Phase::Asked => Reading { now: false, again: None },
			Phase::WebSocket(_) => {
				let mut again = tally.until_given(now);
				if again == Some(Duration::ZERO) {
					self.account.give(tally.waiting());
					tally.given = tally.complete;
					again = None;
				}
				let room = if tally.slow { ROOM_OF_SLOW } else { ROOM };
				Reading { now: tally.waiting() < room, again }
			}
		};
		*reader = Some(context.waker().clone());
		reading
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
					let begun = tally.begun.saturating_sub(tally.complete);
					// The server skips a message that is too long, but as many bytes from here on as it has
					// with those before this frame, and would no longer be where frames are counted.
					if begun > 0 && begun.saturating_add(bytes) > self.longest {
						return Err(NoRoom);
					}
					tally.begun = tally.begun.saturating_add(bytes);
					self.account.take(bytes)
				}
				Event::Complete => {
					self.account.take(MESSAGE)?;
					tally.begun = tally.begun.saturating_add(MESSAGE);
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
		state.wake();
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
		Call(self.clone())
	}

	/// Say whether what is written has to wait until the peer takes it.
	pub fn writing(&self, waits: bool, now: Instant) {
		let mut state = self.state();
		if std::mem::replace(&mut state.tally.slow, waits) && !waits {
			state.tally.since = Some(now);
			state.wake();
		}
	}

	/// A request over HTTP begins, of which nothing was read yet.
	pub fn receipt(self: &Arc<Self>) -> Receipt {
		Receipt { meter: self.clone(), bytes: Mutex::new(0) }
	}
}

impl Drop for Call {
	fn drop(&mut self) {
		let mut state = self.0.state();
		state.tally.calls = state.tally.calls.saturating_sub(1);
		state.tally.since = Some(Instant::now());
		if state.tally.calls == 0 {
			state.wake();
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
mod tests;
