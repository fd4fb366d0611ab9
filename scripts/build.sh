#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the node and the tools into $CARGO_TARGET_DIR.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

step "building the node and the tools (the first time this takes about half an hour on two cores)"
note "products go to $BIN"
# The whole workspace at once: building parts of it would select other features of shared
# dependencies, and compile those again.
cargo build --locked --workspace --profile "$PROFILE"
note "$("$BIN/candor-node" --version)"
