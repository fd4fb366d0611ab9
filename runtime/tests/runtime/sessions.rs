// SPDX-License-Identifier: Apache-2.0

//! Validators join and leave without a restart.

use crate::chain::{account, advance, development, send, send_as_root};
use candor_runtime::{
	constants::SESSION, Runtime, RuntimeOrigin, Session, SessionKeys, Validators,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob};
use sp_runtime::traits::OpaqueKeys;

/// Fresh session keys for an account, with the proof that it owns them.
fn register_keys(who: Sr25519Keyring) {
	let keystore = sp_keystore::testing::MemoryKeystore::new();
	let mut ext = sp_io::TestExternalities::new_empty();
	ext.register_extension(sp_keystore::KeystoreExt::new(keystore));
	let generated = ext.execute_with(|| SessionKeys::generate(&account(who).encode(), None));
	assert_ok!(send(
		who,
		pallet_session::Call::set_keys { keys: generated.keys, proof: generated.proof.encode() }
	));
}

fn set(validators: &[Sr25519Keyring]) -> pallet_validators::Call<Runtime> {
	let validators = validators.iter().copied().map(account).collect();
	pallet_validators::Call::set_validators { validators: BoundedVec::truncate_from(validators) }
}

#[test]
fn a_validator_with_keys_joins_from_the_session_after_next() {
	development().execute_with(|| {
		register_keys(Bob);
		assert_ok!(send_as_root(set(&[Alice, Bob])));
		advance(SESSION);
		assert_eq!(Session::validators(), [account(Alice)]);
		advance(SESSION);
		assert_eq!(Session::validators(), [account(Alice), account(Bob)]);
		assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 2);
	});
}

#[test]
fn a_validator_leaves_from_the_session_after_next() {
	development().execute_with(|| {
		register_keys(Bob);
		assert_ok!(send_as_root(set(&[Bob])));
		advance(2 * SESSION);
		assert_eq!(Session::validators(), [account(Bob)]);
	});
}

#[test]
fn an_account_without_keys_cannot_become_a_validator() {
	development().execute_with(|| {
		assert_noop!(
			Validators::set_validators(
				RuntimeOrigin::root(),
				BoundedVec::truncate_from(vec![account(Alice), account(Bob)])
			),
			pallet_validators::Error::<Runtime>::MissingKeys
		);
	});
}

#[test]
fn keys_that_the_account_does_not_own_are_refused() {
	development().execute_with(|| {
		let keys = pallet_session::NextKeys::<Runtime>::get(account(Alice)).expect("of genesis");
		assert!(!keys.ownership_proof_is_valid(&account(Bob).encode(), &[]));
		assert_noop!(
			Session::set_keys(RuntimeOrigin::signed(account(Bob)), keys, Vec::new()),
			pallet_session::Error::<Runtime>::InvalidProof
		);
	});
}
