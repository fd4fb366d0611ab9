// SPDX-License-Identifier: Apache-2.0
//! What survives a crash beside the chain: proofs that were computed, and how long they took.
//!
//! The disk is a help and no condition: what it does not take is kept in memory, and a proof that was
//! made is never lost to a fault of the disk.

use super::times::Times;
use anyhow::anyhow;
use candor_client::answer::{Answer, KeyHash};
use candor_client::exit::Failure;
use candor_statement::{Binding, ModelCommitment};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
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
/// The file of models that are served.
const MODELS_FILE: &str = "models.json";

/// A folder of proofs. A proof's name is its binding, which no other chain, job or worker shares.
#[derive(Debug)]
pub struct Store {
	disk: Option<Disk>,
	/// What the disk did not take.
	unwritten: BTreeMap<PathBuf, Answer>,
	times: BTreeMap<String, Times>,
	models: BTreeMap<String, u32>,
}

/// A folder that no other process uses.
#[derive(Debug)]
struct Disk {
	folder: PathBuf,
	_lock: File,
}

/// Why a folder cannot be used.
#[derive(Debug)]
pub enum Unusable {
	/// Another worker uses it: starting a second one risks both.
	Taken(Failure),
	/// It cannot be written. A worker can do without, and should not begin without.
	Unwritable(Failure),
}

impl From<Unusable> for Failure {
	fn from(unusable: Unusable) -> Self {
		match unusable {
			Unusable::Taken(failure) | Unusable::Unwritable(failure) => failure,
		}
	}
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
	pub fn open(folder: &Path) -> Result<Self, Unusable> {
		let unwritable = |error: io::Error| {
			Unusable::Unwritable(
				Failure::wrong_input(error)
					.context(format!("cannot use the folder {}", folder.display()))
					.hint("name a folder that can be written with --data"),
			)
		};
		fs::create_dir_all(folder).map_err(unwritable)?;
		let lock = File::create(folder.join(LOCK_FILE)).map_err(unwritable)?;
		match lock.try_lock() {
			Ok(()) => {}
			Err(TryLockError::WouldBlock) => {
				return Err(Unusable::Taken(
					Failure::wrong_input(anyhow!(
						"another worker uses the folder {}",
						folder.display()
					))
					.hint("give each worker a folder of its own with --data"),
				))
			}
			Err(TryLockError::Error(error)) => return Err(unwritable(error)),
		}
		let (times, models) =
			(read_or_default(&folder.join(TIMES_FILE)), read_or_default(&folder.join(MODELS_FILE)));
		let disk = Some(Disk { folder: folder.to_owned(), _lock: lock });
		Ok(Self { disk, unwritten: BTreeMap::new(), times, models })
	}

	/// Without a folder: what it holds ends with the process.
	pub fn in_memory() -> Self {
		Self {
			disk: None,
			unwritten: BTreeMap::new(),
			times: BTreeMap::new(),
			models: BTreeMap::new(),
		}
	}

	/// Where a proof is, relative to the folder.
	fn name(binding: Binding) -> PathBuf {
		format!("{PROOF_PREFIX}{binding}.json").into()
	}

	/// The answer with this binding, if it was stored whole.
	pub fn answer(&self, binding: Binding) -> Option<Answer> {
		let name = Self::name(binding);
		if let Some(answer) = self.unwritten.get(&name) {
			return Some(answer.clone());
		}
		let file = self.disk.as_ref()?.folder.join(name);
		let stored: Stored = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
		Some(Answer {
			output: hex::decode(stored.output).ok()?,
			proof: hex::decode(stored.proof).ok()?,
		})
	}

	/// Keeps an answer until it is forgotten, in memory where the disk does not take it.
	///
	/// # Errors
	///
	/// The disk's; the answer is kept all the same.
	pub fn keep(&mut self, binding: Binding, answer: &Answer) -> io::Result<()> {
		let name = Self::name(binding);
		let stored =
			Stored { output: hex::encode(&answer.output), proof: hex::encode(&answer.proof) };
		let written = match &self.disk {
			Some(disk) => serde_json::to_vec(&stored)
				.map_err(Into::into)
				.and_then(|bytes| write_whole(&disk.folder.join(&name), &bytes)),
			None => Err(io::Error::other("there is no folder")),
		};
		if written.is_err() {
			self.unwritten.insert(name, answer.clone());
		}
		written
	}

