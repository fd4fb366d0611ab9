// SPDX-License-Identifier: Apache-2.0
//! A ceremony: what has happened, and the key that it has led to.

use crate::{
	beacon::{Beacon, MAX_BEACON_EXPONENT},
	digest::Digest,
	first_key::{first_key, OtherDomain},
	key,
	knowledge::{Place, Proof},
	powers::Powers,
	transcript::{
		Kind, Name, Step, Subject, Transcript, TranscriptError, MAX_HASHES, MAX_STEPS,
		MAX_TRANSCRIPT_BYTES,
	},
	trapdoor::{Blocks, Entropy, Trapdoor},
};
use ark_bn254::{Fr, G2Affine};
use candor_files::{Access, Input};
use candor_prover::{Layout, Points, Progress, Stage};
use rand::{CryptoRng, RngCore};
use std::{
	fs::File,
	io::{self, Read},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// A ceremony as it goes from hand to hand: the transcript, and the key at its end. Reading one
/// verifies nothing: see [`Ceremony::verify`].
#[derive(Clone, PartialEq)]
pub struct Ceremony {
	pub(crate) transcript: Transcript,
	pub(crate) key: Points,
}

/// A ceremony has as many steps as it can have, or beacons that are hashed as often as they can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
	"the ceremony is full: it has at most {MAX_STEPS} steps, and beacons that are hashed at most \
	 2^{MAX_BEACON_EXPONENT} times together"
)]
pub struct Full;

/// Why a ceremony's file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {mistake}", path = path.display())]
pub struct CeremonyFileError {
	/// The file.
	pub path: PathBuf,
	/// What is wrong with it.
	#[source]
	pub mistake: CeremonyMistake,
}

/// What is wrong with a ceremony's file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CeremonyMistake {
	/// The file system refuses.
	#[error(transparent)]
	Io(io::Error),
	/// It holds more than a ceremony of this circuit can.
	#[error("more than {limit} bytes, the most that a ceremony for this circuit has")]
	TooLong {
		/// The limit in bytes.
		limit: u64,
	},
	/// It does not begin with a transcript.
	#[error(transparent)]
	Transcript(TranscriptError),
	/// What follows the transcript is no key.
	#[error("the key behind the transcript is cut off or damaged")]
	Key,
}

impl Ceremony {
	/// Computes the first key of a circuit, from which a ceremony begins. The same circuit and powers
	/// give the same everywhere.
	///
	/// # Errors
	///
	/// The powers are for another domain.
	pub fn begin(
		circuit: &Layout,
		powers: &Powers,
		progress: &mut dyn Progress,
	) -> Result<Self, OtherDomain> {
		let key = first_key(circuit, powers, progress)?;
		let subject = Subject {
			blocks: Blocks::of(&key),
			circuit: Digest(circuit.digest()),
			powers: powers.digest(),
			first_key: key::digest(&key),
		};
		Ok(Self { transcript: Transcript { subject, steps: Vec::new() }, key })
	}

	/// What has happened.
	pub fn transcript(&self) -> &Transcript {
		&self.transcript
	}

	/// The key at its end.
	pub fn key(&self) -> &Points {
		&self.key
	}

	/// Multiplies each trapdoor by a fresh secret and proves to know it. The secrets are drawn from
	/// `rng`, which must be a secure one, mixed with a text that only the contributor knows; they are
	/// wiped, but what the curve's arithmetic leaves on the stack is not. Returns the hash of the
	/// transcript after the step, for the contributor to publish.
	///
	/// Whoever contributes verifies what it was given before.
	///
	/// # Errors
	///
	/// The ceremony is [`Full`].
	pub fn contribute<R: RngCore + CryptoRng>(
		&mut self,
		name: Option<Name>,
		text: &str,
		rng: &mut R,
		progress: &mut dyn Progress,
	) -> Result<Digest, Full> {
		progress.begin(Stage::Contribution);
		let mut entropy = Entropy { rng, text };
		let factors: Vec<_> =
			self.trapdoors().map(|trapdoor| (trapdoor, entropy.secret())).collect();
		let (before, old) = (self.transcript.hash(), self.points());
		let kind = Kind::Contribution { name, proofs: Vec::new() };
		let step = self.step(kind, &factors)?;
		let statement = step.statement();
		let Kind::Contribution { proofs, .. } = &mut step.kind else {
			unreachable!("the step is a contribution; qed")
		};
		for ((trapdoor, factor), old) in factors.iter().zip(old) {
			let place = Place { before, statement: &statement, trapdoor: *trapdoor };
			proofs.push(Proof::new(old, factor, place, &mut entropy));
		}
		Ok(self.transcript.hash())
	}

