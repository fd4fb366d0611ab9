// SPDX-License-Identifier: Apache-2.0

//! Tests of the pallet, a file for each call or purpose.

mod bond_more;
mod common;
mod decline;
mod deregister;
mod evidence;
mod forfeit;
mod invariants;
mod lock;
mod register;
mod reputation;
mod set_metadata;
mod unbond;
