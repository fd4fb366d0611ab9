// SPDX-License-Identifier: Apache-2.0
//! What survives a crash beside the chain: proofs that were computed, and how long they took.
//!
//! The disk is a help and no condition: what it does not take is kept in memory, and a proof that was
//! made is never lost to a fault of the disk.

use super::times::Times;
use anyhow::anyhow;
use candor_client::{
	answer::{KeyHash, Proofs},
	chain::types::ModelId,
	exit::Error,
};
use candor_files::{write, Access};
use candor_statement::ModelCommitment;
use serde::de::DeserializeOwned;
use std::{
	collections::BTreeMap,
	fs::{self, File, TryLockError},
	io,
	path::{Path, PathBuf},
	time::Duration,
};

/// The file whose lock says that a worker uses the folder.
const LOCK_FILE: &str = "lock";
/// The file of proving times.
const TIMES_FILE: &str = "times.json";
/// The file of models that are served.
const MODELS_FILE: &str = "models.json";

/// What is kept in a folder that no other worker uses.
#[derive(Debug)]
pub struct Store {
	disk: Option<Disk>,
	/// Answers that wait to be submitted.
	pub(super) proofs: Proofs,
	times: BTreeMap<String, Times>,
	models: BTreeMap<String, ModelId>,
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
	Taken(Error),
	/// It cannot be written. A worker can do without, and should not begin without.
	Unwritable(Error),
}

impl From<Unusable> for Error {
	fn from(unusable: Unusable) -> Self {
		match unusable {
			Unusable::Taken(error) | Unusable::Unwritable(error) => error,
		}
	}
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
				Error::wrong_input(error)
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
					Error::wrong_input(anyhow!(
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
		Ok(Self { disk, proofs: Proofs::in_folder(folder.to_owned()), times, models })
	}

	/// Without a folder: what it holds ends with the process.
	pub fn in_memory() -> Self {
		Self {
			disk: None,
			proofs: Proofs::in_memory(),
			times: BTreeMap::new(),
			models: BTreeMap::new(),
		}
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
		write(&disk.folder.join(TIMES_FILE), &serde_json::to_vec(&self.times)?, Access::Owner)
	}

	/// The model that was served for a commitment without being named.
	pub fn model(&self, commitment: &ModelCommitment) -> Option<ModelId> {
		self.models.get(&commitment.to_string()).copied()
	}

	/// Remembers that, so that a copy which is registered later changes nothing.
	///
	/// # Errors
	///
	/// The disk's.
	pub fn remember_model(
		&mut self,
		commitment: &ModelCommitment,
		model: ModelId,
	) -> io::Result<()> {
		if self.models.insert(commitment.to_string(), model) == Some(model) {
			return Ok(());
		}
		let Some(disk) = &self.disk else { return Ok(()) };
		write(&disk.folder.join(MODELS_FILE), &serde_json::to_vec(&self.models)?, Access::Owner)
	}
}

/// What a file holds; nothing, if it cannot be read: all of it can be found out again.
fn read_or_default<T: DeserializeOwned + Default>(path: &Path) -> T {
	fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_client::answer::Answer;
	use candor_statement::{binding, Claimant, GenesisHash, JobId};

	fn answer() -> Answer {
		Answer::to_one(JobId(7), vec![1, 2, 3], vec![7; 256])
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
		let [one, other] = [1, 2].map(|byte| ModelCommitment::Scalar([byte; 32]));
		let mut store = Store::open(folder.path()).unwrap();
		store.remember_model(&one, ModelId(7)).unwrap();
		drop(store);
		let store = Store::open(folder.path()).unwrap();
		assert_eq!((store.model(&one), store.model(&other)), (Some(ModelId(7)), None));
	}

	#[test]
	fn what_the_disk_does_not_take_is_there_all_the_same() {
		let folder = tempfile::tempdir().unwrap();
		let state = folder.path().join("state");
		let mut store = Store::open(&state).unwrap();
		fs::remove_dir_all(&state).unwrap();
		let binding = binding(GenesisHash([1; 32]), JobId(7), Claimant([2; 32]));
		assert!(store.proofs.keep(binding, &answer()).is_err());
		assert_eq!(store.proofs.answer(binding), Some(answer()));
		assert!(store.remember_time(KeyHash([1; 32]), Duration::from_secs(1)).is_err());
		assert_eq!(store.proving_time(KeyHash([1; 32])), Some(Duration::from_secs(1)));
	}

	#[test]
	fn a_folder_that_cannot_be_written_is_told_from_one_that_is_taken() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("file");
		fs::write(&file, []).unwrap();
		assert!(matches!(Store::open(&file.join("state")), Err(Unusable::Unwritable(_))));
	}
}
