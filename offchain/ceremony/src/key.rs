// SPDX-License-Identifier: Apache-2.0
//! What a key has of each trapdoor, and its bytes.

use crate::{
	digest::Digest,
	input::TakePoints,
	multiples::multiply_all,
	trapdoor::{Blocks, Trapdoor},
};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::Field;
use ark_poly::EvaluationDomain;
use candor_bn254::encoding::{encode_g1, encode_g2, G1_BYTES, G2_BYTES};
use candor_files::Input;
use candor_prover::{Block, Layout, Part, Points};
use rayon::prelude::*;
use zeroize::Zeroizing;

/// What a trapdoor is called among the parts of a key.
pub(crate) const fn part(trapdoor: Trapdoor) -> Part {
	match trapdoor {
		Trapdoor::Gamma => Part::Gamma,
		Trapdoor::Eta => Part::Eta,
		Trapdoor::Sigma => Part::Sigma,
		Trapdoor::Delta => Part::Delta,
	}
}

/// A trapdoor in the second group, if the key has it.
pub(crate) fn in_g2(key: &Points, trapdoor: Trapdoor) -> Option<G2Affine> {
	match trapdoor {
		Trapdoor::Gamma => Some(key.gamma_g2),
		Trapdoor::Eta => key.model.as_ref().map(|block| block.g2),
		Trapdoor::Sigma => key.stage_one.as_ref().map(|block| block.g2),
		Trapdoor::Delta => Some(key.delta_g2),
	}
}

/// A trapdoor in the first group, if the key has it there.
pub(crate) fn in_g1(key: &Points, trapdoor: Trapdoor) -> Option<G1Affine> {
	match trapdoor {
		Trapdoor::Gamma => None,
		Trapdoor::Eta => key.model.as_ref().map(|block| block.g1),
		Trapdoor::Sigma => key.stage_one.as_ref().map(|block| block.g1),
		Trapdoor::Delta => Some(key.delta_g1),
	}
}

/// The lists that a trapdoor divides.
pub(crate) fn divided(key: &Points, trapdoor: Trapdoor) -> Vec<(Part, &[G1Affine])> {
	match trapdoor {
		Trapdoor::Gamma => vec![(Part::Inputs, &key.ic)],
		Trapdoor::Eta => key.model.iter().map(|block| (Part::Model, &block.query[..])).collect(),
		Trapdoor::Sigma => {
			key.stage_one.iter().map(|block| (Part::StageOne, &block.query[..])).collect()
		}
		Trapdoor::Delta => vec![(Part::L, &key.rest), (Part::H, &key.h)],
	}
}

/// Multiplies a trapdoor, and divides what it divides.
pub(crate) fn multiply(key: &mut Points, trapdoor: Trapdoor, factor: &Fr) {
	let inverse = Zeroizing::new(factor.inverse().expect("a factor is not zero; qed"));
	let once_g1 = |point: &mut G1Affine| *point = (*point * factor).into_affine();
	let once_g2 = |point: &mut G2Affine| *point = (*point * factor).into_affine();
	let block = |block: &mut Option<Block>| {
		if let Some(block) = block {
			once_g1(&mut block.g1);
			once_g2(&mut block.g2);
			scale(&mut block.query, &inverse);
		}
	};
	match trapdoor {
		Trapdoor::Gamma => {
			once_g2(&mut key.gamma_g2);
			scale(&mut key.ic, &inverse);
		}
		Trapdoor::Eta => block(&mut key.model),
		Trapdoor::Sigma => block(&mut key.stage_one),
		Trapdoor::Delta => {
			once_g1(&mut key.delta_g1);
			once_g2(&mut key.delta_g2);
			scale(&mut key.rest, &inverse);
			scale(&mut key.h, &inverse);
		}
	}
}

fn scale(points: &mut Vec<G1Affine>, factor: &Fr) {
	*points = multiply_all(points, *factor);
}

/// The hash of a key: of the bytes that [`encode`] makes of it.
pub(crate) fn digest(key: &Points) -> Digest {
	Digest::of(&encode(key))
}

/// The bytes of a key: which blocks it has and the number of challenges, a byte each; then points,
/// encoded as on chain, the number of points (4 bytes, little-endian) before each list.
pub(crate) fn encode(key: &Points) -> Vec<u8> {
	let blocks = [&key.model, &key.stage_one];
	let mut bytes = vec![Blocks::of(key).to_byte(), key.challenges];
	for point in [key.alpha_g1, key.beta_g1, key.delta_g1] {
		bytes.extend(encode_g1(&point));
	}
	for point in [key.beta_g2, key.gamma_g2, key.delta_g2] {
		bytes.extend(encode_g2(&point));
	}
	for block in blocks.into_iter().flatten() {
		bytes.extend(encode_g1(&block.g1));
		bytes.extend(encode_g2(&block.g2));
		put_list(&mut bytes, &block.query, encode_g1);
	}
	for list in [&key.ic, &key.rest, &key.a, &key.b_g1, &key.h] {
		put_list(&mut bytes, list, encode_g1);
	}
	put_list(&mut bytes, &key.b_g2, encode_g2);
	bytes
}

fn put_list<P: Sync, const N: usize>(bytes: &mut Vec<u8>, points: &[P], encode: fn(&P) -> [u8; N]) {
	let count = u32::try_from(points.len()).expect("a domain has at most 2^28 points; qed");
	bytes.extend(count.to_le_bytes());
	let points: Vec<[u8; N]> = points.par_iter().map(encode).collect();
	bytes.extend(points.as_flattened());
}

/// A key from its bytes, whose points are coordinates but not checked further. `None` for anything but
/// what [`encode`] writes.
pub(crate) fn decode(bytes: &[u8]) -> Option<Points> {
	let mut input = Input(bytes);
	let blocks = Blocks::from_byte(input.byte()?)?;
	let challenges = input.byte()?;
	let [alpha_g1, beta_g1, delta_g1] = [input.g1()?, input.g1()?, input.g1()?];
	let [beta_g2, gamma_g2, delta_g2] = [input.g2()?, input.g2()?, input.g2()?];
	let mut block = |is_there: bool| {
		if !is_there {
			return Some(None);
		}
		Some(Some(Block { g1: input.g1()?, g2: input.g2()?, query: input.list_g1()? }))
	};
	let (model, stage_one) = (block(blocks.model)?, block(blocks.stage_one)?);
	let mut list = || input.list_g1();
	let (ic, rest, a, b_g1, h) = (list()?, list()?, list()?, list()?, list()?);
	let b_g2 = input.list_g2()?;
	input.0.is_empty().then_some(Points {
		alpha_g1,
		beta_g1,
		beta_g2,
		gamma_g2,
		delta_g1,
		delta_g2,
		model,
		stage_one,
		challenges,
		ic,
		rest,
		a,
		b_g1,
		b_g2,
		h,
	})
}

/// The number of bytes of a circuit's key, at most.
pub(crate) fn size(circuit: &Layout) -> u64 {
	const FIXED: usize = 2 + 5 * G1_BYTES + 5 * G2_BYTES;
	const LISTS: usize = 8;
	let (variables, domain) = (circuit.variables(), circuit.domain.size());
	// Each variable stands in A, in B in both groups, and in one more list.
	let points = variables * (3 * G1_BYTES + G2_BYTES) + domain * G1_BYTES;
	(FIXED + LISTS * size_of::<u32>() + points) as u64
}
