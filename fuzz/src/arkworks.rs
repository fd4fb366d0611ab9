// SPDX-License-Identifier: Apache-2.0

//! The other opinion: what arkworks makes of the same bytes, with the rules of `docs/statement.md`
//! added where arkworks has none.
//!
//! Nothing here shares code with `candor-groth16`. Points go through arkworks' own checked
//! deserialization. It is laxer than this project in two ways, which are made up for: it takes the
//! two highest bits of `y` for flags, and it takes `(0, 0)` for the point at infinity.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{
	pairing::Pairing,
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr, CurveGroup,
};
use ark_ff::{PrimeField, Zero};
use ark_groth16::{prepare_verifying_key, Groth16};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use candor_groth16::{DecodeError, KeyError, G1_BYTES, G2_BYTES};

/// A proof as arkworks has it.
pub type Proof = ark_groth16::Proof<Bn254>;

/// A verifying key with blocks, which arkworks knows nothing of.
#[derive(Debug)]
pub struct Key {
	/// What arkworks knows.
	pub plain: VerifyingKey,
	/// `eta`, where there is a model block.
	pub eta: Option<G2Affine>,
	/// `sigma`, where there is a stage one.
	pub sigma: Option<G2Affine>,
	/// The number of challenges, zero without a stage one.
	pub challenges: usize,
}

/// A verifying key as arkworks has it.
pub type VerifyingKey = ark_groth16::VerifyingKey<Bn254>;

/// The bits of a coordinate's first byte that arkworks takes for flags.
const FLAGS: u8 = 0b1100_0000;

/// Bytes of a verifying key without `IC`.
const HEADER: usize = G1_BYTES + 3 * G2_BYTES;

/// The order of coordinates and bytes turned from EIP-197's into arkworks', or back.
fn reorder(bytes: &[u8]) -> Vec<u8> {
	bytes.chunks(bytes.len() / 2).flat_map(|coordinate| coordinate.iter().rev()).copied().collect()
}

/// The point that the bytes encode, or what is wrong with it.
pub fn point<P: SWCurveConfig>(bytes: &[u8]) -> Result<Affine<P>, DecodeError> {
	if bytes[bytes.len() / 2] & FLAGS != 0 {
		return Err(DecodeError::Coordinate);
	}
	let bytes = reorder(bytes);
	let read = |validate| Affine::<P>::deserialize_with_mode(&*bytes, Compress::No, validate);
	let point = read(Validate::No).map_err(|_| DecodeError::Coordinate)?;
	if point.is_zero() {
		return Err(DecodeError::Infinity);
	}
	let fault = if !point.is_on_curve() {
		Some(DecodeError::NotOnCurve)
	} else if !P::cofactor_is_one() && !point.mul_bigint(Fr::MODULUS).is_zero() {
		// The definition, not arkworks' shortcut.
		Some(DecodeError::NotInSubgroup)
	} else {
		None
	};
	assert_eq!(read(Validate::Yes).is_ok(), fault.is_none(), "arkworks disagrees with itself");
	fault.map_or(Ok(point), Err)
}

/// The bytes of a point.
pub fn encode<P: SWCurveConfig>(point: &Affine<P>) -> Vec<u8> {
	let mut bytes = Vec::new();
	point.serialize_uncompressed(&mut bytes).expect("memory takes any bytes");
	let mut bytes = reorder(&bytes);
	let y = bytes.len() / 2;
	bytes[y] &= !FLAGS;
	bytes
}

/// Reads points and gathers what is wrong with them.
struct Reader<'a> {
	rest: &'a [u8],
	faults: Vec<DecodeError>,
}

impl<'a> Reader<'a> {
	fn new(bytes: &'a [u8]) -> Self {
		Self { rest: bytes, faults: Vec::new() }
	}

	fn point<P: SWCurveConfig>(&mut self, bytes: usize) -> Affine<P> {
		let (bytes, rest) = self.rest.split_at(bytes);
		self.rest = rest;
		point(bytes).unwrap_or_else(|fault| {
			self.faults.push(fault);
			Affine::identity()
		})
	}

	fn g1(&mut self) -> G1Affine {
		self.point(G1_BYTES)
	}

	fn g2(&mut self) -> G2Affine {
		self.point(G2_BYTES)
	}
}

/// The proof that the bytes encode, and its commitment to stage one if it has one; or everything that is
/// wrong with it.
pub fn proof(bytes: &[u8]) -> Result<(Proof, Option<G1Affine>), Vec<DecodeError>> {
	let is_staged = match bytes.len().checked_sub(2 * G1_BYTES + G2_BYTES) {
		Some(0) => false,
		Some(G1_BYTES) => true,
		_ => return Err(vec![DecodeError::Length]),
	};
	let mut reader = Reader::new(bytes);
	let (a, b) = (reader.g1(), reader.g2());
	let stage_one = is_staged.then(|| reader.g1());
	let proof = Proof { a, b, c: reader.g1() };
	if reader.faults.is_empty() {
		Ok((proof, stage_one))
	} else {
		Err(reader.faults)
	}
}

