// SPDX-License-Identifier: Apache-2.0

//! The other opinion: what arkworks makes of the same bytes, with the rules of `docs/statement.md`
//! added where arkworks has none.
//!
//! Nothing here shares code with `candor-groth16`. Points go through arkworks' own checked
//! deserialization. It is laxer than this project in two ways, which are made up for: it takes the
//! two highest bits of `y` for flags, and it takes `(0, 0)` for the point at infinity.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use ark_ff::{PrimeField, Zero};
use ark_groth16::{prepare_verifying_key, Groth16};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use candor_groth16::{DecodeError, KeyError, G1_BYTES, G2_BYTES};

/// A proof as arkworks has it.
pub type Proof = ark_groth16::Proof<Bn254>;

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

/// The proof that the bytes encode, or everything that is wrong with it.
pub fn proof(bytes: &[u8]) -> Result<Proof, Vec<DecodeError>> {
	if bytes.len() != 2 * G1_BYTES + G2_BYTES {
		return Err(vec![DecodeError::Length]);
	}
	let mut reader = Reader::new(bytes);
	let proof = Proof::new(reader.g1(), reader.g2(), reader.g1());
	if reader.faults.is_empty() {
		Ok(proof)
	} else {
		Err(reader.faults)
	}
}

/// The verifying key that the bytes encode, rules not applied, or everything that is wrong with
/// it.
pub fn key(bytes: &[u8]) -> Result<VerifyingKey, Vec<DecodeError>> {
	let points = bytes.len().saturating_sub(HEADER) / G1_BYTES;
	if !(1..=65).contains(&points) || bytes.len() != HEADER + points * G1_BYTES {
		return Err(vec![DecodeError::Length]);
	}
	let mut reader = Reader::new(bytes);
	let key = VerifyingKey {
		alpha_g1: reader.g1(),
		beta_g2: reader.g2(),
		gamma_g2: reader.g2(),
		delta_g2: reader.g2(),
		gamma_abc_g1: (0..points).map(|_| reader.g1()).collect(),
	};
	if reader.faults.is_empty() {
		Ok(key)
	} else {
		Err(reader.faults)
	}
}

/// The same points as arkworks has them.
pub fn key_of(key: &candor_groth16::VerifyingKey) -> VerifyingKey {
	VerifyingKey {
		alpha_g1: key.alpha,
		beta_g2: key.beta,
		gamma_g2: key.gamma,
		delta_g2: key.delta,
		gamma_abc_g1: key.ic.clone(),
	}
}

/// The rules for a verifying key that the key breaks.
pub fn broken_rules(key: &VerifyingKey) -> Vec<KeyError> {
	let mut broken = Vec::new();
	let inputs = &key.gamma_abc_g1[1..];
	if inputs.is_empty() {
		broken.push(KeyError::NoInputs);
	}
	let [beta, gamma, delta] = [key.beta_g2, key.gamma_g2, key.delta_g2];
	if [(beta, gamma), (gamma, delta), (delta, beta)].into_iter().any(|(p, q)| related(p, q)) {
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
