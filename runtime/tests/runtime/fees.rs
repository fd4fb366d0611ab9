// SPDX-License-Identifier: Apache-2.0

//! What it costs to fill blocks, and what is let into them.

use crate::chain::{account, development};
use candor_runtime::{
	admission::{CheckAdmission, MAX_TRANSACTION_BYTES},
	configs::{
		system::{
			RuntimeBlockLength, RuntimeBlockWeights, NORMAL_BLOCK_BYTES, NORMAL_BLOCK_REF_TIME,
		},
		transaction_payment::{FullnessFeeAdjustment, BYTE_FEE, FULL_BLOCK_FEE},
	},
	constants::UNIT,
	RuntimeCall, RuntimeOrigin, System, TransactionPayment,
};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	pallet_prelude::TransactionSource,
	weights::Weight,
};
use pallet_transaction_payment::{Multiplier, MultiplierUpdate};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob};
use sp_runtime::{
	traits::{Convert, One, TransactionExtension, TxBaseImplication},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	FixedPointNumber,
};

fn normal_weight() -> Weight {
	RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total.expect("it is limited")
}

mod a_full_block {
	use super::*;

	#[test]
	fn is_what_the_limits_say() {
		assert_eq!(normal_weight().ref_time(), NORMAL_BLOCK_REF_TIME);
		assert_eq!(*RuntimeBlockLength::get().max.get(DispatchClass::Normal), NORMAL_BLOCK_BYTES);
	}

	#[test]
	fn costs_the_same_by_length_as_by_computation() {
		development().execute_with(|| {
			assert_eq!(FULL_BLOCK_FEE, 3 * UNIT / 2);
			assert_eq!(TransactionPayment::weight_to_fee(normal_weight()), FULL_BLOCK_FEE);
			let by_length = TransactionPayment::length_to_fee(NORMAL_BLOCK_BYTES);
			assert!(by_length >= FULL_BLOCK_FEE);
			assert!(by_length < FULL_BLOCK_FEE + u128::from(NORMAL_BLOCK_BYTES));
		});
	}

	#[test]
	fn raises_the_fees_whatever_filled_it() {
		development().execute_with(|| {
			let one = Multiplier::one();
			let after = |weight, bytes: u32| {
				System::set_block_consumed_resources(weight, bytes as usize);
				FullnessFeeAdjustment::convert(one)
			};
			let full = after(normal_weight(), 0);
			assert_eq!(after(Weight::zero(), NORMAL_BLOCK_BYTES), full);
			assert_eq!(full, Multiplier::saturating_from_rational(10_151_125u32, 10_000_000u32));
			assert!(one < after(Weight::zero(), NORMAL_BLOCK_BYTES / 2));
			// At the target nothing moves, below it fees are already the lowest.
			assert_eq!(after(Weight::zero(), NORMAL_BLOCK_BYTES / 4), one);
			assert_eq!(after(Weight::zero(), 0), one);
		});
	}
}

#[test]
fn fees_fall_again_and_never_below_the_lowest() {
	development().execute_with(|| {
		System::set_block_consumed_resources(Weight::zero(), 0);
		let mut fees = Multiplier::saturating_from_integer(2);
		let mut blocks = 0;
		while fees > Multiplier::one() {
			let next = FullnessFeeAdjustment::convert(fees);
			assert!(next < fees);
			fees = next;
			blocks += 1;
		}
		assert_eq!(blocks, 139);
		assert_eq!(FullnessFeeAdjustment::convert(fees), FullnessFeeAdjustment::min());
		assert_eq!(FullnessFeeAdjustment::convert(Multiplier::default()), Multiplier::one());
	});
}

mod admission {
	use super::*;

