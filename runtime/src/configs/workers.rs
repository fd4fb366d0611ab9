// SPDX-License-Identifier: Apache-2.0

use crate::{constants::UNIT, Balance, Balances, Runtime, RuntimeHoldReason};
use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32},
};

parameter_types! {
	/// What it costs at least to be taken for a worker.
	pub const MinBond: Balance = 10 * UNIT;
}

impl pallet_workers::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type MinBond = MinBond;
	type FullWeightPrice = ConstU128<UNIT>;
	type MaxMetadataBytes = ConstU32<256>;
	type WeightInfo = crate::weights::pallet_workers::WeightInfo<Runtime>;
}
