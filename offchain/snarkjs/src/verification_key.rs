// SPDX-License-Identifier: Apache-2.0

//! `verification_key.json`.

use crate::{
	check_system,
	form::parse,
	points::{
		fq2_to_json, g1_to_bytes, g1_to_json, g2_to_bytes, g2_to_json, Fq2Json, G1Json, G2Json,
	},
	present, to_pretty_json, File, KeyPoint, SnarkjsError, CURVE, PROTOCOL,
};
use ark_bn254::{Bn254, Fq12, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use candor_groth16::{VerifyingKey, MAX_PUBLIC_INPUTS};
use serde::{Deserialize, Serialize};

/// An element of the target group: twice three elements of the quadratic extension, lowest
/// coefficients first.
type Fq12Json = [[Fq2Json; 3]; 2];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerificationKeyJson {
	#[serde(default, deserialize_with = "present")]
	protocol: Option<String>,
	#[serde(default, deserialize_with = "present")]
	curve: Option<String>,
	#[serde(rename = "nPublic")]
	public_inputs: usize,
	vk_alpha_1: G1Json,
	vk_beta_2: G2Json,
	vk_gamma_2: G2Json,
	vk_delta_2: G2Json,
	#[serde(default, deserialize_with = "present")]
	vk_alphabeta_12: Option<Fq12Json>,
	#[serde(rename = "IC")]
	ic: Vec<G1Json>,
}

/// The text of `verification_key.json` for a verifying key.
///
/// # Errors
///
/// [`SnarkjsError::Staged`] for a key with blocks.
pub fn verification_key_to_json(key: &VerifyingKey) -> Result<String, SnarkjsError> {
	if !key.is_plain() {
		return Err(SnarkjsError::Staged { file: File::VerificationKey });
	}
	Ok(to_pretty_json(&VerificationKeyJson {
		protocol: Some(PROTOCOL.to_owned()),
		curve: Some(CURVE.to_owned()),
		public_inputs: key.ic.len() - 1,
		vk_alpha_1: g1_to_json(&key.alpha),
		vk_beta_2: g2_to_json(&key.beta),
		vk_gamma_2: g2_to_json(&key.gamma),
		vk_delta_2: g2_to_json(&key.delta),
		vk_alphabeta_12: Some(fq12_to_json(&ate_pairing(key.alpha, key.beta))),
		ic: key.ic.iter().map(g1_to_json).collect(),
	}))
}

/// The verifying key in the text of a `verification_key.json`.
///
/// `vk_alphabeta_12` may be missing, since no verifier needs it; where it stands, it is the pairing
/// of alpha and beta. The rules for registration are not applied; see
/// [`VerifyingKey::validate`].
///
/// # Errors
///
/// Every [`SnarkjsError`].
pub fn verification_key_from_json(text: &str) -> Result<VerifyingKey, SnarkjsError> {
	let json: VerificationKeyJson = parse(File::VerificationKey, text)?;
	check_system(json.protocol.as_deref(), json.curve.as_deref())?;
	let points = json.ic.len();
	if json.public_inputs.checked_add(1) != Some(points) {
		return Err(SnarkjsError::PublicInputCount { public_inputs: json.public_inputs, points });
	}
	if json.public_inputs > MAX_PUBLIC_INPUTS as usize {
		return Err(SnarkjsError::TooManyInputs { public_inputs: json.public_inputs });
	}
	let mut bytes = Vec::new();
	g1_to_bytes(&KeyPoint::Alpha.in_snarkjs(), &json.vk_alpha_1, &mut bytes)?;
	g2_to_bytes(&KeyPoint::Beta.in_snarkjs(), &json.vk_beta_2, &mut bytes)?;
	g2_to_bytes(&KeyPoint::Gamma.in_snarkjs(), &json.vk_gamma_2, &mut bytes)?;
	g2_to_bytes(&KeyPoint::Delta.in_snarkjs(), &json.vk_delta_2, &mut bytes)?;
	for (position, point) in json.ic.iter().enumerate() {
		g1_to_bytes(&KeyPoint::Ic(position).in_snarkjs(), point, &mut bytes)?;
	}
	let key = VerifyingKey::from_bytes(&bytes).map_err(|error| {
		let place = KeyPoint::refused(&bytes).map(|(point, _, _)| point.in_snarkjs());
		SnarkjsError::Point { place: place.unwrap_or_default(), error }
	})?;
	if let Some(claimed) = &json.vk_alphabeta_12 {
		check_pairing(claimed, &fq12_to_json(&ate_pairing(key.alpha, key.beta)))?;
	}
	Ok(key)
}

/// The claimed pairing is the computed one, in the same spelling.
fn check_pairing(claimed: &Fq12Json, computed: &Fq12Json) -> Result<(), SnarkjsError> {
	for half in 0..2 {
		for third in 0..3 {
			for part in 0..2 {
				if claimed[half][third][part] != computed[half][third][part] {
					let place = format!("vk_alphabeta_12[{half}][{third}][{part}]");
					return Err(SnarkjsError::AlphaBeta { place });
				}
			}
		}
	}
	Ok(())
}

/// The optimal ate pairing, raised in the end to the same multiple of `(q^12 - 1) / r` as in snarkjs:
/// both compute the hard part as Fuentes-Castañeda, Knapp and Rodríguez-Henríquez do in "Faster
/// hashing to G2", section 5.
fn ate_pairing(a: G1Affine, b: G2Affine) -> Fq12 {
	Bn254::pairing(a, b).0
}

fn fq12_to_json(element: &Fq12) -> Fq12Json {
	[element.c0, element.c1].map(|half| [half.c0, half.c1, half.c2].map(fq2_to_json))
}
