// SPDX-License-Identifier: Apache-2.0
//! `candor ceremony verify`, and what it says.

use super::{read, Loaded, Subject};
use crate::output::{Output, Seconds};
use candor_ceremony::{Digest, Quality, Report};
use candor_client::exit::{Error, Outcome};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::{
	fmt,
	path::PathBuf,
	time::{Duration, Instant},
};

/// Verify a ceremony from circuit and powers alone
///
/// Computes the first key again, checks every step and compares every point of the key. What cannot be
/// checked is that one of the contributors was honest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  candor ceremony verify model/ 4.ceremony --powers powers.ptau
  candor ceremony verify model/ 4.ceremony --powers powers.ptau --transcript 0x8b1c…

Prints `valid` (exit code 0) or `invalid: ` and the reason (exit code 1). Exit code 2 says that there is
nothing to judge: a file is missing or damaged.")]
pub(super) struct Verify {
	#[command(flatten)]
	subject: Subject,

	/// File of the ceremony
	#[arg(value_name = "CEREMONY")]
	ceremony: PathBuf,

	/// Hash that the transcript must have, such as the one on chain
	#[arg(long, value_name = "HASH")]
	transcript: Option<Digest>,
}

impl Verify {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let begun = Instant::now();
		let mut steps = output.steps();
		let Loaded { layout, powers, .. } = self.subject.load(&mut steps)?;
		let ceremony = read(&self.ceremony, &layout)?;
		let report = ceremony.verify(&layout, &powers, &mut OsRng, &mut steps);
		drop(steps);
		let report = report.and_then(|report| match self.transcript {
			Some(expected) => report.require(expected).map(|()| report),
			None => Ok(report),
		});
		let contributors =
			powers.contributions().iter().filter(|contribution| !contribution.beacon).count();
		let (facts, reason) = match report {
			Ok(report) => (Some(Facts::of(&report, contributors)), None),
			Err(fault) => (None, Some(fault.to_string())),
		};
		let valid = reason.is_none();
		output.report(&Verdict { valid, reason, facts, time: begun.elapsed() });
		Ok(if valid { Outcome::Done } else { Outcome::Refused })
	}
}

/// What there is to say about a valid ceremony.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
	transcript: String,
	powers_contributions: usize,
	steps: Vec<String>,
	quality: &'static str,
	shortcoming: Option<String>,
}

impl Facts {
	/// Of a report, and the number of contributions that the file of powers tells of.
	pub(super) fn of(report: &Report, powers_contributions: usize) -> Self {
		let (quality, shortcoming) = match report.quality {
			Quality::Ceremony => ("ceremony", None),
			Quality::Development(shortcoming) => ("development", Some(shortcoming.to_string())),
		};
		Self {
			transcript: format!("0x{}", report.hash),
			powers_contributions,
			steps: report.steps.iter().map(ToString::to_string).collect(),
			quality,
			shortcoming,
		}
	}
}

impl fmt::Display for Facts {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "  transcript     {}", self.transcript)?;
		writeln!(f, "  powers of tau  {} contributions, by their file", self.powers_contributions)?;
		for step in &self.steps {
			writeln!(f, "  {step}")?;
		}
		write!(f, "  quality        {}", self.quality)?;
		match &self.shortcoming {
			Some(shortcoming) => write!(f, ": {shortcoming}"),
			None => Ok(()),
		}
	}
}

#[derive(Debug, Serialize)]
struct Verdict {
	valid: bool,
	reason: Option<String>,
	#[serde(flatten)]
	facts: Option<Facts>,
	#[serde(rename = "seconds", serialize_with = "crate::output::as_seconds")]
	time: Duration,
}

impl fmt::Display for Verdict {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match &self.reason {
			None => writeln!(f, "valid")?,
			Some(reason) => writeln!(f, "invalid: {reason}")?,
		}
		if let Some(facts) = &self.facts {
			writeln!(f, "{facts}")?;
		}
		write!(f, "  time           {}", Seconds(self.time))
	}
}
