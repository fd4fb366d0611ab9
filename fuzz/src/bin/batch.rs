// SPDX-License-Identifier: Apache-2.0

//! Verification of a batch against verification of each item by itself, under plain and staged keys.

#![no_main]

use candor_fuzz::cases::batch::Case;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| {
	case.run();
});