	/// Whether a call of so many bytes is let in from this signer.
	fn admits(
		who: Sr25519Keyring,
		call: &RuntimeCall,
		length: usize,
	) -> Result<(), TransactionValidityError> {
		CheckAdmission
			.validate(
				RuntimeOrigin::signed(account(who)),
				call,
				&call.get_dispatch_info(),
				length,
				(),
				&TxBaseImplication(call),
				TransactionSource::External,
			)
			.map(|_| ())
	}

	fn kill_prefix() -> RuntimeCall {
		frame_system::Call::kill_prefix { prefix: vec![0; 100], subkeys: 0 }.into()
	}

	/// Calls that only root can do anything with, plain and wrapped.
	fn operational() -> Vec<RuntimeCall> {
		vec![
			kill_prefix(),
			frame_system::Call::set_storage { items: Vec::new() }.into(),
			frame_system::Call::set_code { code: Vec::new() }.into(),
			frame_system::Call::apply_authorized_upgrade { code: Vec::new() }.into(),
			pallet_utility::Call::batch { calls: vec![kill_prefix(), kill_prefix()] }.into(),
			pallet_utility::Call::force_batch { calls: vec![kill_prefix()] }.into(),
			pallet_sudo::Call::sudo { call: Box::new(kill_prefix()) }.into(),
			pallet_proxy::Call::proxy {
				real: account(Alice).into(),
				force_proxy_type: None,
				call: Box::new(kill_prefix()),
			}
			.into(),
		]
	}

	#[test]
	fn is_closed_to_operational_calls_of_strangers_however_they_are_wrapped() {
		development().execute_with(|| {
			for call in operational() {
				assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational, "{call:?}");
				assert_eq!(
					admits(Bob, &call, 100),
					Err(InvalidTransaction::Call.into()),
					"{call:?}"
				);
				assert_eq!(admits(Alice, &call, 100), Ok(()), "{call:?}");
			}
		});
	}

	#[test]
	fn is_closed_to_long_calls_of_strangers() {
		development().execute_with(|| {
			let call = RuntimeCall::from(frame_system::Call::remark { remark: Vec::new() });
			assert_eq!(admits(Bob, &call, MAX_TRANSACTION_BYTES), Ok(()));
			assert_eq!(
				admits(Bob, &call, MAX_TRANSACTION_BYTES + 1),
				Err(InvalidTransaction::ExhaustsResources.into())
			);
			assert_eq!(admits(Alice, &call, MAX_TRANSACTION_BYTES + 1), Ok(()));
		});
	}

	#[test]
	fn leaves_room_for_the_longest_calls_that_anybody_needs() {
		use candor_runtime::Runtime;
		use codec::MaxEncodedLen;
		use frame_support::traits::Get;
		// Several runs share the public inputs of one key, so that their outputs are no longer than that of one.
		let run = pallet_jobs::Run::<Runtime>::max_encoded_len();
		let proof = pallet_jobs::ProofOf::<Runtime>::max_encoded_len();
		let places = 1;
		let answer = candor_runtime::AccountId::max_encoded_len() + 1 + run + places + proof;
		let most: u32 = <Runtime as pallet_jobs::Config>::MaxBatch::get();
		let envelope = 1_000;
		assert!(most as usize * answer + envelope < MAX_TRANSACTION_BYTES, "{answer}");
		// And several such transactions fit into a block.
		assert!(5 * MAX_TRANSACTION_BYTES <= NORMAL_BLOCK_BYTES as usize);
	}

	#[test]
	fn does_not_ask_who_signed_what_is_authorised_by_itself() {
		development().execute_with(|| {
			let call = frame_system::Call::apply_authorized_upgrade { code: Vec::new() }.into();
			let checked = CheckAdmission.validate(
				RuntimeOrigin::none(),
				&call,
				&call.get_dispatch_info(),
				MAX_TRANSACTION_BYTES + 1,
				(),
				&TxBaseImplication(&call),
				TransactionSource::External,
			);
			assert!(checked.is_ok());
		});
	}
}

#[test]
fn a_byte_costs_something() {
	assert_eq!(BYTE_FEE, 381_470);
}
