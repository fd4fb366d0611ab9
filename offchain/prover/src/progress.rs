// SPDX-License-Identifier: Apache-2.0
//! What a long operation is doing.

use std::{
	fmt,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};

/// A part of setup or proving that can take longer than a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
	/// The circuit's constraints are laid out, with their values when proving.
	Synthesis,
	/// The part of the witness that the challenges come after is committed to.
	Commitment,
	/// The points of the proving key are computed.
	KeyGeneration,
	/// The values are checked against the constraints.
	ConstraintCheck,
	/// The proof is computed.
	Proof,
	/// The proof is put to the verifier of the chain.
	SelfVerification,
	/// A key file is read.
	KeyRead,
	/// A proving key is checked against its circuit.
	KeyCheck,
	/// A key file is written.
	KeyWrite,
	/// Powers of tau are drawn.
	PowersMaking,
	/// Powers of tau are read.
	PowersRead,
	/// Powers of tau are checked.
	PowersCheck,
	/// Powers of tau are transformed to what first keys are made of, one list after the other.
	PowersTransform {
		/// Which list, from one.
		part: u8,
		/// How many lists.
		parts: u8,
	},
	/// The points of the quotient are transformed from snarkjs' basis to the one of powers.
	QuotientTransform,
	/// A public random value is hashed.
	Beacon,
	/// The trapdoors of a key are multiplied.
	Contribution,
	/// The steps of a ceremony are checked.
	TranscriptCheck,
}

impl fmt::Display for Stage {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Synthesis => "laying out the circuit",
			Self::Commitment => "committing to the first stage",
			Self::KeyGeneration => "computing the keys",
			Self::ConstraintCheck => "checking the constraints",
			Self::Proof => "computing the proof",
			Self::SelfVerification => "verifying the proof",
			Self::KeyRead => "reading the proving key",
			Self::KeyCheck => "checking the proving key, once",
			Self::KeyWrite => "writing the proving key",
			Self::PowersMaking => "making powers of tau",
			Self::PowersRead => "reading the powers of tau",
			Self::PowersCheck => "checking the powers of tau",
			Self::PowersTransform { part, parts } => {
				return write!(f, "transforming the powers of tau, {part} of {parts}")
			}
			Self::QuotientTransform => "transforming the points of the quotient",
			Self::Beacon => "hashing the beacon",
			Self::Contribution => "contributing",
			Self::TranscriptCheck => "checking the steps of the ceremony",
		})
	}
}

/// How much of a stage there is to do and is done, in units of about the same time. Whoever works at it counts,
/// on whatever thread.
#[derive(Debug)]
pub struct Work {
	done: AtomicU64,
	total: u64,
}

impl Work {
	/// So much to do.
	pub fn new(total: u64) -> Self {
		Self { done: AtomicU64::new(0), total }
	}

	/// So much more is done.
	pub fn add(&self, units: u64) {
		self.done.fetch_add(units, Ordering::Relaxed);
	}

	/// The part that is done, from 0 to 1.
	pub fn share(&self) -> f64 {
		let done = self.done.load(Ordering::Relaxed).min(self.total);
		match self.total {
			0 => 1.0,
			total => done as f64 / total as f64,
		}
	}
}

/// Is told where a long operation stands.
pub trait Progress {
	/// `stage` begins, and the one before it has ended.
	fn begin(&mut self, stage: Stage);

	/// There is so much to do in the stage that has begun. Gives what it is counted with.
	fn count(&mut self, total: u64) -> Arc<Work> {
		Arc::new(Work::new(total))
	}

	/// Something is not as it should be, but does not end the operation.
	fn warn(&mut self, _: &dyn fmt::Display) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
	fn begin(&mut self, _: Stage) {}
}

impl<F: FnMut(Stage)> Progress for F {
	fn begin(&mut self, stage: Stage) {
		self(stage);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn work_is_done_when_all_of_it_is_and_never_more_than_that() {
		let work = Work::new(8);
		assert_eq!(work.share(), 0.0);
		work.add(2);
		assert_eq!(work.share(), 0.25);
		work.add(100);
		assert_eq!(work.share(), 1.0);
		assert_eq!(Work::new(0).share(), 1.0, "nothing is done at once");
	}
}
