// SPDX-License-Identifier: Apache-2.0
//! How text of unknown origin is shown in messages: never more than a line of it, and nothing that
//! a terminal would act upon.
//!
//! Whatever a file or another party holds passes through [`abbreviated`] before it is quoted, and
//! what a parser says about it, which may quote it as well, through [`parser_message`].

/// The most characters that are quoted: a scalar of 77 decimal digits still fits.
pub const QUOTED_CHARS: usize = 80;

/// The most characters of what a parser says about a file.
pub const PARSER_CHARS: usize = 300;

/// What stands for the rest.
const ELLIPSIS: char = '…';

/// At most a line's worth of a text, with control characters escaped.
pub fn abbreviated(text: &str) -> String {
	cut(text, QUOTED_CHARS, char::is_control)
}

/// What a parser says, which may quote what it has read: [`PARSER_CHARS`] of it.
pub fn parser_message(message: &str) -> String {
	bounded(message, PARSER_CHARS)
}

/// At most so many characters of a message, with control characters but for line breaks and tabs
/// escaped.
pub fn bounded(message: &str, limit: usize) -> String {
	cut(message, limit, |character| character.is_control() && !matches!(character, '\n' | '\t'))
}

fn cut(text: &str, limit: usize, is_control: impl Fn(char) -> bool) -> String {
	let mut shown = String::new();
	let mut left = limit;
	for character in text.chars() {
		let escaped = is_control(character) || is_invisible(character);
		let width = if escaped { character.escape_default().count() } else { 1 };
		let Some(rest) = left.checked_sub(width) else {
			shown.push(ELLIPSIS);
			break;
		};
		left = rest;
		if escaped {
			shown.extend(character.escape_default());
		} else {
			shown.push(character);
		}
	}
	shown
}

/// Characters that show nothing, or change the direction of what follows.
fn is_invisible(character: char) -> bool {
	matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn short_text_stays_as_it_is() {
		for text in ["", "a,b", "größer", &"7".repeat(QUOTED_CHARS)] {
			assert_eq!(abbreviated(text), text);
		}
	}

	#[test]
	fn long_text_is_cut_at_a_character() {
		let text = "ü".repeat(1_000_000);
		let shown = abbreviated(&text);
		assert_eq!(shown.chars().count(), QUOTED_CHARS + 1);
		assert!(shown.ends_with("ü…"), "{shown}");
	}

	#[test]
	fn what_a_terminal_acts_upon_is_escaped() {
		assert_eq!(abbreviated("\u{1b}[31mred\n\0"), "\\u{1b}[31mred\\n\\u{0}");
		assert_eq!(abbreviated("\u{202e}abc"), "\\u{202e}abc");
		assert!(abbreviated(&"\u{1b}".repeat(100)).chars().count() <= QUOTED_CHARS + 1);
	}

	#[test]
	fn messages_keep_their_lines_and_have_an_end() {
		assert_eq!(bounded("one\n\ttwo\u{7}", 100), "one\n\ttwo\\u{7}");
		let long = format!("unknown field `{}`", "x".repeat(1_000_000));
		assert_eq!(parser_message(&long).chars().count(), PARSER_CHARS + 1);
		assert_eq!(parser_message("unknown field `x`"), "unknown field `x`");
	}
}
