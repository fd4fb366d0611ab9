// SPDX-License-Identifier: Apache-2.0
//! A file that snarkjs 0.7.6 has made: `powersoftau new bn128 4`, two contributions, a beacon.

use super::support::{layout, one, outside_the_subgroup, secrets, two, DOMAIN};
use crate::{
	ceremony::Ceremony,
	lagrange::{lagrange, Bases},
	powers::{Lists, PowersContribution, PowersFault, PowersList},
	ptau::{self, development_powers, PtauMistake},
	Powers, SectionsMistake,
};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use candor_prover::{Domain, Silent, Stage};
use rand::rngs::OsRng;
use std::fs;

const SNARKJS: &[u8] = include_bytes!("../../testdata/snarkjs-4.ptau");
/// The same, after `powersoftau prepare phase2`.
const PREPARED: &[u8] = include_bytes!("../../testdata/snarkjs-4-prepared.ptau");
/// The power of the file.
const POWER: u32 = 4;
/// The largest domain that it serves.
const LARGEST: usize = 8;

fn read(bytes: &[u8], domain: usize) -> Result<Powers, PtauMistake> {
	let folder = tempfile::tempdir().expect("a folder");
	let path = folder.path().join("file.ptau");
	fs::write(&path, bytes).expect("written");
	ptau::read(&path, domain, &mut OsRng, &mut Silent).map_err(|error| error.mistake)
}

#[test]
fn the_powers_of_snarkjs_are_read_with_their_contributors() {
	let powers = read(SNARKJS, LARGEST).expect("snarkjs has made it");
	let contribution = |name: &str, beacon| PowersContribution { name: Some(name.into()), beacon };
	assert_eq!(
		powers.contributions(),
		[contribution("first", false), contribution("second", false), contribution("beacon", true)]
	);
	assert_eq!(powers.domain_size(), LARGEST);
}

#[test]
fn a_smaller_domain_takes_the_first_powers() {
	let largest = read(SNARKJS, LARGEST).expect("snarkjs has made it").lists;
	for domain in [2, 4] {
		let lists = read(SNARKJS, domain).expect("snarkjs has made it").lists;
		assert_eq!(lists.tau_g1, largest.tau_g1[..2 * domain - 1]);
		assert_eq!(lists.tau_g2, largest.tau_g2[..=domain]);
		assert_eq!(lists.alpha_g1, largest.alpha_g1[..domain]);
		assert_eq!(lists.beta_g1, largest.beta_g1[..domain]);
		assert_eq!(lists.beta_g2, largest.beta_g2);
	}
}

/// The bases have no part in what powers are, and the first key is the same with and without them.
#[test]
fn prepared_files_save_the_transform_and_change_nothing() {
	let circuit = layout(3, [1, 1, 2], 1, 5);
	assert_eq!(circuit.domain.size(), LARGEST);
	let bare = read(SNARKJS, LARGEST).expect("snarkjs has made it");
	let prepared = read(PREPARED, LARGEST).expect("snarkjs has prepared it");
	assert!(bare.bases.is_none() && prepared.bases.is_some());
	assert_eq!(prepared.digest(), bare.digest());
	assert_eq!(prepared.contributions(), bare.contributions());
	let mut stages = Vec::new();
	let begun = |powers, stages: &mut Vec<Stage>| {
		let mut note = |stage| stages.push(stage);
		Ceremony::begin(&circuit, powers, &mut note).expect("one domain")
	};
	let with = begun(&prepared, &mut stages);
	assert_eq!(stages, [Stage::KeyGeneration]);
	assert!(with == begun(&bare, &mut stages));
	assert_eq!(stages.len(), 6, "{stages:?}");
	for domain in [2, 4] {
		assert!(read(PREPARED, domain).expect("it has smaller bases, too").bases.is_some());
	}
}

#[test]
fn sections_that_are_not_needed_do_not_matter() {
	let mut bytes = SNARKJS.to_vec();
	bytes[8] += 1;
	bytes.extend(16u32.to_le_bytes());
	bytes.extend(5u64.to_le_bytes());
	bytes.extend([1; 5]);
	let digest = |bytes: &[u8]| read(bytes, LARGEST).expect("it holds the powers").digest();
	assert_eq!(digest(&bytes), digest(SNARKJS));
}

