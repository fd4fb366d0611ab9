// SPDX-License-Identifier: Apache-2.0

//! The systems that a runtime has.

use crate::{
	Effort, KeyRefusal, Limits, PreparedKey, ProofSystem, SystemBatch, SystemId, UnreadableKey,
};
use alloc::{boxed::Box, vec::Vec};
use candor_statement::{ModelCommitment, StatementSchema};

/// The proof systems of a runtime: a tuple of one to four [`ProofSystem`]s with different numbers.
/// What is asked about a circuit goes to the system with its number.
pub trait ProofSystems {
	/// The greatest limits of all systems.
	const LIMITS: Limits;

	/// The dearest verification of all systems, and at least [`Effort::MEASURED`].
	const EFFORT: Effort;

	/// The numbers of the systems, in the order of the tuple.
	fn ids() -> Vec<SystemId>;

	/// See [`ProofSystem::inputs_of_key_length`]; zero for a system that is not there, whose keys are
	/// refused unread.
	fn inputs_of_key_length(system: SystemId, bytes: usize) -> u32;

	/// See [`ProofSystem::register`].
	///
	/// # Errors
	///
	/// The system's, or that there is no such system.
	fn register(
		system: SystemId,
		key: &[u8],
		schema: &StatementSchema,
	) -> Result<PreparedKey, KeyRefusal>;

	/// See [`ProofSystem::key_of`].
	///
	/// # Errors
	///
	/// The system's, or that there is no such system.
	fn key_of(system: SystemId, stored: &[u8]) -> Result<Vec<u8>, UnreadableKey>;

	/// See [`ProofSystem::takes_model`]; false where there is no such system.
	fn takes_model(system: SystemId, commitment: &ModelCommitment) -> bool;

	/// See [`ProofSystem::BATCHED_WITH`]; `None` for a system that is not there.
	fn batched_with(system: SystemId) -> Option<SystemId>;

	/// What the system takes, and at least [`Effort::MEASURED`]; that where there is no such system, whose
	/// keys are refused unread.
	fn effort(system: SystemId) -> Effort;

	/// An empty batch of the system's proofs, if there is the system.
	fn batch(system: SystemId) -> Option<Box<dyn SystemBatch>>;
}

macro_rules! registry {
	($($system:ident),+) => {
		impl<$($system: ProofSystem),+> ProofSystems for ($($system,)+) {
			const LIMITS: Limits = Limits::NONE$(.max($system::LIMITS))+;

			const EFFORT: Effort = Effort::MEASURED$(.max($system::EFFORT))+;

			fn ids() -> Vec<SystemId> {
				Vec::from([$($system::ID),+])
			}

			fn inputs_of_key_length(system: SystemId, bytes: usize) -> u32 {
				match system {
					$(id if id == $system::ID => $system::inputs_of_key_length(bytes),)+
					_ => 0,
				}
			}

			fn register(
				system: SystemId,
				key: &[u8],
				schema: &StatementSchema,
			) -> Result<PreparedKey, KeyRefusal> {
				match system {
					$(id if id == $system::ID => $system::register(key, schema),)+
					_ => Err(KeyRefusal::UnknownSystem),
				}
			}

			fn key_of(system: SystemId, stored: &[u8]) -> Result<Vec<u8>, UnreadableKey> {
				match system {
					$(id if id == $system::ID => $system::key_of(stored),)+
					_ => Err(UnreadableKey),
				}
			}

			fn takes_model(system: SystemId, commitment: &ModelCommitment) -> bool {
				match system {
					$(id if id == $system::ID => $system::takes_model(commitment),)+
					_ => false,
				}
			}

			fn batched_with(system: SystemId) -> Option<SystemId> {
				match system {
					$(id if id == $system::ID => Some($system::BATCHED_WITH),)+
					_ => None,
				}
			}

			fn effort(system: SystemId) -> Effort {
				match system {
					$(id if id == $system::ID => Effort::MEASURED.max($system::EFFORT),)+
					_ => Effort::MEASURED,
				}
			}

			fn batch(system: SystemId) -> Option<Box<dyn SystemBatch>> {
				match system {
					$(id if id == $system::ID => Some(Box::new($system::Batch::default())),)+
					_ => None,
				}
			}
		}
	};
}

