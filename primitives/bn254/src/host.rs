// SPDX-License-Identifier: Apache-2.0

//! The host functions: the operations of [`crate::bytes`], computed natively for a runtime in Wasm.
//!
//! They keep no state, and answer with a code, zero for success. What they accept and compute is
//! what the same functions of [`crate::bytes`] do in Wasm, so that a runtime built with or without
//! them reaches the same verdicts. A changed meaning takes a new `#[version]`.

#[cfg(not(substrate_runtime))]
use crate::{bytes, Error};
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndRead, PassFatPointerAndReadWrite, PassFatPointerAndWrite},
	runtime_interface,
};

/// Curves computed by the host. The name is part of the functions' names, and Candor's own, lest it
/// meets one of the SDK's.
#[runtime_interface]
pub trait CandorCurves {
	/// See [`crate::bytes::msm_g1`].
	fn bn254_msm_g1(
		points: PassFatPointerAndRead<&[u8]>,
		scalars: PassFatPointerAndRead<&[u8]>,
		counts: PassFatPointerAndRead<&[u8]>,
		sums: PassFatPointerAndWrite<&mut [u8]>,
	) -> u64 {
		Error::to_answer(bytes::msm_g1(points, scalars, counts, sums))
	}

	/// See [`crate::bytes::msm_g2`].
	fn bn254_msm_g2(
		points: PassFatPointerAndRead<&[u8]>,
		scalars: PassFatPointerAndRead<&[u8]>,
		sum: PassFatPointerAndWrite<&mut [u8]>,
	) -> u64 {
		Error::to_answer(bytes::msm_g2(points, scalars, sum))
	}

	/// See [`crate::bytes::check_g2`].
	fn bn254_check_g2(points: PassFatPointerAndRead<&[u8]>) -> u64 {
		Error::to_answer(bytes::check_g2(points))
	}

	/// See [`crate::bytes::multi_miller_loop`].
	fn bn254_multi_miller_loop(
		g1: PassFatPointerAndRead<&[u8]>,
		g2: PassFatPointerAndRead<&[u8]>,
		prepared_g1: PassFatPointerAndRead<&[u8]>,
		prepared_g2: PassFatPointerAndRead<&[u8]>,
		value: PassFatPointerAndWrite<&mut [u8]>,
	) -> u64 {
		Error::to_answer(bytes::multi_miller_loop(g1, g2, prepared_g1, prepared_g2, value))
	}

	/// See [`crate::bytes::final_exponentiation`].
	fn bn254_final_exponentiation(value: PassFatPointerAndReadWrite<&mut [u8]>) -> u64 {
		Error::to_answer(bytes::final_exponentiation(value))
	}
}

#[cfg(not(substrate_runtime))]
pub use candor_curves::HostFunctions;
