// SPDX-License-Identifier: Apache-2.0
//! What commands share.

pub(super) mod files;
pub(super) mod groth16;
pub(super) mod keys;
pub(super) mod sample;
pub(super) mod transaction;