registry!(A);
registry!(A, B);
registry!(A, B, C);
registry!(A, B, C, D);

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{BatchRefusal, ProofRefusal};
	use alloc::vec;
	use candor_statement::Statement;

	/// A system that only tells which one it is.
	struct Named<const NUMBER: u8>;

	#[derive(Default)]
	struct NamedBatch<const NUMBER: u8>;

	impl<const NUMBER: u8> ProofSystem for Named<NUMBER> {
		const ID: SystemId = SystemId(NUMBER);
		const LIMITS: Limits = Limits {
			key_bytes: NUMBER as u32,
			prepared_key_bytes: 10,
			proof_bytes: 100 - NUMBER as u32,
			public_inputs: 3,
		};
		const EFFORT: Effort =
			Effort { single: 90 + NUMBER as u32, batched: 110 - NUMBER as u32, ..Effort::MEASURED };
		type Batch = NamedBatch<NUMBER>;

		fn inputs_of_key_length(bytes: usize) -> u32 {
			u32::from(NUMBER) + bytes as u32
		}

		fn register(_: &[u8], _: &StatementSchema) -> Result<PreparedKey, KeyRefusal> {
			Ok(PreparedKey(vec![NUMBER]))
		}

		fn key_of(stored: &[u8]) -> Result<Vec<u8>, UnreadableKey> {
			Ok([&[NUMBER], stored].concat())
		}

		fn takes_model(commitment: &ModelCommitment) -> bool {
			commitment.as_bytes()[0] == NUMBER
		}
	}

	impl<const NUMBER: u8> SystemBatch for NamedBatch<NUMBER> {
		fn add_key(&mut self, _: &[u8]) -> Result<u32, UnreadableKey> {
			Ok(NUMBER.into())
		}

		fn add(&mut self, _: usize, _: &[Statement<'_>], _: &[u8]) -> Result<(), ProofRefusal> {
			Ok(())
		}

		fn verify(&self) -> Result<(), BatchRefusal> {
			Ok(())
		}
	}

	type Systems = (Named<5>, Named<30>);
	const SCHEMA: StatementSchema = StatementSchema::InferenceV1 { input_len: 1, output_len: 1 };

	#[test]
	fn each_question_goes_to_the_system_with_the_number() {
		assert_eq!(Systems::ids(), [SystemId(5), SystemId(30)]);
		for number in [5, 30] {
			let system = SystemId(number);
			assert_eq!(Systems::inputs_of_key_length(system, 2), u32::from(number) + 2);
			assert_eq!(Systems::register(system, &[], &SCHEMA), Ok(PreparedKey(vec![number])));
			assert_eq!(Systems::key_of(system, &[7]), Ok(vec![number, 7]));
			assert_eq!(Systems::batched_with(system), Some(system));
			let mut batch = Systems::batch(system).unwrap();
			assert_eq!(batch.add_key(&[]), Ok(number.into()));
			for commitment in [5, 30] {
				let model = ModelCommitment::Scalar([commitment; 32]);
				assert_eq!(Systems::takes_model(system, &model), commitment == number);
			}
		}
	}

	#[test]
	fn a_system_that_is_not_there_is_refused_by_name() {
		let unknown = SystemId(6);
		assert_eq!(Systems::inputs_of_key_length(unknown, 2), 0);
		assert_eq!(Systems::register(unknown, &[], &SCHEMA), Err(KeyRefusal::UnknownSystem));
		assert_eq!(Systems::key_of(unknown, &[]), Err(UnreadableKey));
		assert!(Systems::batch(unknown).is_none());
		assert_eq!(Systems::batched_with(unknown), None);
		assert!(!Systems::takes_model(unknown, &ModelCommitment::Scalar([6; 32])));
	}

	#[test]
	fn a_system_takes_its_own_effort_and_one_that_is_not_there_no_more() {
		let effort = |single, batched| Effort { single, batched, ..Effort::MEASURED };
		assert_eq!(Systems::effort(SystemId(5)), effort(100, 105));
		assert_eq!(Systems::effort(SystemId(30)), effort(120, 100));
		assert_eq!(Systems::effort(SystemId(6)), Effort::MEASURED);
	}

	#[test]
	fn limits_and_effort_are_those_of_whichever_system_needs_most() {
		let limits =
			Limits { key_bytes: 30, prepared_key_bytes: 10, proof_bytes: 95, public_inputs: 3 };
		assert_eq!(Systems::LIMITS, limits);
		let effort = |single, batched| Effort { single, batched, ..Effort::MEASURED };
		assert_eq!(Systems::EFFORT, effort(120, 105));
		assert_eq!(<(Named<5>,)>::EFFORT, effort(100, 105));
	}
}
