// SPDX-License-Identifier: Apache-2.0

//! Scalars, schemas and statements, on any bytes and any text.

#![no_main]

use candor_fuzz::cases::statement::Case;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| {
	case.run();
});
