// SPDX-License-Identifier: Apache-2.0
//! The binary files of snarkjs: sections, of which only what is asked for is read.
//!
//! Integers are little-endian. A file is four letters, a version (4 bytes), the number of sections (4 bytes)
//! and the sections: a number (4 bytes), a length (8 bytes), content.

use candor_files::Input;
use std::{
	fs::File,
	io::{self, Read, Seek, SeekFrom},
	ops::Range,
};

/// The most sections that a file has; snarkjs writes 11.
const MAX_SECTIONS: u32 = 64;
/// Bytes before the first section.
const PREAMBLE: usize = 12;
/// Bytes before the content of a section.
const SECTION_HEADER: usize = 12;

/// One of the formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
	/// What a file begins with.
	pub magic: &'static [u8; 4],
	/// The ending of a file's name.
	pub name: &'static str,
	/// The one version that there is.
	pub version: u32,
}

/// Why a file does not have the sections of its format.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SectionsMistake {
	/// The file system refuses.
	#[error(transparent)]
	Io(#[from] io::Error),
	/// The file does not begin as its format does.
	#[error("not a {0} file of snarkjs")]
	OtherFormat(&'static str),
	/// The file is of another version.
	#[error("version {found} of the format, only {known} is known")]
	Version {
		/// The version of the file.
		found: u32,
		/// The version that is read.
		known: u32,
	},
	/// The table of sections leads beyond the file's end, or something stands behind the last one.
	#[error("cut off or damaged: its sections do not fill it exactly; fetch it again")]
	Extent,
	/// A section is missing or there twice.
	#[error("section {section} is there {count} times instead of once")]
	Count {
		/// The number of the section.
		section: u32,
		/// How often it is there.
		count: usize,
	},
	/// A section has another length than the file's header demands.
	#[error("section {section} has another length than the file's header demands")]
	Length {
		/// The number of the section.
		section: u32,
	},
}

/// Where a section stands.
#[derive(Clone, Copy)]
struct Section {
	number: u32,
	offset: u64,
	/// Bytes of its content.
	length: u64,
}

/// A file, and where its sections stand.
pub(crate) struct Sections {
	file: File,
	table: Vec<Section>,
}

impl Sections {
	/// Reads the table of sections, which fill the file exactly.
	pub fn open(mut file: File, format: &Format) -> Result<Self, SectionsMistake> {
		let other_format = || SectionsMistake::OtherFormat(format.name);
		let end = file.metadata()?.len();
		if end < PREAMBLE as u64 {
			return Err(other_format());
		}
		let preamble: [u8; PREAMBLE] = read_array(&mut file)?;
		let mut input = Input(&preamble);
		if input.take(format.magic.len()) != Some(format.magic) {
			return Err(other_format());
		}
		let found = input.u32().ok_or_else(other_format)?;
		if found != format.version {
			return Err(SectionsMistake::Version { found, known: format.version });
		}
		let count = input.u32().filter(|count| *count <= MAX_SECTIONS);
		let mut table = Vec::new();
		let mut offset = PREAMBLE as u64;
		for _ in 0..count.ok_or(SectionsMistake::Extent)? {
			offset += SECTION_HEADER as u64;
			if offset > end {
				return Err(SectionsMistake::Extent);
			}
			let header: [u8; SECTION_HEADER] = read_array(&mut file)?;
			let mut input = Input(&header);
			let (Some(number), Some(length)) = (input.u32(), input.u64()) else {
				return Err(SectionsMistake::Extent);
			};
			table.push(Section { number, offset, length });
			offset = offset
				.checked_add(length)
				.filter(|next| *next <= end)
				.ok_or(SectionsMistake::Extent)?;
			file.seek(SeekFrom::Start(offset))?;
		}
		if offset != end {
			return Err(SectionsMistake::Extent);
		}
		Ok(Self { file, table })
	}

	/// A section that is there once.
	fn section(&self, number: u32) -> Result<Section, SectionsMistake> {
		let mut found = self.table.iter().filter(|section| section.number == number);
		match (found.next(), found.next()) {
			(Some(section), None) => Ok(*section),
			(first, second) => {
				let count = first.iter().count() + second.iter().count() + found.count();
				Err(SectionsMistake::Count { section: number, count })
			}
		}
	}

	/// A whole section of at most `limit` bytes.
	pub fn whole(&mut self, number: u32, limit: u64) -> Result<Vec<u8>, SectionsMistake> {
		let Section { length, .. } = self.section(number)?;
		match usize::try_from(length) {
			Ok(bytes) if length <= limit => self.part(number, bytes, 0..bytes),
			_ => Err(SectionsMistake::Length { section: number }),
		}
	}

	/// Whether a section is there.
	pub fn has(&self, number: u32) -> bool {
		self.table.iter().any(|section| section.number == number)
	}

	/// Some of the bytes of a section that has `length` of them.
	pub fn part(
		&mut self,
		number: u32,
		length: usize,
		bytes: Range<usize>,
	) -> Result<Vec<u8>, SectionsMistake> {
		let section = self.section(number)?;
		if section.length != length as u64 || bytes.end > length {
			return Err(SectionsMistake::Length { section: number });
		}
		self.file.seek(SeekFrom::Start(section.offset + bytes.start as u64))?;
		// The section lies within the file, so memory is reserved for what is there.
		let mut bytes = vec![0; bytes.len()];
		self.file.read_exact(&mut bytes)?;
		Ok(bytes)
	}
}

fn read_array<const N: usize>(file: &mut File) -> Result<[u8; N], SectionsMistake> {
	let mut bytes = [0; N];
	file.read_exact(&mut bytes)?;
	Ok(bytes)
}
