// SPDX-License-Identifier: Apache-2.0

//! Tests of the pallet, a file for each call or purpose.

mod common;
mod deprecate;
mod invariants;
mod possession;
mod publish_version;
mod references;
mod register;
mod remove_version;
mod royalties;
mod transfer_ownership;
mod views;
