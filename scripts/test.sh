#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that proves the project works. scripts/setup.sh has run before.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

"$ROOT/scripts/lint.sh" --text

"$ROOT/scripts/build.sh"

"$ROOT/scripts/lint.sh" --code

step "unit, property and runtime tests"
cargo test --locked --workspace --profile "$PROFILE"

"$ROOT/scripts/fuzz.sh" --short

step "the metadata that the command line is compiled against is the runtime's"
"$ROOT/scripts/metadata.sh" --check

step "end-to-end tests against the real node"
cd "$ROOT/tests"
CANDOR_NODE=$BIN/candor-node CANDOR_CLI=$BIN/candor npm test

step "done"
