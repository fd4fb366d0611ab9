#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that can be checked without running it.
#
#   scripts/lint.sh           all of it
#   scripts/lint.sh --text    what takes seconds and compiles nothing
#   scripts/lint.sh --code    what has to compile: clippy and rustdoc
#   scripts/lint.sh --format  mend what can be mended

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust
# Failures inside of functions are told as well.
set -E

# lint_tools: put the tools of scripts/tools.txt on the PATH; their versions and hashes stand there.
lint_tools() {
	local folder=$CANDOR_CACHE/tools/lint pins=$ROOT/scripts/tools.txt
	if ! cmp -s "$pins" "$folder/tools.txt"; then
		step "installing the tools of scripts/tools.txt"
		rm -rf "$folder"
		python3 -m venv "$folder"
		"$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
			--require-hashes -r "$pins"
		cp "$pins" "$folder/tools.txt"
	fi
	PATH=$folder/bin:$PATH
}

prettier() { "$ROOT/tests/node_modules/.bin/prettier" --log-level warn "$@" "$ROOT"; }

# tracked PATTERN…: files that git knows, one a line.
tracked() { git -C "$ROOT" ls-files -- "$@"; }

text() {
	step "formatting: Rust, TOML, JavaScript, Python"
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	RUST_LOG=warn taplo fmt --check
	prettier --check
	ruff format --no-cache --quiet --check

	step "Python"
	ruff check --no-cache --quiet

	step "shell scripts"
	tracked '*.sh' .ci/run | xargs shellcheck

	step "spelling"
	typos

	step "links between documents"
	tracked '*.md' | xargs lychee --offline --include-fragments --no-progress --quiet

	step "licences, duplicates and sources of dependencies"
	# Not `advisories`: that takes a database from the network. The parse errors are crates that spell
	# their licence in an old way.
	cargo deny check --hide-inclusion-graph --allow parse-error licenses bans sources
}

code() {
	# The Wasm runtime is of no interest here; but where it has been built, skipping it would make the
	# next build begin anew.
	[ -e "$BIN/candor-node" ] || export SKIP_WASM_BUILD=1

	step "lints"
	cargo clippy --locked --workspace --all-targets --profile "$PROFILE" -- -D warnings
	CARGO_TARGET_DIR=$CANDOR_CACHE/target-fuzz \
		cargo clippy --locked --manifest-path fuzz/Cargo.toml --all-targets -- -D warnings

	step "documentation of the crates"
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --profile "$PROFILE"
}

format() {
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml
	RUST_LOG=warn taplo fmt
	prettier --write
	ruff format --no-cache --quiet
}

lint_tools
case ${1:-} in
--text) text ;;
--code) code ;;
--format) format ;;
"")
	text
	code
	;;
*) die "unknown option $1" "see the head of scripts/lint.sh" ;;
esac
