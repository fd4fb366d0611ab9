// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet alone; session keys are a fixed list of accounts.

use crate as pallet_validators;
use frame_support::{derive_impl, traits::ValidatorRegistration};
use frame_system::EnsureRoot;
use sp_runtime::BuildStorage;

/// Accounts from this one on have no session keys.
pub const FIRST_WITHOUT_KEYS: u64 = 100;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Validators = pallet_validators;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

pub struct KeysBelowLimit;

impl ValidatorRegistration<u64> for KeysBelowLimit {
	fn is_registered(id: &u64) -> bool {
		*id < FIRST_WITHOUT_KEYS
	}
}

impl pallet_validators::Config for Test {
	type AdminOrigin = EnsureRoot<u64>;
	type Registration = KeysBelowLimit;
	type MaxValidators = frame_support::traits::ConstU32<4>;
	type WeightInfo = ();
}

/// Externalities at block 1 with the given validators at genesis.
pub fn new_test_ext(validators: Vec<u64>) -> sp_io::TestExternalities {
	let mut ext: sp_io::TestExternalities = RuntimeGenesisConfig {
		validators: pallet_validators::GenesisConfig { validators },
		..Default::default()
	}
	.build_storage()
	.expect("the genesis is valid")
	.into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}
