// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	setup::Trapdoor,
	test_circuit::{Product, Scores, Shape},
	Plain, Silent,
};
use ark_bn254::{Fq, Fq2};
use ark_ff::Field;
use candor_gadgets::StagedCircuit;
use candor_groth16::KeyError;
use candor_operators::{InferenceCircuit, Scheme};
use rand::rngs::OsRng;
use std::sync::LazyLock;

static LAYOUT: LazyLock<Layout> =
	LazyLock::new(|| Layout::of(&Scores::example()).expect("it is sound"));
static SECRETS: LazyLock<Trapdoor> = LazyLock::new(|| Trapdoor::random(&LAYOUT.domain, &mut OsRng));
static KEY: LazyLock<(Points, Powers)> = LazyLock::new(|| SECRETS.keys(&LAYOUT, &Work::new(0)));

/// The secrets with some of them replaced.
fn secrets(change: impl FnOnce(&mut Trapdoor)) -> Trapdoor {
	let Trapdoor { tau, alpha, beta, gamma, delta, eta, sigma } = *SECRETS;
	let mut secrets = Trapdoor { tau, alpha, beta, gamma, delta, eta, sigma };
	change(&mut secrets);
	secrets
}

fn verdict((points, powers): &(Points, Powers)) -> Result<(), KeyFault> {
	check(points, powers, &LAYOUT, &mut OsRng, &mut Silent)
}

/// The verdict on the key after a change.
fn changed(change: impl FnOnce(&mut Points, &mut Powers)) -> Result<(), KeyFault> {
	let mut key = KEY.clone();
	change(&mut key.0, &mut key.1);
	verdict(&key)
}

/// One of the lists in the first group.
type List = for<'a> fn(&'a mut Points, &'a mut Powers) -> &'a mut Vec<G1Affine>;

/// All of them.
const LISTS: [List; 8] = [
	|key, _| &mut key.ic,
	|key, _| &mut key.a,
	|key, _| &mut key.b_g1,
	|key, _| &mut key.h,
	|key, _| &mut key.rest,
	|key, _| &mut key.model.as_mut().expect("there are words").query,
	|key, _| &mut key.stage_one.as_mut().expect("there is a challenge").query,
	|_, powers| &mut powers.g1,
];

fn passes(circuit: &impl StagedCircuit) {
	let layout = Layout::of(circuit).expect("it is sound");
	let (points, powers) =
		Trapdoor::random(&layout.domain, &mut OsRng).keys(&layout, &Work::new(0));
	assert_eq!(check(&points, &powers, &layout, &mut OsRng, &mut Silent), Ok(()));
}

#[test]
fn the_keys_of_a_setup_pass() {
	assert_eq!(verdict(&KEY), Ok(()));
	for architecture in ["1-1", "3-2-2", "40-3-17"] {
		let architecture = architecture.parse().expect("an architecture");
		passes(&InferenceCircuit::without_witness(architecture, Scheme::Hashed));
	}
	passes(&Plain(Product::example()));
	// Stage one alone.
	passes(&Scores { shape: Shape { model: false, ..Shape::default() }, ..Scores::example() });
}

mod reject {
	use super::*;

	/// Asserts that a change to any point of any list in the first group is noticed.
	fn everywhere(change: fn(&mut Vec<G1Affine>, usize)) {
		for list in LISTS {
			let count = list(&mut KEY.0.clone(), &mut KEY.1.clone()).len();
			for index in 0..count {
				let mut key = KEY.clone();
				change(list(&mut key.0, &mut key.1), index);
				assert!(key != *KEY || verdict(&key) == Ok(()), "an honest key is refused");
				assert!(key == *KEY || verdict(&key).is_err(), "point {index} of {count}");
			}
		}
	}

	#[test]
	fn a_point_moved_by_another() {
		everywhere(|points, index| {
			points[index] = (points[index] + G1Affine::generator()).into_affine();
		});
	}

	#[test]
	fn a_point_at_infinity_and_one_where_infinity_belongs() {
		everywhere(|points, index| {
			points[index] = match points[index].is_zero() {
				true => G1Affine::generator(),
				false => G1Affine::zero(),
			};
		});
	}

	#[test]
	fn two_points_exchanged() {
		everywhere(|points, index| points.swap(0, index));
	}

