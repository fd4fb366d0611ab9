// SPDX-License-Identifier: Apache-2.0
//! What a command says: results on the standard output, everything else on the standard error.

use candor_client::exit::Error;
use candor_prover::{Progress, Stage, Work};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use serde::{Serialize, Serializer};
use serde_json::json;
use std::{
	fmt::{self, Display},
	io::{self, IsTerminal, Write},
	sync::{Arc, Mutex, OnceLock},
	time::Duration,
};

/// How often the spinner moves.
const TICK: Duration = Duration::from_millis(100);

/// How results and progress are told; options of every command.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Output {
	/// Print the result as one JSON object, errors too
	#[arg(long, global = true)]
	pub json: bool,

	/// Say nothing about progress
	#[arg(long, short, global = true)]
	pub quiet: bool,
}

impl Output {
	/// Prints what a command found: as text, or as JSON where that is asked for.
	pub fn report<R: Serialize + Display>(&self, report: &R) {
		if self.json {
			let text = serde_json::to_string_pretty(report)
				.expect("reports are structures of strings and numbers; qed");
			print(&text);
		} else {
			print(report);
		}
	}

	/// Prints one of many results, each in a line of its own.
	pub fn line<R: Serialize + Display>(&self, result: &R) {
		if self.json {
			let text = serde_json::to_string(result)
				.expect("results are structures of strings and numbers; qed");
			print(&text);
		} else {
			print(result);
		}
	}

	/// Prints why a command ended early, and what it had done before.
	pub fn error(&self, error: &Error) {
		complain(error);
		if self.json {
			let mut told = error.achieved();
			told.insert(
				"error".to_owned(),
				json!({
					"kind": error.kind().name(),
					"message": error.message(),
					"causes": error.causes(),
					"hint": error.what_to_do(),
				}),
			);
			print(format_args!("{:#}", serde_json::Value::Object(told)));
		}
	}

	/// Prints a warning.
	pub fn warn(&self, warning: impl Display) {
		complain(format_args!("warning: {warning}"));
	}

	/// Tells about the steps of something that may take longer than a second.
	pub fn steps(&self) -> Steps {
		Steps {
			mode: if self.quiet {
				Mode::Silent
			} else if io::stderr().is_terminal() {
				Mode::Spinner
			} else {
				Mode::Lines
			},
			spinner: None,
			work: Arc::default(),
		}
	}
}

/// How steps are told.
#[derive(Clone, Copy, Debug)]
enum Mode {
	Silent,
	Lines,
	Spinner,
}

/// The steps of a long operation, on the standard error: a spinner on a terminal, lines elsewhere.
#[derive(Debug)]
pub struct Steps {
	mode: Mode,
	spinner: Option<ProgressBar>,
	/// That of the step, where it is counted. The spinner looks at it by itself.
	work: Arc<Mutex<Option<Arc<Work>>>>,
}

impl Steps {
	/// The step before has ended, and another one begins.
	pub fn step(&mut self, step: impl Display) {
		self.set_work(None);
		match self.mode {
			Mode::Silent => {}
			Mode::Lines => complain(format_args!("{step} …")),
			Mode::Spinner => {
				let spinner = self.spinner.get_or_insert_with(|| spinner(self.work.clone()));
				spinner.reset_elapsed();
				spinner.set_message(step.to_string());
			}
		}
	}
}

/// A spinner that moves by itself, with the step, how much of it is done where that is counted, and for how long it has
/// been at it.
fn spinner(work: Arc<Mutex<Option<Arc<Work>>>>) -> ProgressBar {
	let share = move |_: &ProgressState, text: &mut dyn fmt::Write| {
		let share = work.lock().ok().and_then(|work| work.as_ref().map(|work| work.share()));
		if let Some(share) = share {
			// A spinner that cannot write says nothing.
			let _ = write!(text, " {:.0} %", (100.0 * share).floor());
		}
	};
	let style = ProgressStyle::with_template("{spinner} {msg}{share} ({elapsed})")
		.expect("the template is fixed and sound; qed");
	let spinner = ProgressBar::new_spinner().with_style(style.with_key("share", share));
	spinner.enable_steady_tick(TICK);
	spinner
}

impl Progress for Steps {
	fn begin(&mut self, stage: Stage) {
		self.step(stage);
	}

	fn count(&mut self, total: u64) -> Arc<Work> {
		let work = Arc::new(Work::new(total));
		self.set_work(Some(work.clone()));
		work
	}

	fn warn(&mut self, warning: &dyn Display) {
		complain(format_args!("warning: {warning}"));
	}
}

impl Steps {
	fn set_work(&mut self, work: Option<Arc<Work>>) {
		if let Ok(mut current) = self.work.lock() {
			*current = work;
		}
	}
}

impl Drop for Steps {
	fn drop(&mut self) {
		if let Some(spinner) = &self.spinner {
			spinner.finish_and_clear();
		}
	}
}

/// Seconds with two decimals, for people.
pub struct Seconds(
	/// The time that is shown.
	pub Duration,
);

impl Display for Seconds {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:.2} s", self.0.as_secs_f64())
	}
}

/// Serialises a time as seconds, a number with a fraction.
pub fn as_seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
	serializer.serialize_f64(time.as_secs_f64())
}

/// The first reason for which a result did not get where it was to go.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Why a result did not get to the standard output, if one did not: a full disk, say. A reader that has
/// gone away is no reason to fail.
pub fn lost() -> Option<&'static io::Error> {
	let flushed = io::stdout().lock().flush();
	note(flushed);
	LOST.get()
}

fn print(text: impl Display) {
	note(writeln!(io::stdout().lock(), "{text}"));
}

fn note(written: io::Result<()>) {
	match written {
		Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
			// Only the first one is told.
			let _ = LOST.set(error);
		}
		_ => {}
	}
}

fn complain(text: impl Display) {
	let _ = writeln!(io::stderr().lock(), "{text}");
}
