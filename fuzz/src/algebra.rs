// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs whose discrete logarithms are known, so that the right verdict is a sum of
//! products of scalars.

use arbitrary::{Arbitrary, Unstructured};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use candor_groth16::{Proof, VerifyingKey};
use candor_trapdoor::{g1, g2, Trapdoor};

/// A scalar that is often small or the negative of a small one, and sometimes zero.
#[derive(Clone, Copy, Debug)]
pub struct Scalar(pub Fr);

impl<'a> Arbitrary<'a> for Scalar {
	fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
		let byte = u8::arbitrary(u)?;
		let small = Fr::from((byte >> 2) + 1);
		Ok(Self(match (byte, byte & 0b11) {
			(u8::MAX, _) => Fr::ZERO,
			(_, 0 | 1) => small,
			(_, 2) => -small,
			_ => Fr::from_le_bytes_mod_order(&<[u8; 32]>::arbitrary(u)?),
		}))
	}

	fn size_hint(_depth: usize) -> (usize, Option<usize>) {
		(1, Some(33))
	}
}

/// The logarithms of a key's points.
#[derive(Arbitrary, Clone, Debug)]
pub struct Setup {
	alpha: Scalar,
	beta: Scalar,
	gamma: Scalar,
	delta: Scalar,
	constant: Scalar,
	#[arbitrary(with = inputs)]
	inputs: Vec<Scalar>,
}

/// One to five scalars.
fn inputs(u: &mut Unstructured) -> arbitrary::Result<Vec<Scalar>> {
	let count = 1 + u8::arbitrary(u)? % 5;
	(0..count).map(|_| Scalar::arbitrary(u)).collect()
}

impl Setup {
	/// The trapdoor of a key with these logarithms.
	pub fn trapdoor(&self) -> Trapdoor {
		Trapdoor {
			alpha: self.alpha.0,
			beta: self.beta.0,
			gamma: self.gamma.0,
			delta: self.delta.0,
			ic: [self.constant].iter().chain(&self.inputs).map(|scalar| scalar.0).collect(),
		}
	}
}

/// The logarithms of a proof's points.
#[derive(Clone, Copy, Debug)]
pub struct Logs {
	/// That of `A`.
	pub a: Fr,
	/// That of `B`.
	pub b: Fr,
	/// That of `C`.
	pub c: Fr,
}

impl Logs {
	/// A proof of any statement, with `A` and `B` chosen. Where `delta` is zero there may be none,
	/// and `C` is zero.
	pub fn prove(trapdoor: &Trapdoor, inputs: &[Fr], a: Fr, b: Fr) -> Self {
		let mut logs = Self { a, b, c: Fr::ZERO };
		logs.c = logs.error(trapdoor, inputs) * trapdoor.delta.inverse().unwrap_or_default();
		logs
	}

	/// By how much the equation of verification is missed, `e(A, B)` less the other side.
	pub fn error(&self, trapdoor: &Trapdoor, inputs: &[Fr]) -> Fr {
		self.a * self.b
			- trapdoor.alpha * trapdoor.beta
			- trapdoor.gamma * trapdoor.inputs(inputs)
			- trapdoor.delta * self.c
	}

	/// Whether a point is at infinity.
	pub fn has_zero(&self) -> bool {
		[self.a, self.b, self.c].contains(&Fr::ZERO)
	}

	/// The proof.
	pub fn proof(&self) -> Proof {
		Proof::new(g1(self.a), g2(self.b), g1(self.c))
	}
}

/// The key, as it is decoded from its bytes; `None` where a point is at infinity, after making sure
/// that it is refused.
pub fn decoded_key(trapdoor: &Trapdoor) -> Option<VerifyingKey> {
	let key = trapdoor.key();
	let header = [trapdoor.alpha, trapdoor.beta, trapdoor.gamma, trapdoor.delta];
	let infinite = header.iter().chain(&trapdoor.ic).any(|log| *log == Fr::ZERO);
	let decoded = VerifyingKey::from_bytes(&key.to_bytes());
	assert_eq!(decoded.is_err(), infinite, "{decoded:?}");
	decoded.ok().inspect(|decoded| assert_eq!(*decoded, key))
}
