// SPDX-License-Identifier: Apache-2.0

//! Structured input with a name: byte by byte what `Arbitrary` reads, run once to see that it comes to what
//! the name says.

use crate::Seed;
use arbitrary::{Arbitrary, Unstructured};
use candor_fuzz::cases::{batch, statement, verify};
use candor_groth16::{BatchError, VerifyError};
use candor_statement::{ModelCommitment, StatementSchema};
use codec::Encode;
use std::fmt::Debug;

/// All of them.
pub fn seeds() -> Vec<Seed> {
	[batches(), proofs(), statements()].concat()
}

/// Bytes that a case is read from.
#[derive(Clone, Default)]
struct Bytes(Vec<u8>);

impl Bytes {
	fn of(bytes: &[u8]) -> Self {
		Self(bytes.to_vec())
	}

	fn and(mut self, other: &Self) -> Self {
		self.0.extend(&other.0);
		self
	}

	/// Scalars that are these numbers, 1 to 63.
	fn scalars(numbers: &[u8]) -> Self {
		Self(numbers.iter().map(|number| (number - 1) << 2).collect())
	}

	/// The choice of a variant of an enumeration, counted from zero, of so many.
	fn variant(index: u64, of: u64) -> Self {
		let choice = (index << 32).div_ceil(of) as u32;
		Self(choice.to_le_bytes().to_vec())
	}

	/// Fewer bytes than a case could need are refused; what is over is not read.
	fn padded(mut self) -> Vec<u8> {
		const BYTES: usize = 192;
		self.0.resize(self.0.len().max(BYTES), 0);
		self.0
	}
}

/// Reads a case as libFuzzer's targets do.
fn read<'a, T: Arbitrary<'a> + Debug>(bytes: &'a [u8]) -> T {
	assert!(bytes.len() >= T::size_hint(0).0, "too few bytes");
	T::arbitrary_take_rest(Unstructured::new(bytes)).expect("enough bytes")
}

/// The logarithms of a key's points, for so many public inputs, challenges included.
fn setup(inputs: u8) -> Bytes {
	let points: Vec<_> = (7..7 + inputs).collect();
	Bytes::scalars(&[1, 2, 3, 4, 5]).and(&Bytes::of(&[inputs - 1])).and(&Bytes::scalars(&points))
}

/// Which blocks a key has: none, a model block, or both with one challenge or two.
#[derive(Clone, Copy)]
enum Blocks {
	None,
	Model,
	OneChallenge,
	TwoChallenges,
}

impl Blocks {
	fn bytes(self) -> Bytes {
		Bytes::of(&[self as u8]).and(&Bytes::scalars(&[20, 21, 22]))
	}

	/// Whether there are a model block and a stage one.
	fn has(self) -> (bool, bool) {
		match self {
			Self::None => (false, false),
			Self::Model => (true, false),
			Self::OneChallenge | Self::TwoChallenges => (true, true),
		}
	}
}

/// Variants of `batch`'s weights and misplacements.
const COMPENSATIONS: u64 = 5;
const MISPLACEMENTS: u64 = 6;

