// SPDX-License-Identifier: Apache-2.0

//! circomlib's Poseidon over BN254's scalar field: `x^5`, 8 full rounds, round constants and
//! matrix from the Grain LFSR of the [reference implementation](https://eprint.iacr.org/2019/458).

mod grain;

use ark_bn254::Fr;
use ark_ff::{batch_inversion, Field, Zero};
use core::fmt;
use grain::Grain;
use std::sync::OnceLock;

/// The most inputs that [`hash`] takes.
pub const MAX_INPUTS: usize = PARTIAL_ROUNDS.len();

/// Rounds in which every element goes through the S-box; half of them before the partial rounds,
/// half of them after.
const FULL_ROUNDS: usize = 8;

/// Rounds in which the first element alone goes through the S-box, for 1 to 16 inputs; circomlib's
/// `N_ROUNDS_P`.
const PARTIAL_ROUNDS: [usize; 16] =
	[56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/// The constants of Poseidon for one width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
	/// Elements of the state: the inputs and one more.
	pub width: usize,
	/// Rounds in which every element goes through the S-box.
	pub full_rounds: usize,
	/// Rounds in which the first element alone goes through the S-box.
	pub partial_rounds: usize,
	/// What is added to the state at the beginning of each round.
	pub round_constants: Vec<Vec<Fr>>,
	/// The matrix, row by row, that the state is multiplied with at the end of each round.
	pub mds: Vec<Vec<Fr>>,
}

impl Parameters {
	/// The constants in the order in which the reference implementation draws them. The matrix is Cauchy's:
	/// `1 / (x_i + y_j)`.
	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements")]
	fn generate(inputs: usize, partial_rounds: usize) -> Self {
		let width = inputs.saturating_add(1);
		let mut grain = Grain::new(width, partial_rounds);
		let mut round = || (0..width).map(|_| grain.element()).collect();
		let rounds = FULL_ROUNDS.saturating_add(partial_rounds);
		let round_constants = (0..rounds).map(|_| round()).collect();
		let mut remainders = || (0..width).map(|_| grain.remainder()).collect::<Vec<_>>();
		let (xs, ys) = (remainders(), remainders());
		let sums = xs.iter().flat_map(|x| ys.iter().map(move |y| *x + y));
		let mut entries: Vec<Fr> = sums.collect();
		batch_inversion(&mut entries);
		let mds = entries.chunks(width).map(<[Fr]>::to_vec).collect();
		Self { width, full_rounds: FULL_ROUNDS, partial_rounds, round_constants, mds }
	}

	/// Whether every element of the state goes through the S-box in round `round`.
	pub fn is_full_round(&self, round: usize) -> bool {
		let before = self.full_rounds / 2;
		!(before..before.saturating_add(self.partial_rounds)).contains(&round)
	}

	/// Permutes a state of [`Self::width`] elements.
	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements")]
	fn permute(&self, mut state: Vec<Fr>) -> Vec<Fr> {
		debug_assert_eq!(state.len(), self.width);
		for (round, constants) in self.round_constants.iter().enumerate() {
			state.iter_mut().zip(constants).for_each(|(element, constant)| *element += constant);
			let through_s_box = if self.is_full_round(round) { self.width } else { 1 };
			for element in state.iter_mut().take(through_s_box) {
				*element *= element.square().square();
			}
			state = self
				.mds
				.iter()
				.map(|row| row.iter().zip(&state).map(|(entry, element)| *entry * element).sum())
				.collect();
		}
		state
	}
}

/// The parameters for a state of `width` elements, generated when first asked for.
///
/// # Panics
///
/// If `width` is not between 2 and 17.
pub fn parameters(width: usize) -> &'static Parameters {
	static PARAMETERS: [OnceLock<Parameters>; MAX_INPUTS] = [const { OnceLock::new() }; MAX_INPUTS];

	let inputs = width.saturating_sub(1);
	let Some((&partial_rounds, slot)) =
		PARTIAL_ROUNDS.iter().zip(&PARAMETERS).nth(inputs.wrapping_sub(1))
	else {
		panic!("Poseidon has parameters for a state of 2 to 17 elements, not {width}");
	};
	slot.get_or_init(|| Parameters::generate(inputs, partial_rounds))
}