	/// Removes an answer, if there is one.
	pub fn forget(&mut self, binding: Binding) -> io::Result<()> {
		let name = Self::name(binding);
		self.unwritten.remove(&name);
		let Some(disk) = &self.disk else { return Ok(()) };
		match fs::remove_file(disk.folder.join(name)) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
			_ => Ok(()),
		}
	}

	/// Removes all answers but these: those of jobs that ended while nobody looked.
	pub fn forget_all_but(&mut self, bindings: &[Binding]) -> io::Result<()> {
		let kept: Vec<_> = bindings.iter().map(|binding| Self::name(*binding)).collect();
		self.unwritten.retain(|name, _| kept.contains(name));
		let Some(disk) = &self.disk else { return Ok(()) };
		for entry in fs::read_dir(&disk.folder)? {
			let entry = entry?;
			let name = entry.file_name();
			let is_proof = name.to_str().is_some_and(|name| name.starts_with(PROOF_PREFIX));
			if is_proof && !kept.iter().any(|kept| kept.as_os_str() == name) {
				fs::remove_file(entry.path())?;
			}
		}
		Ok(())
	}

	/// How long a proof with this key is to be expected to take here.
	pub fn proving_time(&self, key: KeyHash) -> Option<Duration> {
		self.times.get(&key.to_string()).map(Times::expected)
	}

	/// Remembers how long a proof took.
	///
	/// # Errors
	///
	/// The disk's; the time is remembered by this process all the same.
	pub fn remember_time(&mut self, key: KeyHash, time: Duration) -> io::Result<()> {
		self.times
			.entry(key.to_string())
			.and_modify(|times| times.add(time))
			.or_insert_with(|| Times::new(time));
		let Some(disk) = &self.disk else { return Ok(()) };
		write_whole(&disk.folder.join(TIMES_FILE), &serde_json::to_vec(&self.times)?)
	}

	/// The model that was served for a commitment without being named.
	pub fn model(&self, commitment: &ModelCommitment) -> Option<u32> {
		self.models.get(&commitment.to_string()).copied()
	}

	/// Remembers that, so that a copy which is registered later changes nothing.
	///
	/// # Errors
	///
	/// The disk's.
	pub fn remember_model(&mut self, commitment: &ModelCommitment, model: u32) -> io::Result<()> {
		if self.models.insert(commitment.to_string(), model) == Some(model) {
			return Ok(());
		}
		let Some(disk) = &self.disk else { return Ok(()) };
		write_whole(&disk.folder.join(MODELS_FILE), &serde_json::to_vec(&self.models)?)
	}
}

