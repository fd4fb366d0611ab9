// SPDX-License-Identifier: Apache-2.0

//! Randomness that is the same in every run, and points outside the subgroup.

use ark_bn254::Fq2;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::UniformRand;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

/// A reproducible source of randomness.
pub fn rng(seed: u64) -> ChaCha20Rng {
	ChaCha20Rng::seed_from_u64(seed)
}

/// A random point of the second group's curve, almost surely outside the subgroup.
pub fn on_the_curve<P: SWCurveConfig<BaseField = Fq2>>(rng: &mut ChaCha20Rng) -> Affine<P> {
	loop {
		let point = Affine::get_point_from_x_unchecked(Fq2::rand(rng), bool::rand(rng));
		if let Some(point) = point {
			return point;
		}
	}
}
