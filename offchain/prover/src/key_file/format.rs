// SPDX-License-Identifier: Apache-2.0
//! The bytes of a proving key's file.

use super::KeyFileError;
use crate::{points::PointCounts, Block, Layout, Points, Powers, ProvingKey};
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use candor_files::Input;
use candor_operators::Architecture;
use candor_text::parser_message;
use rayon::prelude::*;
use std::path::Path;

/// What a proving key's file begins with.
pub(super) const MAGIC: &[u8; 8] = b"CANDORPK";
/// The version of the format that is written, and the only one that is read.
pub(super) const VERSION: u32 = 4;
/// In the body's first byte: there is a model block.
const MODEL: u8 = 1;
/// In the body's first byte: there is a stage one.
const STAGE_ONE: u8 = 2;
/// The length of the checksum in bytes.
pub(super) const CHECKSUM_LEN: usize = 32;

const IN_MEMORY: &str = "writing into memory cannot fail; qed";

/// The bytes of a proving key's file.
pub(super) fn encode(key: &ProvingKey) -> Vec<u8> {
	let description = key.architecture.graph().description();
	let body = encode_body(&key.points, &key.powers);
	let mut bytes = Vec::with_capacity(body.len() + description.len() + 64);
	bytes.extend(MAGIC);
	bytes.extend(VERSION.to_le_bytes());
	bytes.extend((description.len() as u32).to_le_bytes());
	bytes.extend(description.as_bytes());
	bytes.extend((body.len() as u64).to_le_bytes());
	bytes.extend(body);
	let checksum = sp_crypto_hashing::blake2_256(&bytes);
	bytes.extend(checksum);
	bytes
}

/// The length of the file of the proving key for a circuit, in bytes.
pub(super) fn length(layout: &Layout, architecture: &Architecture) -> u64 {
	let description = architecture.graph().description().len() as u64;
	let header = (MAGIC.len() + 4 + 4 + 8) as u64 + description;
	header + body_length(layout) + CHECKSUM_LEN as u64
}

/// The length of what [`encode_body`] gives.
fn body_length(layout: &Layout) -> u64 {
	let PointCounts { g1, g2 } = PointCounts::of(layout);
	let blocks = usize::from(layout.model > 0) + usize::from(layout.challenges > 0);
	// IC, L, A, B in either group, H, the powers.
	let lists = (7 + blocks) * size_of::<u64>();
	let flags_and_challenges = 2;
	let points = g1 * G1Affine::zero().uncompressed_size() as u64
		+ g2 * G2Affine::zero().uncompressed_size() as u64;
	flags_and_challenges + lists as u64 + points
}

/// A proving key's file, intact.
pub(super) struct Content<'a> {
	/// What the key was made for.
	pub architecture: Architecture,
	/// The points.
	pub body: &'a [u8],
	/// Of everything before.
	pub checksum: [u8; CHECKSUM_LEN],
}

/// Opens the bytes of the file `path`.
pub(super) fn open<'a>(path: &Path, bytes: &'a [u8]) -> Result<Content<'a>, KeyFileError> {
	let path = || path.to_owned();
	let too_short = || KeyFileError::NotAProvingKey { path: path() };
	let mut header = Input(bytes);
	if header.take(MAGIC.len()) != Some(MAGIC) {
		return Err(too_short());
	}
	let found = header.u32().ok_or_else(too_short)?;
	if found != VERSION {
		return Err(KeyFileError::Version { path: path(), found });
	}
	let length = header.u32().and_then(|length| usize::try_from(length).ok());
	let description = length.and_then(|length| header.take(length)).ok_or_else(too_short)?;
	let body_len = header.u64().ok_or_else(too_short)?;
	let header_len = (bytes.len() - header.0.len()) as u64;

	let found = bytes.len() as u64;
	let expected = header_len.saturating_add(body_len).saturating_add(CHECKSUM_LEN as u64);
	if found != expected {
		return Err(KeyFileError::Length { path: path(), expected, found });
	}
	let (content, stated) = bytes.split_at(bytes.len() - CHECKSUM_LEN);
	let checksum = sp_crypto_hashing::blake2_256(content);
	if checksum != stated {
		return Err(KeyFileError::Checksum { path: path() });
	}
	let architecture = serde_json::from_slice(description).map_err(|error| {
		KeyFileError::Architecture { path: path(), cause: parser_message(&error.to_string()) }
	})?;
	Ok(Content { architecture, body: &content[header_len as usize..], checksum })
}

