#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes pages of docs/.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_rust

MDBOOK_VERSION=0.5.4
export PATH=$CANDOR_CACHE/tools/bin:$PATH

if [ "$(mdbook --version 2>/dev/null)" != "mdbook v$MDBOOK_VERSION" ]; then
	step "installing mdBook $MDBOOK_VERSION"
	CARGO_TARGET_DIR=$CANDOR_CACHE/target-tools cargo install --quiet --locked --no-default-features \
		--features search --root "$CANDOR_CACHE/tools" mdbook --version "$MDBOOK_VERSION"
	rm -rf "$CANDOR_CACHE/target-tools"
fi

step "making the book"
mdbook build docs
note "target/book/index.html"
