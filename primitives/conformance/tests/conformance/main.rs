// SPDX-License-Identifier: Apache-2.0

//! Native code, Wasm with host functions and Wasm without give the same answers, byte for byte, in
//! the executor that the node runs.

mod staged;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField, UniformRand};
use candor_bn254::encoding::{encode_g1, encode_g2, encode_scalar, encode_target, TARGET_BYTES};
use candor_conformance::{operate, verify, verify_batch, wasm, Item, Operation, Scalar};
use candor_groth16::{PreparedVerifyingKey, Proof, VerifyingKey, PROOF_BYTES};
use candor_trapdoor::Trapdoor;
use codec::{Decode, Encode};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use sp_state_machine::BasicExternalities;
use std::sync::LazyLock;

type Hosted = (sp_io::SubstrateHostFunctions, candor_bn254::host::HostFunctions);

static HOSTED: LazyLock<WasmExecutor<Hosted>> = LazyLock::new(|| WasmExecutor::builder().build());
static PORTABLE: LazyLock<WasmExecutor<sp_io::SubstrateHostFunctions>> =
	LazyLock::new(|| WasmExecutor::builder().build());

fn call<T: Decode>(executor: &impl CodeExecutor, code: &[u8], method: &str, data: &[u8]) -> T {
	let code_fetcher = WrappedRuntimeCode(code.into());
	let hash = sp_io::hashing::blake2_256(code).to_vec();
	let code = RuntimeCode { code_fetcher: &code_fetcher, hash, heap_pages: None };
	let mut externalities = BasicExternalities::new_empty();
	let answer = executor.call(&mut externalities, &code, method, data, CallContext::Offchain).0;
	T::decode(&mut &answer.unwrap_or_else(|error| panic!("{method}: {error:?}"))[..])
		.expect("the function's own type")
}

/// The answer, which both Wasm builds give, too.
fn everywhere<T: Decode + PartialEq + std::fmt::Debug>(
	native: T,
	method: &str,
	arguments: impl Encode,
) -> T {
	let data = arguments.encode();
	let hosted = wasm::hosted::WASM_BINARY.expect("built without SKIP_WASM_BUILD");
	let portable = wasm::portable::WASM_BINARY.expect("built without SKIP_WASM_BUILD");
	assert_eq!(call::<T>(&*HOSTED, hosted, method, &data), native, "with host functions");
	assert_eq!(call::<T>(&*PORTABLE, portable, method, &data), native, "without host functions");
	native
}

fn operated(operation: Operation, arguments: &[&[u8]]) -> Result<Vec<u8>, String> {
	let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_vec()).collect();
	let native = operate(operation, arguments.clone());
	everywhere(native, "operate", (operation, arguments))
}

fn verified(key: &[u8], inputs: &[Fr], proof: &[u8]) -> String {
	let inputs: Vec<_> = inputs.iter().copied().map(encode_scalar).collect();
	verified_scalars(key, &inputs, proof)
}

fn verified_scalars(key: &[u8], inputs: &[Scalar], proof: &[u8]) -> String {
	let arguments = (key.to_vec(), inputs.to_vec(), proof.to_vec());
	let (key, inputs, proof) = arguments.clone();
	everywhere(verify(key, inputs, proof), "verify", arguments)
}

fn batch_verified(keys: &[Vec<u8>], items: &[Item]) -> String {
	let arguments = (keys.to_vec(), items.to_vec(), 1u32);
	let (keys, items, repeat) = arguments.clone();
	everywhere(verify_batch(keys, items, repeat), "verify_batch", arguments)
}

fn rng(seed: u64) -> ChaCha20Rng {
	ChaCha20Rng::seed_from_u64(seed)
}

/// A point of the second group's curve outside the subgroup.
fn outside_the_subgroup() -> G2Affine {
	(1u64..)
		.find_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::ONE), false))
		.expect("half of all coordinates have a point")
}

/// A coordinate's bytes plus the modulus: the same coordinate, written otherwise.
fn plus_modulus(bytes: &[u8]) -> Vec<u8> {
	let mut integer = Fq::from_be_bytes_mod_order(bytes).into_bigint();
	integer.add_with_carry(&Fq::MODULUS);
	integer.to_bytes_be()
}

/// The public vectors of EIP-196 and EIP-197.
mod ethereum {
	use super::*;

	#[derive(serde::Deserialize)]
	#[serde(rename_all = "PascalCase")]
	struct Vector {
		input: String,
		expected: String,
		name: String,
	}

