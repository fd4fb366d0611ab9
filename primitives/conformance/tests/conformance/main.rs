// SPDX-License-Identifier: Apache-2.0

//! Native code, Wasm with host functions and Wasm without give the same answers, byte for byte, in
//! the executor that the node runs.

mod ethereum;
mod operations;
mod staged;
mod verdicts;

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
