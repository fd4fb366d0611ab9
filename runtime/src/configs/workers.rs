// SPDX-License-Identifier: Apache-2.0

use super::{deposits::StoragePrice, proxy::Reach};
use crate::{
	constants::{DAYS, UNIT},
	AccountId, Balance, Balances, Own, Runtime, RuntimeHoldReason,
};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU128, ConstU32},
};

/// What stands in a score for not being known: the fees of jobs for 20 coins. What scores cost with it
/// stands in `docs/economics.md`.
pub const PRIOR: Balance = UNIT;

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
	type BlockNumberProvider = pallet_jobs::MarketClock<Runtime>;
	type EpochLength = ConstU32<DAYS>;
	type Prior = ConstU128<PRIOR>;
	type MaxFromRequester = ConstU128<{ 2 * PRIOR }>;
	type MaxMetadataBytes = ConstU32<256>;
	type WeightInfo = crate::weights::pallet_workers::WeightInfo<Runtime>;
}

/// What the rest of the runtime has to know of this pallet.
pub const OWN: Own = Own {
	name: "Workers",
	calls: &[
		// What is bonded can be lost by claims that lapse.
		("register", Reach::Nobody),
		("bond_more", Reach::Nobody),
		("unbond", Reach::Nobody),
		("set_metadata", Reach::NonTransfer),
		("deregister", Reach::Nobody),
	],
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	ledger: Some(crate::books::Ledger {
		name: "workers",
		check: crate::Workers::do_try_state,
		enter: |books| {
			let bond = RuntimeHoldReason::Workers(pallet_workers::HoldReason::Bond);
			for (who, worker) in pallet_workers::Workers::<Runtime>::iter() {
				books.enter(who, bond, worker.bond);
			}
			pallet_workers::Reputations::<Runtime>::iter().try_for_each(|(who, record)| {
				books.enter_deposit(who, ReputationDeposit::get(), &record.ticket)
			})
		},
		is_reason: |reason| matches!(reason, RuntimeHoldReason::Workers(_)),
	}),
};
