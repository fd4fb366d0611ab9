// SPDX-License-Identifier: Apache-2.0

use super::{circuits::Systems, deposits::StoragePrice, proxy::Reach};
use crate::{
	constants::{DAYS, MICRO_UNIT, MILLI_UNIT},
	AccountId, Balance, Balances, Circuits, Models, Own, Runtime, RuntimeHoldReason, Workers,
};
use candor_proof_system::{Limits, ProofSystems};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU128, ConstU32},
	PalletId,
};
use sp_runtime::{
	traits::{AccountIdConversion, ConvertInto},
	Permill,
};

/// How large keys and proofs can be.
const LIMITS: Limits = <Systems as ProofSystems>::LIMITS;

/// The most that a forfeited bond leaves for whoever answers, or else for the requester: less than half of
/// what one more claim in a batch costs at the lowest fees, whatever the price. Were it more than a claim
/// costs, letting somebody else's bond fail would pay whoever may claim in that name; more than a claim need
/// not be sent, since the next claim takes over what the one before let pass.
pub const MAX_BOUNTY: Balance = 250 * MICRO_UNIT;

/// What the account of the market's pot is derived from: nobody has its key.
const POT: PalletId = PalletId(*b"cndr/pot");

parameter_types! {
	/// Has the royalties that nobody has collected yet.
	pub Pot: AccountId = POT.into_account_truncating();
	pub const JobDeposit: RuntimeHoldReason =
		RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::JobDeposit);
	/// Burnt, so that dealing with oneself costs something.
	pub const ProtocolFee: Permill = Permill::from_percent(5);
	pub const BondShare: Permill = Permill::from_percent(50);
	pub const BountyShare: Permill = Permill::from_percent(50);
	pub const DeclinePenalty: Permill = Permill::from_percent(5);
	/// Inputs of up to four kilobytes can be posted on chain.
	pub const MaxInlineInput: u32 = 4096;
	/// What fits into the public inputs that a key may have beside the commitments and the binding.
	pub const MaxOutputBytes: u32 =
		(LIMITS.public_inputs - 3) * candor_statement::BYTES_PER_WORD as u32;
	pub const MaxProofBytes: u32 = LIMITS.proof_bytes;
}

impl pallet_jobs::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Consideration = HoldConsideration<AccountId, Balances, JobDeposit, StoragePrice>;
	type Models = Models;
	type Pot = Pot;
	type Proofs = Circuits;
	type Workers = Workers;
	type WorkerBytes = ConvertInto;
	type MinPrice = ConstU128<{ 10 * MILLI_UNIT }>;
	type ProtocolFee = ProtocolFee;
	type MinJobBond = ConstU128<{ 100 * MILLI_UNIT }>;
	type BondShare = BondShare;
	type BountyShare = BountyShare;
	type MaxBounty = ConstU128<MAX_BOUNTY>;
	type DeclinePenalty = DeclinePenalty;
	type MinProvingPeriod = ConstU32<5>;
	type MaxProvingPeriod = ConstU32<{ DAYS }>;
	type MaxLifetime = ConstU32<{ 30 * DAYS }>;
	type MaxNamedWorkers = ConstU32<8>;
	type MaxInlineInput = MaxInlineInput;
	type MaxOutputBytes = MaxOutputBytes;
	type MaxProofBytes = MaxProofBytes;
	type MaxInputs = ConstU32<256>;
	type MaxBatch = ConstU32<256>;
	type MaxRuns = ConstU32<32>;
	type WeightInfo = crate::weights::pallet_jobs::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}

/// What the rest of the runtime has to know of this pallet.
pub const OWN: Own = Own {
	name: "Jobs",
	calls: &[
		("open", Reach::Nobody),
		("cancel", Reach::NonTransfer),
		("claim", Reach::Worker),
		("submit", Reach::Both),
		("expire", Reach::Both),
		("submit_batch", Reach::Both),
		("decline", Reach::Worker),
		("open_batch", Reach::Nobody),
	],
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	ledger: Some(crate::books::Ledger {
		name: "jobs",
		check: crate::Jobs::do_try_state,
		enter: |books| {
			let escrow = RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::Escrow);
			pallet_jobs::Jobs::<Runtime>::iter_values().try_for_each(|job| {
				books.enter(job.requester.clone(), escrow, job.escrow());
				books.enter_deposit(job.requester, JobDeposit::get(), &job.ticket)
			})
		},
		is_reason: |reason| matches!(reason, RuntimeHoldReason::Jobs(_)),
	}),
};