fn batches() -> Vec<Seed> {
	use Blocks::{Model, None, OneChallenge, TwoChallenges};
	/// Enough that pairs share inversions.
	const MORE: u8 = 20;
	let as_it_is = Bytes::variant(0, COMPENSATIONS);
	let equal = Bytes::variant(1, COMPENSATIONS);
	let well_placed = Bytes::of(&[0]);
	let misplaced =
		|item: u8, how: u64| Bytes::of(&[1, item]).and(&Bytes::variant(how, MISPLACEMENTS));
	let (other_model, other_stage_one) = (misplaced(1, 3), misplaced(2, 4));
	let outside = misplaced(3, 5).and(&Bytes::of(&[0]));
	let invalid = Err(BatchError::Invalid);
	let named = |index, error| Err(BatchError::Item { index, error });

	let seed = |name: &str,
	            blocks: [Blocks; 2],
	            is_wrong: bool,
	            (compensation, misplaced): (&Bytes, &Bytes),
	            more: u8,
	            verdict: Result<(), BatchError>| {
		let mut bytes = Bytes::of(&[1]).and(&setup(4)).and(&setup(4)).and(&Bytes::of(&[3]));
		// Both keys, and where the second has a model block two models under it.
		for (place, key) in [0, 1, 3, 0].into_iter().enumerate() {
			let proof = [8, 9, 10].map(|log| log + place as u8);
			let error: &[u8] = if is_wrong && place == 1 { &[1, 4, 0] } else { &[0, 0] };
			bytes =
				bytes.and(&Bytes::of(&[key])).and(&Bytes::scalars(&proof)).and(&Bytes::of(error));
		}
		let bytes = bytes
			.and(compensation)
			.and(misplaced)
			.and(&Bytes::of(&[more]))
			.and(&blocks[0].bytes())
			.and(&blocks[1].bytes())
			.and(&Bytes::scalars(&[30]))
			.padded();
		let reached = read::<batch::Case>(&bytes).run().expect("no point is at infinity");
		assert_eq!(reached.verdict, verdict, "{name}");
		assert_eq!(reached.blocks, blocks.map(Blocks::has).into(), "{name}");
		assert_eq!(reached.items, 4 + usize::from(more), "{name}");
		let models = if blocks[0].has().0 { 3 } else { 2 };
		let dropped = usize::from(misplaced.0.starts_with(&other_model.0));
		assert_eq!(reached.models, models - dropped, "{name}");
		("batch", name.to_owned(), bytes)
	};
	let sound = (&as_it_is, &well_placed);
	let compensated = (&equal, &well_placed);
	let mixed = [None, TwoChallenges];
	vec![
		seed("mixed-sound", mixed, false, sound, 0, Ok(())),
		seed("mixed-committed-and-staged", [Model, OneChallenge], false, sound, 0, Ok(())),
		seed("mixed-many-sound", mixed, false, sound, MORE, Ok(())),
		seed("mixed-one-wrong", mixed, true, sound, 0, invalid),
		seed("mixed-compensate-under-equal-weights", mixed, true, compensated, 0, invalid),
		seed("mixed-many-compensate-under-equal-weights", mixed, true, compensated, MORE, invalid),
		seed(
			"mixed-without-a-model",
			mixed,
			false,
			(&as_it_is, &other_model),
			0,
			named(1, VerifyError::WrongModel),
		),
		seed(
			"mixed-without-a-stage-one",
			mixed,
			false,
			(&as_it_is, &other_stage_one),
			0,
			named(2, VerifyError::WrongProof),
		),
		seed(
			"mixed-one-outside",
			mixed,
			false,
			(&as_it_is, &outside),
			0,
			named(3, VerifyError::NotInSubgroup),
		),
	]
}

/// Variants of `verify`'s changes, and of points in them.
const CHANGES: u64 = 24;
const PROOF_POINTS: u64 = 4;
const KEY_POINTS: u64 = 7;

fn proofs() -> Vec<Seed> {
	let seed = |name: &str,
	            blocks: Blocks,
	            change: &[&Bytes],
	            verdict: Option<Result<(), VerifyError>>| {
		let mut bytes =
			setup(4).and(&Bytes::scalars(&[12, 13])).and(&Bytes::of(&[change.len().min(1) as u8]));
		for part in change {
			bytes = bytes.and(part);
		}
		// Inputs go on as long as a byte says so.
		for input in [40, 41, 42, 43] {
			bytes = bytes.and(&Bytes::of(&[1])).and(&Bytes::scalars(&[input]));
		}
		let bytes =
			bytes.and(&Bytes::of(&[0])).and(&blocks.bytes()).and(&Bytes::scalars(&[30])).padded();
		let reached = read::<verify::Case>(&bytes).run().expect("no point is at infinity");
		let (model, stage_one) = blocks.has();
		assert_eq!(reached, verify::Reached { model, stage_one, verdict }, "{name}");
		("verify", name.to_owned(), bytes)
	};
	let change = |index| Bytes::variant(index, CHANGES);
	let proof_point = |index| Bytes::variant(index, PROOF_POINTS);
	let key_point = |index| Bytes::variant(index, KEY_POINTS);
	let scalar = Bytes::scalars(&[50]);
	let staged = Blocks::OneChallenge;
	let refused = |error| Some(Err(error));
	let (sound, invalid) = (Some(Ok(())), refused(VerifyError::Invalid));
	let count = refused(VerifyError::WrongInputCount { expected: 3, given: 4 });
	let (wrong_model, wrong_proof) =
		(refused(VerifyError::WrongModel), refused(VerifyError::WrongProof));
	vec![
		seed("model-sound", Blocks::Model, &[], sound),
		seed("staged-sound", staged, &[], sound),
		seed("staged-two-challenges", Blocks::TwoChallenges, &[], sound),
		seed("staged-randomised", staged, &[&change(0), &scalar], sound),
		seed("staged-randomised-more", staged, &[&change(1), &scalar], sound),
		seed("staged-negated", staged, &[&change(2), &proof_point(3)], invalid),
		seed("staged-shifted", staged, &[&change(4), &proof_point(3), &scalar], invalid),
		seed("staged-input-changed", staged, &[&change(8), &Bytes::of(&[1]), &scalar], invalid),
		seed("staged-input-added", staged, &[&change(11), &scalar], count),
		seed("staged-eta-changed", staged, &[&change(14), &key_point(5), &scalar], invalid),
		seed(
			"staged-sigma-is-gamma",
			staged,
			&[&change(15), &key_point(2), &key_point(6)],
			invalid,
		),
		seed("staged-about-another", staged, &[&change(16), &scalar], invalid),
		seed("plain-about-a-model", Blocks::None, &[&change(16), &scalar], wrong_model),
		seed("staged-about-none", staged, &[&change(17)], wrong_model),
		seed("plain-with-a-stage-one", Blocks::None, &[&change(18), &scalar], wrong_proof),
		seed("staged-without-a-stage-one", staged, &[&change(19)], wrong_proof),
		seed(
			"staged-outside-the-subgroup",
			staged,
			&[&change(20), &Bytes::of(&[0])],
			refused(VerifyError::NotInSubgroup),
		),
		seed("staged-cut", staged, &[&change(22), &Bytes::of(&[1])], None),
	]
}

