// SPDX-License-Identifier: Apache-2.0
use std::io::Write;

use super::*;

fn with_file<T>(text: impl AsRef<[u8]>, test: impl FnOnce(&Path) -> T) -> T {
	let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
	file.write_all(text.as_ref()).expect("written");
	test(file.path())
}

fn read_text(text: impl AsRef<[u8]>, target: Target) -> Result<Table, SampleError> {
	let layout = Layout { features: 2, names: None, label: None, labels: None, target };
	with_file(text, |path| read(path, &layout))
}

const CLASS: Target = Target::Class { classes: 3 };
const OPTIONAL: Target = Target::Optional { outputs: 3 };

fn values(table: &Table) -> Vec<[f64; 2]> {
	table.samples.iter().map(|sample| [sample.features[0], sample.features[1]]).collect()
}

mod accepts {
	use super::*;

	#[test]
	fn a_line_as_a_sample_and_its_label() {
		let table = read_text("1,2.5,0\n-3e1, 4 ,2.0\n", CLASS).expect("samples");
		let expected = [
			Sample { features: vec![1.0, 2.5], targets: vec![0.0], line: 1 },
			Sample { features: vec![-30.0, 4.0], targets: vec![2.0], line: 2 },
		];
		assert_eq!((table.samples.as_slice(), table.label), (&expected[..], Some(3)));
		assert_eq!((table.column(1), table.column(2)), (1, 2));
	}

	#[test]
	fn a_label_of_words_where_none_is_needed() {
		let table = read_text("1,2,setosa\n3,4,Iris virginica\n", OPTIONAL).expect("samples");
		assert!(table.samples.iter().all(|sample| sample.targets.is_empty()));
		assert_eq!((values(&table)[1], table.label), ([3.0, 4.0], Some(3)));
		assert_eq!(read_text("1,2\n3,4\n", OPTIONAL).expect("samples").label, None);
	}

	#[test]
	fn what_programs_write_in_the_same_way() {
		let expected = [[0.5, -1.0], [2000.0, 3.0]];
		for text in [
			"0.5,-1\n2000,3\n",
			"0.5,-1\r\n2000,3\r\n",
			"0.5,-1\r2000,3\r",
			"0.5,-1\n2000,3",
			"\u{feff}0.5,-1\n2000,3\n",
			"\u{feff}a,b\n0.5,-1\n2000,3\n",
			"\"0.5\",\"-1\"\n\"2000\",\"3\"\n",
			"+5.0E-01,-1.0e+00\n2E3,3\n",
			"# made by me, today\n0.5,-1\n2000,3\n",
			"0.5,-1,\n2000,3,\n",
			"a,b,\n0.5,-1,\n2000,3,\n",
			"sep=,\n0.5,-1\n2000,3\n",
			"\n\n0.5 , -1\n\n2000\t,3\n\n",
		] {
			assert_eq!(values(&read_text(text, OPTIONAL).expect(text)), expected, "{text:?}");
		}
	}

	#[test]
	fn a_header_with_its_names() {
		let table = read_text("a,b,label\n1,2,0\n", CLASS).expect("samples");
		assert_eq!(table.names.expect("names"), ["a", "b"]);
		let table = read_text("label,a,b\n0,1,2\n", CLASS).expect("samples");
		assert_eq!((values(&table)[0], table.label, table.column(1)), ([1.0, 2.0], Some(1), 2));
		assert_eq!(table.samples[0].targets, [0.0]);
	}

	#[test]
	fn targets_that_are_real() {
		let table = read_text("1,2,-0.5\n3,4,7e2\n", Target::Value).expect("samples");
		assert_eq!(table.samples[1].targets, [700.0]);
	}
}

mod several_values {
	use super::*;

	const VALUES: Target = Target::Values { outputs: 2 };