	#[test]
	fn a_point_negated() {
		everywhere(|points, index| points[index] = -points[index]);
	}

	#[test]
	fn a_point_off_the_curve() {
		for list in LISTS {
			let error = changed(|key, powers| {
				let point = list(key, powers).last_mut().expect("a point");
				*point = G1Affine::new_unchecked(Fq::from(1), Fq::from(1));
			});
			assert!(matches!(error, Err(KeyFault::OutsideGroup { .. })), "{error:?}");
		}
	}

	#[test]
	fn a_list_that_is_too_short_or_too_long() {
		for list in LISTS {
			let error = changed(|key, powers| list(key, powers).truncate(1));
			assert!(matches!(error, Err(KeyFault::Length { .. })), "{error:?}");
			let error = changed(|key, powers| list(key, powers).push(G1Affine::generator()));
			assert!(matches!(error, Err(KeyFault::Length { .. })), "{error:?}");
		}
		let error = changed(|key, _| key.challenges += 1);
		assert!(matches!(error, Err(KeyFault::Length { part: Part::Challenges, .. })), "{error:?}");
		let error = changed(|key, _| key.b_g2.truncate(1));
		assert!(matches!(error, Err(KeyFault::Length { part: Part::B2, .. })), "{error:?}");
	}

	#[test]
	fn blocks_that_the_circuit_does_not_have() {
		let error = changed(|key, _| {
			// Its words, given to the rest.
			let model = key.model.take().expect("there are words");
			key.rest.splice(0..0, model.query);
		});
		assert!(matches!(error, Err(KeyFault::Length { part: Part::Model, .. })), "{error:?}");
		let layout = Layout::of(&Plain(Product::example())).expect("it is sound");
		let (honest, powers) =
			Trapdoor::random(&layout.domain, &mut OsRng).keys(&layout, &Work::new(0));
		let empty =
			Block { g1: G1Affine::generator(), g2: G2Affine::generator(), query: Vec::new() };
		for (part, block) in [
			(Part::Model, (|key| &mut key.model) as fn(&mut Points) -> &mut Option<Block>),
			(Part::StageOne, |key| &mut key.stage_one),
		] {
			let mut key = honest.clone();
			*block(&mut key) = Some(empty.clone());
			assert_eq!(
				check(&key, &powers, &layout, &mut OsRng, &mut Silent),
				Err(KeyFault::Blocks(part))
			);
		}
	}

	#[test]
	fn any_change_of_b_in_the_second_group() {
		for index in 0..KEY.0.b_g2.len() {
			let unrelated = Err(KeyFault::Unrelated(Part::B2));
			let moved = changed(|key, _| {
				let point = &mut key.b_g2[index];
				*point = (*point + G2Affine::generator()).into_affine();
			});
			assert_eq!(moved, unrelated);
			let outside = changed(|key, _| key.b_g2[index] = outside_the_subgroup());
			assert_eq!(outside, Err(KeyFault::OutsideGroup { part: Part::B2, index }));
		}
	}

