#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the runtime's metadata to where the command line's types are generated from; with --check,
# compares instead.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

TARGET=$ROOT/offchain/candor/artifacts/candor.scale
fresh=$(mktemp)
"$BIN/candor-metadata" >"$fresh"

if [ "${1:-}" = --check ]; then
	cmp -s "$fresh" "$TARGET" ||
		die "$TARGET is not the metadata of this runtime" "run: make metadata"
	note "it is"
else
	cp "$fresh" "$TARGET"
	note "written to $TARGET"
fi
rm -f "$fresh"
