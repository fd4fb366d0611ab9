// SPDX-License-Identifier: Apache-2.0

//! The open connections. When all places are taken, a newcomer gets that of the connection that has
//! least use for it, so that idle sockets shut nobody out.

use super::source::Source;
use jsonrpsee::server::{stop_channel, ServerHandle, StopHandle};
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Instant,
};

/// All connections of one listening address.
#[derive(Clone)]
pub struct Connections(Arc<Table>);

struct Table {
	places: usize,
	open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
	next: u64,
	entries: HashMap<u64, Entry>,
}

struct Entry {
	address: Source,
	/// When the last call came, if any has come.
	called: Option<Instant>,
	since: Instant,
	stop: ServerHandle,
}

/// A connection's place, which it gives up when this is dropped.
pub struct Connection {
	table: Arc<Table>,
	id: u64,
}

impl Connections {
	/// Places for so many connections.
	pub fn new(places: u32) -> Self {
		Self(Arc::new(Table { places: places.max(1) as usize, open: Mutex::default() }))
	}

	/// A place for one more connection, and what tells it to end. Where none is free, the connection
	/// ends that has least use for its place: of the address with most connections, one that has never
	/// called anything or else has not for the longest time.
	pub fn admit(&self, address: Source) -> (Arc<Connection>, StopHandle) {
		let (stopped, stop) = stop_channel();
		let mut open = self.0.open();
		if open.entries.len() >= self.0.places {
			if let Some(entry) = open.idlest().and_then(|id| open.entries.remove(&id)) {
				// It may have ended by itself.
				let _ = entry.stop.stop();
			}
		}
		let id = open.next;
		open.next = id.wrapping_add(1);
		open.entries.insert(id, Entry { address, called: None, since: Instant::now(), stop });
		(Arc::new(Connection { table: self.0.clone(), id }), stopped)
	}
}

impl Table {
	fn open(&self) -> MutexGuard<'_, Open> {
		self.open.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl Open {
	fn idlest(&self) -> Option<u64> {
		let mut of_address = HashMap::<Source, usize>::new();
		for entry in self.entries.values() {
			*of_address.entry(entry.address).or_default() += 1;
		}
		let most = of_address.values().copied().max()?;
		self.entries
			.iter()
			.filter(|(_, entry)| of_address.get(&entry.address) == Some(&most))
			// `None`, for never, comes before every time.
			.min_by_key(|(_, entry)| (entry.called, entry.since))
			.map(|(id, _)| *id)
	}
}

impl Connection {
	/// Note that a call has come.
	pub fn called(&self) {
		if let Some(entry) = self.table.open().entries.get_mut(&self.id) {
			entry.called = Some(Instant::now());
		}
	}
}

impl Drop for Connection {
	fn drop(&mut self) {
		self.table.open().entries.remove(&self.id);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use futures::{poll, FutureExt};
	use std::{net::IpAddr, pin::pin};

	fn one() -> Source {
		IpAddr::from([10, 0, 0, 1]).into()
	}

	fn other() -> Source {
		IpAddr::from([10, 0, 0, 2]).into()
	}

	async fn ended(stop: &StopHandle) -> bool {
		let mut stopped = pin!(stop.clone().shutdown().fuse());
		poll!(&mut stopped).is_ready()
	}

	#[tokio::test]
	async fn a_newcomer_takes_the_place_of_the_connection_that_never_called() {
		let connections = Connections::new(3);
		let (first, first_stop) = connections.admit(one());
		let (_silent, silent_stop) = connections.admit(one());
		let (third, third_stop) = connections.admit(one());
		first.called();
		third.called();
		let _newcomer = connections.admit(one());
		assert!(ended(&silent_stop).await);
		assert!(!ended(&first_stop).await);
		assert!(!ended(&third_stop).await);
	}

	#[tokio::test]
	async fn among_those_that_call_the_longest_idle_makes_room() {
		let connections = Connections::new(2);
		let (idle, idle_stop) = connections.admit(one());
		let (busy, busy_stop) = connections.admit(one());
		busy.called();
		idle.called();
		busy.called();
		let _newcomer = connections.admit(one());
		assert!(ended(&idle_stop).await);
		assert!(!ended(&busy_stop).await);
	}

	#[tokio::test]
	async fn an_address_with_many_connections_makes_room_for_others() {
		let connections = Connections::new(3);
		let (_alone, alone_stop) = connections.admit(other());
		let (first, first_stop) = connections.admit(one());
		let (second, second_stop) = connections.admit(one());
		first.called();
		second.called();
		let _newcomer = connections.admit(other());
		assert!(!ended(&alone_stop).await);
		assert!(ended(&first_stop).await);
		assert!(!ended(&second_stop).await);
	}

	#[tokio::test]
	async fn a_connection_that_ends_leaves_its_place() {
		let connections = Connections::new(1);
		drop(connections.admit(one()));
		let (_next, stop) = connections.admit(one());
		assert!(!ended(&stop).await);
		assert_eq!(connections.0.open().entries.len(), 1);
	}
}
