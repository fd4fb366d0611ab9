// SPDX-License-Identifier: Apache-2.0
//! Small circuits, powers whose secrets are known, and a contributor who can be dishonest.

use crate::{
	ceremony::Ceremony,
	fault::Fault,
	key,
	knowledge::{Place, Proof},
	powers::{Lists, Powers, PowersContribution},
	transcript::{Kind, Step},
	trapdoor::{Entropy, Trapdoor},
	verify::Report,
};
use ark_bn254::{Fq, Fq2, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};
use ark_ff::{Field, UniformRand};
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ark_relations::gr1cs::Matrix;
use candor_prover::{Block, Layout, Points, Silent};
use rand::{
	rngs::{OsRng, StdRng},
	SeedableRng,
};
use std::sync::LazyLock;

/// Points of the domain of [`STAGED`].
pub(super) const DOMAIN: usize = 16;

/// A key with both blocks: three instances and a challenge, two words of a model, two variables of a
/// stage one and three of the rest.
pub(super) static STAGED: LazyLock<Layout> = LazyLock::new(|| layout(4, [2, 2, 3], 1, 12));
/// A plain key of a circuit with more rows, in each of which the constant stands.
pub(super) static PLAIN: LazyLock<Layout> = LazyLock::new(|| layout(3, [0, 0, 4], 0, 125));
/// Powers for [`STAGED`].
pub(super) static POWERS: LazyLock<Powers> = LazyLock::new(|| secrets().powers(DOMAIN));
/// A ceremony for [`STAGED`] in which nobody has done anything.
pub(super) static FIRST: LazyLock<Ceremony> =
	LazyLock::new(|| Ceremony::begin(&STAGED, &POWERS, &mut Silent).expect("one domain"));

/// A layout with factors of all kinds: one, minus one, small, negative, large.
pub(super) fn layout(
	instances: usize,
	[model, stage_one, rest]: [usize; 3],
	challenges: u8,
	rows: usize,
) -> Layout {
	let witnesses = model + stage_one + rest;
	let variables = instances + witnesses;
	let large = Fr::from(3u8).inverse().expect("not zero");
	let factors = [Fr::from(1), -Fr::from(1), Fr::from(77), -Fr::from(1u64 << 40), large];
	let matrix = |shift: usize| -> Matrix<Fr> {
		let row = |row: usize| {
			let entry = |index: usize| {
				(factors[(row + index + shift) % 5], (row * (shift + 1) + 2 * index) % variables)
			};
			vec![(factors[row % 5], 0), entry(1), entry(2)]
		};
		(0..rows).map(row).collect()
	};
	let (mut a, b, c) = (matrix(0), matrix(1), matrix(2));
	a.extend((0..instances).map(|variable| vec![(Fr::from(1u8), variable)]));
	let domain = GeneralEvaluationDomain::new(a.len()).expect("it is small");
	Layout { instances, witnesses, model, stage_one, challenges, a, b, c, domain }
}

/// The secrets of a first phase.
#[derive(Clone, Copy)]
pub(super) struct Secrets {
	pub tau: Fr,
	pub alpha: Fr,
	pub beta: Fr,
}

/// The same ones each time.
pub(super) fn secrets() -> Secrets {
	let rng = &mut StdRng::seed_from_u64(11);
	Secrets { tau: Fr::rand(rng), alpha: Fr::rand(rng), beta: Fr::rand(rng) }
}

pub(super) fn one(scalar: Fr) -> G1Affine {
	(G1Projective::generator() * scalar).into_affine()
}

pub(super) fn two(scalar: Fr) -> G2Affine {
	(G2Projective::generator() * scalar).into_affine()
}

impl Secrets {
	pub fn lists(self, size: usize) -> Lists {
		let Self { tau, alpha, beta } = self;
		let powers = |count: usize| (0..count).map(move |power| tau.pow([power as u64]));
		Lists {
			tau_g1: powers(2 * size - 1).map(one).collect(),
			tau_g2: powers(size + 1).map(two).collect(),
			alpha_g1: powers(size).map(|power| one(alpha * power)).collect(),
			beta_g1: powers(size).map(|power| one(beta * power)).collect(),
			beta_g2: two(beta),
		}
	}

	/// Powers that somebody is said to have contributed to.
	pub fn powers(self, size: usize) -> Powers {
		let contributions = vec![PowersContribution { name: None, beacon: false }];
		Powers { lists: self.lists(size), bases: None, contributions }
	}

