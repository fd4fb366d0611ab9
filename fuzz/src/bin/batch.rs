// SPDX-License-Identifier: Apache-2.0

//! Verification of a batch against verification of each item by itself.
//!
//! False proofs are made to compensate each other under weights that somebody might guess: all
//! equal, counting up, the powers of a small number, or any small ones.

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use ark_bn254::{Fr, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field};
use candor_fuzz::{
	algebra::{decoded_key, Logs, Scalar, Setup},
	points::outside_the_subgroup,
};
use candor_groth16::{
	verify_batch, BatchError, BatchItem, PreparedVerifyingKey, Proof, VerifyError,
};
use candor_trapdoor::Trapdoor;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static OUTSIDE: LazyLock<Vec<G2Affine>> = LazyLock::new(outside_the_subgroup);

#[derive(Arbitrary, Debug)]
struct Case {
	#[arbitrary(with = up_to::<2, _>)]
	setups: Vec<Setup>,
	#[arbitrary(with = up_to::<MOST_ITEMS, _>)]
	items: Vec<Item>,
	compensation: Compensation,
	misplaced: Option<(u8, Misplacement)>,
	/// How many more items are made from these.
	more: u8,
}

/// The most items that a case spells out.
const MOST_ITEMS: u8 = 4;

/// The most items that are made from those: a batch of 16 pairs and more, of which each item is one,
/// goes another way than a smaller one.
const MOST_MORE: u8 = 24;

impl Case {
	/// The items of the batch: those of the case, then the same again with another `B` each.
	fn items(&self) -> impl Iterator<Item = Item> + '_ {
		let more = u64::from(self.more % (MOST_MORE + 1));
		let again = (1..=more)
			.zip(self.items.iter().cycle())
			.map(|(number, item)| Item { b: Scalar(item.b.0 + Fr::from(number)), ..*item });
		self.items.iter().copied().chain(again)
	}
}

/// One element or more.
fn up_to<'a, const MOST: u8, T: Arbitrary<'a>>(
	u: &mut Unstructured<'a>,
) -> arbitrary::Result<Vec<T>> {
	let count = 1 + u8::arbitrary(u)? % MOST;
	(0..count).map(|_| T::arbitrary(u)).collect()
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Item {
	key: u8,
	a: Scalar,
	b: Scalar,
	input: Scalar,
	/// By how much `C` is off.
	error: Option<Scalar>,
	/// By how much the first input is off.
	input_error: Option<Scalar>,
}

/// What can be wrong with an item whatever its proof is worth.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Misplacement {
	ExtraInput,
	MissingInput,
	UnknownKey(u8),
	OutsideTheSubgroup(u8),
}

/// The weights under which the last item makes up for the errors of the others.
#[derive(Arbitrary, Debug)]
enum Compensation {
	None,
	Equal,
	Counting,
	Powers(u8),
	Small([u8; MOST_ITEMS as usize]),
}

impl Compensation {
	fn weight(&self, index: usize) -> Option<Fr> {
		match self {
			Self::None => None,
			Self::Equal => Some(Fr::ONE),
			Self::Counting => Some(Fr::from(index as u64 + 1)),
			Self::Powers(base) => Some(Fr::from(2 + base % 4).pow([index as u64])),
			Self::Small(weights) => {
				weights.iter().cycle().nth(index).map(|weight| Fr::from(*weight))
			}
		}
	}
}

/// An item, before it is borrowed by the batch.
#[derive(Debug)]
struct Made {
	key: usize,
	inputs: Vec<Fr>,
	logs: Logs,
	outside: Option<G2Affine>,
}

impl Made {
	fn new(item: &Item, trapdoors: &[Trapdoor]) -> Self {
		let key = usize::from(item.key) % trapdoors.len();
		let trapdoor = &trapdoors[key];
		let mut inputs: Vec<_> =
			(0..trapdoor.ic.len() as u64 - 1).map(|i| item.input.0 + Fr::from(i)).collect();
		let mut logs = Logs::prove(trapdoor, &inputs, item.a.0, item.b.0);
		let amount = |error: Option<Scalar>| error.map_or(Fr::ZERO, |error| error.0);
		logs.c += amount(item.error);
		inputs[0] += amount(item.input_error);
		Self { key, inputs, logs, outside: None }
	}

	fn misplace(&mut self, how: Misplacement) {
		match how {
			Misplacement::ExtraInput => self.inputs.push(Fr::ONE),
			Misplacement::MissingInput => {
				self.inputs.pop();
			}
			Misplacement::UnknownKey(more) => self.key = usize::MAX - usize::from(more),
			Misplacement::OutsideTheSubgroup(index) => {
				self.outside = Some(OUTSIDE[usize::from(index) % OUTSIDE.len()]);
			}
		}
	}

