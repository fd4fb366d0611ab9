// SPDX-License-Identifier: Apache-2.0
//! What survives a crash beside the chain: proofs that were computed, and how long they took.

use super::holding::Answer;
use crate::{chain::types::CircuitId, exit::Failure};
use anyhow::{anyhow, Context};
use candor_statement::Binding;
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	fs::{self, File, TryLockError},
	io::{self, Write},
	path::{Path, PathBuf},
	time::Duration,
};

/// The file whose lock says that a worker uses the folder.
const LOCK_FILE: &str = "lock";
/// What the names of files with proofs begin with.
const PROOF_PREFIX: &str = "proof-";
/// The file of proving times.
const TIMES_FILE: &str = "times.json";

/// A folder of proofs. A proof's name is its binding, which no other chain, job or worker shares.
#[derive(Debug)]
pub struct Store {
	folder: PathBuf,
	times: BTreeMap<String, Duration>,
	_lock: File,
}

/// A proof in a file.
#[derive(Serialize, Deserialize)]
struct Stored {
	output: String,
	proof: String,
}

impl Store {
	/// Opens a folder for this process alone.
	///
	/// # Errors
	///
	/// When another worker uses it, or it cannot be written.
	pub fn open(folder: &Path) -> Result<Self, Failure> {
		let cannot = || format!("cannot use the folder {}", folder.display());
		fs::create_dir_all(folder).with_context(cannot).map_err(Failure::wrong_input)?;
		let lock = File::create(folder.join(LOCK_FILE))
			.with_context(cannot)
			.map_err(Failure::wrong_input)?;
		match lock.try_lock() {
			Ok(()) => {}
			Err(TryLockError::WouldBlock) => {
				return Err(Failure::wrong_input(anyhow!(
					"another worker uses the folder {}",
					folder.display()
				))
				.hint("give each worker a folder of its own with --data"))
			}
			Err(TryLockError::Error(error)) => {
				return Err(Failure::wrong_input(error).context(cannot()))
			}
		}
		// Times that cannot be read are measured again.
		let times = fs::read(folder.join(TIMES_FILE))
			.ok()
			.and_then(|bytes| serde_json::from_slice(&bytes).ok())
			.unwrap_or_default();
		Ok(Self { folder: folder.to_owned(), times, _lock: lock })
	}

	fn path(&self, binding: Binding) -> PathBuf {
		self.folder.join(format!("{PROOF_PREFIX}{binding}.json"))
	}

	/// The answer with this binding, if it was stored whole.
	pub fn answer(&self, binding: Binding) -> Option<Answer> {
		let stored: Stored = serde_json::from_slice(&fs::read(self.path(binding)).ok()?).ok()?;
		Some(Answer {
			output: hex::decode(stored.output).ok()?,
			proof: hex::decode(stored.proof).ok()?,
		})
	}

	/// Keeps an answer until it is forgotten.
	pub fn keep(&self, binding: Binding, answer: &Answer) -> io::Result<()> {
		let stored =
			Stored { output: hex::encode(&answer.output), proof: hex::encode(&answer.proof) };
		write_whole(&self.path(binding), &serde_json::to_vec(&stored)?)
	}

	/// Removes an answer, if there is one.
	pub fn forget(&self, binding: Binding) -> io::Result<()> {
		match fs::remove_file(self.path(binding)) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
			_ => Ok(()),
		}
	}

	/// Removes all answers but these: those of jobs that ended while nobody looked.
	pub fn forget_all_but(&self, bindings: &[Binding]) -> io::Result<()> {
		let kept: Vec<_> = bindings.iter().map(|binding| self.path(*binding)).collect();
		for entry in fs::read_dir(&self.folder)? {
			let path = entry?.path();
			let is_proof = path
				.file_name()
				.and_then(|name| name.to_str())
				.is_some_and(|name| name.starts_with(PROOF_PREFIX));
			if is_proof && !kept.contains(&path) {
				fs::remove_file(path)?;
			}
		}
		Ok(())
	}

	/// How long a proof for this circuit took here.
	pub fn proving_time(&self, circuit: CircuitId) -> Option<Duration> {
		self.times.get(&circuit.to_string()).copied()
	}

	/// Remembers how long a proof took.
	pub fn remember_time(&mut self, circuit: CircuitId, time: Duration) -> io::Result<()> {
		self.times.insert(circuit.to_string(), time);
		write_whole(&self.folder.join(TIMES_FILE), &serde_json::to_vec(&self.times)?)
	}
}

