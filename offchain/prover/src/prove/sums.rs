// SPDX-License-Identifier: Apache-2.0
//! From the values of a circuit to the points of a proof.

use super::{
	witness::{Side, Witness},
	ProveError,
};
use crate::{msm, quotient::quotient, ModelSums, Points, Work};
use ark_bn254::{g1::Config as G1Config, g2::Config as G2Config, Fr, G1Affine};
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	CurveGroup,
};
use candor_groth16::Proof;
use zeroize::Zeroizing;

/// What makes `A` and `B` of a proof uniform.
pub(super) struct Blinders {
	/// That of `A`.
	pub r: Zeroizing<Fr>,
	/// That of `B`.
	pub s: Zeroizing<Fr>,
}

/// Adds up the points of a proof. `u` and `v` are the factors of all constraints, which hold.
///
/// With `M = Σ wᵢ Kᵢ / η + μ δ` and `C1 = Σ sᵢ Kᵢ / σ + ν δ`:
///
/// ```text
/// A = α + Σ zᵢ uᵢ + r δ      B = β + Σ zᵢ vᵢ + s δ
/// C = Σ zᵢ Kᵢ / δ + h t / δ + s A + r B - r s δ - μ η - ν σ       the first sum over the rest alone
/// ```
///
/// What it adds is counted: see [`work_of`].
pub(super) fn add_up(
	key: &Points,
	model: Option<&ModelSums>,
	witness: Witness,
	[u, v]: [Side; 2],
	Blinders { r, s }: &Blinders,
	counter: &Work,
) -> Result<Proof, ProveError> {
	let domain = witness.domain()?;
	let counts = witness.counts;
	let (b_g2, ((a, b_g1), c)) = witness.with_values(|inputs, values| {
		let others = &values[counts.model..];
		let rest = &others[counts.stage_one..];
		let left = || msm::sum_counting(&without_model(&key.a, inputs, others), counter);
		let right = || msm::sum_counting(&without_model(&key.b_g1, inputs, others), counter);
		let rest_and_quotient = || {
			let h = quotient(&domain, u, v);
			msm::sum_counting(&[(&key.rest, rest), (&key.h, &h)], counter)
		};
		rayon::join(
			|| msm::sum_counting(&without_model(&key.b_g2, inputs, others), counter),
			|| rayon::join(|| rayon::join(left, right), rest_and_quotient),
		)
	})?;

	let mut a = a + key.alpha_g1 + key.delta_g1 * **r;
	let mut b_g1 = b_g1 + key.beta_g1 + key.delta_g1 * **s;
	let mut b_g2 = b_g2 + key.beta_g2 + key.delta_g2 * **s;
	let mut c = c;
	if let Some(model) = model {
		a += *model.a;
		b_g1 += *model.b_g1;
		b_g2 += *model.b_g2;
		c += *model.c;
	}
	c += a * **s + b_g1 * **r - key.delta_g1 * (**r * **s);
	if let (Some(block), Some((_, blinder))) = (&key.stage_one, &witness.stage_one) {
		c -= block.g1 * **blinder;
	}
	let stage_one: Option<G1Affine> = witness.stage_one.as_ref().map(|(commitment, _)| *commitment);
	Ok(Proof { a: a.into_affine(), b: b_g2.into_affine(), c: c.into_affine(), stage_one })
}

/// What [`add_up`] counts with a key.
pub(super) fn work_of(key: &Points) -> u64 {
	let model = key.model.as_ref().map_or(0, |block| block.query.len());
	let variables = key.a.len().saturating_sub(model);
	2 * msm::work::<G1Config>(variables)
		+ msm::work::<G2Config>(variables)
		+ msm::work::<G1Config>(key.rest.len() + key.h.len())
}

/// A list of points for all variables and their values, the model left out.
fn without_model<'a, P: SWCurveConfig>(
	points: &'a [Affine<P>],
	inputs: &'a [Fr],
	others: &'a [Fr],
) -> [(&'a [Affine<P>], &'a [Fr]); 2] {
	let (first, last) = (&points[..inputs.len()], &points[points.len() - others.len()..]);
	[(first, inputs), (last, others)]
}
