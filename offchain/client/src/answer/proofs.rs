// SPDX-License-Identifier: Apache-2.0
//! Answers that were made and wait to be submitted, in files that survive a crash.
//!
//! The disk is a help and no condition: what it does not take is kept in memory, and a proof that was
//! made is never lost to a fault of the disk.

use super::{Answer, Prover, Run};
use candor_files::{write, Access};
use candor_statement::{Binding, InputCommitment, JobId};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io, path::PathBuf};

/// What the names of files with proofs begin with.
const PREFIX: &str = "proof-";

/// Answers by their bindings, which no other chain, job or worker shares.
#[derive(Debug, Default)]
pub struct Proofs {
	folder: Option<PathBuf>,
	/// What the disk did not take.
	unwritten: BTreeMap<PathBuf, Answer>,
}

/// An answer in a file.
#[derive(Serialize, Deserialize)]
struct Stored {
	runs: Vec<StoredRun>,
	places: u8,
	proof: String,
}

/// A run in a file.
#[derive(Serialize, Deserialize)]
struct StoredRun {
	job: u64,
	output: String,
}

impl From<&Answer> for Stored {
	fn from(Answer { runs, places, proof }: &Answer) -> Self {
		let run = |run: &Run| StoredRun { job: run.job.0, output: hex::encode(&run.output) };
		Self { runs: runs.iter().map(run).collect(), places: *places, proof: hex::encode(proof) }
	}
}

impl Stored {
	/// The answer, if it is one.
	fn answer(self) -> Option<Answer> {
		let run = |run: StoredRun| {
			Some(Run { job: JobId(run.job), output: hex::decode(run.output).ok()? })
		};
		Some(Answer {
			runs: self.runs.into_iter().map(run).collect::<Option<_>>()?,
			places: self.places,
			proof: hex::decode(self.proof).ok()?,
		})
	}
}

impl Proofs {
	/// Answers in a folder that is there.
	pub fn in_folder(folder: PathBuf) -> Self {
		Self { folder: Some(folder), unwritten: BTreeMap::new() }
	}

	/// Without a folder: what it holds ends with the process.
	pub fn in_memory() -> Self {
		Self::default()
	}

	/// Where an answer is, relative to the folder.
	fn name(binding: Binding) -> PathBuf {
		format!("{PREFIX}{binding}.json").into()
	}

	/// The answer with this binding, if it was stored whole.
	pub fn answer(&self, binding: Binding) -> Option<Answer> {
		let name = Self::name(binding);
		if let Some(answer) = self.unwritten.get(&name) {
			return Some(answer.clone());
		}
		let file = self.folder.as_ref()?.join(name);
		let stored: Stored = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
		stored.answer()
	}

	/// The same, if its proof is one for the inputs and bindings that its jobs ask for, as `asked` tells. It may
	/// not be: an older chain of the same genesis may have had another job under the same number.
	pub fn accepted(
		&self,
		binding: Binding,
		asked: impl Fn(JobId) -> Option<(InputCommitment, Binding)>,
		prover: &dyn Prover,
	) -> Option<Answer> {
		let answer = self.answer(binding)?;
		let asked: Option<Vec<_>> = answer.runs.iter().map(|run| asked(run.job)).collect();
		prover.accepts(&answer, &asked?).then_some(answer)
	}

	/// Keeps an answer until it is forgotten, in memory where the disk does not take it.
	///
	/// # Errors
	///
	/// The disk's; the answer is kept all the same.
	pub fn keep(&mut self, binding: Binding, answer: &Answer) -> io::Result<()> {
		let name = Self::name(binding);
		let stored = Stored::from(answer);
		let written = match &self.folder {
			Some(folder) => serde_json::to_vec(&stored)
				.map_err(Into::into)
				.and_then(|bytes| write(&folder.join(&name), &bytes, Access::Owner)),
			None => Err(io::Error::other("there is no folder")),
		};
		if written.is_err() {
			self.unwritten.insert(name, answer.clone());
		}
		written
	}

