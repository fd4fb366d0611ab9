// SPDX-License-Identifier: Apache-2.0

//! The JSON files of snarkjs: any text, and files of which one value was changed.

#![no_main]

use arbitrary::Arbitrary;
use ark_bn254::{Fq, Fr};
use ark_ff::{BigInteger, PrimeField};
use candor_fuzz::arkworks;
use candor_groth16::DecodeError;
use candor_snarkjs::{
	proof_from_json, proof_to_json, public_from_json, public_to_json, verification_key_from_json,
	verification_key_to_json,
};
use candor_trapdoor::Trapdoor;
use libfuzzer_sys::fuzz_target;
use num_bigint::BigUint;
use rand_chacha::{rand_core::SeedableRng, ChaCha8Rng};
use serde_json::{json, Value};
use std::sync::LazyLock;

#[derive(Arbitrary, Debug)]
enum Case<'a> {
	Any(&'a str),
	/// One string is another.
	Changed {
		file: u8,
		place: u16,
		change: Change<'a>,
	},
	/// Some of the text is missing, and something else stands there.
	Spliced {
		file: u8,
		start: u16,
		cut: u16,
		text: Splice<'a>,
	},
}

/// What is put into a file.
#[derive(Arbitrary, Debug)]
enum Splice<'a> {
	Any(&'a str),
	Field,
	Element,
	Number(u64),
}

/// What becomes of one string in a file.
#[derive(Arbitrary, Debug)]
enum Change<'a> {
	To(&'a str),
	/// The number plus so many times a modulus.
	Plus {
		base_field: bool,
		times: u8,
	},
	/// So many zeros before it.
	Zeros(u8),
	/// The number less one, or plus one.
	Next {
		up: bool,
	},
	/// The text of another string in the file.
	Like(u16),
	None,
}

/// A file of each kind, as this project writes them.
static FILES: LazyLock<[String; 3]> = LazyLock::new(|| {
	let mut rng = ChaCha8Rng::seed_from_u64(0);
	let trapdoor = Trapdoor::random(2, &mut rng);
	let inputs = [Fr::from(7), -Fr::from(1)];
	[
		verification_key_to_json(&trapdoor.key()).expect("it has no blocks"),
		proof_to_json(&trapdoor.prove(&inputs, &mut rng)).expect("it has no stage one"),
		public_to_json(&inputs),
	]
});

/// Reads a file of any kind and writes it again.
fn again(file: usize, text: &str) -> Option<String> {
	match file {
		0 => verification_key_from_json(text)
			.ok()
			.map(|key| verification_key_to_json(&key).expect("none has blocks")),
		1 => proof_from_json(text)
			.ok()
			.map(|proof| proof_to_json(&proof).expect("none has a stage one")),
		_ => public_from_json(text).ok().map(|inputs| public_to_json(&inputs)),
	}
}

/// What is taken says what would be written, value for value; only the pairing may be missing.
fn check_meaning(file: usize, text: &str) -> bool {
	let Some(written) = again(file, text) else { return false };
	let given: Value = serde_json::from_str(text).expect("it was read");
	let mut written: Value = serde_json::from_str(&written).expect("it was written");
	if let Some(fields) = written.as_object_mut() {
		fields.retain(|name, _| !OPTIONAL.contains(&name.as_str()) || given.get(name).is_some());
		if let Some(curve) = given.get("curve").filter(|curve| names_the_curve(curve)) {
			fields.insert("curve".to_owned(), curve.clone());
		}
	}
	assert_eq!(given, written, "two meanings of one text");
	true
}

/// What no verifier needs of a key.
const PAIRING: &str = "vk_alphabeta_12";
/// The fields that may be missing.
const OPTIONAL: [&str; 3] = ["protocol", "curve", PAIRING];

/// All strings of a file.
fn strings(value: &mut Value) -> Vec<&mut String> {
	match value {
		Value::String(text) => vec![text],
		Value::Array(values) => values.iter_mut().flat_map(strings).collect(),
		Value::Object(fields) => fields.values_mut().flat_map(strings).collect(),
		_ => Vec::new(),
	}
}

impl Change<'_> {
	fn apply(&self, text: &str, others: &[String]) -> String {
		let number = || text.parse::<BigUint>().unwrap_or_default();
		match self {
			Self::To(text) => (*text).to_owned(),
			Self::Plus { base_field, times } => {
				let modulus: BigUint =
					if *base_field { Fq::MODULUS.into() } else { Fr::MODULUS.into() };
				(number() + modulus * *times).to_string()
			}
			Self::Zeros(count) => "0".repeat(usize::from(*count)) + text,
			Self::Next { up: true } => (number() + 1u8).to_string(),
			Self::Next { up: false } => {
				let number = number();
				if number == BigUint::ZERO {
					text.to_owned()
				} else {
					(number - 1u8).to_string()
				}
			}
			Self::Like(other) => others[usize::from(*other) % others.len()].clone(),
			Self::None => text.to_owned(),
		}
	}
}

