// SPDX-License-Identifier: Apache-2.0

//! The commands that take snarkjs' files: exit codes, and where an error says that it is.
//!
//! The files are those of the prover's tests, written by snarkjs 0.7.6.

use crate::common::{candor, text, Run};
use ark_bn254::{Fq, Fq2, Fr, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use candor_groth16::{Proof, StageOne, VerifyingKey};
use candor_snarkjs::{
	proof_from_json, proof_to_json, verification_key_from_json, verification_key_to_json,
};
use serde_json::{json, Value};
use std::{
	fs,
	path::{Path, PathBuf},
};
use tempfile::TempDir;

const KEY: &str = include_str!("../../../snarkjs/tests/files/verification_key.json");
const PROOF: &str = include_str!("../../../snarkjs/tests/files/proof.json");
const PUBLIC: &str = include_str!("../../../snarkjs/tests/files/public.json");

/// The modulus of the base field.
const Q: &str = "21888242871839275222246405745257275088696311157297823662689037894645226208583";
/// The order of the scalar field.
const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

/// The three files in a folder, each of which a test may spoil.
struct Files(TempDir);

impl Files {
	fn new() -> Self {
		let files = Self(TempDir::new().expect("a temporary folder"));
		files.write("verification_key.json", KEY);
		files.write("proof.json", PROOF);
		files.write("public.json", PUBLIC);
		files
	}

	fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
		let files = Self::new();
		files.write(name, content);
		files
	}

	fn path(&self, name: &str) -> PathBuf {
		self.0.path().join(name)
	}

	fn write(&self, name: &str, content: impl AsRef<[u8]>) {
		fs::write(self.path(name), content).expect("the folder takes files");
	}

	fn verify(&self, more: &[&str]) -> Run {
		self.verify_files("verification_key.json", "proof.json", more)
	}

	fn verify_files(&self, key: &str, proof: &str, more: &[&str]) -> Run {
		let paths = [key, proof, "public.json"].map(|name| self.path(name));
		let [key, proof, public] = paths.each_ref().map(|path| text(path));
		let arguments = ["verify", "--vk", key, "--proof", proof, "--public", public];
		candor([&arguments[..], more].concat())
	}

	/// The run says that this file is wrong at this place, for this reason, and what to do.
	fn blames(&self, run: &Run, name: &str, place: &str, reason: &str) {
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.out.is_empty(), "{run:?}");
		let start = match place {
			"" => format!("error: {}: ", self.path(name).display()),
			place => format!("error: {}: {place}: ", self.path(name).display()),
		};
		assert!(run.err.starts_with(&start), "{start}\n{run:?}");
		assert!(run.err.contains(reason), "{reason}\n{run:?}");
		assert!(run.err.contains("\n  hint: "), "{run:?}");
	}
}

/// A file with one value replaced.
fn changed(file: &str, pointer: &str, value: Value) -> String {
	let mut json: Value = serde_json::from_str(file).expect("the fixture is JSON");
	*json.pointer_mut(pointer).expect("the fixture has this field") = value;
	json.to_string()
}

fn key() -> VerifyingKey {
	verification_key_from_json(KEY).expect("the fixture is a key")
}

fn proof() -> Proof {
	proof_from_json(PROOF).expect("the fixture is a proof")
}

/// A point on the twist and outside of the subgroup of prime order.
fn outside_subgroup() -> G2Affine {
	(1u64..)
		.filter_map(|x| {
			let x = Fq2::new(Fq::from(x), Fq::from(1u64));
			G2Affine::get_point_from_x_unchecked(x, true)
		})
		.find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
		.expect("nearly every point is outside")
}

/// Refuses each of these changes of `file`: pointer, new value, place, part of the reason.
fn refuses(name: &str, file: &str, changes: &[(&str, Value, &str, &str)]) {
	for (pointer, value, place, reason) in changes {
		let files = Files::with(name, changed(file, pointer, value.clone()));
		files.blames(&files.verify(&[]), name, place, reason);
	}
}

mod verdicts {
	use super::*;

	#[test]
	fn what_snarkjs_proved_is_valid() {
		let run = Files::new().verify(&[]);
		assert_eq!((run.code, run.out.as_str()), (0, "valid\n"), "{run:?}");
	}

