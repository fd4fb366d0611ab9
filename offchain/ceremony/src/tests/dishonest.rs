// SPDX-License-Identifier: Apache-2.0
//! A ceremony of three, in which one is dishonest in every way: it is caught, and named.

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

mod points_of_the_key {
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
					key.b_g2[index] =
						if key.b_g2[index] == point { two(Fr::from(6)) } else { point };
				});
				is_mallorys(&fault);
				assert!(matches!(fault, Fault::Key { part: Part::B2, .. }), "{fault}");
			}
		}
	}

	#[test]
	fn of_alpha_and_beta() {
		let changes: [(Part, fn(&mut Points)); 4] = [
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
		let points: [(Trapdoor, fn(&mut Points) -> &mut G1Affine); 3] = [
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
		assert!(fault.to_string().contains("\"Blaise\" made"), "{fault}");
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
}

mod trapdoors {
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
			let expected =
				matches!(fault, Fault::StepOutsideGroup { trapdoor, .. } if trapdoor == at);
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
}

mod steps {
	use super::*;

	/// Three honest steps.
	fn three() -> Ceremony {
		let mut ceremony = ADA.clone();
		contribute(&mut ceremony, "Mallory");
		contribute(&mut ceremony, "Charles");
		assert!(verdict(&ceremony).is_ok());
		ceremony
	}

	fn refused(change: impl FnOnce(&mut Ceremony)) -> Fault {
		let mut ceremony = three();
		change(&mut ceremony);
		verdict(&ceremony).expect_err("the transcript was changed")
	}

	#[test]
	fn with_a_proof_of_another_step_or_of_another_trapdoor() {
		for from in [0, 2] {
			for index in 0..4 {
				let fault = refused(|ceremony| {
					let source = match &ceremony.transcript.steps[from].kind {
						Kind::Contribution { proofs, .. } => proofs[index],
						Kind::Beacon(_) => panic!("a contribution"),
					};
					if let Kind::Contribution { proofs, .. } =
						&mut ceremony.transcript.steps[1].kind
					{
						proofs[index] = source;
					}
				});
				is_mallorys(&fault);
				assert!(matches!(fault, Fault::Knowledge { .. }), "{fault}");
			}
		}
		let fault = refused(|ceremony| {
			if let Kind::Contribution { proofs, .. } = &mut ceremony.transcript.steps[1].kind {
				proofs.swap(1, 2);
			}
		});
		is_mallorys(&fault);
		let expected = matches!(fault, Fault::Knowledge { trapdoor: Trapdoor::Eta, .. });
		assert!(expected, "{fault}");
	}

	/// Equal factors for two trapdoors, and one proof for both: the proof is bound to its trapdoor.
	#[test]
	fn with_one_proof_for_two_trapdoors() {
		let mut ceremony = FIRST.clone();
		meddle(&mut ceremony, "Mallory", |_| Fr::from(9), |_| ());
		assert!(verdict(&ceremony).is_ok(), "a proof for each is none of its faults");
		if let Kind::Contribution { proofs, .. } = &mut ceremony.transcript.steps[0].kind {
			proofs[2] = proofs[1];
		}
		let fault = verdict(&ceremony).expect_err("one proof is not its own");
		let expected = matches!(fault, Fault::Knowledge { trapdoor: Trapdoor::Sigma, .. });
		assert!(expected, "{fault}");
	}

	#[test]
	fn in_another_order() {
		let fault = refused(|ceremony| ceremony.transcript.steps.swap(1, 2));
		assert!(
			fault.to_string().starts_with("step 2, the contribution of \"Charles\""),
			"{fault}"
		);
		let fault = refused(|ceremony| ceremony.transcript.steps.swap(0, 1));
		assert!(
			fault.to_string().starts_with("step 1, the contribution of \"Mallory\""),
			"{fault}"
		);
	}

	#[test]
	fn left_out_or_repeated() {
		let fault = refused(|ceremony| drop(ceremony.transcript.steps.remove(0)));
		assert!(matches!(&fault, Fault::Knowledge { by, .. } if by.place == 1), "{fault}");
		let fault = refused(|ceremony| drop(ceremony.transcript.steps.remove(1)));
		assert!(matches!(&fault, Fault::Knowledge { by, .. } if by.place == 2), "{fault}");
		let fault = refused(|ceremony| drop(ceremony.transcript.steps.pop()));
		assert!(matches!(&fault, Fault::OtherKey { by: Some(by) } if by.place == 2), "{fault}");
		let fault = refused(|ceremony| {
			let last = ceremony.transcript.steps[2].clone();
			ceremony.transcript.steps.push(last);
		});
		assert!(matches!(&fault, Fault::Unchanged { by, .. } if by.place == 4), "{fault}");
	}

	#[test]
	fn under_another_name_or_none() {
		for name in [Some("Blaise".parse().expect("a name")), None] {
			let fault = refused(|ceremony| {
				if let Kind::Contribution { name: old, .. } = &mut ceremony.transcript.steps[1].kind
				{
					*old = name;
				}
			});
			assert!(matches!(&fault, Fault::Knowledge { by, .. } if by.place == 2), "{fault}");
		}
	}

	#[test]
	fn that_name_another_key() {
		let fault = refused(|ceremony| ceremony.transcript.steps[1].key = Digest([1; 32]));
		is_mallorys(&fault);
	}

	#[test]
	fn that_are_a_beacon_of_another_value() {
		let beacon = |byte, exponent| Beacon::new(&[byte; 32], exponent).expect("a beacon");
		let mut ceremony = ADA.clone();
		let honest = beacon(1, MIN_BEACON_EXPONENT);
		ceremony.beacon(honest, &mut Silent).expect("there is room");
		assert!(verdict(&ceremony).is_ok());
		for other in [beacon(2, MIN_BEACON_EXPONENT), beacon(1, MIN_BEACON_EXPONENT + 1)] {
			ceremony.transcript.steps[1].kind = Kind::Beacon(other);
			let fault = verdict(&ceremony).expect_err("the value is another one");
			assert!(matches!(&fault, Fault::Beacon { by, .. } if by.place == 2), "{fault}");
			assert!(fault.to_string().starts_with("step 2, the beacon: "), "{fault}");
		}
	}

	/// Nobody gets around proving by calling secrets public.
	#[test]
	fn that_are_a_contribution_in_the_guise_of_a_beacon() {
		let fault = refused(|ceremony| {
			let beacon = Beacon::new(&[1; 32], MIN_BEACON_EXPONENT).expect("a beacon");
			ceremony.transcript.steps[2].kind = Kind::Beacon(beacon);
		});
		assert!(matches!(fault, Fault::Beacon { .. }), "{fault}");
	}
}

mod beginnings {
	use super::*;

	#[test]
	fn from_another_circuit_or_other_powers() {
		let mut rng = OsRng;
		let other = layout(4, [2, 2, 3], 1, 11);
		let powers = secrets().powers(DOMAIN);
		let fault = ADA.verify(&other, &powers, &mut rng, &mut Silent);
		assert_eq!(fault, Err(Fault::OtherCircuit));
		let mut others = secrets();
		others.tau += Fr::from(1);
		let fault = ADA.verify(&STAGED, &others.powers(DOMAIN), &mut rng, &mut Silent);
		assert_eq!(fault, Err(Fault::OtherPowers));
	}

	/// Whoever begins knows the secrets of another first key, and says that it is the one.
	#[test]
	fn from_a_key_that_does_not_follow_from_the_powers() {
		let mut other = secrets();
		other.tau = Fr::rand(&mut OsRng);
		let mut ceremony = FIRST.clone();
		ceremony.key = other.key(&STAGED);
		ceremony.transcript.subject.first_key = key::digest(&ceremony.key);
		contribute(&mut ceremony, "Ada");
		assert_eq!(verdict(&ceremony), Err(Fault::FirstKey));
	}

	/// The key grows from another first key than the transcript.
	#[test]
	fn with_a_key_that_does_not_grow_from_the_first_one() {
		let mut other = secrets();
		other.beta = other.beta.inverse().expect("not zero");
		let mut ceremony = FIRST.clone();
		ceremony.key = other.key(&STAGED);
		contribute(&mut ceremony, "Ada");
		let fault = verdict(&ceremony).expect_err("it is another key");
		assert!(matches!(fault, Fault::Key { part: Part::Beta, .. }), "{fault}");
	}
}
