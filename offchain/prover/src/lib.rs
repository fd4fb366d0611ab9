// SPDX-License-Identifier: Apache-2.0

//! Setup, proving, and the files that hold keys and proofs.
//!
//! - [`development_setup`]: keys for an architecture, made by one party alone.
//! - [`prove`]: a proof that has already passed the verifier of the chain when it is returned.
//! - [`key_file`]: `proving.key`, and `verifying.key` in its canonical bytes. A proving key is checked
//!   against its circuit before it is used: see the source of the module `check` for what that proves.
//! - [`Verdicts`]: which proving keys have passed.
//!
//! Proofs and verifying keys are those of [`candor_groth16`], the verifier that the runtime uses.
//! Inside, arkworks' `ark-groth16` does the work. Its reduction from constraints to polynomials is
//! libsnark's, not that of snarkjs: a `proving.key` is therefore no `.zkey`, while proofs and
//! verifying keys do not depend on the reduction and pass between both.

mod check;
mod convert;
pub mod key_file;
mod layout;
mod powers;
mod progress;
mod prove;
mod setup;
mod synthesis;
#[cfg(test)]
mod test_circuit;
mod verdicts;

pub use check::{KeyFault, Part};
pub use progress::{Progress, Silent, Stage};
pub use prove::{prove, verify, ProveError, Refusal};
pub use setup::{development_setup, Keys, ProvingKey, SetupError};
pub use verdicts::Verdicts;
