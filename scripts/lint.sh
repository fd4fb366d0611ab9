#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formatting and lints.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

step "formatting"
cargo fmt --all --check
cargo fmt --manifest-path fuzz/Cargo.toml --check

step "lints"
# Lints look at the native code alone.
SKIP_WASM_BUILD=1 cargo clippy --locked --workspace --all-targets --profile "$PROFILE" -- -D warnings
CARGO_TARGET_DIR=$CANDOR_CACHE/target-fuzz \
	cargo clippy --locked --manifest-path fuzz/Cargo.toml --all-targets -- -D warnings
