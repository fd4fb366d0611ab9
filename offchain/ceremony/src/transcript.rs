// SPDX-License-Identifier: Apache-2.0
//! What has happened in a ceremony, as a chain of hashes.
//!
//! Integers are little-endian, points and scalars are encoded as on chain (`candor-bn254`). A transcript
//! is
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `CANDORCE` |
//! | 1 | version of the format, 1 |
//! | 1 | blocks of the key: bit 0 a model, bit 1 a stage one |
//! | 32 | hash of the circuit's layout |
//! | 32 | hash of the powers of tau |
//! | 32 | hash of the first key |
//! | 4 | number of steps |
//! | … | the steps |
//!
//! and a step
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | 0 for a contribution, 1 for a beacon |
//! | 1 + … | of a contribution: length of the name, zero for none, and the name |
//! | 1 + 1 + … | of a beacon: exponent of the number of hashes, length of the value, and the value |
//! | 32 | hash of the key that it made |
//! | 128 each | `[γ]₂, [η]₂, [σ]₂, [δ]₂` of that key, as far as it has them |
//! | 64 each | of a contribution: the proofs of knowledge, in the same order |
//!
//! The hash of a transcript is blake2b-256: `h₀` of what stands before the number of steps,
//! `hᵢ` of `hᵢ₋₁` and step `i`. So a transcript has the hash of its beginnings on its way, and each proof
//! of knowledge is bound to the one before it.

use crate::{
	beacon::{Beacon, MAX_BEACON_EXPONENT},
	digest::{Digest, DIGEST_BYTES},
	input::TakePoints,
	knowledge::{Proof, PROOF_BYTES},
	trapdoor::{Blocks, Trapdoor},
};
use ark_bn254::G2Affine;
use candor_bn254::encoding::{encode_g2, G2_BYTES};
use candor_files::Input;
use candor_groth16::VerifyingKey;
use std::fmt;

/// What a transcript begins with.
pub(crate) const MAGIC: &[u8; 8] = b"CANDORCE";
/// The version of the format that is written, and the only one that is read.
pub(crate) const VERSION: u8 = 1;
/// The most steps of a ceremony.
pub const MAX_STEPS: usize = 4096;
/// The most bytes of a name.
pub const MAX_NAME_BYTES: usize = 64;
/// The most hashes that the beacons of a ceremony take together.
pub(crate) const MAX_HASHES: u64 = 1 << MAX_BEACON_EXPONENT;
/// What a contribution begins with.
const CONTRIBUTION: u8 = 0;
/// What a beacon begins with.
const BEACON: u8 = 1;

/// The name of a transcript's file beside the keys of its ceremony.
pub const TRANSCRIPT_FILE: &str = "ceremony.transcript";

/// The most bytes of a transcript.
pub const MAX_TRANSCRIPT_BYTES: usize = {
	const HEAD: usize = 8 + 2 + 3 * DIGEST_BYTES + 4;
	const STEP: usize = 3 + u8::MAX as usize + DIGEST_BYTES + 4 * (G2_BYTES + PROOF_BYTES);
	HEAD + MAX_STEPS * STEP
};

/// What a contributor calls themselves: some text without control characters, at most
/// [`MAX_NAME_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// A text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {MAX_NAME_BYTES} bytes and no control characters")]
pub struct NotAName;

impl std::str::FromStr for Name {
	type Err = NotAName;

	fn from_str(text: &str) -> Result<Self, NotAName> {
		let fits = (1..=MAX_NAME_BYTES).contains(&text.len());
		if !fits || text.chars().any(char::is_control) {
			return Err(NotAName);
		}
		Ok(Self(text.to_owned()))
	}
}

impl fmt::Display for Name {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&candor_text::abbreviated(&self.0))
	}
}

/// What a ceremony is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
	pub blocks: Blocks,
	pub circuit: Digest,
	pub powers: Digest,
	pub first_key: Digest,
}

/// A step of a ceremony.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
	pub kind: Kind,
	/// The hash of the key that it made.
	pub key: Digest,
	/// The trapdoors of that key in the second group, in their order.
	pub trapdoors: Vec<G2Affine>,
}

/// Who took a step, and why the trapdoors are theirs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
	Contribution { name: Option<Name>, proofs: Vec<Proof> },
	Beacon(Beacon),
}

