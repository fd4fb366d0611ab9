#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Mutation testing of primitives/: each change that cargo-mutants makes to a crate has to fail one of
# the crate's tests. See docs/mutation.md.
#
#   scripts/mutants.sh                        every crate
#   scripts/mutants.sh bn254 groth16          these
#   scripts/mutants.sh --shard 1/8 bn254      one part of eight
#   scripts/mutants.sh --file 'src/curve/*' bn254
#
# The results are in the cache, in mutants/<crate>/mutants.out.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

CARGO_MUTANTS_VERSION=27.1.0
# A mutant that does not end within so many seconds is told from the others by that. The tests take
# two.
TIMEOUT=60
export PATH=$CANDOR_CACHE/tools/bin:$PATH

options=()
crates=()
file=
while [ $# -gt 0 ]; do
	case $1 in
	--shard) options+=(--shard "$2") && shift ;;
	--file) file=$2 && shift ;;
	-*) die "unknown option $1" "see the head of scripts/mutants.sh" ;;
	*)
		[ -e "primitives/$1/src" ] || die "there is no crate primitives/$1"
		crates+=("$1")
		;;
	esac
	shift
done
[ ${#crates[@]} -gt 0 ] || crates=(bn254 groth16 market proof-system statement)

if [ "$(cargo mutants --version 2>/dev/null)" != "cargo-mutants $CARGO_MUTANTS_VERSION" ]; then
	step "installing cargo-mutants $CARGO_MUTANTS_VERSION"
	CARGO_TARGET_DIR=$CANDOR_CACHE/target-tools cargo install --quiet --locked \
		--root "$CANDOR_CACHE/tools" cargo-mutants --version "$CARGO_MUTANTS_VERSION"
	rm -rf "$CANDOR_CACHE/target-tools"
fi

# A mutant costs one compilation of its crate and of the tests, so that the crate is optimised little
# and everything below it once and well.
export CARGO_TARGET_DIR=$CANDOR_CACHE/target-mutants
export CARGO_PROFILE_DEV_DEBUG=false CARGO_PROFILE_DEV_OPT_LEVEL=1
others='profile.dev.package."*"'
cheaply=(
	--cargo-arg="--config=$others.opt-level=3"
	--cargo-arg="--config=$others.debug-assertions=false"
	--cargo-arg="--config=$others.overflow-checks=false"
)

failed=()
for crate in "${crates[@]}"; do
	step "mutants of primitives/$crate"
	out=$CANDOR_CACHE/mutants/$crate
	mkdir -p "$out"
	# Exit codes: 2 for mutants that nothing caught, 3 for such that did not end, which are caught.
	code=0
	cargo mutants --package "candor-$crate" --jobs 1 --timeout "$TIMEOUT" --output "$out" \
		"${cheaply[@]}" --cargo-test-arg=--lib --cargo-test-arg=--tests \
		"${options[@]}" ${file:+--file "primitives/$crate/$file"} || code=$?
	case $code in
	0 | 3) ;;
	2) failed+=("$crate") ;;
	*) die "cargo-mutants ended with $code" "its log: $out/mutants.out/debug.log" ;;
	esac
	note "caught $(wc -l <"$out/mutants.out/caught.txt")," \
		"not caught $(wc -l <"$out/mutants.out/missed.txt")," \
		"without end $(wc -l <"$out/mutants.out/timeout.txt")," \
		"not compiled $(wc -l <"$out/mutants.out/unviable.txt")"
done

step "what nothing caught"
[ ${#failed[@]} -eq 0 ] || die "mutants of ${failed[*]} were not caught" \
	"$CANDOR_CACHE/mutants/*/mutants.out/missed.txt; kill them with a test, or argue them in .cargo/mutants.toml"
note "nothing"
