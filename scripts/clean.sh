#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Removes build products and cached artifacts.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

step "removing $CARGO_TARGET_DIR and $CANDOR_CACHE"
rm -rf "$CARGO_TARGET_DIR" "$CANDOR_CACHE" "$ROOT/tests/node_modules"
