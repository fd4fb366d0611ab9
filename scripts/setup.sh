#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what building and testing need and is not there yet. Safe to run again: it reuses what it finds.
# The Wasm toolchain that it settles on is written to $CANDOR_CACHE/wasm-toolchain.env.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

RUST=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' "$ROOT/rust-toolchain.toml")
WASM_TARGET=wasm32v1-none
WASM_ENV=$CANDOR_CACHE/wasm-toolchain.env
# The rustup name of the distribution's Rust, where it has to build the Wasm runtime.
DISTRO_TOOLCHAIN=candor-distro

apt_updated=
# apt_install PACKAGE…: install the packages that are missing.
apt_install() {
	local missing=()
	local package
	for package in "$@"; do
		dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	note "installing ${missing[*]}"
	if [ -z "$apt_updated" ]; then
		as_root apt-get update -qq
		apt_updated=yes
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		"${missing[@]}" >/dev/null
}

system_packages() {
	step "system packages"
	command -v apt-get >/dev/null || {
		note "no apt-get here: gcc, g++, cmake, protoc and clang are expected to be installed"
		return 0
	}
	# protoc: network crates; clang: a C dependency of the node; cmake: binaryen for the Wasm runtime.
	apt_install build-essential clang cmake pkg-config protobuf-compiler
	# Tools of scripts/lint.sh come as Python packages.
	python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
}

rust_toolchain() {
	step "Rust $RUST"
	command -v rustup >/dev/null || die "rustup is missing" "install it from https://rustup.rs"
	if ! rustup run "$RUST" rustc --version >/dev/null 2>&1; then
		note "installing it with rustup"
		rustup toolchain install "$RUST" --profile minimal -c clippy -c rustfmt >/dev/null 2>&1 ||
			die "Rust $RUST is not installed and could not be downloaded" \
				"rustup toolchain install $RUST -c clippy -c rustfmt"
	fi
	note "$(rustup run "$RUST" rustc --version)"
}

# The Wasm target comes from rustup where that can download; elsewhere from the distribution's Rust,
# whose library source matches its compiler.
wasm_target() {
	step "the $WASM_TARGET target for the runtime"
	mkdir -p "$CANDOR_CACHE"
	if rustup target list --installed --toolchain "$RUST" | grep -qx "$WASM_TARGET"; then
		note "rustup has it"
		wasm_toolchain "$RUST"
	elif timeout 120 rustup target add "$WASM_TARGET" --toolchain "$RUST" >/dev/null 2>&1; then
		note "added with rustup"
		wasm_toolchain "$RUST"
	else
		note "rustup cannot download it here; building it from the distribution's Rust source"
		distro_wasm_target
		wasm_toolchain "$DISTRO_TOOLCHAIN"
	fi
}

# wasm_toolchain NAME: remember which of rustup's toolchains builds the runtime. Unless it is told,
# the Wasm builder takes rustup's default one, which may be another version without the target.
wasm_toolchain() {
	echo "export WASM_BUILD_TOOLCHAIN=$1" >"$WASM_ENV"
	[ "$1" = "$DISTRO_TOOLCHAIN" ] || return 0
	# The distribution's compiler comes without the linker that its Wasm target asks for, rust-lld;
	# rustup's, which builds the rest, has one.
	local host sysroot
	host=$(rustup run "$RUST" rustc -vV | sed -n 's/^host: //p')
	sysroot=$(rustup run "$RUST" rustc --print sysroot)
	echo "export PATH=\"$sysroot/lib/rustlib/$host/bin:\$PATH\"" >>"$WASM_ENV"
}

distro_wasm_target() {
	apt_install rustc-web cargo-web rust-web-src
	local rustc=/usr/bin/rustc cargo=/usr/bin/cargo
	local library
	library=$($rustc --print sysroot)/lib/rustlib/$WASM_TARGET/lib
	local stamp="$library/.candor-rustc"

	if [ "$(cat "$stamp" 2>/dev/null)" != "$($rustc -vV)" ]; then
		note "building core, alloc and compiler_builtins with $($rustc --version)"
		local work
		work=$(mktemp -d)
		mkdir "$work/src"
		printf '[package]\nname = "sysroot"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' \
			>"$work/Cargo.toml"
		echo '#![no_std]' >"$work/src/lib.rs"
		# Thin LTO of the runtime needs bitcode in these libraries.
		(cd "$work" && env -u RUSTUP_TOOLCHAIN RUSTC=$rustc RUSTC_BOOTSTRAP=1 \
			RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$work/target" \
			$cargo build --quiet --release --target "$WASM_TARGET" -Zbuild-std=core,alloc)
		as_root mkdir -p "$library"
		as_root find "$library" -name '*.rlib' -delete
		local name
		for name in core alloc compiler_builtins; do
			as_root cp "$work/target/$WASM_TARGET/release/deps/lib$name"-*.rlib "$library/"
		done
		$rustc -vV | as_root tee "$stamp" >/dev/null
		rm -rf "$work"
		# Objects built against older libraries are rejected at the link.
		rm -rf "$CARGO_TARGET_DIR/$PROFILE/wbuild" "$CANDOR_CACHE/target-weights/release/wbuild"
	fi
	note "$($rustc --version) has it"
	rustup toolchain link "$DISTRO_TOOLCHAIN" /usr
}

node_packages() {
	step "Node packages of the end-to-end tests"
	command -v npm >/dev/null || die "npm is missing" "install Node.js 20 or newer"
	local major
	major=$(node -p 'process.versions.node.split(".")[0]')
	[ "$major" -ge 20 ] || die "Node.js 20 or newer is needed, this is $(node --version)" "upgrade Node.js"
	local stamp=$ROOT/tests/node_modules/.package-lock.json
	if [ ! -e "$stamp" ] || [ "$ROOT/tests/package-lock.json" -nt "$stamp" ]; then
		(cd "$ROOT/tests" && npm ci --no-audit --no-fund --loglevel=error)
	fi
	note "ready"
}

system_packages
rust_toolchain
wasm_target
node_packages
