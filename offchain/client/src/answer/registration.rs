// SPDX-License-Identifier: Apache-2.0
//! What `candor circuit register DIR` declares of a circuit, so that others compute the same identity.

use super::committed::scheme;
use crate::chain::{
	calls::{Provenance, SetupKind},
	types::CircuitId,
};
use crate::exit::{Error, OrFail};
use candor_compiler::ARCHITECTURE_FILE;
use candor_groth16::VerifyingKey;
use candor_operators::Architecture;
use sp_crypto_hashing::blake2_256;
use std::{fs, io, path::Path};

/// Where the circuit of a compiled model comes from, unless its depositor says otherwise: the source is
/// its `architecture.json`, and the setup is one for development.
///
/// # Errors
///
/// When that file cannot be read.
pub fn usual_provenance(folder: &Path) -> io::Result<Provenance> {
	Ok(Provenance {
		source: blake2_256(&fs::read(folder.join(ARCHITECTURE_FILE))?),
		transcript: [0; 32],
		declared: SetupKind::Development,
	})
}

/// The identity of the circuit of a compiled model, of that provenance. System and schema follow from the
/// key.
///
/// # Errors
///
/// When `architecture.json` cannot be read, or no circuit of a model has such a key.
pub fn usual_circuit(
	folder: &Path,
	key: &VerifyingKey,
	architecture: &Architecture,
) -> Result<CircuitId, Error> {
	let schema = scheme(key)?.schema(architecture);
	let provenance = usual_provenance(folder).or_wrong_input()?;
	Ok(CircuitId::of(&key.to_bytes(), &schema, &provenance))
}
