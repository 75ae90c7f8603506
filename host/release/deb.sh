#!/usr/bin/env bash
# Makes a Debian package of an unpacked archive: `deb.sh FOLDER VERSION ARCHITECTURE FILE.deb`.
#
# The program in it is static, so it depends on nothing and is for any release of Debian. SOURCE_DATE_EPOCH is the time in it.
set -euo pipefail
archive=$1 version=$2 architecture=$3 file=$4

package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
# What `mktemp` makes is for its owner alone, and so would be the folders of the system.
chmod 755 "$package"
usr=$package/usr
install -D -m 755 "$archive/outparse" "$usr/bin/outparse"
install -D -m 644 -t "$usr/share/man/man1" "$archive"/man/*.1
gzip --no-name -9 "$usr"/share/man/man1/*.1
install -D -m 644 "$archive/completions/outparse.bash" "$usr/share/bash-completion/completions/outparse"
install -D -m 644 "$archive/completions/outparse.zsh" "$usr/share/zsh/vendor-completions/_outparse"
install -D -m 644 "$archive/completions/outparse.fish" "$usr/share/fish/vendor_completions.d/outparse.fish"
install -D -m 644 -t "$usr/share/doc/outparse" "$archive"/{README,CHANGELOG,SECURITY}.md "$archive/LICENSE-APACHE"
{
    echo 'Copyright: 2026 The outparse developers'
    echo 'License: MIT or Apache-2.0'
    echo
    cat "$archive/LICENSE-MIT"
} > "$usr/share/doc/outparse/copyright"

mkdir "$package/DEBIAN"
(cd "$package" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
cat > "$package/DEBIAN/control" << END
Package: outparse
Version: $version-1
Architecture: $architecture
Maintainer: The outparse developers
Installed-Size: $(find "$usr" -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
Section: utils
Priority: optional
Description: Runs commands and prints their output as typed records
 outparse runs a command, hands the bytes it prints to a parser in a
 WebAssembly sandbox, and prints typed records: tables for people, JSON, CSV,
 YAML and Arrow for programs.
END
# dpkg-deb gives the packed files no later time than SOURCE_DATE_EPOCH.
find "$package" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$package" "$file" > /dev/null
