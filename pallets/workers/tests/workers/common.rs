// SPDX-License-Identifier: Apache-2.0

//! What the tests share: Alice, who is a worker.

pub use candor_testing::{
	free, go_to, AccountId, Balances, BondReason, Forfeit, MarketWorkers, Obligations,
	RecordDepositReason as DepositReason, RuntimeOrigin, Settlement, Stake, System, Test,
	WorkerRefusal, WorkersPallet, EPOCH_LENGTH, EXISTENTIAL_DEPOSIT, INITIAL_BALANCE,
	MAX_FROM_REQUESTER, MIN_BOND, NOBODY, PRIOR,
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

/// What a claim puts at stake that locks so much, on a job without a fee.
pub fn stake(bond: u128) -> Stake<u128> {
	Stake { bond, fee: 0 }
}

/// A job with this fee that locked nothing and that Alice answers for Bob.
pub fn settled(fee: u128) -> Settlement<AccountId, u128> {
	Settlement { stake: Stake { bond: 0, fee }, requester: BOB, earned: 17 * fee }
}

/// Alice is settled a job with this fee that Bob requested.
pub fn settle(fee: u128) {
	settle_for(BOB, fee);
}

/// Alice is settled a job with this fee.
pub fn settle_for(requester: AccountId, fee: u128) {
	assert_ok!(WorkersPallet::lock(&ALICE, 0));
	assert_ok!(WorkersPallet::settle(&ALICE, [Settlement { requester, ..settled(fee) }]));
}

/// Alice fails at a job with this fee.
pub fn fail(fee: u128) {
	assert_ok!(WorkersPallet::lock(&ALICE, 0));
	assert_ok!(WorkersPallet::forfeit(&ALICE, Stake { bond: 0, fee }, &BOB, 0));
}

pub fn reputation(who: AccountId) -> ReputationOf<Test> {
	WorkersPallet::reputation(who)
}

/// Alice's score.
pub fn score() -> u32 {
	WorkersPallet::score(&ALICE).deconstruct()
}

pub fn parts(parts: u32) -> Permill {
	Permill::from_parts(parts)
}
