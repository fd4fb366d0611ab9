// SPDX-License-Identifier: Apache-2.0
//! The constraints of a circuit as matrices, from which its keys follow.

use crate::{
	columns::{require_independent, require_inputs},
	synthesis::{self, Counts, LayoutError},
};
use ark_bn254::Fr;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ark_relations::gr1cs::{Matrix, SynthesisError, R1CS_PREDICATE_LABEL};
use ark_serialize::CanonicalSerialize;
use candor_gadgets::StagedCircuit;
use rayon::prelude::*;
use zeroize::Zeroizing;

/// The points at which constraints are the values of polynomials: roots of unity.
pub type Domain = GeneralEvaluationDomain<Fr>;

/// Constraints `⟨a, z⟩ · ⟨b, z⟩ = ⟨c, z⟩` over the variables `z`: the constant one, the public inputs
/// and challenges, then the witnesses: model, stage one, rest.
///
/// Row `k` of a matrix stands at the `k`-th point of the domain. As in libsnark's reduction, which
/// the prover uses, `a` has one row more for each instance variable, so that their polynomials are
/// independent; there `b` and `c` are zero.
#[derive(Clone, Debug)]
pub struct Layout {
	/// The constant one, the public inputs and the challenges.
	pub instances: usize,
	/// The challenges: the last instances.
	pub challenges: u8,
	/// The private variables.
	pub witnesses: usize,
	/// How many of them are the model: the first ones.
	pub model: usize,
	/// How many come after those and before the challenges; none without a challenge.
	pub stage_one: usize,
	/// The left factors.
	pub a: Matrix<Fr>,
	/// The right factors.
	pub b: Matrix<Fr>,
	/// The products.
	pub c: Matrix<Fr>,
	/// Where the rows stand.
	pub domain: Domain,
}

impl Layout {
	/// Lays out a circuit without values.
	///
	/// # Errors
	///
	/// A circuit that cannot be synthesised, that makes public inputs in the wrong stage, or to whose
	/// model a commitment would have several openings.
	pub fn of<C: StagedCircuit>(circuit: &C) -> Result<Self, LayoutError> {
		let layout = Self::unchecked(circuit)?;
		require_inputs(&layout.a, layout.instances)?;
		let model = layout.instances..layout.instances + layout.model;
		require_independent([&layout.a, &layout.b, &layout.c], model)?;
		Ok(layout)
	}

	/// Lays out a circuit whatever its columns are.
	pub(crate) fn unchecked<C: StagedCircuit>(circuit: &C) -> Result<Self, LayoutError> {
		let (system, counts) = synthesis::without_values(circuit)?;
		let Counts { instances, challenges, model, stage_one, .. } = counts;
		let matrices =
			system.to_matrices()?.remove(R1CS_PREDICATE_LABEL).ok_or(SynthesisError::MissingCS)?;
		let [mut a, b, c]: [Matrix<Fr>; 3] =
			matrices.try_into().map_err(|_| SynthesisError::MissingCS)?;
		a.extend((0..instances).map(|variable| vec![(Fr::from(1u8), variable)]));
		let domain = Domain::new(a.len()).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
		let witnesses = counts.witnesses();
		Ok(Self { instances, challenges, witnesses, model, stage_one, a, b, c, domain })
	}

	/// The number of variables.
	pub fn variables(&self) -> usize {
		self.instances + self.witnesses
	}

	/// The number of private variables that are in no block.
	pub fn rest(&self) -> usize {
		self.witnesses - self.model - self.stage_one
	}

	/// The blake2b-256 hash of everything that the keys depend on.
	///
	/// # Panics
	///
	/// Never: writing into memory cannot fail.
	pub fn digest(&self) -> [u8; 32] {
		let row_digest = |row: &Vec<(Fr, usize)>| {
			let mut bytes = Vec::with_capacity(row.len() * 40);
			for (coefficient, variable) in row {
				coefficient
					.serialize_uncompressed(&mut bytes)
					.expect("writing into memory cannot fail; qed");
				bytes.extend((*variable as u64).to_le_bytes());
			}
			sp_crypto_hashing::blake2_256(&bytes)
		};
		let mut content = Vec::new();
		for count in [self.instances, self.witnesses, self.domain.size()] {
			content.extend((count as u64).to_le_bytes());
		}
		if self.model > 0 || self.challenges > 0 {
			for count in [self.model, self.stage_one, usize::from(self.challenges)] {
				content.extend((count as u64).to_le_bytes());
			}
		}
		for matrix in [&self.a, &self.b, &self.c] {
			content.extend((matrix.len() as u64).to_le_bytes());
			let rows: Vec<_> = matrix.par_iter().map(row_digest).collect();
			content.extend(rows.concat());
		}
		sp_crypto_hashing::blake2_256(&content)
	}

