// SPDX-License-Identifier: Apache-2.0

//! The operations themselves, computed where they are called.

mod affine;
mod constants;
mod final_exponentiation;
mod frobenius;
mod glv;
mod line;
mod miller;
mod prepared;
mod projective;
mod sums;
mod tower;

pub use constants::LAMBDA;
pub(crate) use final_exponentiation::final_exponentiation;
pub(crate) use miller::multi_miller_loop;
pub use prepared::{PreparedG2, PREPARED_G2_BYTES};
pub(crate) use sums::{sum_g2, sums_g1};

use ark_bn254::G2Affine;
use ark_ec::AffineRepr;
use frobenius::{digits, negate};
use projective::ProjectiveWalk;

/// The place of a point that is not in the subgroup of prime order.
pub(crate) struct Outside(usize);

/// See [`crate::in_subgroup`]: the walk of a Miller loop without its lines.
pub(crate) fn in_subgroup(point: &G2Affine) -> bool {
	if point.is_zero() {
		return true;
	}
	let mut walk = ProjectiveWalk::new(*point);
	for digit in digits() {
		walk.double();
		match digit {
			1 => drop(walk.add(point)),
			-1 => drop(walk.add(&negate(*point))),
			_ => {}
		}
	}
	walk.finish().is_ok()
}