	/// rapidsnark, which many use in the place of snarkjs' own prover, writes no curve.
	#[test]
	fn what_rapidsnark_proved_is_valid() {
		let mut proof: Value = serde_json::from_str(PROOF).unwrap();
		proof.as_object_mut().unwrap().remove("curve").unwrap();
		let run = Files::with("proof.json", proof.to_string()).verify(&[]);
		assert_eq!((run.code, run.out.as_str()), (0, "valid\n"), "{run:?}");
		let run = Files::with("verification_key.json", changed(KEY, "/curve", json!("bn254")))
			.verify(&[]);
		assert_eq!((run.code, run.out.as_str()), (0, "valid\n"), "{run:?}");
	}

	#[test]
	fn bytes_and_json_may_be_mixed() {
		let files = Files::with("verifying.key", key().to_bytes());
		files.write("proof.bin", proof().to_bytes());
		for key in ["verification_key.json", "verifying.key"] {
			for proof in ["proof.json", "proof.bin"] {
				let run = files.verify_files(key, proof, &[]);
				assert_eq!((run.code, run.out.as_str()), (0, "valid\n"), "{key}, {proof}: {run:?}");
			}
		}
	}

	#[test]
	fn another_statement_is_invalid_and_not_malformed() {
		let files = Files::with("public.json", r#"["15", "8"]"#);
		let run = files.verify(&[]);
		assert_eq!(run.code, 1, "{run:?}");
		assert!(run.out.starts_with("invalid: the proof does not prove this statement"), "{run:?}");
	}

	#[test]
	fn another_proof_is_invalid_and_not_malformed() {
		let mut proof = proof();
		proof.a = -proof.a;
		let run = Files::with("proof.json", proof_to_json(&proof).unwrap()).verify(&[]);
		assert_eq!(run.code, 1, "{run:?}");
	}

	#[test]
	fn programs_are_told_in_json() {
		let run = Files::new().verify(&["--json"]);
		let json: Value = serde_json::from_str(&run.out).unwrap();
		assert_eq!((run.code, &json["valid"], &json["reason"]), (0, &json!(true), &Value::Null));

		let run = Files::with("public.json", r#"["15", "8"]"#).verify(&["--json"]);
		let json: Value = serde_json::from_str(&run.out).unwrap();
		assert_eq!((run.code, &json["valid"]), (1, &json!(false)));
		assert!(json["reason"].as_str().unwrap().contains("does not prove"), "{json}");

		let files = Files::with("public.json", r#"["15", "07"]"#);
		let run = files.verify(&["--json"]);
		let json: Value = serde_json::from_str(&run.out).unwrap();
		assert_eq!((run.code, &json["error"]["kind"]), (2, &json!("wrong-input")));
		let message = json["error"]["message"].as_str().unwrap();
		assert!(message.starts_with(&format!("{}: [1]: ", files.path("public.json").display())));
		assert!(json["error"]["hint"].is_string());
	}
}

mod numbers {
	use super::*;

	#[test]
	fn have_one_spelling() {
		for spelling in ["015", "00", "+15", "-1", " 15", "15 ", "15\n", "0x0f", "1e3", "1_0", ""] {
			let reason = "is not a decimal number without sign, blanks or leading zeros";
			refuses("public.json", PUBLIC, &[("/0", json!(spelling), "[0]", reason)]);
			refuses("proof.json", PROOF, &[("/pi_b/0/1", json!(spelling), "pi_b[0][1]", reason)]);
			refuses(
				"verification_key.json",
				KEY,
				&[("/IC/2/1", json!(spelling), "IC[2][1]", reason)],
			);
		}
	}

	#[test]
	fn are_below_their_modulus() {
		let reason = "not below the modulus of its field";
		refuses(
			"public.json",
			PUBLIC,
			&[("/1", json!(R), "[1]", reason), ("/1", json!(Q), "[1]", reason)],
		);
		refuses(
			"proof.json",
			PROOF,
			&[
				("/pi_a/0", json!(Q), "pi_a[0]", reason),
				("/pi_b/1/0", json!(Q), "pi_b[1][0]", reason),
				("/pi_c/1", json!("1".repeat(78)), "pi_c[1]", reason),
			],
		);
		refuses(
			"verification_key.json",
			KEY,
			&[
				("/vk_alpha_1/1", json!(Q), "vk_alpha_1[1]", reason),
				("/vk_delta_2/0/1", json!(Q), "vk_delta_2[0][1]", reason),
				("/IC/0/0", json!(Q), "IC[0][0]", reason),
			],
		);
	}

	/// The public input 7 written as `7 + r`: the same residue, for which the equation holds.
	#[test]
	fn are_not_reduced() {
		let shifted =
			"21888242871839275222246405745257275088548364400416034343698204186575808495624";
		refuses("public.json", PUBLIC, &[("/1", json!(shifted), "[1]", "not below the modulus")]);
	}
}

mod points {
	use super::*;

	#[test]
	fn are_in_affine_form() {
		let reason = "the third coordinate of a point must be 1";
		refuses(
			"proof.json",
			PROOF,
			&[
				("/pi_a/2", json!("2"), "pi_a[2]", reason),
				("/pi_b/2/1", json!("1"), "pi_b[2]", reason),
				("/pi_b/2/0", json!("2"), "pi_b[2]", reason),
			],
		);
		refuses("verification_key.json", KEY, &[("/IC/1/2", json!("2"), "IC[1][2]", reason)]);
	}

	#[test]
	fn are_not_at_infinity() {
		let reason = "point at infinity";
		refuses(
			"proof.json",
			PROOF,
			&[
				("/pi_a", json!(["0", "1", "0"]), "pi_a", reason),
				("/pi_a", json!(["0", "0", "1"]), "pi_a", reason),
				("/pi_b/2", json!(["0", "0"]), "pi_b", reason),
				("/pi_b", json!([["0", "0"], ["0", "0"], ["1", "0"]]), "pi_b", reason),
			],
		);
		refuses(
			"verification_key.json",
			KEY,
			&[("/IC/1", json!(["0", "1", "0"]), "IC[1]", reason)],
		);
	}

	#[test]
	fn are_on_their_curve() {
		let reason = "not on the curve";
		refuses(
			"proof.json",
			PROOF,
			&[
				("/pi_a/0", json!("1"), "pi_a", reason),
				("/pi_b/0/0", json!("1"), "pi_b", reason),
				("/pi_c/1", json!("1"), "pi_c", reason),
			],
		);
		refuses(
			"verification_key.json",
			KEY,
			&[
				("/vk_beta_2/1/1", json!("1"), "vk_beta_2", reason),
				("/IC/2/0", json!("1"), "IC[2]", reason),
			],
		);
	}

	#[test]
	fn are_in_their_subgroup() {
		let reason = "outside the subgroup";
		let mut proof = proof();
		proof.b = outside_subgroup();
		let files = Files::with("proof.json", proof_to_json(&proof).unwrap());
		files.blames(&files.verify(&[]), "proof.json", "pi_b", reason);
		files.write("proof.bin", proof.to_bytes());
		let run = files.verify_files("verification_key.json", "proof.bin", &[]);
		files.blames(&run, "proof.bin", "B (from byte 64)", reason);

		let mut key = key();
		key.delta = outside_subgroup();
		let files = Files::with("verifying.key", key.to_bytes());
		let run = files.verify_files("verifying.key", "proof.json", &[]);
		files.blames(&run, "verifying.key", "delta (from byte 320)", reason);
	}

	#[test]
	fn of_staged_keys_and_proofs_are_named_as_well() {
		let reason = "outside the subgroup";
		let (plain, eta) = (key(), (G2Affine::generator() * Fr::from(2)).into_affine());
		let stage_one = Some(StageOne { sigma: outside_subgroup(), challenges: 1 });
		let staged = VerifyingKey { model: Some(eta), stage_one, ..plain.clone() };
		let files = Files::with("verifying.key", staged.to_bytes());
		let run = files.verify_files("verifying.key", "proof.json", &[]);
		files.blames(&run, "verifying.key", "sigma (from byte 578)", reason);
		let key = VerifyingKey { model: Some(outside_subgroup()), ..plain.clone() };
		files.write("verifying.key", key.to_bytes());
		let run = files.verify_files("verifying.key", "proof.json", &[]);
		files.blames(&run, "verifying.key", "eta (from byte 450)", reason);

		let key = VerifyingKey { model: Some(-plain.gamma), ..plain.clone() };
		files.write("verifying.key", key.to_bytes());
		let commitment = "00".repeat(31) + "01" + &"00".repeat(31) + "02";
		let run = files.verify_files("verifying.key", "proof.json", &["--model", &commitment]);
		let place = "gamma (from byte 194) and eta (from byte 450)";
		files.blames(&run, "verifying.key", place, "the key cannot be registered: ");

		let Proof { a, b, c, .. } = proof();
		let mut bytes = Proof::staged(a, b, c, c).to_bytes();
		bytes[192] |= 0x80;
		files.write("proof.bin", &bytes);
		let run = files.verify_files("verification_key.json", "proof.bin", &[]);
		files.blames(&run, "proof.bin", "C1 (from byte 192)", "not below the base field's modulus");
		bytes[192] &= 0x7f;
		bytes[256 + 63] ^= 1;
		files.write("proof.bin", &bytes);
		let run = files.verify_files("verification_key.json", "proof.bin", &[]);
		files.blames(&run, "proof.bin", "C (from byte 256)", "not on the curve");
	}

	#[test]
	fn have_canonical_bytes() {
		let files = Files::new();
		let mut bytes = proof().to_bytes();
		bytes[192] |= 0x80;
		files.write("proof.bin", bytes);
		let run = files.verify_files("verification_key.json", "proof.bin", &[]);
		files.blames(&run, "proof.bin", "C (from byte 192)", "not below the base field's modulus");

		for length in [0, 255, 257] {
			let mut bytes = proof().to_bytes().to_vec();
			bytes.resize(length, 0);
			files.write("proof.bin", bytes);
			let run = files.verify_files("verification_key.json", "proof.bin", &[]);
			files.blames(&run, "proof.bin", "", &format!("{length} bytes: wrong number of bytes"));
		}
	}
}

mod forms {
	use super::*;

	#[test]
	fn name_the_system() {
		for (name, file) in [("proof.json", PROOF), ("verification_key.json", KEY)] {
			refuses(
				name,
				file,
				&[
					("/protocol", json!("plonk"), "protocol", r#"only "groth16" is supported"#),
					("/curve", json!("bls12381"), "curve", r#"only "bn128" is supported"#),
					("/curve", json!("bn256"), "curve", r#"only "bn128" is supported"#),
				],
			);
		}
	}

	#[test]
	fn have_all_their_values_and_no_others() {
		refuses(
			"proof.json",
			PROOF,
			&[
				("/pi_a/1", json!(15), "pi_a[1]", "invalid type: integer"),
				("/pi_a", json!(["1", "2"]), "pi_a", "invalid length 2"),
				("/pi_a", json!(["1", "2", "1", "1"]), "pi_a", "trailing"),
				("/pi_b/1", json!(["1"]), "pi_b[1]", "invalid length 1"),
				("/pi_b", json!("1"), "pi_b", "invalid type: string"),
			],
		);
		refuses(
			"verification_key.json",
			KEY,
			&[
				("/nPublic", json!("2"), "nPublic", "invalid type: string"),
				("/nPublic", json!(-2), "nPublic", "invalid value"),
				("/nPublic", json!(2.0), "nPublic", "invalid type: floating point"),
				("/IC/1", json!([]), "IC[1]", "invalid length 0"),
				("/vk_alphabeta_12", Value::Null, "vk_alphabeta_12", "invalid type: null"),
			],
		);
		refuses("public.json", PUBLIC, &[("/1", json!(7), "[1]", "invalid type: integer")]);
	}

	#[test]
	fn have_each_field_once() {
		for (name, file, extra, reason) in [
			("proof.json", PROOF, r#""curve": "bn128","#, "duplicate field `curve`"),
			("proof.json", PROOF, r#""pi_d": [],"#, "unknown field `pi_d`"),
			("verification_key.json", KEY, r#""nPublic": 2,"#, "duplicate field `nPublic`"),
			("verification_key.json", KEY, r#""note": "","#, "unknown field `note`"),
		] {
			let files = Files::with(name, file.replacen('{', &format!("{{{extra}"), 1));
			let run = files.verify(&[]);
			assert_eq!(run.code, 2, "{run:?}");
			assert!(run.err.starts_with(&format!("error: {}: ", files.path(name).display())));
			assert!(run.err.contains(reason) && run.err.contains("line "), "{run:?}");
		}
		let mut without: Value = serde_json::from_str(PROOF).unwrap();
		without.as_object_mut().unwrap().remove("pi_c").unwrap();
		let files = Files::with("proof.json", without.to_string());
		files.blames(&files.verify(&[]), "proof.json", "", "missing field `pi_c`");
	}

	#[test]
	fn are_json_from_the_first_byte_to_the_last() {
		for (content, reason) in [
			(String::new(), "EOF"),
			("\u{feff}".to_owned() + PUBLIC, "expected value"),
			(format!("{PUBLIC} 1"), "trailing characters"),
			("[\"15\", \"7\",]".to_owned(), "trailing comma"),
			("[".repeat(10_000), "invalid type: sequence"),
			(PROOF.to_owned(), "invalid type: map"),
		] {
			let files = Files::with("public.json", content);
			let run = files.verify(&[]);
			assert_eq!(run.code, 2, "{run:?}");
			let start = format!("error: {}: ", files.path("public.json").display());
			assert!(run.err.starts_with(&start) && run.err.contains(reason), "{reason}: {run:?}");
		}
		let padded = Files::with("public.json", format!("{PUBLIC}\0\0\0"));
		padded.blames(&padded.verify(&[]), "public.json", "", "bytes of 0 follow the text");
		let run = Files::with("public.json", [b'[', 0xff, b']']).verify(&[]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("public.json is not text"), "{run:?}");
	}

	#[test]
	fn are_bounded() {
		let long = format!("[{}\"15\", \"7\"]", " ".repeat(256 * 1024));
		let run = Files::with("public.json", long).verify(&[]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("public.json: more than 262144 bytes"), "{run:?}");
	}

	#[cfg(unix)]
	#[test]
	fn are_not_read_without_end() {
		let files = Files::new();
		let key = files.path("verification_key.json");
		let public = files.path("public.json");
		let proof = "/dev/zero";
		let run =
			candor(["verify", "--vk", text(&key), "--proof", proof, "--public", text(&public)]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("/dev/zero: more than"), "{run:?}");
	}
}

mod counts {
	use super::*;

	#[test]
	fn of_inputs_are_those_of_the_key() {
		for (inputs, given) in [("[]", 0), (r#"["15"]"#, 1), (r#"["15", "7", "0"]"#, 3)] {
			let files = Files::with("public.json", inputs);
			let reason = format!("the key has 2 public inputs, the statement {given}");
			files.blames(&files.verify(&[]), "public.json", "", &reason);
		}
	}

	#[test]
	fn of_points_are_those_of_the_inputs() {
		let reason = "so IC must hold one point more, but it holds";
		let mut ic: Vec<Value> =
			serde_json::from_value(serde_json::from_str::<Value>(KEY).unwrap()["IC"].clone())
				.unwrap();
		let all = ic.clone();
		let last = ic.pop().unwrap();
		refuses(
			"verification_key.json",
			KEY,
			&[
				("/nPublic", json!(1), "nPublic", reason),
				("/nPublic", json!(u64::MAX), "nPublic", reason),
				("/IC", json!(ic), "nPublic", reason),
				("/IC", json!([]), "nPublic", reason),
				("/IC", json!([&all[..], &[last]].concat()), "nPublic", reason),
			],
		);
	}

	#[test]
	fn are_at_most_64_and_at_least_one() {
		let ic = serde_json::from_str::<Value>(KEY).unwrap()["IC"].clone();
		for (inputs, reason) in
			[(65, "at most 64"), (0, "cannot be registered: the key has no public input")]
		{
			let key = changed(KEY, "/nPublic", json!(inputs));
			let key = changed(&key, "/IC", vec![ic[0].clone(); inputs + 1].into());
			let files = Files::with("verification_key.json", key);
			files.blames(&files.verify(&[]), "verification_key.json", "nPublic", reason);
		}
	}
}

mod keys {
	use super::*;

	fn value(pointer: &str) -> Value {
		serde_json::from_str::<Value>(KEY).unwrap().pointer(pointer).unwrap().clone()
	}

	#[test]
	fn with_related_points_are_refused_as_at_registration() {
		let reason = "the key cannot be registered: ";
		let without_pairing = |key: String| {
			let mut key: Value = serde_json::from_str(&key).unwrap();
			key.as_object_mut().unwrap().remove("vk_alphabeta_12");
			key.to_string()
		};
		for (pointer, equal, place) in [
			("/vk_delta_2", "/vk_gamma_2", "vk_gamma_2 and vk_delta_2"),
			("/vk_gamma_2", "/vk_beta_2", "vk_beta_2 and vk_gamma_2"),
			("/vk_beta_2", "/vk_delta_2", "vk_beta_2 and vk_delta_2"),
			("/IC/2", "/IC/1", "IC[1] and IC[2]"),
		] {
			let key = without_pairing(changed(KEY, pointer, value(equal)));
			let files = Files::with("verification_key.json", key);
			files.blames(&files.verify(&[]), "verification_key.json", place, reason);
		}
		let mut key = key();
		key.delta = -key.gamma;
		let files = Files::with("verifying.key", key.to_bytes());
		let run = files.verify_files("verifying.key", "proof.json", &[]);
		let place = "gamma (from byte 192) and delta (from byte 320)";
		files.blames(&run, "verifying.key", place, reason);
	}

	#[test]
	fn with_the_pairing_of_another_are_refused() {
		refuses(
			"verification_key.json",
			KEY,
			&[(
				"/vk_alphabeta_12/1/2/0",
				json!("1"),
				"vk_alphabeta_12[1][2][0]",
				"not the pairing of vk_alpha_1 and vk_beta_2",
			)],
		);
	}
}

/// What is refused before there is any connection.
mod registering {
	use super::*;

	/// A port that nobody listens on.
	const NOWHERE: &str = "ws://127.0.0.1:1";

	fn register(path: &Path, more: &[&str]) -> Run {
		let arguments = ["circuit", "register", text(path), "--suri", "//Alice", "--url", NOWHERE];
		candor([&arguments[..], more].concat())
	}

	#[test]
	fn reads_the_key_as_verifying_does() {
		for (pointer, value, place, reason) in [
			("/IC/2/1", json!("01"), "IC[2][1]", "is not a decimal number"),
			("/IC/2/1", json!("1"), "IC[2]", "not on the curve"),
			("/nPublic", json!(1), "nPublic", "IC must hold"),
		] {
			let files = Files::with("verification_key.json", changed(KEY, pointer, value));
			let run = register(
				&files.path("verification_key.json"),
				&["--input-len", "1", "--output-len", "0"],
			);
			files.blames(&run, "verification_key.json", place, reason);
		}
	}

	#[test]
	fn refuses_a_setup_without_its_second_phase() {
		let mut key = key();
		key.delta = key.gamma;
		let files = Files::with("verification_key.json", verification_key_to_json(&key).unwrap());
		let run = register(
			&files.path("verification_key.json"),
			&["--input-len", "4", "--output-len", "4"],
		);
		let place = "vk_gamma_2 and vk_delta_2";
		files.blames(&run, "verification_key.json", place, "the key cannot be registered");
		assert!(run.err.contains("snarkjs zkey contribute"), "{run:?}");
	}

	#[test]
	fn asks_for_the_lengths_of_input_and_output() {
		let files = Files::new();
		let path = files.path("verification_key.json");
		let run = register(&path, &[]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("hint: give --input-len and --output-len"), "{run:?}");
		for half in [["--input-len", "4"], ["--output-len", "4"]] {
			let run = register(&path, &half);
			assert_eq!(run.code, 2, "{run:?}");
			assert!(run.err.contains("required arguments were not provided"), "{run:?}");
		}
	}

	#[test]
	fn asks_for_the_transcript_of_a_ceremony() {
		let files = Files::new();
		let run = register(&files.path("verification_key.json"), &["--setup", "ceremony"]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("--transcript <HASH>"), "{run:?}");
	}

	#[test]
	fn counts_the_public_inputs_of_the_statement() {
		let files = Files::new();
		let run = register(
			&files.path("verification_key.json"),
			&["--input-len", "4", "--output-len", "32"],
		);
		let reason = "2 public inputs, but outputs of 32 bytes take 5";
		files.blames(&run, "verification_key.json", "nPublic", reason);
	}
}
