#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Times `candor prove` under each scheme beside EZKL, circom and snarkjs, as whole processes, and writes docs/bench/; then
# arkworks on the same constraints, in one process. `make build` has run before.
#
#   --runs N          repetitions, of which the medians count (3)
#   --models NAME…    of digits, 784-56-10, 784-128-10, LeNet-5, trees (all); others keep their rows in docs/bench
#   --snarkjs         Candor's plain circuit of digits under snarkjs as well, whose setup takes over a minute
#   --no-peers        Candor alone
#   --print           print the table only

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

CANDOR=$BIN/candor
WORK=$CANDOR_CACHE/bench-prover
PYTHON=$CANDOR_CACHE/tools/bench-prover
PARTS=$ROOT/scripts/bench-prover
PINS=$PARTS/requirements.txt
[ -x "$CANDOR" ] || die "$CANDOR is missing" "run: make bench-prover"

OUT=(--out "$ROOT/docs/bench")
ARGUMENTS=()
for argument in "$@"; do
	if [ "$argument" = --print ]; then OUT=(); else ARGUMENTS+=("$argument"); fi
done

if ! cmp -s "$PINS" "$PYTHON/pins"; then
	step "installing what is measured beside it"
	rm -rf "$PYTHON"
	python3 -m venv "$PYTHON"
	"$PYTHON/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r "$PINS"
	cp "$PINS" "$PYTHON/pins"
fi

step "building the comparison with arkworks"
# With the whole workspace, so that dependencies are those of the other binaries.
cargo build --locked --workspace --profile "$PROFILE" --example compare

step "timing provers; nothing else should run on this machine meanwhile"
rm -rf "$WORK"
"$PYTHON/bin/python" "$PARTS/measure.py" --candor "$CANDOR" --work "$WORK" "${OUT[@]}" "${ARGUMENTS[@]}"

step "arkworks on the same constraints, in one process; ratios are to its prover without synthesis"
for shape in 64-32-10 784-56-10 784-128-10; do
	note "$shape, staged, and the same with the challenge as an input"
	"$CARGO_TARGET_DIR/$PROFILE/examples/compare" --architecture "$shape" --rounds 3 |
		grep -E ' constraints|ratio|  (arkworks|plain|staged)$'
done