	/// What the item has to come to by itself.
	fn expected(&self, trapdoors: &[Trapdoor]) -> Result<(), VerifyError> {
		let trapdoor = trapdoors.get(self.key).ok_or(VerifyError::UnknownKey)?;
		let expected = trapdoor.ic.len() - 1;
		if self.inputs.len() != expected {
			let [expected, given] = [expected, self.inputs.len()].map(|count| count as u32);
			return Err(VerifyError::WrongInputCount { expected, given });
		}
		if self.outside.is_some() {
			return Err(VerifyError::NotInSubgroup);
		}
		if self.logs.error(trapdoor, &self.inputs) == Fr::ZERO {
			Ok(())
		} else {
			Err(VerifyError::Invalid)
		}
	}

	fn proof(&self) -> Proof {
		let mut proof = self.logs.proof();
		if let Some(outside) = self.outside {
			proof.b = (proof.b + outside).into_affine();
		}
		proof
	}
}

/// Changes `C` of the last item so that the weighted errors of all items sum up to zero. `None` where
/// there are no such weights, and then nothing is changed.
fn compensate(items: &mut [Made], trapdoors: &[Trapdoor], weights: &Compensation) -> Option<()> {
	let mut sum = Fr::ZERO;
	for (index, item) in items.iter().enumerate() {
		sum += weights.weight(index)? * item.logs.error(&trapdoors[item.key], &item.inputs);
	}
	let weight = weights.weight(items.len().checked_sub(1)?)?;
	let last = items.last_mut()?;
	// The error falls by delta for each one that C grows by.
	last.logs.c += sum * (weight * trapdoors[last.key].delta).inverse()?;
	Some(())
}

/// Faults that have to be found at the same time: an item is named for the first of its kind.
fn kind(error: VerifyError) -> u8 {
	match error {
		VerifyError::UnknownKey | VerifyError::WrongInputCount { .. } => 0,
		VerifyError::NotInSubgroup => 1,
		VerifyError::Invalid => 2,
	}
}

/// Whether the proof can come out of a decoder, which it must if it is sound.
fn is_decodable(item: &Made) -> bool {
	let decoded = Proof::from_bytes(&item.proof().to_bytes()).is_ok();
	let unsound = item.logs.has_zero() || item.outside.is_some();
	assert!(decoded || unsound, "refused: {item:?}");
	decoded
}

fuzz_target!(|case: Case| {
	let trapdoors: Vec<_> = case.setups.iter().map(Setup::trapdoor).collect();
	let mut made: Vec<_> = case.items().map(|item| Made::new(&item, &trapdoors)).collect();
	compensate(&mut made, &trapdoors, &case.compensation);
	if let Some((index, how)) = case.misplaced {
		let index = usize::from(index) % made.len();
		made[index].misplace(how);
	}
	made.retain(is_decodable);
	let Some(keys) = trapdoors
		.iter()
		.map(|trapdoor| PreparedVerifyingKey::prepare(&decoded_key(trapdoor)?).ok())
		.collect::<Option<Vec<_>>>()
	else {
		return;
	};

	let proofs: Vec<_> = made.iter().map(Made::proof).collect();
	let items: Vec<_> = made
		.iter()
		.zip(&proofs)
		.map(|(item, proof)| BatchItem { key: item.key, model: None, inputs: &item.inputs, proof })
		.collect();

	let verdicts: Vec<_> = made.iter().map(|item| item.expected(&trapdoors)).collect();
	// The others differ from these in little, and take time.
	for (item, verdict) in items.iter().zip(&verdicts).take(usize::from(MOST_ITEMS)) {
		if let Some(key) = keys.get(item.key) {
			assert_eq!(key.verify(item.inputs, item.proof), *verdict, "one item by itself");
		}
	}

	match verify_batch(&keys, &items) {
		Ok(()) => assert!(verdicts.iter().all(Result::is_ok), "accepted: {verdicts:?}"),
		Err(BatchError::Invalid) => {
			assert!(verdicts.iter().any(Result::is_err), "all of it holds");
		}
		Err(BatchError::Item { index, error }) => {
			let index = index as usize;
			assert_eq!(verdicts[index], Err(error), "item {index}");
			let first = verdicts
				.iter()
				.position(|verdict| verdict.is_err_and(|other| kind(other) == kind(error)));
			assert_eq!(first, Some(index), "not the first one: {verdicts:?}");
		}
	}
});
