#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Times `candor prove` under each scheme beside snarkjs on the same plain circuit, as whole processes, and
# prints a table. `make build` has run before; GNU time and, for 784-56-10, Python are needed.
# --runs N (5), --models "digits 784-56-10 784-128-10", --ezkl (needs Python and PyPI).

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

RUNS=5
MODELS="digits 784-56-10 784-128-10"
EZKL=
while [ $# -gt 0 ]; do
	case $1 in
	--runs) RUNS=$2 && shift ;;
	--models) MODELS=$2 && shift ;;
	--ezkl) EZKL=yes ;;
	*) die "unknown option $1" "see the head of scripts/bench-prover.sh" ;;
	esac
	shift
done

CANDOR=$BIN/candor
SNARKJS=(node "$ROOT/tests/node_modules/snarkjs/build/cli.cjs")
WORK=$CANDOR_CACHE/bench-prover
ROWS=$WORK/rows
TIME=$(type -P time) || die "GNU time is missing" "apt-get install time"
[ -x "$CANDOR" ] || die "$CANDOR is missing" "run: make bench-prover"
rm -rf "$WORK"
mkdir -p "$WORK"
# That a key has passed is kept here: every run that is timed finds it.
export XDG_STATE_HOME=$WORK/state
quiet() { "$@" >"$WORK/log" 2>&1 || die "failed: $*" "$(tail -n 3 "$WORK/log")"; }
size() { stat -c %s "$1"; }
load() { cut -d ' ' -f 1-3 /proc/loadavg; }

# python: one with the packages that are named, in a virtual environment beside the results.
python() {
	[ -x "$WORK/venv/bin/python" ] || quiet python3 -m venv "$WORK/venv"
	quiet timeout 180 "$WORK/venv/bin/pip" install --quiet "$@"
}

# source_of MODEL: its ONNX file and a folder with samples.
source_of() {
	case $1 in
	digits) echo "$ROOT/models/digits/digits.onnx $ROOT/models/digits" ;;
	784-128-10) echo "$ROOT/models/mnist/mnist.onnx $ROOT/models/mnist" ;;
	784-56-10) echo "$WORK/784-56-10.onnx $ROOT/models/mnist" ;;
	*) die "unknown model $1" "there are digits, 784-56-10 and 784-128-10" ;;
	esac
}

# narrow: a perceptron with the first 56 of the 128 hidden neurons. It reads digits badly and costs as much as
# one that was trained.
narrow() {
	python onnx
	"$WORK/venv/bin/python" - "$ROOT/models/mnist/mnist.onnx" "$WORK/784-56-10.onnx" <<'PYTHON'
import sys
import onnx
from onnx import numpy_helper
model = onnx.load(sys.argv[1])
for tensor in model.graph.initializer:
    values = numpy_helper.to_array(tensor)
    for axis in (axis for axis, size in enumerate(values.shape) if size == 128):
        values = values.take(range(56), axis)
    tensor.CopyFrom(numpy_helper.from_array(values.copy(), tensor.name))
onnx.save(model, sys.argv[2])
PYTHON
}

# measure MODEL PROVER KEY PROOF COMMAND…: run it once, then RUNS times, and note the medians of seconds
# on the wall and of the processors, the highest peak of memory, and the sizes of two files.
measure() {
	local model=$1 prover=$2 key=$3 proof=$4
	shift 4
	note "$model, $prover"
	quiet "$@"
	: >"$WORK/times"
	local run
	for ((run = 0; run < RUNS; run++)); do
		"$TIME" -a -o "$WORK/times" -f '%e %U %S %M' "$@" >"$WORK/log" 2>&1
	done
	local wall processors peak middle=$(((RUNS + 1) / 2))
	wall=$(awk '{ print $1 }' "$WORK/times" | sort -n | sed -n "${middle}p")
	processors=$(awk '{ print $2 + $3 }' "$WORK/times" | sort -n | sed -n "${middle}p")
	peak=$(awk '{ print $4 }' "$WORK/times" | sort -n | tail -n 1)
	echo "$model|$prover|$wall|$processors|$peak|$(size "$key")|$(size "$proof")" >>"$ROWS"
}

