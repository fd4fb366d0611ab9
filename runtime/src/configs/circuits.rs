// SPDX-License-Identifier: Apache-2.0

use super::{deposits::StoragePrice, proxy::Reach};
use crate::{AccountId, Balances, Own, Runtime, RuntimeHoldReason};
use candor_proof_system::ProofSystems;
use frame_support::{parameter_types, traits::fungible::HoldConsideration};
use frame_system::EnsureRoot;

/// The proof systems of this chain: a line for each. Their numbers stand in `docs/statement.md`.
pub type Systems = (candor_groth16::Groth16, candor_groth16::StagedGroth16);

parameter_types! {
	pub const CircuitDeposit: RuntimeHoldReason =
		RuntimeHoldReason::Circuits(pallet_circuits::HoldReason::CircuitDeposit);
	/// A key with about twice as many inputs as are allowed still decodes, and is refused by name.
	pub const MaxKeyBytes: u32 = 2 * <Systems as ProofSystems>::LIMITS.key_bytes;
}

impl pallet_circuits::Config for Runtime {
	type Systems = Systems;
	type Consideration = HoldConsideration<AccountId, Balances, CircuitDeposit, StoragePrice>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type AttestOrigin = EnsureRoot<AccountId>;
	type BlockNumberProvider = pallet_jobs::MarketClock<Runtime>;
	type MaxKeyBytes = MaxKeyBytes;
	type WeightInfo = crate::weights::pallet_circuits::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}

/// What the rest of the runtime has to know of this pallet.
pub const OWN: Own = Own {
	name: "Circuits",
	calls: &[
		("register", Reach::NonTransfer),
		("deregister", Reach::NonTransfer),
		("freeze", Reach::Nobody),
		("unfreeze", Reach::Nobody),
		("attest", Reach::Nobody),
		("withdraw_attestation", Reach::Nobody),
	],
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	ledger: Some(crate::books::Ledger {
		name: "circuits",
		check: crate::Circuits::do_try_state,
		enter: |books| {
			pallet_circuits::Circuits::<Runtime>::iter_values().try_for_each(|circuit| {
				match &circuit.ticket {
					Some(ticket) => {
						books.enter_deposit(circuit.depositor, CircuitDeposit::get(), ticket)
					}
					None => Ok(()),
				}
			})
		},
		is_reason: |reason| matches!(reason, RuntimeHoldReason::Circuits(_)),
	}),
};
