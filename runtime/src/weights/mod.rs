// SPDX-License-Identifier: Apache-2.0

//! What the calls of each pallet weigh, as `make weights` measured it; see `docs/weights.md`.

pub mod pallet_circuits;
pub mod pallet_jobs;
pub mod pallet_models;
pub mod pallet_validators;
pub mod pallet_workers;

use frame_support::weights::Weight;

/// How many times as long a verification takes in a runtime without host functions, at most.
const PORTABLE_FACTOR: u64 = 12;

/// The weight of a call that verifies, estimated for a runtime with host functions, in this runtime.
pub(crate) fn verification(weight: Weight) -> Weight {
	if cfg!(feature = "host-functions") {
		weight
	} else {
		weight.saturating_mul(PORTABLE_FACTOR)
	}
}
