// SPDX-License-Identifier: Apache-2.0

//! What the tests share: the market of the common runtime.

pub use candor_testing::{insecure::FOUND_LATE, *};

use frame_support::{
	assert_ok,
	traits::{fungible::Mutate, tokens::Preservation},
};
use pallet_circuits::{Circuits, PreparedKeys};

/// Runs a test while storage holds something in the circuit's place that the pallets' invariants rule
/// out, and puts it back.
pub fn with_broken_circuit(breakage: Breakage, test: impl FnOnce()) {
	let info = Circuits::<Test>::get(circuit()).unwrap();
	let key = PreparedKeys::<Test>::get(circuit()).unwrap();
	match breakage {
		Breakage::Gone => Circuits::<Test>::remove(circuit()),
		Breakage::UnreadableKey => PreparedKeys::<Test>::insert(
			circuit(),
			pallet_circuits::PreparedKeyOf::<Test>::default(),
		),
		Breakage::OtherOutput(output_len) => Circuits::<Test>::mutate(circuit(), |info| {
			info.as_mut().unwrap().schema =
				candor_statement::StatementSchema::InferenceV1 { input_len: INPUT_LEN, output_len };
		}),
	}
	test();
	Circuits::<Test>::insert(circuit(), info);
	PreparedKeys::<Test>::insert(circuit(), key);
}

/// Leaves an account with held balances only, which takes another provider than its balance.
pub fn empty(who: AccountId) {
	System::inc_providers(&who);
	assert_ok!(Balances::transfer(&who, &STRANGER, free(who), Preservation::Expendable));
	assert_eq!(free(who), 0);
}

/// What can be wrong with a stored circuit.
pub enum Breakage {
	/// It is not there.
	Gone,
	/// Its key is no key.
	UnreadableKey,
	/// It has an output of this length.
	OtherOutput(u32),
}
