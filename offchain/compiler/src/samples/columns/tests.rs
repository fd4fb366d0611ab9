// SPDX-License-Identifier: Apache-2.0

use super::*;

fn record(line: &str) -> StringRecord {
	line.split(',').collect()
}

fn strings(names: &[&str]) -> Vec<String> {
	names.iter().map(|name| (*name).into()).collect()
}

fn asked(names: Option<&[String]>) -> Asked<'_> {
	Asked { features: 3, names, label: None, label_columns: 1, label_is_needed: false }
}

fn reason(result: Result<Columns, Mismatch>) -> String {
	match result {
		Err(Mismatch::Reason(reason)) => reason,
		other => panic!("refused with a reason, not {other:?}"),
	}
}

#[test]
fn headers_are_told_from_samples() {
	for (line, expected) in [
		("a,b,c", FirstLine::Header),
		("RI,Na,Mg", FirstLine::Header),
		(",a,b,c", FirstLine::Header),
		("1,b,c", FirstLine::Sample),
		("NA,NA,NA", FirstLine::Sample),
		("NA,NA,?,setosa", FirstLine::Sample),
		("missing,missing,missing", FirstLine::Sample),
		("nan,nan,nan", FirstLine::Sample),
		("NA", FirstLine::Sample),
		("x", FirstLine::Header),
		("0,1,2,3", FirstLine::Numbers),
		("0,1,2,label", FirstLine::Numbers),
		("0,1,2.0,3", FirstLine::Sample),
		("0,1,1,0", FirstLine::Sample),
	] {
		assert_eq!(first_line(&record(line), 3), expected, "{line}");
	}
}

#[test]
fn a_label_is_found_by_its_name_wherever_it_stands() {
	for (line, label) in
		[("label,a,b,c", 0), ("a,b,c,Target", 3), ("a,class,b,c", 1), ("y,a,b,c", 0)]
	{
		let columns = asked(None).with_header(&record(line)).expect(line);
		assert_eq!((columns.label, columns.assumed), (Some(label), false), "{line}");
		assert_eq!(columns.names, Some(strings(&["a", "b", "c"])));
	}
	let columns = asked(None).with_header(&record("a,b,c,d")).expect("a label");
	assert_eq!((columns.label, columns.assumed), (Some(3), true));
}

#[test]
fn columns_that_count_lines_are_refused() {
	for line in [",a,b,c", "Unnamed: 0,a,b,c", "id,a,b,c", "index,a,b,c,label", ",a,b", "index,a,b"]
	{
		let said = reason(asked(None).with_header(&record(line)));
		assert!(said.contains("index=False") || said.contains("`index`"), "{line}: {said}");
	}
	let names = strings(&["a", "b", "c"]);
	let said = reason(asked(Some(&names)).with_header(&record("row,a,b,c")));
	assert!(said.contains("`row` seems to count"), "{said}");
}

#[test]
fn names_are_compared_with_those_of_the_model() {
	let names = strings(&["a", "b", "c"]);
	let asked = asked(Some(&names));
	assert_eq!(asked.with_header(&record("A,b,c")).expect("the same").label, None);
	let columns = asked.with_header(&record("verdict,a,b,c")).expect("a label in front");
	assert_eq!((columns.label, columns.assumed), (Some(0), false));
	let said = reason(asked.with_header(&record("a,c,b")));
	assert!(said.contains("feature 2 is called `c`") && said.contains("another order"), "{said}");
	let said = reason(asked.with_header(&record("a,b,d")));
	assert!(said.contains("feature 3 is called `d`") && !said.contains("order:"), "{said}");
}

#[test]
fn a_label_among_the_features_must_be_meant() {
	let said = reason(asked(None).with_header(&record("a,b,label")));
	assert!(said.contains("column 3 is called `label`"), "{said}");
	let none = Asked { label: Some(&LabelColumn::None), ..asked(None) };
	assert_eq!(none.with_header(&record("a,b,label")).expect("three features").label, None);
}

#[test]
fn the_label_can_be_told() {
	let at = |text: &str, line: &str| {
		let label = text.parse().expect("any text");
		let asked = Asked { label: Some(&label), ..asked(None) };
		asked.with_header(&record(line)).map(|columns| columns.label)
	};
	assert_eq!(at("first", "a,b,c,d"), Ok(Some(0)));
	assert_eq!(at("b", "a,b,c,d"), Ok(Some(1)));
	assert_eq!(at("none", "a,b,c,d"), Err(Mismatch::Count));
	assert!(matches!(at("e", "a,b,c,d"), Err(Mismatch::Reason(_))));
	assert!(matches!(at("a", "a,a,b,c"), Err(Mismatch::Reason(_))));
}

#[test]
fn without_a_header_the_label_is_last() {
	assert_eq!(asked(None).without_header(3).expect("features").label, None);
	let columns = asked(None).without_header(4).expect("features and a label");
	assert_eq!((columns.label, columns.assumed), (Some(3), true));
	assert_eq!(asked(None).without_header(5), Err(Mismatch::Count));
	let needed = Asked { label_is_needed: true, ..asked(None) };
	assert_eq!(needed.without_header(3), Err(Mismatch::Count));
	let one = Asked { features: 1, ..asked(None) };
	assert!(reason(one.without_header(2)).contains("decimal comma"));
}
