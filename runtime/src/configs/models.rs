// SPDX-License-Identifier: Apache-2.0

use super::{
	deposits::StoragePrice,
	jobs::{MaxOutputBytes, MaxProofBytes, Pot},
	proxy::Reach,
};
use crate::{AccountId, Balances, Circuits, Own, Runtime, RuntimeHoldReason};
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
	type Currency = Balances;
	type Pot = Pot;
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

/// What the rest of the runtime has to know of this pallet.
pub const OWN: Own = Own {
	name: "Models",
	calls: &[
		("register", Reach::NonTransfer),
		("publish_version", Reach::NonTransfer),
		("deprecate", Reach::NonTransfer),
		("remove_version", Reach::NonTransfer),
		// Royalties are money.
		("transfer_ownership", Reach::Nobody),
		// Whoever calls, it is the owner that is paid.
		("collect_royalty", Reach::NonTransfer),
	],
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	ledger: Some(crate::books::Ledger {
		name: "models",
		check: crate::Models::do_try_state,
		enter: |books| {
			pallet_models::Versions::<Runtime>::iter_values().try_for_each(|version| {
				books.enter_deposit(version.depositor, VersionDeposit::get(), &version.ticket)
			})
		},
		is_reason: |reason| matches!(reason, RuntimeHoldReason::Models(_)),
	}),
};
