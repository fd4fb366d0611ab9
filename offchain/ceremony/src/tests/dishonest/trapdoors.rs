// SPDX-License-Identifier: Apache-2.0
//! What a contributor makes of the trapdoors.

use super::*;

fn all() -> impl Iterator<Item = Trapdoor> {
	FIRST.transcript.subject.blocks.trapdoors()
}

#[test]
fn left_out() {
	for skipped in all() {
		let some = |trapdoor| if trapdoor == skipped { Fr::from(1) } else { factor(trapdoor) };
		let fault = after_mallory(some, |_| ());
		is_mallorys(&fault);
		assert!(
			matches!(fault, Fault::Unchanged { trapdoor, .. } if trapdoor == skipped),
			"{fault}"
		);
	}
}

/// The step with another point in the second group, and all else as it should be for it.
fn with_point(at: Trapdoor, point: G2Affine) -> Fault {
	let mut ceremony = ADA.clone();
	meddle(&mut ceremony, "Mallory", factor, |key| set(key, at, point));
	let fault = verdict(&ceremony).expect_err("Mallory is dishonest");
	is_mallorys(&fault);
	fault
}

fn set(key: &mut Points, trapdoor: Trapdoor, point: G2Affine) {
	match trapdoor {
		Trapdoor::Gamma => key.gamma_g2 = point,
		Trapdoor::Eta => key.model.as_mut().expect("it has one").g2 = point,
		Trapdoor::Sigma => key.stage_one.as_mut().expect("it has one").g2 = point,
		Trapdoor::Delta => key.delta_g2 = point,
	}
}

#[test]
fn at_infinity() {
	for at in all() {
		let fault = with_point(at, G2Affine::zero());
		let expected = matches!(fault, Fault::StepInfinity { trapdoor, .. } if trapdoor == at);
		assert!(expected, "{fault}");
	}
}

#[test]
fn outside_their_group() {
	for at in all() {
		let fault = with_point(at, outside_the_subgroup());
		let expected = matches!(fault, Fault::StepOutsideGroup { trapdoor, .. } if trapdoor == at);
		assert!(expected, "{fault}");
	}
}

/// The forgeries of `docs/proof-system.md` need a trapdoor that is a known multiple of another, which
/// who knows no factor of it can still write down: `σ = 2 γ`.
#[test]
fn made_of_another_one() {
	for at in all() {
		for from in all().filter(|from| *from != at) {
			let old = key::in_g2(&ADA.key, from).expect("the key has it");
			let twice = (old * (factor(from) * Fr::from(2))).into_affine();
			let fault = with_point(at, twice);
			let expected = matches!(fault, Fault::Knowledge { trapdoor, .. } if trapdoor == at);
			assert!(expected, "{fault}");
		}
	}
}

/// What ends Ada's part: all trapdoors as if only Mallory had contributed.
#[test]
fn of_a_beginning_without_the_others() {
	for at in all() {
		let fault = with_point(at, two(factor(at)));
		let expected = matches!(fault, Fault::Knowledge { trapdoor, .. } if trapdoor == at);
		assert!(expected, "{fault}");
	}
}

#[test]
fn exchanged() {
	let mut ceremony = ADA.clone();
	contribute(&mut ceremony, "Mallory");
	ceremony.transcript.steps[1].trapdoors.swap(1, 2);
	let fault = verdict(&ceremony).expect_err("they were exchanged");
	is_mallorys(&fault);
}

/// A factor of minus one is known to everybody, and for that a contribution like any other: what
/// counts is that an honest one is among them.
#[test]
fn with_a_factor_that_everybody_knows_are_no_fault() {
	let mut ceremony = ADA.clone();
	meddle(&mut ceremony, "Mallory", |_| -Fr::from(1), |_| ());
	assert!(verdict(&ceremony).is_ok());
}
