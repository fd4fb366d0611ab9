// SPDX-License-Identifier: Apache-2.0

//! The Candor runtime: the SDK's pallets and Candor's, composed.
//!
//! [`configs`] holds a file per pallet, [`apis`] what the node calls, [`genesis`] the presets that
//! chain specifications start from, and [`constants`] the currency and the clock.

#![cfg_attr(not(feature = "std"), no_std)]
// FRAME's runtime macros and the SDK's key macro produce undocumented public items.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod admission;
pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
// Native builds carry the checks, too, for tests and for the node's `check-state`.
#[cfg(any(feature = "try-runtime", feature = "std"))]
pub mod books;
pub mod constants;
pub mod genesis;
mod own;

/// How each pallet is configured, a file per pallet.
pub mod configs {
	mod aura;
	mod authorship;
	mod balances;
	pub mod circuits;
	pub mod deposits;
	mod grandpa;
	pub mod jobs;
	pub mod models;
	mod multisig;
	pub mod proxy;
	mod session;
	mod sudo;
	pub mod system;
	mod timestamp;
	pub mod transaction_payment;
	mod utility;
	pub mod validators;
	pub mod workers;
}

/// What the calls of each pallet weigh, as `make weights` measured it; see `docs/weights.md`.
pub mod weights {
	#[cfg(feature = "host-functions")]
	pub mod pallet_circuits;
	#[cfg(feature = "host-functions")]
	pub mod pallet_jobs;
	#[cfg(feature = "host-functions")]
	pub mod pallet_models;
	pub mod pallet_validators;
	pub mod pallet_workers;
	#[cfg(not(feature = "host-functions"))]
	mod portable;

	#[cfg(not(feature = "host-functions"))]
	pub use portable::{pallet_circuits, pallet_jobs, pallet_models};
}

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use apis::RuntimeApi;
pub use own::Own;

/// Candor's own pallets, and what the rest of the runtime has to know of each.
pub const OWN: &[Own] = &[
	configs::validators::OWN,
	configs::circuits::OWN,
	configs::models::OWN,
	configs::workers::OWN,
	configs::jobs::OWN,
];

/// A signature under any of the schemes that accounts may use.
pub type Signature = MultiSignature;
/// An account: 32 bytes, equal to an sr25519 or ed25519 public key.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// An amount of the native currency in its smallest unit.
pub type Balance = u128;
/// How many transactions an account has sent.
pub type Nonce = u32;
/// A blake2b-256 hash.
pub type Hash = sp_core::H256;
/// A block's height.
pub type BlockNumber = u32;
/// How extrinsics name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// A block header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// A block whose extrinsics are not decoded, for the node.
pub type OpaqueBlock = generic::Block<Header, sp_runtime::OpaqueExtrinsic>;

/// The transaction extensions, in the order that wallets sign over. Changing it breaks them.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	admission::CheckAdmission,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// An extrinsic as it arrives.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// Executes blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

impl_opaque_keys! {
	/// The keys with which a validator takes part in consensus.
	pub struct SessionKeys {
		pub aura: Aura,
		pub grandpa: Grandpa,
	}
}

/// The version of the runtime. `spec_version` rises with every release, `transaction_version` when
/// the encoding of a call or of [`TxExtension`] changes.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("candor"),
	impl_name: Cow::Borrowed("candor"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(3)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(4)]
	pub type Multisig = pallet_multisig;

	// Money.
	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(11)]
	pub type TransactionPayment = pallet_transaction_payment;

	// Consensus. Authorship and the validator set come before the session that reads them.
	#[runtime::pallet_index(20)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(21)]
	pub type Validators = pallet_validators;
	#[runtime::pallet_index(22)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(23)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(24)]
	pub type Grandpa = pallet_grandpa;

	// Governance.
	#[runtime::pallet_index(30)]
	pub type Sudo = pallet_sudo;

	// Candor.
	#[runtime::pallet_index(40)]
	pub type Circuits = pallet_circuits;
	#[runtime::pallet_index(41)]
	pub type Models = pallet_models;
	#[runtime::pallet_index(42)]
	pub type Workers = pallet_workers;
	#[runtime::pallet_index(43)]
	pub type Jobs = pallet_jobs;
}
