// SPDX-License-Identifier: Apache-2.0

use super::deposits::StoragePrice;
use crate::{constants::UNIT, AccountId, Balance, Balances, Runtime, RuntimeHoldReason};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU128, ConstU32},
};

parameter_types! {
	/// What it costs at least to be taken for a worker.
	pub const MinBond: Balance = 10 * UNIT;
	pub const ReputationDeposit: RuntimeHoldReason =
		RuntimeHoldReason::Workers(pallet_workers::HoldReason::ReputationDeposit);
}

impl pallet_workers::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Consideration = HoldConsideration<AccountId, Balances, ReputationDeposit, StoragePrice>;
	type MinBond = MinBond;
	type FullWeightPrice = ConstU128<UNIT>;
	type MaxMetadataBytes = ConstU32<256>;
	type WeightInfo = crate::weights::pallet_workers::WeightInfo<Runtime>;
}
