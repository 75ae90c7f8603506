#!/usr/bin/env bash
# The README's first two commands as a newcomer's machine runs them: a root of Debian's smallest packages and what the README names, a C
# linker, the certificates that rustup needs, and nothing else. This tree, cargo's registry and the toolchain are lent to it, so that what is
# built is used again.
#
# Needs root, for the mounts, and Debian, for the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$PWD
root=$tree/target/newcomer
cargo=${CARGO_HOME:-$HOME/.cargo}
rustup=${RUSTUP_HOME:-$HOME/.rustup}

if [ "$(id -u)" != 0 ]; then
    echo "tests/newcomer.sh: run this as root: it makes mounts" >&2
    exit 1
fi

# What is lent is held for the run alone: all mounts are of a namespace of its own.
if [ "${1:-}" != inside ]; then
    if ! [ -e "$root/made" ]; then
        rm -rf "$root"
        codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
        # From wherever this machine has its packages.
        sources=/etc/apt/sources.list.d/debian.sources
        [ -e "$sources" ] || sources=/etc/apt/sources.list
        mmdebstrap --quiet --variant=minbase --include=ca-certificates,gcc,libc6-dev "$codename" "$root" - < "$sources"
        touch "$root/made"
    fi
    # Where crates come from, this machine knows; that one has no names of servers.
    cargo fetch --locked --quiet
    exec unshare --mount --pid --fork --kill-child bash "$0" inside
fi

lend() {
    mkdir -p "$root$1"
    mount --rbind "$1" "$root$1"
}
# The root lies within the tree: it is lent before the tree would show itself in it.
mount --bind "$root" "$root"
cd /
for lent in "$tree" "$cargo" "$rustup" /dev /sys; do
    lend "$lent"
done
mkdir -p "$root/proc"
mount -t proc proc "$root/proc"
# What tests/tools.sh has put into the tree is not there.
if [ -e "$root$tree/target/tools" ]; then
    mount -t tmpfs tmpfs "$root$tree/target/tools"
fi
# Not `chroot`: who is within that may make no namespaces.
cd "$root"
mkdir -p before
pivot_root . before
umount --lazy /before

# Just those lines of the README.
grep '^rustup toolchain install && cargo' "$tree/README.md" | sed 's/ *#.*//' | while read -r line; do
    echo "newcomer: $line"
    env -i "HOME=$HOME" "CARGO_HOME=$cargo" "RUSTUP_HOME=$rustup" "PATH=$cargo/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        sh -c "cd '$tree' && $line" < /dev/null
done
