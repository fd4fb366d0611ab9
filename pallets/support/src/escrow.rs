// SPDX-License-Identifier: Apache-2.0

//! A price between promise and payment: held on the account that promised it.

use frame_support::{
	ensure,
	traits::{
		fungible::{BalancedHold, Credit, Inspect, InspectHold, MutateHold},
		tokens::Precision,
		Imbalance,
	},
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult, TokenError};

/// Puts an amount of `who` into escrow.
///
/// # Errors
///
/// The currency's own, when it cannot be held.
pub fn put<AccountId, Currency: MutateHold<AccountId>>(
	reason: impl Into<Currency::Reason>,
	who: &AccountId,
	amount: Currency::Balance,
) -> DispatchResult {
	Currency::hold(&reason.into(), who, amount)
}

/// Takes an amount out of escrow, for whom it was promised to. A freeze on the account must not hold up
/// what was promised, and does not hold up a slash.
///
/// # Errors
///
/// Less is in escrow.
pub fn take<AccountId, Currency: BalancedHold<AccountId>>(
	reason: impl Into<<Currency as InspectHold<AccountId>>::Reason>,
	who: &AccountId,
	amount: <Currency as Inspect<AccountId>>::Balance,
) -> Result<Credit<AccountId, Currency>, DispatchError> {
	let (credit, missing) = Currency::slash(&reason.into(), who, amount);
	ensure!(missing.is_zero() && credit.peek() == amount, TokenError::FundsUnavailable);
	Ok(credit)
}

/// Gives an amount in escrow back to whoever put it there.
///
/// # Errors
///
/// Less is in escrow.
pub fn give_back<AccountId, Currency: MutateHold<AccountId>>(
	reason: impl Into<Currency::Reason>,
	who: &AccountId,
	amount: Currency::Balance,
) -> DispatchResult {
	Currency::release(&reason.into(), who, amount, Precision::Exact).map(|_| ())
}
