// SPDX-License-Identifier: Apache-2.0
//! Powers of tau in the files of snarkjs (`.ptau`).
//!
//! Integers are little-endian; coordinates are, too, and multiplied by `2²⁵⁶` (Montgomery's form). A
//! file is `ptau`, a version (4 bytes, 1), the number of sections (4 bytes) and the sections: a number
//! (4 bytes), a length (8 bytes), content. For a file of power `p`:
//!
//! | section | content |
//! | --- | --- |
//! | 1 | bytes of a coordinate (4 bytes, 32), the field's modulus (32), `p` (4), the power of the ceremony that it was cut from (4) |
//! | 2 | `[τ^i]₁` for `i < 2^(p+1) - 1` |
//! | 3 | `[τ^i]₂` for `i < 2^p` |
//! | 4, 5 | `[α τ^i]₁` and `[β τ^i]₁` for `i < 2^p` |
//! | 6 | `[β]₂` |
//! | 7 | the contributions |
//! | 12, 13 | in files that were prepared for a second phase: `[L_k(τ)]` in the first and the second group, for the domains of 1, 2, 4 … `2^p` points and, in section 12, of `2^(p+1)` |
//! | 14, 15 | in such files: `[α L_k(τ)]₁` and `[β L_k(τ)]₁` for the domains up to `2^p` |
//!
//! # What is checked, and what is trusted
//!
//! Checked is that what is read of a file is `1, τ, τ², …` times the generators, `α` and `β` for *some*
//! numbers that are neither zero nor roots of unity of the domain, that its Lagrange bases, if it has
//! them, follow from those, and that its last contribution made these numbers. Trusted is that at least one of those who contributed to the file forgot what they
//! multiplied with. Their proofs of knowledge and hashes stand in section 7; `snarkjs powersoftau
//! verify` checks them, this reader does not: they rest on snarkjs' own generator of points. So the
//! count and the names of contributions are the file's word, until the file is compared with a hash
//! that its ceremony published, or put to snarkjs.
//!
//! Only as many powers are read as the domain needs, whatever the file's size: a file of power `p`
//! serves domains of up to `2^(p-1)` points, since keys are checked with `[τ^n]₂`, too.

mod error;
mod source;
mod write;

pub use error::{PtauError, PtauMistake};
pub use write::development_powers;

use crate::{
	lagrange::Bases,
	powers::{Lists, Powers, PowersContribution, PowersFault},
};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};
use candor_files::Input;
use candor_prover::{Progress, Stage};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use source::{Section, Source};
use std::{fs::File, path::Path};

/// What a file begins with.
const MAGIC: &[u8; 4] = b"ptau";
/// The one version that there is.
const VERSION: u32 = 1;
/// Bytes of a coordinate.
const COORDINATE: usize = 32;
/// Bytes of a point of the first group.
const G1: usize = 2 * COORDINATE;
/// Bytes of a point of the second group.
const G2: usize = 4 * COORDINATE;
/// The largest power: the scalar field has no larger domain.
const MAX_POWER: u32 = 28;
/// The smallest domain.
const MIN_DOMAIN: usize = 2;

/// Bytes of the header's section.
const HEADER: usize = 4 + COORDINATE + 4 + 4;
/// Bytes of a contribution before its parameters: what it made of the secrets, its public key, the
/// state of its hash, the next challenge, its kind and the length of the parameters.
const CONTRIBUTION: usize = 3 * G1 + 2 * G2 + 6 * G1 + 3 * G2 + 216 + 64 + 4 + 4;
/// The most bytes that are read of the contributions; ceremonies have had a few hundred.
const MAX_CONTRIBUTIONS: u64 = 16 << 20;

/// The numbers of the sections.
mod section {
	pub(super) const HEADER: u32 = 1;
	pub(super) const TAU_G1: u32 = 2;
	pub(super) const TAU_G2: u32 = 3;
	pub(super) const ALPHA_G1: u32 = 4;
	pub(super) const BETA_G1: u32 = 5;
	pub(super) const BETA_G2: u32 = 6;
	pub(super) const CONTRIBUTIONS: u32 = 7;
	pub(super) const LAGRANGE_TAU_G1: u32 = 12;
	pub(super) const LAGRANGE_TAU_G2: u32 = 13;
	pub(super) const LAGRANGE_ALPHA_G1: u32 = 14;
	pub(super) const LAGRANGE_BETA_G1: u32 = 15;
	/// What a file has that was prepared for a second phase.
	pub(super) const PREPARED: [u32; 4] =
		[LAGRANGE_TAU_G1, LAGRANGE_TAU_G2, LAGRANGE_ALPHA_G1, LAGRANGE_BETA_G1];
}

