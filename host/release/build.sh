#!/usr/bin/env bash
# Builds the program with the C library in it, so that it needs nothing of the system that it runs on, and prints where it is:
# `build.sh [TARGET]`.
#
# For a target it is built as it is handed out: anew, with the profile `dist`, which takes three times as long as the ordinary build; for a
# platform that is not this one, with zig (tests/tools.sh), which has the C library of each. No folder of the machine that builds it is named
# in the result, so that it is the same wherever it is built. Without a target, what `cargo build --release` has compiled is linked once
# more, which takes seconds.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1-}
linker=$PWD/host/release/linker.sh

if [ -n "$target" ]; then
    rustup target add "$target" >&2
    cargo=(cargo-zigbuild build)
    flags="-C target-feature=+crt-static -C strip=symbols -C force-unwind-tables=no"
    flags+=" --remap-path-prefix=$PWD=/outparse --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
    if [ "$target" = "$(uname -m)-unknown-linux-gnu" ]; then
        cargo=(cargo build)
        # At a fixed address: see `link_at_a_fixed_address` in host/cli/build.rs. Functions with the same code are one.
        flags+=" -C relocation-model=static -C link-arg=-Wl,--icf=all -C linker=$linker"
        flags+=" -C link-arg=-Wl,-T,$PWD/host/release/no-unwinding.ld -C link-arg=-Wl,--no-eh-frame-hdr"
    fi
    [[ $target == aarch64-* && $(uname -m) != aarch64 ]] && features=(--features aarch64) || features=()
    # What cargo runs itself while it builds does not get the flags where a target is asked for.
    PATH=$PWD/target/tools/venv/bin:$PATH RUSTFLAGS=$flags \
        "${cargo[@]}" --profile dist --locked --bin outparse "${features[@]}" --target "$target" >&2
    echo "target/$target/dist/outparse"
else
    # At a fixed address, too.
    cargo rustc --release --locked --bin outparse -- \
        -C target-feature=+crt-static -C relocation-model=static -C strip=symbols -C "linker=$linker" >&2
    # The next ordinary build puts another one in its place.
    install -D target/release/outparse target/static/outparse
    echo target/static/outparse
fi
