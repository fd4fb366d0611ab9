// SPDX-License-Identifier: Apache-2.0
//! The quotient of a proof.

use crate::Domain;
use ark_bn254::Fr;
use ark_ff::{FftField, Field, One};
use ark_poly::EvaluationDomain;
use rayon::prelude::*;
use zeroize::Zeroizing;

/// The coefficients of `(U V - W) / t`, from the values that `U` and `V` take on the domain of `n`
/// points, where `W = U V` and `t = Xⁿ - 1`.
///
/// With `U V = L + Xⁿ H` and `L` of degree below `n`, the quotient is `H`: on the domain, where `Xⁿ = 1`,
/// `U V` is `L + H`, on a coset of it `L + gⁿ H`. So there is no need for `W`, which arkworks carries to
/// the coset as well.
pub(crate) fn quotient(
	domain: &Domain,
	mut u: Zeroizing<Vec<Fr>>,
	mut v: Zeroizing<Vec<Fr>>,
) -> Zeroizing<Vec<Fr>> {
	let coset = domain.get_coset(Fr::GENERATOR).expect("the generator is not zero; qed");
	u.resize(domain.size(), Fr::default());
	v.resize(domain.size(), Fr::default());
	let mut on_domain = products(&u, &v);
	let to_coset = |values: &mut Vec<Fr>| {
		domain.ifft_in_place(values);
		coset.fft_in_place(values);
	};
	rayon::join(
		|| domain.ifft_in_place(&mut *on_domain),
		|| rayon::join(|| to_coset(&mut u), || to_coset(&mut v)),
	);
	let mut quotient = products(&u, &v);
	coset.ifft_in_place(&mut *quotient);

	let power = Fr::GENERATOR.pow([domain.size() as u64]);
	let scale = (power - Fr::one()).inverse().expect("no coset is the domain; qed");
	let with_domain = quotient.par_iter_mut().zip(&*on_domain);
	with_domain.for_each(|(on_coset, on_domain)| *on_coset = (*on_coset - on_domain) * scale);
	// The degree of U V is at most 2n - 2.
	quotient.truncate(domain.size() - 1);
	quotient
}

fn products(left: &[Fr], right: &[Fr]) -> Zeroizing<Vec<Fr>> {
	Zeroizing::new(left.par_iter().zip(right).map(|(left, right)| *left * right).collect())
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::UniformRand;
	use ark_poly::{univariate::DensePolynomial, DenseUVPolynomial, Polynomial};
	use rand::{rngs::StdRng, SeedableRng};

	#[test]
	fn the_quotient_times_the_divisor_is_the_difference() {
		let mut rng = StdRng::seed_from_u64(1);
		for rows in [1, 2, 3, 7, 16, 100] {
			let domain = Domain::new(rows).expect("there is one");
			let mut values = || (0..rows).map(|_| Fr::rand(&mut rng)).collect::<Vec<_>>();
			let (u, v) = (values(), values());
			let w: Vec<_> = u.iter().zip(&v).map(|(u, v)| *u * v).collect();
			let h = quotient(&domain, Zeroizing::new(u.clone()), Zeroizing::new(v.clone()));
			assert_eq!(h.len(), domain.size() - 1);
			let at = Fr::rand(&mut rng);
			let of = |values: &[Fr]| {
				DensePolynomial::from_coefficients_vec(domain.ifft(values)).evaluate(&at)
			};
			let h = DensePolynomial::from_coefficients_slice(&h).evaluate(&at);
			let divisor = domain.evaluate_vanishing_polynomial(at);
			assert_eq!(of(&u) * of(&v) - of(&w), h * divisor, "{rows} rows");
		}
	}
}
