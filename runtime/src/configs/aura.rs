// SPDX-License-Identifier: Apache-2.0

use crate::{constants::SLOT_DURATION, Runtime};
use frame_support::traits::{ConstBool, ConstU64};
use sp_consensus_aura::sr25519::AuthorityId;

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuthorityId;
	type DisabledValidators = ();
	type MaxAuthorities = super::validators::MaxValidators;
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type SlotDuration = ConstU64<SLOT_DURATION>;
}