	/// For each column of a matrix the sum of its entries, each times the weight of its row.
	pub fn sum_rows(&self, matrix: &Matrix<Fr>, weights: &[Fr]) -> Zeroizing<Vec<Fr>> {
		let mut sums = Zeroizing::new(vec![Fr::from(0u8); self.variables()]);
		for (row, weight) in matrix.iter().zip(weights) {
			for (coefficient, variable) in row {
				sums[*variable] += *weight * coefficient;
			}
		}
		sums
	}

	/// The polynomial that takes, at the point of each row of a matrix, the sum of the row's entries,
	/// each times the weight of its column: its coefficients, constant first.
	pub fn sum_columns(&self, matrix: &Matrix<Fr>, weights: &[Fr]) -> Vec<Fr> {
		let sum = |row: &Vec<(Fr, usize)>| -> Fr {
			row.iter().map(|(coefficient, variable)| weights[*variable] * coefficient).sum()
		};
		let values: Vec<Fr> = matrix.par_iter().map(sum).collect();
		self.domain.ifft(&values)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		test_circuit::{Product, Scores, Shape},
		Plain,
	};
	use candor_operators::{InferenceCircuit, Scheme};

	/// Keys fit one layout: another digest makes all keys of an architecture useless.
	#[test]
	fn circuits_are_laid_out_as_ever() {
		for (architecture, expected) in [
			("1-1", "58da75c1e0ee2351029bffd8a70cc94b56026e48ce5d2cb848d7005294759323"),
			("3-2-2", "df63d1a70f1bab20ed9029c3530bc6fe409431af325ae62a7bf8b49e79693188"),
			("40-3-17", "784bf0b6f0537b7e580169300af56063cd0654e1c86e376e96dd199bc0e4d420"),
			("64-32-10", "19290811a2b5d367aae5f1d16db436a2d255e5bc9461e52cc383d51d0b1b4aaa"),
		] {
			let parsed = architecture.parse().expect("an architecture");
			let layout = Layout::of(&InferenceCircuit::without_witness(parsed, Scheme::Hashed))
				.expect("it is sound");
			assert_eq!(hex::encode(layout.digest()), expected, "{architecture}");
		}
	}
	#[test]
	fn blocks_lie_behind_each_other() {
		let layout = Layout::of(&Scores::example()).expect("it is sound");
		assert_eq!((layout.instances, layout.challenges), (4, 1));
		assert_eq!((layout.model, layout.stage_one, layout.rest()), (3, 11, 12));
		let layout = Layout::of(&Plain(Product::example())).expect("it is sound");
		assert_eq!((layout.challenges, layout.model, layout.stage_one), (0, 0, 0));
	}

	#[test]
	fn where_blocks_end_is_part_of_a_circuit() {
		let digest = |model| {
			let shape = Shape { model, ..Shape::default() };
			Layout::of(&Scores { shape, ..Scores::example() }).expect("it is sound").digest()
		};
		assert_ne!(digest(true), digest(false));
	}

	#[test]
	fn models_with_two_openings_are_refused() {
		let verdict = |shape| Layout::of(&Scores { shape, ..Scores::example() }).err();
		let idle = Shape { idle_word: true, ..Shape::default() };
		assert_eq!(verdict(idle), Some(LayoutError::Unused { variable: 3 }));
		let split = Shape { split_word: true, ..Shape::default() };
		assert_eq!(verdict(split), Some(LayoutError::Dependent { variable: 3 }));
		assert_eq!(verdict(Shape::default()), None);
	}

	#[test]
	fn public_inputs_outside_their_stage_are_refused() {
		let shape = Shape { late_input: true, ..Shape::default() };
		let error = Layout::of(&Scores { shape, ..Scores::example() }).err();
		assert_eq!(error, Some(LayoutError::MisplacedInput));
	}

	/// An input that no constraint knows still has a column, so that it cannot be exchanged.
	#[test]
	fn the_rows_of_inputs_are_checked() {
		let mut layout = Layout::of(&Scores::example()).expect("it is sound");
		let input = layout.instances - 2;
		layout.a.retain(|row| *row != [(Fr::from(1u8), input)]);
		let verdict = require_inputs(&layout.a, layout.instances);
		assert_eq!(verdict, Err(LayoutError::LooseInput { variable: input }));
	}
}
