// SPDX-License-Identifier: Apache-2.0

//! The optimal ate pairing's Miller loop over many pairs, with one squaring for all in each step.

use super::{
	affine::AffineWalk,
	frobenius::{digits, negate},
	line::{Argument, Line},
	prepared::read_lines,
	projective::ProjectiveWalk,
	tower::square12,
	Outside,
};
use crate::Error;
use alloc::vec::Vec;
use ark_bn254::{Fq12, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::Field;

/// From so many pairs on, the shared inversion of affine coordinates costs less than it saves.
/// Measured; both ways give the same verdicts.
const AFFINE_FROM: usize = 16;

/// See [`crate::multi_miller_loop`]. Points are on their curves.
pub(crate) fn multi_miller_loop(
	pairs: &[(G1Affine, G2Affine)],
	prepared: &[(G1Affine, &[u8])],
) -> Result<Fq12, Error> {
	let fixed = FixedLines::new(prepared)?;
	// A pair with a point at infinity has the value one; the other point is in its group or not.
	let (mut positions, mut points, mut starts) = (Vec::new(), Vec::new(), Vec::new());
	let mut outside_beside_infinity = None;
	for (index, (point, start)) in (0u32..).zip(pairs) {
		if start.is_zero() {
			continue;
		}
		if point.is_zero() {
			if outside_beside_infinity.is_none() && !super::in_subgroup(start) {
				outside_beside_infinity = Some(index);
			}
			continue;
		}
		positions.push(index);
		points.push(*point);
		starts.push(*start);
	}
	let arguments = Argument::of_all(points.iter());
	let value = if starts.len() < AFFINE_FROM {
		let walks = starts.into_iter().map(ProjectiveWalk::new).collect();
		run(ByProjective { walks, arguments }, fixed)
	} else {
		run(ByAffine { walk: AffineWalk::new(starts.into_iter()), arguments }, fixed)
	};
	let outside_on_the_way = value
		.as_ref()
		.err()
		.map(|Outside(place)| positions.get(*place).copied().unwrap_or(u32::MAX));
	match (value, outside_on_the_way.into_iter().chain(outside_beside_infinity).min()) {
		(Ok(value), None) => Ok(value),
		(_, index) => Err(Error::NotInSubgroup { index: index.unwrap_or(u32::MAX) }),
	}
}

fn run(mut variable: impl Variable, mut fixed: FixedLines) -> Result<Fq12, Outside> {
	let mut f = Fq12::ONE;
	for digit in digits() {
		f = square12(&f);
		variable.double(&mut f);
		fixed.next(&mut f);
		if digit != 0 {
			variable.add(&mut f, digit.is_negative())?;
			fixed.next(&mut f);
		}
	}
	variable.finish(&mut f)?;
	fixed.next(&mut f);
	fixed.next(&mut f);
	Ok(f)
}

/// The pairs whose lines are computed on the way.
trait Variable {
	/// A doubling: multiplies `f` by the tangents.
	fn double(&mut self, f: &mut Fq12);
	/// An addition of the start, or of its opposite.
	fn add(&mut self, f: &mut Fq12, opposite: bool) -> Result<(), Outside>;
	/// The end of the loop, and the verdict on the starts.
	fn finish(&mut self, f: &mut Fq12) -> Result<(), Outside>;
}

struct ByAffine {
	walk: AffineWalk,
	arguments: Vec<Argument>,
}

impl Variable for ByAffine {
	fn double(&mut self, f: &mut Fq12) {
		let mut arguments = self.arguments.iter();
		self.walk.double_each(|line| multiply_next(f, &mut arguments, line));
	}

	fn add(&mut self, f: &mut Fq12, opposite: bool) -> Result<(), Outside> {
		let mut arguments = self.arguments.iter();
		let visit = |line: &Line| multiply_next(f, &mut arguments, line);
		if opposite {
			self.walk.add_each(|start| negate(*start), visit)
		} else {
			self.walk.add_each(|start| *start, visit)
		}
	}

	fn finish(&mut self, f: &mut Fq12) -> Result<(), Outside> {
		let mut arguments = self.arguments.iter().cycle();
		self.walk.finish_each(|line| multiply_next(f, &mut arguments, line))
	}
}

fn multiply_next<'a>(
	f: &mut Fq12,
	arguments: &mut impl Iterator<Item = &'a Argument>,
	line: &Line,
) {
	if let Some(argument) = arguments.next() {
		argument.multiply(f, line);
	}
}