/// Writes beside the place and moves there: whoever reads finds all or nothing, also after a crash.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let draft = path.with_extension("draft");
	let mut file = File::create(&draft)?;
	file.write_all(bytes)?;
	file.sync_all()?;
	fs::rename(draft, path)
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_statement::binding;

	fn answer() -> Answer {
		Answer { output: vec![1, 2, 3], proof: vec![7; 256] }
	}

	#[test]
	fn an_answer_outlives_the_process() {
		let folder = tempfile::tempdir().unwrap();
		let (mine, other) = (binding(&[1; 32], 7, &[2; 32]), binding(&[1; 32], 8, &[2; 32]));
		let store = Store::open(folder.path()).unwrap();
		assert_eq!(store.answer(mine), None);
		store.keep(mine, &answer()).unwrap();
		drop(store);

		let store = Store::open(folder.path()).unwrap();
		assert_eq!(store.answer(mine), Some(answer()));
		assert_eq!(store.answer(other), None);
		store.forget(mine).unwrap();
		store.forget(mine).unwrap();
		assert_eq!(store.answer(mine), None);
	}

	#[test]
	fn answers_to_jobs_that_are_gone_are_removed_and_nothing_else() {
		let folder = tempfile::tempdir().unwrap();
		let (open, gone) = (binding(&[1; 32], 7, &[2; 32]), binding(&[1; 32], 8, &[2; 32]));
		let mut store = Store::open(folder.path()).unwrap();
		store.remember_time(CircuitId([1; 32]), Duration::from_secs(1)).unwrap();
		for name in [open, gone] {
			store.keep(name, &answer()).unwrap();
		}
		store.forget_all_but(&[open]).unwrap();
		assert_eq!(store.answer(open), Some(answer()));
		assert_eq!(store.answer(gone), None);
		assert!(folder.path().join(TIMES_FILE).exists());
		assert!(folder.path().join(LOCK_FILE).exists());
	}

	#[test]
	fn half_a_file_is_no_answer() {
		let folder = tempfile::tempdir().unwrap();
		let store = Store::open(folder.path()).unwrap();
		let name = binding(&[1; 32], 7, &[2; 32]);
		store.keep(name, &answer()).unwrap();
		let whole = fs::read(store.path(name)).unwrap();
		fs::write(store.path(name), &whole[..whole.len() / 2]).unwrap();
		assert_eq!(store.answer(name), None);
	}

	#[test]
	fn two_workers_do_not_share_a_folder() {
		let folder = tempfile::tempdir().unwrap();
		let first = Store::open(folder.path()).unwrap();
		let refused = Store::open(folder.path()).unwrap_err();
		assert!(refused.message().contains("another worker"), "{refused}");
		drop(first);
		assert!(Store::open(folder.path()).is_ok());
	}

	#[test]
	fn proving_times_are_remembered_for_each_circuit() {
		let folder = tempfile::tempdir().unwrap();
		let (one, other) = (CircuitId([1; 32]), CircuitId([2; 32]));
		let mut store = Store::open(folder.path()).unwrap();
		store.remember_time(one, Duration::from_millis(1500)).unwrap();
		drop(store);
		let store = Store::open(folder.path()).unwrap();
		assert_eq!(store.proving_time(one), Some(Duration::from_millis(1500)));
		assert_eq!(store.proving_time(other), None);
	}
}
