#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the demo's story against the binaries that scripts/build.sh has built.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

step "the demo"
export CANDOR_NODE=$BIN/candor-node CANDOR_CLI=$BIN/candor
trap - ERR
exec node "$ROOT/tests/demo/demo.mjs"
