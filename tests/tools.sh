#!/usr/bin/env bash
# Installs what some tests need beside Rust, and names what they lack without it. Does nothing where all is there.
#
# Python packages go into target/tools/venv, jco into target/tools/npm, where the tests look first. The other programs are
# Debian packages: they are installed where this is run as root on Debian, and named elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=target/tools
mkdir -p "$tools"

# Program and the package it is in. The last two are for the page that runs in a browser.
packages=()
while read -r program package; do
    command -v "$program" > /dev/null || [ -x "/usr/sbin/$program" ] || packages+=("$package")
done <<'END'
python3 python3-venv
node nodejs
npm npm
jq jq
docker-registry docker-registry
chromium chromium
chromedriver chromium-driver
END
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

jco=host/author/templates/javascript/package.json
if ! same "$jco" "$tools/package.json"; then
    mkdir -p "$tools/npm"
    cp "$jco" "$tools/npm/package.json"
    npm install --prefix "$tools/npm" --silent --no-audit --no-fund
    cp "$jco" "$tools/package.json"
fi
