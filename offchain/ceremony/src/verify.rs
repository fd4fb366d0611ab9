// SPDX-License-Identifier: Apache-2.0
//! Whether a ceremony is what it says, from circuit and powers alone.
//!
//! 1. The transcript is about this circuit and these powers, and the first key is computed again.
//! 2. Each step changes every trapdoor to a point of the subgroup that is not infinity. A contribution
//!    proves knowledge of each factor by itself (the module `knowledge`), a beacon's factors are
//!    computed again.
//! 3. The key is the one whose hash the last step has.
//! 4. Its lists are as long as those of the first key, and all points are in their groups. `α`, `β`, A and
//!    B are those of the first key. Its trapdoors in the second group are those of the last step; in
//!    the first group they are the same multiples, by one pairing equation each.
//! 5. For a trapdoor `t` and each list `P'` that it divides, `Σ ρᵢ P'ᵢ` with `[t]₂` is `Σ ρᵢ Pᵢ` with `[1]₂`, for
//!    the list `P` of the first key and random `ρ`: every point is the first key's, divided by `t`.
//!
//! Keys between the first and the last are not needed: a step's trapdoors in the second group and its
//! proofs say all about it, and the lists follow from the trapdoors. So a wrong point in a list that a
//! contributor hands on is not in the transcript but in the file, where the next one finds it: whoever
//! contributes verifies before. If it does not, the fault is found in the end, in the hands of the
//! last; the files between tell who began.

use crate::{
	ceremony::Ceremony,
	digest::Digest,
	equation::{equal, outside_g1, outside_g2, same_multiple, sum_g1, weights},
	fault::{Fault, Who},
	first_key::first_key,
	key,
	knowledge::Place,
	powers::Powers,
	transcript::{Kind, Step, Transcript},
	trapdoor::Trapdoor,
};
use ark_bn254::G2Affine;
use ark_ec::AffineRepr;
use candor_prover::{Layout, Part, Points, Progress, Stage};
use rand::{CryptoRng, RngCore};

/// What a ceremony that was verified amounts to.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
	/// Who took its steps, in their order.
	pub steps: Vec<Who>,
	/// The hash of the transcript.
	pub hash: Digest,
	/// What the keys may be used for.
	pub quality: Quality,
}

/// What keys may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
	/// One party, or nobody at all, had to forget secrets: good for a chain of one's own.
	Development(Shortcoming),
	/// The keys are sound if one contributor of each phase forgot their secrets.
	Ceremony,
}

/// Why keys are good for development only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Shortcoming {
	/// The powers were made by one machine.
	#[error("nobody has contributed to the powers of tau")]
	Powers,
	/// All trapdoors follow from public values.
	#[error("nobody has contributed: everybody knows the trapdoors")]
	Trapdoors,
}

impl Quality {
	/// Of keys from these powers, to which somebody contributed in their second phase or nobody did.
	pub(crate) fn of(powers: &Powers, contributed: bool) -> Self {
		if powers.contributions().iter().all(|contribution| contribution.beacon) {
			Self::Development(Shortcoming::Powers)
		} else if !contributed {
			Self::Development(Shortcoming::Trapdoors)
		} else {
			Self::Ceremony
		}
	}
}

impl Ceremony {
	/// Verifies the transcript and the key; see the module.
	///
	/// # Errors
	///
	/// See [`Fault`].
	pub fn verify<R: RngCore + CryptoRng>(
		&self,
		circuit: &Layout,
		powers: &Powers,
		rng: &mut R,
		progress: &mut dyn Progress,
	) -> Result<Report, Fault> {
		let subject = &self.transcript.subject;
		if subject.circuit != Digest(circuit.digest()) {
			return Err(Fault::OtherCircuit);
		}
		if subject.powers != powers.digest() {
			return Err(Fault::OtherPowers);
		}
		progress.begin(Stage::TranscriptCheck);
		check_steps(&self.transcript)?;
		if key::digest(&self.key) != self.transcript.key() {
			return Err(Fault::OtherKey { by: last(&self.transcript) });
		}
		let first = first_key(circuit, powers, progress).map_err(Fault::OtherDomain)?;
		if subject.first_key != key::digest(&first) {
			return Err(Fault::FirstKey);
		}
		progress.begin(Stage::KeyCheck);
		check_key(&first, &self.key, &self.transcript, rng)?;
		Ok(Report {
			steps: steps(&self.transcript),
			hash: self.transcript.hash(),
			quality: Quality::of(powers, self.transcript.steps.iter().any(contributed)),
		})
	}
}

impl Report {
	/// Compares the transcript with a hash, such as the one on chain.
	///
	/// # Errors
	///
	/// [`Fault::OtherTranscript`].
	pub fn require(&self, expected: Digest) -> Result<(), Fault> {
		if self.hash == expected {
			Ok(())
		} else {
			Err(Fault::OtherTranscript { expected, found: self.hash })
		}
	}
}

