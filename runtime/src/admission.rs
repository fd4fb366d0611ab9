// SPDX-License-Identifier: Apache-2.0

//! A transaction extension: what is let into the pool and into blocks.

use crate::{AccountId, Runtime, RuntimeCall, RuntimeOrigin};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use frame_support::{
	dispatch::{DispatchClass, DispatchInfo},
	pallet_prelude::TransactionSource,
	traits::OriginTrait,
	weights::Weight,
};
use scale_info::TypeInfo;
use sp_runtime::{
	impl_tx_ext_default,
	traits::{TransactionExtension, ValidateResult},
	transaction_validity::InvalidTransaction,
};

/// The longest transaction that anybody may send, in bytes: a fifth of what a block has room for, and
/// more than the longest batch of answers takes.
pub const MAX_TRANSACTION_BYTES: usize = 768 * 1024;

/// Refuses at the door what only root has a use for.
///
/// A call of the operational class comes before all others and may use a part of the block that is
/// closed to them. Only root can do anything with such a call (each either demands root, or is a batch of
/// such calls), so from anybody else it is noise that outranks paying transactions: it is not let into
/// the pool or a block. The same goes for calls longer than [`MAX_TRANSACTION_BYTES`], which are
/// upgrades of the runtime. Whoever holds the key of `sudo` may send both, and what is authorised by
/// itself rather than by a signature has been checked before.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Default, PartialEq, Eq, TypeInfo)]
pub struct CheckAdmission;

impl fmt::Debug for CheckAdmission {
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		formatter.write_str(Self::IDENTIFIER)
	}
}

impl CheckAdmission {
	/// Whether an account may send what only root has a use for.
	fn is_privileged(who: &AccountId) -> bool {
		pallet_sudo::Key::<Runtime>::get().as_ref() == Some(who)
	}
}

impl TransactionExtension<RuntimeCall> for CheckAdmission {
	const IDENTIFIER: &'static str = "CheckAdmission";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	fn weight(&self, _: &RuntimeCall) -> Weight {
		<Runtime as frame_system::Config>::DbWeight::get().reads(1)
	}

	fn validate(
		&self,
		origin: RuntimeOrigin,
		_call: &RuntimeCall,
		info: &DispatchInfo,
		length: usize,
		_implicit: (),
		_implication: &impl Encode,
		_source: TransactionSource,
	) -> ValidateResult<(), RuntimeCall> {
		let operational = info.class != DispatchClass::Normal;
		let long = length > MAX_TRANSACTION_BYTES;
		if operational || long {
			let stranger = origin.as_signer().is_some_and(|who| !Self::is_privileged(who));
			if stranger && operational {
				return Err(InvalidTransaction::Call.into());
			}
			if stranger {
				return Err(InvalidTransaction::ExhaustsResources.into());
			}
		}
		Ok((Default::default(), (), origin))
	}

	impl_tx_ext_default!(RuntimeCall; prepare);
}
