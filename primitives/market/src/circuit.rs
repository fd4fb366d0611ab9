// SPDX-License-Identifier: Apache-2.0

//! Which circuit is which, and where its key comes from.

use candor_proof_system::SystemId;
use candor_statement::StatementSchema;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// Identity of a circuit: the hash of everything that its depositor declares; see [`CircuitId::of`].
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
)]
pub struct CircuitId(pub H256);

impl CircuitId {
	/// What is hashed starts with this name, so that it is the encoding of nothing else.
	pub const DOMAIN: &'static str = "candor/circuit";

	/// The identity of the circuit with the canonical verifying key `key` of a proof system.
	///
	/// It covers system, schema and provenance, too, so that nobody can take another's key and occupy
	/// its identity with other lengths, another origin or another reading of the same bytes: that is
	/// another circuit. The id is the blake2b-256 hash of the SCALE encoding of
	/// `("candor/circuit", system, key, schema, provenance)`, that is of
	///
	/// | bytes | what |
	/// | --- | --- |
	/// | 1 | `0x38`, the compact length of the name |
	/// | 14 | the name, `candor/circuit` |
	/// | 1 | the system's number, 0 for Groth16 |
	/// | 1, 2 or 4 | the compact length of the key; in two bytes `(length << 2) \| 1`, little-endian |
	/// | length | the key; for Groth16 `448 + 64 (n + 1)` bytes with its `n` public inputs, 1 to 64 |
	/// | 1 | the schema's index, 0 for `InferenceV1`, 1 for `InferenceV2`, 2 for `InferencesV1` |
	/// | 4 + 4 | its `input_len` and `output_len`, little-endian |
	/// | 0 or 1 | of `InferencesV1`, its `runs` |
	/// | 32 + 32 | the provenance's `source` and `transcript` |
	/// | 1 | its `declared`: 0 for `Development`, 1 for `Ceremony` |
	pub fn of(
		system: SystemId,
		key: &[u8],
		schema: &StatementSchema,
		provenance: &Provenance,
	) -> Self {
		Self(BlakeTwo256::hash_of(&(Self::DOMAIN, system, key, schema, provenance)))
	}
}

/// Who could know the trapdoor of a verifying key, as its depositor tells it. No more than a word:
/// whether it holds is not checked, but may be attested.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
)]
pub enum SetupKind {
	/// A single party ran the setup and may have kept the trapdoor. For experiments only.
	#[codec(index = 0)]
	Development,
	/// Several parties contributed; one honest contributor suffices.
	#[codec(index = 1)]
	Ceremony,
}

/// Where a verifying key comes from, in its depositor's words. A trapdoor cannot be seen in the key,
/// so what the depositor declares about its origin is recorded beside it for others to check.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
)]
pub struct Provenance {
	/// Hash of the source from which the circuit was compiled.
	pub source: H256,
	/// Hash of the transcript of the setup.
	pub transcript: H256,
	/// How the setup was run, as the depositor declares it.
	pub declared: SetupKind,
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_crypto_hashing::blake2_256;

	const SCHEMA: StatementSchema = StatementSchema::InferenceV1 { input_len: 8, output_len: 4 };
	const PROVENANCE: Provenance = Provenance {
		source: H256::repeat_byte(1),
		transcript: H256::repeat_byte(2),
		declared: SetupKind::Ceremony,
	};

	fn key() -> Vec<u8> {
		(0..768u32).map(|place| (place % 251) as u8).collect()
	}

	/// The table above, written out, and a vector that was computed by other code.
	#[test]
	fn an_id_is_the_hash_of_name_system_key_schema_and_provenance() {
		let mut bytes = vec![14 << 2];
		bytes.extend(b"candor/circuit");
		bytes.push(3);
		// 768 as a compact integer of two bytes.
		bytes.extend([0x01, 0x0c]);
		bytes.extend(key());
		bytes.extend([0, 8, 0, 0, 0, 4, 0, 0, 0]);
		bytes.extend([1; 32]);
		bytes.extend([2; 32]);
		bytes.push(1);
		let circuit = CircuitId::of(SystemId(3), &key(), &SCHEMA, &PROVENANCE);
		assert_eq!(circuit.0 .0, blake2_256(&bytes));
	}

	#[test]
	fn the_id_of_golden_arguments_does_not_drift() {
		let golden = include_str!("../tests/vectors/circuit_id.hex").trim();
		let circuit = CircuitId::of(SystemId(0), &key(), &SCHEMA, &PROVENANCE);
		assert_eq!(hex::encode(circuit.0), golden);

		let golden = include_str!("../tests/vectors/circuit_id_v2.hex").trim();
		let schema = StatementSchema::InferenceV2 { input_len: 8, output_len: 4 };
		let circuit = CircuitId::of(SystemId(1), &key(), &schema, &PROVENANCE);
		assert_eq!(hex::encode(circuit.0), golden);

		let golden = include_str!("../tests/vectors/circuit_id_runs.hex").trim();
		let schema = StatementSchema::InferencesV1 { input_len: 8, output_len: 4, runs: 3 };
		let circuit = CircuitId::of(SystemId(1), &key(), &schema, &PROVENANCE);
		assert_eq!(hex::encode(circuit.0), golden);
	}

	#[test]
	fn every_part_of_a_declaration_is_in_the_id() {
		let id = CircuitId::of(SystemId(0), &key(), &SCHEMA, &PROVENANCE);
		let longer = StatementSchema::InferenceV1 { input_len: 9, output_len: 4 };
		let second = StatementSchema::InferenceV2 { input_len: 8, output_len: 4 };
		let [two, three] = [2, 3]
			.map(|runs| StatementSchema::InferencesV1 { input_len: 8, output_len: 4, runs })
			.map(|schema| CircuitId::of(SystemId(0), &key(), &schema, &PROVENANCE));
		assert_ne!(two, three);
		let others = [
			CircuitId::of(SystemId(1), &key(), &SCHEMA, &PROVENANCE),
			CircuitId::of(SystemId(0), &key()[1..], &SCHEMA, &PROVENANCE),
			CircuitId::of(SystemId(0), &key(), &longer, &PROVENANCE),
			CircuitId::of(SystemId(0), &key(), &second, &PROVENANCE),
			two,
			three,
			CircuitId::of(
				SystemId(0),
				&key(),
				&SCHEMA,
				&Provenance { declared: SetupKind::Development, ..PROVENANCE },
			),
			CircuitId::of(
				SystemId(0),
				&key(),
				&SCHEMA,
				&Provenance { source: H256::zero(), ..PROVENANCE },
			),
			CircuitId::of(
				SystemId(0),
				&key(),
				&SCHEMA,
				&Provenance { transcript: H256::zero(), ..PROVENANCE },
			),
		];
		assert!(others.iter().all(|other| *other != id));
	}
}
