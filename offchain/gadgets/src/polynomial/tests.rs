// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::testing::{challenge, TestSystem};
use ark_ff::{AdditiveGroup, Field, Zero};
use proptest::prelude::*;

/// Coefficients from the lowest exponent on.
fn cells(cs: &System, values: &[Fr]) -> Synthesis<Vec<Coefficient>> {
	let cell = |(exponent, value): (usize, &Fr)| {
		Ok(Coefficient::new(Cell::witness(cs, Some(*value))?.into(), exponent))
	};
	values.iter().enumerate().map(cell).collect()
}

fn product(left: &[Fr], right: &[Fr]) -> Vec<Fr> {
	let mut product = vec![Fr::zero(); left.len() + right.len() - 1];
	for (at, x) in left.iter().enumerate() {
		for (tap, weight) in right.iter().enumerate() {
			product[at + tap] += *x * weight;
		}
	}
	product
}

fn fields(values: &[i64]) -> Vec<Fr> {
	values.iter().map(|value| Fr::from(*value)).collect()
}

/// A system in which the product of two polynomials has to be the third, at a challenge.
fn multiplied(left: &[Fr], right: &[Fr], total: &[Fr], challenge: Fr) -> TestSystem {
	TestSystem::new(|cs| {
		let mut identities = Identities::new(cs);
		let [left, right, total] = [cells(cs, left)?, cells(cs, right)?, cells(cs, total)?]
			.map(|it| identities.polynomial(it));
		identities.equate(vec![(left, right)], total);
		identities.close().prove(Cell::public(cs, Some(challenge))?)
	})
}

const X: [i64; 4] = [3, 0, 255, 7];
const P: [i64; 3] = [-5, 2, 11];

fn honest() -> (Vec<Fr>, Vec<Fr>, Vec<Fr>) {
	let (x, p) = (fields(&X), fields(&P));
	let y = product(&x, &p);
	(x, p, y)
}

#[test]
fn costs_one_constraint_a_coefficient_one_a_power_and_one_a_product() {
	let (x, p, y) = honest();
	let system = multiplied(&x, &p, &y, challenge());
	assert!(system.holds());
	// The zeroth power and the first one are there, and lowest coefficients are not multiplied.
	let powers = y.len() - 2;
	assert_eq!(system.constraints(), (x.len() - 1) + (p.len() - 1) + (y.len() - 1) + powers + 1);
}

#[test]
fn every_cell_is_determined_once_the_challenge_is_fixed() {
	let (x, p, y) = honest();
	multiplied(&x, &p, &y, challenge()).assert_every_witness_is_determined();
}

#[test]
fn a_coefficient_at_several_exponents_costs_one_constraint() {
	let system = |exponents: &[usize]| {
		TestSystem::new(|cs| {
			let mut identities = Identities::new(cs);
			let sum = Sum::from(Cell::witness(cs, Some(Fr::from(7)))?);
			let all = Coefficient { sum: sum.clone(), exponents: exponents.to_vec() };
			let all = identities.polynomial(vec![all]);
			let each = exponents.iter().map(|at| Coefficient::new(sum.clone(), *at)).collect();
			let each = identities.polynomial(each);
			let one = Sum::constant(Fr::one());
			let one = identities.polynomial(vec![Coefficient::new(one, 0)]);
			identities.equate(vec![(all, one)], each);
			identities.close().prove(Cell::public(cs, Some(challenge()))?)
		})
	};
	let test = system(&[1, 2, 5]);
	assert!(test.holds());
	assert_eq!(test.constraints(), 4 + 1 + 3 + 1);
}

#[test]
fn identities_share_factors_and_powers_and_add_up_products() {
	let (x, p, y) = honest();
	let doubled: Vec<Fr> = y.iter().map(Fr::double).collect();
	let system = |wrong: u64| {
		TestSystem::new(|cs| {
			let mut identities = Identities::new(cs);
			let mut made = |values: &[Fr]| Synthesis::Ok(identities.polynomial(cells(cs, values)?));
			let (x, p, y) = (made(&x)?, made(&p)?, made(&y)?);
			let mut doubled = doubled.clone();
			doubled[2] += Fr::from(wrong);
			let doubled = made(&doubled)?;
			identities.equate(vec![(x, p)], y);
			identities.equate(vec![(x, p), (p, x)], doubled);
			identities.close().prove(Cell::public(cs, Some(challenge()))?)
		})
	};
	let alone = multiplied(&x, &p, &y, challenge()).constraints();
	assert!(system(0).holds());
	assert!(!system(1).holds());
	assert_eq!(system(0).constraints(), alone + (y.len() - 1) + 2);
}

