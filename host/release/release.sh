#!/usr/bin/env bash
# Makes the files of a release for Linux on this machine's processor: `release.sh FOLDER [PROGRAM]`. Without a program it builds the one that
# is handed out, which takes a quarter of an hour.
#
#   outparse-VERSION-TARGET.tar.gz      program, manual pages, completions, licences
#   outparse_VERSION-1_ARCH.deb         the same as a Debian package; the program is static, so for any release of Debian
#   outparse-VERSION-oci-ARCH.tar       an OCI image with the program alone
#   outparse-VERSION.cdx.json           what it is made of (CycloneDX)
#   jc.wasm, ntc-templates.wasm         the catalogues, to be added with `outparse plugin add`
#   outparse.rb, outparse.nix           recipes for Homebrew and Nix, with the sum of the archive
#   SHA256SUMS                          of all of them
#
# Needs what tests/tools.sh installs. The same program makes the same archive, package, image and list.
set -euo pipefail
cd "$(dirname "$0")/../.."
release=$PWD/host/release
files=$(realpath -m "$1")
# Before anything is set: build scripts of crates run again where the environment has changed.
program=$(realpath "${2-$("$release/build.sh" "$(uname -m)-unknown-linux-gnu")}")

export PATH="$PWD/target/tools/venv/bin:$PATH"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH-$(git log -1 --format=%ct)}
version=$("$program" --version | cut -d' ' -f2)
target=$(uname -m)-unknown-linux-gnu
architecture=$(dpkg --print-architecture)
name=outparse-$version-$target

rm -rf "$files"
mkdir -p "$files"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir -p "$folder/$name/completions"
install -m 755 "$program" "$folder/$name/outparse"
"$program" man "$folder/$name/man"
cp LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md SECURITY.md "$folder/$name"
cp host/cli/subcommands/complete/outparse.{bash,zsh,fish} "$folder/$name/completions"

# A tar that depends on nothing but what is in it.
tar --create --directory "$folder" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --format=ustar "$name" | gzip --no-name -9 > "$files/$name.tar.gz"
"$release/deb.sh" "$folder/$name" "$version" "$architecture" "$files/outparse_$version-1_$architecture.deb"
"$release/image.sh" "$program" "$version" "$architecture" "$files/outparse-$version-oci-$architecture.tar"
"$release/sbom.py" "$target" "$files/outparse-$version.cdx.json"

for catalogue in jc ntc-templates; do
    "$program" plugin build "plugins/catalogues/$catalogue" > /dev/null
    cp "plugins/catalogues/$catalogue/plugin.wasm" "$files/$catalogue.wasm"
done
for recipe in outparse.rb outparse.nix; do
    "$release/recipe.sh" "$release/$recipe.in" "$version" "$target" "$files" > "$files/$recipe"
done
(cd "$files" && sha256sum -- * > "$folder/SHA256SUMS" && mv "$folder/SHA256SUMS" .)
