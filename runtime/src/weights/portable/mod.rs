// SPDX-License-Identifier: Apache-2.0

//! What calls weigh whose verification a runtime computes in Wasm, without host functions.

pub mod pallet_circuits;
pub mod pallet_jobs;
pub mod pallet_models;