	/// Inputs and outputs; the inputs filled up with zeros to a whole number of `bytes`.
	fn vectors(json: &str, bytes: usize) -> Vec<(Vec<u8>, Vec<u8>, String)> {
		let vectors: Vec<Vector> = serde_json::from_str(json).expect("vectors");
		vectors
			.into_iter()
			.map(|vector| {
				let mut input = hex::decode(vector.input).expect("hex");
				input.resize(input.len().next_multiple_of(bytes), 0);
				(input, hex::decode(vector.expected).expect("hex"), vector.name)
			})
			.collect()
	}

	#[test]
	fn additions() {
		let one = encode_scalar(Fr::ONE).repeat(2);
		let vectors = vectors(include_str!("../../vectors/bn256Add.json"), 128);
		assert_eq!(vectors.len(), 16);
		for (input, expected, name) in vectors {
			// An operation reads the first two points; no input at all stands for zeros.
			let mut input = input;
			input.resize(128, 0);
			let sum = operated(Operation::MsmG1, &[&input, &one, &2u32.to_le_bytes()]);
			assert_eq!(sum, Ok(expected), "{name}");
		}
	}

	#[test]
	fn multiplications() {
		let vectors = vectors(include_str!("../../vectors/bn256ScalarMul.json"), 96);
		assert_eq!(vectors.len(), 19);
		let mut too_large = 0;
		for (input, expected, name) in vectors {
			let mut input = input;
			input.resize(96, 0);
			let (point, scalar) = input.split_at(64);
			let count = 1u32.to_le_bytes();
			let reduced = encode_scalar(Fr::from_be_bytes_mod_order(scalar));
			if scalar != reduced {
				// The EIP takes any integer; the host takes scalars.
				too_large += 1;
				let refused = operated(Operation::MsmG1, &[point, scalar, &count]);
				assert_eq!(refused, Err("Scalar".into()), "{name}");
			}
			let product = operated(Operation::MsmG1, &[point, &reduced, &count]);
			assert_eq!(product, Ok(expected), "{name}");
		}
		assert!(too_large > 0);
	}

	#[test]
	fn pairings() {
		let vectors = vectors(include_str!("../../vectors/bn256Pairing.json"), 192);
		assert_eq!(vectors.len(), 14);
		for (input, expected, name) in vectors {
			let (mut g1, mut g2) = (Vec::new(), Vec::new());
			for pair in input.chunks(192) {
				g1.extend_from_slice(&pair[..64]);
				g2.extend_from_slice(&pair[64..]);
			}
			let value = operated(Operation::MultiMillerLoop, &[&g1, &g2, &[], &[]])
				.and_then(|value| operated(Operation::FinalExponentiation, &[&value]))
				.unwrap_or_else(|error| panic!("{name}: {error}"));
			let is_one = value == encode_target(&ark_bn254::Fq12::ONE);
			assert_eq!(is_one, expected.last() == Some(&1), "{name}");
		}
	}
}

mod operations {
	use super::*;

	#[test]
	fn sums_of_several_sizes_at_once() {
		let rng = &mut rng(1);
		let points: Vec<G1Affine> = (0..9).map(|_| G1Affine::rand(rng)).collect();
		let scalars: Vec<Fr> = (0..9).map(|_| Fr::rand(rng)).collect();
		let point_bytes = points.iter().flat_map(encode_g1).collect::<Vec<_>>();
		let scalar_bytes = scalars.iter().copied().flat_map(encode_scalar).collect::<Vec<_>>();
		let counts: Vec<_> = [1u32, 0, 5, 3].into_iter().flat_map(u32::to_le_bytes).collect();
		let arguments: [&[u8]; 3] = [&point_bytes, &scalar_bytes, &counts];
		let sums = operated(Operation::MsmG1, &arguments).expect("points and scalars");
		let expected = [0..1, 1..1, 1..6, 6..9].map(|range| {
			let terms = points[range.clone()].iter().zip(&scalars[range]);
			encode_g1(&terms.map(|(p, s)| *p * s).sum::<ark_bn254::G1Projective>().into_affine())
		});
		assert_eq!(sums, expected.concat());
	}

