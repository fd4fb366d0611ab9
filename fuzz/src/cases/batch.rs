// SPDX-License-Identifier: Apache-2.0

//! Verification of a batch against verification of each item by itself, under plain and staged keys.
//!
//! False proofs are made to compensate each other under weights that somebody might guess: all
//! equal, counting up, the powers of a small number, or any small ones.

use crate::{
	algebra::{decoded_key, Blocks, Keyed, Logs, Scalar, Setup},
	points::outside_the_subgroup,
};
use arbitrary::{Arbitrary, Unstructured};
use ark_bn254::{Fr, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field};
use candor_groth16::{
	verify_batch, BatchError, BatchItem, PreparedVerifyingKey, Proof, VerifyError,
};
use candor_trapdoor::g1;
use std::{collections::BTreeSet, sync::LazyLock};

static OUTSIDE: LazyLock<Vec<G2Affine>> = LazyLock::new(outside_the_subgroup);

/// Keys, proofs under them, and what is wrong with those.
#[derive(Arbitrary, Debug)]
pub struct Case {
	#[arbitrary(with = up_to::<MOST_KEYS, _>)]
	setups: Vec<Setup>,
	#[arbitrary(with = up_to::<MOST_ITEMS, _>)]
	items: Vec<Item>,
	compensation: Compensation,
	misplaced: Option<(u8, Misplacement)>,
	/// How many more items are made from these.
	more: u8,
	/// The blocks of the keys.
	blocks: [Blocks; MOST_KEYS as usize],
	/// What the commitments to stage one begin with.
	stage_one: Scalar,
}

/// The most keys.
const MOST_KEYS: u8 = 2;

/// The models under a key.
const MODELS: u8 = 2;

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
	/// Its key, and which of two models it is about.
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
	/// A model where the key has no block for one, or none where it has.
	OtherModel,
	/// A commitment to stage one, likewise.
	OtherStageOne,
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
	/// The logarithm of the commitment to its model.
	model: Option<Fr>,
	outside: Option<G2Affine>,
}

impl Made {
	fn new(item: &Item, keys: &[Keyed], stage_one: Fr) -> Self {
		let key = usize::from(item.key) % keys.len();
		let keyed = &keys[key];
		let mut inputs: Vec<_> =
			(0..keyed.inputs() as u64).map(|i| item.input.0 + Fr::from(i)).collect();
		let model = keyed.model(item.key / MOST_KEYS % MODELS);
		let mut logs = keyed.prove(model, &inputs, item.a.0, item.b.0, stage_one);
		let amount = |error: Option<Scalar>| error.map_or(Fr::ZERO, |error| error.0);
		logs.c += amount(item.error);
		inputs[0] += amount(item.input_error);
		Self { key, inputs, logs, model, outside: None }
	}

	fn misplace(&mut self, how: Misplacement) {
		match how {
			Misplacement::ExtraInput => self.inputs.push(Fr::ONE),
			Misplacement::MissingInput => {
				self.inputs.pop();
			}
			Misplacement::UnknownKey(more) => self.key = usize::MAX - usize::from(more),
			Misplacement::OtherModel => {
				self.model = if self.model.is_some() { None } else { Some(Fr::ONE) };
			}
			Misplacement::OtherStageOne => {
				self.logs.stage_one =
					if self.logs.stage_one.is_some() { None } else { Some(Fr::ONE) };
			}
			Misplacement::OutsideTheSubgroup(index) => {
				self.outside = Some(OUTSIDE[usize::from(index) % OUTSIDE.len()]);
			}
		}
	}

