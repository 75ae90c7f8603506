#!/usr/bin/env bash
# Makes a release of what the tests have built, and installs it in each of the ways that the README names.
#
# Nothing is installed on this system: packages and archives are unpacked into folders, the image runs in a container of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
files=$PWD/target/release-files
host/release/release.sh "$files" "$(host/release/build.sh)"
tests=$PWD/tests/release
folder=$(mktemp -d)
# Nix takes from its owner the right to write what it has built.
trap 'chmod -R u+w "$folder" && rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME OUTPARSE_CONFIG

printf '%s\n' 'Filesystem 1K-blocks Used Available Use% Mounted on' '/dev/a 100 60 40 60% /a' > capture
expected='{"filesystem":"/dev/a","size":102400,"used":61440,"available":40960,"use_percent":60,"mounted_on":"/a","is_total":false}'

# Holds what was printed against what has to be.
holds() {
    if [ "$2" != "$3" ]; then
        echo "tests/release.sh: $1: \`$2\` instead of \`$3\`" >&2
        exit 1
    fi
    echo "tests/release.sh: $1"
}
parses() {
    holds "$1" "$("${@:2}" parse df --format jsonl < capture)" "$expected"
}

(cd "$files" && sha256sum --check --quiet SHA256SUMS)
holds 'every file has its sum' "$(ls "$files" | grep --invert-match --count '^SHA256SUMS$')" "$(wc -l < "$files/SHA256SUMS")"

archive=$(basename "$files"/*.tar.gz .tar.gz)
tar -xzf "$files/$archive.tar.gz"
parses 'the archive has a program' "$archive/outparse"
holds 'and its manual' "$(man -l "$archive/man/outparse.1" 2> /dev/null | grep --count '^NAME')" 1

# A system with nothing in it but what dpkg notes.
mkdir -p debian/var/lib/dpkg/{info,updates} && touch debian/var/lib/dpkg/status
dpkg --root="$PWD/debian" --force-script-chrootless --log=/dev/null --install "$files"/outparse_*_amd64.deb > /dev/null
parses 'the Debian package is installed, and depends on nothing' debian/usr/bin/outparse
holds 'with what bash completes' "$(bash -c 'source debian/usr/share/bash-completion/completions/outparse && complete -p outparse' | wc -l)" 1

# Wherever this is run: without what a container in a container may not do.
image() {
    podman --root "$folder/podman/root" --runroot "$folder/podman/run" --storage-driver vfs --cgroup-manager cgroupfs --runtime runc \
        run --rm --interactive --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 "oci-archive:$1" "${@:2}" 2> podman.log ||
        { cat podman.log >&2 && exit 1; }
}
parses 'the image runs' image "$files"/outparse-*-oci-amd64.tar

"$archive/outparse" plugin add "$files/jc.wasm" > /dev/null
holds 'the catalogue of jc reads a capture' \
    "$(printf 'Linux host 6.1 #1 SMP x86_64 GNU/Linux\n' | "$archive/outparse" parse uname --plugin jc --format jsonl -- -a | wc -l)" 1
"$archive/outparse" plugin add "$files/ntc-templates.wasm" > /dev/null
holds 'the catalogue of templates is there' \
    "$("$archive/outparse" plugin show ntc-templates | grep --count '^ntc-templates')" 1

holds 'the list of parts is CycloneDX' "$(jq -r '"\(.bomFormat) \(.metadata.component.name)"' "$files"/*.cdx.json)" 'CycloneDX outparse'

# Recipes are followed as far as this goes without what they are for: see release/. nix asks nobody for what others have built.
version=$(debian/usr/bin/outparse --version | cut -d' ' -f2)
target=${archive#"outparse-$version-"}
mkdir brew
holds 'the recipe for Homebrew installs it' "$(ruby "$tests/formula.rb" "$files/outparse.rb" "$files/$archive.tar.gz" brew)" "$version"
mkdir binstall
holds 'cargo binstall finds it' "$("$tests/binstall.py" "$tests/../../Cargo.toml" "$files" "$target" binstall)" "$version"
export NIX_STORE_DIR=$folder/nix/store NIX_STATE_DIR=$folder/nix/state NIX_LOG_DIR=$folder/nix/log
built=$(nix-build --no-out-link --option sandbox false --option substituters '' --option build-users-group '' "$tests/nixpkgs.nix" \
    --arg recipe "$files/outparse.nix" --argstr archive "$files/$archive.tar.gz" 2> nix.log) || { cat nix.log >&2 && exit 1; }
parses 'the recipe for Nix builds it' "$built/bin/outparse"
