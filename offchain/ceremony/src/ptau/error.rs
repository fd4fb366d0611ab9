// SPDX-License-Identifier: Apache-2.0
//! Why a file of powers is not taken.

use super::{MAX_POWER, VERSION};
use crate::powers::PowersFault;
use std::{io, path::PathBuf};

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
	/// The file system refuses.
	#[error(transparent)]
	Io(io::Error),
	/// The file does not begin like powers of tau.
	#[error("not a .ptau file of snarkjs")]
	NotPtau,
	/// The file is of another version.
	#[error("version {0} of the format, only {VERSION} is known")]
	Version(u32),
	/// The table of sections leads beyond the file's end, or something stands behind the last one.
	#[error("cut off or damaged: its sections do not fill it exactly; fetch it again")]
	Sections,
	/// A section is missing or there twice.
	#[error("section {section} is there {count} times instead of once")]
	Count {
		/// The number of the section.
		section: u32,
		/// How often it is there.
		count: usize,
	},
	/// A section has another length than the file's power demands.
	#[error("section {section} has another length than the file's power demands")]
	Length {
		/// The number of the section.
		section: u32,
	},
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
