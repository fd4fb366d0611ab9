// SPDX-License-Identifier: Apache-2.0

//! Operations and verdicts, to be asked for natively, in Wasm with host functions and in Wasm
//! without, so that tests can compare the answers and benchmarks the time.
//!
//! [`operate`], [`verify`] and [`verify_batch`] are the functions; in Wasm they are exported under
//! the same names.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

// Wasm's allocator and panic handler.
use sp_io as _;

use alloc::{format, string::String, vec, vec::Vec};
use candor_bn254::{
	encoding::{encode_target, Reader, G1_BYTES, G2_BYTES, TARGET_BYTES},
	Error,
};
use candor_groth16::{BatchItem, Fr, PreparedVerifyingKey, Proof, VerifyingKey};

/// The Wasm builds.
#[cfg(feature = "std")]
pub mod wasm {
	/// Computes everything in Wasm.
	pub mod portable {
		#![allow(missing_docs, reason = "generated")]
		include!(concat!(env!("OUT_DIR"), "/portable.rs"));
	}

	/// Leaves pairings to the host.
	pub mod hosted {
		#![allow(missing_docs, reason = "generated")]
		include!(concat!(env!("OUT_DIR"), "/hosted.rs"));
	}
}

/// An operation of `candor_bn254::bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, codec::Encode, codec::Decode)]
pub enum Operation {
	/// `msm_g1` of points, scalars and counts.
	MsmG1,
	/// `msm_g2` of points and scalars.
	MsmG2,
	/// `check_g2` of points.
	CheckG2,
	/// `multi_miller_loop` of four arguments.
	MultiMillerLoop,
	/// `final_exponentiation` of an element.
	FinalExponentiation,
	/// The pairing of points of the two groups through arkworks' traits.
	GenericPairing,
}

/// The result of an operation on bytes.
///
/// # Errors
///
/// What is wrong with the arguments, in words.
pub fn operate(operation: Operation, arguments: Vec<Vec<u8>>) -> Result<Vec<u8>, String> {
	let argument = |index: usize| arguments.get(index).map_or(&[][..], Vec::as_slice);
	let mut out = match operation {
		Operation::MsmG1 => vec![0; argument(2).len() / 4 * G1_BYTES],
		Operation::MsmG2 => vec![0; G2_BYTES],
		Operation::CheckG2 => vec![],
		Operation::MultiMillerLoop => vec![0; TARGET_BYTES],
		Operation::FinalExponentiation => argument(0).to_vec(),
		Operation::GenericPairing => {
			return generic_pairing(argument(0), argument(1)).map_err(|error| format!("{error:?}"))
		}
	};
	let [a, b, c, d] = [0, 1, 2, 3].map(argument);
	raw::operate(operation, [a, b, c, d], &mut out).map_err(|error| format!("{error:?}"))?;
	Ok(out)
}

#[cfg(not(all(substrate_runtime, feature = "host-functions")))]
mod raw {
	use super::{Error, Operation};
	use candor_bn254::bytes;

	pub(super) fn operate(
		operation: Operation,
		[a, b, c, d]: [&[u8]; 4],
		out: &mut [u8],
	) -> Result<(), Error> {
		match operation {
			Operation::MsmG1 => bytes::msm_g1(a, b, c, out),
			Operation::MsmG2 => bytes::msm_g2(a, b, out),
			Operation::CheckG2 => bytes::check_g2(a),
			Operation::MultiMillerLoop => bytes::multi_miller_loop(a, b, c, d, out),
			Operation::FinalExponentiation => bytes::final_exponentiation(out),
			Operation::GenericPairing => Err(Error::Unknown),
		}
	}
}

#[cfg(all(substrate_runtime, feature = "host-functions"))]
mod raw {
	use super::{Error, Operation};
	use candor_bn254::host::candor_curves as host;

	pub(super) fn operate(
		operation: Operation,
		[a, b, c, d]: [&[u8]; 4],
		out: &mut [u8],
	) -> Result<(), Error> {
		Error::from_answer(match operation {
			Operation::MsmG1 => host::bn254_msm_g1(a, b, c, out),
			Operation::MsmG2 => host::bn254_msm_g2(a, b, out),
			Operation::CheckG2 => host::bn254_check_g2(a),
			Operation::MultiMillerLoop => host::bn254_multi_miller_loop(a, b, c, d, out),
			Operation::FinalExponentiation => host::bn254_final_exponentiation(out),
			Operation::GenericPairing => return Err(Error::Unknown),
		})
	}
}

