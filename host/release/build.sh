#!/usr/bin/env bash
# Builds the program as it is handed out: with the C library in it, so that it needs nothing of the system that it runs on. Prints where it is.
#
# What `cargo build --release` has compiled is linked once more, which takes seconds.
set -euo pipefail
cd "$(dirname "$0")/../.."

# At a fixed address: see `link_at_a_fixed_address` in host/cli/build.rs.
cargo rustc --release --locked --bin outparse -- -C target-feature=+crt-static -C relocation-model=static -C strip=symbols >&2
# The next ordinary build puts another one in its place.
install -D target/release/outparse target/static/outparse
echo target/static/outparse
