#!/usr/bin/env bash
# Runs the end-to-end tests with a program for aarch64, which QEMU emulates: `aarch64.sh PROGRAM`.
#
# The tests are those of the ordinary run, and what the program runs is this system's. Left out are those in which the emulator shows: it
# needs memory of its own, has a thread of its own, takes a limit of open files for itself, and forgets that a signal was ignored.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
qemu=$(command -v qemu-aarch64-static)

mkdir -p target/aarch64
cat > target/aarch64/outparse << END
#!/bin/sh
exec "$qemu" "$program" "\$@"
END
chmod +x target/aarch64/outparse
export OUTPARSE_TEST_PROGRAM=$PWD/target/aarch64/outparse

tests/end_to_end.sh memories_together memory_is_bounded an_interrupted_parse what_the_system_refuses signals_that_were_ignored
