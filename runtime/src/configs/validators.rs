// SPDX-License-Identifier: Apache-2.0

use super::proxy::Reach;
use crate::{AccountId, Own, Runtime, Session};
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

/// What the rest of the runtime has to know of this pallet.
pub const OWN: Own = Own {
	name: "Validators",
	calls: &[("set_validators", Reach::Nobody)],
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	ledger: None,
};
