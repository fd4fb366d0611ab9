// SPDX-License-Identifier: Apache-2.0

//! The threads in which RPC runs: few, of lower priority than those of the node itself, and silent
//! about what strangers make the runtime do.

use crate::quiet;
use futures::future::BoxFuture;
use log::debug;
use sp_core::traits::SpawnNamed;
use tokio::runtime::{Builder, Handle, Runtime};
use tracing::dispatcher;

/// How many threads wait for sockets and answer what needs no other thread.
const WORKERS: usize = 4;

/// How many short calls run at a time, besides the others that have a turn.
pub const SHORT_TURNS: usize = 2;

/// How many calls run besides those that have a turn: reads of a block, a header or a value.
const LIGHT_CALLS: usize = 4;

/// How many operations of subscriptions run at a time, such as the runtime calls of `chainHead`.
const OPERATIONS: usize = 16;

/// By how much the threads of calls are nicer than the node's own: about a third of a share.
const NICE_CALLS: i32 = 5;

/// By how much the threads of subscriptions are nicer than the node's own: about a tenth of a share.
const NICE_SUBSCRIPTIONS: i32 = 10;

/// The threads of RPC. They end without waiting for what runs when this is dropped.
pub struct Threads {
	calls: Background,
	/// A client that does not read what it asked for keeps threads of these, and none of the others.
	subscriptions: Background,
}

/// A runtime that may be dropped inside another.
struct Background(Option<Runtime>, Handle);

impl Drop for Background {
	fn drop(&mut self) {
		if let Some(runtime) = self.0.take() {
			runtime.shutdown_background();
		}
	}
}

impl From<Runtime> for Background {
	fn from(runtime: Runtime) -> Self {
		let handle = runtime.handle().clone();
		Self(Some(runtime), handle)
	}
}

impl Threads {
	/// Start the threads, with room for calls that have one of so many turns.
	///
	/// # Errors
	///
	/// Where the system gives no threads.
	pub fn start(turns: usize) -> std::io::Result<Self> {
		let blocking = turns.saturating_add(SHORT_TURNS).saturating_add(LIGHT_CALLS);
		Ok(Self {
			calls: runtime("rpc", blocking, NICE_CALLS)?.into(),
			subscriptions: runtime("rpc-subscribe", OPERATIONS, NICE_SUBSCRIPTIONS)?.into(),
		})
	}

	/// Where connections are served and calls run.
	pub fn calls(&self) -> &Handle {
		&self.calls.1
	}

	/// Where subscriptions run.
	pub fn spawner(&self) -> Spawner {
		Spawner(self.subscriptions.1.clone())
	}
}

fn runtime(name: &str, blocking: usize, nice: i32) -> std::io::Result<Runtime> {
	let log = quiet::log();
	Builder::new_multi_thread()
		.thread_name(name)
		.worker_threads(WORKERS)
		.max_blocking_threads(blocking)
		.enable_all()
		.on_thread_start(move || {
			yield_to_the_node(nice);
			// For as long as the thread lives.
			std::mem::forget(dispatcher::set_default(&log));
		})
		.build()
}

/// Lower the priority of this thread. Only Linux can do so for a thread alone.
fn yield_to_the_node(by: i32) {
	#[cfg(target_os = "linux")]
	if let Err(error) = rustix::process::nice(by) {
		debug!(target: "rpc", "the priority of a thread cannot be lowered: {error}");
	}
	#[cfg(not(target_os = "linux"))]
	debug!(target: "rpc", "the priority of a thread cannot be lowered by {by} on this system");
}

/// Spawns in the threads of subscriptions.
#[derive(Clone)]
pub struct Spawner(Handle);

impl SpawnNamed for Spawner {
	fn spawn_blocking(
		&self,
		_name: &'static str,
		_group: Option<&'static str>,
		future: BoxFuture<'static, ()>,
	) {
		let handle = self.0.clone();
		self.0.spawn_blocking(move || handle.block_on(future));
	}

	fn spawn(
		&self,
		_name: &'static str,
		_group: Option<&'static str>,
		future: BoxFuture<'static, ()>,
	) {
		self.0.spawn(future);
	}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
	use super::*;

	#[test]
	fn threads_of_rpc_are_nicer_than_the_node() {
		let nice = || rustix::process::nice(0).unwrap();
		let own = nice();
		let threads = Threads::start(1).unwrap();
		let of_thread = |handle: &Handle| handle.block_on(handle.spawn_blocking(nice)).unwrap();
		assert_eq!(of_thread(threads.calls()), (own + NICE_CALLS).min(19));
		assert_eq!(of_thread(&threads.spawner().0), (own + NICE_SUBSCRIPTIONS).min(19));
		assert_eq!(nice(), own);
	}
}
