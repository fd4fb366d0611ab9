// SPDX-License-Identifier: Apache-2.0

//! The crate against vectors from an independent implementation in JavaScript; see
//! `vectors/README.md`.

use candor_statement::{
	binding, commitment, poseidon, possession, Binding, CircuitHash, Claimant, Fr, GenesisHash,
	InputCommitment, JobId, ModelCommitment, Owner, Statement,
};
use serde_json::Value;

/// The vectors of a section, of which there must be `count`.
fn section(name: &str, count: usize) -> Vec<Value> {
	let all: Value = serde_json::from_str(include_str!("vectors/vectors.json")).unwrap();
	let vectors = all[name].as_array().unwrap().clone();
	assert_eq!(vectors.len(), count, "{name}");
	vectors
}

fn scalar(value: &Value) -> Fr {
	value.as_str().unwrap().parse().unwrap()
}

fn scalars(value: &Value) -> Vec<Fr> {
	value.as_array().unwrap().iter().map(scalar).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
	hex::decode(value.as_str().unwrap()).unwrap()
}

fn bytes_32(value: &Value) -> [u8; 32] {
	bytes(value).try_into().unwrap()
}

#[test]
fn poseidon_is_circomlibs_for_every_width_and_initial_state() {
	for vector in section("poseidon", 16 * 6) {
		let hash = poseidon::hash(&scalars(&vector["inputs"]), scalar(&vector["initial"]));
		assert_eq!(hash, Ok(scalar(&vector["hash"])), "{vector}");
	}
}

#[test]
fn input_commitments_agree() {
	for vector in section("inputCommitments", 13 * 3 + 1) {
		let commitment =
			commitment::commit_input(&bytes(&vector["bytes"]), scalar(&vector["blinder"]));
		assert_eq!(commitment.to_field(), Some(scalar(&vector["commitment"])), "{vector}");
	}
}

#[test]
fn model_commitments_agree() {
	for vector in section("modelCommitments", 10 * 3 + 1) {
		let commitment =
			commitment::commit_model(&scalars(&vector["words"]), scalar(&vector["blinder"]));
		assert_eq!(commitment.to_field(), Some(scalar(&vector["commitment"])), "{vector}");
	}
}

#[test]
fn bindings_agree() {
	for vector in section("bindings", 6) {
		let bound = binding(
			GenesisHash(bytes_32(&vector["genesis"])),
			JobId(vector["job"].as_str().unwrap().parse().unwrap()),
			Claimant(bytes_32(&vector["worker"])),
		);
		assert_eq!(bound.as_bytes(), &bytes_32(&vector["bytes"]), "{vector}");
		assert_eq!(bound.to_field(), Some(scalar(&vector["binding"])), "{vector}");
	}
}

#[test]
fn bindings_of_possession_agree() {
	for vector in section("possessions", 2 * 3) {
		let model = bytes(&vector["model"]);
		let model = match model.len() {
			32 => ModelCommitment::Scalar(model.try_into().unwrap()),
			_ => ModelCommitment::Point(model.try_into().unwrap()),
		};
		let bound = possession(
			GenesisHash(bytes_32(&vector["genesis"])),
			CircuitHash(bytes_32(&vector["circuit"])),
			&model,
			Owner(bytes_32(&vector["owner"])),
		);
		assert_eq!(bound.as_bytes(), &bytes_32(&vector["bytes"]), "{vector}");
		assert_eq!(bound.to_field(), Some(scalar(&vector["binding"])), "{vector}");
	}
}

#[test]
fn public_inputs_agree() {
	for vector in section("statements", 7) {
		let statement = Statement {
			model: ModelCommitment::Scalar(bytes_32(&vector["model"])),
			input: InputCommitment::from_bytes(bytes_32(&vector["input"])),
			output: &bytes(&vector["output"]),
			binding: Binding::from_bytes(bytes_32(&vector["binding"])),
		};
		let inputs = scalars(&vector["publicInputs"]);
		assert_eq!(statement.public_inputs_v2().as_deref(), Ok(&inputs[1..]), "{vector}");
		assert_eq!(statement.public_inputs(), Ok(inputs), "{vector}");
	}
}
