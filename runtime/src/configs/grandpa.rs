// SPDX-License-Identifier: Apache-2.0

use crate::{Runtime, RuntimeEvent};
use frame_support::traits::{ConstU32, ConstU64};

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = super::validators::MaxValidators;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = ConstU64<0>;
	// There is no staking, hence nothing to slash.
	type KeyOwnerProof = sp_core::Void;
	type EquivocationReportSystem = ();
}
