// SPDX-License-Identifier: Apache-2.0

//! A fresh chain for each test, and what must hold after it.

use crate::runtime::*;
use candor_support::Books;
use frame_support::{
	assert_ok,
	storage::{with_transaction, TransactionOutcome},
	traits::fungible::{Inspect, InspectHold},
};
use sp_runtime::{traits::Convert, BuildStorage, DispatchError, TryRuntimeError};

/// Accounts 1 to 6 have this at first.
pub const INITIAL_BALANCE: u128 = 1_000_000;
pub const ACCOUNTS: [AccountId; 6] = [1, 2, 3, 4, 5, 6];
/// Has no account.
pub const NOBODY: AccountId = 9;

/// Something that must hold.
pub type Check = fn() -> Result<(), TryRuntimeError>;

/// All that must hold on a chain where nobody went behind the pallets' backs.
pub const ALL: [Check; 7] = [
	CircuitsPallet::do_try_state,
	ModelsPallet::do_try_state,
	WorkersPallet::do_try_state,
	JobsPallet::do_try_state,
	check_holds,
	check_pot,
	Books::<Test>::check_issuance,
];

/// A fresh chain at block 1.
pub fn new_chain() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: ACCOUNTS.map(|who| (who, INITIAL_BALANCE)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	pallet_models::GenesisConfig::<Test>::default().assimilate_storage(&mut storage).unwrap();
	let mut chain = sp_io::TestExternalities::from(storage);
	chain.execute_with(|| System::set_block_number(1));
	chain
}

/// Runs a test on a fresh chain, and then the checks.
pub fn execute(test: impl FnOnce(), checks: &[Check]) {
	new_chain().execute_with(|| {
		test();
		for check in checks {
			assert_ok!(check());
		}
	});
}

/// Breaks something that a check had nothing to say against, expects the check to notice it under
/// this name, or any, and mends it.
pub fn noticed_by(check: Check, what: Option<&'static str>, sabotage: impl FnOnce()) {
	assert_ok!(check());
	let _ = with_transaction(|| {
		sabotage();
		let noticed = check();
		match what {
			Some(what) => assert_eq!(noticed, Err(what.into())),
			None => assert!(noticed.is_err()),
		}
		TransactionOutcome::Rollback(Ok::<(), DispatchError>(()))
	});
}

/// Whether each account holds exactly what the pallets' records say, and nothing else. Deposits whose
/// price does not change are reckoned anew from what they are paid for.
pub fn check_holds() -> Result<(), TryRuntimeError> {
	let mut books = Books::<Test>::default();
	for (who, footprint) in CircuitsPallet::deposits() {
		books.enter(who, CircuitDepositReason::get(), Price::convert(footprint));
	}
	for (who, footprint) in ModelsPallet::deposits() {
		books.enter(who, VersionDepositReason::get(), Price::convert(footprint));
	}
	for (who, footprint) in WorkersPallet::deposits() {
		books.enter(who, RecordDepositReason::get(), RecordPrice::convert(footprint));
	}
	for (who, worker) in pallet_workers::Workers::<Test>::iter() {
		books.enter(who, BondReason::get(), worker.bond);
	}
	for job in pallet_jobs::Jobs::<Test>::iter_values() {
		books.enter(job.requester, EscrowReason::get(), job.escrow());
		books.enter_deposit(job.requester, JobDepositReason::get(), &job.ticket)?;
	}
	books.check_holds(|_| true)
}

/// Whether the pot has what versions are owed and what it exists on, and nothing else: nobody here sends it
/// anything.
pub fn check_pot() -> Result<(), TryRuntimeError> {
	let due = EXISTENTIAL_DEPOSIT + ModelsPallet::owed_to_all();
	frame_support::ensure!(Balances::total_balance(&POT) == due, POT_DIFFERS);
	Ok(())
}

/// What `check_pot` says.
pub const POT_DIFFERS: &str = "pot that differs from what is owed";

/// What `check_holds` says of a deposit that is not that of its record.
pub const HOLD_DIFFERS: Option<&str> = Some("hold that differs from what the records say");
/// What it says of a record without its deposit.
pub const NOT_HELD: Option<&str> = Some("record whose money is not held");

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn held(reason: RuntimeHoldReason, who: AccountId) -> u128 {
	Balances::balance_on_hold(&reason, &who)
}

pub fn free(who: AccountId) -> u128 {
	Balances::balance(&who)
}

pub fn set_free(who: AccountId, amount: u128) {
	assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), who, amount));
}

pub fn go_to(block: u64) {
	System::set_block_number(block);
}
