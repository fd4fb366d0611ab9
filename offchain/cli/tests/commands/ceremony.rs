// SPDX-License-Identifier: Apache-2.0

//! A ceremony from the command line, from powers to keys under which a proof verifies.

use crate::common::{candor, candor_told, text, Run};
use std::{ffi::OsStr, fs};
use tempfile::TempDir;

const MODEL: &str = "tests/tiny/tiny.onnx";
const SAMPLES: &str = "tests/tiny/samples.csv";

fn done<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
	let run = candor(arguments);
	assert_eq!(run.code, 0, "{run:?}");
	run
}

/// One test, since each step takes seconds and needs the one before.
#[test]
fn a_ceremony_makes_keys_under_which_proofs_verify() {
	let folder = TempDir::new().expect("a temporary folder");
	let path = |name: &str| folder.path().join(name);
	let (model, powers, first) = (path("model"), path("own.ptau"), path("0.ceremony"));
	let (model, powers, first) = (text(&model), text(&powers), text(&first));
	done(["compile", MODEL, "--calibration", SAMPLES, "--out", model]);

	let new = ["ceremony", "new", model, "--powers", powers, "--out", first];
	let missing = candor(new);
	assert_eq!(missing.code, 2, "{missing:?}");
	assert!(missing.err.contains("candor ceremony powers"), "{missing:?}");
	done(["ceremony", "powers", "--power", "2", powers]);
	let small = candor(new);
	assert_eq!(small.code, 2, "{small:?}");
	let needed = small.err.split("needs a file of power ").nth(1).expect("it says what it needs");
	let needed = needed.split(' ').next().expect("a number").to_owned();
	fs::remove_file(powers).expect("removed");
	let made = done(["ceremony", "powers", "--power", &needed, powers]);
	assert!(made.err.contains("for development"), "{made:?}");
	done(new);
	let again = candor(new);
	assert_eq!(again.code, 2, "{again:?}");
	assert!(again.err.contains("exists already"), "{again:?}");

	let second = path("1.ceremony");
	let second = text(&second);
	let contribute = |from, to| {
		["ceremony", "contribute", model, from, "--powers", powers, "--name", "Ada", "--out", to]
	};
	let silent = candor_told("\n", contribute(first, second));
	assert_eq!(silent.code, 2, "{silent:?}");
	assert!(silent.err.contains("random text"), "{silent:?}");
	let told = candor_told("some random text\n", contribute(first, second));
	assert_eq!(told.code, 0, "{told:?}");

	// Somebody signs Ada's contribution.
	let mut bytes = fs::read(second).expect("written");
	let name = bytes.windows(3).position(|window| window == b"Ada").expect("it is there");
	bytes[name..name + 3].copy_from_slice(b"Eve");
	let (stolen, third) = (path("stolen.ceremony"), path("2.ceremony"));
	let (stolen, third) = (text(&stolen), text(&third));
	fs::write(stolen, bytes).expect("written");
	let refused = candor_told("some random text\n", contribute(stolen, third));
	assert_eq!(refused.code, 1, "{refused:?}");
	assert!(refused.err.contains("step 1, the contribution of \"Eve\""), "{refused:?}");
	assert!(!path("2.ceremony").exists());
	let verdict = candor(["ceremony", "verify", model, stolen, "--powers", powers, "--json"]);
	assert_eq!(verdict.code, 1, "{verdict:?}");
	assert_eq!(verdict.json()["valid"], false);

	let finalised = done(["ceremony", "finalise", model, second, "--powers", powers, "--json"]);
	let report = finalised.json();
	assert_eq!(report["quality"], "development", "{report}");
	assert_eq!(report["steps"][0], "step 1, the contribution of \"Ada\"", "{report}");
	let told = told.out.split("transcript   ").nth(1).expect("the hash is printed");
	assert!(told.starts_with(report["transcript"].as_str().expect("a hash")), "{report}");

	let proof = path("proof");
	let proof = text(&proof);
	done(["prove", model, "--input", SAMPLES, "--sample", "1", "--out", proof]);
	let key = path("model/verifying.key");
	let verified = done(["verify", "--vk", text(&key), "--proof", proof, "--public", proof]);
	assert!(verified.out.starts_with("valid"), "{verified:?}");
}
