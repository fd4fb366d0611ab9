// SPDX-License-Identifier: Apache-2.0
//! Keys of plain circuits that a ceremony of snarkjs has made (`.zkey`).
//!
//! The modules `sections` and `raw` say how sections and points are written. For a circuit of `m` variables,
//! `p` public inputs and a domain of `n` points:
//!
//! | section | content |
//! | --- | --- |
//! | 1 | the proof system (4 bytes, 1 for Groth16) |
//! | 2 | bytes of a coordinate (4 bytes, 32), its modulus (32), bytes of a scalar (4 bytes, 32), its modulus (32), `m`, `p`, `n` (4 bytes each), `[α]₁ [β]₁ [β]₂ [γ]₂ [δ]₁ [δ]₂` |
//! | 3 | IC: `p + 1` points |
//! | 4 | the number of coefficients (4 bytes), each with its matrix (0 for the left factors, 1 for the right ones), row, variable (4 bytes each) and value (32), multiplied by `2⁵¹²` |
//! | 5, 6, 7 | A, B in the first and in the second group: `m` points each |
//! | 8 | L: `m - p - 1` points |
//! | 9 | H: `n` points |
//! | 10 | the hash of the key before the first contribution (64 bytes), their number (4), the contributions |
//!
//! Variables, domain and the rows that keep public inputs apart are ours; `γ` is one. H stands in another basis.
//! With a root `ω` of `-1` of order `2n` and the Lagrange polynomials `Lᵢ` of the coset `ω, ω³, ω⁵, …` it is
//! `[-½ Lᵢ(τ) t(τ) / δ]₁`, since half of the Lagrange polynomials of the doubled domain are `-½ t Lᵢ`. As
//! `Xʲ = Σ ω^(j(2i+1)) Lᵢ(X)`, one Fourier transform of points gives the one that the prover uses:
//!
//! ```text
//! [τʲ t(τ) / δ]₁ = -2 ωʲ Σ (ω²)^(ij) Hᵢ
//! ```
//!
//! # What is checked, and what is trusted
//!
//! Checked is that the key is one of this circuit, by its coefficients and, with the powers of tau, by every
//! point ([`candor_prover::check`]); that `α`, `β` and `γ` are those that snarkjs takes from these powers; that
//! each contribution has the hash of those before it, and the last one made the `δ` of the key. Trusted is that
//! one of those who contributed to powers and key forgot what they multiplied with. The contributions'
//! proofs of knowledge are not checked: they rest on snarkjs' own generator of points, and `snarkjs zkey
//! verify` checks them.

mod error;
mod transcript;

pub use error::{ZkeyError, ZkeyMistake};
pub use transcript::{SnarkjsHash, ZkeyContribution, SNARKJS_HASH_BYTES};

use crate::{
	digest::Digest,
	equation::{outside_g1, same_multiple},
	first_key::OtherDomain,
	powers::Powers,
	raw::{self, FIELD, G1, G2},
	sections::{Format, Sections, SectionsMistake},
	verify::Quality,
};
use ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field};
use ark_poly::EvaluationDomain;
use candor_files::Input;
use candor_groth16::VerifyingKey;
use candor_prover::{check::check, Domain, KeyFault, Layout, Part, Points, Progress, Stage};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::{fs::File, path::Path};
use transcript::Transcript;

/// Files of keys.
const FORMAT: Format = Format { magic: b"zkey", name: ".zkey", version: 1 };
/// The number of Groth16.
const GROTH16: u32 = 1;
/// Bytes of the header's section.
const HEADER: usize = 2 * (4 + FIELD) + 3 * 4 + 3 * G1 + 3 * G2;
/// Bytes of a coefficient.
const COEFFICIENT: usize = 3 * 4 + FIELD;
/// The name of the file beside the keys with what the contributors have published.
pub const ZKEY_TRANSCRIPT_FILE: &str = "zkey.transcript";
/// The most bytes that are read of the contributions; ceremonies have had a few hundred.
pub const MAX_CONTRIBUTIONS: u64 = 16 << 20;

