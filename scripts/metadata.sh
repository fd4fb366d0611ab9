#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the runtime's metadata to where the command line's types are generated from, and its hash to where
# the Wasm runtime's build finds it; with --check, compares instead. Build again after it has written.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

fresh=$(mktemp)

# artifact FILE ARGUMENT…: what the tool prints belongs into the file.
artifact() {
	local target=$ROOT/$1
	shift
	"$BIN/candor-metadata" "$@" >"$fresh"
	if [ "$mode" = --check ]; then
		cmp -s "$fresh" "$target" ||
			die "$target is not the metadata of this runtime" "run: make metadata, and build again"
	else
		cp "$fresh" "$target"
		note "written to $target"
	fi
}

mode=${1:-}
if [ "$mode" != --check ]; then
	step "building the tool that prints it"
	# This alone: the client may not compile before its metadata is written. The Wasm runtime is
	# built anew once its hash has changed.
	SKIP_WASM_BUILD=1 cargo build --locked --workspace --bin candor-metadata --profile "$PROFILE"
fi
artifact offchain/client/artifacts/candor.scale
artifact runtime/metadata.hash --hash
[ "$mode" != --check ] || note "they are"
rm -f "$fresh"
