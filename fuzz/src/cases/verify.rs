// SPDX-License-Identifier: Apache-2.0

//! Verification of one proof against arkworks and against the algebra of the trapdoor.
//!
//! A true proof is made, and then proof, inputs and key are changed. Where this project and arkworks
//! have to differ, nothing but a refusal passes:
//!
//! - a point at infinity, or outside the subgroup: arkworks' verifier computes with either, and its
//!   checked deserialization takes the former;
//! - another number of inputs than the key's: arkworks leaves out what one side has too many of.
//!
//! Everywhere else both have to give the same verdict, accepted or refused.

use crate::{
	algebra::{decoded_key, Blocks, Keyed, Logs, Scalar, Setup},
	arkworks,
	points::outside_the_subgroup,
};
use arbitrary::{Arbitrary, Unstructured};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field};
use candor_groth16::{
	challenges, DecodeError, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey,
};
use candor_trapdoor::{g1, StagedTrapdoor};
use std::sync::LazyLock;

static OUTSIDE: LazyLock<Vec<G2Affine>> = LazyLock::new(outside_the_subgroup);

/// A true proof, and changes.
#[derive(Arbitrary, Debug)]
pub struct Case {
	setup: Setup,
	a: Scalar,
	b: Scalar,
	#[arbitrary(with = changes)]
	changes: Vec<Change>,
	inputs: Vec<Scalar>,
	/// The blocks of the key, and a model.
	blocks: Blocks,
	/// What the commitment to stage one is.
	stage_one: Scalar,
}

