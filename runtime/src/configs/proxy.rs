// SPDX-License-Identifier: Apache-2.0

use crate::{constants::deposit, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{ConstU32, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

parameter_types! {
	pub const ProxyDepositBase: Balance = deposit(1, 40);
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	pub const AnnouncementDepositBase: Balance = deposit(1, 48);
	pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
}

/// What a proxy may do in the name of its account.
#[derive(
	Copy,
	Clone,
	Eq,
	PartialEq,
	Ord,
	PartialOrd,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	#[codec(index = 0)]
	Any,
	/// Everything but moving money out of the account.
	#[codec(index = 1)]
	NonTransfer,
	/// Claim and answer jobs: what a hot key beside a worker daemon needs, and no more.
	#[codec(index = 2)]
	Worker,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			Self::Any => true,
			// An allow-list: whatever wraps other calls, or is added later, stays out.
			Self::NonTransfer => matches!(
				call,
				RuntimeCall::System(_)
					| RuntimeCall::Session(_)
					| RuntimeCall::Circuits(_)
					| RuntimeCall::Models(
						pallet_models::Call::register { .. }
							| pallet_models::Call::publish_version { .. }
							| pallet_models::Call::deprecate { .. }
							| pallet_models::Call::remove_version { .. }
					) | RuntimeCall::Workers(_)
					| RuntimeCall::Jobs(
						pallet_jobs::Call::claim { .. }
							| pallet_jobs::Call::submit { .. }
							| pallet_jobs::Call::submit_batch { .. }
							| pallet_jobs::Call::cancel { .. }
							| pallet_jobs::Call::expire { .. }
					)
			),
			Self::Worker => matches!(
				call,
				RuntimeCall::Jobs(
					pallet_jobs::Call::claim { .. }
						| pallet_jobs::Call::submit { .. }
						| pallet_jobs::Call::submit_batch { .. }
						| pallet_jobs::Call::expire { .. }
				)
			),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(Self::Any, _) => true,
			(_, Self::Any) => false,
			(Self::NonTransfer, _) => true,
			(Self::Worker, other) => *other == Self::Worker,
		}
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type MaxProxies = ConstU32<32>;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
}
