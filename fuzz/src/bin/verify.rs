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

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use ark_bn254::{Fr, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field};
use candor_fuzz::{
	algebra::{decoded_key, Logs, Scalar, Setup},
	arkworks,
	points::outside_the_subgroup,
};
use candor_groth16::{DecodeError, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey};
use candor_trapdoor::{StagedTrapdoor, Trapdoor};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static OUTSIDE: LazyLock<Vec<G2Affine>> = LazyLock::new(outside_the_subgroup);

#[derive(Arbitrary, Debug)]
struct Case {
	setup: Setup,
	a: Scalar,
	b: Scalar,
	#[arbitrary(with = changes)]
	changes: Vec<Change>,
	inputs: Vec<Scalar>,
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
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum KeyPoint {
	Alpha,
	Beta,
	Gamma,
	Delta,
	Ic(u8),
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
	trapdoor: Trapdoor,
	inputs: Vec<Fr>,
	logs: Logs,
}

impl Subject {
	fn new(case: &Case) -> Self {
		let trapdoor = case.setup.trapdoor();
		let given = case.inputs.iter().map(|input| input.0).chain(std::iter::repeat(Fr::ONE));
		let inputs: Vec<_> = given.take(trapdoor.ic.len() - 1).collect();
		let logs = Logs::prove(&trapdoor, &inputs, case.a.0, case.b.0);
		assert!(
			trapdoor.delta == Fr::ZERO || logs.error(&trapdoor, &inputs) == Fr::ZERO,
			"the algebra is wrong"
		);
		Self { trapdoor, inputs, logs }
	}

	fn of_proof(&mut self, point: ProofPoint) -> &mut Fr {
		match point {
			ProofPoint::A => &mut self.logs.a,
			ProofPoint::B => &mut self.logs.b,
			ProofPoint::C => &mut self.logs.c,
		}
	}

	fn of_key(&mut self, point: KeyPoint) -> &mut Fr {
		match point {
			KeyPoint::Alpha => &mut self.trapdoor.alpha,
			KeyPoint::Beta => &mut self.trapdoor.beta,
			KeyPoint::Gamma => &mut self.trapdoor.gamma,
			KeyPoint::Delta => &mut self.trapdoor.delta,
			KeyPoint::Ic(index) => {
				let points = self.trapdoor.ic.len();
				&mut self.trapdoor.ic[usize::from(index) % points]
			}
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
				self.logs.b += s.0 * self.trapdoor.delta;
				self.logs.c += s.0 * self.logs.a;
			}
			Change::Negate(point) => {
				self.of_proof(point).neg_in_place();
			}
			Change::Scale(point, s) => *self.of_proof(point) *= s.0,
			Change::Shift(point, s) => *self.of_proof(point) += s.0,
			Change::Set(point, s) => *self.of_proof(point) = s.0,
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
			Change::NegateKey(point) => {
				self.of_key(point).neg_in_place();
			}
			Change::SetKey(point, s) => *self.of_key(point) = s.0,
			Change::Relate(first, second) => *self.of_key(second) = *self.of_key(first),
			Change::LeaveSubgroup(_) | Change::Byte { .. } | Change::Cut(_) | Change::Append(_) => {
			}
		}
	}

	/// What a proof with these logarithms has to come to, if it decodes.
	fn expected(&self) -> Result<(), VerifyError> {
		let expected = self.trapdoor.ic.len() - 1;
		if self.inputs.len() != expected {
			let [expected, given] = [expected, self.inputs.len()].map(|count| count as u32);
			return Err(VerifyError::WrongInputCount { expected, given });
		}
		if self.logs.error(&self.trapdoor, &self.inputs) == Fr::ZERO {
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

fn register(key: &VerifyingKey, arkworks_key: &arkworks::Key) {
	let broken = arkworks::broken_rules(arkworks_key);
	match key.validate() {
		Ok(()) => assert!(broken.is_empty(), "taken in spite of {broken:?}"),
		Err(error) => assert!(broken.contains(&error), "{error:?}, but {broken:?}"),
	}
}

fuzz_target!(|case: Case| {
	let mut subject = Subject::new(&case);
	for change in &case.changes {
		subject.change(*change);
	}
	let plain = subject.trapdoor.clone();
	let trapdoor = StagedTrapdoor { plain, eta: None, stage_one: None };
	let Some(key) = decoded_key(&trapdoor) else { return };
	let arkworks_key = arkworks::key_of(&key);
	register(&key, &arkworks_key);

	let untouched = subject.logs.proof().to_bytes();
	let mut bytes = untouched.clone();
	for change in &case.changes {
		change_bytes(&mut bytes, *change);
	}

	let prepared = PreparedVerifyingKey::prepare(&key).expect("points of their groups");
	let decoded = Proof::from_bytes(&bytes);
	let faults = match arkworks::proof(&bytes) {
		Err(faults) => faults,
		// The key has no stage one.
		Ok((_, Some(_))) => {
			let decoded = decoded.expect("arkworks takes these points, and none is at infinity");
			let verdict = prepared.verify(&subject.inputs, &decoded);
			let count = matches!(verdict, Err(VerifyError::WrongInputCount { .. }));
			assert!(count || verdict == Err(VerifyError::WrongProof), "{verdict:?}");
			return;
		}
		Ok((proof, None)) => {
			let decoded = decoded.expect("arkworks takes these points, and none is at infinity");
			let verdict = prepared.verify(&subject.inputs, &decoded);
			if subject.inputs.len() == key.ic.len() - 1 {
				let arkworks = arkworks::verify(&arkworks_key.plain, &subject.inputs, &proof);
				assert_eq!(verdict.is_ok(), arkworks, "arkworks says otherwise: {verdict:?}");
			}
			if bytes == untouched {
				assert_eq!(verdict, subject.expected(), "the algebra says otherwise");
			}
			return;
		}
	};
	match decoded {
		Err(error) => assert!(faults.contains(&error), "{error:?}, but there is {faults:?}"),
		Ok(proof) => {
			assert!(faults.iter().all(|fault| *fault == DecodeError::NotInSubgroup), "{faults:?}");
			let verdict = prepared.verify(&subject.inputs, &proof);
			let count = matches!(verdict, Err(VerifyError::WrongInputCount { .. }));
			assert!(
				verdict == Err(VerifyError::NotInSubgroup)
					|| count && verdict == subject.expected(),
				"outside the subgroup, but {verdict:?}"
			);
		}
	}
});