/// The numbers of the sections.
mod section {
	pub(super) const PROTOCOL: u32 = 1;
	pub(super) const HEADER: u32 = 2;
	pub(super) const IC: u32 = 3;
	pub(super) const COEFFICIENTS: u32 = 4;
	pub(super) const A: u32 = 5;
	pub(super) const B_G1: u32 = 6;
	pub(super) const B_G2: u32 = 7;
	pub(super) const L: u32 = 8;
	pub(super) const H: u32 = 9;
	pub(super) const CONTRIBUTIONS: u32 = 10;
}

/// A key of snarkjs that was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
	/// The key, as a setup here would have made it.
	pub key: Points,
	/// The hash of the key before the first contribution, which snarkjs calls the circuit's.
	pub circuit: SnarkjsHash,
	/// Who contributed, in their order: the file's word.
	pub contributions: Vec<ZkeyContribution>,
	/// The section of contributions: the hash above, then all that they have published.
	pub transcript: Vec<u8>,
	/// The hash of that.
	pub hash: Digest,
	/// What the keys may be used for.
	pub quality: Quality,
}

/// The hash of what contributors to a key of snarkjs have published, if they made this very key. Their
/// proofs are not verified.
pub fn transcript_hash(section: &[u8], key: &VerifyingKey) -> Option<Digest> {
	let delta = Transcript::read(section).ok()?.delta?;
	(delta.is_on_curve() && same_multiple(delta, key.delta)).then(|| Digest::of(section))
}