/// No more than three.
fn changes(u: &mut Unstructured) -> arbitrary::Result<Vec<Change>> {
	let count = u8::arbitrary(u)? % 4;
	(0..count).map(|_| Change::arbitrary(u)).collect()
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum ProofPoint {
	A,
	B,
	C,
	/// The commitment to stage one, where there is one.
	StageOne,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum KeyPoint {
	Alpha,
	Beta,
	Gamma,
	Delta,
	Ic(u8),
	/// Of a model block, where the key has one.
	Eta,
	/// Of a stage one, likewise.
	Sigma,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Change {
	/// `A s` and `B / s`: a proof of the same statement.
	Randomise(Scalar),
	/// `B + s delta` and `C + s A`: a proof of the same statement.
	RandomiseMore(Scalar),
	Negate(ProofPoint),
	Scale(ProofPoint, Scalar),
	Shift(ProofPoint, Scalar),
	Set(ProofPoint, Scalar),
	SwapAAndC,
	SetInput(u8, Scalar),
	ShiftInput(u8, Scalar),
	SwapInputs(u8, u8),
	/// Moves an amount from one input to another, which passes if their points are equal.
	Trade(u8, u8, Scalar),
	AddInput(Scalar),
	DropInput,
	NegateKey(KeyPoint),
	SetKey(KeyPoint, Scalar),
	/// Makes the second point of the key equal to the first.
	Relate(KeyPoint, KeyPoint),
	/// About another model, or about one where the key has no block for it.
	SetModel(Scalar),
	/// About none.
	DropModel,
	/// Gives a commitment to stage one to a proof that has none.
	AddStageOne(Scalar),
	/// Takes it away.
	DropStageOne,
	/// Adds to `B` a point outside the subgroup.
	LeaveSubgroup(u8),
	/// Changes a byte of the proof's encoding.
	Byte {
		at: u8,
		difference: u8,
	},
	/// Leaves out bytes at the end of the proof's encoding.
	Cut(u8),
	/// Appends a byte to the proof's encoding.
	Append(u8),
}

/// What is under test.
struct Subject {
	trapdoor: StagedTrapdoor,
	/// The logarithm of the commitment to the model.
	model: Option<Fr>,
	inputs: Vec<Fr>,
	logs: Logs,
}

impl Subject {
	fn new(case: &Case) -> Self {
		let keyed = Keyed::new(&case.setup, case.blocks);
		let given = case.inputs.iter().map(|input| input.0).chain(std::iter::repeat(Fr::ONE));
		let inputs: Vec<_> = given.take(keyed.inputs()).collect();
		let model = keyed.model(0);
		let logs = keyed.prove(model, &inputs, case.a.0, case.b.0, case.stage_one.0);
		assert!(
			keyed.trapdoor.plain.delta == Fr::ZERO
				|| keyed.error(model, &logs, &inputs) == Fr::ZERO,
			"the algebra is wrong"
		);
		Self { trapdoor: keyed.trapdoor, model, inputs, logs }
	}

	fn of_proof(&mut self, point: ProofPoint) -> Option<&mut Fr> {
		match point {
			ProofPoint::A => Some(&mut self.logs.a),
			ProofPoint::B => Some(&mut self.logs.b),
			ProofPoint::C => Some(&mut self.logs.c),
			ProofPoint::StageOne => self.logs.stage_one.as_mut(),
		}
	}

	fn of_key(&mut self, point: KeyPoint) -> Option<&mut Fr> {
		let plain = &mut self.trapdoor.plain;
		match point {
			KeyPoint::Alpha => Some(&mut plain.alpha),
			KeyPoint::Beta => Some(&mut plain.beta),
			KeyPoint::Gamma => Some(&mut plain.gamma),
			KeyPoint::Delta => Some(&mut plain.delta),
			KeyPoint::Ic(index) => {
				let points = plain.ic.len();
				plain.ic.get_mut(usize::from(index) % points)
			}
			KeyPoint::Eta => self.trapdoor.eta.as_mut(),
			KeyPoint::Sigma => self.trapdoor.stage_one.as_mut().map(|(sigma, _)| sigma),
		}
	}

	/// Changes a point of the proof that is there.
	fn set(&mut self, point: ProofPoint, to: impl Fn(Fr) -> Fr) {
		if let Some(log) = self.of_proof(point) {
			*log = to(*log);
		}
	}

	/// Changes a point of the key that is there.
	fn set_key(&mut self, point: KeyPoint, to: impl Fn(Fr) -> Fr) {
		if let Some(log) = self.of_key(point) {
			*log = to(*log);
		}
	}

	/// The position of an input; `None` if all were dropped.
	fn position(&self, index: u8) -> Option<usize> {
		usize::from(index).checked_rem(self.inputs.len())
	}

	/// Makes a change to logarithms; changes to bytes are left to [`change_bytes`].
	fn change(&mut self, change: Change) {
		match change {
			Change::Randomise(s) => {
				if let Some(inverse) = s.0.inverse() {
					self.logs.a *= s.0;
					self.logs.b *= inverse;
				}
			}
			Change::RandomiseMore(s) => {
				self.logs.b += s.0 * self.trapdoor.plain.delta;
				self.logs.c += s.0 * self.logs.a;
			}
			Change::Negate(point) => self.set(point, |log| -log),
			Change::Scale(point, s) => self.set(point, |log| log * s.0),
			Change::Shift(point, s) => self.set(point, |log| log + s.0),
			Change::Set(point, s) => self.set(point, |_| s.0),
			Change::SwapAAndC => std::mem::swap(&mut self.logs.a, &mut self.logs.c),
			Change::SetInput(index, s) => {
				if let Some(at) = self.position(index) {
					self.inputs[at] = s.0;
				}
			}
			Change::ShiftInput(index, s) => {
				if let Some(at) = self.position(index) {
					self.inputs[at] += s.0;
				}
			}
			Change::SwapInputs(first, second) => {
				if let (Some(first), Some(second)) = (self.position(first), self.position(second)) {
					self.inputs.swap(first, second);
				}
			}
			Change::Trade(first, second, s) => {
				if let (Some(first), Some(second)) = (self.position(first), self.position(second)) {
					self.inputs[first] += s.0;
					self.inputs[second] -= s.0;
				}
			}
			Change::AddInput(s) => self.inputs.push(s.0),
			Change::DropInput => {
				self.inputs.pop();
			}
			Change::NegateKey(point) => self.set_key(point, |log| -log),
			Change::SetKey(point, s) => self.set_key(point, |_| s.0),
			Change::Relate(first, second) => {
				if let Some(log) = self.of_key(first).copied() {
					self.set_key(second, |_| log);
				}
			}
			Change::SetModel(s) => self.model = Some(s.0),
			Change::DropModel => self.model = None,
			Change::AddStageOne(s) => {
				self.logs.stage_one.get_or_insert(s.0);
			}
			Change::DropStageOne => self.logs.stage_one = None,
			Change::LeaveSubgroup(_) | Change::Byte { .. } | Change::Cut(_) | Change::Append(_) => {
			}
		}
	}

	/// What is wrong with the shape of the statement or the proof, whatever its points are.
	fn misshapen(&self, keyed: &Keyed, has_stage_one: bool) -> Option<VerifyError> {
		if self.inputs.len() != keyed.inputs() {
			let [expected, given] = [keyed.inputs(), self.inputs.len()].map(|count| count as u32);
			return Some(VerifyError::WrongInputCount { expected, given });
		}
		if self.model == Some(Fr::ZERO) || self.model.is_some() != keyed.trapdoor.eta.is_some() {
			return Some(VerifyError::WrongModel);
		}
		(has_stage_one != keyed.trapdoor.stage_one.is_some()).then_some(VerifyError::WrongProof)
	}

	/// What a proof of this shape with these logarithms has to come to.
	fn expected(&self, keyed: &Keyed) -> Result<(), VerifyError> {
		if keyed.error(self.model, &self.logs, &self.inputs) == Fr::ZERO {
			Ok(())
		} else {
			Err(VerifyError::Invalid)
		}
	}
}

/// Makes a change to the bytes of a proof.
fn change_bytes(bytes: &mut Vec<u8>, change: Change) {
	match change {
		Change::LeaveSubgroup(index) => {
			if let Ok(mut proof) = Proof::from_bytes(bytes) {
				let outside = OUTSIDE[usize::from(index) % OUTSIDE.len()];
				proof.b = (proof.b + outside).into_affine();
				*bytes = proof.to_bytes();
			}
		}
		Change::Byte { at, difference } => {
			if let Some(byte) = bytes.get_mut(usize::from(at)) {
				*byte ^= difference;
			}
		}
		Change::Cut(count) => bytes.truncate(bytes.len().saturating_sub(count.into())),
		Change::Append(byte) => bytes.push(byte),
		_ => {}
	}
}

fn register(key: &VerifyingKey) {
	let broken = arkworks::broken_rules(&arkworks::key_of(key));
	match key.validate() {
		Ok(()) => assert!(broken.is_empty(), "taken in spite of {broken:?}"),
		Err(error) => assert!(broken.contains(&error), "{error:?}, but {broken:?}"),
	}
}

/// What a proof was, and what it came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Reached {
	/// Whether the key has a model block.
	pub model: bool,
	/// Whether it has a stage one.
	pub stage_one: bool,
	/// The verdict, where the proof's bytes are a proof.
	pub verdict: Option<Result<(), VerifyError>>,
}

impl Reached {
	fn new(key: &VerifyingKey, verdict: Option<Result<(), VerifyError>>) -> Self {
		Self { model: key.model.is_some(), stage_one: key.stage_one.is_some(), verdict }
	}
}

/// Whether arkworks takes a proof of the right shape.
fn opinion(key: &VerifyingKey, model: Option<G1Affine>, inputs: &[Fr], proof: &[u8]) -> bool {
	let arkworks_key = arkworks::key_of(key);
	let (proof, stage_one) = arkworks::proof(proof).expect("without faults");
	if key.is_plain() {
		return arkworks::verify(&arkworks_key.plain, inputs, &proof);
	}
	let challenges = stage_one.map_or_else(Vec::new, |stage_one| {
		challenges(&key.digest(), model.as_ref(), inputs, &stage_one, key.challenges())
	});
	let all = [inputs, &challenges].concat();
	arkworks::verify_with_blocks(&arkworks_key, model, &all, &proof, stage_one)
}

impl Case {
	/// Compares the verdicts; `None` where a point of the key is at infinity.
	///
	/// # Panics
	///
	/// Where they differ.
	pub fn run(&self) -> Option<Reached> {
		let mut subject = Subject::new(self);
		for change in &self.changes {
			subject.change(*change);
		}
		let key = decoded_key(&subject.trapdoor)?;
		register(&key);
		let prepared = PreparedVerifyingKey::prepare(&key).expect("points of their groups");

		let untouched = subject.logs.proof().to_bytes();
		let mut bytes = untouched.clone();
		for change in &self.changes {
			change_bytes(&mut bytes, *change);
		}

		let keyed = Keyed::of(subject.trapdoor.clone(), subject.model);
		let model = subject.model.map(g1);
		let decoded = Proof::from_bytes(&bytes);
		let faults = arkworks::proof(&bytes).err().unwrap_or_default();
		let proof = match decoded {
			Ok(proof) => proof,
			Err(error) => {
				assert!(faults.contains(&error), "{error:?}, but there is {faults:?}");
				return Some(Reached::new(&key, None));
			}
		};
		let verdict = prepared.verify_about(model.as_ref(), &subject.inputs, &proof);
		let outside = |fault: &DecodeError| *fault == DecodeError::NotInSubgroup;
		assert!(faults.iter().all(outside), "decoded in spite of {faults:?}");
		if let Some(error) = subject.misshapen(&keyed, proof.stage_one.is_some()) {
			assert_eq!(verdict, Err(error));
		} else if !faults.is_empty() {
			assert_eq!(verdict, Err(VerifyError::NotInSubgroup));
		} else {
			let arkworks = opinion(&key, model, &subject.inputs, &bytes);
			assert_eq!(verdict.is_ok(), arkworks, "arkworks says otherwise: {verdict:?}");
			if bytes == untouched {
				assert_eq!(verdict, subject.expected(&keyed), "the algebra says otherwise");
			}
		}
		Some(Reached::new(&key, Some(verdict)))
	}
}
