// SPDX-License-Identifier: Apache-2.0

//! What `candor check` says of a file, and how `candor compile` and `candor prove` take what outputs are.

use crate::common::{candor, text, Run};
use serde_json::Value;
use std::{fs, path::PathBuf};
use tempfile::TempDir;

const CORPUS: &str = "../../models/corpus";
const MODELS: &str = "../../tests/models";

fn corpus(file: &str) -> String {
	format!("{CORPUS}/{file}")
}

fn digits(file: &str) -> String {
	format!("../../models/digits/{file}")
}

/// The nodes of a report with this fate.
fn with_fate<'a>(json: &'a Value, fate: &str) -> Vec<&'a Value> {
	json["nodes"].as_array().expect("nodes").iter().filter(|node| node["fate"] == fate).collect()
}

#[test]
fn a_file_that_can_be_compiled_has_its_nodes_and_its_circuit() {
	let model = corpus("mlp-standard.onnx");
	let run = candor(["--json", "check", &model]);
	assert_eq!(run.code, 0, "{run:?}");
	let json = run.json();
	assert_eq!((&json["compilable"], &json["refusal"]), (&true.into(), &Value::Null));
	assert_eq!(with_fate(&json, "layer").len(), 2, "{json}");
	assert_eq!(with_fate(&json, "refused").len(), 0, "{json}");
	assert_eq!(json["circuit"]["architecture"], "13-16-3");
	let count = |node: &Value| node["constraints"].as_u64().expect("a count");
	let of_nodes: u64 = json["circuit"]["nodes"].as_array().unwrap().iter().map(count).sum();
	assert!(of_nodes > 0 && of_nodes < count(&json["circuit"]), "{json}");
	assert!(json["compilation"].is_null());

	let run = candor(["check", &model]);
	assert!(run.out.contains("part of layer 1"), "{run:?}");
	assert!(run.out.contains("it stands behind the logits"), "{run:?}");
}

#[test]
fn with_samples_it_says_what_the_integers_cost_and_writes_nothing() {
	let [calibration, test] =
		["calibration", "test"].map(|part| corpus(&format!("iris-words-{part}.csv")));
	let model = corpus("logistic-words.onnx");
	let arguments = ["check", &model, "--calibration", &calibration, "--test", &test];
	let run = candor(["--json"].into_iter().chain(arguments));
	assert_eq!(run.code, 0, "{run:?}");
	let of = &run.json()["compilation"];
	assert_eq!(of["class_labels"], serde_json::json!(["setosa", "versicolor", "virginica"]));
	assert!(of["integer_accuracy"].as_f64().unwrap() > 0.85, "{of}");
	let samples = |class: &Value| class["samples"].as_u64().expect("a count");
	let classes = of["classes"].as_array().unwrap();
	assert_eq!((classes.len(), classes.iter().map(samples).sum::<u64>()), (3, 50));
	let run = candor(arguments);
	assert!(run.out.contains("setosa, versicolor, virginica"), "{run:?}");
}

#[test]
fn a_file_that_is_refused_has_the_node_and_the_way_out() {
	let run = candor(["--json", "check", &format!("{MODELS}/sine.onnx")]);
	assert_eq!(run.code, 1, "{run:?}");
	let json = run.json();
	assert_eq!((&json["compilable"], &json["circuit"]), (&false.into(), &Value::Null));
	let refused = with_fate(&json, "refused");
	assert_eq!((refused.len(), &refused[0]["operator"]), (1, &"Sin".into()), "{json}");
	assert!(refused[0]["way_out"].as_str().unwrap().contains("before the model"), "{json}");
	assert_eq!(with_fate(&json, "open").len(), 1, "{json}");
	let run = candor(["check", "nowhere.onnx"]);
	assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn with_samples_each_node_has_its_loss_and_the_room_of_its_sums() {
	let [calibration, test] = ["calibration", "test"].map(|part| digits(&format!("{part}.csv")));
	let arguments =
		["check", &digits("digits.onnx"), "--calibration", &calibration, "--test", &test];
	let run = candor(["--json"].into_iter().chain(arguments));
	assert_eq!(run.code, 0, "{run:?}");
	let json = run.json();
	let circuit = &json["circuit"];
	let nodes = circuit["nodes"].as_array().expect("nodes");
	let share = |loss: &Value| loss["share"].as_f64().expect("a share");
	let shares: f64 = nodes.iter().map(|node| share(&node["loss"])).sum();
	assert!((shares + share(&circuit["input_loss"]) - 1.0).abs() < 1e-9, "{circuit}");
	let operators: Vec<_> = nodes.iter().map(|node| node["operator"].as_str().unwrap()).collect();
	assert_eq!(operators, ["dense", "relu", "dense"]);
	assert!(nodes[1]["accumulator"].is_null(), "{circuit}");
	for sums in [&nodes[0]["accumulator"], &nodes[2]["accumulator"]] {
		let number = |name: &str| sums[name].as_u64().expect("a number");
		assert!(number("seen") <= number("possible") && number("possible") <= number("room"));
		assert!(number("possible_bits") < number("bits"), "{sums}");
	}
	let answers = &json["answers"];
	let confusion = answers["confusion"]["integer"].as_array().expect("labels");
	let count =
		|row: &Value| row.as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).sum::<u64>();
	let samples = answers["samples"].as_u64().unwrap();
	assert_eq!(
		(&answers["of"], confusion.iter().map(count).sum::<u64>()),
		(&"test".into(), samples)
	);
	let right: u64 = (0..10).map(|class| confusion[class][class].as_u64().unwrap()).sum();
	let accuracy = json["compilation"]["integer_accuracy"].as_f64().unwrap();
	assert!((right as f64 / samples as f64 - accuracy).abs() < 1e-9, "{answers}");
	let agreement = json["compilation"]["test_agreement"].as_f64().unwrap();
	let differing = answers["differing"].as_array().unwrap();
	assert_eq!(differing.len(), ((1.0 - agreement) * samples as f64).round() as usize);
	let run = candor(arguments);
	assert!(run.out.contains("bits of sums") && run.out.contains("differing"), "{run:?}");
}