candor_rows() {
	local model=$1 onnx=$2 samples=$3 scheme folder
	for scheme in hashed committed staged; do
		folder=$WORK/$model-$scheme
		quiet "$CANDOR" compile "$onnx" --calibration "$samples/calibration.csv" --out "$folder"
		quiet "$CANDOR" setup "$folder" --development --scheme "$scheme"
		measure "$model" "candor, $scheme" "$folder/proving.key" "$folder/proof/proof.bin" \
			"$CANDOR" prove "$folder" --input "$samples/test.csv" --sample 1 --out "$folder/proof"
	done
}

# The circuit of digits under the scheme `hashed`, through the files of snarkjs. Its prover is given the witness.
snarkjs_row() {
	local folder=$WORK/digits-hashed power
	cd "$WORK"
	"$CANDOR" circuit export "$folder" --r1cs digits.r1cs --json --quiet >export.json
	power=$(sed -n 's/.*"powers": *\([0-9]*\).*/\1/p' export.json)
	note "handing the circuit over, with powers up to 2^$power"
	quiet "$CANDOR" ceremony powers --power "$power" own.ptau
	quiet "${SNARKJS[@]}" powersoftau prepare phase2 own.ptau final.ptau
	quiet "${SNARKJS[@]}" groth16 setup digits.r1cs final.ptau 0.zkey
	quiet "${SNARKJS[@]}" zkey contribute 0.zkey digits.zkey --name=bench -e=text
	quiet "$CANDOR" circuit solve "$folder" --input "$ROOT/models/digits/test.csv" --sample 1 --wtns digits.wtns
	measure digits "snarkjs, hashed" digits.zkey proof.json \
		"${SNARKJS[@]}" groth16 prove digits.zkey digits.wtns proof.json public.json
	quiet "$CANDOR" setup import "$folder" digits.zkey --powers final.ptau --force
	quiet "$CANDOR" verify --vk "$folder/verifying.key" --proof proof.json --public public.json
	cd "$ROOT"
}

ezkl_rows() {
	local model=$1 onnx=$2 samples=$3 mode folder
	for mode in committed private; do
		folder=$WORK/$model-ezkl-$mode
		mkdir "$folder"
		quiet "$WORK/venv/bin/python" "$ROOT/scripts/bench-ezkl.py" prepare "$folder" "$mode" "$onnx" "$samples/test.csv"
		measure "$model" "EZKL, $mode" "$folder/pk.key" "$folder/proof.json" \
			"$WORK/venv/bin/python" "$ROOT/scripts/bench-ezkl.py" prove "$folder"
	done
}

step "building the comparison with arkworks"
# With the whole workspace, so that dependencies are those of the other binaries.
cargo build --locked --workspace --profile "$PROFILE" --example compare

step "timing provers, $RUNS runs each; nothing else should run on this machine meanwhile"
before=$(load)
[[ " $MODELS " != *" 784-56-10 "* ]] || narrow
[ -z "$EZKL" ] || python ezkl onnx
for model in $MODELS; do
	read -r onnx samples <<<"$(source_of "$model")"
	candor_rows "$model" "$onnx" "$samples"
	[ "$model" != digits ] || snarkjs_row
	[ -z "$EZKL" ] || ezkl_rows "$model" "$onnx" "$samples"
done

printf '\n%s cores, load %s before and %s after\n\n' "$(nproc)" "$before" "$(load)"
# Ratios are to the first row of a model, which is the plain circuit.
awk -F '|' '
	BEGIN {
		print "| model | prover | wall s | ratio | CPU s | ratio | peak MB | key MB | proof bytes |"
		print "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
	}
	!($1 in wall) { wall[$1] = $3; cpu[$1] = $4 }
	{
		printf "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.0f | %.1f | %d |\n", \
			$1, $2, $3, $3 / wall[$1], $4, $4 / cpu[$1], $5 / 1e3, $6 / 1e6, $7
	}' "$ROWS"

step "arkworks on the same constraints, in one process; ratios are to its prover without synthesis"
for model in $MODELS; do
	shape=${model/digits/64-32-10}
	note "$shape, staged, and the same with the challenge as an input"
	"$CARGO_TARGET_DIR/$PROFILE/examples/compare" --architecture "$shape" --rounds "$RUNS" |
		grep -E ' constraints|ratio|  (arkworks|plain|staged)$'
done
