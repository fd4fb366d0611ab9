// SPDX-License-Identifier: Apache-2.0
//! What a `.zkey` says of its second phase.

use super::ZkeyMistake;
use crate::{
	input,
	raw::{self, G1, G2},
};
use ark_bn254::G1Affine;
use candor_bn254::encoding::{encode_g1, encode_g2};
use candor_files::Input;
use sp_crypto_hashing::blake2_512;
use std::fmt;

/// Bytes of the hashes that snarkjs prints.
pub const SNARKJS_HASH_BYTES: usize = 64;

/// A blake2b-512 hash as snarkjs prints it, though without blanks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SnarkjsHash(pub [u8; SNARKJS_HASH_BYTES]);

impl fmt::Display for SnarkjsHash {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&hex::encode(self.0))
	}
}

impl fmt::Debug for SnarkjsHash {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

/// A contribution to a key of snarkjs. Name and kind are the file's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZkeyContribution {
	/// The name that was given.
	pub name: Option<String>,
	/// Whether it is a public random value.
	pub beacon: bool,
	/// The contribution's hash, which its contributor was shown.
	pub hash: SnarkjsHash,
}

impl fmt::Display for ZkeyContribution {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(if self.beacon { "a beacon" } else { "a contribution" })?;
		if let Some(name) = &self.name {
			write!(f, " of {name:?}")?;
		}
		write!(f, ", {}", self.hash)
	}
}

/// The content of the section of contributions.
pub(super) struct Transcript {
	/// The hash of the key before the first contribution.
	pub circuit: SnarkjsHash,
	/// The contributions in their order.
	pub contributions: Vec<ZkeyContribution>,
	/// `[δ]₁` after the last of them.
	pub delta: Option<G1Affine>,
}

impl Transcript {
	/// Reads the section. Each contribution has the hash of those before it.
	pub fn read(section: &[u8]) -> Result<Self, ZkeyMistake> {
		let damaged = || ZkeyMistake::Contributions;
		let mut input = Input(section);
		let circuit: [u8; SNARKJS_HASH_BYTES] = input.array().ok_or_else(damaged)?;
		let mut hashed = circuit.to_vec();
		let mut contributions = Vec::new();
		let mut delta = None;
		for number in 1..=input.u32().ok_or_else(damaged)? as usize {
			let made = contribution(&mut input).ok_or_else(damaged)?;
			hashed.extend(made.challenge());
			if blake2_512(&hashed) != made.transcript {
				return Err(ZkeyMistake::OtherTranscript(number));
			}
			hashed.truncate(hashed.len() - made.challenge().len());
			let public = made.public();
			hashed.extend(&public);
			delta = Some(made.delta);
			let hash = SnarkjsHash(blake2_512(&public));
			contributions.push(ZkeyContribution { name: made.name, beacon: made.beacon, hash });
		}
		if !input.0.is_empty() {
			return Err(damaged());
		}
		Ok(Self { circuit: SnarkjsHash(circuit), contributions, delta })
	}
}

/// A contribution as it is written.
struct Written {
	delta: G1Affine,
	/// `[s]₁` and `[s x]₁` for the factor `x`, encoded.
	key: [u8; 2 * G1],
	/// The factor's multiple of a point that follows from the hash, encoded.
	proof: [u8; G2],
	/// The hash of everything before.
	transcript: [u8; SNARKJS_HASH_BYTES],
	beacon: bool,
	name: Option<String>,
}

impl Written {
	/// What its hash has besides everything before.
	fn challenge(&self) -> &[u8] {
		&self.key
	}

	/// What the hashes after it have of it.
	fn public(&self) -> Vec<u8> {
		[&encode_g1(&self.delta)[..], &self.key, &self.proof, &self.transcript].concat()
	}
}

fn contribution(input: &mut Input<'_>) -> Option<Written> {
	let mut first = || raw::g1(input.take(G1)?);
	let delta = first()?;
	let key = [encode_g1(&first()?), encode_g1(&first()?)].concat().try_into().ok()?;
	let proof = encode_g2(&raw::g2(input.take(G2)?)?);
	let transcript = input.array()?;
	let beacon = input.array()? == input::BEACON;
	let length = input.u32()? as usize;
	let name = input::contributor(input.take(length)?)?;
	Some(Written { delta, key, proof, transcript, beacon, name })
}
