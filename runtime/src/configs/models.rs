// SPDX-License-Identifier: Apache-2.0

use super::{
	deposits::StoragePrice,
	jobs::{MaxOutputBytes, MaxProofBytes},
};
use crate::{AccountId, Balances, Circuits, Runtime, RuntimeHoldReason};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32},
};
use sp_runtime::{traits::ConvertInto, Permill};

parameter_types! {
	pub const VersionDeposit: RuntimeHoldReason =
		RuntimeHoldReason::Models(pallet_models::HoldReason::VersionDeposit);
	/// With the protocol fee, at least 45 % of a price is left to the worker.
	pub const MaxRoyalty: Permill = Permill::from_percent(50);
}

impl pallet_models::Config for Runtime {
	type Consideration = HoldConsideration<AccountId, Balances, VersionDeposit, StoragePrice>;
	type Circuits = Circuits;
	type Proofs = Circuits;
	type OwnerBytes = ConvertInto;
	type MaxRoyalty = MaxRoyalty;
	type MaxUriBytes = ConstU32<256>;
	type MaxOutputBytes = MaxOutputBytes;
	type MaxProofBytes = MaxProofBytes;
	type WeightInfo = crate::weights::pallet_models::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}
