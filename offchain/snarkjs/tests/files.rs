// SPDX-License-Identifier: Apache-2.0

//! The JSON files of snarkjs, against files that snarkjs itself has written.
//!
//! The folder `files` holds a key, a proof for `3 * 5 = 15` with the tag 7, and its public inputs:
//! made by snarkjs 0.7.6 from `product.circom` compiled by circom2 0.2.23, with the commands
//! `powersoftau`, `groth16 setup`, `zkey contribute`, `zkey export verificationkey` and
//! `groth16 fullprove`.

use ark_bn254::Fr;
use candor_groth16::{
	DecodeError, PreparedVerifyingKey, Proof, StageOne, VerifyError, VerifyingKey,
};
use candor_snarkjs::{
	proof_from_json, proof_to_json, public_from_json, public_to_json, verification_key_from_json,
	verification_key_to_json, File, Mistake, SnarkjsError,
};
use serde_json::{json, Value};

const KEY: &str = include_str!("files/verification_key.json");
const PROOF: &str = include_str!("files/proof.json");
const PUBLIC: &str = include_str!("files/public.json");

/// The modulus of the base field.
const Q: &str = "21888242871839275222246405745257275088696311157297823662689037894645226208583";

/// A file with one value replaced.
fn changed(file: &str, pointer: &str, value: Value) -> String {
	let mut json: Value = serde_json::from_str(file).expect("the fixture is JSON");
	*json.pointer_mut(pointer).expect("the fixture has this field") = value;
	json.to_string()
}

fn key_error(pointer: &str, value: Value) -> SnarkjsError {
	verification_key_from_json(&changed(KEY, pointer, value)).expect_err("a changed key")
}

fn proof_error(pointer: &str, value: Value) -> SnarkjsError {
	proof_from_json(&changed(PROOF, pointer, value)).expect_err("a changed proof")
}

mod staged_groth16 {
	use super::*;

	#[test]
	fn has_no_form() {
		let plain = verification_key_from_json(KEY).unwrap();
		let stage_one = Some(StageOne { sigma: plain.gamma, challenges: 1 });
		for key in [
			VerifyingKey { model: Some(plain.beta), ..plain.clone() },
			VerifyingKey { stage_one, ..plain.clone() },
			VerifyingKey { model: Some(plain.beta), stage_one, ..plain.clone() },
		] {
			let error = verification_key_to_json(&key).expect_err("it has blocks");
			assert!(error.to_string().contains("verification_key.json"), "{error}");
		}
		let Proof { a, b, c, .. } = proof_from_json(PROOF).unwrap();
		let error = proof_to_json(&Proof::staged(a, b, c, c)).expect_err("it has a stage one");
		assert!(matches!(error, SnarkjsError::Staged { file: File::Proof }), "{error}");
		assert!(error.advice().contains("canonical bytes"));
	}
}

mod files_by_snarkjs {
	use super::*;

	#[test]
	fn verify_here() {
		let key = verification_key_from_json(KEY).unwrap();
		let key = VerifyingKey::register(&key.to_bytes()).unwrap();
		let key = PreparedVerifyingKey::prepare(&key).unwrap();
		let proof = proof_from_json(PROOF).unwrap();
		let public = public_from_json(PUBLIC).unwrap();
		assert_eq!(public, [Fr::from(15), Fr::from(7)]);
		assert_eq!(key.verify(&public, &proof), Ok(()));
		let other = [Fr::from(15), Fr::from(8)];
		assert_eq!(key.verify(&other, &proof), Err(VerifyError::Invalid));
	}

	/// The pairing in the key included.
	#[test]
	fn are_written_here_to_the_letter() {
		assert_eq!(
			verification_key_to_json(&verification_key_from_json(KEY).unwrap()).unwrap(),
			KEY
		);
		assert_eq!(proof_to_json(&proof_from_json(PROOF).unwrap()).unwrap(), PROOF);
		assert_eq!(public_to_json(&public_from_json(PUBLIC).unwrap()), PUBLIC);
	}

	#[test]
	fn have_canonical_bytes() {
		let key = verification_key_from_json(KEY).unwrap();
		assert_eq!(VerifyingKey::from_bytes(&key.to_bytes()), Ok(key));
		let proof = proof_from_json(PROOF).unwrap();
		assert_eq!(Proof::from_bytes(&proof.to_bytes()), Ok(proof));
	}

	#[test]
	fn may_lack_the_pairing() {
		let mut without: Value = serde_json::from_str(KEY).unwrap();
		without.as_object_mut().unwrap().remove("vk_alphabeta_12").expect("the fixture has it");
		let without = without.to_string();
		assert_eq!(
			verification_key_from_json(&without).unwrap(),
			verification_key_from_json(KEY).unwrap()
		);
	}
}

mod refused {
	use super::*;

