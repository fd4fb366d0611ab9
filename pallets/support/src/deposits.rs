// SPDX-License-Identifier: Apache-2.0

//! Deposits for storage.

use frame_support::traits::Consideration;

/// Whether a deposit found its way back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returned {
	/// Its account has it.
	Yes,
	/// The account could not take it back, and it is burnt.
	GivenUp,
}

/// Returns a deposit, or gives it up: nobody else shall have to wait for an account that cannot take a
/// hold back. Only one that is kept alive by something other than its own balance can be unable to.
pub fn give_back<AccountId, Footprint>(
	ticket: impl Consideration<AccountId, Footprint>,
	who: &AccountId,
) -> Returned {
	if ticket.clone().drop(who).is_ok() {
		return Returned::Yes;
	}
	ticket.burn(who);
	Returned::GivenUp
}
