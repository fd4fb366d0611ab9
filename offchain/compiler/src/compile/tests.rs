// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{report::WarningKind, scales::InputQuantisation};
use candor_operators::Scheme;
use rand::{rngs::StdRng, SeedableRng};
use std::path::PathBuf;

/// A folder of this checkout, not of the one that the test was compiled in: several may share their
/// build products.
fn folder(path: &str) -> PathBuf {
	Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs it")).join(path)
}

fn digits(file: &str) -> PathBuf {
	folder("../../models/digits").join(file)
}

fn fixture(file: &str) -> PathBuf {
	folder("../../tests/models").join(file)
}

fn compiled(
	onnx: &Path,
	calibration: &Path,
	test: Option<&Path>,
) -> Result<Compiled, CompileError> {
	let sources =
		Sources { onnx, calibration, test, label: None, outputs: None, limbs: Limbs::Auto };
	compile(&sources, &mut StdRng::seed_from_u64(1))
}

fn compile_digits(seed: u64) -> Compiled {
	let (onnx, calibration) = (digits("digits.onnx"), digits("calibration.csv"));
	let test = digits("test.csv");
	let sources = Sources {
		onnx: &onnx,
		calibration: &calibration,
		test: Some(&test),
		label: None,
		outputs: None,
		limbs: Limbs::Auto,
	};
	compile(&sources, &mut StdRng::seed_from_u64(seed)).expect("compiles")
}

/// The kinds of all warnings of a report.
fn kinds(report: &Report) -> Vec<WarningKind> {
	report.warnings.iter().map(|warning| warning.kind).collect()
}

/// A file of samples that `line` makes of each line of another one.
fn rewritten(path: &Path, line: impl Fn(usize, &str) -> String) -> tempfile::NamedTempFile {
	let file = tempfile::NamedTempFile::new().expect("a temporary file");
	let text = std::fs::read_to_string(path).expect("readable");
	let lines: String = text.lines().enumerate().map(|(at, old)| line(at, old) + "\n").collect();
	std::fs::write(file.path(), lines).expect("written");
	file
}

#[test]
fn the_digits_keep_their_accuracy() {
	let report = compile_digits(1).report;
	let float = report.float_accuracy.expect("a test set");
	let integer = report.integer_accuracy.expect("a test set");
	assert!(float > 0.95, "{report:?}");
	assert!((float - integer).abs() <= 0.01, "{report:?}");
	assert!(report.calibration_agreement >= Some(0.99), "{report:?}");
	assert_eq!(report.architecture.to_string(), "64-32-10");
	assert_eq!(report.parameters, 65 * 32 + 33 * 10);
	assert_eq!((report.scheme, report.constraints), (Scheme::Staged, 1_332));
	assert_eq!(report.public_inputs, 4);
	assert_eq!((report.calibration_label_column, report.test_label_column), (Some(65), Some(65)));
	assert_eq!(report.warnings, []);
}

#[test]
fn trees_answer_what_the_float_model_answers() {
	let trees = |file: &str| folder("../../models/trees").join(file);
	let (onnx, calibration) = (trees("trees.onnx"), trees("calibration.csv"));
	let compiled = compiled(&onnx, &calibration, Some(&trees("test.csv"))).expect("compiles");
	let Compiled { report, schema, model, .. } = compiled;
	assert_eq!(report.test_agreement, Some(1.0));
	assert_eq!(report.calibration_agreement, Some(1.0));
	assert_eq!(report.integer_accuracy, report.float_accuracy);
	let value = report.calibration_value.expect("one logit");
	assert!(value.relative_difference < 1e-6, "{value:?}");
	assert_eq!(report.output, OutputKind::Sign);
	assert_eq!((report.scheme, report.constraints), (Scheme::Staged, 3_193));
	assert_eq!(report.warnings, []);
	assert!(matches!(schema.input, InputQuantisation::Cuts { .. }));

	// The public description makes the same bytes when it is read again.
	let json = serde_json::to_string(&schema).expect("serializes");
	let again: ModelSchema = serde_json::from_str(&json).expect("parses");
	assert_eq!(again, schema);
	let sample = vec![1e9; 30];
	let bytes = again.input_bytes(&sample).expect("30 features");
	assert_eq!(schema.clipped(&sample), []);
	assert_eq!(model.run(&bytes).map(|logits| logits.len()), Ok(1));
}

#[test]
fn the_same_files_give_the_same_model_under_another_seed() {
	let (one, two) = (compile_digits(1), compile_digits(2));
	assert_eq!(one.model, two.model);
	assert_eq!(one.schema.input, two.schema.input);
	assert_ne!(one.seed, two.seed);
}

