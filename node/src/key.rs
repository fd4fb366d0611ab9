// SPDX-License-Identifier: Apache-2.0

//! A proof of owning session keys, made without a running node. A running one makes it for keys of its
//! own with `author_rotateKeysWithOwner`.

use candor_runtime::{AccountId, SessionKeys};
use codec::Encode;
use sc_cli::{utils::read_uri, Error, OutputType, Result};
use sp_core::{
	bytes::to_hex, crypto::Ss58Codec, ed25519, proof_of_possession::ProofOfPossessionGenerator,
	sr25519, Pair,
};

/// Prove to own session keys, for one account. The keys are those that `key insert` puts into a
/// keystore: Aura's of scheme sr25519, GRANDPA's of scheme ed25519.
#[derive(Debug, Clone, clap::Args)]
pub struct SessionProofCmd {
	/// The validator's account, which will send `session.setKeys`: an address, or 32 bytes in hex.
	#[arg(long, value_name = "ACCOUNT", value_parser = account)]
	owner: AccountId,

	/// The secret phrase or seed of both keys, or a file with it. Asked for where it is not given.
	#[arg(long, value_name = "SECRET")]
	suri: Option<String>,

	/// The secret phrase or seed of GRANDPA's key, where it is another one.
	#[arg(long, value_name = "SECRET")]
	gran_suri: Option<String>,

	/// How to print keys and proof.
	#[arg(long, value_enum, default_value_t = OutputType::Text)]
	output_type: OutputType,
}

fn account(text: &str) -> std::result::Result<AccountId, String> {
	if let Ok(account) = text.parse() {
		return Ok(account);
	}
	AccountId::from_ss58check(text).map_err(|error| format!("no account: {error:?}"))
}

impl SessionProofCmd {
	/// Print keys and proof.
	///
	/// # Errors
	///
	/// Where a secret is none.
	pub fn run(&self) -> Result<()> {
		let aura = read_uri(self.suri.as_ref())?;
		let gran = match &self.gran_suri {
			Some(_) => read_uri(self.gran_suri.as_ref())?,
			None => aura.clone(),
		};
		let (keys, proof) = prove(&self.owner, &aura, &gran)?;
		let (keys, proof) = (to_hex(&keys.encode(), false), to_hex(&proof, false));
		match self.output_type {
			OutputType::Json => {
				let owner = self.owner.to_ss58check();
				let line = serde_json::json!({ "owner": owner, "keys": keys, "proof": proof });
				println!("{line}");
			}
			OutputType::Text => println!("keys:  {keys}\nproof: {proof}"),
		}
		Ok(())
	}
}

/// The session keys of two secrets, and the proof that whoever has them works for `owner`.
fn prove(owner: &AccountId, aura: &str, gran: &str) -> Result<(SessionKeys, Vec<u8>)> {
	let no_secret = |error| Error::Input(format!("the secret is no phrase and no seed: {error:?}"));
	let mut aura = sr25519::Pair::from_string(aura, None).map_err(no_secret)?;
	let mut gran = ed25519::Pair::from_string(gran, None).map_err(no_secret)?;
	let keys = SessionKeys { aura: aura.public().into(), grandpa: gran.public().into() };
	let statement = owner.encode();
	let proof = (
		aura.generate_proof_of_possession(&statement),
		gran.generate_proof_of_possession(&statement),
	);
	Ok((keys, proof.encode()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_runtime::traits::OpaqueKeys;

	#[test]
	fn the_runtime_takes_the_proof_from_its_owner_alone() {
		let (owner, other) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
		let (keys, proof) = prove(&owner, "//Alice", "//Bob").unwrap();
		assert!(keys.ownership_proof_is_valid(&owner.encode(), &proof));
		assert!(!keys.ownership_proof_is_valid(&other.encode(), &proof));
		let (others, _) = prove(&owner, "//Alice", "//Charlie").unwrap();
		assert!(!others.ownership_proof_is_valid(&owner.encode(), &proof));
	}

	#[test]
	fn owners_are_addresses_or_bytes_in_hex() {
		let alice = account("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY").unwrap();
		let bytes = to_hex(alice.as_ref(), false);
		assert_eq!(account(&bytes).unwrap(), alice);
		assert!(account("5Grw").is_err());
	}
}