/// What a file holds; nothing, if it cannot be read: all of it can be found out again.
fn read_or_default<T: DeserializeOwned + Default>(path: &Path) -> T {
	fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Writes beside the place and moves there: whoever reads finds all or nothing, also after a crash.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let draft = path.with_extension("draft");
	let mut options = fs::OpenOptions::new();
	options.write(true).create(true).truncate(true);
	// Until it is submitted and paid, an answer is the worker's own.
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	let mut file = options.open(&draft)?;
	file.write_all(bytes)?;
	file.sync_all()?;
	fs::rename(draft, path)
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_statement::{binding, Claimant, GenesisHash, JobNumber};

	fn bound_to(job: u64) -> Binding {
		binding(GenesisHash([1; 32]), JobNumber(job), Claimant([2; 32]))
	}

	fn answer() -> Answer {
		Answer { output: vec![1, 2, 3], proof: vec![7; 256] }
	}

	#[test]
	fn an_answer_outlives_the_process() {
		let folder = tempfile::tempdir().unwrap();
		let (mine, other) = (bound_to(7), bound_to(8));
		let mut store = Store::open(folder.path()).unwrap();
		assert_eq!(store.answer(mine), None);
		store.keep(mine, &answer()).unwrap();
		drop(store);

		let mut store = Store::open(folder.path()).unwrap();
		assert_eq!(store.answer(mine), Some(answer()));
		assert_eq!(store.answer(other), None);
		store.forget(mine).unwrap();
		store.forget(mine).unwrap();
		assert_eq!(store.answer(mine), None);
	}

	#[cfg(unix)]
	#[test]
	fn an_answer_is_for_its_owner() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		let job = bound_to(7);
		let mut store = Store::open(folder.path()).unwrap();
		store.keep(job, &answer()).unwrap();
		let mode = fs::metadata(folder.path().join(Store::name(job))).unwrap().permissions().mode();
		assert_eq!(mode & 0o777, 0o600);
	}

	#[test]
	fn answers_to_jobs_that_are_gone_are_removed_and_nothing_else() {
		let folder = tempfile::tempdir().unwrap();
		let (open, gone) = (bound_to(7), bound_to(8));
		let mut store = Store::open(folder.path()).unwrap();
		store.remember_time(KeyHash([1; 32]), Duration::from_secs(1)).unwrap();
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
		let mut store = Store::open(folder.path()).unwrap();
		let name = bound_to(7);
		store.keep(name, &answer()).unwrap();
		let file = folder.path().join(Store::name(name));
		let whole = fs::read(&file).unwrap();
		fs::write(&file, &whole[..whole.len() / 2]).unwrap();
		assert_eq!(store.answer(name), None);
	}

	#[test]
	fn two_workers_do_not_share_a_folder() {
		let folder = tempfile::tempdir().unwrap();
		let first = Store::open(folder.path()).unwrap();
		let Err(Unusable::Taken(refused)) = Store::open(folder.path()) else { panic!() };
		assert!(refused.message().contains("another worker"), "{refused}");
		drop(first);
		assert!(Store::open(folder.path()).is_ok());
	}

	#[test]
	fn proving_times_are_remembered_for_each_circuit() {
		let folder = tempfile::tempdir().unwrap();
		let (one, other) = (KeyHash([1; 32]), KeyHash([2; 32]));
		let mut store = Store::open(folder.path()).unwrap();
		store.remember_time(one, Duration::from_millis(1500)).unwrap();
		drop(store);
		let store = Store::open(folder.path()).unwrap();
		assert_eq!(store.proving_time(one), Some(Duration::from_millis(1500)));
		assert_eq!(store.proving_time(other), None);
	}

	#[test]
	fn the_model_that_is_served_outlives_the_process() {
		let folder = tempfile::tempdir().unwrap();
		let [one, other] = [1, 2].map(|byte| ModelCommitment::from_bytes([byte; 32]));
		let mut store = Store::open(folder.path()).unwrap();
		store.remember_model(&one, 7).unwrap();
		drop(store);
		let store = Store::open(folder.path()).unwrap();
		assert_eq!((store.model(&one), store.model(&other)), (Some(7), None));
	}

	#[test]
	fn an_answer_that_the_disk_does_not_take_is_there_all_the_same() {
		let folder = tempfile::tempdir().unwrap();
		let state = folder.path().join("state");
		let (kept, forgotten) = (bound_to(7), bound_to(8));
		let mut store = Store::open(&state).unwrap();
		fs::remove_dir_all(&state).unwrap();
		for name in [kept, forgotten] {
			assert!(store.keep(name, &answer()).is_err());
			assert_eq!(store.answer(name), Some(answer()));
		}
		assert!(store.remember_time(KeyHash([1; 32]), Duration::from_secs(1)).is_err());
		assert_eq!(store.proving_time(KeyHash([1; 32])), Some(Duration::from_secs(1)));
		store.forget(forgotten).unwrap();
		assert_eq!(store.answer(forgotten), None);
		assert_eq!(store.answer(kept), Some(answer()));
	}

	#[test]
	fn a_folder_that_cannot_be_written_is_told_from_one_that_is_taken() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("file");
		fs::write(&file, []).unwrap();
		assert!(matches!(Store::open(&file.join("state")), Err(Unusable::Unwritable(_))));
	}

	#[test]
	fn without_a_folder_answers_last_as_long_as_the_process() {
		let mut store = Store::in_memory();
		let name = bound_to(7);
		assert!(store.keep(name, &answer()).is_err());
		assert_eq!(store.answer(name), Some(answer()));
		store.forget_all_but(&[]).unwrap();
		assert_eq!(store.answer(name), None);
	}
}