	#[test]
	fn a_sum_in_the_second_group() {
		let rng = &mut rng(2);
		let points = [G2Affine::rand(rng), G2Affine::zero(), outside_the_subgroup()];
		let scalars = [Fr::rand(rng), Fr::rand(rng), Fr::from(-1)];
		let terms = points.iter().zip(&scalars);
		let expected = terms
			.map(|(p, s)| p.mul_bigint(s.into_bigint()))
			.sum::<ark_bn254::G2Projective>()
			.into_affine();
		let points = points.iter().flat_map(encode_g2).collect::<Vec<_>>();
		let scalars = scalars.iter().copied().flat_map(encode_scalar).collect::<Vec<_>>();
		let sum = operated(Operation::MsmG2, &[&points, &scalars]);
		assert_eq!(sum, Ok(encode_g2(&expected).to_vec()));
	}

	#[test]
	fn membership_of_the_subgroup() {
		let inside = encode_g2(&G2Affine::rand(&mut rng(3)));
		let outside = encode_g2(&outside_the_subgroup());
		let infinity = [0; 128];
		assert_eq!(operated(Operation::CheckG2, &[&[inside, infinity].concat()]), Ok(vec![]));
		assert_eq!(
			operated(Operation::CheckG2, &[&[inside, infinity, outside, outside].concat()]),
			Err("NotInSubgroup { index: 2 }".into())
		);
	}

	#[test]
	fn generic_code_over_arkworks_traits() {
		let rng = &mut rng(4);
		let (a, b) = (G1Affine::rand(rng), G2Affine::rand(rng));
		let three = (a * Fr::from(3)).into_affine();
		let expected = <ark_bn254::Bn254 as ark_ec::pairing::Pairing>::pairing(three, b).0;
		let value = operated(Operation::GenericPairing, &[&encode_g1(&a), &encode_g2(&b)]);
		assert_eq!(value, Ok(encode_target(&expected).to_vec()));
		let outside = encode_g2(&outside_the_subgroup());
		let value = operated(Operation::GenericPairing, &[&encode_g1(&a), &outside]);
		assert_eq!(value, Err("Zero".into()));
	}

	#[test]
	fn arguments_that_do_not_fit_are_refused() {
		let (g1, g2) = (encode_g1(&G1Affine::generator()), encode_g2(&G2Affine::generator()));
		let one = encode_scalar(Fr::ONE);
		let length = || Err("Length".to_owned());
		let count = 1u32.to_le_bytes();
		use Operation::*;
		for (operation, arguments, expected) in [
			(MsmG1, &[&g1[..], &one, &count[..3]][..], length()),
			(MsmG1, &[&g1, &one, &2u32.to_le_bytes()], length()),
			(MsmG1, &[&g1, &one, &u32::MAX.to_le_bytes()], length()),
			(MsmG1, &[&g1, &one, &[]], length()),
			(MsmG1, &[&g1[1..], &one, &count], length()),
			(MsmG1, &[&g1, &[], &count], length()),
			(MsmG1, &[&[0xff; 64], &one, &count], Err("Coordinate".into())),
			(MsmG1, &[&g1, &[0xff; 32], &count], Err("Scalar".into())),
			(MsmG1, &[&[1; 64], &one, &count], Err("NotOnCurve".into())),
			(MsmG2, &[&g2, &[]], length()),
			(MsmG2, &[&[1; 128], &one], Err("NotOnCurve".into())),
			(CheckG2, &[&g2[..127]], length()),
			(CheckG2, &[&[1; 128]], Err("NotOnCurve".into())),
			(MultiMillerLoop, &[&g1, &[], &[], &[]], length()),
			(MultiMillerLoop, &[&[], &[], &g1, &[]], length()),
			(MultiMillerLoop, &[&[], &[], &g1, &[0; 87 * 128 + 1]], length()),
			(MultiMillerLoop, &[&[], &[], &g1, &[0xff; 87 * 128]], Err("Coordinate".into())),
			(MultiMillerLoop, &[&[1; 64], &g2, &[], &[]], Err("NotOnCurve".into())),
			(FinalExponentiation, &[&[0; TARGET_BYTES]], Err("Zero".into())),
			(FinalExponentiation, &[&[0; TARGET_BYTES - 1]], length()),
			(FinalExponentiation, &[&[0xff; TARGET_BYTES]], Err("Coordinate".into())),
		] {
			assert_eq!(operated(operation, arguments), expected, "{operation:?} {arguments:?}");
		}
	}