/// Whether the text is the one spelling of a number below the modulus, by another parser.
fn is_number<F: PrimeField>(text: &str) -> bool {
	let number = text.parse::<BigUint>().ok();
	number.is_some_and(|number| number.to_string() == text && number < F::MODULUS.into())
}

/// The canonical bytes of a coordinate. snarkjs has the real part first, the bytes the imaginary.
fn coordinate(value: &Value) -> Option<Vec<u8>> {
	match value {
		Value::String(text) if is_number::<Fq>(text) => {
			text.parse::<Fq>().ok().map(|number| number.into_bigint().to_bytes_be())
		}
		Value::Array(parts) => concat(parts.iter().rev().map(coordinate)),
		_ => None,
	}
}

/// The canonical bytes of a point.
fn point(value: &Value) -> Option<Vec<u8>> {
	let [x, y, z] = &**value.as_array()? else { return None };
	let is_affine = *z == json!("1") || *z == json!(["1", "0"]);
	concat([x, y].map(coordinate)).filter(|_| is_affine)
}

fn concat(parts: impl IntoIterator<Item = Option<Vec<u8>>>) -> Option<Vec<u8>> {
	parts.into_iter().collect::<Option<Vec<_>>>().map(|parts| parts.concat())
}

/// Whether a text is one of the names of BN254.
fn names_the_curve(value: &Value) -> bool {
	let plain = |text: &str| text.replace(|it: char| !it.is_ascii_alphanumeric(), "");
	value.as_str().is_some_and(|text| {
		["bn128", "bn254", "altbn128"].iter().any(|name| plain(text).eq_ignore_ascii_case(name))
	})
}

/// Whether a file with changed strings should be taken, by the other opinion on its bytes.
fn is_sound(file: usize, json: &Value, original: &Value) -> bool {
	let same = |field: &&str| json[field] == original[field];
	let points = |fields: &[&str]| fields.iter().map(|field| point(&json[field])).collect();
	match file {
		0 => {
			let mut parts: Vec<_> =
				points(&["vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2"]);
			parts.extend(json["IC"].as_array().into_iter().flatten().map(point));
			// One change alone does not leave the pairing as it was.
			["protocol", PAIRING, "vk_alpha_1", "vk_beta_2"].iter().all(same)
				&& names_the_curve(&json["curve"])
				&& concat(parts).is_some_and(|bytes| arkworks::key(&bytes).is_ok())
		}
		1 => {
			let parts: Vec<_> = points(&["pi_a", "pi_b", "pi_c"]);
			let faults =
				concat(parts).map(|bytes| arkworks::proof(&bytes).err().unwrap_or_default());
			// The subgroup may be left to verification.
			let left = |fault| fault == DecodeError::NotInSubgroup;
			same(&"protocol")
				&& names_the_curve(&json["curve"])
				&& faults.is_some_and(|faults| faults.into_iter().all(left))
		}
		_ => json
			.as_array()
			.into_iter()
			.flatten()
			.all(|input| input.as_str().is_some_and(is_number::<Fr>)),
	}
}

fuzz_target!(|case: Case| {
	match case {
		Case::Spliced { file, start, cut, text } => {
			let file = usize::from(file) % FILES.len();
			let original = &FILES[file];
			let start = usize::from(start) % original.len();
			let end = original.len().min(start + usize::from(cut));
			let text = match text {
				Splice::Any(text) => text,
				Splice::Field => "\"x\":0,",
				Splice::Element => "\"1\",",
				Splice::Number(number) => &number.to_string(),
			};
			let (before, after) = (&original[..start], &original[end..]);
			check_meaning(file, &[before, text, after].concat());
		}
		Case::Any(text) => (0..FILES.len()).for_each(|file| {
			check_meaning(file, text);
		}),
		Case::Changed { file, place, change } => {
			let file = usize::from(file) % FILES.len();
			let original: Value = serde_json::from_str(&FILES[file]).expect("it was written");
			let mut json = original.clone();
			let mut strings = strings(&mut json);
			let others: Vec<_> = strings.iter().map(|text| (*text).clone()).collect();
			let place = usize::from(place) % strings.len();
			*strings[place] = change.apply(strings[place], &others);
			let taken = check_meaning(file, &json.to_string());
			assert_eq!(taken, is_sound(file, &json, &original), "{json}");
		}
	}
});
