// SPDX-License-Identifier: Apache-2.0

//! Where the head of an HTTP request ends.

/// Bytes of the longest head of a request.
const LONGEST: usize = 64 * 1024;

/// The end of a head.
const END: [u8; 4] = *b"\r\n\r\n";

/// How HTTP/2 begins, which has no WebSockets here.
const HTTP2: [u8; 4] = *b"PRI ";

/// A head, as far as it was read.
#[derive(Default)]
pub struct Head {
	length: usize,
	start: [u8; 4],
	/// How many bytes of its end were the last ones.
	ended: usize,
}

impl Head {
	/// Read on, and say behind how many bytes the head ends, if it does.
	pub fn read(&mut self, bytes: &[u8]) -> Option<usize> {
		for (place, byte) in bytes.iter().enumerate() {
			if let Some(start) = self.start.get_mut(self.length) {
				*start = *byte;
			}
			self.length = self.length.saturating_add(1);
			self.ended = match END.get(self.ended) {
				Some(expected) if expected == byte => self.ended + 1,
				_ => usize::from(*byte == END[0]),
			};
			if self.ended == END.len() {
				return Some(place + 1);
			}
		}
		None
	}

	/// Whether it is not one of HTTP/1, but what HTTP/2 begins with.
	pub fn is_http2(&self) -> bool {
		self.start == HTTP2
	}

	/// Whether it is longer than any that is honest.
	pub fn is_too_long(&self) -> bool {
		self.length > LONGEST
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Behind how many bytes a head ends that is read so many at a time.
	fn end(stream: &[u8], at_a_time: usize) -> Option<usize> {
		let mut head = Head::default();
		stream
			.chunks(at_a_time)
			.enumerate()
			.find_map(|(chunk, bytes)| head.read(bytes).map(|end| chunk * at_a_time + end))
	}

	#[test]
	fn the_end_is_found_however_the_stream_is_cut() {
		for at_a_time in [1, 2, 3, 5, 100] {
			assert_eq!(end(b"GET / HTTP/1.1\r\nA: b\r\n\r\nrest", at_a_time), Some(24));
			assert_eq!(end(b"\r\r\n\r\r\n\r\n\n", at_a_time), Some(8));
			assert_eq!(end(b"GET / HTTP/1.1\r\nA: b\r\n", at_a_time), None);
		}
	}

	#[test]
	fn a_head_does_not_go_on_for_ever() {
		let mut head = Head::default();
		head.read(&[b'x'; LONGEST]);
		assert!(!head.is_too_long());
		head.read(b"x");
		assert!(head.is_too_long());
	}
}
