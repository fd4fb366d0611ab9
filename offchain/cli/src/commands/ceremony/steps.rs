// SPDX-License-Identifier: Apache-2.0
//! The steps of a ceremony.

use super::{must_be_free, read, Loaded, Subject};
use crate::output::{Output, Seconds};
use anyhow::{anyhow, Context};
use candor_ceremony::{
	ptau::development_powers, transcript::Name, Beacon, Ceremony as State, Digest,
	MAX_BEACON_EXPONENT, MIN_BEACON_EXPONENT,
};
use candor_client::exit::{Error, OrFail, Outcome};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::{
	fmt,
	io::{self, BufRead, IsTerminal, Read, Write},
	path::{Path, PathBuf},
	time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// The most bytes that are read of a contributor's text.
const MAX_TEXT_BYTES: u64 = 4096;
/// The largest power that is made here: files of larger ones take gigabytes.
const MAX_OWN_POWER: u32 = 22;

/// Make powers of tau on this machine, for development
///
/// Whoever runs this could keep the means to prove anything. For keys that others should trust, fetch a
/// file that a ceremony has published, such as those that the README of snarkjs lists. The file is prepared
/// for a second phase: snarkjs takes it as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  candor ceremony powers --power 15 development.ptau")]
pub(super) struct MakePowers {
	/// File to write
	#[arg(value_name = "PTAU")]
	file: PathBuf,

	/// Powers up to 2^N, for circuits whose domain has up to 2^(N-1) points
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=i64::from(MAX_OWN_POWER)))]
	power: u32,
}

impl MakePowers {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		must_be_free(&self.file)?;
		let begun = Instant::now();
		let mut steps = output.steps();
		let bytes = development_powers(self.power, &mut OsRng, &mut steps);
		super::files::write(&self.file, &bytes)?;
		drop(steps);
		output.report(&PowersReport {
			file: self.file,
			power: self.power,
			bytes: bytes.len(),
			time: begun.elapsed(),
		});
		output.warn("these powers are for development: whoever made them could prove anything");
		Ok(Outcome::Done)
	}
}

#[derive(Debug, Serialize)]
struct PowersReport {
	file: PathBuf,
	power: u32,
	bytes: usize,
	#[serde(rename = "seconds", serialize_with = "crate::output::as_seconds")]
	time: Duration,
}

impl fmt::Display for PowersReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { file, power, time, .. } = self;
		write!(f, "powers up to 2^{power} in {} ({})", file.display(), Seconds(*time))
	}
}

/// Begin a ceremony with the key that follows from circuit and powers
///
/// Anybody gets the same file from the same circuit and powers. Nothing in it is a secret.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  candor ceremony new model/ --powers powers.ptau --out 0.ceremony")]
pub(super) struct New {
	#[command(flatten)]
	subject: Subject,

	/// File to write
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

impl New {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		must_be_free(&self.out)?;
		let begun = Instant::now();
		let mut steps = output.steps();
		let Loaded { layout, powers, .. } = self.subject.load(&mut steps)?;
		let ceremony = State::begin(&layout, &powers, &mut steps).or_refused()?;
		drop(steps);
		let hash = ceremony.transcript().hash();
		handed_on(output, &ceremony, hash, &self.out, begun)
	}
}

/// Contribute to a ceremony, after verifying what others did
///
/// Reads a line of random text from the standard input, mixes it with the system's randomness, multiplies
/// every trapdoor of the key by a secret of its own, and forgets the secrets. The keys are sound if one
/// contributor did so honestly. Publish the hash that is printed: by it others can tell that your
/// contribution is in the final transcript.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  candor ceremony contribute model/ 0.ceremony --powers powers.ptau --name Ada --out 1.ceremony
  head -c 100 /dev/urandom | base64 | candor ceremony contribute model/ 0.ceremony \\
      --powers powers.ptau --out 1.ceremony")]
pub(super) struct Contribute {
	#[command(flatten)]
	subject: Subject,

	/// File of the ceremony, as the one before handed it on
	#[arg(value_name = "CEREMONY")]
	ceremony: PathBuf,

	/// Name that the transcript will show, for ever
	#[arg(long)]
	name: Option<Name>,

