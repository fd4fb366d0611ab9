// SPDX-License-Identifier: Apache-2.0

//! A log for work that strangers ask for. Whatever they send, the runtime's complaints about it are
//! theirs: they get them as errors, and the node's log stays readable.

use futures::{future::BoxFuture, FutureExt};
use sp_core::traits::SpawnEssentialNamed;
use tracing::{
	dispatcher, instrument::WithSubscriber, level_filters::LevelFilter, span, subscriber::Interest,
	Dispatch, Event, Level, Metadata, Subscriber,
};

/// The log without what the runtime and its executor say above debug level.
struct Quiet {
	log: Dispatch,
	level: LevelFilter,
}

/// The log of this thread, without what the runtime says about what a stranger made it do.
pub fn log() -> Dispatch {
	let log = dispatcher::get_default(Clone::clone);
	Dispatch::new(Quiet { log, level: LevelFilter::current() })
}

/// Spawns tasks that log in this way.
#[derive(Clone)]
pub struct Spawner<S>(pub S);

impl<S: SpawnEssentialNamed + Clone> SpawnEssentialNamed for Spawner<S> {
	fn spawn_essential_blocking(
		&self,
		name: &'static str,
		group: Option<&'static str>,
		future: BoxFuture<'static, ()>,
	) {
		self.0.spawn_essential_blocking(name, group, future.with_subscriber(log()).boxed());
	}

	fn spawn_essential(
		&self,
		name: &'static str,
		group: Option<&'static str>,
		future: BoxFuture<'static, ()>,
	) {
		self.0.spawn_essential(name, group, future.with_subscriber(log()).boxed());
	}
}

/// Whether a line is about what a caller made the runtime do.
fn is_callers(target: &str, level: &Level) -> bool {
	*level < Level::DEBUG && (target.starts_with("runtime") || target == "wasm-runtime")
}

impl Subscriber for Quiet {
	fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
		let interest = self.log.register_callsite(metadata);
		if is_callers(metadata.target(), metadata.level()) && !interest.is_never() {
			return Interest::sometimes();
		}
		interest
	}

	fn enabled(&self, metadata: &Metadata<'_>) -> bool {
		!is_callers(metadata.target(), metadata.level()) && self.log.enabled(metadata)
	}

	fn max_level_hint(&self) -> Option<LevelFilter> {
		Some(self.level)
	}

	fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
		self.log.new_span(span)
	}

	fn record(&self, span: &span::Id, values: &span::Record<'_>) {
		self.log.record(span, values);
	}

	fn record_follows_from(&self, span: &span::Id, follows: &span::Id) {
		self.log.record_follows_from(span, follows);
	}

	fn event(&self, event: &Event<'_>) {
		self.log.event(event);
	}

	fn enter(&self, span: &span::Id) {
		self.log.enter(span);
	}

	fn exit(&self, span: &span::Id) {
		self.log.exit(span);
	}

	fn clone_span(&self, id: &span::Id) -> span::Id {
		self.log.clone_span(id)
	}

	fn try_close(&self, id: span::Id) -> bool {
		self.log.try_close(id)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::sync::{Arc, Mutex};

	#[derive(Clone, Default)]
	struct Lines(Arc<Mutex<Vec<String>>>);

	impl Subscriber for Lines {
		fn enabled(&self, _: &Metadata<'_>) -> bool {
			true
		}

		fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
			span::Id::from_u64(1)
		}

		fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

		fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

		fn event(&self, event: &Event<'_>) {
			self.0.lock().unwrap().push(event.metadata().target().into());
		}

		fn enter(&self, _: &span::Id) {}

		fn exit(&self, _: &span::Id) {}
	}

	#[test]
	fn what_the_runtime_says_of_a_call_is_not_logged_and_all_else_is() {
		let lines = Lines::default();
		dispatcher::with_default(&Dispatch::new(lines.clone()), || {
			let quiet = log();
			dispatcher::with_default(&quiet, || {
				tracing::error!(target: "runtime", "panicked");
				tracing::error!(target: "runtime::jobs", "unlikely");
				tracing::warn!(target: "wasm-runtime", "evicted");
				tracing::debug!(target: "runtime", "asked for");
				tracing::error!(target: "db", "broken");
			});
			tracing::error!(target: "runtime", "of a block");
		});
		assert_eq!(*lines.0.lock().unwrap(), ["runtime", "db", "runtime"]);
	}
}
