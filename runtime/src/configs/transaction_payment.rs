// SPDX-License-Identifier: Apache-2.0

//! What transactions cost.
//!
//! A block has two bounds, of computation and of length, and whoever uses up one of them leaves nothing to
//! the others: filling a block costs the same either way, [`FULL_BLOCK_FEE`]. Fees rise while blocks are
//! filled, by whichever bound.

use super::system::{NORMAL_BLOCK_BYTES, NORMAL_BLOCK_REF_TIME};
use crate::{AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent, System};
use frame_support::{
	dispatch::DispatchClass,
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		tokens::imbalance::OnUnbalanced,
		ConstU128, ConstU8,
	},
	weights::{ConstantMultiplier, IdentityFee},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, MultiplierUpdate};
use sp_runtime::{
	traits::{Bounded, Convert, One},
	FixedPointNumber, Perquintill, Saturating,
};

/// What all that transactions may use of a block costs at the lowest fees: one unit of the currency for a
/// picosecond of computation.
pub const FULL_BLOCK_FEE: Balance = NORMAL_BLOCK_REF_TIME as Balance;
/// What a byte of a transaction costs at the lowest fees, so that a block full of bytes costs no less than
/// one full of computation.
pub const BYTE_FEE: Balance = FULL_BLOCK_FEE.div_ceil(NORMAL_BLOCK_BYTES as Balance);

parameter_types! {
	/// Fees rise when blocks are fuller than this and fall when they are emptier.
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	/// How fast fees move: while blocks are full they double within 47 blocks, five minutes, and while
	/// they are empty they halve within 139.
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(2, 100);
	/// The lowest fees.
	pub MinimumMultiplier: Multiplier = Multiplier::one();
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

/// Moves fees by how full a block was, by computation or by length, whichever is more.
///
/// With the fullness `s`, its target `t` and the speed `v`, fees become `1 + v (s - t) + (v (s - t))^2 / 2`
/// times what they were, as the SDK's `TargetedFeeAdjustment`, which does not see lengths, has it.
pub struct FullnessFeeAdjustment;

impl FullnessFeeAdjustment {
	/// The part of what transactions may use that they used in this block.
	fn fullness() -> Multiplier {
		let part = |used: u64, most: u64| Perquintill::from_rational(used.min(most), most.max(1));
		let used = System::block_weight().get(DispatchClass::Normal).ref_time();
		let computation = part(used, NORMAL_BLOCK_REF_TIME);
		let length = part(System::block_size().into(), NORMAL_BLOCK_BYTES.into());
		computation.max(length).into()
	}
}

impl Convert<Multiplier, Multiplier> for FullnessFeeAdjustment {
	fn convert(previous: Multiplier) -> Multiplier {
		let (fullness, target) = (Self::fullness(), Multiplier::from(Self::target()));
		let rising = fullness >= target;
		let distance =
			if rising { fullness.saturating_sub(target) } else { target.saturating_sub(fullness) };
		let first = Self::variability().saturating_mul(distance);
		let second =
			first.saturating_mul(first).saturating_mul(Multiplier::saturating_from_rational(1, 2));
		let factor = if rising {
			Multiplier::one().saturating_add(first).saturating_add(second)
		} else {
			Multiplier::one().saturating_sub(first).saturating_add(second)
		};
		previous.max(Self::min()).saturating_mul(factor).clamp(Self::min(), Self::max())
	}
}

impl MultiplierUpdate for FullnessFeeAdjustment {
	fn min() -> Multiplier {
		MinimumMultiplier::get()
	}

	fn max() -> Multiplier {
		MaximumMultiplier::get()
	}

	fn target() -> Perquintill {
		TargetBlockFullness::get()
	}

	fn variability() -> Multiplier {
		AdjustmentVariable::get()
	}
}

/// Fees and tips go to the block's author; without one they are burnt.
pub struct ToAuthor;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToAuthor {
	fn on_nonzero_unbalanced(amount: Credit<AccountId, Balances>) {
		if let Some(author) = Authorship::author() {
			// An author too poor to exist forfeits the fee: the returned credit is dropped, and
			// so burnt.
			let _ = Balances::resolve(&author, amount);
		}
	}
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ToAuthor>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = ConstantMultiplier<Balance, ConstU128<BYTE_FEE>>;
	type FeeMultiplierUpdate = FullnessFeeAdjustment;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}