	#[test]
	fn pairs_with_infinity_have_the_value_one_and_are_checked_still() {
		let (g1, g2) = (encode_g1(&G1Affine::generator()), encode_g2(&G2Affine::generator()));
		let one = encode_target(&ark_bn254::Fq12::ONE).to_vec();
		for (a, b) in [(&[0; 64], &g2), (&g1, &[0; 128]), (&[0; 64], &[0; 128])] {
			assert_eq!(operated(Operation::MultiMillerLoop, &[a, b, &[], &[]]), Ok(one.clone()));
		}
		let outside = encode_g2(&outside_the_subgroup());
		assert_eq!(
			operated(
				Operation::MultiMillerLoop,
				&[&[g1, [0; 64]].concat(), &[g2, outside].concat(), &[], &[]]
			),
			Err("NotInSubgroup { index: 1 }".into())
		);
	}
}

mod verdicts {
	use super::*;

	fn proved(inputs: usize, seed: u64) -> (VerifyingKey, Vec<Fr>, Proof) {
		let rng = &mut rng(seed);
		let trapdoor = Trapdoor::random(inputs, rng);
		let inputs: Vec<_> = (0..inputs).map(|_| Fr::rand(rng)).collect();
		let proof = trapdoor.prove(&inputs, rng);
		(trapdoor.key(), inputs, proof)
	}

	#[test]
	fn right_proofs() {
		for inputs in [1, 4, 64] {
			let (key, inputs, proof) = proved(inputs, 5);
			assert_eq!(verified(&key.to_bytes(), &inputs, &proof.to_bytes()), "Ok(())");
		}
	}

	#[test]
	fn proofs_that_are_changed() {
		let (key, inputs, proof) = proved(2, 6);
		let (key, bytes) = (key.to_bytes(), proof.to_bytes());
		let changed = |change: &dyn Fn(&mut Vec<u8>)| {
			let mut bytes = bytes.to_vec();
			change(&mut bytes);
			verified(&key, &inputs, &bytes)
		};
		let quoted = |error: &str| format!("Err({:?})", error);
		for start in (0..PROOF_BYTES).step_by(32) {
			for flag in [0x80, 0x40] {
				assert_eq!(changed(&|bytes| bytes[start] |= flag), quoted("Coordinate"));
			}
			let again = plus_modulus(&bytes[start..start + 32]);
			let same = changed(&|bytes| bytes[start..start + 32].copy_from_slice(&again));
			assert_eq!(same, quoted("Coordinate"));
			let flipped = changed(&|bytes| bytes[start + 31] ^= 1);
			assert!([quoted("NotOnCurve"), quoted("Coordinate")].contains(&flipped));
		}
		assert_eq!(changed(&|bytes| bytes.push(0)), quoted("Length"));
		assert_eq!(changed(&|bytes| bytes.truncate(255)), quoted("Length"));
		assert_eq!(changed(&|bytes| bytes.clear()), quoted("Length"));
		for claim in [u64::from(u32::MAX), u64::MAX] {
			let prefixed = changed(&|bytes| {
				bytes.splice(0..0, claim.to_le_bytes());
			});
			assert_eq!(prefixed, quoted("Length"));
		}
		for range in [0..64, 64..192, 192..256] {
			let infinite = changed(&|bytes| bytes[range.clone()].fill(0));
			assert_eq!(infinite, quoted("Infinity"));
		}
		let outside = encode_g2(&outside_the_subgroup());
		let verdict = changed(&|bytes| bytes[64..192].copy_from_slice(&outside));
		assert_eq!(verdict, quoted("NotInSubgroup"));
		let swapped = changed(&|bytes| {
			let (a, c) = (bytes[..64].to_vec(), bytes[192..].to_vec());
			bytes[..64].copy_from_slice(&c);
			bytes[192..].copy_from_slice(&a);
		});
		assert_eq!(swapped, quoted("Invalid"));
	}

