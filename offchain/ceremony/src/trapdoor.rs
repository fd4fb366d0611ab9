// SPDX-License-Identifier: Apache-2.0
//! The trapdoors: secrets that a ceremony makes, and that nobody may know when it has ended.

use ark_bn254::Fr;
use ark_ff::{PrimeField, Zero};
use candor_prover::Points;
use rand::{CryptoRng, RngCore};
use sp_crypto_hashing::blake2_512;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A secret that divides a block of a key's points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trapdoor {
	/// That of the constant one, the public inputs and the challenges.
	Gamma,
	/// That of the model.
	Eta,
	/// That of what challenges come after.
	Sigma,
	/// That of the rest.
	Delta,
}

impl Trapdoor {
	/// All of them, in the order that everything here keeps.
	pub(crate) const ALL: [Self; 4] = [Self::Gamma, Self::Eta, Self::Sigma, Self::Delta];

	/// What stands for it in hashes.
	pub(crate) const fn tag(self) -> u8 {
		match self {
			Self::Gamma => 0,
			Self::Eta => 1,
			Self::Sigma => 2,
			Self::Delta => 3,
		}
	}
}

impl fmt::Display for Trapdoor {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Gamma => "gamma",
			Self::Eta => "eta",
			Self::Sigma => "sigma",
			Self::Delta => "delta",
		})
	}
}

/// Which blocks a key has beside those of plain Groth16, and so which trapdoors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
	/// A block of the model, divided by `η`.
	pub model: bool,
	/// A block of what challenges come after, divided by `σ`.
	pub stage_one: bool,
}

impl Blocks {
	const MODEL: u8 = 1;
	const STAGE_ONE: u8 = 2;

	pub(crate) fn of(key: &Points) -> Self {
		Self { model: key.model.is_some(), stage_one: key.stage_one.is_some() }
	}

	/// The trapdoors of a key with these blocks.
	pub fn trapdoors(self) -> impl Iterator<Item = Trapdoor> {
		Trapdoor::ALL.into_iter().filter(move |trapdoor| match trapdoor {
			Trapdoor::Gamma | Trapdoor::Delta => true,
			Trapdoor::Eta => self.model,
			Trapdoor::Sigma => self.stage_one,
		})
	}

	pub(crate) const fn to_byte(self) -> u8 {
		(if self.model { Self::MODEL } else { 0 })
			| (if self.stage_one { Self::STAGE_ONE } else { 0 })
	}

	pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
		if byte & !(Self::MODEL | Self::STAGE_ONE) != 0 {
			return None;
		}
		Some(Self { model: byte & Self::MODEL != 0, stage_one: byte & Self::STAGE_ONE != 0 })
	}
}

/// Bytes that are drawn for a secret.
const DRAWN_BYTES: usize = 64;

/// What secrets are drawn from: the system's generator, mixed with a text. Each is uniform if either
/// of them cannot be guessed. All are wiped when they are dropped.
pub(crate) struct Entropy<'a, R> {
	pub rng: &'a mut R,
	pub text: &'a str,
}

impl<R: RngCore + CryptoRng> Entropy<'_, R> {
	/// A number that is neither zero nor one.
	pub fn secret(&mut self) -> Zeroizing<Fr> {
		const DOMAIN: &[u8] = b"candor ceremony secret";
		loop {
			let mut drawn = Zeroizing::new([0; DRAWN_BYTES]);
			self.rng.fill_bytes(drawn.as_mut());
			let mut input =
				Zeroizing::new(Vec::with_capacity(DOMAIN.len() + DRAWN_BYTES + self.text.len()));
			input.extend(DOMAIN);
			input.extend(drawn.as_ref());
			input.extend(self.text.as_bytes());
			let secret = number(&input);
			if is_change(&secret) {
				return secret;
			}
		}
	}
}

/// A number modulo the order of the groups that follows from bytes, as good as uniform.
pub(crate) fn number(bytes: &[u8]) -> Zeroizing<Fr> {
	let mut hash = blake2_512(bytes);
	let number = Fr::from_le_bytes_mod_order(&hash);
	hash.zeroize();
	Zeroizing::new(number)
}

/// Whether multiplying by a number changes a trapdoor to another one.
pub(crate) fn is_change(factor: &Fr) -> bool {
	!factor.is_zero() && *factor != Fr::from(1u8)
}
