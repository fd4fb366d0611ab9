// SPDX-License-Identifier: Apache-2.0

//! Verification of proofs for other pallets: of one, or of many at once.

use crate::{BlockNumberOf, Circuits, Config, Pallet, PreparedKeys};
use alloc::{
	boxed::Box,
	collections::{btree_map::Entry, BTreeMap},
	vec::Vec,
};
use candor_market::{
	BatchRefusal, CircuitId, CircuitRefusal, ProofBatch, ProofRefusal, Proofs, SetupKind, SystemId,
};
use candor_proof_system::{Effort, ProofSystems, SystemBatch};
use candor_statement::{Statement, StatementSchema};
use core::marker::PhantomData;
use sp_runtime::traits::BlockNumberProvider;

/// Proofs about any mix of circuits and systems, collected one by one and then verified together, those
/// of systems that do not share batches by themselves.
///
/// Each circuit is read and its key decoded once, however many proofs are about it. Adding a proof
/// refuses at once whatever shows before verification, so a caller that stops at the first refusal has
/// found the first item that cannot be right, and has paid for no more than it added.
pub struct Batch<T> {
	/// By the system in whose batches they are verified.
	groups: BTreeMap<SystemId, Group>,
	admitted: BTreeMap<CircuitId, Admitted>,
	items: u32,
	effort: Effort,
	config: PhantomData<T>,
}

/// What a batch has of the systems that share one.
struct Group {
	proofs: Box<dyn SystemBatch>,
	keys: usize,
	/// The positions of its proofs among all.
	places: Vec<u32>,
}

/// A circuit about which a batch takes proofs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Admitted {
	/// What takes its proofs among the groups.
	group: SystemId,
	/// Its number among the keys of the group.
	key: usize,
	public_inputs: u32,
	/// The runs that a proof is about.
	runs: u32,
}

impl<T> Default for Batch<T> {
	fn default() -> Self {
		Self {
			groups: BTreeMap::new(),
			admitted: BTreeMap::new(),
			items: 0,
			effort: Effort::MEASURED,
			config: PhantomData,
		}
	}
}

impl<T: Config> ProofBatch for Batch<T> {
	type Admitted = Admitted;

	fn admit(&mut self, circuit: CircuitId) -> Result<Admitted, CircuitRefusal> {
		if let Some(admitted) = self.admitted.get(&circuit) {
			return Ok(*admitted);
		}
		let info = Circuits::<T>::get(circuit).ok_or(CircuitRefusal::Unknown)?;
		if info.is_frozen() {
			return Err(CircuitRefusal::Frozen);
		}
		let stored = PreparedKeys::<T>::get(circuit).ok_or(CircuitRefusal::Unknown)?;
		let place = T::Systems::batched_with(info.system).ok_or(CircuitRefusal::UnusableKey)?;
		let group = match self.groups.entry(place) {
			Entry::Occupied(group) => group.into_mut(),
			Entry::Vacant(entry) => {
				let proofs = T::Systems::batch(info.system).ok_or(CircuitRefusal::UnusableKey)?;
				entry.insert(Group { proofs, keys: 0, places: Vec::new() })
			}
		};
		let public_inputs =
			group.proofs.add_key(&stored).map_err(|_| CircuitRefusal::UnusableKey)?;
		let runs = info.schema.runs();
		let admitted = Admitted { group: place, key: group.keys, public_inputs, runs };
		group.keys = group.keys.saturating_add(1);
		self.effort = self.effort.max(T::Systems::effort(info.system));
		self.admitted.insert(circuit, admitted);
		Ok(admitted)
	}

	fn runs(&self, circuit: Admitted) -> u32 {
		circuit.runs
	}

	fn add(
		&mut self,
		circuit: Admitted,
		runs: &[Statement<'_>],
		proof: &[u8],
	) -> Result<(), ProofRefusal> {
		if u32::try_from(runs.len()) != Ok(circuit.runs) {
			return Err(ProofRefusal::WrongShape);
		}
		let group = self.groups.get_mut(&circuit.group).ok_or(ProofRefusal::WrongShape)?;
		group.proofs.add(circuit.key, runs, proof)?;
		group.places.push(self.items);
		self.items = self.items.saturating_add(1);
		Ok(())
	}

	fn effort(&self) -> Effort {
		self.effort
	}

	fn circuits(&self) -> u32 {
		u32::try_from(self.admitted.len()).unwrap_or(u32::MAX)
	}

	/// What verification multiplies points by: each key counts once, however many proofs it has.
	fn key_inputs(&self) -> u32 {
		self.admitted.values().map(|circuit| circuit.public_inputs).fold(0, u32::saturating_add)
	}

	/// The first proof that cannot be right is the first of all, whatever its system is. Each group
	/// speaks, so that a batch weighs the same whether its first or its last group refuses.
	fn verify(self) -> Result<(), BatchRefusal> {
		let refused = self.groups.values().filter_map(Group::refusal);
		refused.reduce(BatchRefusal::or_earlier).map_or(Ok(()), Err)
	}
}

impl Group {
	/// What is wrong, told by the positions among all proofs.
	fn refusal(&self) -> Option<BatchRefusal> {
		match self.proofs.verify() {
			Ok(()) => None,
			Err(BatchRefusal::Item { index, refusal }) => {
				let place = usize::try_from(index).ok().and_then(|index| self.places.get(index));
				let index = place.copied().unwrap_or(u32::MAX);
				Some(BatchRefusal::Item { index, refusal })
			}
			Err(BatchRefusal::Invalid) => Some(BatchRefusal::Invalid),
		}
	}
}

impl<T: Config> Proofs<BlockNumberOf<T>> for Pallet<T> {
	const EFFORT: Effort = T::Systems::EFFORT;
	const MAX_PROOF_BYTES: u32 = T::Systems::LIMITS.proof_bytes;
	const MAX_PUBLIC_INPUTS: u32 = T::Systems::LIMITS.public_inputs;
	type Batch = Batch<T>;

	fn schema(circuit: CircuitId) -> Option<StatementSchema> {
		Circuits::<T>::get(circuit).map(|info| info.schema)
	}

	fn is_frozen(circuit: CircuitId) -> bool {
		Circuits::<T>::get(circuit).is_some_and(|info| info.is_frozen())
	}

	fn declared_setup(circuit: CircuitId) -> Option<SetupKind> {
		Circuits::<T>::get(circuit).map(|info| info.provenance.declared)
	}

	fn is_attested(circuit: CircuitId) -> bool {
		Circuits::<T>::get(circuit).is_some_and(|info| info.attested)
	}

	/// For how many blocks of [`Config::BlockNumberProvider`] the circuit was frozen so far, the
	/// freeze that lasts included; zero if it is not registered.
	///
	/// What this has grown by since a clock was started is what that clock stood still. It never
	/// shrinks while anything relies on the circuit: it starts again from zero only when the circuit
	/// is removed and registered anew, and the circuit stays as long as a model version references
	/// it, and that as long as a job is open on it.
	fn paused(circuit: CircuitId) -> BlockNumberOf<T> {
		Circuits::<T>::get(circuit)
			.map(|info| info.paused_until(T::BlockNumberProvider::current_block_number()))
			.unwrap_or_default()
	}
}
