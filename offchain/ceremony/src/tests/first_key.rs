// SPDX-License-Identifier: Apache-2.0

use super::support::{layout, secrets, DOMAIN, FIRST, PLAIN, POWERS, STAGED};
use crate::{
	ceremony::Ceremony,
	first_key::{first_key, OtherDomain},
};
use ark_poly::EvaluationDomain;
use candor_prover::Silent;

#[test]
fn the_first_key_is_that_of_a_setup_which_knows_the_secrets() {
	for layout in [&*STAGED, &*PLAIN] {
		let powers = secrets().powers(layout.domain.size());
		let key = first_key(layout, &powers, &mut Silent).expect("one domain");
		assert!(key == secrets().key(layout), "{} rows", layout.a.len());
	}
}

#[test]
fn the_first_key_is_the_same_each_time() {
	let again = Ceremony::begin(&STAGED, &POWERS, &mut Silent).expect("one domain");
	assert!(again == *FIRST);
	assert_eq!(again.transcript().hash(), FIRST.transcript().hash());
}

#[test]
fn another_circuit_or_other_powers_give_another_transcript() {
	let mut hashes = vec![FIRST.transcript().hash()];
	let mut other = secrets();
	other.alpha += other.beta;
	for (layout, powers) in [
		(layout(4, [2, 3, 2], 1, 12), secrets().powers(DOMAIN)),
		(layout(4, [2, 2, 3], 1, 11), secrets().powers(DOMAIN)),
		(layout(4, [2, 2, 3], 1, 12), other.powers(DOMAIN)),
	] {
		let ceremony = Ceremony::begin(&layout, &powers, &mut Silent).expect("one domain");
		hashes.push(ceremony.transcript().hash());
	}
	for (index, hash) in hashes.iter().enumerate() {
		assert!(!hashes[..index].contains(hash), "{index}");
	}
}

#[test]
fn powers_for_another_domain_are_refused() {
	for powers in [DOMAIN / 2, 2 * DOMAIN] {
		let refused = first_key(&STAGED, &secrets().powers(powers), &mut Silent);
		assert_eq!(refused.err(), Some(OtherDomain { powers, circuit: DOMAIN }));
	}
}
