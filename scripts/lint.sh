#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formatting and lints.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

step "formatting"
cargo fmt --all --check

step "lints"
# Lints look at the native code alone.
SKIP_WASM_BUILD=1 cargo clippy --locked --workspace --all-targets --profile "$PROFILE" -- -D warnings