/// circomlibjs' `poseidon(inputs, initState)`: the first element of the permuted state
/// `(initial, input 1, …, input n)`. circom's `Poseidon(n)` is the one with `initial` zero.
///
/// # Errors
///
/// No inputs, or more than [`MAX_INPUTS`].
pub fn hash(inputs: &[Fr], initial: Fr) -> Result<Fr, InputCountError> {
	if !(1..=MAX_INPUTS).contains(&inputs.len()) {
		return Err(InputCountError { given: inputs.len() });
	}
	Ok(permuted_first(inputs, initial))
}

/// [`hash`] of as many inputs as there can be.
pub(crate) fn hash_group(inputs: &[Fr; MAX_INPUTS], initial: Fr) -> Fr {
	permuted_first(inputs, initial)
}

/// The first element of the permuted state; the number of inputs has been checked.
fn permuted_first(inputs: &[Fr], initial: Fr) -> Fr {
	let state: Vec<Fr> = core::iter::once(initial).chain(inputs.iter().copied()).collect();
	let permuted = parameters(state.len()).permute(state);
	permuted.into_iter().next().unwrap_or_else(Fr::zero)
}

/// Poseidon was given no inputs, or too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputCountError {
	/// How many were given.
	pub given: usize,
}

impl fmt::Display for InputCountError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Poseidon takes 1 to {MAX_INPUTS} inputs, not {}", self.given)
	}
}

impl core::error::Error for InputCountError {}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_crypto_primitives::sponge::poseidon::find_poseidon_ark_and_mds;
	use ark_ff::PrimeField;

	#[test]
	fn parameters_are_those_of_arkworks() {
		for (inputs, partial_rounds) in (1..).zip(PARTIAL_ROUNDS) {
			let (bits, full) = (Fr::MODULUS_BIT_SIZE.into(), FULL_ROUNDS as u64);
			let (round_constants, mds) =
				find_poseidon_ark_and_mds::<Fr>(bits, inputs, full, partial_rounds as u64, 0);
			let parameters = parameters(inputs + 1);
			assert_eq!(parameters.round_constants, round_constants, "{inputs} inputs");
			assert_eq!(parameters.mds, mds, "{inputs} inputs");
		}
	}

	#[test]
	fn parameters_have_the_shape_they_claim() {
		for width in 2..=MAX_INPUTS + 1 {
			let parameters = parameters(width);
			assert_eq!(parameters.width, width);
			let rounds = parameters.full_rounds + parameters.partial_rounds;
			assert_eq!(parameters.round_constants.len(), rounds);
			assert!(parameters.round_constants.iter().all(|round| round.len() == width));
			assert_eq!(parameters.mds.len(), width);
			assert!(parameters.mds.iter().all(|row| row.len() == width));
			assert_eq!(
				(0..rounds).filter(|round| parameters.is_full_round(*round)).count(),
				parameters.full_rounds
			);
		}
		assert_eq!(parameters(17).partial_rounds, 68);
	}

	#[test]
	fn no_inputs_and_too_many_are_refused() {
		assert_eq!(hash(&[], Fr::zero()), Err(InputCountError { given: 0 }));
		assert_eq!(hash(&[Fr::zero(); 17], Fr::zero()), Err(InputCountError { given: 17 }));
		assert!(hash(&[Fr::zero(); 16], Fr::zero()).is_ok());
		let said = InputCountError { given: 17 }.to_string();
		assert_eq!(said, "Poseidon takes 1 to 16 inputs, not 17");
	}

	#[test]
	#[should_panic = "a state of 2 to 17 elements, not 1"]
	fn there_are_no_parameters_for_no_inputs() {
		parameters(1);
	}

	#[test]
	#[should_panic = "a state of 2 to 17 elements, not 0"]
	fn there_are_no_parameters_for_no_state() {
		parameters(0);
	}

	#[test]
	#[should_panic = "a state of 2 to 17 elements, not 18"]
	fn there_are_no_parameters_for_too_many_inputs() {
		parameters(18);
	}
}
