// SPDX-License-Identifier: Apache-2.0

use super::deposits::StoragePrice;
use crate::{AccountId, Balances, Runtime, RuntimeHoldReason};
use frame_support::{parameter_types, traits::fungible::HoldConsideration};
use frame_system::EnsureRoot;

parameter_types! {
	pub const CircuitDeposit: RuntimeHoldReason =
		RuntimeHoldReason::Circuits(pallet_circuits::HoldReason::CircuitDeposit);
	/// A key with twice as many inputs as are allowed still decodes, and is refused by name.
	pub const MaxKeyBytes: u32 = (candor_groth16::VERIFYING_KEY_HEADER_BYTES
		+ candor_groth16::G1_BYTES * (2 * candor_groth16::MAX_PUBLIC_INPUTS as usize + 1)) as u32;
}

impl pallet_circuits::Config for Runtime {
	type Consideration = HoldConsideration<AccountId, Balances, CircuitDeposit, StoragePrice>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type AttestOrigin = EnsureRoot<AccountId>;
	type BlockNumberProvider = pallet_jobs::MarketClock<Runtime>;
	type MaxKeyBytes = MaxKeyBytes;
	type WeightInfo = crate::weights::pallet_circuits::WeightInfo<Runtime>;
}