fn steps(transcript: &Transcript) -> Vec<Who> {
	transcript.steps.iter().enumerate().map(|(index, step)| Who::of(step, index + 1)).collect()
}

/// Whether somebody drew secrets in a step.
fn contributed(step: &Step) -> bool {
	matches!(step.kind, Kind::Contribution { .. })
}

/// Who took the last step.
fn last(transcript: &Transcript) -> Option<Who> {
	transcript.steps.last().map(|step| Who::of(step, transcript.steps.len()))
}

/// Point 2 of the module.
fn check_steps(transcript: &Transcript) -> Result<(), Fault> {
	let trapdoors: Vec<Trapdoor> = transcript.subject.blocks.trapdoors().collect();
	let mut before = transcript.subject.hash();
	let mut old = vec![G2Affine::generator(); trapdoors.len()];
	for (index, step) in transcript.steps.iter().enumerate() {
		let by = || Who::of(step, index + 1);
		for ((trapdoor, old), new) in trapdoors.iter().zip(&old).zip(&step.trapdoors) {
			let trapdoor = *trapdoor;
			if outside_g2(std::slice::from_ref(new)).is_some() {
				return Err(Fault::StepOutsideGroup { by: by(), trapdoor });
			}
			if new.is_zero() {
				return Err(Fault::StepInfinity { by: by(), trapdoor });
			}
			if new == old {
				return Err(Fault::Unchanged { by: by(), trapdoor });
			}
		}
		check_step(step, &trapdoors, &old, before, &by)?;
		before = step.hash(before);
		old.clone_from(&step.trapdoors);
	}
	Ok(())
}

fn check_step(
	step: &Step,
	trapdoors: &[Trapdoor],
	old: &[G2Affine],
	before: Digest,
	by: &dyn Fn() -> Who,
) -> Result<(), Fault> {
	let points = trapdoors.iter().zip(old.iter().zip(&step.trapdoors));
	match &step.kind {
		Kind::Contribution { proofs, .. } => {
			let statement = step.statement();
			for ((trapdoor, (old, new)), proof) in points.zip(proofs) {
				let place = Place { before, statement: &statement, trapdoor: *trapdoor };
				if !proof.holds(*old, *new, place) {
					return Err(Fault::Knowledge { by: by(), trapdoor: *trapdoor });
				}
			}
		}
		Kind::Beacon(beacon) => {
			let hashed = beacon.hashed();
			for (trapdoor, (old, new)) in points {
				if *old * *hashed.factor(before, *trapdoor) != *new {
					return Err(Fault::Beacon { by: by(), trapdoor: *trapdoor });
				}
			}
		}
	}
	Ok(())
}

/// Points 4 and 5 of the module.
fn check_key<R: RngCore + CryptoRng>(
	first: &Points,
	key: &Points,
	transcript: &Transcript,
	rng: &mut R,
) -> Result<(), Fault> {
	let by = || last(transcript);
	check_kept(first, key).map_err(|part| Fault::Key { by: by(), part })?;
	let trapdoors: Vec<Trapdoor> = transcript.subject.blocks.trapdoors().collect();
	for (index, trapdoor) in trapdoors.into_iter().enumerate() {
		let expected =
			transcript.steps.last().map_or(G2Affine::generator(), |step| step.trapdoors[index]);
		let part = key::part(trapdoor);
		if key::in_g2(key, trapdoor) != Some(expected) {
			return Err(Fault::Key { by: by(), part });
		}
		if let Some(point) = key::in_g1(key, trapdoor) {
			if !point.is_on_curve() || !same_multiple(point, expected) {
				return Err(Fault::Key { by: by(), part });
			}
		}
		for ((part, old), (_, new)) in
			key::divided(first, trapdoor).into_iter().zip(key::divided(key, trapdoor))
		{
			if old.len() != new.len() {
				return Err(Fault::Length {
					by: by(),
					part,
					expected: old.len(),
					found: new.len(),
				});
			}
			if let Some(index) = outside_g1(new) {
				return Err(Fault::OutsideGroup { by: by(), part, index });
			}
			let weights = weights(old.len(), rng);
			let one = G2Affine::generator();
			if !equal((sum_g1(new, &weights), expected), (sum_g1(old, &weights), one)) {
				return Err(Fault::Key { by: by(), part });
			}
		}
	}
	Ok(())
}

/// Finds a part that no step may change, and that differs from the first key's.
fn check_kept(first: &Points, key: &Points) -> Result<(), Part> {
	for (part, is_kept) in [
		(Part::Alpha, first.alpha_g1 == key.alpha_g1),
		(Part::Beta, first.beta_g1 == key.beta_g1 && first.beta_g2 == key.beta_g2),
		(Part::A, first.a == key.a),
		(Part::B1, first.b_g1 == key.b_g1),
		(Part::B2, first.b_g2 == key.b_g2),
		(Part::Challenges, first.challenges == key.challenges),
	] {
		if !is_kept {
			return Err(part);
		}
	}
	Ok(())
}