	#[test]
	fn a_number_that_is_not_below_its_modulus() {
		for error in [
			key_error("/vk_alpha_1/0", json!(Q)),
			key_error("/IC/1/1", json!(Q)),
			proof_error("/pi_b/1/0", json!(Q)),
			public_from_json(
				r#"["21888242871839275222246405745257275088548364400416034343698204186575808495624"]"#,
			)
			.expect_err("7 + r"),
		] {
			assert!(matches!(error, SnarkjsError::NotCanonical { .. }), "{error}");
		}
	}

	#[test]
	fn a_point_off_its_curve_or_outside_its_subgroup() {
		for (error, expected) in [
			(proof_error("/pi_a/0", json!("1")), "pi_a"),
			(proof_error("/pi_b/1/1", json!("1")), "pi_b"),
			(key_error("/vk_gamma_2/0/0", json!("1")), "vk_gamma_2"),
			(key_error("/IC/2/1", json!("1")), "IC[2]"),
		] {
			let SnarkjsError::Point { place, error: DecodeError::NotOnCurve } = error else {
				panic!("{error}");
			};
			assert_eq!(place, expected);
		}
	}

	#[test]
	fn the_point_at_infinity_and_other_projective_forms() {
		for error in [
			proof_error("/pi_c/2", json!("2")),
			proof_error("/pi_c/2", json!("01")),
			proof_error("/pi_b/2", json!(["1", "1"])),
			proof_error("/pi_b/2", json!(["0", "1"])),
		] {
			assert!(matches!(error, SnarkjsError::NotAffine { .. }), "{error}");
		}
		for error in [
			proof_error("/pi_a", json!(["0", "1", "0"])),
			proof_error("/pi_b/2", json!(["0", "0"])),
			key_error("/vk_delta_2", json!([["0", "0"], ["1", "0"], ["0", "0"]])),
			proof_error("/pi_a", json!(["0", "0", "1"])),
		] {
			let infinity =
				matches!(error, SnarkjsError::Point { error: DecodeError::Infinity, .. });
			assert!(infinity, "{error}");
		}
	}

	#[test]
	fn a_count_of_inputs_that_is_not_that_of_the_points() {
		for count in [0, 1, 3, u64::MAX] {
			let error = key_error("/nPublic", json!(count));
			assert!(
				matches!(error, SnarkjsError::PublicInputCount { points: 3, .. }),
				"{count}: {error}"
			);
		}
	}

	#[test]
	fn a_key_with_more_public_inputs_than_a_chain_takes() {
		let point = serde_json::from_str::<Value>(KEY).unwrap()["IC"][0].clone();
		let with = |inputs: usize| {
			let key = changed(KEY, "/nPublic", json!(inputs));
			changed(&key, "/IC", vec![point.clone(); inputs + 1].into())
		};
		assert_eq!(verification_key_from_json(&with(64)).unwrap().public_inputs(), 64);
		let error = verification_key_from_json(&with(65)).expect_err("65 public inputs");
		assert!(matches!(error, SnarkjsError::TooManyInputs { public_inputs: 65 }), "{error}");
	}

	#[test]
	fn a_pairing_that_is_not_that_of_the_key() {
		let error = key_error("/vk_alphabeta_12/1/2/0", json!("1"));
		let SnarkjsError::AlphaBeta { place } = error else { panic!("{error}") };
		assert_eq!(place, "vk_alphabeta_12[1][2][0]");
	}
}

mod not_understood {
	use super::*;

	#[test]
	fn another_protocol_or_curve() {
		for error in [
			key_error("/protocol", json!("plonk")),
			key_error("/curve", json!("bls12381")),
			proof_error("/protocol", json!("fflonk")),
			proof_error("/curve", json!("bn256")),
			key_error("/protocol", json!("groth")),
		] {
			assert!(matches!(error, SnarkjsError::Unsupported { .. }), "{error}");
		}
	}

	#[test]
	fn numbers_in_another_spelling() {
		for number in [json!("0x0f"), json!("015"), json!("-1"), json!(" 15"), json!("")] {
			let error = proof_error("/pi_a/0", number);
			assert!(matches!(error, SnarkjsError::NotDecimal { .. }), "{error}");
		}
	}