#[test]
fn powers_for_development_are_read_like_any_other() {
	let file = development_powers(POWER, &mut OsRng, &mut Silent);
	let powers = read(&file, LARGEST).expect("they are powers");
	assert!(powers.contributions().is_empty());
	assert!(powers.bases.is_some());
	let other = development_powers(POWER, &mut OsRng, &mut Silent);
	assert_ne!(powers.digest(), read(&other, LARGEST).expect("they are powers").digest());
}

/// Where the content of a section begins, and its length.
fn section_of(file: &[u8], number: u32) -> (usize, usize) {
	let mut offset = 12;
	loop {
		let length = u64::from_le_bytes(file[offset + 4..offset + 12].try_into().expect("8"));
		let found = u32::from_le_bytes(file[offset..offset + 4].try_into().expect("4"));
		if found == number {
			return (offset + 12, length as usize);
		}
		offset += 12 + length as usize;
	}
}

/// As snarkjs prepares files, those for domains beyond ours included: that of the first section's largest
/// domain, for which a power is missing, takes infinity in its place.
#[test]
fn powers_for_development_are_prepared_as_snarkjs_does_it() {
	let own = development_powers(POWER, &mut OsRng, &mut Silent);
	for file in [PREPARED, &own] {
		for (powers, bases, largest) in [(2, 12, POWER + 1), (4, 14, POWER), (5, 15, POWER)] {
			let points = |number| {
				let (begin, length) = section_of(file, number);
				ptau::g1_points(&file[begin..begin + length])
			};
			let mut powers = points(powers);
			powers.resize(1 << largest, G1Affine::zero());
			let expected = (1..=largest).flat_map(|power| {
				let domain = Domain::new(1 << power).expect("it is small");
				lagrange(&domain, &powers[..1 << power])
			});
			let expected: Vec<_> = [powers[0]].into_iter().chain(expected).collect();
			assert!(points(bases) == expected, "section {bases}");
		}
	}
}

mod reject {
	use super::*;

	fn section(number: u32) -> (usize, usize) {
		section_of(SNARKJS, number)
	}

	fn changed(offset: usize, content: &[u8]) -> PtauMistake {
		let mut bytes = SNARKJS.to_vec();
		bytes[offset..offset + content.len()].copy_from_slice(content);
		read(&bytes, LARGEST).expect_err("it was changed")
	}

	#[test]
	fn a_file_that_is_cut_off_or_too_long() {
		for length in (0..SNARKJS.len()).step_by(13) {
			assert!(read(&SNARKJS[..length], LARGEST).is_err(), "{length}");
		}
		let error = read(&[SNARKJS, &[0]].concat(), LARGEST).expect_err("too long");
		assert!(matches!(error, PtauMistake::File(SectionsMistake::Extent)), "{error}");
	}

	#[test]
	fn another_format_version_curve_or_power() {
		assert!(matches!(changed(0, b"zkey"), PtauMistake::File(SectionsMistake::OtherFormat(_))));
		assert!(matches!(
			changed(4, &[2]),
			PtauMistake::File(SectionsMistake::Version { found: 2, .. })
		));
		let (header, _) = section(1);
		assert!(matches!(changed(header, &[48]), PtauMistake::Curve));
		assert!(matches!(changed(header + 4, &[0]), PtauMistake::Curve));
		for power in [0, 29] {
			let error = changed(header + 36, &[power]);
			assert!(matches!(error, PtauMistake::Power { .. }), "{error}");
		}
		let error = changed(header + 36, &[5]);
		assert!(
			matches!(error, PtauMistake::File(SectionsMistake::Length { section: 2 })),
			"{error}"
		);
	}

	#[test]
	fn sections_that_are_missing_twice_there_or_endless() {
		let (first, _) = section(2);
		let error = changed(first - 12, &[3]);
		assert!(
			matches!(error, PtauMistake::File(SectionsMistake::Count { section: 2, count: 0 })),
			"{error}"
		);
		let error = changed(section(3).0 - 12, &[2]);
		assert!(
			matches!(error, PtauMistake::File(SectionsMistake::Count { section: 2, count: 2 })),
			"{error}"
		);
		let error = changed(first - 8, &u64::MAX.to_le_bytes());
		assert!(matches!(error, PtauMistake::File(SectionsMistake::Extent)), "{error}");
		let error = changed(8, &u32::MAX.to_le_bytes());
		assert!(matches!(error, PtauMistake::File(SectionsMistake::Extent)), "{error}");
	}

