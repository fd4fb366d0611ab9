// SPDX-License-Identifier: Apache-2.0

use crate::{
	constants::deposit, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System, OWN,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{CallMetadata, ConstU32, GetCallMetadata, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

parameter_types! {
	pub const ProxyDepositBase: Balance = deposit(1, 40);
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	pub const AnnouncementDepositBase: Balance = deposit(1, 48);
	pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
}

/// What a proxy may do in the name of its account; [`proxy_calls`] says it call by call.
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
	/// Whatever neither moves the account's money to others nor lets it be lost: no transfers, prices or
	/// bonds, no claims, which stake a bond, and no royalties given away. Deposits, which return to the
	/// account, and fees remain.
	#[codec(index = 1)]
	NonTransfer,
	/// Claim, answer and hand back jobs: what a hot key beside a worker daemon needs, and no more. It
	/// risks the bond that the account itself has set aside, and nothing else.
	#[codec(index = 2)]
	Worker,
}

/// Who may make a call in the name of another account, beside [`ProxyType::Any`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
	/// Nobody.
	Nobody,
	/// [`ProxyType::NonTransfer`].
	NonTransfer,
	/// [`ProxyType::Worker`].
	Worker,
	/// Both.
	Both,
}

/// The calls of the SDK's pallets, and which proxies may make them.
const SDK_CALLS: &[Calls] = &[
	(
		"System",
		&[
			("remark", Reach::NonTransfer),
			("remark_with_event", Reach::NonTransfer),
			("set_heap_pages", Reach::Nobody),
			("set_code", Reach::Nobody),
			("set_code_without_checks", Reach::Nobody),
			("set_storage", Reach::Nobody),
			("kill_storage", Reach::Nobody),
			("kill_prefix", Reach::Nobody),
			("authorize_upgrade", Reach::Nobody),
			("authorize_upgrade_without_checks", Reach::Nobody),
			("apply_authorized_upgrade", Reach::Nobody),
		],
	),
	("Timestamp", &[("set", Reach::Nobody)]),
	// What wraps other calls stays out, or the wrapped ones would have to be looked at again.
	(
		"Utility",
		&[
			("batch", Reach::Nobody),
			("as_derivative", Reach::Nobody),
			("batch_all", Reach::Nobody),
			("dispatch_as", Reach::Nobody),
			("force_batch", Reach::Nobody),
			("with_weight", Reach::Nobody),
			("if_else", Reach::Nobody),
			("dispatch_as_fallible", Reach::Nobody),
		],
	),
	// A proxy neither makes others nor takes away what its account relies on.
	(
		"Proxy",
		&[
			("proxy", Reach::Nobody),
			("add_proxy", Reach::Nobody),
			("remove_proxy", Reach::Nobody),
			("remove_proxies", Reach::Nobody),
			("create_pure", Reach::Nobody),
			("kill_pure", Reach::Nobody),
			("announce", Reach::Nobody),
			("remove_announcement", Reach::Nobody),
			("reject_announcement", Reach::Nobody),
			("proxy_announced", Reach::Nobody),
			("poke_deposit", Reach::Nobody),
		],
	),
	(
		"Multisig",
		&[
			("as_multi_threshold_1", Reach::Nobody),
			("as_multi", Reach::Nobody),
			("approve_as_multi", Reach::Nobody),
			("cancel_as_multi", Reach::Nobody),
			("poke_deposit", Reach::Nobody),
		],
	),
	(
		"Balances",
		&[
			("transfer_allow_death", Reach::Nobody),
			("force_transfer", Reach::Nobody),
			("transfer_keep_alive", Reach::Nobody),
			("transfer_all", Reach::Nobody),
			("force_unreserve", Reach::Nobody),
			("upgrade_accounts", Reach::Nobody),
			("force_set_balance", Reach::Nobody),
			("force_adjust_total_issuance", Reach::Nobody),
			("burn", Reach::Nobody),
		],
	),
	("Session", &[("set_keys", Reach::NonTransfer), ("purge_keys", Reach::NonTransfer)]),
	(
		"Grandpa",
		&[
			("report_equivocation", Reach::Nobody),
			("report_equivocation_unsigned", Reach::Nobody),
			("note_stalled", Reach::Nobody),
		],
	),
	(
		"Sudo",
		&[
			("sudo", Reach::Nobody),
			("sudo_unchecked_weight", Reach::Nobody),
			("set_key", Reach::Nobody),
			("sudo_as", Reach::Nobody),
			("remove_key", Reach::Nobody),
		],
	),
];

/// The calls of a pallet, and which proxies may make them.
type Calls = (&'static str, &'static [(&'static str, Reach)]);

/// Every call of this runtime, and which proxies may make it. What is not listed, none of them may; a test
/// compares the list with the metadata, so that a new call must be thought about.
pub fn proxy_calls() -> impl Iterator<Item = Calls> {
	SDK_CALLS.iter().copied().chain(OWN.iter().map(|own| (own.name, own.calls)))
}

/// Who may make this call in the name of another account.
fn reach(call: &RuntimeCall) -> Reach {
	let CallMetadata { pallet_name, function_name } = call.get_call_metadata();
	proxy_calls()
		.find(|(pallet, _)| *pallet == pallet_name)
		.and_then(|(_, calls)| calls.iter().find(|(name, _)| *name == function_name))
		.map_or(Reach::Nobody, |(_, reach)| *reach)
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match (self, reach(call)) {
			(Self::Any, _) => true,
			(Self::NonTransfer, reach) => matches!(reach, Reach::NonTransfer | Reach::Both),
			(Self::Worker, reach) => matches!(reach, Reach::Worker | Reach::Both),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		*self == Self::Any || self == other
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
