// SPDX-License-Identifier: Apache-2.0
//! What a ceremony makes is a key like any other: it passes the prover's check, and its proofs verify.

use super::support::contribute;
use crate::{
	beacon::{Beacon, MIN_BEACON_EXPONENT},
	ceremony::Ceremony,
	powers::Powers,
	ptau::{self, development_powers},
};
use ark_bn254::Fr;
use ark_ff::UniformRand;
use ark_poly::EvaluationDomain;
use candor_gadgets::{Cell, StagedCircuit, Synthesis, System};
use candor_operators::{InferenceCircuit, ModelBlinder, Scheme};
use candor_prover::{
	check::check, prove_circuit, verify_about, Layout, ModelSums, Plain, Refusal, Silent,
};
use rand::rngs::OsRng;

/// Two words of a model, of which the first times a secret value is public; the second weighs the
/// value at a challenge.
struct Weighed {
	words: [Fr; 2],
	value: Fr,
}

impl Weighed {
	fn example() -> Self {
		Self { words: [Fr::from(3), Fr::from(5)], value: Fr::from(7) }
	}

	fn public(&self) -> Fr {
		self.words[0] * self.value
	}
}

/// `left * right = product`.
fn product(cs: &System, left: &Cell, right: &Cell, product: &Cell) -> Synthesis<()> {
	cs.enforce_r1cs_constraint(
		|| left.variable.into(),
		|| right.variable.into(),
		|| product.variable.into(),
	)
}

impl StagedCircuit for Weighed {
	type Model = [Cell; 2];
	type StageOne = (Cell, Cell);

	fn challenges(&self) -> u8 {
		1
	}

	fn model(&self, cs: &System) -> Synthesis<[Cell; 2]> {
		let [first, second] = self.words;
		Ok([Cell::witness(cs, Some(first))?, Cell::witness(cs, Some(second))?])
	}

	fn stage_one(&self, cs: &System, [first, second]: [Cell; 2]) -> Synthesis<(Cell, Cell)> {
		let public = Cell::public(cs, Some(self.public()))?;
		let value = Cell::witness(cs, Some(self.value))?;
		product(cs, &first, &value, &public)?;
		Ok((second, value))
	}

	fn rest(&self, cs: &System, (word, value): (Cell, Cell), challenges: &[Cell]) -> Synthesis<()> {
		let at_challenge =
			Cell::witness(cs, challenges[0].value.map(|challenge| challenge * self.value))?;
		product(cs, &challenges[0], &value, &at_challenge)?;
		let weighed = Cell::witness(cs, at_challenge.value.map(|value| value * self.words[1]))?;
		product(cs, &word, &at_challenge, &weighed)
	}
}

/// Powers for development, as read from their file.
fn powers_for(layout: &Layout) -> Powers {
	let size = layout.domain.size();
	let folder = tempfile::tempdir().expect("a folder");
	let path = folder.path().join("own.ptau");
	let file = development_powers(size.ilog2() + 1, &mut OsRng, &mut Silent);
	std::fs::write(&path, file).expect("written");
	ptau::read(&path, size, &mut OsRng, &mut Silent).expect("they are powers")
}

/// Three contributors and a beacon.
fn ceremony_for(layout: &Layout, powers: &Powers) -> Ceremony {
	let mut ceremony = Ceremony::begin(layout, powers, &mut Silent).expect("one domain");
	for name in ["Ada", "Blaise", "Charles"] {
		contribute(&mut ceremony, name);
	}
	let beacon = Beacon::new(&[9; 32], MIN_BEACON_EXPONENT).expect("a beacon");
	ceremony.beacon(beacon, &mut Silent).expect("there is room");
	ceremony.verify(layout, powers, &mut OsRng, &mut Silent).expect("all were honest");
	ceremony
}

#[test]
fn staged_proofs_under_the_keys_of_a_ceremony_verify() {
	let circuit = Weighed::example();
	let layout = Layout::of(&circuit).expect("it is sound");
	assert_eq!((layout.model, layout.stage_one, layout.challenges), (2, 1, 1));
	let powers = powers_for(&layout);
	let ceremony = ceremony_for(&layout, &powers);
	let key = ceremony.key();
	assert_eq!(check(key, &powers.of_key(), &layout, &mut OsRng, &mut Silent), Ok(()));

	let blinder = ModelBlinder::new(Fr::rand(&mut OsRng));
	let model = ModelSums::new(key, &circuit.words, &blinder).expect("it has a model");
	let inputs = [circuit.public()];
	let rng = &mut OsRng;
	let proof = prove_circuit(key, Some(&model), &circuit, &inputs, rng, &mut Silent)
		.expect("the values satisfy it");
	let verdict = |inputs: &[Fr]| {
		verify_about(&key.verifying_key(), Some(model.commitment()), inputs, &proof)
	};
	assert_eq!(verdict(&inputs), Ok(()));
	let other = verdict(&[inputs[0] + Fr::from(1)]);
	assert!(matches!(other, Err(Refusal::Proof(_))), "{other:?}");
}

#[test]
fn the_keys_of_a_ceremony_for_a_perceptron_pass_the_check() {
	let architecture = "3-2-2".parse().expect("an architecture");
	let circuit = Plain(InferenceCircuit::without_witness(architecture, Scheme::Hashed));
	let layout = Layout::of(&circuit).expect("it is sound");
	let powers = powers_for(&layout);
	let mut ceremony = Ceremony::begin(&layout, &powers, &mut Silent).expect("one domain");
	contribute(&mut ceremony, "Ada");
	assert_eq!(check(ceremony.key(), &powers.of_key(), &layout, &mut OsRng, &mut Silent), Ok(()));
}

/// Everybody knows the trapdoors of the first key; the chain would not take it, either.
#[test]
fn the_first_key_passes_no_check() {
	let layout = Layout::of(&Weighed::example()).expect("it is sound");
	let powers = powers_for(&layout);
	let ceremony = Ceremony::begin(&layout, &powers, &mut Silent).expect("one domain");
	assert!(check(ceremony.key(), &powers.of_key(), &layout, &mut OsRng, &mut Silent).is_err());
}
