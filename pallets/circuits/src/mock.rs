// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet, and keys with a known trapdoor.

use crate::{CircuitId, HoldReason, Pallet, Provenance, SetupKind};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use candor_groth16::{Fr, G1Affine, G2Affine, Proof, VerifyingKey};
use candor_statement::StatementSchema;
use frame_support::{
	derive_impl, ensure, ord_parameter_types, parameter_types,
	traits::{
		fungible::{HoldConsideration, InspectHold},
		ConstU128, ConstU32, LinearStoragePrice,
	},
};
use frame_system::{mocking::MockBlock, EnsureRoot, EnsureSignedBy};
use sp_core::H256;
use sp_runtime::{
	traits::{Convert, IdentityLookup},
	BuildStorage, TryRuntimeError,
};
use std::collections::BTreeMap;

pub type AccountId = u64;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
/// Who attests setups.
pub const ATTESTOR: AccountId = 3;
pub const INITIAL_BALANCE: u128 = 1_000_000;
pub const DEPOSIT_BASE: u128 = 100;
pub const DEPOSIT_PER_BYTE: u128 = 2;
pub const EXISTENTIAL_DEPOSIT: u128 = 10;

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
	pub type CircuitsPallet = crate;
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
		RuntimeHoldReason::CircuitsPallet(HoldReason::CircuitDeposit);
}

ord_parameter_types! {
	pub const Attestor: AccountId = ATTESTOR;
}

/// What a footprint costs.
pub type Price = LinearStoragePrice<ConstU128<DEPOSIT_BASE>, ConstU128<DEPOSIT_PER_BYTE>, u128>;

impl crate::Config for Test {
	type Consideration = HoldConsideration<AccountId, Balances, DepositReason, Price>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type AttestOrigin = EnsureSignedBy<Attestor, AccountId>;
	type BlockNumberProvider = System;
	type MaxKeyBytes = ConstU32<8192>;
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

/// The pallet's own invariants, and that deposits are held exactly while their circuits exist.
pub fn check_invariants() {
	Pallet::<Test>::do_try_state().unwrap();
	check_deposits().unwrap();
}

/// Whether every account holds the deposits for its circuits and nothing else under their reason.
pub fn check_deposits() -> Result<(), TryRuntimeError> {
	let mut deposits = BTreeMap::<AccountId, u128>::new();
	for (who, footprint) in CircuitsPallet::deposits() {
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

/// A key whose trapdoor is known, so that proofs can be written without a circuit.
pub struct Trapdoor {
	pub key: VerifyingKey,
	alpha: Fr,
	beta: Fr,
	gamma: Fr,
	delta: Fr,
	ic: Vec<Fr>,
}

impl Trapdoor {
	/// A key with so many public inputs; another one for each seed.
	pub fn new(inputs: u64, seed: u64) -> Self {
		let [alpha, beta, gamma, delta] =
			[2, 3, 5, 7].map(|prime: u64| Fr::from(prime * 1000 + seed));
		let ic: Vec<_> = (0..=inputs).map(|i| Fr::from(11 * (i + 1) * (seed + 1))).collect();
		let key = VerifyingKey {
			alpha: g1(alpha),
			beta: g2(beta),
			gamma: g2(gamma),
			delta: g2(delta),
			ic: ic.iter().copied().map(g1).collect(),
		};
		Self { key, alpha, beta, gamma, delta, ic }
	}

	/// The circuit of this key as [`register`] declares it.
	pub fn id(&self) -> CircuitId {
		CircuitId::of(&self.key.to_bytes(), &SCHEMA, &PROVENANCE)
	}

	/// A proof of anything.
	pub fn prove(&self, inputs: &[Fr]) -> Vec<u8> {
		let sum = self.ic[0] + self.ic[1..].iter().zip(inputs).map(|(a, b)| *a * b).sum::<Fr>();
		let (a, b) = (Fr::from(101), Fr::from(103));
		let c = (a * b - self.alpha * self.beta - sum * self.gamma) * self.delta.inverse().unwrap();
		Proof::new(g1(a), g2(b), g1(c)).to_bytes().to_vec()
	}
}

pub fn g1(scalar: Fr) -> G1Affine {
	(G1Affine::generator() * scalar).into_affine()
}

pub fn g2(scalar: Fr) -> G2Affine {
	(G2Affine::generator() * scalar).into_affine()
}

/// Four public inputs.
pub const SCHEMA: StatementSchema = StatementSchema::InferenceV1 { input_len: 8, output_len: 4 };
pub const INPUTS: u64 = 4;

pub const PROVENANCE: Provenance = Provenance {
	source: H256::repeat_byte(1),
	transcript: H256::repeat_byte(2),
	declared: SetupKind::Ceremony,
};

/// Registers a circuit for Alice.
pub fn register(seed: u64) -> Trapdoor {
	let trapdoor = Trapdoor::new(INPUTS, seed);
	frame_support::assert_ok!(CircuitsPallet::register(
		RuntimeOrigin::signed(ALICE),
		trapdoor.key.to_bytes().try_into().unwrap(),
		SCHEMA,
		PROVENANCE,
	));
	trapdoor
}
