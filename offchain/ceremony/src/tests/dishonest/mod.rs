// SPDX-License-Identifier: Apache-2.0
//! A ceremony of three, in which one is dishonest in every way: it is caught, and named.

mod beginnings;
mod points_of_the_key;
mod steps;
mod trapdoors;

use super::support::{
	contribute, layout, meddle, off_the_curve, one, outside_the_subgroup, secrets, two, verdict,
	DOMAIN, FIRST, STAGED,
};
use crate::{
	beacon::{Beacon, MIN_BEACON_EXPONENT},
	ceremony::Ceremony,
	digest::Digest,
	fault::Fault,
	key,
	transcript::Kind,
	trapdoor::Trapdoor,
};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand};
use candor_prover::{Part, Points, Silent};
use rand::rngs::OsRng;
use std::sync::LazyLock;

/// A ceremony in which Ada has contributed.
static ADA: LazyLock<Ceremony> = LazyLock::new(|| {
	let mut ceremony = FIRST.clone();
	contribute(&mut ceremony, "Ada");
	ceremony
});

/// The second step by Mallory, who proves what can be proven, and what is said of it.
fn after_mallory(factor: impl Fn(Trapdoor) -> Fr, change: impl FnOnce(&mut Points)) -> Fault {
	let mut ceremony = ADA.clone();
	meddle(&mut ceremony, "Mallory", factor, change);
	verdict(&ceremony).expect_err("Mallory is dishonest")
}

/// A factor for each trapdoor.
fn factor(trapdoor: Trapdoor) -> Fr {
	Fr::from(1000 + u64::from(trapdoor.tag()))
}

/// Asserts that a fault is Mallory's.
fn is_mallorys(fault: &Fault) {
	let text = fault.to_string();
	assert!(text.starts_with("step 2, the contribution of \"Mallory\": "), "{text}");
}

/// A list of a key.
type List = fn(&mut Points) -> &mut Vec<G1Affine>;

const LISTS: [(Part, List); 7] = [
	(Part::Inputs, |key| &mut key.ic),
	(Part::Model, |key| &mut key.model.as_mut().expect("it has one").query),
	(Part::StageOne, |key| &mut key.stage_one.as_mut().expect("it has one").query),
	(Part::L, |key| &mut key.rest),
	(Part::A, |key| &mut key.a),
	(Part::B1, |key| &mut key.b_g1),
	(Part::H, |key| &mut key.h),
];

#[test]
fn who_changes_nothing_is_not_accused() {
	let mut ceremony = ADA.clone();
	meddle(&mut ceremony, "Mallory", factor, |_| ());
	contribute(&mut ceremony, "Charles");
	assert_eq!(verdict(&ceremony).map(|report| report.steps.len()), Ok(3));
}