/// The pairing of the two points, written by code that knows arkworks' traits alone.
fn generic_pairing(g1: &[u8], g2: &[u8]) -> Result<Vec<u8>, Error> {
	use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup};
	use candor_bn254::pairing::{Bn254, G1Affine, G2Affine};

	fn product<E: Pairing>(a: E::G1Affine, b: E::G2Affine) -> Option<E::TargetField> {
		// e(3 a, b) from a sum of multiples.
		let three = E::ScalarField::from(3u64);
		let a = (a.into_group() * three).into_affine();
		let value = E::multi_miller_loop([a], [b]);
		E::final_exponentiation(value).map(|output| output.0)
	}

	let (a, b) = (Reader::new(g1).g1()?, Reader::new(g2).g2_on_curve()?);
	let a = G1Affine::new_unchecked(a.x, a.y);
	let b = G2Affine::new_unchecked(b.x, b.y);
	Ok(encode_target(&product::<Bn254>(a, b).ok_or(Error::Zero)?).to_vec())
}

/// A scalar as bytes.
pub type Scalar = [u8; 32];

/// The verdict on a proof under a key as anybody may send it: registration, preparation and
/// verification.
pub fn verify(key: Vec<u8>, inputs: Vec<Scalar>, proof: Vec<u8>) -> String {
	let verdict = || -> Result<(), String> {
		let key = VerifyingKey::register(&key).map_err(|error| format!("{error:?}"))?;
		let key = PreparedVerifyingKey::prepare(&key).map_err(|error| format!("{error:?}"))?;
		let proof = Proof::from_bytes(&proof).map_err(|error| format!("{error:?}"))?;
		key.verify(&scalars(&inputs)?, &proof).map_err(|error| format!("{error:?}"))
	};
	format!("{:?}", verdict())
}

/// A proof of a batch: the position of its key, its inputs, its bytes.
pub type Item = (u32, Vec<Scalar>, Vec<u8>);

/// The verdict on a batch of proofs under prepared keys, `repeat` times over.
pub fn verify_batch(keys: Vec<Vec<u8>>, items: Vec<Item>, repeat: u32) -> String {
	let verdict = || -> Result<(), String> {
		let keys = keys
			.iter()
			.map(|key| PreparedVerifyingKey::from_trusted_bytes(key))
			.collect::<Result<Vec<_>, _>>()
			.map_err(|error| format!("{error:?}"))?;
		let proofs = items
			.iter()
			.map(|(_, inputs, proof)| {
				let proof = Proof::from_bytes(proof).map_err(|error| format!("{error:?}"))?;
				Ok((scalars(inputs)?, proof))
			})
			.collect::<Result<Vec<_>, String>>()?;
		let items: Vec<_> = items
			.iter()
			.zip(&proofs)
			// Widens, or keeps: no target of this crate has narrower addresses than 32 bits.
			.map(|((key, ..), (inputs, proof))| BatchItem {
				key: *key as usize,
				model: None,
				inputs,
				proof,
			})
			.collect();
		candor_groth16::verify_batch(&keys, &items).map_err(|error| format!("{error:?}"))
	};
	let mut last = Ok(());
	for _ in 0..repeat {
		last = verdict();
	}
	format!("{last:?}")
}

fn scalars(bytes: &[Scalar]) -> Result<Vec<Fr>, String> {
	bytes
		.iter()
		.map(|bytes| Reader::new(bytes).scalar().map_err(|error| format!("{error:?}")))
		.collect()
}

#[cfg(substrate_runtime)]
mod exports {
	use super::*;

	sp_core::wasm_export_functions! {
		fn operate(operation: Operation, arguments: Vec<Vec<u8>>) -> Result<Vec<u8>, String> {
			super::operate(operation, arguments)
		}

		fn verify(key: Vec<u8>, inputs: Vec<Scalar>, proof: Vec<u8>) -> String {
			super::verify(key, inputs, proof)
		}

		fn verify_batch(keys: Vec<Vec<u8>>, items: Vec<Item>, repeat: u32) -> String {
			super::verify_batch(keys, items, repeat)
		}
	}
}