	/// What the item has to come to by itself.
	fn expected(&self, keys: &[Keyed]) -> Result<(), VerifyError> {
		let keyed = keys.get(self.key).ok_or(VerifyError::UnknownKey)?;
		let expected = keyed.inputs();
		if self.inputs.len() != expected {
			let [expected, given] = [expected, self.inputs.len()].map(|count| count as u32);
			return Err(VerifyError::WrongInputCount { expected, given });
		}
		if self.model.is_some() != keyed.trapdoor.eta.is_some() {
			return Err(VerifyError::WrongModel);
		}
		if self.logs.stage_one.is_some() != keyed.trapdoor.stage_one.is_some() {
			return Err(VerifyError::WrongProof);
		}
		if self.outside.is_some() {
			return Err(VerifyError::NotInSubgroup);
		}
		if keyed.error(self.model, &self.logs, &self.inputs) == Fr::ZERO {
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
fn compensate(items: &mut [Made], keys: &[Keyed], weights: &Compensation) -> Option<()> {
	let mut sum = Fr::ZERO;
	for (index, item) in items.iter().enumerate() {
		sum += weights.weight(index)? * keys[item.key].error(item.model, &item.logs, &item.inputs);
	}
	let weight = weights.weight(items.len().checked_sub(1)?)?;
	let last = items.last_mut()?;
	// The error falls by delta for each one that C grows by.
	last.logs.c += sum * (weight * keys[last.key].trapdoor.plain.delta).inverse()?;
	Some(())
}

/// Faults that have to be found at the same time: an item is named for the first of its kind.
fn kind(error: VerifyError) -> u8 {
	match error {
		VerifyError::UnknownKey
		| VerifyError::WrongInputCount { .. }
		| VerifyError::WrongModel
		| VerifyError::WrongProof => 0,
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

/// What a batch was, and what it came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Reached {
	/// How many items it had.
	pub items: usize,
	/// Which blocks the keys of its items have: a model block, a stage one.
	pub blocks: BTreeSet<(bool, bool)>,
	/// How many models under its keys it was about.
	pub models: usize,
	/// Whether it was accepted, or why not.
	pub verdict: Result<(), BatchError>,
}

impl Case {
	/// Compares the verdict on the batch with those on its items; `None` where a key has a point at
	/// infinity.
	///
	/// # Panics
	///
	/// Where they differ.
	pub fn run(&self) -> Option<Reached> {
		let keyed: Vec<_> = self
			.setups
			.iter()
			.zip(self.blocks)
			.map(|(setup, blocks)| Keyed::new(setup, blocks))
			.collect();
		let mut made: Vec<_> = (0u64..)
			.zip(self.items())
			.map(|(number, item)| Made::new(&item, &keyed, self.stage_one.0 + Fr::from(number)))
			.collect();
		compensate(&mut made, &keyed, &self.compensation);
		if let Some((index, how)) = self.misplaced {
			let index = usize::from(index) % made.len();
			made[index].misplace(how);
		}
		made.retain(is_decodable);
		let keys = keyed
			.iter()
			.map(|keyed| PreparedVerifyingKey::prepare(&decoded_key(&keyed.trapdoor)?).ok())
			.collect::<Option<Vec<_>>>()?;

		let proofs: Vec<_> = made.iter().map(Made::proof).collect();
		let models: Vec<_> = made.iter().map(|item| item.model.map(g1)).collect();
		let items: Vec<_> = made
			.iter()
			.zip(proofs.iter().zip(&models))
			.map(|(item, (proof, model))| BatchItem {
				key: item.key,
				model: model.as_ref(),
				inputs: &item.inputs,
				proof,
			})
			.collect();

		let verdicts: Vec<_> = made.iter().map(|item| item.expected(&keyed)).collect();
		// The others differ from these in little, and take time.
		for (item, verdict) in items.iter().zip(&verdicts).take(usize::from(MOST_ITEMS)) {
			if let Some(key) = keys.get(item.key) {
				let found = key.verify_about(item.model, item.inputs, item.proof);
				assert_eq!(found, *verdict, "one item by itself");
			}
		}

		let verdict = verify_batch(&keys, &items);
		match verdict {
			Ok(()) => assert!(verdicts.iter().all(Result::is_ok), "accepted: {verdicts:?}"),
			Err(BatchError::Invalid) => {
				let errors: BTreeSet<_> =
					verdicts.iter().filter_map(|v| v.err().map(kind)).collect();
				assert_eq!(errors, [kind(VerifyError::Invalid)].into(), "not named: {verdicts:?}");
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
		let blocks = items
			.iter()
			.filter_map(|item| keyed.get(item.key))
			.map(|keyed| (keyed.trapdoor.eta.is_some(), keyed.trapdoor.stage_one.is_some()))
			.collect();
		let models = made
			.iter()
			.filter_map(|item| Some((item.key, item.model?)))
			.collect::<BTreeSet<_>>()
			.len();
		Some(Reached { items: items.len(), blocks, models, verdict })
	}
}
