// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet above circuits that live in a storage value.

use crate::{CircuitRefusal, HoldReason, Metadata, MetadataOf, ModelId, Pallet, Version};
use candor_statement::ModelCommitment;
use frame_support::{
	derive_impl, ensure, parameter_types,
	traits::{
		fungible::{HoldConsideration, InspectHold},
		ConstU128, ConstU32, LinearStoragePrice,
	},
};
use frame_system::mocking::MockBlock;
use sp_core::H256;
use sp_runtime::{
	traits::{Convert, IdentityLookup},
	BuildStorage, Permill, TryRuntimeError,
};
use std::collections::BTreeMap;

pub type AccountId = u64;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
/// Has no account.
pub const NOBODY: AccountId = 9;
pub const INITIAL_BALANCE: u128 = 1_000_000;
pub const EXISTENTIAL_DEPOSIT: u128 = 10;

/// The circuits that exist at first.
pub const CIRCUIT: u32 = 1;
pub const OTHER_CIRCUIT: u32 = 2;
pub const NO_CIRCUIT: u32 = 3;

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
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type ModelsPallet = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u128>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = u128;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
}

parameter_types! {
	pub const DepositReason: RuntimeHoldReason =
		RuntimeHoldReason::ModelsPallet(HoldReason::VersionDeposit);
	pub const MaxRoyalty: Permill = Permill::from_percent(50);
	/// Frozen or not, and the number of references, of each circuit.
	pub storage CircuitTable: Vec<(u32, bool, u32)> =
		vec![(CIRCUIT, false, 0), (OTHER_CIRCUIT, false, 0)];
}

/// Circuits in a storage value.
pub struct MockCircuits;

impl MockCircuits {
	/// Changes a circuit, if there is one.
	pub fn change<R>(id: u32, change: impl FnOnce(&mut bool, &mut u32) -> R) -> Option<R> {
		let mut table = CircuitTable::get();
		let result = table
			.iter_mut()
			.find(|(circuit, _, _)| *circuit == id)
			.map(|(_, frozen, references)| change(frozen, references));
		CircuitTable::set(&table);
		result
	}

	/// Number of references, if there is the circuit.
	pub fn references(id: u32) -> Option<u32> {
		CircuitTable::get().into_iter().find(|entry| entry.0 == id).map(|entry| entry.2)
	}
}

impl crate::Circuits for MockCircuits {
	type Id = u32;

	fn usable(id: u32) -> Result<(), CircuitRefusal> {
		let table = CircuitTable::get();
		match table.iter().find(|(circuit, _, _)| *circuit == id) {
			None => Err(CircuitRefusal::Unknown),
			Some((_, true, _)) => Err(CircuitRefusal::Frozen),
			Some(_) => Ok(()),
		}
	}

	fn add_reference(id: u32) -> Result<(), CircuitRefusal> {
		Self::usable(id)?;
		Self::change(id, |_, references| {
			*references = references.checked_add(1).ok_or(CircuitRefusal::TooManyReferences)?;
			Ok(())
		})
		.unwrap()
	}

	fn remove_reference(id: u32) {
		Self::change(id, |_, references| *references -= 1);
	}

	fn all() -> Vec<(u32, u32)> {
		CircuitTable::get()
			.into_iter()
			.map(|(circuit, _, references)| (circuit, references))
			.collect()
	}
}

/// What a footprint costs.
pub type Price = LinearStoragePrice<ConstU128<100>, ConstU128<1>, u128>;

impl crate::Config for Test {
	type Consideration = HoldConsideration<AccountId, Balances, DepositReason, Price>;
	type Circuits = MockCircuits;
	type MaxRoyalty = MaxRoyalty;
	type MaxUriBytes = ConstU32<64>;
	type WeightInfo = ();
}

/// Runs a test on a fresh chain and checks the invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![(ALICE, INITIAL_BALANCE), (BOB, INITIAL_BALANCE)],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	sp_io::TestExternalities::from(storage).execute_with(|| {
		System::set_block_number(1);
		test();
		check_invariants();
	});
}

/// The pallet's own invariants, and that deposits are held exactly while their versions exist.
pub fn check_invariants() {
	Pallet::<Test>::do_try_state().unwrap();
	check_deposits().unwrap();
}

/// Whether every account holds the deposits for its versions and nothing else under their reason.
pub fn check_deposits() -> Result<(), TryRuntimeError> {
	let mut deposits = BTreeMap::<AccountId, u128>::new();
	for (who, footprint) in ModelsPallet::deposits() {
		*deposits.entry(who).or_default() += Price::convert(footprint);
	}
	for who in frame_system::Account::<Test>::iter_keys() {
		let deposit = deposits.remove(&who).unwrap_or_default();
		let held = Balances::balance_on_hold(&DepositReason::get(), &who);
		ensure!(held == deposit, "deposit that differs from what is held");
	}
	ensure!(deposits.is_empty(), "deposit of an account that is gone");
	Ok(())
}

/// What one version costs as a deposit.
pub fn deposit() -> u128 {
	Price::convert(ModelsPallet::footprint())
}

pub fn commitment(seed: u8) -> ModelCommitment {
	let mut bytes = [0; 32];
	bytes[0] = seed;
	ModelCommitment::from_bytes(bytes)
}

pub fn royalty() -> Permill {
	Permill::from_percent(10)
}

pub fn metadata() -> MetadataOf<Test> {
	Metadata { hash: H256::repeat_byte(7), uri: b"ipfs://model".to_vec().try_into().unwrap() }
}

/// Registers a model for Alice.
pub fn register(seed: u8) -> ModelId {
	let model = crate::NextModelId::<Test>::get();
	frame_support::assert_ok!(ModelsPallet::register(
		RuntimeOrigin::signed(ALICE),
		CIRCUIT,
		commitment(seed),
		royalty(),
		metadata(),
	));
	model
}

/// Registers and deprecates a model of Alice.
pub fn deprecated(seed: u8) -> ModelId {
	let model = register(seed);
	frame_support::assert_ok!(ModelsPallet::deprecate(
		RuntimeOrigin::signed(ALICE),
		model,
		Version::FIRST
	));
	model
}