/// Everything that files are compiled to: the commitment is to all integers.
#[test]
fn known_files_give_known_models() {
	for (onnx, calibration, commitment, output_scale, features) in [
		(
			digits("digits.onnx"),
			digits("calibration.csv"),
			"0x1f76f18ee2a8ff5e67cf2681b40ccd8d32230a8f8ac0b54396a718f3d1008902",
			0.0003614681990704967,
			&[(0.06274509803921569, 0)][..],
		),
		(
			fixture("dead-column.onnx"),
			fixture("dead-column.csv"),
			"0xa7b636d3fbe68ace1d2bc38634a84537012c1aa42fe40fa78056ef0d4c391d12",
			0.00004941287902223034,
			&[
				(77.81781568627451, -1),
				(0.00388750968627451, -1),
				(0.007657303529411765, -2),
				(0.00019416017647058825, -1),
				(0.3902653333333333, -1),
				(0.0038970307058823527, -1),
				(0.01707979821039235, 128),
			],
		),
		(
			fixture("logit.onnx"),
			fixture("logit.csv"),
			"0xc05ee90fa69b29c3f8d5810206a0fa64066af25a3edec922e895da9cc3c70800",
			0.00010721648406168472,
			&[(0.007789011764705882, 127)],
		),
		(
			fixture("deep.onnx"),
			fixture("deep.csv"),
			"0x8e07762275495158e4f3d5ca7fa65db3f48281b869ff2cb36fd346fadd561f25",
			0.00039391764126637206,
			&[(0.06274509803921569, 0)],
		),
	] {
		let Compiled { model, seed, schema, .. } =
			compiled(&onnx, &calibration, None).expect("compiles");
		let name = onnx.display();
		assert_eq!(model.commitment(&seed.for_hash()).to_string(), commitment, "{name}");
		assert_eq!(schema.output_scale, output_scale, "{name}");
		let scales = match schema.input {
			InputQuantisation::PerTensor { feature } => vec![feature],
			InputQuantisation::PerFeature { features } => features,
			InputQuantisation::Cuts { .. } => panic!("{name} has layers only"),
		};
		let scales: Vec<_> = scales.iter().map(|f| (f.scale, f.zero_point)).collect();
		assert_eq!(scales, features, "{name}");
	}
}

#[test]
fn no_test_set_no_accuracy() {
	let report = compiled(&digits("digits.onnx"), &digits("calibration.csv"), None);
	let report = report.expect("compiles").report;
	assert_eq!((report.float_accuracy, report.integer_accuracy), (None, None));
	assert_eq!(report.test_agreement, None);
}

#[test]
fn a_test_set_needs_labels() {
	let file = tempfile::NamedTempFile::new().expect("a temporary file");
	std::fs::write(file.path(), vec!["0"; 64].join(",")).expect("written");
	let (onnx, calibration) = (digits("digits.onnx"), digits("calibration.csv"));
	let error = compiled(&onnx, &calibration, Some(file.path())).expect_err("no label");
	assert!(error.to_string().contains("64 features and a label are expected"), "{error}");
}

#[test]
fn layers_that_differ_from_the_file_are_caught() {
	let mut onnx = OnnxModel::read(&digits("digits.onnx")).expect("a perceptron");
	let target = Target::Optional { outputs: 10 };
	let layout = Layout { features: 64, names: None, label: None, labels: None, target };
	let samples = samples::read(&digits("calibration.csv"), &layout).expect("samples");
	let measured = |onnx: &OnnxModel| {
		Measured::new(onnx, OutputKind::Classes, (samples.clone(), None), Limbs::Auto)
	};
	assert!(measured(&onnx).is_ok());
	onnx.reading.model.parameters[1].weights.swap(0, 1);
	assert!(matches!(measured(&onnx), Err(CompileError::Misread { .. })));
}

#[test]
fn a_dead_column_costs_the_others_nothing() {
	let (onnx, calibration) = (fixture("dead-column.onnx"), fixture("dead-column.csv"));
	let report = compiled(&onnx, &calibration, Some(&fixture("dead-column-test.csv")));
	let report = report.expect("compiles").report;
	assert_eq!((report.float_accuracy, report.constant_columns.as_slice()), (Some(1.0), &[7][..]));
	assert!(report.integer_accuracy >= Some(0.98), "{report:?}");
	assert!(!kinds(&report).contains(&WarningKind::AccuracyLost), "{report:?}");
}

