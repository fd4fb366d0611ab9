#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the weights of calls in Wasm with the node's own benchmark command, and writes them to
# runtime/src/weights/. With arguments, of these pallets only: scripts/weights.sh pallet_jobs
# After --staged, keys are those of staged Groth16, and the files appear in target-weights/staged/.
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

# In a runtime without host functions only verification weighs something else.
PORTABLE_PALLETS=(pallet_circuits pallet_jobs pallet_models)

# has_weights PALLET: whether the runtime keeps a file of its weights.
has_weights() { [ "$1" != mod ] && [ -e "$ROOT/runtime/src/weights/$1.rs" ]; }

# measure FOLDER FEATURES PALLET…: build a node whose runtime has these features, and write the
# pallets' weights to the folder.
measure() {
	local folder=$1 features=$2
	shift 2
	step "building the benchmarking node (the first time this takes twice as long as make build)"
	note "features: $features; products go to $CARGO_TARGET_DIR"
	# The release profile: the profile of tests has checks in it that validators do not run, and the
	# production profile takes far longer to link while the runtime spends its time in Wasm anyway.
	cargo build --locked --release -p candor-node --no-default-features --features "$features"

	step "measuring $*"
	note "nothing else should run on this machine meanwhile"
	mkdir -p "$folder"
	# Candor is no parachain: blocks are executed without recording proofs. Least squares would take
	# the shortest run for the constant part wherever noise makes it negative.
	"$CARGO_TARGET_DIR/release/candor-node" benchmark pallet \
		--chain dev --genesis-builder spec-runtime \
		--wasm-execution compiled --disable-proof-recording \
		--pallet "$(IFS=,; echo "$*")" --extrinsic '*' \
		--steps "$STEPS" --repeat "$REPEAT" --min-duration "$MIN_DURATION" \
		--output-analysis median-slopes \
		--no-median-slopes --no-min-squares --no-storage-info \
		--template "$ROOT/scripts/weights.hbs" --output "$folder"
	local files=("${@/#/$folder/}")
	rustfmt --config-path "$ROOT/rustfmt.toml" --edition 2021 "${files[@]/%/.rs}"
}

staged=
if [ "${1-}" = --staged ]; then
	staged=yes
	shift
	OUTPUT=${WEIGHTS_OUTPUT:-$CARGO_TARGET_DIR/staged}
fi

pallets=("$@")
if [ $# = 0 ]; then
	mapfile -t pallets < <(basename -as .rs "$ROOT"/runtime/src/weights/pallet_*.rs)
fi
portable=()
for pallet in "${pallets[@]}"; do
	has_weights "$pallet" || die "the runtime has no weights of $pallet" "see runtime/src/weights"
	[[ " ${PORTABLE_PALLETS[*]} " != *" $pallet "* ]] || portable+=("$pallet")
done

if [ -n "$staged" ]; then
	measure "$OUTPUT" host-functions,benchmark-staged "${pallets[@]}"
	note "written to $OUTPUT; docs/weights.md says what becomes of them"
	exit
fi
measure "$OUTPUT" host-functions,runtime-benchmarks "${pallets[@]}"
# Verification takes eight times as long there.
STEPS=$((STEPS < 6 ? STEPS : 6)) REPEAT=$((REPEAT < 3 ? REPEAT : 3))
[ ${#portable[@]} = 0 ] || measure "$OUTPUT/portable" runtime-benchmarks "${portable[@]}"
