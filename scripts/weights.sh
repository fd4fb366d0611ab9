#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the weights of calls in Wasm with the node's own benchmark command, and writes them to
# runtime/src/weights/. With arguments, of these pallets only: scripts/weights.sh pallet_jobs
# WEIGHTS_STEPS, WEIGHTS_REPEAT and WEIGHTS_OUTPUT change how often is measured and what is written.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

STEPS=${WEIGHTS_STEPS:-20}
REPEAT=${WEIGHTS_REPEAT:-10}
OUTPUT=${WEIGHTS_OUTPUT:-$ROOT/runtime/src/weights}
# Shortest time for each benchmark, in seconds: quick ones are repeated more often.
MIN_DURATION=2

# Benchmarking features change most of the SDK, so its products are kept apart.
export CARGO_TARGET_DIR=${WEIGHTS_TARGET_DIR:-$CANDOR_CACHE/target-weights}
# A runtime below the benchmarking command that only `benchmark storage` for parachains needs.
export SKIP_FRAME_STORAGE_ACCESS_TEST_RUNTIME_WASM_BUILD=1

# The pallets for which the runtime keeps a file of weights.
all_pallets() {
	local file
	for file in "$ROOT"/runtime/src/weights/*.rs; do
		file=$(basename "$file" .rs)
		[ "$file" = mod ] || echo "$file"
	done
}

step "building the benchmarking node (the first time this takes about as long as make build)"
note "products go to $CARGO_TARGET_DIR"
# The release profile: the profile of tests has checks in it that validators do not run, and the
# production profile takes far longer to link while the runtime spends its time in Wasm anyway.
cargo build --locked --release -p candor-node --features runtime-benchmarks

if [ $# -gt 0 ]; then
	pallets=("$@")
else
	mapfile -t pallets < <(all_pallets)
fi

step "measuring ${pallets[*]}"
note "nothing else should run on this machine meanwhile"
mkdir -p "$OUTPUT"
# Candor is no parachain: blocks are executed without recording proofs.
"$CARGO_TARGET_DIR/release/candor-node" benchmark pallet \
	--chain dev --genesis-builder spec-runtime \
	--wasm-execution compiled --disable-proof-recording \
	--pallet "$(IFS=,; echo "${pallets[*]}")" --extrinsic '*' \
	--steps "$STEPS" --repeat "$REPEAT" --min-duration "$MIN_DURATION" \
	--no-median-slopes --no-min-squares --no-storage-info \
	--template "$ROOT/scripts/weights.hbs" --output "$OUTPUT"

step "formatting what was written"
for pallet in "${pallets[@]}"; do
	rustfmt --config-path "$ROOT/rustfmt.toml" --edition 2021 "$OUTPUT/$pallet.rs"
done