struct ByProjective {
	walks: Vec<ProjectiveWalk>,
	arguments: Vec<Argument>,
}

impl Variable for ByProjective {
	fn double(&mut self, f: &mut Fq12) {
		for (walk, argument) in self.walks.iter_mut().zip(&self.arguments) {
			let (scale, line) = walk.double();
			argument.multiply_scaled(f, &scale, &line);
		}
	}

	fn add(&mut self, f: &mut Fq12, opposite: bool) -> Result<(), Outside> {
		for (walk, argument) in self.walks.iter_mut().zip(&self.arguments) {
			let start = *walk.start();
			let (scale, line) = walk.add(&if opposite { negate(start) } else { start });
			argument.multiply_scaled(f, &scale, &line);
		}
		Ok(())
	}

	fn finish(&mut self, f: &mut Fq12) -> Result<(), Outside> {
		for (place, (walk, argument)) in self.walks.iter_mut().zip(&self.arguments).enumerate() {
			for (scale, line) in walk.finish().map_err(|_| Outside(place))? {
				argument.multiply_scaled(f, &scale, &line);
			}
		}
		Ok(())
	}
}

/// The pairs whose lines were computed in advance.
struct FixedLines {
	pairs: Vec<(Argument, alloc::vec::IntoIter<Line>)>,
}

impl FixedLines {
	fn new(prepared: &[(G1Affine, &[u8])]) -> Result<Self, Error> {
		let mut lines = Vec::with_capacity(prepared.len());
		for (point, bytes) in prepared {
			let read = read_lines(bytes)?;
			if !point.is_zero() {
				lines.push(read.into_iter());
			}
		}
		let points = prepared.iter().map(|(point, _)| point).filter(|point| !point.is_zero());
		Ok(Self { pairs: Argument::of_all(points).into_iter().zip(lines).collect() })
	}

	fn next(&mut self, f: &mut Fq12) {
		for (argument, lines) in &mut self.pairs {
			if let Some(line) = lines.next() {
				argument.multiply(f, &line);
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::UniformRand;
	use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

	#[test]
	fn from_sixteen_pairs_on_the_walk_is_affine() {
		let rng = &mut ChaCha20Rng::seed_from_u64(1);
		let pairs: Vec<_> = (0..17).map(|_| (G1Affine::rand(rng), G2Affine::rand(rng))).collect();
		// The ways differ by factors that the final exponentiation removes.
		for (count, affine) in [(1, false), (15, false), (16, true), (17, true)] {
			let pairs = &pairs[..count];
			let (points, starts): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
			let arguments = || Argument::of_all(points.iter());
			let fixed = || FixedLines { pairs: Vec::new() };
			let walks = starts.iter().copied().map(ProjectiveWalk::new).collect();
			let walk = AffineWalk::new(starts.iter().copied());
			let by_projective = run(ByProjective { walks, arguments: arguments() }, fixed());
			let by_affine = run(ByAffine { walk, arguments: arguments() }, fixed());
			let (projective, affine_value) = (by_projective.ok(), by_affine.ok());
			assert!(projective.is_some() && affine_value.is_some());
			assert_ne!(projective, affine_value);
			let expected = if affine { affine_value } else { projective };
			assert_eq!(multi_miller_loop(pairs, &[]).ok(), expected, "{count}");
		}
	}
}
