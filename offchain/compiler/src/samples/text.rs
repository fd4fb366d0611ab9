// SPDX-License-Identifier: Apache-2.0
//! From the bytes of a file to its lines, and from a line to its fields.

use std::{fs, io::Read, path::Path};

use super::{Fault, SampleError};

/// The largest file of samples that is read: a million samples of a thousand features fit.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// The text of a file, without a byte order mark.
pub(super) fn read(path: &Path) -> Result<String, SampleError> {
	read_at_most(path, MAX_FILE_BYTES).map_err(|fault| SampleError::file(path, fault))
}

fn read_at_most(path: &Path, limit: u64) -> Result<String, Fault> {
	let mut bytes = Vec::new();
	fs::File::open(path)
		// It may be endless.
		.and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
		.map_err(Fault::Read)?;
	if bytes.len() as u64 > limit {
		return Err(Fault::TooLarge { limit });
	}
	decode(bytes)
}

fn decode(mut bytes: Vec<u8>) -> Result<String, Fault> {
	let encoding = |found: &str| Fault::Encoding { found: found.into() };
	if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
		return Err(encoding("it begins with the mark of UTF-16"));
	}
	if bytes.starts_with(b"PK\x03\x04") {
		return Err(encoding("it is a spreadsheet or another archive"));
	}
	if bytes.starts_with(b"\xef\xbb\xbf") {
		bytes.drain(..3);
	}
	if bytes.contains(&0) {
		return Err(encoding("it holds zero bytes, as UTF-16 and binary files do"));
	}
	String::from_utf8(bytes).map_err(|error| {
		let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
		// The valid part is text.
		let line = lines(core::str::from_utf8(valid).unwrap_or_default()).count().max(1);
		encoding(&format!("line {line} holds bytes of another encoding"))
	})
}

/// The lines of a text with their numbers, from one. A line ends with LF, CR LF or CR.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
	let mut rest = Some(text);
	let lines = core::iter::from_fn(move || {
		let text = rest?;
		let Some(end) = text.find(['\n', '\r']) else {
			rest = None;
			return Some(text);
		};
		let (line, after) = text.split_at(end);
		rest = after.strip_prefix("\r\n").or_else(|| after.get(1..));
		Some(line)
	});
	(1..).zip(lines)
}

/// The fields of a line between its commas, without the blanks around them.
///
/// # Errors
///
/// The field, from one, with a quote that is not closed.
pub(super) fn fields(line: &str) -> Result<csv::StringRecord, usize> {
	if !line.contains('"') {
		return Ok(line.split(',').map(str::trim).collect());
	}
	let mut record = csv::StringRecord::new();
	let mut reader = csv::ReaderBuilder::new()
		.has_headers(false)
		.flexible(true)
		.trim(csv::Trim::All)
		.buffer_capacity(line.len())
		.from_reader(line.as_bytes());
	// A line in memory is read without fail.
	let _ = reader.read_record(&mut record);
	if line.matches('"').count() % 2 == 1 {
		let stray = record.iter().position(|field| field.contains('"'));
		return Err(stray.map_or(record.len(), |field| field + 1).max(1));
	}
	Ok(record)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn lines_end_in_three_ways() {
		let found: Vec<_> = lines("a\nb\r\nc\rd\n\n\re").collect();
		assert_eq!(found, [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, ""), (6, ""), (7, "e")]);
	}

	#[test]
	fn quotes_around_fields_go_and_open_ones_are_placed() {
		assert_eq!(fields(r#""1","2,5", 3"#).expect("fields"), vec!["1", "2,5", "3"]);
		assert_eq!(fields(r#"1,2,"3"#), Err(3));
		assert_eq!(fields(r#""1,2,3"#), Err(1));
		assert_eq!(fields(r#"1,2",3"#), Err(2));
	}

	#[test]
	fn an_endless_file_is_not_read_to_its_end() {
		let file = tempfile::NamedTempFile::new().expect("a temporary file");
		fs::write(file.path(), "1,2\n3,4\n").expect("written");
		assert!(matches!(read_at_most(file.path(), 7), Err(Fault::TooLarge { limit: 7 })));
		assert_eq!(read_at_most(file.path(), 8).expect("text"), "1,2\n3,4\n");
	}

	#[test]
	fn other_encodings_are_named() {
		for (bytes, part) in [
			(&b"\xff\xfe1\0,\0"[..], "UTF-16"),
			(b"\xfe\xff\x001", "UTF-16"),
			(b"1\0,\x002\0", "zero bytes"),
			(b"a,b\n1,\xe4\n", "line 2"),
			(b"PK\x03\x04", "spreadsheet"),
		] {
			let fault = decode(bytes.to_vec()).expect_err("another encoding").to_string();
			assert!(fault.contains(part) && fault.contains("not UTF-8"), "{fault}");
		}
		assert_eq!(decode(b"\xef\xbb\xbf1,2".to_vec()).expect("text"), "1,2");
	}
}