#[test]
fn a_dead_column_that_wakes_up_is_named() {
	let (onnx, calibration) = (fixture("dead-column.onnx"), fixture("dead-column.csv"));
	let awake = rewritten(&fixture("dead-column-test.csv"), |at, line| {
		let mut fields: Vec<&str> = line.split(',').collect();
		fields[6] = if at == 4 { "1e6" } else { fields[6] };
		fields.join(",")
	});
	let report = compiled(&onnx, &calibration, Some(awake.path())).expect("compiles").report;
	for kind in [WarningKind::ConstantVaries, WarningKind::OutOfRange] {
		let warning = report.warnings.iter().find(|warning| warning.kind == kind);
		let warning = warning.unwrap_or_else(|| panic!("{kind:?} is missing: {report:?}"));
		assert!(warning.columns.contains(&7), "{warning:?}");
	}
	let woken = report.warnings.iter().find(|w| w.kind == WarningKind::ConstantVaries);
	let message = &woken.expect("it was found before").message;
	assert!(message.contains("column 7 is 0 in all calibration samples"), "{message}");
	assert!(message.contains("(in line 5 it is 1000000)"), "{message}");
}

#[test]
fn a_test_set_that_was_divided_is_told_with_line_and_column() {
	let quarters = rewritten(&digits("test.csv"), |_, line| {
		let quarter = |field: &str| field.parse::<f64>().expect("a number") / 4.0;
		let (features, label) = line.rsplit_once(',').expect("a label");
		let features: Vec<_> = features.split(',').map(|it| quarter(it).to_string()).collect();
		format!("{},{label}", features.join(","))
	});
	let (onnx, calibration) = (digits("digits.onnx"), digits("calibration.csv"));
	let report = compiled(&onnx, &calibration, Some(quarters.path())).expect("compiles").report;
	let narrow = report.warnings.iter().find(|warning| warning.kind == WarningKind::Narrow);
	let narrow = narrow.unwrap_or_else(|| panic!("{report:?}"));
	assert!(narrow.message.contains("450 of 450 samples lie in a small part"), "{narrow:?}");
	assert!(narrow.message.contains("the first in line 1:"), "{narrow:?}");
	assert_eq!(narrow.columns.len(), 1);
}

#[test]
fn accuracy_that_fell_is_told_with_its_column() {
	let (onnx, test) = (fixture("dead-column.onnx"), fixture("dead-column-test.csv"));
	// Every second sample is of another size: no range fits them all.
	let calibration = rewritten(&fixture("dead-column.csv"), |at, line| {
		let mut fields: Vec<&str> = line.split(',').collect();
		fields[1] = if at % 2 == 0 { "1e9" } else { fields[1] };
		fields.join(",")
	});
	let report = compiled(&onnx, calibration.path(), Some(&test)).expect("compiles").report;
	let lost = &report.warnings[0];
	assert_eq!((lost.kind, lost.columns.as_slice()), (WarningKind::AccuracyLost, &[2][..]));
	assert!(lost.message.contains("column 2 outweighs the others"), "{lost:?}");
	assert!(report.loss() > 0.1, "{report:?}");
}

/// Where most is lost on samples of calibration.
fn lost(onnx: &Path, calibration: &Path) -> Option<Lost> {
	let onnx = OnnxModel::read(onnx).expect("a model");
	let output = output_kind(&onnx, None).expect("outputs");
	let sources = Sources {
		onnx: Path::new(""),
		calibration,
		test: None,
		label: None,
		outputs: None,
		limbs: Limbs::Auto,
	};
	let samples = read_samples(&onnx, output, &sources).expect("samples");
	let measured = Measured::new(&onnx, output, samples, Limbs::Auto);
	measured.expect("it is quantised").lost(&onnx)
}

#[test]
fn no_layer_is_named_where_the_bytes_of_the_features_cost_the_most() {
	let of = |file: &str| folder("../../models/logistic").join(file);
	let onnx = of("logistic.onnx");
	let calibration = rewritten(&of("calibration.csv"), |at, line| {
		// Large numbers between which no byte tells the difference.
		let large = if at == 0 { "x".into() } else { format!("{}e6", at * 7919 % 1000) };
		let mut fields: Vec<&str> = line.split(',').collect();
		fields[1] = &large;
		fields.join(",")
	});
	assert_eq!(lost(&onnx, calibration.path()), None);
	// Of digits, which are whole numbers, nothing is lost.
	assert_eq!(
		lost(&digits("digits.onnx"), &digits("calibration.csv")).map(|lost| lost.layer),
		Some(1)
	);
}

