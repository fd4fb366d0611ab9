// SPDX-License-Identifier: Apache-2.0

use super::deposits::StoragePrice;
use crate::{AccountId, Balances, Circuits, Runtime, RuntimeHoldReason};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32},
};
use pallet_circuits::{CircuitId, ReferenceFailure};
use pallet_models::CircuitRefusal;
use sp_runtime::Permill;

parameter_types! {
	pub const VersionDeposit: RuntimeHoldReason =
		RuntimeHoldReason::Models(pallet_models::HoldReason::VersionDeposit);
	/// With the protocol fee, at least 45 % of a price is left to the worker.
	pub const MaxRoyalty: Permill = Permill::from_percent(50);
}

/// The circuits on which models rely: the circuits pallet.
pub struct CircuitsOfModels;

impl pallet_models::Circuits for CircuitsOfModels {
	type Id = CircuitId;

	fn usable(id: CircuitId) -> Result<(), CircuitRefusal> {
		Circuits::usable(id).map_err(refusal)
	}

	fn add_reference(id: CircuitId) -> Result<(), CircuitRefusal> {
		Circuits::add_reference(id).map_err(refusal)
	}

	fn remove_reference(id: CircuitId) {
		Circuits::remove_reference(id)
	}

	#[cfg(any(feature = "try-runtime", feature = "std"))]
	fn all() -> alloc::vec::Vec<(CircuitId, u32)> {
		pallet_circuits::Circuits::<Runtime>::iter()
			.map(|(id, circuit)| (id, circuit.references))
			.collect()
	}
}

fn refusal(failure: ReferenceFailure) -> CircuitRefusal {
	match failure {
		ReferenceFailure::UnknownCircuit => CircuitRefusal::Unknown,
		ReferenceFailure::FrozenCircuit => CircuitRefusal::Frozen,
		ReferenceFailure::TooManyReferences => CircuitRefusal::TooManyReferences,
	}
}

impl pallet_models::Config for Runtime {
	type Consideration = HoldConsideration<AccountId, Balances, VersionDeposit, StoragePrice>;
	type Circuits = CircuitsOfModels;
	type MaxRoyalty = MaxRoyalty;
	type MaxUriBytes = ConstU32<256>;
	type WeightInfo = crate::weights::pallet_models::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}
