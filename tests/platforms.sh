#!/usr/bin/env bash
# Checks that the program compiles without a warning for each platform that it is meant for, and tests it on those that this machine can
# be: `platforms.sh [TARGET …]`.
#
# Needs what tests/tools.sh installs: zig has the C compiler and the headers of all of them, for the crates with C in them. Each takes some
# five minutes of a processor to check, and those that are tested more than twenty to build as they are handed out, so that .ci/run leaves
# this to a job of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/target/tools/venv/bin:$PATH"
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    targets=(aarch64-unknown-linux-gnu x86_64-unknown-linux-musl aarch64-unknown-linux-musl aarch64-apple-darwin x86_64-apple-darwin x86_64-unknown-freebsd)
fi
for target in "${targets[@]}"; do
    rustup target add "$target"
    echo "tests/platforms.sh: $target"
    # Plugins are not built for this.
    cargo-zigbuild clippy --release --locked --lib --bins --target "$target" -- -D warnings
    case $target in
        x86_64-unknown-linux-musl) tests/busybox.sh "$(host/release/build.sh "$target")" ;;
        aarch64-unknown-linux-musl) tests/aarch64.sh "$(host/release/build.sh "$target")" ;;
    esac
done