	#[test]
	fn files_of_another_form() {
		for error in [
			proof_error("/pi_a/0", json!(15)),
			proof_error("/pi_a", json!(["1", "2"])),
			proof_error("/pi_a", json!(["1", "2", "1", "1"])),
			key_error("/vk_alphabeta_12", Value::Null),
			proof_error("/pi_b/0", json!(["1", "2", "3"])),
			key_error("/IC", json!("1")),
			key_error("/nPublic", json!(-1)),
			key_error("/nPublic", json!("2")),
			proof_from_json(PUBLIC).expect_err("other file"),
			proof_from_json(KEY).expect_err("other file"),
			verification_key_from_json(PROOF).expect_err("other file"),
			public_from_json(PROOF).expect_err("other file"),
			public_from_json("[15, 7]").expect_err("numbers instead of strings"),
			proof_from_json("").expect_err("nothing"),
			proof_from_json(&format!("{PROOF} x")).expect_err("something behind it"),
			proof_from_json(&PROOF.replacen('{', r#"{"extra": 1,"#, 1)).expect_err("more fields"),
			proof_from_json(&PROOF.replacen('{', r#"{"curve": "bn128","#, 1)).expect_err("twice"),
		] {
			assert!(matches!(error, SnarkjsError::Form { .. }), "{error}");
		}
	}

	#[test]
	fn each_mistake_has_its_own_way_out() {
		let cut = &PROOF[..PROOF.len() / 2];
		let with = |field: &str| PROOF.replacen('{', &format!("{{{field}"), 1);
		let mut ways_out = Vec::new();
		for (text, expected) in [
			(format!("{PROOF}\0\0"), Mistake::Zeros),
			(format!("\u{feff}{PROOF}"), Mistake::ByteOrderMark),
			(cut.to_owned(), Mistake::Truncated),
			("<html>".to_owned(), Mistake::NotJson),
			(format!("{PROOF}{PROOF}"), Mistake::Behind),
			(KEY.replace("vk_alpha_1", "vk_alfa_1"), Mistake::OldSnarkjs),
			(PROOF.replace("groth16", "plonk").replace("pi_a", "A"), Mistake::OtherSystem),
			(KEY.to_owned(), Mistake::OtherFile(File::VerificationKey)),
			(PUBLIC.to_owned(), Mistake::OtherFile(File::Public)),
			(PROOF.replace("pi_c", "pi_d"), Mistake::Unknown),
			("{}".to_owned(), Mistake::Missing),
			(with(r#""curve": "bn128","#), Mistake::Twice),
			(changed(PROOF, "/pi_a/0", json!(15)), Mistake::Type),
		] {
			let error = proof_from_json(&text).expect_err("a mistake");
			let SnarkjsError::Form { mistake, .. } = error else { panic!("{error}") };
			assert_eq!(mistake, expected, "{text}");
			ways_out.push(error.advice());
		}
		let all = ways_out.len();
		ways_out.sort();
		ways_out.dedup();
		assert_eq!(ways_out.len(), all);
	}

	#[test]
	fn text_of_any_length_gives_a_short_message() {
		let long = "x".repeat(200_000);
		for text in [
			PROOF.replacen('{', &format!("{{\"{long}\": 1,"), 1),
			changed(PROOF, "/pi_a", json!(long)),
			changed(PROOF, "/pi_a/0", json!(long)),
			changed(PROOF, "/protocol", json!(long)),
			changed(PROOF, "/curve", json!(long)),
		] {
			let error = proof_from_json(&text).expect_err("a mistake");
			assert!(error.to_string().len() + error.advice().len() < 1_000, "{error}");
		}
	}
}

mod by_others {
	use super::*;

	fn without(file: &str, fields: &[&str]) -> String {
		let mut json: Value = serde_json::from_str(file).expect("the fixture is JSON");
		for field in fields {
			json.as_object_mut().unwrap().remove(*field).expect("the fixture has this field");
		}
		json.to_string()
	}

	/// rapidsnark writes no curve.
	#[test]
	fn files_without_a_curve_are_what_their_points_are() {
		for fields in [&["curve"][..], &["protocol"], &["protocol", "curve"]] {
			let proof = proof_from_json(&without(PROOF, fields)).unwrap();
			assert_eq!(proof.to_bytes(), proof_from_json(PROOF).unwrap().to_bytes());
			let key = verification_key_from_json(&without(KEY, fields)).unwrap();
			assert_eq!(key.to_bytes(), verification_key_from_json(KEY).unwrap().to_bytes());
		}
		let mut elsewhere: Value = serde_json::from_str(&without(PROOF, &["curve"])).unwrap();
		elsewhere["pi_a"] = json!(["1", "3", "1"]);
		let error = proof_from_json(&elsewhere.to_string()).expect_err("not on this curve");
		assert!(matches!(error, SnarkjsError::Point { .. }), "{error}");
	}

	#[test]
	fn the_curve_goes_by_the_names_that_snarkjs_takes() {
		for name in ["bn128", "bn254", "BN254", "bn-254", "alt_bn128"] {
			assert!(proof_from_json(&changed(PROOF, "/curve", json!(name))).is_ok(), "{name}");
		}
		for name in ["", "bn12", "bn1280", "bls12381", "secp256k1"] {
			let error = proof_error("/curve", json!(name));
			assert!(matches!(error, SnarkjsError::Unsupported { .. }), "{name}: {error}");
		}
	}
}
