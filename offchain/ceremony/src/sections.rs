// SPDX-License-Identifier: Apache-2.0
//! The sections of a file, of which only what is asked for is read.

use super::{PtauMistake, MAGIC, VERSION};
use crate::input::Input;
use std::{
	fs::File,
	io::{Read, Seek, SeekFrom},
};

/// The most sections that a file has; snarkjs writes 11.
const MAX_SECTIONS: u32 = 64;
/// Bytes before the first section.
const PREAMBLE: usize = 12;
/// Bytes before the content of a section.
const SECTION_HEADER: usize = 12;

/// Where a section stands.
#[derive(Clone, Copy)]
pub(super) struct Section {
	number: u32,
	offset: u64,
	/// Bytes of its content.
	pub length: u64,
}

/// A file, and where its sections stand.
pub(super) struct Source {
	file: File,
	sections: Vec<Section>,
}

impl Source {
	/// Reads the table of sections, which fill the file exactly.
	pub fn open(mut file: File) -> Result<Self, PtauMistake> {
		let end = file.metadata().map_err(PtauMistake::Io)?.len();
		if end < PREAMBLE as u64 {
			return Err(PtauMistake::NotPtau);
		}
		let preamble: [u8; PREAMBLE] = read_array(&mut file)?;
		let mut input = Input(&preamble);
		if input.take(MAGIC.len()) != Some(MAGIC) {
			return Err(PtauMistake::NotPtau);
		}
		let version = input.u32().ok_or(PtauMistake::NotPtau)?;
		if version != VERSION {
			return Err(PtauMistake::Version(version));
		}
		let count = input.u32().filter(|count| *count <= MAX_SECTIONS);
		let mut sections = Vec::new();
		let mut offset = PREAMBLE as u64;
		for _ in 0..count.ok_or(PtauMistake::Sections)? {
			offset += SECTION_HEADER as u64;
			if offset > end {
				return Err(PtauMistake::Sections);
			}
			let header: [u8; SECTION_HEADER] = read_array(&mut file)?;
			let mut input = Input(&header);
			let (Some(number), Some(length)) = (input.u32(), input.u64()) else {
				return Err(PtauMistake::Sections);
			};
			sections.push(Section { number, offset, length });
			offset = offset
				.checked_add(length)
				.filter(|next| *next <= end)
				.ok_or(PtauMistake::Sections)?;
			file.seek(SeekFrom::Start(offset)).map_err(PtauMistake::Io)?;
		}
		if offset != end {
			return Err(PtauMistake::Sections);
		}
		Ok(Self { file, sections })
	}

	/// A section that is there once.
	pub fn section(&self, number: u32) -> Result<Section, PtauMistake> {
		let mut found = self.sections.iter().filter(|section| section.number == number);
		match (found.next(), found.next()) {
			(Some(section), None) => Ok(*section),
			(first, second) => {
				let count = first.iter().count() + second.iter().count() + found.count();
				Err(PtauMistake::Count { section: number, count })
			}
		}
	}

	/// The first `count` bytes of a section that has `length` of them.
	pub fn prefix(
		&mut self,
		number: u32,
		length: usize,
		count: usize,
	) -> Result<Vec<u8>, PtauMistake> {
		let section = self.section(number)?;
		if section.length != length as u64 || count > length {
			return Err(PtauMistake::Length { section: number });
		}
		self.file.seek(SeekFrom::Start(section.offset)).map_err(PtauMistake::Io)?;
		// The section lies within the file, so memory is reserved for what is there.
		let mut bytes = vec![0; count];
		self.file.read_exact(&mut bytes).map_err(PtauMistake::Io)?;
		Ok(bytes)
	}
}

fn read_array<const N: usize>(file: &mut File) -> Result<[u8; N], PtauMistake> {
	let mut bytes = [0; N];
	file.read_exact(&mut bytes).map_err(PtauMistake::Io)?;
	Ok(bytes)
}