/// Reads as many powers as a domain of `domain_size` points needs, and checks them.
///
/// # Errors
///
/// See [`PtauError`].
pub fn read<R: RngCore + CryptoRng>(
	path: &Path,
	domain_size: usize,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Powers, PtauError> {
	progress.begin(Stage::PowersRead);
	let file = File::open(path).map_err(PtauMistake::Io);
	let powers = file.and_then(|file| read_from(file, domain_size));
	let powers = powers.map_err(|mistake| PtauError { path: path.to_owned(), mistake })?;
	progress.begin(Stage::PowersCheck);
	match check(&powers, rng) {
		Ok(()) => Ok(powers),
		Err(fault) => Err(PtauError { path: path.to_owned(), mistake: PtauMistake::Powers(fault) }),
	}
}

/// Checks that points are powers, and the bases theirs.
fn check<R: RngCore + CryptoRng>(powers: &Powers, rng: &mut R) -> Result<(), PowersFault> {
	powers.lists.check(rng)?;
	powers.bases.as_ref().map_or(Ok(()), |bases| bases.check(&powers.lists, rng))
}

/// Reads the points, which are not checked but for being coordinates.
fn read_from(file: File, domain_size: usize) -> Result<Powers, PtauMistake> {
	let mut source = Source::open(file)?;
	let power = read_header(&mut source)?;
	let points = 1usize << power;
	if domain_size < MIN_DOMAIN || !domain_size.is_power_of_two() || domain_size >= points {
		let needed = domain_size.max(MIN_DOMAIN).next_power_of_two().trailing_zeros() + 1;
		return Err(PtauMistake::TooSmall { power, needed });
	}
	let mut first = |section, of: usize, count| {
		decode(&source.part(section, of * G1, 0..count * G1)?, section, G1, g1)
	};
	let tau_g1 = first(section::TAU_G1, 2 * points - 1, 2 * domain_size - 1)?;
	let alpha_g1 = first(section::ALPHA_G1, points, domain_size)?;
	let beta_g1 = first(section::BETA_G1, points, domain_size)?;
	let mut second = |section, of: usize, count| {
		decode(&source.part(section, of * G2, 0..count * G2)?, section, G2, g2)
	};
	let tau_g2 = second(section::TAU_G2, points, domain_size + 1)?;
	let beta_g2 = second(section::BETA_G2, 1, 1)?[0];
	let lists = Lists { tau_g1, tau_g2, alpha_g1, beta_g1, beta_g2 };
	let bases = read_bases(&mut source, power, domain_size)?;
	let contributions = read_contributions(&mut source, &lists)?;
	Ok(Powers { lists, bases, contributions })
}

/// The Lagrange bases of a domain, if the file was prepared.
fn read_bases(
	source: &mut Source,
	power: u32,
	domain_size: usize,
) -> Result<Option<Bases>, PtauMistake> {
	if !section::PREPARED.iter().any(|section| source.has(*section)) {
		return Ok(None);
	}
	// Those of smaller domains come before, and have a point less together.
	let points = domain_size - 1..2 * domain_size - 1;
	let mut first = |section, largest: u32| {
		let bytes = ((2usize << largest) - 1) * G1;
		let part = source.part(section, bytes, points.start * G1..points.end * G1)?;
		decode(&part, section, G1, g1)
	};
	let tau_g1 = first(section::LAGRANGE_TAU_G1, power + 1)?;
	let alpha_g1 = first(section::LAGRANGE_ALPHA_G1, power)?;
	let beta_g1 = first(section::LAGRANGE_BETA_G1, power)?;
	let section = section::LAGRANGE_TAU_G2;
	let bytes = ((2usize << power) - 1) * G2;
	let part = source.part(section, bytes, points.start * G2..points.end * G2)?;
	let tau_g2 = decode(&part, section, G2, g2)?;
	Ok(Some(Bases { tau_g1, tau_g2, alpha_g1, beta_g1 }))
}

/// The power of the file.
fn read_header(source: &mut Source) -> Result<u32, PtauMistake> {
	let bytes = source.part(section::HEADER, HEADER, 0..HEADER)?;
	let mut header = Input(&bytes);
	let cut = PtauMistake::Length { section: section::HEADER };
	let (Some(size), Some(modulus), Some(power)) =
		(header.u32(), header.take(COORDINATE), header.u32())
	else {
		return Err(cut);
	};
	let own = Fq::MODULUS.0.iter().flat_map(|limb| limb.to_le_bytes());
	if size as usize != COORDINATE || !own.eq(modulus.iter().copied()) {
		return Err(PtauMistake::Curve);
	}
	if !(1..=MAX_POWER).contains(&power) {
		return Err(PtauMistake::Power { power });
	}
	Ok(power)
}

/// The contributions, of which the last must have made the powers.
fn read_contributions(
	source: &mut Source,
	lists: &Lists,
) -> Result<Vec<PowersContribution>, PtauMistake> {
	let Section { length, .. } = source.section(section::CONTRIBUTIONS)?;
	if length > MAX_CONTRIBUTIONS {
		return Err(PtauMistake::Length { section: section::CONTRIBUTIONS });
	}
	let length = length as usize;
	let bytes = source.part(section::CONTRIBUTIONS, length, 0..length)?;
	let mut input = Input(&bytes);
	let mut made = None;
	let mut contributions = Vec::new();
	let count = input.u32().ok_or(PtauMistake::Contributions)?;
	for _ in 0..count {
		let fixed = input.take(CONTRIBUTION).ok_or(PtauMistake::Contributions)?;
		let (fixed, length) = fixed.split_at(CONTRIBUTION - 4);
		let (content, kind) = fixed.split_at(fixed.len() - 4);
		let length = Input(length).u32().ok_or(PtauMistake::Contributions)?;
		let parameters = input.take(length as usize).ok_or(PtauMistake::Contributions)?;
		let name = contributor(parameters).ok_or(PtauMistake::Contributions)?;
		made = Some(&content[..3 * G1 + 2 * G2]);
		contributions.push(PowersContribution { name, beacon: kind == 1u32.to_le_bytes() });
	}
	if !input.0.is_empty() {
		return Err(PtauMistake::Contributions);
	}
	if made.is_some_and(|made| made != made_of(lists)) {
		return Err(PtauMistake::LastContribution);
	}
	Ok(contributions)
}

/// How a contribution writes what it made of the secrets.
fn made_of(lists: &Lists) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(3 * G1 + 2 * G2);
	write::put_g1(&mut bytes, &lists.tau_g1[1]);
	write::put_g2(&mut bytes, &lists.tau_g2[1]);
	write::put_g1(&mut bytes, &lists.alpha_g1[0]);
	write::put_g1(&mut bytes, &lists.beta_g1[0]);
	write::put_g2(&mut bytes, &lists.beta_g2);
	bytes
}