	#[test]
	fn stand_behind_the_features_or_before_them() {
		let table = read_text("1,2,-0.5,7\n3,4,1,8\n", VALUES).expect("samples");
		assert_eq!(values(&table), [[1.0, 2.0], [3.0, 4.0]]);
		assert_eq!((table.samples[1].targets.as_slice(), table.label), (&[1.0, 8.0][..], Some(3)));
		for (label, first, column) in
			[(LabelColumn::First, 1, 3), (LabelColumn::Named("b".into()), 2, 1)]
		{
			let label = Some(&label);
			let layout = Layout { features: 2, names: None, label, labels: None, target: VALUES };
			let text = "a,b,c,d\n1,2,3,4\n";
			let table = with_file(text, |path| read(path, &layout)).expect("samples");
			assert_eq!((table.label, table.column(1)), (Some(first), column), "{label:?}");
		}
	}

	#[test]
	fn may_be_left_out_of_calibration_samples_only() {
		let optional = Target::OptionalValues { outputs: 2 };
		assert_eq!(read_text("1,2\n", optional).expect("samples").label, None);
		assert_eq!(read_text("1,2,3,4\n", optional).expect("samples").label, Some(3));
		for (text, target) in [("1,2\n", VALUES), ("1,2,3\n", VALUES), ("1,2,3\n", optional)] {
			let said = read_text(text, target).expect_err("a wrong number").to_string();
			assert!(said.contains("2 values"), "{said}");
		}
		for target in [VALUES, optional] {
			let said = read_text("1,2,3\n", target).expect_err("a label").to_string();
			assert!(said.contains("--outputs classes"), "{said}");
		}
		let said = read_text("1,2,3,4,5\n", CLASS).expect_err("no classes").to_string();
		assert!(said.contains("--outputs values"), "{said}");
	}
}

#[test]
fn labels_are_those_that_the_model_knows() {
	let read_labels = |text: &str, labels: &[&str], target: Target| {
		let labels: Vec<String> = labels.iter().map(|label| (*label).into()).collect();
		let layout =
			Layout { features: 2, names: None, label: None, labels: Some(&labels), target };
		with_file(text, |path| read(path, &layout))
	};
	let targets = |table: Table| -> Vec<Vec<f64>> {
		table.samples.into_iter().map(|sample| sample.targets).collect()
	};
	// A class that is called 1 is not the one of number 1.
	for target in [CLASS, OPTIONAL] {
		let table = read_labels("1,2,1\n1,2,3.0\n", &["1", "2", "3"], target).expect("labels");
		assert_eq!(targets(table), [[0.0], [2.0]]);
		let table = read_labels("1,2,b\n1,2,a\n", &["a", "b", "c"], target).expect("labels");
		assert_eq!(targets(table), [[1.0], [0.0]]);
	}
	let error = read_labels("1,2,1\n1,2,0\n", &["1", "2", "3"], CLASS).expect_err("unknown");
	assert_eq!((error.line, error.field), (Some(2), Some(3)));
	assert!(
		error.to_string().contains("`0` is none of the model's 3 classes (1, 2, 3)"),
		"{error}"
	);
	let table = read_labels("1,2,0\n", &["1", "2", "3"], OPTIONAL).expect("no label is needed");
	assert_eq!(targets(table), [Vec::<f64>::new()]);
}

mod refuses {
	use super::*;

	/// Refuses a text at a place, with some words.
	fn at(text: impl AsRef<[u8]>, target: Target, line: u64, field: Option<usize>, part: &str) {
		let error = read_text(&text, target).expect_err(part);
		let said = error.to_string();
		assert_eq!((error.line, error.field), (Some(line), field), "{said}");
		assert!(said.contains(part), "`{part}` is missing in: {said}");
	}

