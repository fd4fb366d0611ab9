// SPDX-License-Identifier: Apache-2.0
//! Answers as they are posted.

use super::JobId;
use std::fmt;

/// What a run gave. `Debug` does not show it: before it is posted it is for sale.
#[derive(Clone, PartialEq, Eq)]
pub struct Run {
	/// The job that asked for it.
	pub job: JobId,
	/// The output, as it is posted.
	pub output: Vec<u8>,
}

impl fmt::Debug for Run {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Run({:?}, {} bytes)", self.job, self.output.len())
	}
}

/// An answer to one or more jobs, and its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
	/// The runs, one for each job.
	pub runs: Vec<Run>,
	/// The runs that proofs under the circuit are of; the last one stands for those that are left.
	pub places: u8,
	/// The proof's canonical bytes.
	pub proof: Vec<u8>,
}

impl Answer {
	/// An answer to one job, under a circuit whose proofs are of one run.
	pub fn to_one(job: JobId, output: Vec<u8>, proof: Vec<u8>) -> Self {
		Self { runs: vec![Run { job, output }], places: 1, proof }
	}

	/// The only run, where proofs under the circuit are of one.
	pub fn alone(&self) -> Option<&Run> {
		match self.runs.as_slice() {
			[run] if self.places == 1 => Some(run),
			_ => None,
		}
	}

	/// The output for a job, if the answer is to it.
	pub fn output_for(&self, job: JobId) -> Option<&[u8]> {
		let run = self.runs.iter().find(|run| run.job == job)?;
		Some(&run.output)
	}
}