	/// On the curve, but not in the subgroup of prime order.
	fn outside_the_subgroup() -> G2Affine {
		(1u64..)
			.filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), false))
			.find(|point| !candor_bn254::in_subgroup(point))
			.expect("most points are outside")
	}

	#[test]
	fn single_points_at_infinity_moved_or_outside_the_subgroup() {
		let first: [fn(&mut Points) -> &mut G1Affine; 5] = [
			|key| &mut key.alpha_g1,
			|key| &mut key.beta_g1,
			|key| &mut key.delta_g1,
			|key| &mut key.model.as_mut().expect("there are words").g1,
			|key| &mut key.stage_one.as_mut().expect("there is a challenge").g1,
		];
		for point in first {
			let error = changed(|key, _| *point(key) = G1Affine::zero());
			assert!(matches!(error, Err(KeyFault::Infinity(_))), "{error:?}");
			let error = changed(|key, _| {
				*point(key) = (*point(key) + G1Affine::generator()).into_affine();
			});
			assert!(matches!(error, Err(KeyFault::Unrelated(_))), "{error:?}");
		}
		let second: [fn(&mut Points) -> &mut G2Affine; 5] = [
			|key| &mut key.beta_g2,
			|key| &mut key.gamma_g2,
			|key| &mut key.delta_g2,
			|key| &mut key.model.as_mut().expect("there are words").g2,
			|key| &mut key.stage_one.as_mut().expect("there is a challenge").g2,
		];
		for point in second {
			let error = changed(|key, _| *point(key) = G2Affine::zero());
			assert!(matches!(error, Err(KeyFault::Infinity(_))), "{error:?}");
			let error = changed(|key, _| {
				*point(key) = (*point(key) + G2Affine::generator()).into_affine();
			});
			assert!(matches!(error, Err(KeyFault::Unrelated(_))), "{error:?}");
			let error = changed(|key, _| *point(key) = outside_the_subgroup());
			assert!(matches!(error, Err(KeyFault::OutsideGroup { .. })), "{error:?}");
		}
		for point in [(|powers| &mut powers.tau_g2) as fn(&mut Powers) -> &mut G2Affine, |powers| {
			&mut powers.tau_n_g2
		}] {
			for value in [G2Affine::zero(), G2Affine::generator()] {
				assert!(changed(|_, powers| *point(powers) = value).is_err());
			}
			let error = changed(|_, powers| *point(powers) = outside_the_subgroup());
			assert!(matches!(error, Err(KeyFault::OutsideGroup { .. })), "{error:?}");
		}
	}

	/// With these a proof's randomness is lost, though it passes the verifier for some inputs.
	#[test]
	fn secrets_that_are_zero_in_both_groups() {
		let error = changed(|key, _| {
			key.delta_g1 = G1Affine::zero();
			key.delta_g2 = G2Affine::zero();
		});
		assert_eq!(error, Err(KeyFault::Infinity(Part::Delta)));
		let error = changed(|key, _| {
			key.beta_g1 = G1Affine::zero();
			key.beta_g2 = G2Affine::zero();
		});
		assert_eq!(error, Err(KeyFault::Infinity(Part::Beta)));
		let error = changed(|key, _| {
			key.b_g1.fill(G1Affine::zero());
			key.b_g2.fill(G2Affine::zero());
		});
		assert_eq!(error, Err(KeyFault::Unrelated(Part::B1)));
	}

	/// The maker knows the secrets, and changes all that must change together.
	#[test]
	fn a_key_in_which_one_column_is_another() {
		let step = Fr::from(1);
		let index = LAYOUT.variables() - 1;
		let last = LAYOUT.rest() - 1;
		let error = changed(|key, _| {
			// u of the last witness grows by one: A, and beta / delta in L.
			let first = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
			let a = &mut key.a[index];
			*a = (*a + first(step)).into_affine();
			let ratio = SECRETS.beta / SECRETS.delta * step;
			let l = &mut key.rest[last];
			*l = (*l + first(ratio)).into_affine();
		});
		assert_eq!(error, Err(KeyFault::Unrelated(Part::A)));
		let error = changed(|key, _| {
			// v of a witness grows by one: B in both groups, and alpha / delta in L.
			let first = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
			let b1 = &mut key.b_g1[index];
			*b1 = (*b1 + first(step)).into_affine();
			let b2 = &mut key.b_g2[index];
			*b2 = (*b2 + G2Affine::generator()).into_affine();
			let l = &mut key.rest[last];
			*l = (*l + first(SECRETS.alpha / SECRETS.delta)).into_affine();
		});
		assert_eq!(error, Err(KeyFault::Unrelated(Part::B1)));
		let error = changed(|key, _| {
			// w of a witness grows by one: L only.
			let l = &mut key.rest[last];
			let ratio = step / SECRETS.delta;
			*l = (*l + (G1Affine::generator() * ratio).into_affine()).into_affine();
		});
		assert_eq!(error, Err(KeyFault::Unrelated(Part::Combined)));
	}

	/// The maker knows the secrets, and has all equations but one on its side.
	#[test]
	fn powers_that_do_not_begin_with_the_generator() {
		let two = Fr::from(2);
		let double = |points: &mut Vec<G1Affine>| {
			points.iter_mut().for_each(|point| *point = (*point * two).into_affine());
		};
		let tau_n = SECRETS.tau.pow([LAYOUT.domain.size() as u64]);
		let ratio = two * (two * tau_n - Fr::from(1)) / (tau_n - Fr::from(1));
		let verdict = changed(|key, powers| {
			for list in LISTS {
				double(list(key, powers));
			}
			for point in &mut key.b_g2 {
				*point = (*point * two).into_affine();
			}
			for (point, honest) in key.h.iter_mut().zip(&KEY.0.h) {
				*point = (*honest * ratio).into_affine();
			}
			powers.tau_n_g2 = (powers.tau_n_g2 * two).into_affine();
		});
		assert_eq!(verdict, Err(KeyFault::Unrelated(Part::Powers)));
	}

	#[test]
	fn a_last_power_that_is_none() {
		let two = Fr::from(2);
		let tau_n = SECRETS.tau.pow([LAYOUT.domain.size() as u64]);
		let ratio = (two * tau_n - Fr::from(1)) / (tau_n - Fr::from(1));
		let verdict = changed(|key, powers| {
			for point in &mut key.h {
				*point = (*point * ratio).into_affine();
			}
			powers.tau_n_g2 = (powers.tau_n_g2 * two).into_affine();
		});
		assert_eq!(verdict, Err(KeyFault::Unrelated(Part::Powers)));
	}

	#[test]
	fn parts_of_a_setup_with_another_tau() {
		let other = secrets(|secrets| secrets.tau += Fr::from(1)).keys(&LAYOUT, &Work::new(0));
		assert_eq!(verdict(&other), Ok(()));
		let quotient = changed(|key, _| key.h = other.0.h.clone());
		assert_eq!(quotient, Err(KeyFault::Unrelated(Part::H)));
		let powers = changed(|_, powers| *powers = other.1.clone());
		assert_eq!(powers, Err(KeyFault::Unrelated(Part::H)));
		let both = changed(|key, powers| {
			key.h = other.0.h.clone();
			*powers = other.1.clone();
		});
		assert_eq!(both, Err(KeyFault::Unrelated(Part::A)));
		let all_but_b_and_l = changed(|key, powers| {
			*key = Points {
				b_g1: key.b_g1.clone(),
				b_g2: key.b_g2.clone(),
				rest: key.rest.clone(),
				..other.0.clone()
			};
			*powers = other.1.clone();
		});
		assert_eq!(all_but_b_and_l, Err(KeyFault::Unrelated(Part::B1)));
		let all_but_l = changed(|key, powers| {
			*key = Points { rest: key.rest.clone(), ..other.0.clone() };
			*powers = other.1.clone();
		});
		assert_eq!(all_but_l, Err(KeyFault::Unrelated(Part::Combined)));
	}

	#[test]
	fn a_tau_on_the_domain() {
		let tau = LAYOUT.domain.element(1);
		let key = secrets(|secrets| secrets.tau = tau).keys(&LAYOUT, &Work::new(0));
		assert!(verdict(&key).is_err());
		let powers = check_powers(&key.0, &key.1, &mut OsRng, &Work::new(0));
		assert_eq!(powers, Err(KeyFault::Infinity(Part::Powers)));
	}

	#[test]
	fn a_key_that_no_chain_takes() {
		for relate in [
			(|secrets| secrets.gamma = secrets.delta) as fn(&mut Trapdoor),
			|secrets| secrets.sigma = secrets.gamma,
			|secrets| secrets.eta = -secrets.gamma,
			|secrets| secrets.sigma = secrets.eta,
			|secrets| secrets.sigma = -secrets.delta,
		] {
			let key = secrets(relate).keys(&LAYOUT, &Work::new(0));
			assert_eq!(verdict(&key), Err(KeyFault::UnacceptableKey(KeyError::RelatedSetup)));
		}
	}

	#[test]
	fn the_key_of_another_circuit_of_the_same_size() {
		for matrix in [
			(|layout| &mut layout.a) as fn(&mut Layout) -> &mut Matrix<Fr>,
			|layout| &mut layout.b,
			|layout| &mut layout.c,
		] {
			let mut layout = LAYOUT.clone();
			matrix(&mut layout)[0][0].0 += Fr::from(1);
			assert_ne!(layout.digest(), LAYOUT.digest());
			let verdict = check(&KEY.0, &KEY.1, &layout, &mut OsRng, &mut Silent);
			assert!(matches!(verdict, Err(KeyFault::Unrelated(_))), "{verdict:?}");
		}
	}
}