	#[test]
	fn what_is_no_number_with_line_and_field() {
		at("1,2,0\n1,x,0\n", CLASS, 2, Some(2), "`x` is not a finite number");
		at("1,b,label\n1,2,0\n", CLASS, 1, Some(2), "`b`");
		for text in ["1,2,0\n1,nan,0\n", "1,2,0\n1,inf,0\n", "1,2,0\n1,1e999,0\n"] {
			at(text, CLASS, 2, Some(2), "is not a finite number");
		}
		at("1,2\n\"1,234.5\",2\n", OPTIONAL, 2, Some(1), "separators of thousands");
		at("1,2\n\"1,5\",2\n", OPTIONAL, 2, Some(1), "with a point");
		at("1,2\n# 1,2\n", OPTIONAL, 2, Some(1), "comments stand before");
	}

	#[test]
	fn missing_values_as_such_and_not_as_a_header() {
		for (text, line, field) in [
			("NA,NA\n1,2\n", 1, 1),
			("?,?\n1,2\n", 1, 1),
			("NA,NA,setosa\n1,2,setosa\n", 1, 1),
			(",\n1,2\n", 1, 1),
			("1,2\n,2\n", 2, 1),
			("1,2\n1,N/A\n", 2, 2),
			("a,b\nNA,2\n", 2, 1),
		] {
			at(text, OPTIONAL, line, Some(field), "a value is missing");
		}
		at("missing,missing\n1,2\n", OPTIONAL, 1, Some(1), "`missing`");
	}

	#[test]
	fn lines_of_other_lengths() {
		at("1,2\n3,4,5\n", OPTIONAL, 2, None, "3 fields where 2, as in the line before,");
		at("1,2\n", CLASS, 1, None, "2 fields where 2 features and a label are expected");
		at("1,2,0\n1,2\n", CLASS, 2, None, "2 fields");
		at("1,2,0,0\n", CLASS, 1, None, "4 fields");
		at("a,b\n1,2,3\n", OPTIONAL, 2, None, "row.names=FALSE");
		at("Table\n1,2\n", OPTIONAL, 1, None, "1 fields");
		at("0,5,0,7\n", OPTIONAL, 1, None, "decimal commas?");
	}

	#[test]
	fn labels_that_are_no_classes() {
		for label in ["3", "-1", "0.5", "x", "nan", "inf"] {
			let text = format!("1,2,0\n1,2,{label}\n");
			at(text, CLASS, 2, Some(3), "is not a whole number from 0 to 2");
		}
		at("1,2,3\n", CLASS, 1, Some(3), "classes count from 0");
		at("0,1,0.5\n", CLASS, 1, Some(3), "--label first");
	}

	#[test]
	fn other_separators_by_their_name() {
		for (text, line, part) in [
			("0.5;-1\n2000;3\n", 1, "as if by `;`"),
			("0.5\t-1\n", 1, "as if by tabs"),
			("0.5 -1\n", 1, "as if by spaces"),
			("0.5|-1\n", 1, "as if by `|`"),
			("a;b\n0.5;-1\n", 1, "as if by `;`"),
			("0,5;-1,25\n", 1, "as if by `;`, with decimal commas"),
			("0,5 -1,25\n", 1, "as if by spaces, with decimal commas"),
			("sep=;\n0.5;-1\n", 1, "as if by `;`"),
			("\"sep=\t\"\n0.5\t-1\n", 1, "as if by tabs"),
			("0.5;-1;0\n", 1, "as if by `;`"),
			("# mine\n\n0.5;-1\n", 3, "as if by `;`"),
		] {
			at(text, OPTIONAL, line, None, part);
		}
		// A decimal comma in one feature is no label.
		let layout =
			Layout { features: 1, names: None, label: None, labels: None, target: OPTIONAL };
		for text in ["0,5;1\n", "0,5\n", "0,5 1\n"] {
			assert!(with_file(text, |path| read(path, &layout)).is_err(), "{text}");
		}
	}

