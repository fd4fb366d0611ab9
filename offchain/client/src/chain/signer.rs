// SPDX-License-Identifier: Apache-2.0
//! Secrets that sign transactions.

use candor_secret::Secret;
use rand::{rngs::OsRng, RngCore};
use std::{fmt, str::FromStr};
use subxt::utils::AccountId32;
use subxt_signer::{bip39::Mnemonic, sr25519::Keypair, SecretUri, DEV_PHRASE};
use zeroize::Zeroizing;

/// Bytes of randomness behind a new mnemonic of twelve words.
const ENTROPY_BYTES: usize = 16;

/// Why a text is no secret.
#[derive(Debug, thiserror::Error)]
#[error("expected a mnemonic of 12 to 24 words, with a derivation such as //worker where wanted")]
pub struct NoSecret;

/// A key pair, and whether everybody knows it. The key pair wipes itself, and is not shown: its own
/// `Debug` would show the secret.
#[derive(Clone)]
pub struct Signer {
	keypair: Keypair,
	well_known: bool,
}

impl fmt::Debug for Signer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Signer({})", self.account())
	}
}

impl Signer {
	/// The key pair behind a secret URI: `//Alice`, or a mnemonic and what is derived from it.
	///
	/// # Errors
	///
	/// [`NoSecret`]. The text is not repeated in it.
	pub fn from_uri(text: &str) -> Result<Self, NoSecret> {
		let text = text.trim();
		// To the library an empty text is the development mnemonic.
		if text.is_empty() {
			return Err(NoSecret);
		}
		let uri = SecretUri::from_str(text).map_err(|_| NoSecret)?;
		let keypair = Keypair::from_uri(&uri).map_err(|_| NoSecret)?;
		let well_known = text.starts_with('/') || text.starts_with(DEV_PHRASE);
		Ok(Self { keypair, well_known })
	}

	/// The account.
	pub fn account(&self) -> AccountId32 {
		self.keypair.public_key().to_account_id()
	}

	/// The sr25519 key pair.
	pub fn keypair(&self) -> &Keypair {
		&self.keypair
	}

	/// Whether the secret is one of those for development, which everybody knows.
	pub fn is_well_known(&self) -> bool {
		self.well_known
	}
}

/// A new mnemonic of twelve words.
///
/// # Panics
///
/// If the system has no randomness to give.
pub fn new_mnemonic() -> Secret<String> {
	let mut entropy = Zeroizing::new([0; ENTROPY_BYTES]);
	OsRng.fill_bytes(&mut *entropy);
	let mnemonic = Mnemonic::from_entropy(&*entropy)
		.expect("the number of bytes is one of those allowed; qed");
	Secret::new(mnemonic.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	#[test]
	fn development_accounts_are_recognised_however_they_are_written() {
		for text in ["//Alice", &format!("{DEV_PHRASE}//Alice"), " //Alice\n"] {
			let signer = Signer::from_uri(text).unwrap_or_else(|_| panic!("{text}"));
			assert_eq!(signer.account().to_string(), ALICE);
			assert!(signer.is_well_known());
		}
	}

	#[test]
	fn a_new_mnemonic_is_a_secret_of_twelve_words_and_never_the_same() {
		let (one, other) = (new_mnemonic(), new_mnemonic());
		assert_eq!(one.split(' ').count(), 12);
		assert!(one != other);
		assert!(!Signer::from_uri(&one).unwrap_or_else(|_| panic!()).is_well_known());
	}

	#[test]
	fn a_signer_shows_its_account_only() {
		let signer = Signer::from_uri("//Alice").unwrap_or_else(|_| panic!());
		assert_eq!(format!("{signer:?}"), format!("Signer({ALICE})"));
	}

	#[test]
	fn what_is_no_secret_is_refused_without_being_repeated() {
		for text in ["", "correct horse battery staple", "Alice"] {
			let Err(error) = Signer::from_uri(text) else { panic!("{text}") };
			assert!(text.is_empty() || !error.to_string().contains(text));
		}
	}
}
