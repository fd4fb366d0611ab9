// SPDX-License-Identifier: Apache-2.0

//! Where WebSocket frames begin and end (RFC 6455, section 5.2), and how long they say to be.
//!
//! The server takes memory for a frame as soon as it has read the frame's header, so that a header is
//! what has to be counted, and before the server sees it.

use super::budget::NoRoom;

/// Bytes of the longest header: two, a length of eight, a mask of four.
const LONGEST: usize = 14;

/// The bit of the first byte that marks a message's last frame.
const LAST: u8 = 0x80;

/// The bit of the first byte that marks a frame for control, such as a ping.
const CONTROL: u8 = 0x08;

/// How many bytes a frame for control may have.
const LONGEST_CONTROL: u64 = 125;

/// The bit of the second byte that says that a mask follows.
const MASKED: u8 = 0x80;

/// What bytes of a stream mean for those who count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
	/// A frame of a message begins that has so many bytes.
	Begin(u64),
	/// A message is complete.
	Complete,
}

/// A stream of frames, as far as it was read.
#[derive(Default)]
pub struct Frames {
	header: [u8; LONGEST],
	/// How many bytes of the header are known.
	known: usize,
	/// How many bytes of the payload are to come.
	left: u64,
}

impl Frames {
	/// Read on in the stream, and tell what that means until somebody fails.
	///
	/// # Errors
	///
	/// The first that `tell` returns, or where a frame for control is longer than such may be.
	pub fn read(
		&mut self,
		mut bytes: &[u8],
		mut tell: impl FnMut(Event) -> Result<(), NoRoom>,
	) -> Result<(), NoRoom> {
		while let Some((first, rest)) = bytes.split_first() {
			if self.left > 0 {
				let skipped = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
				bytes = bytes.get(skipped..).unwrap_or_default();
				self.left = self.left.saturating_sub(skipped as u64);
			} else {
				if let Some(place) = self.header.get_mut(self.known) {
					*place = *first;
				}
				self.known += 1;
				bytes = rest;
				if self.known < self.header_length() {
					continue;
				}
				self.left = self.length();
				if !self.is_control() {
					tell(Event::Begin(self.left))?;
				} else if self.left > LONGEST_CONTROL {
					// It would not be counted, and whoever reads the stream otherwise goes on behind its header.
					return Err(NoRoom);
				}
			}
			if self.left == 0 {
				self.known = 0;
				if !self.is_control() && self.header[0] & LAST != 0 {
					tell(Event::Complete)?;
				}
			}
		}
		Ok(())
	}

	/// How many bytes the header has, as far as is known.
	fn header_length(&self) -> usize {
		let second = self.header[1];
		let mask = if second & MASKED == 0 { 0 } else { 4 };
		match self.known {
			0 | 1 => 2,
			_ => 2 + self.extension() + mask,
		}
	}

	/// How many bytes the length takes behind the second byte.
	fn extension(&self) -> usize {
		match self.header[1] & !MASKED {
			126 => 2,
			127 => 8,
			_ => 0,
		}
	}

	/// How many bytes the payload has.
	fn length(&self) -> u64 {
		match self.extension() {
			0 => u64::from(self.header[1] & !MASKED),
			bytes => self.header[2..2 + bytes]
				.iter()
				.fold(0, |length, byte| (length << 8) | u64::from(*byte)),
		}
	}

	fn is_control(&self) -> bool {
		self.header[0] & CONTROL != 0
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use Event::{Begin, Complete};

	const TEXT: u8 = 1;
	const CONTINUATION: u8 = 0;
	const PING: u8 = 9;

	fn frame(first: u8, length: usize) -> Vec<u8> {
		let mut bytes = vec![first];
		match length {
			0..=125 => bytes.push(MASKED | length as u8),
			126..=0xffff => {
				bytes.push(MASKED | 126);
				bytes.extend((length as u16).to_be_bytes());
			}
			_ => {
				bytes.push(MASKED | 127);
				bytes.extend((length as u64).to_be_bytes());
			}
		}
		bytes.extend([1, 2, 3, 4]);
		bytes.extend(vec![LAST | PING; length]);
		bytes
	}

	/// What a stream means, read so many bytes at a time.
	fn events(stream: &[u8], at_a_time: usize) -> Vec<Event> {
		let (mut frames, mut events) = (Frames::default(), Vec::new());
		for bytes in stream.chunks(at_a_time) {
			frames
				.read(bytes, |event| {
					events.push(event);
					Ok(())
				})
				.unwrap();
		}
		events
	}

	#[test]
	fn frames_are_found_however_the_stream_is_cut() {
		let stream = [
			frame(LAST | TEXT, 125),
			frame(TEXT, 126),
			frame(LAST | PING, 5),
			frame(CONTINUATION, 70_000),
			frame(LAST | CONTINUATION, 0),
			frame(LAST | TEXT, 0),
		]
		.concat();
		let expected = [
			Begin(125),
			Complete,
			Begin(126),
			Begin(70_000),
			Begin(0),
			Complete,
			Begin(0),
			Complete,
		];
		for at_a_time in [1, 2, 3, 7, 1000, stream.len()] {
			assert_eq!(events(&stream, at_a_time), expected, "{at_a_time} bytes at a time");
		}
	}

	#[test]
	fn a_frame_is_counted_by_what_its_header_says() {
		let header = &frame(TEXT, 100_000)[..LONGEST];
		assert_eq!(events(header, 1), [Begin(100_000)]);
		assert_eq!(events(&header[..LONGEST - 1], 1), []);
	}

	#[test]
	fn a_frame_without_a_mask_is_counted_as_the_server_reads_it() {
		assert_eq!(
			events(&[LAST | TEXT, 2, 0, 0, LAST | TEXT, 1], 1),
			[Begin(2), Complete, Begin(1)]
		);
	}

	#[test]
	fn nothing_is_read_beyond_what_is_refused() {
		let stream = [frame(TEXT, 10), frame(CONTINUATION, 10)].concat();
		let mut seen = 0;
		let refused = Frames::default().read(&stream, |_| {
			seen += 1;
			Err(NoRoom)
		});
		assert_eq!((refused, seen), (Err(NoRoom), 1));
	}

	#[test]
	fn a_frame_for_control_that_is_longer_than_such_may_be_ends_the_stream() {
		let read = |length| Frames::default().read(&frame(LAST | PING, length), |_| Ok(()));
		assert_eq!(read(125), Ok(()));
		assert_eq!(read(126), Err(NoRoom));
		assert_eq!(read(70_000), Err(NoRoom));
	}
}
