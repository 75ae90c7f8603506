#!/usr/bin/env bash
# Makes a system of BusyBox alone and runs a command beside it: `root.sh PROGRAM COMMAND [ARGUMENTS]`.
#
# The system is a folder, target/busybox/root: one static BusyBox with a link for each of its programs, a static outparse, the certificates
# that Alpine has too, and nothing else; no C library, no GNU tools. The command runs outside of it and is told in OUTPARSE_TEST_PROGRAM of a small script that goes in and
# becomes outparse. Both see the same /tmp, /proc, /dev and this checkout, in a mount namespace that ends with the command.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "${1-}" != --inside ]; then
    # Without root's rights, in a user namespace.
    [ "$(id -u)" = 0 ] && rights=() || rights=(--map-root-user)
    exec unshare --mount "${rights[@]}" "$0" --inside "$@"
fi
program=$2
shift 2

busybox=$(command -v busybox)
if ! "$busybox" true || ldd "$busybox" > /dev/null 2>&1; then
    echo "tests/busybox/root.sh: a static BusyBox is needed: apt-get install busybox-static" >&2
    exit 1
fi

root=$PWD/target/busybox/root
rm -rf "$root"
mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc/ssl/certs,root,dev,proc,sys,tmp} "$root$PWD"
cp "$busybox" "$root/bin/busybox"
"$busybox" chroot "$root" /bin/busybox --install -s
cp "$program" "$root/usr/bin/outparse"
echo 'root:x:0:0:root:/root:/bin/sh' > "$root/etc/passwd"
echo 'root:x:0:' > "$root/etc/group"
echo '127.0.0.1 localhost' > "$root/etc/hosts"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs"

# The root is a mount of its own, so that it is `/` in the list that /proc has.
mount --bind "$root" "$root"
for shared in dev proc sys tmp; do
    mount --rbind "/$shared" "$root/$shared"
done
mount --bind "$PWD" "$root$PWD"
mount -o remount,bind,ro "$root$PWD"

# With the process id that it was started with, which tests send signals to.
cat > target/busybox/outparse << END
#!/bin/sh
exec /usr/sbin/chroot "$root" /bin/sh -c 'cd "\$0" && exec /usr/bin/outparse "\$@"' "\$PWD" "\$@"
END
chmod +x target/busybox/outparse

export OUTPARSE_TEST_PROGRAM=$PWD/target/busybox/outparse
exec "$@"
