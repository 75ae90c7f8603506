#!/usr/bin/env bash
# Builds the program as it is handed out: with the C library in it, so that it needs nothing of the system that it runs on. Prints where it
# is: `build.sh [TARGET]`.
#
# Without a target, what `cargo build --release` has compiled is linked once more, which takes seconds. For a target everything is compiled
# anew, with zig (tests/tools.sh), which has the C library of each. No folder of the machine that builds it is named in the result, so that it
# is the same wherever it is built.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1-}

if [ -n "$target" ]; then
    rustup target add "$target" >&2
    [[ $target == aarch64-* && $(uname -m) != aarch64 ]] && features=(--features aarch64) || features=()
    PATH=$PWD/target/tools/venv/bin:$PATH
    # What cargo runs while it builds does not get these flags where a target is asked for.
    RUSTFLAGS="-C target-feature=+crt-static -C strip=symbols --remap-path-prefix=$PWD=/outparse --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
        cargo-zigbuild build --release --locked --bin outparse "${features[@]}" --target "$target" >&2
    echo "target/$target/release/outparse"
else
    # At a fixed address: see `link_at_a_fixed_address` in host/cli/build.rs.
    cargo rustc --release --locked --bin outparse -- -C target-feature=+crt-static -C relocation-model=static -C strip=symbols >&2
    # The next ordinary build puts another one in its place.
    install -D target/release/outparse target/static/outparse
    echo target/static/outparse
fi
