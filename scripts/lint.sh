#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formatting, lints, and what the dependencies are and whose.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

CARGO_DENY_VERSION=0.20.2
export PATH=$CANDOR_CACHE/tools/bin:$PATH

step "formatting"
cargo fmt --all --check
cargo fmt --manifest-path fuzz/Cargo.toml --check

step "lints"
# Lints look at the native code alone.
SKIP_WASM_BUILD=1 cargo clippy --locked --workspace --all-targets --profile "$PROFILE" -- -D warnings
CARGO_TARGET_DIR=$CANDOR_CACHE/target-fuzz \
	cargo clippy --locked --manifest-path fuzz/Cargo.toml --all-targets -- -D warnings

if [ "$(cargo deny --version 2>/dev/null)" != "cargo-deny $CARGO_DENY_VERSION" ]; then
	step "installing cargo-deny $CARGO_DENY_VERSION"
	CARGO_TARGET_DIR=$CANDOR_CACHE/target-tools cargo install --quiet --locked \
		--root "$CANDOR_CACHE/tools" cargo-deny --version "$CARGO_DENY_VERSION"
	rm -rf "$CANDOR_CACHE/target-tools"
fi
step "licences, duplicates and sources of dependencies"
# Not `advisories`: that takes a database from the network. The parse errors are crates that spell
# their licence in an old way.
cargo deny check --hide-inclusion-graph --allow parse-error licenses bans sources
