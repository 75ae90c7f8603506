#!/usr/bin/env bash
# Runs end-to-end tests with a program for aarch64, which QEMU emulates: `aarch64.sh PROGRAM`.
#
# The tests are those of the ordinary run, and what the program runs is this system's. Left out are tests of what the emulator decides:
# limits of memory and of time.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")

mkdir -p target/aarch64
cat > target/aarch64/outparse << END
#!/bin/sh
exec qemu-aarch64-static "$program" "\$@"
END
chmod +x target/aarch64/outparse
export OUTPARSE_TEST_PROGRAM=$PWD/target/aarch64/outparse

tests=(agents cli commands envelope every failures plugins registry sandbox schema select terminal)
for name in "${tests[@]}"; do
    chosen+=(--test "$name")
done
cargo test --release --locked --no-fail-fast "${chosen[@]}"