/// Variants of `statement`'s scalars and spellings.
const SCALARS: u64 = 2;
const SPELLINGS: u64 = 6;

fn statements() -> Vec<Seed> {
	/// The modulus of the base field, big-endian.
	const MODULUS: [u8; 32] = {
		let mut bytes = [0; 32];
		let words = [
			0x3064_4e72_e131_a029_u64,
			0xb850_45b6_8181_585d,
			0x9781_6a91_6871_ca8d,
			0x3c20_8c16_d87c_fd47,
		];
		let mut place = 0;
		while place < 32 {
			bytes[place] = words[place / 8].to_be_bytes()[place % 8];
			place += 1;
		}
		bytes
	};
	let number = |value: u8| {
		let mut bytes = [0; 32];
		bytes[31] = value;
		bytes
	};
	let generator = [number(1), number(2)];
	let above = [number(1), MODULUS];
	let point =
		|point: [[u8; 32]; 2]| ModelCommitment::Point(point.concat().try_into().expect("64 bytes"));
	let v2 = StatementSchema::InferenceV2 { input_len: 64, output_len: 40 };
	let seed = |name: &str, coordinates: [[u8; 32]; 2], scale: Vec<u8>, spelling: Bytes| {
		let mut bytes = Bytes::default();
		for value in [5, 6, 7] {
			let mut scalar = [0; 32];
			scalar[0] = value;
			bytes = bytes.and(&Bytes::variant(0, SCALARS)).and(&Bytes::of(&scalar));
		}
		let output = [9; 40];
		// A number of bytes that is not the last one stands at the end.
		let bytes = bytes
			.and(&Bytes::of(&coordinates.concat()))
			.and(&Bytes::of(&[0; 8]))
			.and(&spelling)
			.and(&Bytes::of(&scale))
			.and(&Bytes::of(&output))
			.and(&Bytes::of(&[scale.len() as u8]))
			.0;
		let reached = read::<statement::Case>(&bytes).run();
		let expected = statement::Reached {
			point: point(coordinates),
			is_point: coordinates != above,
			model: codec::DecodeAll::decode_all(&mut &*scale).ok(),
			schema: codec::DecodeAll::decode_all(&mut &*scale).ok(),
			public_inputs: Some(5),
		};
		assert_eq!(reached, expected, "{name}");
		("statement", name.to_owned(), bytes)
	};
	let upper_case = Bytes::variant(2, SPELLINGS);
	let more = Bytes::variant(5, SPELLINGS).and(&Bytes::of(&[b'0', 0, 0, 0]));
	vec![
		seed("point-model", generator, point(generator).encode(), upper_case.clone()),
		seed("point-above-the-modulus", above, point(above).encode(), upper_case.clone()),
		seed("point-with-a-digit-more", generator, point(generator).encode(), more),
		seed(
			"scalar-model",
			generator,
			ModelCommitment::Scalar([3; 32]).encode(),
			upper_case.clone(),
		),
		seed("second-schema", generator, v2.encode(), upper_case),
	]
}
