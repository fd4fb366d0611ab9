// SPDX-License-Identifier: Apache-2.0
//! Points that a contributor hands on.

use super::*;

/// Asserts that a change at any place of any list is noticed.
fn everywhere(change: fn(&mut Vec<G1Affine>, usize)) {
	for (part, list) in LISTS {
		for index in 0..list(&mut FIRST.key.clone()).len() {
			let mut changed = false;
			let mut ceremony = ADA.clone();
			meddle(&mut ceremony, "Mallory", factor, |key| {
				let before = list(key).clone();
				change(list(key), index);
				changed = before != *list(key);
			});
			match verdict(&ceremony) {
				Ok(_) => assert!(!changed, "point {index} of {part}"),
				Err(fault) => {
					assert!(changed, "{fault}");
					is_mallorys(&fault);
					assert!(fault.to_string().contains(&part.to_string()), "{fault}");
				}
			}
		}
	}
}

#[test]
fn moved() {
	everywhere(|points, index| {
		points[index] = (points[index] + G1Affine::generator()).into_affine();
	});
}

#[test]
fn of_a_wrong_ratio() {
	everywhere(|points, index| points[index] = (points[index] * Fr::from(2)).into_affine());
}

#[test]
fn negated() {
	everywhere(|points, index| points[index] = -points[index]);
}

#[test]
fn at_infinity() {
	everywhere(|points, index| points[index] = G1Affine::zero());
}

#[test]
fn exchanged() {
	everywhere(|points, index| points.swap(0, index));
}

#[test]
fn off_their_curve() {
	everywhere(|points, index| points[index] = off_the_curve());
}

#[test]
fn missing_or_too_many() {
	everywhere(|points, index| {
		let _ = points.remove(index);
	});
	everywhere(|points, index| points.insert(index, G1Affine::zero()));
}

#[test]
fn changed_in_b_in_the_second_group() {
	for index in 0..FIRST.key.b_g2.len() {
		for point in [outside_the_subgroup(), G2Affine::zero(), two(Fr::from(5))] {
			let fault = after_mallory(factor, |key| {
				key.b_g2[index] = if key.b_g2[index] == point { two(Fr::from(6)) } else { point };
			});
			is_mallorys(&fault);
			assert!(matches!(fault, Fault::Key { part: Part::B2, .. }), "{fault}");
		}
	}
}

#[test]
fn of_alpha_and_beta() {
	type Change = fn(&mut Points);
	let changes: [(Part, Change); 4] = [
		(Part::Alpha, |key| key.alpha_g1 = one(Fr::from(3))),
		(Part::Beta, |key| key.beta_g1 = one(Fr::from(3))),
		(Part::Beta, |key| key.beta_g2 = two(Fr::from(3))),
		(Part::Beta, |key| {
			key.beta_g1 = one(Fr::from(3));
			key.beta_g2 = two(Fr::from(3));
		}),
	];
	for (expected, change) in changes {
		let fault = after_mallory(factor, change);
		is_mallorys(&fault);
		assert!(matches!(fault, Fault::Key { part, .. } if part == expected), "{fault}");
	}
}

#[test]
fn of_a_trapdoor_that_differ_between_the_groups() {
	type Place = fn(&mut Points) -> &mut G1Affine;
	let points: [(Trapdoor, Place); 3] = [
		(Trapdoor::Eta, |key| &mut key.model.as_mut().expect("it has one").g1),
		(Trapdoor::Sigma, |key| &mut key.stage_one.as_mut().expect("it has one").g1),
		(Trapdoor::Delta, |key| &mut key.delta_g1),
	];
	for (trapdoor, point) in points {
		for wrong in [G1Affine::generator(), G1Affine::zero(), off_the_curve()] {
			let fault = after_mallory(factor, |key| *point(key) = wrong);
			is_mallorys(&fault);
			let part = key::part(trapdoor);
			assert!(matches!(fault, Fault::Key { part: p, .. } if p == part), "{fault}");
		}
	}
}

#[test]
fn of_another_number_of_challenges() {
	is_mallorys(&after_mallory(factor, |key| key.challenges += 1));
}

/// The lists of two trapdoors by each other's factor.
#[test]
fn divided_by_another_trapdoor() {
	let fault = after_mallory(factor, |key| {
		let ratio = factor(Trapdoor::Gamma) / factor(Trapdoor::Delta);
		let inverse = ratio.inverse().expect("not zero");
		for point in key.ic.iter_mut() {
			*point = (*point * ratio).into_affine();
		}
		for point in key.rest.iter_mut().chain(key.h.iter_mut()) {
			*point = (*point * inverse).into_affine();
		}
	});
	is_mallorys(&fault);
	assert!(matches!(fault, Fault::Key { part: Part::Inputs, .. }), "{fault}");
}

#[test]
fn that_are_not_those_of_the_transcript() {
	let mut ceremony = ADA.clone();
	contribute(&mut ceremony, "Blaise");
	ceremony.key.rest[0] = one(Fr::from(3));
	let fault = verdict(&ceremony).expect_err("it was changed on its way");
	assert!(matches!(&fault, Fault::OtherKey { by: Some(who) } if who.place == 2), "{fault}");
	assert!(fault.to_string().contains("of step 2, the contribution of \"Blaise\":"), "{fault}");
}

/// Of those who do not look, the last is named.
#[test]
fn that_were_changed_before_somebody_else_contributed() {
	let mut ceremony = ADA.clone();
	meddle(&mut ceremony, "Mallory", factor, |key| key.rest[0] = one(Fr::from(3)));
	is_mallorys(&verdict(&ceremony).expect_err("Charles can see it"));
	contribute(&mut ceremony, "Charles");
	let fault = verdict(&ceremony).expect_err("he has not looked");
	assert!(fault.to_string().contains("\"Charles\""), "{fault}");
}
