#!/usr/bin/env bash
# Checks that the program compiles without a warning on each platform that it is meant for: `platforms.sh [TARGET …]`.
#
# Needs what tests/tools.sh installs: zig has the C compiler and the headers of all of them, for the crates with C in them. Plugins are not
# built. Each takes some five minutes of a processor, so that .ci/run leaves this to a job of its own.
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
    cargo-zigbuild clippy --release --locked --lib --bins --target "$target" -- -D warnings
done
