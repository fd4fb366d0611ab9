// SPDX-License-Identifier: Apache-2.0

//! Calls weigh what was measured.

use crate::chain::account;
use candor_groth16::{Groth16, StagedGroth16};
use candor_market::{CircuitId, ModelId, Provenance, SetupKind, SystemId, Version};
use candor_proof_system::{percent_of, Effort, ProofSystem, ProofSystems};
use candor_runtime::{configs::circuits::Systems, weights, Runtime, RuntimeCall};
use candor_statement::{InputCommitment, JobId, ModelCommitment, StatementSchema};
use frame_support::{dispatch::GetDispatchInfo, traits::GetCallName, weights::Weight, BoundedVec};
use pallet_circuits::WeightInfo as _;
use pallet_jobs::{Answer, Demands, Distinct, Input, Price, Tier, WeightInfo as _};
use pallet_models::{Metadata, Possession, WeightInfo as _};
use pallet_validators::WeightInfo as _;
use pallet_workers::WeightInfo as _;
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::Permill;
use std::collections::BTreeSet;

type Circuits = weights::pallet_circuits::WeightInfo<Runtime>;
type Jobs = weights::pallet_jobs::WeightInfo<Runtime>;
type Models = weights::pallet_models::WeightInfo<Runtime>;
type Validators = weights::pallet_validators::WeightInfo<Runtime>;
type Workers = weights::pallet_workers::WeightInfo<Runtime>;

/// So many percent of the time.
fn percent(percent: u32, measured: Weight) -> Weight {
	Weight::from_parts(percent_of(percent, measured.ref_time()), measured.proof_size())
}

/// Checks that each call weighs what it should, and that no call of the pallet is left out.
fn assert_weights<Call>(cases: impl IntoIterator<Item = (Call, Weight)>)
where
	Call: GetCallName + Into<RuntimeCall>,
{
	let mut seen = BTreeSet::new();
	for (call, weight) in cases {
		let name = call.get_call_name();
		assert_eq!(call.into().get_dispatch_info().call_weight, weight, "{name}");
		seen.insert(name);
	}
	assert_eq!(seen, Call::get_call_names().iter().copied().collect());
}

mod of_circuits {
	use super::*;

	/// A key of as many bytes as one with so many public inputs has.
	fn register(inputs: u32) -> pallet_circuits::Call<Runtime> {
		let points = inputs as usize + 1;
		let bytes = candor_groth16::VERIFYING_KEY_HEADER_BYTES + candor_groth16::G1_BYTES * points;
		pallet_circuits::Call::register {
			system: Groth16::ID,
			key: BoundedVec::truncate_from(vec![0; bytes]),
			schema: StatementSchema::InferenceV1 { input_len: 1, output_len: 1 },
			provenance: Provenance {
				source: Default::default(),
				transcript: Default::default(),
				declared: SetupKind::Development,
			},
		}
	}

	#[test]
	fn are_the_measured_ones() {
		let circuit = CircuitId(Default::default());
		assert_weights([
			(register(1), Circuits::register(1)),
			(register(5), Circuits::register(5)),
			(register(64), Circuits::register(64)),
			// Refused for its length, before it costs more.
			(register(128), Circuits::register(64)),
			(pallet_circuits::Call::deregister { circuit }, Circuits::deregister()),
			(pallet_circuits::Call::freeze { circuit }, Circuits::freeze()),
			(pallet_circuits::Call::unfreeze { circuit }, Circuits::unfreeze()),
			(pallet_circuits::Call::attest { circuit }, Circuits::attest()),
			(
				pallet_circuits::Call::withdraw_attestation { circuit },
				Circuits::withdraw_attestation(),
			),
		]);
	}

	#[test]
	fn of_a_key_grow_with_what_its_system_takes() {
		let mut call = register(64);
		let pallet_circuits::Call::register { system, key, .. } = &mut call else { unreachable!() };
		*system = StagedGroth16::ID;
		let inputs = StagedGroth16::inputs_of_key_length(key.len());
		let effort = Systems::effort(StagedGroth16::ID);
		assert!(effort.registered > Effort::MEASURED.registered);
		assert_eq!(
			call.get_dispatch_info().call_weight,
			percent(effort.registered, Circuits::register(inputs))
		);
	}

	/// Refused before the key is read.
	#[test]
	fn of_a_key_of_no_system_are_those_of_a_key_without_inputs() {
		let mut call = register(64);
		let pallet_circuits::Call::register { system, .. } = &mut call else { unreachable!() };
		*system = SystemId(77);
		assert_eq!(call.get_dispatch_info().call_weight, Circuits::register(0));
	}

