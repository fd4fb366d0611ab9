#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures verification natively and in Wasm against arkworks, in one run, and writes docs/bench/.
# Weights are those of the runtime that `make build` has built. Arguments go to the measuring
# program: scripts/bench.sh --rounds 3

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

step "building what measures (the first time this takes about ten minutes on two cores)"
# By itself and optimised: other crates of the workspace would switch on threads in arkworks.
cargo build --locked --release -p candor-bench

[ -x "$BIN/candor-capacity" ] || die "$BIN/candor-capacity is missing" "run: make bench"
capacity=$CANDOR_CACHE/capacity.json
"$BIN/candor-capacity" --json >"$capacity"

step "measuring; nothing else should run on this machine meanwhile"
"$CARGO_TARGET_DIR/release/candor-bench" --capacity "$capacity" "$@"