#[test]
fn sizes_that_were_predicted_are_those_of_the_files() {
	let out = TempDir::new().unwrap();
	let run = compile("mlp-standard", "wine-from-one", &out, &[]);
	assert_eq!(run.code, 0, "{run:?}");
	let setup = candor(["setup", text(out.path()), "--development"]);
	assert_eq!(setup.code, 0, "{setup:?}");
	let length = |file: &str| fs::metadata(out.path().join(file)).expect("written").len();
	// With samples or without, all else is a matter of the graph.
	let calibration = corpus("wine-from-one-calibration.csv");
	for more in [&[][..], &["--calibration", &calibration]] {
		let model = corpus("mlp-standard.onnx");
		let run = candor(["--json", "check", &model].into_iter().chain(more.iter().copied()));
		let prediction = &run.json()["prediction"];
		assert_eq!(prediction["sizes"]["proving_key"], length("proving.key"), "{run:?}");
		assert_eq!(prediction["sizes"]["verifying_key"], length("verifying.key"), "{run:?}");
		for effort in ["setup", "load", "prove"] {
			let seconds = prediction[effort]["seconds"].as_f64().expect("seconds");
			assert!(seconds > 0.0 && seconds < 600.0, "{prediction}");
		}
	}
}

#[test]
fn a_page_has_the_figures_and_no_script_out_of_a_label() {
	let folder = TempDir::new().unwrap();
	let place = |name: &str| folder.path().join(name);
	// As long as the name of a class, which stands in the file with its length.
	let (old, evil) = ("versicolor", "<script>a<");
	let changed = |name: &str| {
		let mut bytes = fs::read(corpus(name)).expect("readable");
		let mut at = 0;
		while at + old.len() <= bytes.len() {
			if bytes[at..].starts_with(old.as_bytes()) {
				bytes[at..at + old.len()].copy_from_slice(evil.as_bytes());
			}
			at += 1;
		}
		fs::write(place(name), bytes).expect("written");
		place(name)
	};
	let model = changed("logistic-words.onnx");
	let [calibration, test] =
		["calibration", "test"].map(|part| changed(&format!("iris-words-{part}.csv")));
	let html = place("report.html");
	let arguments = [
		"--json",
		"check",
		text(&model),
		"--calibration",
		text(&calibration),
		"--test",
		text(&test),
		"--html",
		text(&html),
	];
	let run = candor(arguments);
	assert_eq!(run.code, 0, "{run:?}");
	let json = run.json();
	assert_eq!(json["compilation"]["class_labels"][1], evil, "{json}");
	let page = fs::read_to_string(html).expect("a page");
	assert!(!page.contains("<script") && page.contains("&lt;script&gt;a&lt;"), "{page}");
	let constraints = json["circuit"]["constraints"].to_string();
	let proving_key = json["prediction"]["sizes"]["proving_key"].as_f64().unwrap();
	let proving_key = format!("{:.1} kB", proving_key / 1e3);
	for figure in [&constraints, &proving_key, "Which classes are taken for which others", "<svg"] {
		assert!(page.contains(figure), "{figure}: {page}");
	}
	let matrix = json["answers"]["confusion"]["float"].as_array().expect("a matrix");
	assert_eq!(page.matches("class=\"cell\"").count(), 2 * matrix.len() * matrix.len());
}

