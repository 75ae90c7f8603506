#!/usr/bin/env bash
# Runs the end-to-end tests with a static program on a system of BusyBox alone: `busybox.sh [PROGRAM]`. Without one it is that of
# host/release/build.sh, which has glibc in it.
#
# The tests are those of the ordinary run, and so are built already; only the program that they start is another one, and what it runs
# there is BusyBox's: `sh`, `df`, `yes`. It is built already, too, and only linked once more. Left out are tests
# that start tools of this system through the program (compilers for new plugins, OpenSSH, a browser, Python, `lscpu`), those that other programs read, and one that takes
# from the program what the script before it needs.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1-$(host/release/build.sh)}
if ldd "$program" > /dev/null 2>&1; then
    echo "tests/busybox.sh: \`$program\` is not static" >&2
    exit 1
fi

tests=(agents cli commands envelope every failures plugins registry sandbox schema select terminal)
for name in "${tests[@]}"; do
    chosen+=(--test "$name")
done
tests/busybox/root.sh "$program" cargo test --release --locked --no-fail-fast "${chosen[@]}" -- --skip what_the_system_refuses_is_named
tests/busybox/root.sh "$program" cargo test --release --locked --test busybox -- --ignored