/// The name among the parameters of a contribution.
#[allow(clippy::option_option)]
fn contributor(parameters: &[u8]) -> Option<Option<String>> {
	const NAME: u8 = 1;
	const ITERATIONS: u8 = 2;
	const BEACON: u8 = 3;
	let mut input = Input(parameters);
	let mut name = None;
	let mut last = 0;
	while !input.0.is_empty() {
		let kind = input.byte()?;
		if kind <= last {
			return None;
		}
		last = kind;
		let value = input.byte()?;
		match kind {
			NAME => name = Some(String::from_utf8_lossy(input.take(value.into())?).into_owned()),
			ITERATIONS => {}
			BEACON => drop(input.take(value.into())?),
			_ => return None,
		}
	}
	Some(name)
}

/// Points of `size` bytes each.
fn decode<P: Send>(
	bytes: &[u8],
	section: u32,
	size: usize,
	point: fn(&[u8]) -> Option<P>,
) -> Result<Vec<P>, PtauMistake> {
	let points = bytes.par_chunks_exact(size).enumerate();
	points
		.map(|(index, bytes)| point(bytes).ok_or(PtauMistake::Coordinate { section, index }))
		.collect()
}

// Zeros are the point at infinity, for snarkjs as for arkworks.

fn g1(bytes: &[u8]) -> Option<G1Affine> {
	let (x, y) = bytes.split_at(COORDINATE);
	Some(G1Affine::new_unchecked(coordinate(x)?, coordinate(y)?))
}

/// The points of a section of the first group.
#[cfg(test)]
pub(crate) fn g1_points(bytes: &[u8]) -> Vec<G1Affine> {
	decode(bytes, 0, G1, g1).expect("they are points")
}

fn g2(bytes: &[u8]) -> Option<G2Affine> {
	let (x, y) = bytes.split_at(2 * COORDINATE);
	Some(G2Affine::new_unchecked(quadratic(x)?, quadratic(y)?))
}

fn quadratic(bytes: &[u8]) -> Option<Fq2> {
	let (real, imaginary) = bytes.split_at(COORDINATE);
	Some(Fq2::new(coordinate(real)?, coordinate(imaginary)?))
}

/// A coordinate that is below the modulus.
fn coordinate(bytes: &[u8]) -> Option<Fq> {
	let mut limbs = [0; 4];
	for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_le_bytes(*bytes);
	}
	let residue = BigInt::new(limbs);
	// What arkworks keeps in memory is Montgomery's form as well.
	(residue < Fq::MODULUS).then(|| Fq::new_unchecked(residue))
}
