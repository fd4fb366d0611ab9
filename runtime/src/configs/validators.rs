// SPDX-License-Identifier: Apache-2.0

use crate::{AccountId, Runtime, Session};
use frame_support::traits::ConstU32;
use frame_system::EnsureRoot;

/// The largest validator set.
pub type MaxValidators = ConstU32<100>;

impl pallet_validators::Config for Runtime {
	type AdminOrigin = EnsureRoot<AccountId>;
	type Registration = Session;
	type MaxValidators = MaxValidators;
	type WeightInfo = crate::weights::pallet_validators::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}