	#[test]
	fn grow_with_proofs_keys_and_inputs() {
		assert!(Circuits::register(64).ref_time() > Circuits::register(3).ref_time());
		assert!(Circuits::verify_proof(64).ref_time() > Circuits::verify_proof(3).ref_time());
		let batch = Circuits::verify_batch(8, 2, 20, 0).ref_time();
		assert!(Circuits::verify_batch(9, 2, 20, 0).ref_time() > batch);
		assert!(Circuits::verify_batch(8, 3, 20, 0).ref_time() > batch);
		assert!(Circuits::verify_batch(8, 2, 21, 0).ref_time() > batch);
		assert!(Circuits::verify_batch(8, 2, 20, 1).ref_time() >= batch);
	}
}

mod of_models {
	use super::*;

	fn metadata(bytes: usize) -> pallet_models::MetadataOf<Runtime> {
		Metadata { hash: Default::default(), uri: BoundedVec::truncate_from(vec![0; bytes]) }
	}

	#[test]
	fn are_the_measured_ones() {
		let (model, version) = (ModelId(0), Version::FIRST);
		let circuit = CircuitId(Default::default());
		let commitment = ModelCommitment::Scalar([0; 32]);
		let royalty = Permill::zero();
		let possession = |output| Possession {
			input: InputCommitment::from_bytes([0; 32]),
			output: BoundedVec::truncate_from(vec![0; output]),
			proof: Default::default(),
		};
		let register = |bytes, output| pallet_models::Call::register {
			circuit,
			commitment,
			royalty,
			metadata: metadata(bytes),
			possession: possession(output),
		};
		let publish_version = pallet_models::Call::publish_version {
			model,
			circuit,
			commitment,
			royalty,
			metadata: metadata(1),
			possession: possession(33),
		};
		let new_owner = account(Alice);
		// As long as the circuit is not known, they weigh what they would with the largest key of the dearest
		// system.
		let dearest = <Systems as ProofSystems>::EFFORT.single;
		assert_weights([
			(register(0, 0), percent(dearest, Models::register(64))),
			(register(256, 0), percent(dearest, Models::register(64))),
			(register(0, 1891), percent(dearest, Models::register(64))),
			(publish_version, percent(dearest, Models::publish_version(64))),
			(pallet_models::Call::deprecate { model, version }, Models::deprecate()),
			(pallet_models::Call::remove_version { model, version }, Models::remove_version()),
			(
				pallet_models::Call::transfer_ownership { model, new_owner },
				Models::transfer_ownership(),
			),
			(pallet_models::Call::collect_royalty { model, version }, Models::collect_royalty()),
		]);
	}

	#[test]
	fn hold_a_verification() {
		for inputs in [3, 5, 64] {
			let verification = Circuits::verify_proof(inputs).ref_time();
			assert!(Models::register(inputs).ref_time() > verification);
			assert!(Models::publish_version(inputs).ref_time() > verification);
		}
	}
}

mod of_workers {
	use super::*;

	#[test]
	fn are_the_measured_ones() {
		let metadata = BoundedVec::truncate_from(vec![0; 256]);
		assert_weights([
			(
				pallet_workers::Call::register { bond: 1, metadata: metadata.clone() },
				Workers::register(),
			),
			(pallet_workers::Call::bond_more { amount: 1 }, Workers::bond_more()),
			(pallet_workers::Call::unbond { amount: 1 }, Workers::unbond()),
			(pallet_workers::Call::set_metadata { metadata }, Workers::set_metadata()),
			(pallet_workers::Call::deregister {}, Workers::deregister()),
		]);
	}
}

mod of_jobs {
	use super::*;

	fn open(input: Option<usize>) -> pallet_jobs::Call<Runtime> {
		pallet_jobs::Call::open {
			model: ModelId(0),
			version: Version::FIRST,
			input_commitment: InputCommitment::from_bytes([0; 32]),
			input: input.map(|bytes| BoundedVec::truncate_from(vec![0; bytes])),
			price: Price::Fixed(1),
			tier: Tier::Proven,
			demands: Demands::default(),
			proving_period: 10,
			deadline: 100,
		}
	}

