// SPDX-License-Identifier: Apache-2.0
//! What a ceremony begins from.

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