	#[test]
	fn inputs_that_are_changed() {
		let (key, inputs, proof) = proved(2, 7);
		let (key, proof) = (key.to_bytes(), proof.to_bytes());
		let other = [inputs[0] + Fr::ONE, inputs[1]];
		assert_eq!(verified(&key, &other, &proof), "Err(\"Invalid\")");
		for given in [0usize, 1, 3] {
			let mut inputs = inputs.clone();
			inputs.resize(given, Fr::ZERO);
			let count = format!("WrongInputCount {{ expected: 2, given: {given} }}");
			assert_eq!(verified(&key, &inputs, &proof), format!("Err({count:?})"));
		}
		// x + r, r, q - 1 and 2²⁵⁶ - 1 are not scalars.
		let mut aliased = inputs[0].into_bigint();
		aliased.add_with_carry(&Fr::MODULUS);
		let largest_coordinate = (-Fq::ONE).into_bigint();
		for integer in [aliased, Fr::MODULUS, largest_coordinate] {
			let scalar: Scalar = integer.to_bytes_be().try_into().expect("32 bytes");
			let scalars = [scalar, encode_scalar(inputs[1])];
			assert_eq!(verified_scalars(&key, &scalars, &proof), "Err(\"Scalar\")");
		}
		let scalars = [[0xff; 32], encode_scalar(inputs[1])];
		assert_eq!(verified_scalars(&key, &scalars, &proof), "Err(\"Scalar\")");
	}

	#[test]
	fn keys_that_are_changed() {
		let (key, inputs, proof) = proved(2, 8);
		let changed = |change: &dyn Fn(&mut VerifyingKey)| {
			let mut key = key.clone();
			change(&mut key);
			verified(&key.to_bytes(), &inputs, &proof.to_bytes())
		};
		let outside = outside_the_subgroup();
		for (verdict, expected) in [
			(changed(&|key| key.delta = key.gamma), "RelatedSetup"),
			(changed(&|key| key.gamma = -key.beta), "RelatedSetup"),
			(changed(&|key| key.ic[2] = -key.ic[1]), "RelatedInputs { first: 1, second: 2 }"),
			(changed(&|key| key.alpha = G1Affine::zero()), "Decode(Infinity)"),
			(changed(&|key| key.beta = G2Affine::zero()), "Decode(Infinity)"),
			(changed(&|key| key.ic[1] = G1Affine::zero()), "Decode(Infinity)"),
			(changed(&|key| key.gamma = outside), "Decode(NotInSubgroup)"),
			(changed(&|key| key.delta.x.c0 += Fq::ONE), "Decode(NotOnCurve)"),
			(changed(&|key| key.ic.truncate(1)), "NoInputs"),
		] {
			assert_eq!(verdict, format!("Err({expected:?})"));
		}
	}

	#[test]
	fn batches() {
		let rng = &mut rng(9);
		let trapdoors = [1, 4].map(|inputs| Trapdoor::random(inputs, rng));
		let keys = trapdoors.each_ref().map(|trapdoor| {
			PreparedVerifyingKey::prepare(&trapdoor.key())
				.expect("points of their groups")
				.to_bytes()
		});
		let items: Vec<Item> = (0..20)
			.map(|number| {
				let key = number % 2;
				let inputs: Vec<_> = (1..trapdoors[key].ic.len()).map(|_| Fr::rand(rng)).collect();
				let proof = trapdoors[key].prove(&inputs, rng).to_bytes().to_vec();
				(key as u32, inputs.into_iter().map(encode_scalar).collect(), proof)
			})
			.collect();
		assert_eq!(batch_verified(&keys, &items), "Ok(())");
		assert_eq!(batch_verified(&keys, &items[..1]), "Ok(())");
		assert_eq!(batch_verified(&keys, &[]), "Ok(())");

		let with = |place: usize, change: &dyn Fn(&mut Item)| {
			let mut items = items.clone();
			change(&mut items[place]);
			batch_verified(&keys, &items)
		};
		let outside = encode_g2(&outside_the_subgroup());
		let wrong = with(7, &|item| item.1[0] = encode_scalar(Fr::ZERO));
		assert_eq!(wrong, "Err(\"Invalid\")");
		let wrong = with(11, &|item| item.2[64..192].copy_from_slice(&outside));
		assert_eq!(wrong, "Err(\"Item { index: 11, error: NotInSubgroup }\")");
		let wrong = with(3, &|item| item.0 = 2);
		assert_eq!(wrong, "Err(\"Item { index: 3, error: UnknownKey }\")");
		let wrong = with(4, &|item| item.0 = 1);
		let count = "WrongInputCount { expected: 4, given: 1 }";
		assert_eq!(wrong, format!("Err(\"Item {{ index: 4, error: {count} }}\")"));

		// What can be counted is refused before what takes a pairing.
		let mut items = items.clone();
		items[0].2[64..192].copy_from_slice(&outside);
		items[4].0 = 1;
		let wrong = batch_verified(&keys, &items);
		assert_eq!(wrong, format!("Err(\"Item {{ index: 4, error: {count} }}\")"));
	}
}