/// What has happened in a ceremony; see the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
	pub(crate) subject: Subject,
	pub(crate) steps: Vec<Step>,
}

/// Why bytes are no transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranscriptError {
	/// They do not begin like one.
	#[error("not the transcript of a ceremony")]
	NotATranscript,
	/// Another version.
	#[error("version {0} of the format of ceremonies, only {VERSION} is known")]
	Version(u8),
	/// They end too early.
	#[error("the transcript is cut off")]
	Cut,
	/// Something stands behind the last step.
	#[error("{0} bytes stand behind the transcript")]
	Left(usize),
	/// Too many steps.
	#[error("{0} steps, but a ceremony has at most {MAX_STEPS}")]
	Steps(u32),
	/// Together its beacons are hashed more often than one may be.
	#[error("its beacons are hashed more than 2^{MAX_BEACON_EXPONENT} times together")]
	Hashing,
	/// The beginning describes no key.
	#[error("its key has blocks that are not known")]
	Blocks,
	/// A step holds something that cannot be.
	#[error("step {place} is damaged: {what}")]
	Step {
		/// The position of the step, from one.
		place: usize,
		/// What is wrong.
		what: &'static str,
	},
}

impl Subject {
	/// The bytes before the number of steps.
	fn encode(&self) -> Vec<u8> {
		let Self { blocks, circuit, powers, first_key } = self;
		let mut bytes = MAGIC.to_vec();
		bytes.extend([VERSION, blocks.to_byte()]);
		for digest in [circuit, powers, first_key] {
			bytes.extend(digest.0);
		}
		bytes
	}

	/// The hash of a transcript without steps.
	pub fn hash(&self) -> Digest {
		Digest::of(&self.encode())
	}

	fn decode(input: &mut Input<'_>) -> Result<Self, TranscriptError> {
		if input.array() != Some(*MAGIC) {
			return Err(TranscriptError::NotATranscript);
		}
		let version = input.byte().ok_or(TranscriptError::Cut)?;
		if version != VERSION {
			return Err(TranscriptError::Version(version));
		}
		let blocks = input.byte().ok_or(TranscriptError::Cut)?;
		let blocks = Blocks::from_byte(blocks).ok_or(TranscriptError::Blocks)?;
		let mut digest = || input.array().map(Digest).ok_or(TranscriptError::Cut);
		Ok(Self { blocks, circuit: digest()?, powers: digest()?, first_key: digest()? })
	}
}

impl Step {
	/// All of it but the proofs of knowledge: what they are bound to.
	pub fn statement(&self) -> Vec<u8> {
		let mut bytes = Vec::new();
		match &self.kind {
			Kind::Contribution { name, .. } => {
				bytes.push(CONTRIBUTION);
				put_short(&mut bytes, name.as_ref().map_or("", |name| &name.0).as_bytes());
			}
			Kind::Beacon(beacon) => {
				bytes.extend([BEACON, beacon.exponent()]);
				put_short(&mut bytes, beacon.value());
			}
		}
		bytes.extend(self.key.0);
		self.trapdoors.iter().for_each(|point| bytes.extend(encode_g2(point)));
		bytes
	}

	fn encode(&self) -> Vec<u8> {
		let mut bytes = self.statement();
		if let Kind::Contribution { proofs, .. } = &self.kind {
			proofs.iter().for_each(|proof| bytes.extend(proof.to_bytes()));
		}
		bytes
	}

	/// The hash of a transcript after this step.
	pub fn hash(&self, before: Digest) -> Digest {
		let mut bytes = before.0.to_vec();
		bytes.extend(self.encode());
		Digest::of(&bytes)
	}

