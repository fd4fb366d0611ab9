// SPDX-License-Identifier: Apache-2.0
//! Being told to stop: by SIGINT or SIGTERM, gently the first time.

use tokio::sync::watch;
use tracing::{info, warn};

/// The exit code of a process that a signal interrupted.
const INTERRUPTED: i32 = 130;

/// Becomes true with the first signal. The second one ends the process: nothing is lost by that but
/// the proof in hand.
pub(super) fn listen() -> watch::Receiver<bool> {
	let (sender, receiver) = watch::channel(false);
	tokio::spawn(async move {
		signal().await;
		info!("stopping after the job in hand; once more to stop at once");
		let _ = sender.send(true);
		signal().await;
		warn!("stopped");
		std::process::exit(INTERRUPTED);
	});
	receiver
}

#[cfg(unix)]
async fn signal() {
	use tokio::signal::unix::{signal, SignalKind};
	let (Ok(mut terminate), Ok(mut interrupt)) =
		(signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
	else {
		// Without handlers signals end the process, as they would otherwise.
		return std::future::pending().await;
	};
	tokio::select! {
		_ = terminate.recv() => {},
		_ = interrupt.recv() => {},
	}
}

#[cfg(not(unix))]
async fn signal() {
	if tokio::signal::ctrl_c().await.is_err() {
		std::future::pending().await
	}
}
