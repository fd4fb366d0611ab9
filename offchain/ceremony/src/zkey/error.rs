// SPDX-License-Identifier: Apache-2.0
//! Why a key of snarkjs is not taken.

use crate::{first_key::OtherDomain, sections::SectionsMistake};
use candor_prover::KeyFault;
use std::path::PathBuf;

/// Why the key in a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {mistake}", path = path.display())]
pub struct ZkeyError {
	/// The file.
	pub path: PathBuf,
	/// What is wrong with it.
	#[source]
	pub mistake: ZkeyMistake,
}

/// What is wrong with a key of snarkjs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZkeyMistake {
	/// The file cannot be read, or does not have the sections of a `.zkey`.
	#[error(transparent)]
	File(#[from] SectionsMistake),
	/// The circuit has a model block or challenges.
	#[error("snarkjs sets up plain Groth16 alone, the circuit is one of staged Groth16")]
	Staged,
	/// A key of another proof system.
	#[error("a key of another proof system than Groth16, of number {0}")]
	Protocol(u32),
	/// A key on another curve.
	#[error("a key on another curve, only bn128 (BN254) is supported")]
	Curve,
	/// The key was made for another circuit, as its sizes tell.
	#[error("made for another circuit: it has {found} {what}, the model's circuit {expected}")]
	OtherCircuit {
		/// What is counted.
		what: &'static str,
		/// How many the circuit has.
		expected: usize,
		/// How many the key says.
		found: usize,
	},
	/// The key was made for another circuit, as its coefficients tell.
	#[error("made for another circuit: it has another constraint {row}")]
	OtherConstraint {
		/// The position of the constraint, from zero.
		row: usize,
	},
	/// A coordinate is not below the modulus.
	#[error("a coordinate of point {index} in section {section} is not below the modulus")]
	Coordinate {
		/// The number of the section.
		section: u32,
		/// The position of the point in it, from zero.
		index: usize,
	},
	/// The section of coefficients is not in its format.
	#[error("its section of coefficients is damaged")]
	Coefficients,
	/// The section of contributions is not in its format.
	#[error("its section of contributions is damaged")]
	Contributions,
	/// Nobody has contributed, so that `γ = δ`.
	#[error("nobody has contributed to it, so that anybody can forge proofs")]
	NoContribution,
	/// A contribution was made for another file.
	#[error("contribution {0} was not made after those before it: its hash is another")]
	OtherTranscript(usize),
	/// The last contribution tells of another `δ`.
	#[error("its last contribution did not make its delta: put together from two files")]
	LastContribution,
	/// `α`, `β` or `γ` is not what snarkjs takes from the powers.
	#[error("{0} is not that of a key from these powers of tau")]
	OtherPowers(&'static str),
	/// The powers are for another domain.
	#[error(transparent)]
	OtherDomain(#[from] OtherDomain),
	/// No setup of the circuit can have made the key.
	#[error("refused: {0}")]
	Key(#[from] KeyFault),
}
