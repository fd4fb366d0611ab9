// SPDX-License-Identifier: Apache-2.0

//! Block limits and the basic types.

use crate::{
	AccountId, Balance, Block, BlockNumber, Hash, Nonce, PalletInfo, Runtime, RuntimeCall,
	RuntimeEvent, RuntimeOrigin, RuntimeTask, VERSION,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::ConstU32,
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_SECOND},
		Weight,
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::Perbill;
use sp_version::RuntimeVersion;

/// What ordinary transactions may use of a block, in percent; the rest is for operational ones.
const NORMAL_PERCENT: u32 = 75;
const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(NORMAL_PERCENT);
/// Computation in a block, in picoseconds: two seconds of six.
const BLOCK_REF_TIME: u64 = 2 * WEIGHT_REF_TIME_PER_SECOND;
/// Length of a block, in bytes: five megabytes.
const BLOCK_BYTES: u32 = 5 * 1024 * 1024;
/// Picoseconds that ordinary transactions may use of a block.
pub const NORMAL_BLOCK_REF_TIME: u64 = BLOCK_REF_TIME / 100 * NORMAL_PERCENT as u64;
/// Bytes that ordinary transactions may use of a block.
pub const NORMAL_BLOCK_BYTES: u32 =
	BLOCK_BYTES / 100 * NORMAL_PERCENT + BLOCK_BYTES % 100 * NORMAL_PERCENT / 100;

parameter_types! {
	pub const BlockHashCount: BlockNumber = 2400;
	pub const Version: RuntimeVersion = VERSION;
	pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
		Weight::from_parts(BLOCK_REF_TIME, u64::MAX),
		NORMAL_DISPATCH_RATIO,
	);
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(BLOCK_BYTES)
		.modify_max_length_for_class(frame_support::dispatch::DispatchClass::Normal, |length| {
			*length = NORMAL_BLOCK_BYTES
		})
		.build();
	pub const SS58Prefix: u8 = 42;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type BlockWeights = RuntimeBlockWeights;
	type BlockLength = RuntimeBlockLength;
	type AccountId = AccountId;
	type Nonce = Nonce;
	type Hash = Hash;
	type BlockHashCount = BlockHashCount;
	// ParityDB is the node's database by default.
	type DbWeight = ParityDbWeight;
	type Version = Version;
	type AccountData = pallet_balances::AccountData<Balance>;
	type SS58Prefix = SS58Prefix;
	type MaxConsumers = ConstU32<16>;
}