#[test]
fn what_an_answer_costs_needs_a_node() {
	let model = corpus("logistic-words.onnx");
	let run = candor(["--json", "check", &model]);
	assert_eq!(run.json()["settlement"], Value::Null);
	let run = candor(["check", &model, "--royalty", "5%"]);
	assert_eq!(run.code, 2, "{run:?}");
	let run = candor(["check", &model, "--url", "ws://127.0.0.1:1"]);
	assert_eq!(run.code, 3, "{run:?}");
}

fn compile(model: &str, data: &str, out: &TempDir, more: &[&str]) -> Run {
	let file = |name: String| corpus(&name);
	let model = file(format!("{model}.onnx"));
	let calibration = file(format!("{data}-calibration.csv"));
	let arguments =
		["--json", "compile", &model, "--calibration", &calibration, "--force", "--out"];
	candor(arguments.into_iter().chain([text(out.path())]).chain(more.iter().copied()))
}

#[test]
fn a_file_of_two_classes_and_one_logit_answers_with_a_class() {
	let out = TempDir::new().unwrap();
	let run = compile("mlp-min-max-binary", "cancer", &out, &[]);
	assert_eq!((run.code, &run.json()["output"]), (0, &"sign".into()), "{run:?}");
	assert!(run.json()["calibration_agreement"].as_f64().unwrap() > 0.9);
	both_classes_are_proved(&out);
}

#[test]
fn trees_are_a_layer_and_are_proved_where_there_is_a_challenge() {
	let model = corpus("lightgbm-binary.onnx");
	let json = candor(["--json", "check", &model]).json();
	let layers = with_fate(&json, "layer");
	assert_eq!(layers.len(), 1, "{json}");
	assert_eq!(layers[0]["operator"], "ai.onnx.ml.TreeEnsembleClassifier");
	assert_eq!(json["circuit"]["nodes"][0]["operator"], "trees");
	assert_eq!(json["circuit"]["scheme"], "staged");

	let out = TempDir::new().unwrap();
	let run = compile("lightgbm-binary", "cancer", &out, &[]);
	assert_eq!((run.code, &run.json()["output"]), (0, &"sign".into()), "{run:?}");
	assert_eq!(run.json()["calibration_agreement"], 1.0);
	for scheme in ["hashed", "committed"] {
		let run = candor(["setup", text(out.path()), "--development", "--scheme", scheme]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("`trees` is proved by lookups"), "{run:?}");
	}
	both_classes_are_proved(&out);
}

/// Makes keys for a model of the cancer samples and proves one of each class.
fn both_classes_are_proved(out: &TempDir) {
	let setup = candor(["setup", text(out.path()), "--development"]);
	assert_eq!(setup.code, 0, "{setup:?}");
	let test = corpus("cancer-test.csv");
	let labels = fs::read_to_string(&test).unwrap();
	let label = |line: usize| {
		let line = labels.lines().nth(line - 1).expect("a line");
		line.rsplit(',').next().unwrap().parse::<u64>().unwrap()
	};
	let of_class = |class| (1..).find(|line| label(*line) == class).unwrap();
	for class in [0, 1] {
		let proof = PathBuf::from(out.path()).join(format!("proof-{class}"));
		let sample = of_class(class).to_string();
		let arguments =
			["--json", "prove", text(out.path()), "--input", &test, "--sample", &sample];
		let run = candor(arguments.into_iter().chain(["--out", text(&proof)]));
		assert_eq!(run.code, 0, "{run:?}");
		assert_eq!(run.json()["class"], class, "{run:?}");
		let proof = text(&proof);
		let run = candor(["verify", "--vk", text(out.path()), "--proof", proof, "--public", proof]);
		assert_eq!(run.code, 0, "{run:?}");
	}
}

#[test]
fn several_estimates_are_no_classes() {
	let out = TempDir::new().unwrap();
	let test = corpus("linnerud-test.csv");
	let run = compile("linear-regression-of-three", "linnerud", &out, &["--test", &test]);
	assert_eq!((run.code, &run.json()["output"]), (0, &"values".into()), "{run:?}");
	let json = run.json();
	assert_eq!(json["test_agreement"], Value::Null);
	assert_eq!(json["values"].as_array().unwrap().len(), 3);
	assert!(json["values"][0]["float_r2"].is_number(), "{json}");
	let run = compile("linear-regression", "diabetes", &out, &["--outputs", "classes"]);
	assert_eq!(run.code, 2, "{run:?}");
	// A file that says nothing is told so, and takes what is said.
	let run = compile("mlp-standard", "wine-from-one", &out, &["--outputs", "values"]);
	assert_eq!((run.code, &run.json()["output"]), (0, &"values".into()), "{run:?}");
}