	/// Multiplies each trapdoor by what follows from a public random value. Returns the hash of the
	/// transcript after the step.
	///
	/// # Errors
	///
	/// The ceremony is [`Full`].
	pub fn beacon(&mut self, beacon: Beacon, progress: &mut dyn Progress) -> Result<Digest, Full> {
		if self.transcript.hashes() + beacon.hashes() > MAX_HASHES {
			return Err(Full);
		}
		progress.begin(Stage::Beacon);
		let (before, hashed) = (self.transcript.hash(), beacon.hashed());
		let factor = |trapdoor| (trapdoor, hashed.factor(before, trapdoor));
		let factors: Vec<_> = self.trapdoors().map(factor).collect();
		progress.begin(Stage::Contribution);
		self.step(Kind::Beacon(beacon), &factors)?;
		Ok(self.transcript.hash())
	}

	/// Takes a step, whose proofs are missing.
	fn step(
		&mut self,
		kind: Kind,
		factors: &[(Trapdoor, Zeroizing<Fr>)],
	) -> Result<&mut Step, Full> {
		if self.transcript.steps.len() >= MAX_STEPS {
			return Err(Full);
		}
		for (trapdoor, factor) in factors {
			key::multiply(&mut self.key, *trapdoor, factor);
		}
		let step = Step { kind, key: key::digest(&self.key), trapdoors: self.points() };
		self.transcript.steps.push(step);
		Ok(self.transcript.steps.last_mut().expect("a step was added; qed"))
	}

	fn trapdoors(&self) -> impl Iterator<Item = Trapdoor> {
		self.transcript.subject.blocks.trapdoors()
	}

	/// The trapdoors of the key in the second group.
	fn points(&self) -> Vec<G2Affine> {
		self.trapdoors().filter_map(|trapdoor| key::in_g2(&self.key, trapdoor)).collect()
	}

	/// The bytes of its file: the transcript and the key.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = self.transcript.to_bytes();
		bytes.extend(key::encode(&self.key));
		bytes
	}

	/// Reads exactly what [`Self::to_bytes`] writes.
	///
	/// # Errors
	///
	/// See [`CeremonyMistake`].
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, CeremonyMistake> {
		let mut input = Input(bytes);
		let transcript = Transcript::decode(&mut input).map_err(CeremonyMistake::Transcript)?;
		let key = key::decode(input.0).ok_or(CeremonyMistake::Key)?;
		if Blocks::of(&key) != transcript.subject.blocks {
			return Err(CeremonyMistake::Key);
		}
		Ok(Self { transcript, key })
	}

	/// Writes the file, which appears whole or not at all.
	///
	/// # Errors
	///
	/// The file system's.
	pub fn write(&self, path: &Path) -> Result<(), CeremonyFileError> {
		candor_files::write(path, &self.to_bytes(), Access::Everyone).map_err(|error| {
			CeremonyFileError { path: path.to_owned(), mistake: CeremonyMistake::Io(error) }
		})
	}

	/// Reads a file of a ceremony for a circuit, and no more of it than such a file can hold.
	///
	/// # Errors
	///
	/// See [`CeremonyMistake`].
	pub fn read(path: &Path, circuit: &Layout) -> Result<Self, CeremonyFileError> {
		let limit = MAX_TRANSCRIPT_BYTES as u64 + key::size(circuit);
		let read = || -> Result<Self, CeremonyMistake> {
			let mut bytes = Vec::new();
			let file = File::open(path).map_err(CeremonyMistake::Io)?;
			file.take(limit + 1).read_to_end(&mut bytes).map_err(CeremonyMistake::Io)?;
			if bytes.len() as u64 > limit {
				return Err(CeremonyMistake::TooLong { limit });
			}
			Self::from_bytes(&bytes)
		};
		read().map_err(|mistake| CeremonyFileError { path: path.to_owned(), mistake })
	}
}
