// SPDX-License-Identifier: Apache-2.0

//! What the calls of each pallet weigh, as `make weights` measured it; see `docs/weights.md`.

#[cfg(feature = "host-functions")]
pub mod pallet_circuits;
#[cfg(feature = "host-functions")]
pub mod pallet_jobs;
#[cfg(feature = "host-functions")]
pub mod pallet_models;
pub mod pallet_validators;
pub mod pallet_workers;
#[cfg(not(feature = "host-functions"))]
mod portable;

#[cfg(not(feature = "host-functions"))]
pub use portable::{pallet_circuits, pallet_jobs, pallet_models};
