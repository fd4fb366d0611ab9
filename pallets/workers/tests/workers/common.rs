// SPDX-License-Identifier: Apache-2.0

//! What the tests share: Alice, who is a worker.

pub use candor_testing::{
	free, AccountId, Balances, BondReason, Forfeit, MarketWorkers, Obligations,
	RecordDepositReason as DepositReason, RuntimeOrigin, Settlement, System, Test, WorkerRefusal,
	WorkersPallet, EXISTENTIAL_DEPOSIT, FULL_WEIGHT_PRICE, INITIAL_BALANCE, MIN_BOND, NOBODY,
};

use candor_support::Books;
use candor_testing::{check_holds, execute, RecordPrice};
use frame_support::assert_ok;
use pallet_workers::ReputationOf;
use sp_runtime::{traits::Convert, Permill};

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;

/// Runs a test on a fresh chain and checks the invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	// Bonds are locked here without a job being claimed.
	execute(test, &[WorkersPallet::do_try_state, check_holds, Books::<Test>::check_issuance]);
}

/// What a record costs as a deposit.
pub fn deposit() -> u128 {
	RecordPrice::convert(WorkersPallet::footprint())
}

/// What is held for the record of an account.
pub fn deposited(who: AccountId) -> u128 {
	candor_testing::held(DepositReason::get(), who)
}

/// What is held for the bond of an account.
pub fn held(who: AccountId) -> u128 {
	candor_testing::held(BondReason::get(), who)
}

/// What Alice has left when she is a worker with this bond and nothing else happened.
pub fn left_beside(bond: u128) -> u128 {
	INITIAL_BALANCE - bond - deposit()
}

/// Registers Alice with this bond.
pub fn register(bond: u128) {
	assert_ok!(WorkersPallet::register(RuntimeOrigin::signed(ALICE), bond, Default::default()));
}

/// A job of this price that locked nothing and that Alice answers for somebody else.
pub fn settled(price: u128) -> Settlement<u128> {
	Settlement { bond: 0, price, earned: price - price / 10, self_dealt: false }
}

pub fn reputation(who: AccountId) -> ReputationOf<Test> {
	WorkersPallet::reputation(who)
}

pub fn parts(parts: u32) -> Permill {
	Permill::from_parts(parts)
}
