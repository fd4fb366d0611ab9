// SPDX-License-Identifier: Apache-2.0

//! How much memory the requests of all connections take, from the first byte on until they are
//! answered.
//!
//! Who needs room where none is left gets that of the address that takes most: its connection that takes
//! most is closed.

use super::source::Source;
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	task::{Context, Waker},
};

/// The memory that requests may take, over all connections of the server.
#[derive(Clone)]
pub struct Budget(Arc<Mutex<Book>>);

struct Book {
	room: u64,
	taken: u64,
	next: u64,
	entries: HashMap<u64, Entry>,
}

struct Entry {
	source: Source,
	taken: u64,
	/// Whether what it took was given to others.
	closed: bool,
	reader: Option<Waker>,
}

/// What one connection takes. It gives everything back when this is dropped.
pub struct Account {
	budget: Budget,
	id: u64,
}

/// What was wanted is more than the connection can have.
#[derive(Debug, PartialEq, Eq)]
pub struct NoRoom;

impl Budget {
	/// Room for so many bytes.
	pub fn new(room: u64) -> Self {
		Self(Arc::new(Mutex::new(Book { room, taken: 0, next: 0, entries: HashMap::new() })))
	}

	/// The account of one more connection from an address.
	pub fn account(&self, source: Source) -> Account {
		let mut book = self.book();
		let id = book.next;
		book.next = id.wrapping_add(1);
		book.entries.insert(id, Entry { source, taken: 0, closed: false, reader: None });
		Account { budget: self.clone(), id }
	}

	/// How many bytes are taken.
	#[cfg(test)]
	pub fn taken(&self) -> u64 {
		self.book().taken
	}

	fn book(&self) -> MutexGuard<'_, Book> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl Book {
	/// The connection that takes most, of the address that takes most.
	fn heaviest(&self) -> Option<u64> {
		let mut of_source = HashMap::<Source, u64>::new();
		for entry in self.entries.values() {
			*of_source.entry(entry.source).or_default() += entry.taken;
		}
		let (source, _) = of_source.into_iter().max_by_key(|(_, taken)| *taken)?;
		let of_most = self.entries.iter().filter(|(_, entry)| entry.source == source);
		of_most.max_by_key(|(_, entry)| entry.taken).map(|(id, _)| *id)
	}

	fn give(&mut self, id: u64, bytes: u64) {
		if let Some(entry) = self.entries.get_mut(&id) {
			let given = bytes.min(entry.taken);
			entry.taken = entry.taken.saturating_sub(given);
			self.taken = self.taken.saturating_sub(given);
		}
	}

	/// Close a connection and give to others what it took.
	fn close(&mut self, id: u64) {
		self.give(id, u64::MAX);
		if let Some(entry) = self.entries.get_mut(&id) {
			entry.closed = true;
			if let Some(reader) = entry.reader.take() {
				reader.wake();
			}
		}
	}
}

impl Account {
	/// Take so many bytes more.
	///
	/// # Errors
	///
	/// Where the connection was closed for the sake of others, or takes more itself than any other.
	pub fn take(&self, bytes: u64) -> Result<(), NoRoom> {
		let mut book = self.budget.book();
		// More than there is at all takes nothing from others.
		if bytes > book.room {
			book.close(self.id);
		}
		let entry = book.entries.get_mut(&self.id).filter(|entry| !entry.closed).ok_or(NoRoom)?;
		entry.taken = entry.taken.saturating_add(bytes);
		book.taken = book.taken.saturating_add(bytes);
		while book.taken > book.room {
			let heaviest = book.heaviest().ok_or(NoRoom)?;
			book.close(heaviest);
			if heaviest == self.id {
				return Err(NoRoom);
			}
		}
		Ok(())
	}

	/// Give so many bytes back.
	pub fn give(&self, bytes: u64) {
		self.budget.book().give(self.id, bytes);
	}

	/// Whether the connection was closed for the sake of others. Where it was not, the task is woken when
	/// it is.
	pub fn is_closed(&self, context: &Context<'_>) -> bool {
		let mut book = self.budget.book();
		let Some(entry) = book.entries.get_mut(&self.id) else { return true };
		if !entry.closed {
			entry.reader = Some(context.waker().clone());
		}
		entry.closed
	}
}

impl Drop for Account {
	fn drop(&mut self) {
		let mut book = self.budget.book();
		book.give(self.id, u64::MAX);
		book.entries.remove(&self.id);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use futures::task::noop_waker;
	use std::net::IpAddr;

	fn source(last: u8) -> Source {
		IpAddr::from([10, 0, 0, last]).into()
	}

	fn closed(account: &Account) -> bool {
		account.is_closed(&Context::from_waker(&noop_waker()))
	}

	#[test]
	fn the_address_that_takes_most_makes_room_by_its_largest_connection() {
		let budget = Budget::new(100);
		let alone = budget.account(source(1));
		let many: Vec<_> = (0..3).map(|_| budget.account(source(2))).collect();
		alone.take(40).unwrap();
		for (account, bytes) in many.iter().zip([20, 25, 15]) {
			account.take(bytes).unwrap();
		}
		budget.account(source(3)).take(10).unwrap();
		assert_eq!(many.iter().map(closed).collect::<Vec<_>>(), [false, true, false]);
		assert!(!closed(&alone));
		assert_eq!(many[1].take(1), Err(NoRoom));
	}

	#[test]
	fn an_address_that_takes_all_there_is_closes_its_own_connections() {
		let budget = Budget::new(100);
		let accounts: Vec<_> = (0..50).map(|_| budget.account(source(1))).collect();
		let refused = accounts.iter().filter(|account| account.take(10).is_err()).count();
		let open = accounts.iter().filter(|account| !closed(account)).count();
		assert!(open <= 11 && refused <= 40, "{open} are open, {refused} were refused");
		assert!(budget.taken() <= 100);
		assert_eq!(budget.account(source(2)).take(10), Ok(()));
	}

	#[test]
	fn what_is_given_back_is_there_for_others() {
		let budget = Budget::new(100);
		let (one, other) = (budget.account(source(1)), budget.account(source(2)));
		one.take(100).unwrap();
		one.give(60);
		other.take(60).unwrap();
		drop(one);
		other.take(40).unwrap();
		assert!(!closed(&other));
		assert_eq!(other.take(1), Err(NoRoom));
	}
}
