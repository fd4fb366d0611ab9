// SPDX-License-Identifier: Apache-2.0
//! Steps that are changed after they were taken.

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
				if let Kind::Contribution { proofs, .. } = &mut ceremony.transcript.steps[1].kind {
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
	assert!(fault.to_string().starts_with("step 2, the contribution of \"Charles\""), "{fault}");
	let fault = refused(|ceremony| ceremony.transcript.steps.swap(0, 1));
	assert!(fault.to_string().starts_with("step 1, the contribution of \"Mallory\""), "{fault}");
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
			if let Kind::Contribution { name: old, .. } = &mut ceremony.transcript.steps[1].kind {
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
