// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs whose discrete logarithms are known, so that the right verdict is a sum of
//! products of scalars.

use arbitrary::{Arbitrary, Unstructured};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use candor_groth16::{challenges, Proof, VerifyingKey};
use candor_trapdoor::{g1, g2, StagedTrapdoor, Trapdoor};

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

/// Which blocks a key has, and a model under it.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Blocks {
	/// None, a model block, or both with one challenge or two.
	choice: u8,
	eta: Scalar,
	sigma: Scalar,
	model: Scalar,
}

/// A key, and what it is made of.
#[derive(Debug)]
pub struct Keyed {
	/// The logarithms of its points.
	pub trapdoor: StagedTrapdoor,
	/// The logarithm of the commitment to a model, where it has a model block.
	model: Option<Fr>,
	digest: [u8; 32],
}

impl Keyed {
	/// The key of a setup with these blocks. Its last public inputs are the challenges, of which there is
	/// one less at most than it has inputs.
	pub fn new(setup: &Setup, blocks: Blocks) -> Self {
		let plain = setup.trapdoor();
		let most = plain.ic.len() as u8 - 2;
		let challenges = (blocks.choice % 4).saturating_sub(1).min(most);
		let with_model = !blocks.choice.is_multiple_of(4);
		let trapdoor = StagedTrapdoor {
			plain,
			eta: with_model.then_some(blocks.eta.0),
			stage_one: (challenges > 0).then_some((blocks.sigma.0, challenges)),
		};
		Self::of(trapdoor, with_model.then_some(blocks.model.0))
	}

	/// The key with these logarithms, and a model.
	pub fn of(trapdoor: StagedTrapdoor, model: Option<Fr>) -> Self {
		let digest = trapdoor.key().digest();
		Self { trapdoor, model, digest }
	}

	/// The number of public inputs that a statement has.
	pub fn inputs(&self) -> usize {
		let challenges = self.trapdoor.stage_one.map_or(0, |(_, count)| usize::from(count));
		self.trapdoor.plain.ic.len() - 1 - challenges
	}

	/// The logarithm of one of the models under the key, if it has a model block. None is at infinity.
	pub fn model(&self, number: u8) -> Option<Fr> {
		let log = self.model? + Fr::from(number);
		Some(if log == Fr::ZERO { -Fr::ONE } else { log })
	}

	/// The challenges of a proof; none without a stage one.
	pub fn challenges(&self, model: Option<Fr>, logs: &Logs, inputs: &[Fr]) -> Vec<Fr> {
		match (self.trapdoor.stage_one, logs.stage_one) {
			(Some((_, count)), Some(log)) => {
				let model = model.map(g1);
				challenges(&self.digest, model.as_ref(), inputs, &g1(log), count)
			}
			_ => Vec::new(),
		}
	}

	/// By how much a proof about a model misses the equation of verification.
	pub fn error(&self, model: Option<Fr>, logs: &Logs, inputs: &[Fr]) -> Fr {
		let all = [inputs, &self.challenges(model, logs, inputs)].concat();
		let mut blocks = Fr::ZERO;
		if let (Some(eta), Some(model)) = (self.trapdoor.eta, model) {
			blocks += eta * model;
		}
		if let (Some((sigma, _)), Some(log)) = (self.trapdoor.stage_one, logs.stage_one) {
			blocks += sigma * log;
		}
		logs.error(&self.trapdoor.plain, &all) - blocks
	}

	/// A proof of any statement about a model, with everything but `C` chosen. Where `delta` is zero there
	/// may be none, and `C` is zero.
	pub fn prove(&self, model: Option<Fr>, inputs: &[Fr], a: Fr, b: Fr, stage_one: Fr) -> Logs {
		let stage_one = self.trapdoor.stage_one.map(|_| stage_one);
		let mut logs = Logs { a, b, c: Fr::ZERO, stage_one };
		let delta = self.trapdoor.plain.delta;
		logs.c = self.error(model, &logs, inputs) * delta.inverse().unwrap_or_default();
		logs
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
	/// That of the commitment to stage one, if there is one.
	pub stage_one: Option<Fr>,
}

impl Logs {
	/// By how much the equation of verification without blocks is missed, `e(A, B)` less the other side.
	fn error(&self, trapdoor: &Trapdoor, inputs: &[Fr]) -> Fr {
		self.a * self.b
			- trapdoor.alpha * trapdoor.beta
			- trapdoor.gamma * trapdoor.inputs(inputs)
			- trapdoor.delta * self.c
	}

	/// Whether a point is at infinity.
	pub fn has_zero(&self) -> bool {
		[self.a, self.b, self.c].contains(&Fr::ZERO) || self.stage_one == Some(Fr::ZERO)
	}

	/// The proof.
	pub fn proof(&self) -> Proof {
		let stage_one = self.stage_one.map(g1);
		Proof { stage_one, ..Proof::new(g1(self.a), g2(self.b), g1(self.c)) }
	}
}

/// The key, as it is decoded from its bytes; `None` where a point is at infinity, after making sure
/// that it is refused.
pub fn decoded_key(trapdoor: &StagedTrapdoor) -> Option<VerifyingKey> {
	let key = trapdoor.key();
	let plain = &trapdoor.plain;
	let header = [plain.alpha, plain.beta, plain.gamma, plain.delta];
	let sigma = trapdoor.stage_one.as_ref().map(|(sigma, _)| sigma);
	let blocks = trapdoor.eta.iter().chain(sigma);
	let infinite = header.iter().chain(&plain.ic).chain(blocks).any(|log| *log == Fr::ZERO);
	let decoded = VerifyingKey::from_bytes(&key.to_bytes());
	assert_eq!(decoded.is_err(), infinite, "{decoded:?}");
	decoded.ok().inspect(|decoded| assert_eq!(*decoded, key))
}
