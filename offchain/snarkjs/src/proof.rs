// SPDX-License-Identifier: Apache-2.0

//! `proof.json`.

use crate::{
	check_system,
	form::parse,
	points::{g1_to_bytes, g1_to_json, g2_to_bytes, g2_to_json, G1Json, G2Json},
	present, to_pretty_json, File, ProofPoint, SnarkjsError, CURVE, PROTOCOL,
};
use candor_groth16::Proof;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofJson {
	pi_a: G1Json,
	pi_b: G2Json,
	pi_c: G1Json,
	#[serde(default, deserialize_with = "present")]
	protocol: Option<String>,
	#[serde(default, deserialize_with = "present")]
	curve: Option<String>,
}

/// The text of `proof.json` for a proof.
///
/// # Errors
///
/// [`SnarkjsError::Staged`] for a proof with a stage one.
pub fn proof_to_json(proof: &Proof) -> Result<String, SnarkjsError> {
	if proof.stage_one.is_some() {
		return Err(SnarkjsError::Staged { file: File::Proof });
	}
	Ok(to_pretty_json(&ProofJson {
		pi_a: g1_to_json(&proof.a),
		pi_b: g2_to_json(&proof.b),
		pi_c: g1_to_json(&proof.c),
		protocol: Some(PROTOCOL.to_owned()),
		curve: Some(CURVE.to_owned()),
	}))
}

/// The proof in the text of a `proof.json`.
///
/// # Errors
///
/// Every [`SnarkjsError`] but those about the counts and the pairing of a key.
pub fn proof_from_json(text: &str) -> Result<Proof, SnarkjsError> {
	let json: ProofJson = parse(File::Proof, text)?;
	check_system(json.protocol.as_deref(), json.curve.as_deref())?;
	let mut bytes = Vec::new();
	g1_to_bytes(ProofPoint::A.in_snarkjs(), &json.pi_a, &mut bytes)?;
	g2_to_bytes(ProofPoint::B.in_snarkjs(), &json.pi_b, &mut bytes)?;
	g1_to_bytes(ProofPoint::C.in_snarkjs(), &json.pi_c, &mut bytes)?;
	Proof::from_bytes(&bytes).map_err(|error| {
		let place = ProofPoint::refused(&bytes).map_or("", |(point, _)| point.in_snarkjs());
		SnarkjsError::Point { place: place.to_owned(), error }
	})
}