	/// File to write
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

impl Contribute {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		must_be_free(&self.out)?;
		let text = random_text()?;
		let begun = Instant::now();
		let mut steps = output.steps();
		let Loaded { layout, powers, .. } = self.subject.load(&mut steps)?;
		let mut ceremony = read(&self.ceremony, &layout)?;
		let verdict = ceremony.verify(&layout, &powers, &mut OsRng, &mut steps);
		verdict.map_err(|fault| {
			Error::refused(fault).hint(
				"do not contribute to it: tell whoever runs the ceremony, and contribute to the last \
				 file that is valid",
			)
		})?;
		let hash = ceremony.contribute(self.name, &text, &mut OsRng, &mut steps).or_refused()?;
		drop(steps);
		handed_on(output, &ceremony, hash, &self.out, begun)
	}
}

/// A line of the standard input.
fn random_text() -> Result<Zeroizing<String>, Error> {
	let input = io::stdin();
	if input.is_terminal() {
		// Nothing can be asked where there is no terminal.
		let _ = write!(io::stderr(), "Type some random text, and press return: ");
	}
	let mut text = Zeroizing::new(String::with_capacity(MAX_TEXT_BYTES as usize));
	let mut line = input.lock().take(MAX_TEXT_BYTES);
	line.read_line(&mut text)
		.context("cannot read the random text from the standard input")
		.map_err(Error::wrong_input)?;
	if text.trim().is_empty() {
		return Err(Error::wrong_input(anyhow!("no random text on the standard input"))
			.hint("type a line, or pipe one in: a second source beside the system's randomness"));
	}
	Ok(text)
}

/// Add a public random value to a ceremony, after verifying what others did
///
/// It takes the choice of the last word from the contributors. Announce before the ceremony ends which
/// value it will be, such as the hash of a block that nobody knows yet.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  candor ceremony beacon model/ 3.ceremony --powers powers.ptau --out 4.ceremony \\
      --value 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20 --exponent 20")]
pub(super) struct AddBeacon {
	#[command(flatten)]
	subject: Subject,

	/// File of the ceremony, as the one before handed it on
	#[arg(value_name = "CEREMONY")]
	ceremony: PathBuf,

	/// The value, 16 to 255 bytes in hexadecimal digits
	#[arg(long, value_name = "HEX")]
	value: String,

	/// The value is hashed 2^N times
	#[arg(
		long,
		value_name = "N",
		default_value_t = 20,
		value_parser = clap::value_parser!(u8).range(i64::from(MIN_BEACON_EXPONENT)..=i64::from(MAX_BEACON_EXPONENT))
	)]
	exponent: u8,

	/// File to write
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

impl AddBeacon {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		must_be_free(&self.out)?;
		let value = hex::decode(self.value.strip_prefix("0x").unwrap_or(&self.value))
			.context("--value is not hexadecimal digits")
			.map_err(Error::wrong_input)?;
		let beacon = Beacon::new(&value, self.exponent).or_wrong_input()?;
		let begun = Instant::now();
		let mut steps = output.steps();
		let Loaded { layout, powers, .. } = self.subject.load(&mut steps)?;
		let mut ceremony = read(&self.ceremony, &layout)?;
		ceremony.verify(&layout, &powers, &mut OsRng, &mut steps).or_refused()?;
		let hash = ceremony.beacon(beacon, &mut steps).or_refused()?;
		drop(steps);
		handed_on(output, &ceremony, hash, &self.out, begun)
	}
}

/// Writes the ceremony after a step, and reports.
fn handed_on(
	output: &Output,
	ceremony: &State,
	hash: Digest,
	out: &Path,
	begun: Instant,
) -> Result<Outcome, Error> {
	ceremony.write(out).or_wrong_input()?;
	output.report(&Step {
		ceremony: out.to_owned(),
		bytes: super::files::length(out),
		transcript: format!("0x{hash}"),
		time: begun.elapsed(),
	});
	Ok(Outcome::Done)
}

/// What a step led to.
#[derive(Debug, Serialize)]
struct Step {
	ceremony: PathBuf,
	bytes: u64,
	transcript: String,
	#[serde(rename = "seconds", serialize_with = "crate::output::as_seconds")]
	time: Duration,
}

impl fmt::Display for Step {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		const MEGABYTE: f64 = 1e6;
		let size = self.bytes as f64 / MEGABYTE;
		writeln!(f, "ceremony     {} ({size:.1} MB)", self.ceremony.display())?;
		writeln!(f, "transcript   {}", self.transcript)?;
		write!(f, "time         {}", Seconds(self.time))
	}
}