#[test]
fn labels_in_front_do_not_shift_the_features() {
	let calibration = rewritten(&digits("calibration.csv"), |_, line| {
		let (features, label) = line.rsplit_once(',').expect("a label");
		format!("{label},{features}")
	});
	let (onnx, path) = (digits("digits.onnx"), calibration.path());
	let error = compiled(&onnx, path, None).expect_err("labels first").to_string();
	assert!(error.contains("--label first"), "{error}");
	let label = Some(&LabelColumn::First);
	let sources = Sources {
		onnx: &onnx,
		calibration: path,
		test: None,
		label,
		outputs: None,
		limbs: Limbs::Auto,
	};
	let told = compile(&sources, &mut StdRng::seed_from_u64(1)).expect("compiles");
	assert_eq!(told.report.warnings, []);
	let usual = compile_digits(1);
	assert_eq!((told.model, told.schema.input), (usual.model, usual.schema.input));
}

#[test]
fn labels_that_the_float_model_never_hits_are_doubted() {
	let calibration = rewritten(&digits("calibration.csv"), |_, line| {
		let (features, label) = line.rsplit_once(',').expect("a label");
		let label: usize = label.parse().expect("a digit");
		format!("{features},{}", (label + 1) % 10)
	});
	let compiled = compiled(&digits("digits.onnx"), calibration.path(), None);
	let report = compiled.expect("compiles").report;
	assert_eq!(kinds(&report), [WarningKind::FloatAccuracy], "{report:?}");
	assert_eq!(report.warnings[0].columns, [65]);
}

#[test]
fn a_single_calibration_sample_is_said_to_tell_nothing() {
	let first = rewritten(
		&fixture("logit.csv"),
		|at, line| {
			if at == 0 {
				line.into()
			} else {
				String::new()
			}
		},
	);
	let report = compiled(&fixture("logit.onnx"), first.path(), None).expect("compiles").report;
	assert_eq!((report.calibration_samples, report.constant_columns.len()), (1, 3));
	assert!(kinds(&report).contains(&WarningKind::NothingVaries), "{report:?}");
}

#[test]
fn one_output_is_a_value_with_a_sign() {
	let (onnx, calibration) = (fixture("logit.onnx"), fixture("logit.csv"));
	let with = |test: Option<&str>| {
		let test = test.map(fixture);
		compiled(&onnx, &calibration, test.as_deref()).expect("compiles").report
	};
	let report = with(None);
	assert_eq!((report.output, report.calibration_agreement), (OutputKind::Value, None));
	let value = report.calibration_value.expect("one output");
	assert!(value.relative_difference > 0.0 && value.relative_difference < 0.05, "{value:?}");
	assert!(value.same_sign > 0.9, "{value:?}");

	let report = with(Some("logit-classes.csv"));
	assert_eq!(report.float_accuracy, Some(1.0), "{report:?}");
	assert!(report.integer_accuracy >= Some(0.95), "{report:?}");
	assert_eq!(
		(report.test_agreement, report.test_value.expect("values").float_error),
		(None, None)
	);

	let report = with(Some("logit-values.csv"));
	assert_eq!((report.float_accuracy, report.integer_accuracy), (None, None));
	let value = report.test_value.expect("one output");
	assert!(value.float_error < Some(1e-5), "{value:?}");
	assert!(value.integer_error < Some(0.05) && value.integer_error > value.float_error);
}

#[test]
fn samples_beyond_float32_are_named() {
	let (onnx, calibration) = (fixture("logit.onnx"), fixture("logit.csv"));
	let large =
		rewritten(&calibration, |at, line| if at == 2 { "1e300,0,0".into() } else { line.into() });
	let error = compiled(&onnx, large.path(), None).expect_err("infinite in float32");
	assert!(error.to_string().contains("line 3"), "{error}");
}

#[test]
fn the_names_of_the_columns_are_kept_and_compared() {
	let (onnx, test) = (fixture("logit.onnx"), fixture("logit-classes.csv"));
	let headed = |path: &Path, header: &str| {
		rewritten(path, |at, line| if at == 0 { format!("{header}\n{line}") } else { line.into() })
	};
	let calibration = headed(&fixture("logit.csv"), "a,b,c");
	let compiled_with =
		|header: &str| compiled(&onnx, calibration.path(), Some(headed(&test, header).path()));
	let schema = compiled_with("a,b,c,label").expect("compiles").schema;
	assert_eq!(schema.feature_names.expect("names"), ["a", "b", "c"]);
	let error = compiled_with("a,c,b,label").expect_err("another order").to_string();
	assert!(error.contains("line 1") && error.contains("`c`"), "{error}");
}
