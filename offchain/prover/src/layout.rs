// SPDX-License-Identifier: Apache-2.0
//! The constraints of a circuit as matrices, from which its keys follow.

use crate::synthesis;
use ark_bn254::Fr;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ark_relations::gr1cs::{ConstraintSynthesizer, Matrix, SynthesisError, R1CS_PREDICATE_LABEL};
use ark_serialize::CanonicalSerialize;
use rayon::prelude::*;
use zeroize::Zeroizing;

/// The points at which constraints are the values of polynomials: roots of unity.
pub(crate) type Domain = GeneralEvaluationDomain<Fr>;

/// Constraints `⟨a, z⟩ · ⟨b, z⟩ = ⟨c, z⟩` over the variables `z`: the constant one, the public inputs,
/// the witnesses.
///
/// Row `k` of a matrix stands at the `k`-th point of the domain. As in libsnark's reduction, which
/// the prover uses, `a` has one row more for each instance variable, so that their polynomials are
/// independent; there `b` and `c` are zero.
pub(crate) struct Layout {
	/// The constant one and the public inputs.
	pub instances: usize,
	/// The private variables.
	pub witnesses: usize,
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
	pub fn of<C: ConstraintSynthesizer<Fr>>(circuit: C) -> Result<Self, SynthesisError> {
		let system = synthesis::without_values(circuit)?;
		let (instances, witnesses) =
			(system.num_instance_variables(), system.num_witness_variables());
		let matrices =
			system.to_matrices()?.remove(R1CS_PREDICATE_LABEL).ok_or(SynthesisError::MissingCS)?;
		let [mut a, b, c]: [Matrix<Fr>; 3] =
			matrices.try_into().map_err(|_| SynthesisError::MissingCS)?;
		a.extend((0..instances).map(|variable| vec![(Fr::from(1u8), variable)]));
		let domain = Domain::new(a.len()).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
		Ok(Self { instances, witnesses, a, b, c, domain })
	}

	/// The number of variables.
	pub fn variables(&self) -> usize {
		self.instances + self.witnesses
	}

	/// The blake2b-256 hash of everything that the keys depend on.
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
	use candor_operators::InferenceCircuit;

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
			let layout = Layout::of(InferenceCircuit::for_setup(parsed)).expect("it is sound");
			assert_eq!(hex::encode(layout.digest()), expected, "{architecture}");
		}
	}
}
