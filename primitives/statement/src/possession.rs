// SPDX-License-Identifier: Apache-2.0

//! The binding of a proof of possession: that whoever registers a model can run it.

use crate::{binding::bind, Binding, GenesisHash, ModelCommitment};
use codec::Encode;

/// What the digest of such a binding begins with. No binding to a job begins so, and none is a prefix of
/// the other: a proof for a job is never one of possession, nor the reverse.
const DOMAIN: &[u8] = b"candor/possession/v1";

/// The 32 bytes of a circuit's identity, which covers proof system, key, schema and provenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitHash(pub [u8; 32]);

/// The 32 bytes of the account that registers a model: the origin of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(pub [u8; 32]);

/// Binds a proof to the registration of a model by one account, on one chain and circuit:
///
/// ```text
/// blake2b-256( "candor/possession/v1" ‖ genesis ‖ circuit ‖ model, in SCALE ‖ owner )
/// ```
///
/// with the last byte dropped, as in [`binding`](crate::binding()). The model's first byte says how many
/// follow, so that no two registrations share a preimage.
pub fn possession(
	genesis: GenesisHash,
	circuit: CircuitHash,
	model: &ModelCommitment,
	owner: Owner,
) -> Binding {
	bind(&[DOMAIN, &genesis.0, &circuit.0, &model.encode(), &owner.0].concat())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{binding, Claimant, JobId};
	use proptest::prelude::*;

	/// Bytes of which one is another.
	fn changed<const N: usize>(bytes: [u8; N], place: usize, difference: u8) -> [u8; N] {
		let mut other = bytes;
		other[place % N] ^= difference;
		other
	}

	fn bound(
		genesis: [u8; 32],
		circuit: [u8; 32],
		model: ModelCommitment,
		owner: [u8; 32],
	) -> Binding {
		possession(GenesisHash(genesis), CircuitHash(circuit), &model, Owner(owner))
	}

	proptest! {
		#[test]
		fn another_chain_circuit_model_or_owner_gives_another_one(
			genesis: [u8; 32], circuit: [u8; 32], x: [u8; 32], y: [u8; 32], owner: [u8; 32],
			place in 0usize..64, difference in 1u8..,
		) {
			let point: [u8; 64] = [x, y].concat().try_into().unwrap();
			let other = |bytes| changed(bytes, place, difference);
			for (model, other_model) in [
				(ModelCommitment::Scalar(x), ModelCommitment::Scalar(other(x))),
				(
					ModelCommitment::Point(point),
					ModelCommitment::Point(changed(point, place, difference)),
				),
			] {
				let here = bound(genesis, circuit, model, owner);
				prop_assert_ne!(here, bound(other(genesis), circuit, model, owner));
				prop_assert_ne!(here, bound(genesis, other(circuit), model, owner));
				prop_assert_ne!(here, bound(genesis, circuit, other_model, owner));
				prop_assert_ne!(here, bound(genesis, circuit, model, other(owner)));
				prop_assert_ne!(here, Binding::NONE);
				prop_assert!(here.is_canonical());
			}
		}

		#[test]
		fn no_binding_to_a_job_is_one(genesis: [u8; 32], job: u64, who: [u8; 32], circuit: [u8; 32]) {
			let job = binding(GenesisHash(genesis), JobId(job), Claimant(who));
			prop_assert_ne!(job, bound(genesis, circuit, ModelCommitment::Scalar(circuit), who));
		}
	}

	/// Bytes that follow one another cannot be read in another way: a scalar with the owner behind it is
	/// as long as a point, and begins with another byte.
	#[test]
	fn a_scalar_and_a_point_are_told_apart() {
		let (scalar, point) = (ModelCommitment::Scalar([3; 32]), ModelCommitment::Point([3; 64]));
		let bound = |model| bound([1; 32], [2; 32], model, [3; 32]);
		assert_ne!(bound(scalar), bound(point));
	}
}
