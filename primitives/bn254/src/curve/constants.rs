// SPDX-License-Identifier: Apache-2.0

//! The numbers of the curve that the operations rest on. They stand here and follow no dependency's
//! version: stored lines and answers of the host depend on them. Tests derive each from `x`.

use ark_bn254::{Fq, Fq2, Fr};
use ark_ff::{BigInt, MontFp};

/// The number from which the curve is made
/// ([Barreto, Naehrig 2005](https://eprint.iacr.org/2005/133)): the moduli of the base and the scalar
/// field are `36x⁴ + 36x³ + 24x² + 6x + 1` and `36x⁴ + 36x³ + 18x² + 6x + 1`.
pub(super) const X: u64 = 4_965_661_367_192_848_881;

/// The digits of `6x + 2` below the leading one, which is 1, the highest first: those of a Miller loop.
pub(super) const LOOP_DIGITS: [i8; 64] = [
	1, 0, 1, 0, 0, 0, -1, 0, -1, 0, 0, 0, -1, 0, 1, 0, -1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0,
	1, 0, 0, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, -1, 0, -1, 0, 0, 1, 0, 0, 0, -1, 0, 0, -1, 0, 1, 0,
	1, 0, 0, 0,
];

/// `xi^((q - 1) / 3)`, where `xi = 9 + u` is what the twist divides by.
pub(super) const TWIST_FROBENIUS_X: Fq2 = Fq2::new(
	MontFp!("21575463638280843010398324269430826099269044274347216827212613867836435027261"),
	MontFp!("10307601595873709700152284273816112264069230130616436755625194854815875713954"),
);

/// `xi^((q - 1) / 2)`.
pub(super) const TWIST_FROBENIUS_Y: Fq2 = Fq2::new(
	MontFp!("2821565182194536844548159561693502659359617185244120367078079554186484126554"),
	MontFp!("3505843767911556378687030309984248845540243509899259641013678093033130930403"),
);

/// `3 / xi`, the constant of the second group's curve `y² = x³ + 3 / xi`.
pub(super) const TWIST_B: Fq2 = Fq2::new(
	MontFp!("19485874751759354771024239261021720505790618469301721065564631296452457478373"),
	MontFp!("266929791119991161246907387137283842545076965332900288569378510910307636690"),
);

/// What the endomorphism of the first group multiplies points by: `-(36x³ + 18x² + 6x + 2)`, a cube
/// root of one.
pub const LAMBDA: Fr =
	MontFp!("21888242871839275217838484774961031246154997185409878258781734729429964517155");

/// What the endomorphism multiplies the first coordinate by: a cube root of one.
pub(super) const OMEGA: Fq =
	MontFp!("21888242871839275220042445260109153167277707414472061641714758635765020556616");

/// `2x + 1` and `6x² + 4x + 1`: `(A1, A2)` and `(A1 - A2, A1)` span the lattice of all `(a, b)` with
/// `a + b lambda = 0 mod r`.
pub(super) const A1: Fr = MontFp!("9931322734385697763");
/// See [`A1`].
pub(super) const A2: Fr = MontFp!("147946756881789319010696353538189108491");

/// `2²⁵⁶ A1 / r`, rounded.
pub(super) const A1_OVER_R: BigInt<4> = BigInt::new([0xd91d232ec7e0b3d7, 0x2, 0x0, 0x0]);
/// `2²⁵⁶ A2 / r`, rounded.
pub(super) const A2_OVER_R: BigInt<4> =
	BigInt::new([0x5398fd0300ff6565, 0x4ccef014a773d2d2, 0x2, 0x0]);

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

	/// A polynomial in [`X`] in any field: coefficients, the constant last.
	fn at_x<F: Field>(coefficients: &[u64]) -> F {
		let x = F::from(X);
		coefficients.iter().fold(F::ZERO, |sum, coefficient| sum * x + F::from(*coefficient))
	}

	const XI: Fq2 = Fq2::new(MontFp!("9"), Fq::ONE);

	/// `(q - 1) / divisor`.
	fn part_of_q(divisor: u64) -> BigInt<4> {
		let one_less = Fq::from(-1i64);
		let quotient = one_less * Fq::from(divisor).inverse().unwrap();
		assert_eq!(quotient * Fq::from(divisor), one_less);
		let quotient = quotient.into_bigint();
		// Divides as an integer, too, where the quotient is that small.
		assert!(quotient.num_bits() <= Fq::MODULUS_BIT_SIZE + 1 - divisor.ilog2());
		quotient
	}

	#[test]
	fn x_is_that_of_both_fields() {
		assert_eq!(at_x::<Fr>(&[36, 36, 18, 6, 1]), Fr::ZERO);
		assert_eq!(at_x::<Fq>(&[36, 36, 24, 6, 1]), Fq::ZERO);
		// q - r = 6x², which is far below r.
		let difference = Fr::from(X).square() * Fr::from(6);
		assert_eq!(Fr::from_le_bytes_mod_order(&Fq::MODULUS.to_bytes_le()), difference);
	}

	#[test]
	fn the_digits_are_those_of_6x_plus_2() {
		let sum = LOOP_DIGITS.iter().fold(1i128, |sum, digit| 2 * sum + i128::from(*digit));
		assert_eq!(sum, 6 * i128::from(X) + 2);
	}

	#[test]
	fn the_twist_follows_from_xi() {
		assert_eq!(TWIST_FROBENIUS_X, XI.pow(part_of_q(3)));
		assert_eq!(TWIST_FROBENIUS_Y, XI.pow(part_of_q(2)));
		assert_eq!(TWIST_B * XI, Fq2::from(3u64));
	}

	#[test]
	fn the_endomorphism_follows_from_x() {
		assert_eq!(LAMBDA, -at_x::<Fr>(&[36, 18, 6, 2]));
		assert_eq!(LAMBDA.square() + LAMBDA + Fr::ONE, Fr::ZERO);
		assert_eq!(OMEGA.square() + OMEGA + Fq::ONE, Fq::ZERO);
		assert_eq!([A1, A2], [at_x::<Fr>(&[2, 1]), at_x::<Fr>(&[6, 4, 1])]);
		for [a, b] in [[A1, A2], [A1 - A2, A1]] {
			assert_eq!(a + b * LAMBDA, Fr::ZERO);
		}
	}

	/// `fraction * r` is nearest to `2²⁵⁶ a` of all multiples.
	#[test]
	fn the_fractions_are_rounded() {
		for (fraction, a) in [(A1_OVER_R, A1), (A2_OVER_R, A2)] {
			let (low, high) = fraction.mul(&Fr::MODULUS);
			let a = a.into_bigint();
			let mut half = Fr::MODULUS;
			half.div2();
			if high == a {
				assert!(low <= half, "rounded up by less than a half");
			} else {
				let mut next = high;
				next.add_with_carry(&BigInt::from(1u64));
				assert_eq!(next, a);
				let mut missing = BigInt::<4>::zero();
				missing.sub_with_borrow(&low);
				assert!(missing <= half, "rounded down by less than a half");
			}
		}
	}
}
