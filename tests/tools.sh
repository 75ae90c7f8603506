#!/usr/bin/env bash
# Installs what some tests need beside Rust, and names what they lack without it. Does nothing where all is there.
#
# Python packages go into target/tools/venv, those of npm into folders beside it, where the tests look first. The other programs are
# Debian packages: they are installed where this is run as root on Debian, and named elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=target/tools
mkdir -p "$tools"

# Program and the package it is in.
packages=()
while read -r program package; do
    command -v "$program" > /dev/null || [ -x "/usr/sbin/$program" ] || packages+=("$package")
done <<'END'
python3 python3-venv
node nodejs
npm npm
jq jq
promtool prometheus
ip iproute2
git git
sysctl procps
findmnt mount
docker-registry docker-registry
chromium chromium
zsh zsh
fish fish
mandoc mandoc
man man-db
groff groff
sshd openssh-server
ssh openssh-client
csh tcsh
busybox busybox-static
umoci umoci
podman podman
runc runc
ruby ruby
curl curl
strace strace
valgrind valgrind
nix-build nix-bin
toybox toybox
clush clustershell
pdsh pdsh
sqlite3 sqlite3
nft nftables
sar sysstat
systemctl systemd
pvs lvm2
rsync rsync
dropbear dropbear-bin
smartctl smartmontools
openssl openssl
zip zip
unzip unzip
mmdebstrap mmdebstrap
qemu-aarch64-static qemu-user-static
END
# The one that is linked to a C library is of no use where there is none.
ldd "$(command -v busybox)" > /dev/null 2>&1 && packages+=(busybox-static)
[ -e /usr/share/bash-completion/bash_completion ] || packages+=(bash-completion)
if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${packages[@]}"
    else
        echo "tests/tools.sh: install these as root: apt-get install ${packages[*]}" >&2
    fi
fi

# A stamp says what was installed: a copy of the file that asks for it.
same() { cmp --quiet "$1" "$2"; }

if ! same tests/requirements.txt "$tools/requirements.txt"; then
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/requirements.txt
    cp tests/requirements.txt "$tools/requirements.txt"
fi

# What a package.json asks for, into a folder.
npm_packages() {
    if ! same "$1" "$2/asked.json"; then
        mkdir -p "$2"
        cp "$1" "$2/package.json"
        npm install --prefix "$2" --silent --no-audit --no-fund
        cp "$1" "$2/asked.json"
    fi
}
npm_packages host/authoring/templates/javascript/package.json "$tools/npm"
npm_packages host/playground/package.json "$tools/page"
npm_packages tests/any_table/package.json "$tools/nushell"
