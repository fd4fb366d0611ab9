// SPDX-License-Identifier: Apache-2.0

use crate::{
	constants::{deposit, SESSION},
	AccountId, Balance, Balances, BlockNumber, Runtime, RuntimeEvent, SessionKeys, Validators,
};
use frame_support::parameter_types;
use sp_runtime::traits::{ConvertInto, OpaqueKeys};

parameter_types! {
	pub const Period: BlockNumber = SESSION;
	pub const Offset: BlockNumber = 0;
	// Keys, and one owner entry for each of them.
	pub const KeyDeposit: Balance = deposit(3, 256);
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = pallet_session::PeriodicSessions<Period, Offset>;
	type NextSessionRotation = pallet_session::PeriodicSessions<Period, Offset>;
	type SessionManager = Validators;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = KeyDeposit;
}