	/// Removes an answer, if there is one.
	///
	/// # Errors
	///
	/// The disk's.
	pub fn forget(&mut self, binding: Binding) -> io::Result<()> {
		let name = Self::name(binding);
		self.unwritten.remove(&name);
		let Some(folder) = &self.folder else { return Ok(()) };
		match fs::remove_file(folder.join(name)) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
			_ => Ok(()),
		}
	}

	/// Removes all answers but these: those of jobs that ended while nobody looked.
	///
	/// # Errors
	///
	/// The disk's.
	pub fn forget_all_but(&mut self, bindings: &[Binding]) -> io::Result<()> {
		let kept: Vec<_> = bindings.iter().map(|binding| Self::name(*binding)).collect();
		self.unwritten.retain(|name, _| kept.contains(name));
		let Some(folder) = &self.folder else { return Ok(()) };
		for entry in fs::read_dir(folder)? {
			let entry = entry?;
			let name = entry.file_name();
			let is_proof = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
			if is_proof && !kept.iter().any(|kept| kept.as_os_str() == name) {
				fs::remove_file(entry.path())?;
			}
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_statement::{binding, Claimant, GenesisHash};

	fn answer() -> Answer {
		let run = |job| Run { job: JobId(job), output: vec![1, 2, 3] };
		Answer { runs: vec![run(7), run(8)], places: 4, proof: vec![7; 256] }
	}

	fn bound_to(job: u64) -> Binding {
		binding(GenesisHash([1; 32]), JobId(job), Claimant([2; 32]))
	}

	fn proofs() -> (tempfile::TempDir, Proofs) {
		let folder = tempfile::tempdir().unwrap();
		let proofs = Proofs::in_folder(folder.path().to_owned());
		(folder, proofs)
	}

	#[test]
	fn an_answer_outlives_the_process() {
		let (_folder, mut proofs) = proofs();
		assert_eq!(proofs.answer(bound_to(7)), None);
		proofs.keep(bound_to(7), &answer()).unwrap();

		let mut proofs = Proofs::in_folder(proofs.folder.unwrap());
		assert_eq!(proofs.answer(bound_to(7)), Some(answer()));
		assert_eq!(proofs.answer(bound_to(8)), None);
		proofs.forget(bound_to(7)).unwrap();
		proofs.forget(bound_to(7)).unwrap();
		assert_eq!(proofs.answer(bound_to(7)), None);
	}

	#[cfg(unix)]
	#[test]
	fn an_answer_is_for_its_owner() {
		use std::os::unix::fs::PermissionsExt;
		let (_folder, mut proofs) = proofs();
		proofs.keep(bound_to(7), &answer()).unwrap();
		let file = proofs.folder.unwrap().join(Proofs::name(bound_to(7)));
		assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
	}

	#[test]
	fn answers_to_jobs_that_are_gone_are_removed_and_nothing_else() {
		let (_folder, mut proofs) = proofs();
		for job in [7, 8] {
			proofs.keep(bound_to(job), &answer()).unwrap();
		}
		let other = proofs.folder.clone().unwrap().join("times.json");
		fs::write(&other, []).unwrap();
		proofs.forget_all_but(&[bound_to(7)]).unwrap();
		assert_eq!(proofs.answer(bound_to(7)), Some(answer()));
		assert_eq!(proofs.answer(bound_to(8)), None);
		assert!(other.exists());
	}

	#[test]
	fn half_a_file_is_no_answer() {
		let (_folder, mut proofs) = proofs();
		proofs.keep(bound_to(7), &answer()).unwrap();
		let file = proofs.folder.clone().unwrap().join(Proofs::name(bound_to(7)));
		let whole = fs::read(&file).unwrap();
		fs::write(&file, &whole[..whole.len() / 2]).unwrap();
		assert_eq!(proofs.answer(bound_to(7)), None);
	}

	#[test]
	fn an_answer_that_the_disk_does_not_take_is_there_all_the_same() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("file");
		fs::write(&file, []).unwrap();
		let mut proofs = Proofs::in_folder(file);
		for job in [7, 8] {
			assert!(proofs.keep(bound_to(job), &answer()).is_err());
			assert_eq!(proofs.answer(bound_to(job)), Some(answer()));
		}
		let _ = proofs.forget(bound_to(8));
		assert_eq!(proofs.answer(bound_to(8)), None);
		assert_eq!(proofs.answer(bound_to(7)), Some(answer()));
	}

	#[test]
	fn without_a_folder_answers_last_as_long_as_the_process() {
		let mut proofs = Proofs::in_memory();
		assert!(proofs.keep(bound_to(7), &answer()).is_err());
		assert_eq!(proofs.answer(bound_to(7)), Some(answer()));
		proofs.forget_all_but(&[]).unwrap();
		assert_eq!(proofs.answer(bound_to(7)), None);
	}
}
