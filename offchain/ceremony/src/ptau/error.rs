// SPDX-License-Identifier: Apache-2.0
//! Why a file of powers is not taken.

use super::MAX_POWER;
use crate::{powers::PowersFault, sections::SectionsMistake};
use std::path::PathBuf;

/// Why the powers of a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {mistake}", path = path.display())]
pub struct PtauError {
	/// The file.
	pub path: PathBuf,
	/// What is wrong with it.
	#[source]
	pub mistake: PtauMistake,
}

/// What is wrong with a file of powers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PtauMistake {
	/// The file cannot be read, or does not have the sections of a `.ptau`.
	#[error(transparent)]
	File(#[from] SectionsMistake),
	/// The powers are on another curve.
	#[error("powers on another curve, only bn128 (BN254) is supported")]
	Curve,
	/// No file has this power.
	#[error("a power of {power}, but it must be from 1 to {MAX_POWER}")]
	Power {
		/// What the file says.
		power: u32,
	},
	/// The circuit is larger.
	#[error("powers up to 2^{power}, but this circuit needs a file of power {needed} or more")]
	TooSmall {
		/// The power of the file.
		power: u32,
		/// The power that is needed.
		needed: u32,
	},
	/// A coordinate is not below the modulus.
	#[error("a coordinate of point {index} in section {section} is not below the modulus")]
	Coordinate {
		/// The number of the section.
		section: u32,
		/// The position of the point in it, from zero.
		index: usize,
	},
	/// The section of contributions is not in its format.
	#[error("its section of contributions is damaged")]
	Contributions,
	/// The last contribution tells of other secrets.
	#[error("its last contribution did not make its powers: put together from two files")]
	LastContribution,
	/// The points are no powers of tau.
	#[error(transparent)]
	Powers(PowersFault),
}
