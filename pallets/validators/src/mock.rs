// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet and the sessions that it decides about.

use crate as pallet_validators;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, ConstU64},
};
use frame_system::EnsureRoot;
use pallet_session::PeriodicSessions;
use sp_runtime::{
	key_types,
	testing::UintAuthorityId,
	traits::{ConvertInto, OpaqueKeys},
	BuildStorage, KeyTypeId,
};

/// Accounts before this one have session keys at genesis: their own number.
pub const FIRST_WITHOUT_KEYS: u64 = 5;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Validators = pallet_validators;
	#[runtime::pallet_index(3)]
	pub type Session = pallet_session;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

parameter_types! {
	/// The accounts and keys that make blocks, as the last session that differed told.
	pub storage Authorities: Vec<(u64, u64)> = Vec::new();
	/// How often the authorities were told anew.
	pub storage Changes: u32 = 0;
}

/// Does what Aura and GRANDPA do: takes over new authorities when it is told that there are some.
pub struct Authoring;

/// The accounts with their keys.
fn keyed<K: OpaqueKeys>(validators: &[(u64, K)]) -> Vec<(u64, u64)> {
	validators
		.iter()
		.map(|(who, keys)| (*who, keys.get(key_types::DUMMY).expect("the key decodes")))
		.collect()
}

impl pallet_session::SessionHandler<u64> for Authoring {
	const KEY_TYPE_IDS: &'static [KeyTypeId] = &[key_types::DUMMY];

	fn on_genesis_session<K: OpaqueKeys>(validators: &[(u64, K)]) {
		Authorities::set(&keyed(validators));
	}

	fn on_new_session<K: OpaqueKeys>(changed: bool, validators: &[(u64, K)], _: &[(u64, K)]) {
		if changed {
			Authorities::set(&keyed(validators));
			Changes::set(&(Changes::get() + 1));
		}
	}

	fn on_disabled(_: u32) {}
}

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = u64;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = PeriodicSessions<ConstU64<10>, ConstU64<0>>;
	type NextSessionRotation = PeriodicSessions<ConstU64<10>, ConstU64<0>>;
	type SessionManager = Validators;
	type SessionHandler = Authoring;
	type Keys = UintAuthorityId;
	type DisablingStrategy = ();
	type WeightInfo = ();
	type Currency = Balances;
	type KeyDeposit = ConstU64<1>;
}

impl pallet_validators::Config for Test {
	type AdminOrigin = EnsureRoot<u64>;
	type Registration = Session;
	type MaxValidators = ConstU32<4>;
	type WeightInfo = ();
}

/// Runs a test at block 1 with the given validators at genesis, and checks the invariants after it.
pub fn build_and_execute(validators: Vec<u64>, test: impl FnOnce()) {
	let with_keys = (1..FIRST_WITHOUT_KEYS).map(|who| (who, who, UintAuthorityId(who)));
	let (keys, non_authority_keys) = with_keys.partition(|(who, _, _)| validators.contains(who));
	let mut ext: sp_io::TestExternalities = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: (1..=FIRST_WITHOUT_KEYS).map(|who| (who, 1_000)).collect(),
			..Default::default()
		},
		validators: pallet_validators::GenesisConfig { validators },
		session: pallet_session::GenesisConfig { keys, non_authority_keys },
		..Default::default()
	}
	.build_storage()
	.expect("the genesis is valid")
	.into();
	ext.execute_with(|| {
		System::set_block_number(1);
		test();
		Validators::do_try_state().expect("the invariants hold");
	});
}