/// The verifying key that the bytes encode, rules not applied, or everything that is wrong with
/// it.
pub fn key(bytes: &[u8]) -> Result<Key, Vec<DecodeError>> {
	// Without blocks there are points alone; with blocks, two bytes more before them.
	let (model, challenges, bytes) = match (bytes.len() % G1_BYTES, bytes) {
		(0, _) => (false, 0, bytes),
		(2, [blocks, challenges, points @ ..]) => {
			let stage_one = matches!(blocks, 2 | 3);
			if !(1..=3).contains(blocks) || stage_one != (1..=4).contains(challenges) {
				return Err(vec![DecodeError::Blocks, DecodeError::Length]);
			}
			if !stage_one && *challenges != 0 {
				return Err(vec![DecodeError::Blocks, DecodeError::Length]);
			}
			(matches!(blocks, 1 | 3), usize::from(*challenges), points)
		}
		_ => return Err(vec![DecodeError::Length]),
	};
	let header = HEADER + G2_BYTES * (usize::from(model) + usize::from(challenges > 0));
	let points = bytes.len().saturating_sub(header) / G1_BYTES;
	if !(1 + challenges..=65).contains(&points) || bytes.len() != header + points * G1_BYTES {
		return Err(vec![DecodeError::Length]);
	}
	let mut reader = Reader::new(bytes);
	let (alpha_g1, beta_g2) = (reader.g1(), reader.g2());
	let (gamma_g2, delta_g2) = (reader.g2(), reader.g2());
	let eta = model.then(|| reader.g2());
	let sigma = (challenges > 0).then(|| reader.g2());
	let gamma_abc_g1 = (0..points).map(|_| reader.g1()).collect();
	let plain = VerifyingKey { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 };
	if reader.faults.is_empty() {
		Ok(Key { plain, eta, sigma, challenges })
	} else {
		Err(reader.faults)
	}
}

/// The same points of a key as arkworks has them.
pub fn key_of(key: &candor_groth16::VerifyingKey) -> Key {
	let plain = VerifyingKey {
		alpha_g1: key.alpha,
		beta_g2: key.beta,
		gamma_g2: key.gamma,
		delta_g2: key.delta,
		gamma_abc_g1: key.ic.clone(),
	};
	let (sigma, challenges) =
		key.stage_one.map_or((None, 0), |stage_one| (Some(stage_one.sigma), stage_one.challenges));
	Key { plain, eta: key.model, sigma, challenges: challenges.into() }
}

/// The rules for a verifying key that the key breaks.
pub fn broken_rules(key: &Key) -> Vec<KeyError> {
	let mut broken = Vec::new();
	let inputs = &key.plain.gamma_abc_g1[1..];
	if inputs.len() <= key.challenges {
		broken.push(KeyError::NoInputs);
	}
	let VerifyingKey { beta_g2, gamma_g2, delta_g2, .. } = key.plain;
	let setup: Vec<_> =
		[beta_g2, gamma_g2, delta_g2].into_iter().chain(key.eta).chain(key.sigma).collect();
	let pairs = (1..setup.len()).flat_map(|end| (0..end).map(move |start| (start, end)));
	if pairs.into_iter().any(|(p, q)| related(setup[p], setup[q])) {
		broken.push(KeyError::RelatedSetup);
	}
	for (second, q) in (1..).zip(inputs) {
		for (first, p) in (1..second).zip(inputs) {
			if related(*p, *q) {
				broken.push(KeyError::RelatedInputs { first, second });
			}
		}
	}
	broken
}

fn related<P: SWCurveConfig>(p: Affine<P>, q: Affine<P>) -> bool {
	p == q || p == -q
}

/// Whether arkworks takes the proof. There has to be one input for each of the key's: arkworks
/// leaves out what one side has too many of.
pub fn verify(key: &VerifyingKey, inputs: &[Fr], proof: &Proof) -> bool {
	assert_eq!(inputs.len() + 1, key.gamma_abc_g1.len());
	Groth16::<Bn254>::verify_proof(&prepare_verifying_key(key), proof, inputs)
		.expect("arkworks has an answer for points of the groups")
}

/// Whether arkworks' pairing takes a proof under a key with blocks. The challenges are the last of the
/// inputs, and there have to be as many as the key has.
pub fn verify_with_blocks(
	key: &Key,
	model: Option<G1Affine>,
	inputs: &[Fr],
	proof: &Proof,
	stage_one: Option<G1Affine>,
) -> bool {
	let VerifyingKey { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 } = &key.plain;
	assert_eq!(inputs.len() + 1, gamma_abc_g1.len());
	let sum = gamma_abc_g1[1..].iter().zip(inputs).map(|(point, x)| *point * x);
	let sum = (sum.sum::<G1Projective>() + gamma_abc_g1[0]).into_affine();
	let mut right = vec![(*alpha_g1, *beta_g2), (sum, *gamma_g2), (proof.c, *delta_g2)];
	right.extend(model.zip(key.eta));
	right.extend(stage_one.zip(key.sigma));
	let (first, second): (Vec<_>, Vec<_>) = right.into_iter().unzip();
	Bn254::pairing(proof.a, proof.b) == Bn254::multi_pairing(first, second)
}
