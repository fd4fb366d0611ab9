// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_groth16::{G2Affine, Proof};
use frame_support::{assert_ok, assert_storage_noop, BoundedVec};
use pallet_circuits::{Batch, PreparedKeys};
use sp_core::H256;

/// A batch of right proofs, of statement 0, 1, …, each under the circuit at its place.
fn batch_of(circuits: &[&Keyed]) -> Batch<Test> {
	let mut batch = Batch::default();
	for (number, circuit) in (0..).zip(circuits) {
		assert_ok!(add(&mut batch, circuit, number, &circuit.prove(&statement(number))));
	}
	batch
}

/// Adds a proof about a circuit that must be admitted.
fn add(
	batch: &mut Batch<Test>,
	circuit: &Keyed,
	number: u8,
	proof: &[u8],
) -> Result<(), ProofRefusal> {
	let admitted = batch.admit(id_of(circuit)).unwrap();
	batch.add(admitted, &[statement(number)], proof)
}

/// A proof with a point that is on its curve and outside the subgroup.
fn outside_subgroup(circuit: &Keyed) -> Vec<u8> {
	let mut proof = Proof::from_bytes(&circuit.prove(&statement(0))).unwrap();
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
		let key = PreparedKeys::<Test>::take(id_of(&circuit)).unwrap();
		assert_ok!(add(&mut batch, &circuit, 7, &circuit.prove(&statement(7))));
		assert_ok!(batch.verify());
		PreparedKeys::<Test>::insert(id_of(&circuit), key);
	});
}

#[test]
fn one_proof_of_another_statement_refuses_all_wherever_it_stands() {
	build_and_execute(|| {
		let (first, second) = (register(0), register(1));
		for place in 0..4 {
			let mut batch = Batch::<Test>::default();
			for number in 0..4 {
				let circuit = if number < 2 { &first } else { &second };
				let proven = if number == place { 9 } else { number };
				assert_ok!(add(&mut batch, circuit, number, &circuit.prove(&statement(proven))));
			}
			assert_eq!(batch.verify(), Err(BatchRefusal::Invalid));
		}
	});
}

#[test]
fn proofs_that_changed_places_are_refused_under_one_circuit_and_under_two() {
	build_and_execute(|| {
		let (first, second) = (register(0), register(1));
		for (one, other) in [(&first, &first), (&first, &second)] {
			let mut batch = Batch::default();
			assert_ok!(add(&mut batch, one, 0, &other.prove(&statement(1))));
			assert_ok!(add(&mut batch, other, 1, &one.prove(&statement(0))));
			assert_eq!(batch.verify(), Err(BatchRefusal::Invalid));
		}
	});
}

#[test]
fn a_wrong_proof_that_is_alone_is_named() {
	build_and_execute(|| {
		let circuit = register(0);
		let mut batch = Batch::default();
		assert_ok!(add(&mut batch, &circuit, 0, &circuit.prove(&statement(1))));
		assert_eq!(
			batch.verify(),
			Err(BatchRefusal::Item { index: 0, refusal: ProofRefusal::Invalid })
		);
	});
}

#[test]
fn bytes_that_are_no_proof_are_refused_when_they_are_added_and_leave_the_batch_alone() {
	build_and_execute(|| {
		let circuit = register(0);
		let mut batch = batch_of(&[&circuit]);
		let good = circuit.prove(&statement(1));
		let mut off_curve = good.clone();
		off_curve[63] ^= 1;
		for bytes in [&[][..], &good[..255], &off_curve, &[0; 256], &[255; 256]] {
			assert_eq!(add(&mut batch, &circuit, 1, bytes), Err(ProofRefusal::Malformed));
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
			Err(refusal) => assert_eq!(refusal, ProofRefusal::Malformed),
			Ok(()) => assert_eq!(
				batch.verify(),
				Err(BatchRefusal::Item { index: 2, refusal: ProofRefusal::Malformed })
			),
		}
	});
}

#[test]
fn a_statement_of_another_shape_is_refused_when_it_is_added() {
	build_and_execute(|| {
		let circuit = register(0);
		let proof = circuit.prove(&statement(0));
		let mut batch = batch_of(&[&circuit]);
		let admitted = batch.admit(id_of(&circuit)).unwrap();
		for output in [&[][..], &[0; 32], &[0; 63]] {
			let statement = candor_statement::Statement { output, ..statement(0) };
			assert_eq!(batch.add(admitted, &[statement], &proof), Err(ProofRefusal::WrongShape));
		}
		assert_ok!(batch.verify());
	});
}

#[test]
fn circuits_that_accept_no_proofs_are_not_admitted() {
	build_and_execute(|| {
		let (usable, frozen) = (register(0), register(1));
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), id_of(&frozen)));
		let mut batch = batch_of(&[&usable]);
		for (circuit, refusal) in [
			(CircuitId(H256::zero()), CircuitRefusal::Unknown),
			(id_of(&frozen), CircuitRefusal::Frozen),
		] {
			assert_eq!(batch.admit(circuit), Err(refusal));
		}
		assert_eq!(batch.circuits(), 1);
		assert_ok!(batch.verify());
	});
}

#[test]
fn a_key_that_cannot_be_read_is_not_admitted() {
	build_and_execute(|| {
		let circuit = registered(0);
		let good = PreparedKeys::<Test>::get(circuit).unwrap();
		PreparedKeys::<Test>::insert(circuit, BoundedVec::truncate_from(vec![1, 2, 3]));
		let mut batch = Batch::<Test>::default();
		assert_eq!(batch.admit(circuit), Err(CircuitRefusal::UnusableKey));
		assert_eq!(batch.circuits(), 0);
		PreparedKeys::<Test>::insert(circuit, good);
	});
}
