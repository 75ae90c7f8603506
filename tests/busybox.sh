#!/usr/bin/env bash
# Runs the end-to-end tests with a static program on a system of BusyBox alone: `busybox.sh [PROGRAM]`. Without one it is that of
# host/release/build.sh, which has glibc in it.
#
# The tests are those of the ordinary run, and so are built already; only the program that they start is another one, and what it runs
# there is BusyBox's: `sh`, `df`, `yes`. One test is left out, which takes from the program what the script before it needs.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1-$(host/release/build.sh)}
if ldd "$program" > /dev/null 2>&1; then
    echo "tests/busybox.sh: \`$program\` is not static" >&2
    exit 1
fi

tests/busybox/root.sh "$program" tests/end_to_end.sh what_the_system_refuses_is_named
tests/busybox/root.sh "$program" cargo test --release --locked --test busybox -- --ignored