	#[test]
	fn a_circuit_that_is_too_large() {
		for (domain, needed) in [(16, 5), (1 << 20, 21)] {
			let error = read(SNARKJS, domain).expect_err("the file is too small");
			let expected = matches!(
				error,
				PtauMistake::TooSmall { power: POWER, needed: n } if n == needed
			);
			assert!(expected, "{error}");
		}
	}

	#[test]
	fn coordinates_that_are_not_below_the_modulus() {
		for number in 2..=6 {
			let error = changed(section(number).0, &[0xff; 32]);
			let expected = matches!(
				error,
				PtauMistake::Coordinate { section, index: 0 } if section == number
			);
			assert!(expected, "{error}");
		}
	}

	/// Any of the points that are read.
	#[test]
	fn any_point_that_is_exchanged_for_its_neighbour() {
		for (number, size, count) in
			[(2, 64, 2 * LARGEST - 1), (3, 128, LARGEST + 1), (4, 64, LARGEST), (5, 64, LARGEST)]
		{
			let (begin, _) = section(number);
			for index in 0..count {
				let next = begin + (index + 1) * size;
				let error = changed(begin + index * size, &SNARKJS[next..next + size]);
				let expected =
					matches!(error, PtauMistake::Powers(_) | PtauMistake::LastContribution);
				assert!(expected, "{error}");
			}
		}
	}

	/// A basis is not believed: whoever has it made for other secrets could prove anything.
	#[test]
	fn any_point_of_a_prepared_basis_that_is_exchanged_for_its_neighbour() {
		for (number, size, list) in [
			(12, 64, PowersList::TauG1),
			(13, 128, PowersList::TauG2),
			(14, 64, PowersList::AlphaG1),
			(15, 64, PowersList::BetaG1),
		] {
			let begin = section_of(PREPARED, number).0 + (LARGEST - 1) * size;
			for index in 0..LARGEST {
				let (at, next) = (begin + index * size, begin + (index + 1) * size);
				let mut bytes = PREPARED.to_vec();
				bytes.copy_within(next..next + size, at);
				let error = read(&bytes, LARGEST).expect_err("it was changed");
				let expected = PowersFault::Basis(list);
				assert!(
					matches!(error, PtauMistake::Powers(fault) if fault == expected),
					"{error}"
				);
			}
		}
	}

	#[test]
	fn bases_of_which_one_is_missing_or_has_another_length() {
		for number in 12..=15u32 {
			let (begin, length) = section_of(PREPARED, number);
			let mut bytes = PREPARED.to_vec();
			bytes[begin - 12..begin - 8].copy_from_slice(&16u32.to_le_bytes());
			let error = read(&bytes, LARGEST).expect_err("one is missing");
			let expected = matches!(error, PtauMistake::File(SectionsMistake::Count { section, count: 0 }) if section == number);
			assert!(expected, "{error}");
			let mut bytes = PREPARED.to_vec();
			bytes.drain(begin..begin + 64);
			let shorter = (length as u64 - 64).to_le_bytes();
			bytes[begin - 8..begin].copy_from_slice(&shorter);
			let error = read(&bytes, LARGEST).expect_err("a point is missing");
			let expected = matches!(error, PtauMistake::File(SectionsMistake::Length { section }) if section == number);
			assert!(expected, "{error}");
		}
	}

	/// The equation that compares a basis with the powers holds in the group alone.
	#[test]
	fn bases_with_points_outside_their_groups() {
		let prepared = read(PREPARED, LARGEST).expect("snarkjs has prepared it");
		let bases = prepared.bases.expect("it was prepared");
		let check = |bases: &Bases| bases.check(&prepared.lists, &mut OsRng);
		assert_eq!(check(&bases), Ok(()));
		let mut changed = bases.clone();
		changed.tau_g1[2] = super::super::support::off_the_curve();
		assert_eq!(check(&changed), Err(PowersFault::Basis(PowersList::TauG1)));
		let mut changed = bases;
		changed.tau_g2[2] = outside_the_subgroup();
		assert_eq!(check(&changed), Err(PowersFault::Basis(PowersList::TauG2)));
	}

	#[test]
	fn contributions_that_made_other_powers_or_are_damaged() {
		let (begin, length) = section(7);
		let contribution = 4 + (length - 4) / 3;
		let error = changed(begin + length - contribution, &[1; 8]);
		assert!(matches!(error, PtauMistake::LastContribution), "{error}");
		for count in [2u32, 4, u32::MAX] {
			let error = changed(begin, &count.to_le_bytes());
			assert!(matches!(error, PtauMistake::Contributions), "{error}");
		}
	}