#[test]
fn a_number_times_products_costs_a_constraint_more() {
	let (x, p, y) = honest();
	let system = |times: Fr, total: Fr| {
		TestSystem::new(|cs| {
			let mut identities = Identities::new(cs);
			let mut made = |values: &[Fr]| Synthesis::Ok(identities.polynomial(cells(cs, values)?));
			let total: Vec<Fr> = y.iter().map(|y| *y * total).collect();
			let (x, p, y) = (made(&x)?, made(&p)?, made(&total)?);
			let times = Cell::witness(cs, Some(times))?;
			identities.equate_times(vec![(x, p)], times, y);
			identities.close().prove(Cell::public(cs, Some(challenge()))?)
		})
	};
	let test = system(Fr::from(-7), Fr::from(-7));
	assert!(test.holds());
	test.assert_every_witness_is_determined();
	assert!(!system(Fr::from(-7), Fr::from(7)).holds());
	let alone = multiplied(&x, &p, &y, challenge()).constraints();
	// The product has a variable of its own.
	assert_eq!(test.constraints(), alone + 1);
}

mod reject {
	use super::*;

	#[test]
	fn a_coefficient_that_is_another_one() {
		let (x, p, y) = honest();
		for at in 0..y.len() {
			let mut wrong = y.clone();
			wrong[at] += Fr::one();
			assert!(!multiplied(&x, &p, &wrong, challenge()).holds(), "{at}");
		}
		assert!(!multiplied(&p, &x, &y[..5], challenge()).holds());
	}

	/// A wrong coefficient, made up for by one that nothing looks at, passes at a challenge that was
	/// known. So both have to be settled before it is known.
	#[test]
	fn a_coefficient_that_is_made_up_for_at_a_challenge_that_was_known() {
		let (x, p, mut y) = honest();
		let known = challenge();
		y[3] += Fr::one();
		y[1] -= known.pow([2]);
		assert!(
			multiplied(&x, &p, &y, known).holds(),
			"the challenge is all that stands in the way"
		);
		for later in 1..20u64 {
			assert!(!multiplied(&x, &p, &y, known + Fr::from(later)).holds());
		}
	}

	/// The same with a coefficient that is made behind the challenge, whatever that is.
	#[test]
	fn a_coefficient_that_comes_after_the_challenge() {
		let (x, p, mut y) = honest();
		y[3] += Fr::one();
		let forged = |challenge: Fr, is_checked: bool| {
			TestSystem::new(|cs| {
				let mut identities = Identities::new(cs);
				let left = identities.polynomial(cells(cs, &x)?);
				let right = identities.polynomial(cells(cs, &p)?);
				let publics = cs.num_instance_variables();
				let late = Cell::public(cs, Some(challenge))?;
				let mut y = y.clone();
				y[1] -= challenge.pow([2]);
				if is_checked {
					// The stage ends with the challenge: there is nothing to ask for a polynomial any more.
					let total = identities.polynomial(cells(cs, &y)?);
					identities.equate(vec![(left, right)], total);
					return identities.close().prove(late);
				}
				let total = cells(cs, &y)?;
				identities.polynomials.push(total);
				identities.equate(vec![(left, right)], Polynomial(2));
				ClosedIdentities { publics, identities }.prove(late)
			})
		};
		for other in 1..4u64 {
			assert!(
				forged(challenge() + Fr::from(other), false).holds(),
				"nothing looks at the order"
			);
		}
		let real = std::panic::catch_unwind(|| forged(challenge(), true));
		let panic = real.err().expect("a challenge that is older than the identities");
		assert_eq!(
			panic.downcast_ref(),
			Some(&"the challenge comes after the lookups and the polynomials")
		);
	}

	#[test]
	#[should_panic(expected = "may come after the challenge")]
	fn a_variable_that_there_is_not_yet() {
		TestSystem::new(|cs| {
			let later = Variable::witness(cs.num_witness_variables());
			let sum = Sum { terms: vec![(Fr::one(), later)], value: None };
			Identities::new(cs).polynomial(vec![Coefficient::new(sum, 0)]);
			Ok(())
		});
	}

	#[test]
	#[should_panic(expected = "the challenge comes after")]
	fn a_challenge_that_is_not_public() {
		TestSystem::new(|cs| {
			let closed = Identities::new(cs).close();
			closed.prove(Cell::witness(cs, Some(challenge()))?)
		});
	}
}

proptest! {
	#[test]
	fn exactly_the_product_is_accepted(
		x in prop::collection::vec(any::<i64>(), 1..9),
		p in prop::collection::vec(any::<i64>(), 1..5),
		place in any::<prop::sample::Index>(),
		off in 1u64..,
	) {
		let (x, p) = (fields(&x), fields(&p));
		let y = product(&x, &p);
		prop_assert!(multiplied(&x, &p, &y, challenge()).holds());
		let mut wrong = y.clone();
		wrong[place.index(y.len())] += Fr::from(off);
		prop_assert!(!multiplied(&x, &p, &wrong, challenge()).holds());
	}
}
