// SPDX-License-Identifier: Apache-2.0

//! What pallets share about money, where their own rules do not let it come to that.

use candor_support::{escrow, Books, Dues};
use candor_testing::*;
use frame_support::{
	assert_noop, assert_ok,
	storage::with_storage_layer,
	traits::{fungible::Balanced, Imbalance},
};
use pallet_balances::TotalIssuance;
use sp_runtime::TokenError;

/// What no account can begin with.
const TOO_LITTLE: u128 = EXISTENTIAL_DEPOSIT - 1;

#[test]
fn no_more_comes_out_of_escrow_than_is_in_it() {
	new_chain().execute_with(|| {
		let take = |amount| escrow::take::<_, Balances>(EscrowReason::get(), &1, amount);
		assert_ok!(escrow::put::<_, Balances>(EscrowReason::get(), &1, 70));
		for amount in [71, 1_000] {
			assert_noop!(
				with_storage_layer(|| take(amount).map(drop)),
				TokenError::FundsUnavailable
			);
		}
		assert_eq!(take(70).unwrap().peek(), 70);
		assert_eq!(held(EscrowReason::get(), 1), 0);
		assert_ok!(Books::<Test>::check_issuance());
	});
}

#[test]
fn who_cannot_receive_what_it_earned_is_not_done_out_of_it() {
	new_chain().execute_with(|| {
		let mut dues = Dues::default();
		dues.earn(&NOBODY, TOO_LITTLE);
		let paid = dues.pay::<Balances>(Balances::issue(100));
		assert_eq!(paid, Err(TokenError::CannotCreate.into()));
		assert_ok!(Books::<Test>::check_issuance());
	});
}

#[test]
fn what_was_granted_and_cannot_be_received_is_burnt_with_the_rest() {
	new_chain().execute_with(|| {
		let issued = Balances::total_issuance();
		let mut dues = Dues::default();
		dues.grant(&NOBODY, TOO_LITTLE);
		dues.grant(&2, 5);
		assert_eq!(dues.pay::<Balances>(Balances::issue(100)), Ok([NOBODY].into()));
		assert_eq!((free(2), free(NOBODY)), (INITIAL_BALANCE + 5, 0));
		assert_eq!(Balances::total_issuance(), issued + 5);
		assert_ok!(Books::<Test>::check_issuance());
	});
}

#[test]
fn a_coin_that_nobody_has_is_noticed() {
	new_chain().execute_with(|| {
		let differs = Some("balances that do not add up to the issuance");
		noticed_by(Books::<Test>::check_issuance, differs, || {
			TotalIssuance::<Test>::mutate(|issued| *issued += 1);
		});
	});
}

#[test]
fn a_hold_without_a_record_is_noticed_by_those_whose_reason_it_has() {
	fn ours() -> Result<(), sp_runtime::TryRuntimeError> {
		Books::<Test>::default().check_holds(|reason| *reason == EscrowReason::get())
	}
	new_chain().execute_with(|| {
		noticed_by(ours, HOLD_DIFFERS, || {
			assert_ok!(escrow::put::<_, Balances>(EscrowReason::get(), &1, 70));
		});
		assert_ok!(escrow::put::<_, Balances>(BondReason::get(), &1, 70));
		assert_ok!(ours());
	});
}