	fn open_batch(inputs: usize) -> pallet_jobs::Call<Runtime> {
		let input = Input { commitment: InputCommitment::from_bytes([0; 32]), posted: None };
		pallet_jobs::Call::open_batch {
			model: ModelId(0),
			version: Version::FIRST,
			inputs: BoundedVec::truncate_from(vec![input; inputs]),
			price: Price::Fixed(1),
			tier: Tier::Proven,
			demands: Demands::default(),
			proving_period: 10,
			deadline: 100,
		}
	}

	fn submit(output: usize, proof: usize) -> pallet_jobs::Call<Runtime> {
		pallet_jobs::Call::submit {
			job: JobId(0),
			output: BoundedVec::truncate_from(vec![0; output]),
			proof: BoundedVec::truncate_from(vec![0; proof]),
		}
	}

	/// Answers of one worker with outputs of these lengths.
	fn submit_batch(outputs: &[usize], distinct: Distinct) -> pallet_jobs::Call<Runtime> {
		let answers = outputs
			.iter()
			.map(|bytes| {
				let output = BoundedVec::truncate_from(vec![0; *bytes]);
				Answer::to_one(JobId(0), account(Alice), output, Default::default())
			})
			.collect();
		pallet_jobs::Call::submit_batch { answers: BoundedVec::truncate_from(answers), distinct }
	}

	#[test]
	fn are_the_measured_ones() {
		let job = JobId(0);
		let dearest = <Systems as ProofSystems>::EFFORT;
		assert!(dearest.single > Effort::MEASURED.single);
		let keys = |keys| u32::try_from(percent_of(dearest.key, keys)).expect("few");
		let most = Distinct { circuits: u16::MAX, requesters: u16::MAX, versions: u16::MAX };
		let worker = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
		assert_weights([
			(open(None), Jobs::open(0)),
			(open(Some(1)), Jobs::open(1)),
			(open(Some(4096)), Jobs::open(4096)),
			(open_batch(1), Jobs::open_batch(1)),
			(open_batch(256), Jobs::open_batch(256)),
			(pallet_jobs::Call::cancel { job }, Jobs::cancel()),
			(pallet_jobs::Call::claim { job }, Jobs::claim()),
			// Three public inputs, and one for every 31 bytes that have begun; in the dearest system, as
			// long as it is not known.
			(submit(0, 256), percent(dearest.single, Jobs::submit(3))),
			(submit(1, 256), percent(dearest.single, Jobs::submit(4))),
			(submit(32, 0), percent(dearest.single, Jobs::submit(5))),
			(submit(1891, 256), percent(dearest.single, Jobs::submit(64))),
			(pallet_jobs::Call::expire { job }, Jobs::expire()),
			(pallet_jobs::Call::decline { job }, Jobs::decline()),
			// No more than one by one, and then the worker is not the sender.
			(submit_batch(&[0], most), percent(dearest.single, Jobs::submit(3)) + worker),
			(submit_batch(&[0, 33], most), (percent(dearest.single, Jobs::submit(4)) + worker) * 2),
			// What the jobs have in common is told. 64 words are a little more than the 61 of the
			// longest output.
			(
				submit_batch(&[31; 64], most),
				percent(dearest.batched, Jobs::submit_batch(64, keys(64), 64 * 4, 2, 64, 1, 64)),
			),
			(
				submit_batch(&[31; 64], Distinct { circuits: 2, requesters: 9, versions: 3 }),
				percent(dearest.batched, Jobs::submit_batch(64, keys(2), 2 * 4, 2, 9, 1, 3)),
			),
		]);
	}

	#[test]
	fn grow_with_what_they_depend_on() {
		let batch =
			|[p, k, i, o, r, w, v]: [u32; 7]| Jobs::submit_batch(p, k, i, o, r, w, v).ref_time();
		let some = [8, 2, 20, 1, 1, 1, 1];
		for part in 0..some.len() {
			let mut more = some;
			more[part] += 1;
			assert!(batch(more) > batch(some), "{more:?}");
		}
		assert!(Jobs::open_batch(9).ref_time() > Jobs::open_batch(8).ref_time());
		assert!(Jobs::open(4096).ref_time() > Jobs::open(0).ref_time());
		assert!(Jobs::submit(64).ref_time() > Jobs::submit(3).ref_time());
	}
}

mod of_validators {
	use super::*;

	#[test]
	fn are_the_measured_ones() {
		let set = |validators| pallet_validators::Call::set_validators {
			validators: BoundedVec::truncate_from(vec![account(Alice); validators]),
		};
		assert_weights([1, 7, 100].map(|validators: u32| {
			(set(validators as usize), Validators::set_validators(validators))
		}));
	}
}