	#[test]
	fn open_quotes_at_their_line_and_without_the_rest_of_the_file() {
		let rest = "1,2\n".repeat(100_000);
		for (text, field) in [
			(format!("1,2\n1,2\n1,\"5\n{rest}"), 2),
			(format!("1,2\n1,2\n\"1,5\n{rest}"), 1),
			("1,2\n1,2\n1,\"5".to_owned(), 2),
		] {
			at(&text, OPTIONAL, 3, Some(field), "not closed");
			assert!(read_text(&text, OPTIONAL).expect_err("a quote").to_string().len() < 300);
		}
	}

	#[test]
	fn to_quote_more_than_a_line_of_a_file() {
		let long = "x".repeat(1_000_000);
		for text in [
			format!("1,2\n{long},2\n"),
			format!("1,2,0\n1,2,{long}\n"),
			format!("{long}\n1,2\n"),
			format!("1,2\n1,\"{long}\"\n"),
		] {
			let said = read_text(&text, CLASS).expect_err("no samples").to_string();
			assert!(said.len() < 400, "{} bytes", said.len());
		}
		let names = vec!["a".to_owned(), long.clone()];
		let layout = Layout {
			features: 2,
			names: Some(&names),
			label: None,
			labels: None,
			target: OPTIONAL,
		};
		let said = with_file(format!("a,b{long}\n1,2\n"), |path| read(path, &layout));
		assert!(said.expect_err("another name").to_string().len() < 700);
	}

	#[test]
	fn files_without_a_sample() {
		for text in ["", "\n\n", "a,b\n", "# nothing\n", "\u{feff}", "sep=,\n"] {
			let error = read_text(text, OPTIONAL).expect_err(text);
			assert!(matches!(error.fault, Fault::Empty), "{text:?}: {error}");
		}
		let layout =
			Layout { features: 2, names: None, label: None, labels: None, target: OPTIONAL };
		let error = read(Path::new("/nonexistent.csv"), &layout).expect_err("no file");
		assert!(error.to_string().contains("/nonexistent.csv"), "{error}");
	}

	#[test]
	fn columns_that_count_lines() {
		at(",a,b\n0,1,2\n", OPTIONAL, 1, None, "index=False");
		at("Unnamed: 0,a,b\n0,1,2\n", OPTIONAL, 1, None, "index=False");
		at(",a,b,label\n0,1,2,0\n", CLASS, 1, None, "index=False");
		for begin in [0, 1] {
			let text: String = (0..5).map(|i| format!("{},0.5,{i}.25\n", begin + i)).collect();
			let error = read_text(&text, OPTIONAL).expect_err("an index");
			assert!(error.to_string().contains("counts the lines"), "{error}");
			let label = LabelColumn::Last;
			let layout = Layout {
				features: 2,
				names: None,
				label: Some(&label),
				labels: None,
				target: OPTIONAL,
			};
			assert!(with_file(&text, |path| read(path, &layout)).is_ok());
		}
	}

	#[test]
	fn headers_that_count_columns() {
		at("0,1,label\n5,6,0\n", CLASS, 1, None, "header=False");
		let layout =
			Layout { features: 4, names: None, label: None, labels: None, target: OPTIONAL };
		let error = with_file("0,1,2,3\n5,6,7,8\n", |path| read(path, &layout));
		assert!(error.expect_err("a header").to_string().contains("header=False"));
	}

	#[test]
	fn labels_in_front_that_would_shift_the_features() {
		let text: String = (0..6).map(|i| format!("{},0.5,0.{i}\n", i % 3)).collect();
		let error = read_text(&text, OPTIONAL).expect_err("labels first");
		assert!(error.to_string().contains("--label first"), "{error}");
		let label = LabelColumn::First;
		let layout = Layout {
			features: 2,
			names: None,
			label: Some(&label),
			labels: None,
			target: OPTIONAL,
		};
		let table = with_file(&text, |path| read(path, &layout)).expect("samples");
		assert_eq!((values(&table)[1], table.label), ([0.5, 0.1], Some(1)));
	}
}
