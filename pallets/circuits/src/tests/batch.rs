// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Batch, BatchFailure, CircuitId, PreparedKeys, VerifyFailure};
use candor_groth16::{Fr, G2Affine, Proof};
use frame_support::{assert_ok, assert_storage_noop, BoundedVec};
use sp_core::H256;

/// The public inputs of the statement with this number.
fn inputs(statement: u64) -> Vec<Fr> {
	(1..=INPUTS).map(|place| Fr::from(100 * statement + place)).collect()
}

/// A batch of right proofs, of statement 0, 1, …, each under the circuit at its place.
fn batch_of(circuits: &[&Trapdoor]) -> Batch<Test> {
	let mut batch = Batch::default();
	for (statement, circuit) in (0..).zip(circuits) {
		assert_ok!(add(&mut batch, circuit, statement, &circuit.prove(&inputs(statement))));
	}
	batch
}

fn add(
	batch: &mut Batch<Test>,
	circuit: &Trapdoor,
	statement: u64,
	proof: &[u8],
) -> Result<(), VerifyFailure> {
	batch.add(circuit.id(), inputs(statement), proof)
}

/// A proof with a point that is on its curve and outside the subgroup.
fn outside_subgroup(circuit: &Trapdoor) -> Vec<u8> {
	let mut proof = Proof::from_bytes(&circuit.prove(&inputs(0))).unwrap();
	proof.b = (0u64..)
		.find_map(|x| {
			let point = G2Affine::get_point_from_x_unchecked(x.into(), false)?;
			(!point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
		})
		.unwrap();
	proof.to_bytes().to_vec()
}

#[test]
fn right_proofs_under_several_circuits_hold_together_and_change_nothing() {
	build_and_execute(|| {
		let (first, second) = (register(0), register(1));
		assert_storage_noop!({
			let batch = batch_of(&[&first, &second, &first, &first]);
			assert_eq!(batch.circuits(), 2);
			assert_ok!(batch.verify());
		});
	});
}

#[test]
fn an_empty_batch_holds() {
	assert_ok!(Batch::<Test>::default().verify());
}

#[test]
fn a_circuit_is_read_once_per_batch() {
	build_and_execute(|| {
		let circuit = register(0);
		let mut batch = batch_of(&[&circuit]);
		let key = PreparedKeys::<Test>::take(circuit.id()).unwrap();
		assert_ok!(add(&mut batch, &circuit, 7, &circuit.prove(&inputs(7))));
		assert_ok!(batch.verify());
		PreparedKeys::<Test>::insert(circuit.id(), key);
	});
}

#[test]
fn one_proof_of_another_statement_refuses_all_wherever_it_stands() {
	build_and_execute(|| {
		let (first, second) = (register(0), register(1));
		for place in 0..4 {
			let mut batch = Batch::<Test>::default();
			for statement in 0..4 {
				let circuit = if statement < 2 { &first } else { &second };
				let proven = if statement == place { 9 } else { statement };
				assert_ok!(add(&mut batch, circuit, statement, &circuit.prove(&inputs(proven))));
			}
			assert_eq!(batch.verify(), Err(BatchFailure::Invalid));
		}
	});
}

#[test]
fn proofs_that_changed_places_are_refused_under_one_circuit_and_under_two() {
	build_and_execute(|| {
		let (first, second) = (register(0), register(1));
		for (one, other) in [(&first, &first), (&first, &second)] {
			let mut batch = Batch::default();
			assert_ok!(add(&mut batch, one, 0, &other.prove(&inputs(1))));
			assert_ok!(add(&mut batch, other, 1, &one.prove(&inputs(0))));
			assert_eq!(batch.verify(), Err(BatchFailure::Invalid));
		}
	});
}

#[test]
fn a_wrong_proof_that_is_alone_is_named() {
	build_and_execute(|| {
		let circuit = register(0);
		let mut batch = Batch::default();
		assert_ok!(add(&mut batch, &circuit, 0, &circuit.prove(&inputs(1))));
		assert_eq!(
			batch.verify(),
			Err(BatchFailure::Item { index: 0, failure: VerifyFailure::InvalidProof })
		);
	});
}

#[test]
fn bytes_that_are_no_proof_are_refused_when_they_are_added_and_leave_the_batch_alone() {
	build_and_execute(|| {
		let circuit = register(0);
		let mut batch = batch_of(&[&circuit]);
		let good = circuit.prove(&inputs(1));
		let mut off_curve = good.clone();
		off_curve[63] ^= 1;
		for bytes in [&[][..], &good[..255], &off_curve, &[0; 256], &[255; 256]] {
			assert_eq!(add(&mut batch, &circuit, 1, bytes), Err(VerifyFailure::MalformedProof));
		}
		assert_ok!(batch.verify());
	});
}

#[test]
fn a_point_outside_the_subgroup_is_malformed_at_the_latest_when_the_batch_is_verified() {
	build_and_execute(|| {
		let circuit = register(0);
		let mut batch = batch_of(&[&circuit, &circuit]);
		match add(&mut batch, &circuit, 0, &outside_subgroup(&circuit)) {
			Err(failure) => assert_eq!(failure, VerifyFailure::MalformedProof),
			Ok(()) => assert_eq!(
				batch.verify(),
				Err(BatchFailure::Item { index: 2, failure: VerifyFailure::MalformedProof })
			),
		}
	});
}

#[test]
fn another_number_of_inputs_is_refused_when_it_is_added() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&inputs(0));
		let mut more = inputs(0);
		more.push(Fr::from(0));
		for inputs in [vec![], inputs(0)[..3].to_vec(), more] {
			assert_eq!(
				Batch::<Test>::default().add(circuit.id(), inputs, &proof),
				Err(VerifyFailure::WrongInputCount)
			);
		}
	});
}

#[test]
fn circuits_that_accept_no_proofs_are_not_admitted() {
	build_and_execute(|| {
		let (usable, frozen) = (register(0), register(1));
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), frozen.id()));
		let mut batch = batch_of(&[&usable]);
		for (circuit, failure) in [
			(CircuitId(H256::zero()), VerifyFailure::UnknownCircuit),
			(frozen.id(), VerifyFailure::FrozenCircuit),
		] {
			assert_eq!(batch.admit(circuit), Err(failure));
			assert_eq!(batch.add(circuit, inputs(0), &frozen.prove(&inputs(0))), Err(failure));
		}
		assert_eq!(batch.circuits(), 1);
		assert_ok!(batch.verify());
	});
}

#[test]
fn a_key_that_does_not_decode_verifies_nothing() {
	build_and_execute(|| {
		let circuit = register(0);
		let good = PreparedKeys::<Test>::get(circuit.id()).unwrap();
		PreparedKeys::<Test>::insert(circuit.id(), BoundedVec::truncate_from(vec![1, 2, 3]));
		assert_eq!(
			add(&mut Batch::default(), &circuit, 0, &circuit.prove(&inputs(0))),
			Err(VerifyFailure::CorruptKey)
		);
		PreparedKeys::<Test>::insert(circuit.id(), good);
	});
}
