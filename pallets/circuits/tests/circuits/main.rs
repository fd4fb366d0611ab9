// SPDX-License-Identifier: Apache-2.0

//! Tests of the pallet, a file for each call or purpose.

mod attest;
mod batch;
mod common;
mod deregister;
mod freeze;
mod identity;
mod invariants;
mod references;
mod register;
mod verify;
mod weights;
