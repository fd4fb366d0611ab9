# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts beside it: where things are kept, how progress is told, how failures end.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Build products live outside the checkout, so that a fresh clone finds them again.
CANDOR_CACHE=${CANDOR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/candor}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CANDOR_CACHE/target}
# The Wasm builder cannot guess the workspace from a target directory outside of it.
export WASM_BUILD_WORKSPACE_HINT=$ROOT

# The runtime is built for Wasm with its release profile, whatever the profile of the rest.
export WASM_BUILD_TYPE=release

PROFILE=checked
# shellcheck disable=SC2034 # for the scripts that source this one
BIN=$CARGO_TARGET_DIR/$PROFILE

STEP="starting"

# step MESSAGE: say what is done now, and remember it for the message of a failure.
step() {
	STEP=$1
	printf '\n==> [%s] %s\n' "$(date +%H:%M:%S)" "$1"
}

note() { printf '    %s\n' "$*"; }

# die MESSAGE [HINT]: stop with the step that failed and why.
die() {
	printf '\nerror: %s\n  while: %s\n' "$1" "$STEP" >&2
	[ $# -lt 2 ] || printf '  hint: %s\n' "$2" >&2
	trap - ERR
	exit 1
}

trap 'die "a command failed (exit $?): ${BASH_COMMAND}"' ERR

# as_root COMMAND…: run as root, through sudo where needed.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "root is needed for: $*" "run it as root, then start again"
	fi
}

# use_rust: the compiler for the Wasm runtime that scripts/setup.sh settled on.
use_rust() {
	[ -e "$CANDOR_CACHE/wasm-toolchain.env" ] || "$ROOT/scripts/setup.sh"
	# shellcheck source=/dev/null
	source "$CANDOR_CACHE/wasm-toolchain.env"
	cd "$ROOT"
}