	fn decode(
		input: &mut Input<'_>,
		blocks: Blocks,
		place: usize,
	) -> Result<Self, TranscriptError> {
		let damaged = |what| TranscriptError::Step { place, what };
		let cut = TranscriptError::Cut;
		let kind = input.byte().ok_or(cut)?;
		let mut kind = match kind {
			CONTRIBUTION => {
				let name = take_short(input).ok_or(cut)?;
				let name = std::str::from_utf8(name).map_err(|_| damaged("its name is no text"))?;
				let name = match name {
					"" => None,
					name => Some(name.parse().map_err(|_| damaged("its name cannot be one"))?),
				};
				Kind::Contribution { name, proofs: Vec::new() }
			}
			BEACON => {
				let exponent = input.byte().ok_or(cut)?;
				let value = take_short(input).ok_or(cut)?;
				let beacon = Beacon::new(value, exponent);
				Kind::Beacon(beacon.map_err(|_| damaged("its beacon cannot be one"))?)
			}
			_ => return Err(damaged("neither a contribution nor a beacon")),
		};
		let key = Digest(input.array().ok_or(cut)?);
		let mut trapdoors = Vec::new();
		for _ in blocks.trapdoors() {
			let mut point = Input(input.take(G2_BYTES).ok_or(cut)?);
			trapdoors.push(point.g2().ok_or(damaged("a coordinate is not below the modulus"))?);
		}
		if let Kind::Contribution { proofs, .. } = &mut kind {
			for _ in blocks.trapdoors() {
				let bytes = input.array().ok_or(cut)?;
				let proof = Proof::from_bytes(&bytes);
				proofs.push(proof.ok_or(damaged("a number is not below the groups' order"))?);
			}
		}
		Ok(Self { kind, key, trapdoors })
	}
}

impl Transcript {
	/// The hash of the transcript, which goes on chain as provenance.
	pub fn hash(&self) -> Digest {
		self.steps.iter().fold(self.subject.hash(), |before, step| step.hash(before))
	}

	/// The hash of the key that stands at its end.
	pub fn key(&self) -> Digest {
		self.steps.last().map_or(self.subject.first_key, |step| step.key)
	}

	/// Whether a key has the trapdoors that the ceremony ended with, and so can be its key.
	pub fn ends_with(&self, key: &VerifyingKey) -> bool {
		let trapdoors = self.subject.blocks.trapdoors().map(|trapdoor| match trapdoor {
			Trapdoor::Gamma => Some(key.gamma),
			Trapdoor::Eta => key.model,
			Trapdoor::Sigma => key.stage_one.as_ref().map(|stage_one| stage_one.sigma),
			Trapdoor::Delta => Some(key.delta),
		});
		let blocks = Blocks { model: key.model.is_some(), stage_one: key.stage_one.is_some() };
		let Some(last) = self.steps.last() else { return false };
		blocks == self.subject.blocks && last.trapdoors.iter().copied().map(Some).eq(trapdoors)
	}

	/// Its bytes.
	///
	/// # Panics
	///
	/// Never: no transcript has more steps than can be counted.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = self.subject.encode();
		let count = u32::try_from(self.steps.len()).expect("there are at most MAX_STEPS; qed");
		bytes.extend(count.to_le_bytes());
		self.steps.iter().for_each(|step| bytes.extend(step.encode()));
		bytes
	}

	/// Reads exactly what [`Self::to_bytes`] writes. Nothing is verified.
	///
	/// # Errors
	///
	/// See [`TranscriptError`].
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, TranscriptError> {
		let mut input = Input(bytes);
		let transcript = Self::decode(&mut input)?;
		match input.0.len() {
			0 => Ok(transcript),
			left => Err(TranscriptError::Left(left)),
		}
	}

	/// Reads a transcript off the front of bytes.
	pub(crate) fn decode(input: &mut Input<'_>) -> Result<Self, TranscriptError> {
		let subject = Subject::decode(input)?;
		let count = input.u32().ok_or(TranscriptError::Cut)?;
		if count as usize > MAX_STEPS {
			return Err(TranscriptError::Steps(count));
		}
		let step = |place| Step::decode(input, subject.blocks, place);
		let steps = (1..=count as usize).map(step).collect::<Result<_, _>>()?;
		let transcript = Self { subject, steps };
		if transcript.hashes() > MAX_HASHES {
			return Err(TranscriptError::Hashing);
		}
		Ok(transcript)
	}

	/// How many hashes its beacons take, which whoever verifies it computes.
	pub(crate) fn hashes(&self) -> u64 {
		let hashes = |step: &Step| match &step.kind {
			Kind::Contribution { .. } => 0,
			Kind::Beacon(beacon) => beacon.hashes(),
		};
		self.steps.iter().map(hashes).sum()
	}
}

/// Bytes, their number in front.
fn put_short(bytes: &mut Vec<u8>, content: &[u8]) {
	bytes.push(u8::try_from(content.len()).expect("names and values are short; qed"));
	bytes.extend(content);
}

fn take_short<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
	let length = input.byte()?;
	input.take(length.into())
}