	fn fault(change: impl FnOnce(&mut Lists)) -> PowersFault {
		let mut lists = secrets().lists(DOMAIN);
		assert_eq!(lists.check(&mut OsRng), Ok(()));
		change(&mut lists);
		lists.check(&mut OsRng).expect_err("they are no powers")
	}

	#[test]
	fn points_outside_their_groups_or_at_infinity() {
		let off = super::super::support::off_the_curve();
		type List = fn(&mut Lists) -> &mut Vec<G1Affine>;
		let lists: [(PowersList, List); 3] = [
			(PowersList::TauG1, |lists| &mut lists.tau_g1),
			(PowersList::AlphaG1, |lists| &mut lists.alpha_g1),
			(PowersList::BetaG1, |lists| &mut lists.beta_g1),
		];
		for (list, points) in lists {
			let index = points(&mut secrets().lists(DOMAIN)).len() - 1;
			let outside = fault(|lists| points(lists)[index] = off);
			assert_eq!(outside, PowersFault::OutsideGroup { list, index });
			let infinity = fault(|lists| points(lists)[index] = G1Affine::zero());
			assert_eq!(infinity, PowersFault::Infinity(list));
		}
		let list = PowersList::TauG2;
		let outside = fault(|lists| lists.tau_g2[3] = outside_the_subgroup());
		assert_eq!(outside, PowersFault::OutsideGroup { list, index: 3 });
		let infinity = fault(|lists| lists.tau_g2[3] = G2Affine::zero());
		assert_eq!(infinity, PowersFault::Infinity(list));
		let list = PowersList::BetaG2;
		let outside = fault(|lists| lists.beta_g2 = outside_the_subgroup());
		assert_eq!(outside, PowersFault::OutsideGroup { list, index: 0 });
		let infinity = fault(|lists| lists.beta_g2 = G2Affine::zero());
		assert_eq!(infinity, PowersFault::Infinity(list));
	}

	#[test]
	fn lists_that_belong_to_other_secrets() {
		let mut others = secrets();
		others.tau += Fr::from(1);
		let other = others.lists(DOMAIN);
		let not_powers = |list| PowersFault::NotPowers(list);
		let list = fault(|lists| lists.tau_g1 = other.tau_g1.clone());
		assert_eq!(list, not_powers(PowersList::TauG1));
		let list = fault(|lists| lists.tau_g2 = other.tau_g2.clone());
		assert_eq!(list, not_powers(PowersList::TauG1));
		let list = fault(|lists| lists.alpha_g1 = other.alpha_g1.clone());
		assert_eq!(list, not_powers(PowersList::AlphaG1));
		let list = fault(|lists| lists.beta_g1 = other.beta_g1.clone());
		assert_eq!(list, not_powers(PowersList::BetaG1));
		let last = fault(|lists| lists.tau_g2[DOMAIN] = two(Fr::from(4)));
		assert_eq!(last, not_powers(PowersList::TauG2));
		assert_eq!(fault(|lists| lists.beta_g2 = two(Fr::from(4))), PowersFault::Beta);
	}

	#[test]
	fn powers_that_do_not_begin_with_the_generators() {
		let double = fault(|lists| {
			let points = secrets().lists(DOMAIN).tau_g1;
			lists.tau_g1 = points.iter().map(|point| (*point + point).into()).collect();
		});
		assert_eq!(double, PowersFault::Generator(PowersList::TauG1));
		let double = fault(|lists| {
			let points = secrets().lists(DOMAIN).tau_g2;
			lists.tau_g2 = points.iter().map(|point| (*point + point).into()).collect();
		});
		assert_eq!(double, PowersFault::Generator(PowersList::TauG2));
	}

	/// Among them one, with which snarkjs begins.
	#[test]
	fn a_tau_that_is_a_point_of_the_domain() {
		let domain = GeneralEvaluationDomain::<Fr>::new(DOMAIN).expect("it is small");
		for index in [0, 1, 5] {
			let mut known = secrets();
			known.tau = domain.element(index);
			let verdict = known.lists(DOMAIN).check(&mut OsRng);
			assert_eq!(verdict, Err(PowersFault::OnDomain));
		}
		assert_eq!(one(Fr::from(1)), G1Affine::generator());
	}
}
