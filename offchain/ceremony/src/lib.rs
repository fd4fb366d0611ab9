// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod beacon;
mod ceremony;
mod digest;
mod equation;
mod fault;
mod first_key;
mod input;
mod key;
mod knowledge;
mod lagrange;
mod multiples;
mod powers;
pub mod ptau;
mod raw;
mod sections;
#[cfg(test)]
mod tests;
pub mod transcript;
mod trapdoor;
mod verify;
pub mod zkey;

pub use beacon::{
	Beacon, NotABeacon, MAX_BEACON_BYTES, MAX_BEACON_EXPONENT, MIN_BEACON_BYTES,
	MIN_BEACON_EXPONENT,
};
pub use ceremony::{Ceremony, CeremonyFileError, CeremonyMistake, Full};
pub use digest::{Digest, NotADigest, DIGEST_BYTES};
pub use fault::{Fault, Who};
pub use first_key::OtherDomain;
pub use powers::{Powers, PowersContribution, PowersFault, PowersList};
pub use sections::SectionsMistake;
pub use transcript::Transcript;
pub use trapdoor::{Blocks, Trapdoor};
pub use verify::{Quality, Report, Shortcoming};
