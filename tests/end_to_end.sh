#!/usr/bin/env bash
# Runs the end-to-end tests with the program that OUTPARSE_TEST_PROGRAM names, but for those whose names have one of these words in them:
# `end_to_end.sh [WORD …]`.
#
# Left out are the files of tests that start tools of this system through the program (compilers for new plugins, OpenSSH, a browser,
# Python, `lscpu`), and those that other programs read.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in agents cli commands envelope every failures plugins registry sandbox schema select terminal; do
    chosen+=(--test "$name")
done
skipped=("$@")
cargo test --release --locked --no-fail-fast "${chosen[@]}" -- "${skipped[@]/#/--skip=}"