/// Reads the key that snarkjs has made for a circuit from these powers, and checks it; see the module.
///
/// # Errors
///
/// See [`ZkeyMistake`].
pub fn import<R: RngCore + CryptoRng>(
	path: &Path,
	circuit: &Layout,
	powers: &Powers,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Imported, ZkeyError> {
	let file = File::open(path).map_err(SectionsMistake::Io).map_err(ZkeyMistake::File);
	let imported = file.and_then(|file| import_from(file, circuit, powers, rng, progress));
	imported.map_err(|mistake| ZkeyError { path: path.to_owned(), mistake })
}

fn import_from<R: RngCore + CryptoRng>(
	file: File,
	circuit: &Layout,
	powers: &Powers,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Imported, ZkeyMistake> {
	progress.begin(Stage::KeyRead);
	if circuit.model > 0 || circuit.challenges > 0 {
		return Err(ZkeyMistake::Staged);
	}
	let size = circuit.domain.size();
	if powers.domain_size() != size {
		return Err(OtherDomain { powers: powers.domain_size(), circuit: size }.into());
	}
	let mut source = Sections::open(file, &FORMAT)?;
	let header = Header::read(&mut source, circuit)?;
	let coefficients = source.whole(section::COEFFICIENTS, u64::MAX)?;
	compare(&coefficients, circuit)?;
	let transcript = source.whole(section::CONTRIBUTIONS, MAX_CONTRIBUTIONS)?;
	let Transcript { circuit: of_circuit, contributions, delta } = Transcript::read(&transcript)?;
	header.follows(powers)?;
	match delta {
		None => return Err(ZkeyMistake::NoContribution),
		Some(delta) if delta != header.delta_g1 => return Err(ZkeyMistake::LastContribution),
		Some(_) => {}
	}
	let mut first = |section, count| list(&mut source, section, count, G1, raw::g1);
	let variables = circuit.variables();
	let ic = first(section::IC, circuit.instances)?;
	let rest = first(section::L, circuit.witnesses)?;
	let (a, b_g1) = (first(section::A, variables)?, first(section::B_G1, variables)?);
	let h = first(section::H, size)?;
	let b_g2 = list(&mut source, section::B_G2, variables, G2, raw::g2)?;
	if let Some(index) = outside_g1(&h) {
		return Err(KeyFault::OutsideGroup { part: Part::H, index }.into());
	}

	progress.begin(Stage::QuotientTransform);
	let h = in_powers(&h, &circuit.domain);
	let Header { alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2 } = header;
	let key = Points {
		alpha_g1,
		beta_g1,
		beta_g2,
		gamma_g2,
		delta_g1,
		delta_g2,
		model: None,
		stage_one: None,
		challenges: 0,
		ic,
		rest,
		a,
		b_g1,
		b_g2,
		h,
	};
	progress.begin(Stage::KeyCheck);
	check(&key, &powers.of_key(), circuit, rng, progress)?;
	let contributed = contributions.iter().any(|contribution| !contribution.beacon);
	Ok(Imported {
		key,
		circuit: of_circuit,
		contributions,
		hash: Digest::of(&transcript),
		transcript,
		quality: Quality::of(powers, contributed),
	})
}

/// The single points of a key.
struct Header {
	alpha_g1: G1Affine,
	beta_g1: G1Affine,
	beta_g2: G2Affine,
	gamma_g2: G2Affine,
	delta_g1: G1Affine,
	delta_g2: G2Affine,
}

impl Header {
	/// Reads the sizes, which are those of the circuit, and the points.
	fn read(source: &mut Sections, circuit: &Layout) -> Result<Self, ZkeyMistake> {
		let protocol = source.part(section::PROTOCOL, 4, 0..4)?;
		let protocol = Input(&protocol).u32().unwrap_or_default();
		if protocol != GROTH16 {
			return Err(ZkeyMistake::Protocol(protocol));
		}
		// The length of the section depends on the curve.
		let bytes = source.whole(section::HEADER, u64::from(u16::MAX))?;
		let mut input = Input(&bytes);
		let is_ours = is_field(&mut input, raw::modulus::<Fq>())
			&& is_field(&mut input, raw::modulus::<Fr>());
		if !is_ours {
			return Err(ZkeyMistake::Curve);
		}
		if bytes.len() != HEADER {
			return Err(SectionsMistake::Length { section: section::HEADER }.into());
		}
		for (what, expected) in [
			("variables", circuit.variables()),
			("public inputs", circuit.instances.saturating_sub(1)),
			("points in its domain", circuit.domain.size()),
		] {
			let found = input.u32().unwrap_or_default() as usize;
			if found != expected {
				return Err(ZkeyMistake::OtherCircuit { what, expected, found });
			}
		}
		let missing = |index| move || ZkeyMistake::Coordinate { section: section::HEADER, index };
		let first = |input: &mut Input<'_>| input.take(G1).and_then(raw::g1);
		let second = |input: &mut Input<'_>| input.take(G2).and_then(raw::g2);
		Ok(Self {
			alpha_g1: first(&mut input).ok_or_else(missing(0))?,
			beta_g1: first(&mut input).ok_or_else(missing(1))?,
			beta_g2: second(&mut input).ok_or_else(missing(2))?,
			gamma_g2: second(&mut input).ok_or_else(missing(3))?,
			delta_g1: first(&mut input).ok_or_else(missing(4))?,
			delta_g2: second(&mut input).ok_or_else(missing(5))?,
		})
	}

	/// Holds the points that a second phase does not change to those of the powers.
	fn follows(&self, powers: &Powers) -> Result<(), ZkeyMistake> {
		let lists = &powers.lists;
		for (name, is_same) in [
			("alpha", self.alpha_g1 == lists.alpha_g1[0]),
			("beta", self.beta_g1 == lists.beta_g1[0] && self.beta_g2 == lists.beta_g2),
			("gamma", self.gamma_g2 == G2Affine::generator()),
		] {
			if !is_same {
				return Err(ZkeyMistake::OtherPowers(name));
			}
		}
		Ok(())
	}
}

/// Whether a field follows whose elements have [`FIELD`] bytes and whose modulus is this one.
fn is_field(input: &mut Input<'_>, modulus: impl Iterator<Item = u8>) -> bool {
	let (size, found) = (input.u32(), input.take(FIELD));
	size == Some(FIELD as u32) && found.is_some_and(|found| modulus.eq(found.iter().copied()))
}

fn list<P: Send>(
	source: &mut Sections,
	section: u32,
	count: usize,
	size: usize,
	point: fn(&[u8]) -> Option<P>,
) -> Result<Vec<P>, ZkeyMistake> {
	let bytes = source.part(section, count * size, 0..count * size)?;
	raw::list(&bytes, size, point).map_err(|index| ZkeyMistake::Coordinate { section, index })
}

/// Where a coefficient stands: row, matrix, variable.
type Place = (usize, u8, usize);

/// Holds the coefficients of a key to the circuit's factors.
fn compare(section: &[u8], circuit: &Layout) -> Result<(), ZkeyMistake> {
	let found = coefficients(section).ok_or(ZkeyMistake::Coefficients)?;
	let mut expected = Vec::with_capacity(found.len());
	for (matrix, rows) in [(0, &circuit.a), (1, &circuit.b)] {
		for (row, entries) in rows.iter().enumerate() {
			let entries = entries.iter();
			expected.extend(entries.map(|(value, variable)| ((row, matrix, *variable), *value)));
		}
	}
	let (found, expected) = (combined(found), combined(expected));
	let longest = found.len().max(expected.len());
	match (0..longest).find(|index| found.get(*index) != expected.get(*index)) {
		None => Ok(()),
		Some(index) => {
			let places = [found.get(index), expected.get(index)];
			let row = places.iter().flatten().map(|((row, _, _), _)| *row).min();
			Err(ZkeyMistake::OtherConstraint { row: row.unwrap_or_default() })
		}
	}
}

fn coefficients(section: &[u8]) -> Option<Vec<(Place, Fr)>> {
	let mut input = Input(section);
	let count = input.u32()? as usize;
	if input.0.len() != count.checked_mul(COEFFICIENT)? {
		return None;
	}
	let read = |bytes: &[u8]| {
		let mut input = Input(bytes);
		let matrix = u8::try_from(input.u32()?).ok()?;
		let (row, variable) = (input.u32()? as usize, input.u32()? as usize);
		Some(((row, matrix, variable), raw::twice_scaled(input.take(FIELD)?)?))
	};
	input.0.par_chunks_exact(COEFFICIENT).map(read).collect()
}

/// The same coefficients in order, each place once and none zero.
fn combined(mut coefficients: Vec<(Place, Fr)>) -> Vec<(Place, Fr)> {
	coefficients.par_sort_by_key(|(place, _)| *place);
	coefficients.dedup_by(|(place, value), (kept, sum)| {
		let is_same = place == kept;
		if is_same {
			*sum += *value;
		}
		is_same
	});
	coefficients.retain(|(_, value)| *value != Fr::ZERO);
	coefficients
}

/// H in the basis of powers; see the module.
fn in_powers(h: &[G1Affine], domain: &Domain) -> Vec<G1Affine> {
	let size = domain.size();
	let mut points: Vec<G1Projective> = h.par_iter().map(|point| point.into_group()).collect();
	domain.fft_in_place(&mut points);
	let root = Domain::new(2 * size).expect("powers are for half of the largest domain; qed");
	let root = root.group_gen();
	let factors = std::iter::successors(Some(-Fr::ONE.double()), |factor| Some(*factor * root));
	let factors: Vec<Fr> = factors.take(size).collect();
	points.par_iter_mut().zip(&factors).for_each(|(point, factor)| *point *= *factor);
	// The quotient has one coefficient less than the domain has points.
	points.truncate(size - 1);
	G1Projective::normalize_batch(&points)
}
