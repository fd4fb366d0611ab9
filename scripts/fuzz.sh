#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fuzzing, guided by coverage: the targets of fuzz/src/bin, each beginning with its corpus.
#
#   scripts/fuzz.sh [--seconds N] [TARGET…]   N seconds (600) for each target, or for those named;
#                                             what is found stays in the cache for the next run
#   scripts/fuzz.sh --short                   a few seconds for each target, the same ones every time
#   scripts/fuzz.sh --input FILE TARGET       one input again
#   scripts/fuzz.sh --keep [TARGET…]          add to the corpora what has covered more since

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

CARGO_FUZZ_VERSION=0.13.2
# Instrumented builds share nothing with others.
export CARGO_TARGET_DIR=$CANDOR_CACHE/target-fuzz
export PATH=$CANDOR_CACHE/tools/bin:$PATH

mode=long
seconds=600
input=
targets=()
while [ $# -gt 0 ]; do
	case $1 in
	--seconds) seconds=$2 && shift ;;
	--short) mode=short seconds=5 ;;
	--input) mode=again input=$2 && shift ;;
	--keep) mode=keep ;;
	-*) die "unknown option $1" "see the head of scripts/fuzz.sh" ;;
	*)
		[ -e "fuzz/src/bin/$1.rs" ] || die "there is no target $1" "they are in fuzz/src/bin"
		targets+=("$1")
		;;
	esac
	shift
done
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(basename -as .rs fuzz/src/bin/*.rs)

if [ "$(cargo fuzz --version 2>/dev/null)" != "cargo-fuzz $CARGO_FUZZ_VERSION" ]; then
	step "installing cargo-fuzz $CARGO_FUZZ_VERSION"
	cargo install --quiet --locked --root "$CANDOR_CACHE/tools" \
		cargo-fuzz --version "$CARGO_FUZZ_VERSION"
fi

# Sanitizers take a nightly compiler, and there is no unsafe code to look into. Coverage does not.
# Assertions of the profile: cargo-fuzz would put them into arkworks, too.
OPTIONS=(--sanitizer none --release)

step "building the targets"
(cd fuzz && cargo fetch --locked --quiet)
cargo fuzz build "${OPTIONS[@]}"

# fuzz TARGET FOLDER… [-- OPTION…]: run libFuzzer; say how to run a failing input again.
fuzz() {
	local target=$1
	local log=$CANDOR_CACHE/fuzz/$target.log
	mkdir -p "$CANDOR_CACHE/fuzz"
	if cargo fuzz run "${OPTIONS[@]}" "$@" >"$log" 2>&1; then
		return 0
	fi
	local found
	found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
	# Without progress, and without the whole of a long input.
	grep -v '^#' "$log" | tail -n 60 | cut -c 1-200 >&2
	die "target $target failed${found:+ on ${found#"$ROOT/"}}" \
		"all of it: $log${found:+; again: scripts/fuzz.sh --input ${found#"$ROOT/"} $target}"
}

for target in "${targets[@]}"; do
	corpus=fuzz/corpus/$target
	found=$CANDOR_CACHE/fuzz/corpus/$target
	mkdir -p "$corpus" "$found"
	case $mode in
	again)
		step "$target on $input"
		fuzz "$target" "$input"
		note "no failure"
		;;
	keep)
		step "keeping what $target has found"
		fuzz "$target" "$corpus" "$found" -- -set_cover_merge=1 -use_counters=0
		note "$(find "$corpus" -type f | wc -l) inputs"
		;;
	*)
		step "fuzzing $target for $seconds s"
		options=(-max_total_time="$seconds" -timeout=20 -print_final_stats=1)
		if [ "$mode" = short ]; then
			found=$(mktemp -d)
			options+=(-seed=1)
		fi
		fuzz "$target" "$found" "$corpus" -- "${options[@]}"
		[ "$mode" = long ] || rm -r "$found"
		note "$(grep -E '^#[0-9]+.*cov:' "$CANDOR_CACHE/fuzz/$target.log" | tail -n 1)"
		;;
	esac
done