/// The points as the module [`super`] says.
pub(super) fn encode_body(key: &Points, powers: &Powers) -> Vec<u8> {
	let model = if key.model.is_some() { MODEL } else { 0 };
	let stage_one = if key.stage_one.is_some() { STAGE_ONE } else { 0 };
	let first = (key.alpha_g1, key.beta_g1, key.delta_g1);
	let second = (key.beta_g2, key.gamma_g2, key.delta_g2);
	let queries = (&key.ic, &key.rest, &key.a, &key.b_g1);
	let others = (&key.b_g2, &key.h, &powers.g1, &powers.tau_g2, &powers.tau_n_g2);
	let mut bytes = vec![model | stage_one, key.challenges];
	(first, second).serialize_uncompressed(&mut bytes).expect(IN_MEMORY);
	for block in key.model.iter().chain(&key.stage_one) {
		let block = (block.g1, block.g2, &block.query);
		block.serialize_uncompressed(&mut bytes).expect(IN_MEMORY);
	}
	(queries, others).serialize_uncompressed(&mut bytes).expect(IN_MEMORY);
	bytes
}

/// The points of a body, read on all cores. Whether they lie on their curves is left to the check.
///
/// Unlike arkworks' own reader it never reserves memory for more points than there are bytes for.
pub(super) fn decode_body(body: &[u8]) -> Option<(Points, Powers)> {
	let body = &mut Input(body);
	let [blocks, challenges] = body.array()?;
	if blocks & !(MODEL | STAGE_ONE) != 0 {
		return None;
	}
	let (alpha_g1, beta_g1, delta_g1) = (body.point()?, body.point()?, body.point()?);
	let (beta_g2, gamma_g2, delta_g2) = (body.point()?, body.point()?, body.point()?);
	let mut block = |flag| match blocks & flag {
		0 => Some(None),
		_ => Some(Some(Block { g1: body.point()?, g2: body.point()?, query: body.points()? })),
	};
	let (model, stage_one) = (block(MODEL)?, block(STAGE_ONE)?);
	let points = Points {
		alpha_g1,
		beta_g1,
		beta_g2,
		gamma_g2,
		delta_g1,
		delta_g2,
		model,
		stage_one,
		challenges,
		ic: body.points()?,
		rest: body.points()?,
		a: body.points()?,
		b_g1: body.points()?,
		b_g2: body.points()?,
		h: body.points()?,
	};
	let powers = Powers { g1: body.points()?, tau_g2: body.point()?, tau_n_g2: body.point()? };
	body.0.is_empty().then_some((points, powers))
}

/// Reads points off the front of bytes.
trait TakePoints {
	/// A point.
	fn point<P: AffineRepr>(&mut self) -> Option<P>;
	/// A list of points, their number (8 bytes) in front.
	fn points<P: AffineRepr>(&mut self) -> Option<Vec<P>>;
}

impl TakePoints for Input<'_> {
	fn point<P: AffineRepr>(&mut self) -> Option<P> {
		read_point(self.take(P::zero().uncompressed_size())?)
	}

	fn points<P: AffineRepr>(&mut self) -> Option<Vec<P>> {
		let (count, size) = (self.u64()?, P::zero().uncompressed_size());
		self.items(count, size)?.par_chunks_exact(size).map(read_point).collect()
	}
}

fn read_point<P: CanonicalDeserialize>(bytes: &[u8]) -> Option<P> {
	P::deserialize_with_mode(bytes, Compress::No, Validate::No).ok()
}