	/// The key that a setup makes which knows all secrets, by numbers; all trapdoors are one.
	pub fn key(self, layout: &Layout) -> Points {
		let Self { tau, alpha, beta } = self;
		let lagrange = layout.domain.evaluate_all_lagrange_coefficients(tau);
		let at_tau = |matrix: &Matrix<Fr>| {
			let mut values = vec![Fr::from(0); layout.variables()];
			for (row, at) in matrix.iter().zip(&lagrange) {
				for (factor, variable) in row {
					values[*variable] += *factor * at;
				}
			}
			values
		};
		let (u, v, y) = (at_tau(&layout.a), at_tau(&layout.b), at_tau(&layout.c));
		let combined: Vec<G1Affine> = (0..layout.variables())
			.map(|variable| one(beta * u[variable] + alpha * v[variable] + y[variable]))
			.collect();
		let model = layout.instances;
		let stage_one = model + layout.model;
		let rest = stage_one + layout.stage_one;
		let block = |from: usize, to: usize| Block {
			g1: G1Affine::generator(),
			g2: G2Affine::generator(),
			query: combined[from..to].to_vec(),
		};
		let size = layout.domain.size();
		let vanishing = tau.pow([size as u64]) - Fr::from(1);
		Points {
			alpha_g1: one(alpha),
			beta_g1: one(beta),
			beta_g2: two(beta),
			gamma_g2: two(Fr::from(1)),
			delta_g1: one(Fr::from(1)),
			delta_g2: two(Fr::from(1)),
			model: (layout.model > 0).then(|| block(model, stage_one)),
			stage_one: (layout.challenges > 0).then(|| block(stage_one, rest)),
			challenges: layout.challenges,
			ic: combined[..model].to_vec(),
			rest: combined[rest..].to_vec(),
			a: u.into_iter().map(one).collect(),
			b_g1: v.iter().copied().map(one).collect(),
			b_g2: v.into_iter().map(two).collect(),
			h: (0..size as u64 - 1).map(|power| one(tau.pow([power]) * vanishing)).collect(),
		}
	}
}

/// What an honest contributor does.
pub(super) fn contribute(ceremony: &mut Ceremony, name: &str) {
	let name = Some(name.parse().expect("a name"));
	ceremony.contribute(name, "a text", &mut OsRng, &mut Silent).expect("there is room");
}

/// What somebody does who multiplies by factors of their choice, changes the key as they like, and
/// proves all that can be proven.
pub(super) fn meddle(
	ceremony: &mut Ceremony,
	name: &str,
	factor: impl Fn(Trapdoor) -> Fr,
	change: impl FnOnce(&mut Points),
) {
	let blocks = ceremony.transcript.subject.blocks;
	let points = |key: &Points| -> Vec<G2Affine> {
		blocks.trapdoors().filter_map(|trapdoor| key::in_g2(key, trapdoor)).collect()
	};
	let (before, old) = (ceremony.transcript.hash(), points(&ceremony.key));
	for trapdoor in blocks.trapdoors() {
		key::multiply(&mut ceremony.key, trapdoor, &factor(trapdoor));
	}
	change(&mut ceremony.key);
	let name = Some(name.parse().expect("a name"));
	let mut step = Step {
		kind: Kind::Contribution { name, proofs: Vec::new() },
		key: key::digest(&ceremony.key),
		trapdoors: points(&ceremony.key),
	};
	let statement = step.statement();
	if let Kind::Contribution { proofs, .. } = &mut step.kind {
		let mut entropy = Entropy { rng: &mut OsRng, text: "" };
		for (trapdoor, old) in blocks.trapdoors().zip(old) {
			let place = Place { before, statement: &statement, trapdoor };
			proofs.push(Proof::new(old, &factor(trapdoor), place, &mut entropy));
		}
	}
	ceremony.transcript.steps.push(step);
}

/// The verdict on a ceremony for [`STAGED`].
pub(super) fn verdict(ceremony: &Ceremony) -> Result<Report, Fault> {
	ceremony.verify(&STAGED, &POWERS, &mut OsRng, &mut Silent)
}

/// On the second group's curve, but not in its subgroup of prime order.
pub(super) fn outside_the_subgroup() -> G2Affine {
	(1u64..)
		.filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), false))
		.find(|point| !candor_bn254::in_subgroup(point))
		.expect("most points are outside")
}

/// Not on the first group's curve.
pub(super) fn off_the_curve() -> G1Affine {
	G1Affine::new_unchecked(Fq::from(1), Fq::from(1))
}
