// SPDX-License-Identifier: Apache-2.0

//! Verification of one proof, under a plain or a staged key, against arkworks and against the algebra of
//! the trapdoor.

#![no_main]

use candor_fuzz::cases::verify::Case;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| {
	case.run();
});
